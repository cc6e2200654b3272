"""The commands `diarise` and `cluster`: who speaks when, and which embeddings are whose; torch is imported late."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sv_bridge.commands.output import Json, report

if TYPE_CHECKING:
    from sv_bridge.compactness.speaker_count import SpeakerCount
    from sv_bridge.diarisation.error_rate import DiarisationError

__all__ = ["cluster", "diarise"]

By = Annotated[
    str,
    typer.Option(
        help="what chooses the number of speakers: a measure of cqm; nme-sc (spectral); threshold (ahc); or auto: "
        "--threshold if named, else nme-sc from 60 embeddings on (45 s of speech), the silhouette of fewer"
    ),
]
Clusterer = Annotated[
    Literal["ahc", "spectral"] | None, typer.Option(help="average linkage, or spectral; what --by needs, else ahc")
]
Speakers = Annotated[int | None, typer.Option(help="how many there are, where that is known")]
THRESHOLD = "least cosine of clusters that are joined, by threshold; by a measure, above which there is one speaker"
Most = Annotated[int, typer.Option(help="speakers at most")]


def diarise(
    system: Annotated[str, typer.Argument(help="run directory, .onnx file, module:function, log-mel")],
    recordings: Annotated[list[Path], typer.Argument(help="recordings, each by itself")],
    out: Annotated[Path, typer.Option(help="RTTM file to write")],
    by: By = "auto",
    clusterer: Clusterer = None,
    speakers: Speakers = None,
    threshold: Annotated[
        float | None, typer.Option(help=f"{THRESHOLD}; by default that of the run's calibration")
    ] = None,
    most: Most = 10,
    window: Annotated[float, typer.Option(help="seconds that get one embedding")] = 1.5,
    step: Annotated[float, typer.Option(help="seconds from one window to the next")] = 0.75,
    reference: Annotated[Path | None, typer.Option(help="RTTM file to count errors against")] = None,
    speech: Annotated[
        Path | None, typer.Option(help="RTTM file that says where speech is; by default a detector does")
    ] = None,
    collar: Annotated[float, typer.Option(help="seconds around the reference's boundaries that are not judged")] = 0.25,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, …")] = "auto",
    json_out: Json = None,
) -> None:
    """Say who speaks when in recordings of several people."""
    from sv_bridge.diarisation.error_rate import DiarisationError, diarisation_error
    from sv_bridge.diarisation.recordings import diarise
    from sv_bridge.diarisation.turns import read_rttm, regions_of, write_rttm
    from sv_bridge.models.embedding import EmbeddingOptions
    from sv_bridge.models.systems import load_system
    from sv_bridge.reports.tables import print_table

    names = [path.stem for path in recordings]
    if again := next((name for name in names if names.count(name) > 1), None):
        raise ValueError(f"two recordings are called {again}, which is their name in RTTM: rename one")
    truth = {} if reference is None else read_rttm(reference)
    spoken = {} if speech is None else read_rttm(speech)
    for path, known in ((reference, truth), (speech, spoken)):
        if path is not None and (missing := next((name for name in names if name not in known), None)):
            raise ValueError(f"{path} says nothing of {missing}: it has {', '.join(list(known)[:5])}")
    choice = _choice(by, clusterer, threshold, system)
    encoder = load_system(system)
    turns, errors, records, rows = {}, [], {}, []
    for name, path in zip(names, recordings, strict=True):
        regions = regions_of(spoken[name]) if speech is not None else None
        found = diarise(
            encoder,
            path,
            regions=regions,
            window=window,
            step=step,
            options=EmbeddingOptions(device=device),
            speakers=speakers,
            most=most,
            **choice,
        )
        turns[name] = found.turns
        records[name] = {"turns": len(found.turns), "seconds": found.seconds, **_record(found.count)}
        counted = (str(found.count.speakers), found.count.by) if found.count else ("0", "no speech")
        row = [name, *counted, str(len(found.turns))]
        if reference is not None:
            error = diarisation_error(truth[name], found.turns, found.seconds, collar=collar)
            errors.append(error)
            records[name] |= {"error": asdict(error), "reference_speakers": len({t.speaker for t in truth[name]})}
            row += [str(records[name]["reference_speakers"]), *_percent(error)]
        rows.append(row)
    write_rttm(out, turns)
    header = ["recording", "speakers", "counted by", "turns"]
    if errors:
        header += ["of the reference", "DER %", "missed %", "false alarm %", "confused %"]
        rows.append(["all", "", "", "", "", *_percent(DiarisationError.total(errors))])
    print_table(system, header, rows)
    typer.echo(f"turns in {out}")
    record: dict[str, Any] = {"system": system, "by": by, "recordings": records}
    if errors:
        record["error"] = asdict(DiarisationError.total(errors))
    report(record, json_out)


def cluster(
    embeddings: Annotated[Path, typer.Argument(help="of `sv-bridge embed`, or others': .npz .npy .ark .scp .pt .csv")],
    out: Annotated[Path, typer.Option(help="`utterance cluster` lines to write")],
    by: By = "auto",
    clusterer: Clusterer = None,
    speakers: Speakers = None,
    threshold: Annotated[float | None, typer.Option(help=THRESHOLD)] = None,
    most: Most = 10,
    json_out: Json = None,
) -> None:
    """Cluster embeddings, such as those of a recording's segments, into as many speakers as they say."""
    from cqm.atomic import atomic_path
    from sv_bridge.compactness.clusterings import agreement
    from sv_bridge.compactness.speaker_count import count_speakers
    from sv_bridge.exchange import read_embeddings

    table = read_embeddings(embeddings)
    choice = _choice(by, clusterer, threshold, None)
    found = count_speakers(table.vectors, speakers=speakers, most=most, **choice)
    with atomic_path(out) as temporary, temporary.open("w", encoding="utf-8") as lines:
        lines.writelines(f"{name} {label}\n" for name, label in zip(table.ids, found.labels, strict=True))
    clusters = f"{found.speakers} cluster{'s' * (found.speakers != 1)}"
    typer.echo(f"{clusters} of {len(table):,} embedding{'s' * (len(table) != 1)}, by {found.by}; in {out}")
    record = {"file": str(out), "utterances": len(table), **_record(found)}
    if (table.speakers != "").all():
        against = agreement(found.labels, table.speakers)
        speakers_named = f"{against.speakers} speaker{'s' * (against.speakers != 1)}"
        typer.echo(f"of {speakers_named}; ARI {against.ari:.3f}, confusion {against.confusion_error:.1%}")
        record["agreement"] = against.to_dict()
    report(record, json_out)


def _choice(
    by: str, clusterer: Literal["ahc", "spectral"] | None, threshold: float | None, system: str | None
) -> dict[str, Any]:
    """What `count_speakers` is told."""
    from sv_bridge.compactness.speaker_count import check_choice

    if by == "auto" and threshold is not None:
        by = "threshold"
    if threshold is None and system is not None:
        from sv_bridge.models.systems import decision_of

        rule = decision_of(system)
        threshold = None if rule is None else rule.cosine_threshold
    if by == "threshold" and threshold is None:
        raise ValueError("--by threshold needs --threshold, or a run with a rule of `sv-bridge calibrate` for cosines")
    check_choice(by, clusterer, threshold)
    return {"by": by, "clusterer": clusterer, "threshold": threshold}


def _record(count: "SpeakerCount | None") -> dict[str, Any]:
    if count is None:
        return {"speakers": 0}
    return {
        "speakers": count.speakers,
        "by": count.by,
        "values": {str(k): value for k, value in count.values.items()},
        "threshold": count.threshold,
        "neighbours": count.neighbours,
    }


def _percent(error: "DiarisationError") -> list[str]:
    parts = (error.missed, error.false_alarm, error.confused)
    speech = error.speech or float("nan")
    return [f"{100 * error.rate:.2f}", *(f"{100 * part / speech:.2f}" for part in parts)]
