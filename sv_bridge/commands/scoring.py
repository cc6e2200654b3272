"""The commands that use a trained model: `calibrate` and `score`; torch is imported when they run."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sv_bridge.commands.evaluation import BACKEND
from sv_bridge.commands.output import Json, report, warn

if TYPE_CHECKING:
    from sv_bridge.data.manifest import Corpus
    from sv_bridge.verification.decision import DecisionRule

__all__ = ["calibrate", "score"]

System = Annotated[
    str,
    typer.Argument(help="run directory, .onnx file, file of embeddings, module:function, log-mel or untrained:PRESET"),
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, …")]


def calibrate(
    system: System,
    corpus: Annotated[Path, typer.Option(help="corpus folder or manifest")],
    split: Annotated[str, typer.Option(help="speakers to learn on; neither trained on nor to be judged")] = "dev",
    trials: Annotated[
        Path | None, typer.Option(help="`label enrol test` list; by default drawn from the split")
    ] = None,
    p_target: Annotated[
        float, typer.Option(help="how often two recordings are of one speaker where it is used")
    ] = 0.05,
    c_miss: Annotated[float, typer.Option(help="cost of rejecting the same speaker")] = 1.0,
    c_fa: Annotated[float, typer.Option(help="cost of accepting another speaker")] = 1.0,
    false_alarm_rate: Annotated[float | None, typer.Option(help="most false alarms, instead of least cost")] = None,
    crops: Annotated[int | None, typer.Option(help="crops an utterance; by default whole utterances")] = None,
    crop_seconds: Annotated[float | None, typer.Option(help="length of a crop")] = None,
    average_last: Annotated[int, typer.Option(help="average the weights of the run's last epochs")] = 1,
    backend: Annotated[str, typer.Option(help=BACKEND)] = "cosine",
    out: Annotated[Path | None, typer.Option(help="file to write; by default RUN/decision.json")] = None,
    device: Device = "auto",
    json_out: Json = None,
) -> None:
    """Learn from development trials when to say "the same speaker"; `score` and `export` use it.

    What a back end other than the cosine is fitted on is kept beside the rule.
    """
    from sv_bridge.data.manifest import read_corpus
    from sv_bridge.models.embedding import EmbeddingOptions
    from sv_bridge.models.systems import DECISION, system_groups
    from sv_bridge.reports.evaluator import Evaluator
    from sv_bridge.verification.backend import parse_backend
    from sv_bridge.verification.decision import learn_decision

    system_groups([system])  # is it there?
    out = out or Path(system) / DECISION
    if not out.parent.is_dir():
        raise ValueError(f"{system} is no run directory to keep the rule in: name a file with --out")
    if "qmf" in {step.name for step in parse_backend(backend)}:
        raise ValueError(f"back end {backend!r}: qmf is a calibration itself, leave it out: this learns one of scores")
    options = EmbeddingOptions(crops, crop_seconds, average_last, device, progress=True)
    evaluator = Evaluator(system, read_corpus(corpus, check_files=False), options, backend=backend)
    evaluation = evaluator(split, trials=trials)
    warn(evaluation.warnings)
    rule = learn_decision(
        evaluation.scores,
        evaluation.trials.labels,
        p_target=p_target,
        c_miss=c_miss,
        c_fa=c_fa,
        false_alarm_rate=false_alarm_rate,
        learned_on=f"{len(evaluation.trials):,} trials of {evaluation.embeddings.description()}",
        processing={"crops": crops, "crop_seconds": crop_seconds, "average_last": average_last},
        backend=backend,
    )
    kept = evaluator.backend.keep(out)
    rule.save(out)
    typer.echo(f"threshold {rule.threshold:.4f}, for {rule.aim}")
    typer.echo(f"false alarms {rule.false_alarm:.2%}, misses {rule.miss:.2%} on {rule.learned_on}")
    if rule.miss == 1:
        warn(["no target is accepted: the system tells too few apart for this --p-target, --c-miss and --c-fa"])
    typer.echo(f"kept in {' and '.join(map(str, [out, *kept]))}", err=True)
    report(json.loads(rule.to_json()), json_out)


def score(
    system: System,
    recordings: Annotated[
        list[Path] | None,
        typer.Argument(help="recordings (of embeddings: utterances) to compare: the last with the others, which enrol"),
    ] = None,
    pairs: Annotated[Path | None, typer.Option(help="`enrol test` lines instead: paths from the list's folder")] = None,
    enrolment: Annotated[Path | None, typer.Option(help="`model recording …` lines: models that pairs name")] = None,
    decision: Annotated[
        Path | None, typer.Option(help="rule of `calibrate`; by default that of the run or file")
    ] = None,
    prior: Annotated[float | None, typer.Option(help="how likely two recordings are of one speaker")] = None,
    device: Device = "auto",
    json_out: Json = None,
) -> None:
    """Say whether two recordings are of one speaker: score, and by the rule of `calibrate`, answer and probability.

    The score is that of the rule's back end, and the cosine without a rule.
    """
    from sv_bridge.distributed import choose_device
    from sv_bridge.exchange import FORMATS, read_embeddings
    from sv_bridge.models.embedding import EmbeddingOptions, embed
    from sv_bridge.models.systems import DECISION, decision_of, load_system
    from sv_bridge.verification.backend import COSINE, Backend
    from sv_bridge.verification.decision import DecisionRule
    from sv_bridge.verification.enrolment import read_enrolment
    from sv_bridge.verification.trials import Trials, read_pairs

    if (pairs is None) == (not recordings) or (recordings and len(recordings) < 2):
        raise ValueError("wanted two recordings to compare (or more: the last is compared with the others), or --pairs")
    models = {} if enrolment is None else read_enrolment(enrolment)
    folder = Path() if pairs is None else pairs.parent
    if pairs is not None:
        listed = read_pairs(pairs)
    else:
        *first, last = map(str, recordings or ())
        name = first[0] if len(first) == 1 else " + ".join(first)
        models |= {name: first} if len(first) > 1 else {}
        listed = [(name, last)]
    used = [name for pair in listed for name in pair]
    files = dict.fromkeys(file for name in used for file in models.get(name, [name]))
    rule = decision_of(system) if decision is None else DecisionRule.from_json(decision.read_text(encoding="utf-8"))
    processing = dict(rule.processing) if rule else {}
    options = EmbeddingOptions(**processing, device=device, progress=len(files) > 100)
    if system.endswith(FORMATS):
        embeddings = read_embeddings(system)
    else:
        encoder = load_system(system, average_last=options.average_last)
        embeddings = embed(encoder, _recordings(list(files), folder), options)
        if embeddings.skipped:
            raise ValueError(f"cannot be used: {'; '.join(embeddings.skipped)}")
    path = Path(system) / DECISION if decision is None else decision
    backend = Backend.kept(rule.backend if rule else COSINE, path, device=str(choose_device(device)))
    models = {model: models[model] for model in dict.fromkeys(used) if model in models}
    embeddings = backend.enrol(backend.transform(embeddings), models)
    scores = backend.score(embeddings, Trials.from_pairs((False, enrol, test) for enrol, test in listed))
    answers = [_answer(*pair, float(value), rule, prior) for pair, value in zip(listed, scores, strict=True)]
    for answer in answers:
        typer.echo(_said(answer))
    report({"system": system, "decision": json.loads(rule.to_json()) if rule else None, "pairs": answers}, json_out)


def _answer(enrol: str, test: str, score: float, rule: "DecisionRule | None", prior: float | None) -> dict[str, Any]:
    answer: dict[str, Any] = {"enrol": enrol, "test": test, "score": score}
    if rule is not None:
        answer |= {"threshold": rule.threshold, "same_speaker": score >= rule.threshold, "llr": rule.llr(score)}
        answer |= {"prior": rule.p_target if prior is None else prior, "probability": rule.probability(score, prior)}
    return answer


def _said(answer: dict[str, Any]) -> str:
    text = f"{answer['enrol']} and {answer['test']}: score {answer['score']:.4f}"
    if "threshold" not in answer:
        return f"{text}; without a rule of `sv-bridge calibrate` there is no threshold"
    decision = "same speaker" if answer["same_speaker"] else "different speakers"
    return (
        f"{text}, threshold {answer['threshold']:.4f}: {decision}; probability {answer['probability']:.4f} "
        f"of one speaker at a prior of {answer['prior']:g}"
    )


def _recordings(names: list[str], folder: Path) -> "Corpus":
    """Recordings as a corpus, each of a speaker that nobody knows."""
    from sv_bridge.data.audio import AudioFile
    from sv_bridge.data.manifest import Corpus, Utterance

    utterances = []
    for name in names:
        with AudioFile(folder / name) as file:
            seconds = file.frames / file.sample_rate_hz
        utterances.append(Utterance(name, str((folder / name).absolute()), "unknown", duration_s=seconds))
    return Corpus(Path(), tuple(utterances))
