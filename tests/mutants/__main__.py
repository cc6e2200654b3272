"""Try small wrong changes of the source, and list those that no test notices.

    python tests/mutants [FILE …] [--named] [--limit N]

Without arguments, the changes that have a name (`named.toml`), which must all be noticed. With files (or folders)
of `cqm` and `sv_bridge`, every operator and number in them: survivors are listed, to be judged by a reader, since some
changes alter nothing. Each change is made in a copy of the source, and the tests of its file run in a process forked
from one that has loaded the libraries: a second or two a change. mutmut and cosmic-ray start an interpreter, and load
torch, for each of them, and their compiled code may be stale where numba has inlined the changed function elsewhere;
here kernels run as plain Python.
"""

import argparse
import contextlib
import importlib
import os
import shutil
import sys
import tempfile
from multiprocessing import get_context
from pathlib import Path

from changes import Change, changes_of, named

ROOT = Path(__file__).parents[2]
COPIED = ("cqm", "sv_bridge", "tests", "pyproject.toml", "README.md")
SECONDS = 600

TESTS = {
    "sv_bridge/methods/losses.py": ["methods/test_losses.py", "methods/test_margin_identity.py"],
    "sv_bridge/methods/moco.py": [
        "methods/test_moco.py",
        "methods/test_positives.py::test_moco_takes_the_drawn_positive_and_no_key_of_its_utterance",
        "training/test_distributed.py",
        "training/test_health.py",
    ],
    "sv_bridge/methods/simclr.py": [
        "methods/test_positives.py::test_simclr_takes_the_drawn_positive_and_no_negative_of_its_utterance",
        "training/test_distributed.py",
        "training/test_health.py",
    ],
    "sv_bridge/methods/contrastive.py": ["methods/test_moco.py", "training/test_health.py"],
    "sv_bridge/methods/positives.py": ["methods/test_positives.py", "training/test_distributed.py"],
    "sv_bridge/methods/schedules.py": ["training/test_schedule.py", "test_config.py"],
    "sv_bridge/training/schedule.py": ["training/test_schedule.py"],
    "sv_bridge/training/batch_norm.py": ["training/test_distributed.py"],
    "sv_bridge/training/trainer.py": ["training/test_step.py", "training/test_start.py", "training/test_training.py"],
    "sv_bridge/training/health.py": ["training/test_health.py"],
    "sv_bridge/verification/error_rates.py": ["verification/test_verification.py", "verification/test_evaluation.py"],
    "cqm/arrays/host/tiles.py": [
        "test_tiles.py",
        "test_reductions.py -k kernel",
        "test_reductions.py -k nearly_tied",
    ],
    "cqm/arrays/host/kernels.py": [
        "test_tiles.py",
        "test_reductions.py -k kernel",
        "test_reductions.py -k closed_forms",
    ],
    "cqm/arrays/host/reductions.py": [
        "test_reductions.py -k kernel",
        "test_reductions.py::test_reductions_over_pairs_of_clusters[precomputed]",
        "test_reductions.py::test_reductions_of_pairs_are_symmetric_to_the_bit",
    ],
    "cqm/arrays/host/centroids.py": ["test_dispersion.py -k sums_around"],
    "cqm/arrays/host/trees.py": ["test_trees.py -k kernel"],
    "cqm/arrays/host/vectors.py": ["test_wrong_inputs.py -k silhouette"],
    "cqm/arrays/intake.py": [
        "test_wrong_inputs.py -k silhouette",
        "test_inputs.py -k silhouette",
        "test_inputs.py -k 16_bits",
        "test_cures.py -k noise",
    ],
    "cqm/arrays/labels.py": ["test_labels.py", "test_wrong_inputs.py -k silhouette"],
    "cqm/arrays/rules.py": ["test_wrong_inputs.py -k silhouette"],
    "cqm/geometry/closed_forms.py": ["test_reductions.py -k closed_forms", "test_reductions.py -k same_place"],
    "cqm/geometry/concordance.py": ["test_concordance.py -k kernel", "test_concordance.py -k definition"],
    "cqm/geometry/core_distances.py": ["test_density.py -k kernel"],
    "cqm/geometry/nearest.py": ["test_silhouette.py", "test_margins.py -k given_representatives"],
    "cqm/geometry/neighbours.py": [
        "test_neighbours.py -k kernel",
        "test_neighbours.py -k equally",
        "test_neighbours.py -k grid",
    ],
    "cqm/geometry/ranks.py": ["test_concordance.py -k kernel"],
    "cqm/geometry/reachability.py": ["test_density.py -k kernel"],
    "cqm/parallel.py": ["test_parallel.py"],
    "cqm/sharing.py": ["test_sharing.py"],
}
"""Tests of a file, quick ones first; a file that isn't here has those of its own name, and cqm's those of kernels."""


def main() -> int:
    """Try changes; 1 if one with a name survives."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="files or folders of which every operator is changed")
    parser.add_argument("--named", action="store_true", help="the changes that have a name, too")
    parser.add_argument("--limit", type=int, help="most changes a file, spread evenly")
    arguments = parser.parse_args()
    changes = named(ROOT) if arguments.named or not arguments.files else []
    for file in arguments.files:
        for path in sorted((ROOT / file).rglob("*.py")) if (ROOT / file).is_dir() else [ROOT / file]:
            found = changes_of(ROOT, path.resolve().relative_to(ROOT).as_posix())
            step = max(1, len(found) // arguments.limit) if arguments.limit else 1
            changes += found[::step][: arguments.limit]
    with tempfile.TemporaryDirectory() as folder:
        survivors = list(try_all(changes, Path(folder)))
    print(f"{len(changes) - len(survivors)} of {len(changes)} changes are noticed")
    for change in survivors:
        print("not noticed:", change.describe((ROOT / change.file).read_text(encoding="utf-8")))
    return int(any(change.name for change in survivors))


def try_all(changes: list[Change], folder: Path):
    """Changes that no test notices."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(source, folder / name)
    preload()
    healthy: list[list[str]] = []  # tests seen to pass without a change
    for number, change in enumerate(changes, start=1):
        file = folder / change.file
        text = file.read_text(encoding="utf-8")
        file.write_text(change.applied(text), encoding="utf-8")
        try:
            failing = next((test for test in tests_of(change.file) if not passes(folder, change.file, test)), None)
        finally:
            file.write_text(text, encoding="utf-8")
        if failing is not None and failing not in healthy:
            if not passes(folder, change.file, failing):
                raise SystemExit(f"{' '.join(failing)} fails without any change")
            healthy.append(failing)
        print(
            f"{number}/{len(changes)} {'NOT NOTICED' if failing is None else 'noticed'}: {change.describe(text)}",
            flush=True,
        )
        if failing is None:
            yield change


def tests_of(file: str) -> list[list[str]]:
    """Arguments for pytest, of one run after the other."""
    if file in TESTS:
        return [f"tests/{Path(file).parts[0]}/{test}".split() for test in TESTS[file]]
    if file.startswith("cqm/"):
        return [["tests/cqm", "-k", "definition or kernel"]]
    own = ROOT / "tests" / Path(file).parent / f"test_{Path(file).stem}.py"
    if not own.is_file():
        raise SystemExit(f"{file} has no tests of its name: say in tests/mutants/__main__.py which are its own")
    return [[own.relative_to(ROOT).as_posix()]]


def preload() -> None:
    """Load what all tests load, so that forked processes have it."""
    for name in ("numpy", "pydantic", "pytest", "scipy.stats", "sklearn.cluster", "torch"):
        importlib.import_module(name)


def passes(folder: Path, file: str, tests: list[str]) -> bool:
    """Whether the tests pass, in a process of their own; too slow is failing."""
    process = get_context("fork").Process(target=run, args=(folder, file, tests))
    process.start()
    process.join(SECONDS)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode == 0


def run(folder: Path, file: str, tests: list[str]) -> None:
    """Run pytest in the copy."""
    os.chdir(folder)
    os.environ |= {"PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1", "HYPOTHESIS_PROFILE": "kernels"}
    if file.startswith("cqm/"):
        os.environ["NUMBA_DISABLE_JIT"] = "1"
    sys.path[:] = [str(folder), *(place for place in sys.path if Path(place).resolve() not in (ROOT, ROOT / "tests"))]
    sys.dont_write_bytecode = True
    import pytest

    with (
        Path(os.devnull).open("w") as nowhere,
        contextlib.redirect_stdout(nowhere),
        contextlib.redirect_stderr(nowhere),
    ):
        code = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--no-header", "--durations=0", *tests])
    os._exit(int(code))


if __name__ == "__main__":
    sys.exit(main())
