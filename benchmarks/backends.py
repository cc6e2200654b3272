"""What back ends make of one system's embeddings: writes docs/backends.json and docs/backends.md.

python -m benchmarks.backends --corpus DIR --run RUN --name NAME
"""

import argparse
import json
import textwrap
from pathlib import Path

from cqm.atomic import write_text
from cqm.json_files import write_json
from sv_bridge.data.manifest import read_corpus
from sv_bridge.reports.evaluator import Evaluator, fused

WIDTH = 120
DOCS = Path(__file__).parent.parent / "docs"
BACKENDS = (
    "cosine",
    "center",
    "whiten",
    "as-norm:top=100",
    "as-norm:top=300",
    "as-norm:top=50:cohort=speakers",
    "qmf",
    "center+length+plda",
    "whiten+length+plda",
    "whiten:dimensions=100+length+plda",
    "whiten+length+plda+as-norm:top=300",
    "whiten+length+plda+qmf",
)
FUSED = ("cosine", "whiten+length+plda")


def main() -> None:
    """Evaluate every back end, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, help="corpus with splits train, dev, test; without, only the page")
    parser.add_argument("--run", help="trained run")
    parser.add_argument("--name", default="speechocean762", help="how the page calls the corpus")
    parser.add_argument("--says", default="tiny-snt, ten epochs", help="how the page calls the run")
    parser.add_argument("--negatives", default="same-gender-and-age_group")
    options = parser.parse_args()
    path = DOCS / "backends.json"
    if options.corpus is not None:
        embedded = Evaluator(options.run, read_corpus(options.corpus))
        rows, dev, test = {}, {}, {}
        for backend in BACKENDS:
            evaluator = embedded.with_backend(backend)
            dev[backend], test[backend] = (evaluator(split, negatives=options.negatives) for split in ("dev", "test"))
            rows[backend] = {"dev": dev[backend].results[0].to_dict(), "test": test[backend].results[0].to_dict()}
        together = fused([dev[name] for name in FUSED], [test[name] for name in FUSED])
        rows[f"fusion of {' and '.join(FUSED)}, learnt on dev"] = {"test": together.results[0].to_dict()}
        first = test["cosine"]
        facts = {"corpus": options.name, "run": options.says, "negatives": options.negatives}
        write_json(
            path, {**facts, "looked_at": first.embeddings.description(), "trials": len(first.trials), "rows": rows}
        )
    write_text(path.with_suffix(".md"), page(json.loads(path.read_text(encoding="utf-8"))))


def page(record: dict) -> str:
    """The page of a record."""
    lines = [
        "# What back ends gave",
        "",
        "<!-- Written by `python -m benchmarks.backends` from backends.json. -->",
        "",
        *textwrap.wrap(
            f"{record['corpus']}, a small self-supervised model of it ({record['run']}), one seed: "
            f"{record['looked_at']}, {record['trials']:,} trials, non-targets of `{record['negatives']}`. Steps are "
            "fitted on the training speakers, whose names PLDA reads and nothing else does; `qmf` and fusion learn "
            "from trials of the development speakers, so that their values on dev flatter. "
            "[How to choose one](how-to/backends.md).",
            WIDTH,
            break_long_words=False,
            break_on_hyphens=False,
        ),
        "",
        "| back end | EER % dev | EER % test | minDCF .01 test | minDCF .05 test |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, row in record["rows"].items():
        dev = f"{100 * row['dev']['equal_error_rate']:.2f}" if "dev" in row else ""
        test = row["test"]
        costs = f"{test['min_dcf_01']:.3f} | {test['min_dcf_05']:.3f}"
        lines.append(f"| {name} | {dev} | {100 * test['equal_error_rate']:.2f} | {costs} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
