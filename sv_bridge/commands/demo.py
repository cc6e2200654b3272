"""`sv-bridge demo`: from nothing to trained, evaluated and measured models, on synthetic speakers or a corpus."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from sv_bridge.compactness.speakers import compactness
from sv_bridge.data.manifest import Corpus, read_corpus
from sv_bridge.data.synthetic import SyntheticRecipe, make_synthetic_corpus
from sv_bridge.models.embedding import EmbeddingOptions
from sv_bridge.models.systems import LOG_MEL, UNTRAINED
from sv_bridge.presets import load_config
from sv_bridge.reports.comparison import Column, changes, compare
from sv_bridge.reports.evaluator import Evaluation, Evaluator
from sv_bridge.reports.page import compactness_sections, figure, looked_at, table, write_page
from sv_bridge.reports.plots import cosine_histogram, det_plot
from sv_bridge.reports.rows import column_rows, result_rows
from sv_bridge.reports.tables import console, print_table
from sv_bridge.training.loop import train
from sv_bridge.verification.error_rates import error_curve

__all__ = ["run_demo"]

PLAIN, MARGIN = "SNT-Xent", "SNT-Xent-AM"
PRESETS = {PLAIN: "tiny-snt", MARGIN: "tiny-am"}
SYNTHETIC_SETTINGS = ("epochs=24",)  # an epoch of the synthetic corpus is six steps


def run_demo(
    out: Path,
    *,
    corpus: Path | None = None,
    recipe: SyntheticRecipe | None = None,
    settings: Sequence[str] = (),
    device: str = "auto",
) -> Path:
    """Train SNT-Xent and SNT-Xent-AM, evaluate unseen speakers beside two baselines, and write a page.

    What is there already (corpus, finished runs, embeddings) is not made again.

    Parameters
    ----------
    out : folder for the synthetic corpus, the runs and the page.
    corpus : a corpus with splits "train" and "test", instead of the synthetic one.
    recipe : of the synthetic corpus.
    settings : key=value changes to both presets, such as "epochs=5".
    device : "auto", "cpu", "cuda", …

    Returns
    -------
    Path
        The page.
    """
    speech = _synthetic(out / "corpus", recipe) if corpus is None else read_corpus(corpus)
    settings = [*(SYNTHETIC_SETTINGS if corpus is None else ()), *settings]
    console.print(
        f"{len(speech):,} utterances, {speech.duration_s / 60:.0f} minutes; "
        + ", ".join(f"{name}: {len(speech.split(name).speakers)} speakers" for name in speech.splits)
    )
    systems = {"mean log-mel": LOG_MEL, "untrained": f"{UNTRAINED}{PRESETS[PLAIN]}"}
    for name, preset in PRESETS.items():
        run = out / "runs" / preset
        console.print(f"training {name} ({preset}) …")
        train(load_config(preset, settings), speech, run, device=device)
        systems[name] = str(run)
    options = EmbeddingOptions(device=device, progress=True)
    evaluations = {name: Evaluator(system, speech, options)("test") for name, system in systems.items()}
    columns = compare({name: [evaluation.assessment()] for name, evaluation in evaluations.items()})
    print_table("Unseen speakers", *column_rows(columns))
    print_table(f"{MARGIN} by condition", *result_rows(evaluations[MARGIN].results))
    sentence = describe_change(columns)
    console.print(sentence)
    page = out / "page.html"
    write_page(page, "Speaker embeddings with and without additive margin", _sections(evaluations, columns, sentence))
    console.print(f"page: {page}")
    return page


def describe_change(columns: list[Column]) -> str:
    """Say by which measures of compactness the additive margin made a difference for the better or the worse."""
    improved, worsened = changes(columns, PLAIN, MARGIN)
    return (
        f"{MARGIN} against {PLAIN}: more compact by {_listed(improved)}; less compact by {_listed(worsened)}. "
        "One seed each: differences of a few percent are chance."
    )


def _listed(names: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in names) or "no measure"


def _synthetic(folder: Path, recipe: SyntheticRecipe | None) -> Corpus:
    """Make the synthetic corpus, or read the one that an earlier demo made."""
    if not (folder / "manifest.csv").is_file():
        console.print("making synthetic speakers …")
        make_synthetic_corpus(folder, recipe)
    return read_corpus(folder)


def _sections(evaluations: dict[str, Evaluation], columns: list[Column], sentence: str) -> list[tuple[str, str]]:
    curves = {
        name: error_curve(evaluation.scores[evaluation.trials.labels], evaluation.scores[~evaluation.trials.labels])
        for name, evaluation in evaluations.items()
    }
    chosen = evaluations[MARGIN]
    report = compactness(chosen.embeddings)
    return [
        (
            "Systems on unseen speakers",
            looked_at(chosen.embeddings.description(), chosen.warnings)
            + table(*column_rows(columns))
            + f"<p>{sentence}</p>",
        ),
        ("Detection error trade-off", figure(det_plot(curves), "misses against false alarms of each system")),
        ("Cosines within and between speakers, by system", figure(_histograms(evaluations), "histograms by system")),
        (f"{MARGIN} by condition", table(*result_rows(chosen.results))),
        *((f"{MARGIN}: {heading}", html) for heading, html in compactness_sections(chosen.embeddings, report)),
    ]


def _histograms(evaluations: dict[str, Evaluation]) -> Any:
    """One histogram of cosines a system."""
    figure = Figure(figsize=(10, 5.6), layout="constrained")
    for ax, (name, evaluation) in zip(figure.subplots(2, 2).ravel(), evaluations.items(), strict=True):
        cosine_histogram(evaluation.embeddings, title=name, ax=ax)
    return figure.axes[0]
