"""A corpus of real speech out of Debian packages: `debian_voices.yaml` says which files are whose.

Each package is fetched, decoded to 16 kHz mono WAV, tidied (`clips.tidy`), and noted in `packages/<name>.json` with
its version and hash. That note is written last: a run that breaks off goes on with the first package that has none.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import blake2b
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from cqm.atomic import atomic_path
from sv_bridge.data.audio import SAMPLE_RATE_HZ, AudioError, write_audio
from sv_bridge.data.clips import Clip, tidy
from sv_bridge.data.debian_packages import Fetched, fetch, unpack_queen
from sv_bridge.data.decoding import decode
from sv_bridge.data.manifest import MANIFEST_NAME, Corpus, Utterance, write_manifest
from sv_bridge.data.prepare import Skipped, write_skipped
from sv_bridge.data.randomness import generator

__all__ = ["Package", "debian_packages", "make_debian_voices"]


@dataclass(frozen=True)
class Package:
    """A package of the recipe; see `debian_voices.yaml`."""

    name: str
    source: str
    licence: str
    trust: str
    rules: tuple[Mapping[str, str], ...]
    archive: str = ""
    language: str = ""


@cache
def debian_packages() -> tuple[Package, ...]:
    """List the packages of the recipe."""
    return tuple(Package(**{**entry, "rules": tuple(entry["rules"])}) for entry in recipe()["packages"])


@cache
def speaker_splits() -> dict[str, str]:
    """Split of each speaker of the recipe."""
    return {speaker: split for split, speakers in recipe()["splits"].items() for speaker in speakers}


@cache
def recipe() -> dict[str, Any]:
    """The recipe as it is written."""
    return yaml.safe_load(resources.files("sv_bridge.data").joinpath("debian_voices.yaml").read_text("utf-8"))


def make_debian_voices(
    out: Path | str,
    *,
    sources: Sequence[str] = (),
    max_minutes: float | None = None,
    jobs: int | None = None,
    fetch_package: Callable[[str, Path], Fetched] = fetch,
    progress: Callable[[str], None] = lambda message: None,
) -> tuple[Corpus, list[Skipped]]:
    """Make or continue the corpus in the folder `out`.

    Parameters
    ----------
    out : the folder; a later call with other sources adds to it.
    sources : which sources of the recipe; all by default (about 0.85 GB of downloads).
    max_minutes : most minutes a speaker in the manifest, drawn at random with a fixed seed; the files stay.
    jobs : threads that decode.
    fetch_package : how to get a package.
    progress : told of each package.

    Raises
    ------
    RuntimeError, FileNotFoundError
        A package cannot be had; what was finished before stays.
    """
    out = Path(out)
    known = {package.source for package in debian_packages()}
    if unknown := set(sources) - known:
        raise ValueError(f"unknown source {unknown.pop()!r}: the recipe has {', '.join(sorted(known))}")
    for package in debian_packages():
        note = out / "packages" / f"{package.name}.json"
        if (sources and package.source not in sources) or note.is_file():
            continue
        progress(f"{package.name}: downloading")
        with tempfile.TemporaryDirectory(prefix=".package-", dir=made(out)) as work:
            fetched = fetch_package(package.name, Path(work))
            progress(f"{package.name} {fetched.version}: decoding")
            utterances, skipped = extract(package, fetched.root, out, jobs)
            for text in fetched.root.glob("usr/share/doc/*/copyright"):
                shutil.copyfile(text, made(out / "licences") / f"{package.name}.txt")
            with atomic_path(note) as temporary:
                facts = {"package": package.name, "version": fetched.version, "sha256": fetched.sha256}
                facts |= {"licence": package.licence, "trust": package.trust}
                rows = {"utterances": [asdict(u) for u in utterances], "skipped": [asdict(s) for s in skipped]}
                temporary.write_text(json.dumps(facts | rows, indent=1), encoding="utf-8")
        progress(f"{package.name} {fetched.version}: {len(utterances)} utterances")
    return assemble(out, max_minutes)


def made(folder: Path) -> Path:
    """The folder, made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def assemble(out: Path, max_minutes: float | None) -> tuple[Corpus, list[Skipped]]:
    """Write the manifest of all packages that are done."""
    utterances: list[Utterance] = []
    skipped: list[Skipped] = []
    for package in debian_packages():
        note = out / "packages" / f"{package.name}.json"
        if note.is_file():
            facts = json.loads(note.read_text(encoding="utf-8"))
            utterances += [Utterance(**row | {"other": ()}) for row in facts["utterances"]]
            skipped += [Skipped(**row) for row in facts["skipped"]]
    if max_minutes is not None:
        utterances = limited(utterances, 60 * max_minutes)
    corpus = Corpus(out, tuple(utterances))
    write_skipped(out, skipped)
    write_manifest(out / MANIFEST_NAME, utterances)
    return corpus, skipped


def limited(utterances: Sequence[Utterance], seconds: float) -> list[Utterance]:
    """Keep at most this much of each speaker, drawn at random, in the order given."""
    left: dict[str, float] = {}
    kept: set[str] = set()
    for i in generator(0, "limit").permutation(len(utterances)).tolist():
        utterance = utterances[i]
        if utterance.duration_s <= left.setdefault(utterance.speaker, seconds):
            left[utterance.speaker] -= utterance.duration_s
            kept.add(utterance.id)
    return [utterance for utterance in utterances if utterance.id in kept]


def extract(package: Package, root: Path, out: Path, jobs: int | None) -> tuple[list[Utterance], list[Skipped]]:
    """Decode the files of an unpacked package that the rules match, and write what is usable to `out`."""
    if package.archive:
        archive = next(root.rglob(package.archive), None)
        if archive is None:
            raise RuntimeError(f"{package.name} has no {package.archive}: its contents have changed")
        root = root / "archive"
        unpack_queen(archive, root)
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    matching = [(file, match) for file in files if (match := first_match(package, file.relative_to(root).as_posix()))]
    if not matching:
        raise RuntimeError(f"no file of {package.name} matches the recipe: its contents have changed")
    skipped: list[Skipped] = []

    def read(item: tuple[Path, dict[str, str]]) -> Clip | Skipped:
        file, facts = item
        name = file.relative_to(root).as_posix()
        try:
            samples, rate = decode(file)
        except AudioError as error:
            return Skipped(f"{package.name}: {name}", str(error).replace(str(root), package.name))
        filled = {key: value.format(khz=rate // 1_000, **facts) for key, value in facts.items() if key in FILLED}
        short = re.sub(r"\W+", "_", name.rpartition("share/")[2].rpartition(".")[0], flags=re.ASCII).strip("_")
        return Clip(short[-60:], filled["speaker"], filled["language"], filled["session"], rate, samples)

    def clips() -> Iterator[Clip]:
        with ThreadPoolExecutor(jobs) as pool:
            for clip in pool.map(read, matching):
                if isinstance(clip, Skipped):
                    skipped.append(clip)
                elif clip.speaker in speaker_splits():
                    yield clip

    utterances = [store(package, clip, out) for clip in tidy(clips(), sample_rate_hz=SAMPLE_RATE_HZ)]
    return utterances, skipped


FILLED = ("speaker", "language", "session")


def first_match(package: Package, name: str) -> dict[str, str] | None:
    """Facts of the first rule that matches a file's name: speaker, language, session, and the pattern's groups."""
    for rule in package.rules:
        match = re.search(rule["files"], name)
        if match:
            return {"language": package.language, "session": "", **rule, **match.groupdict()}
    return None


def store(package: Package, clip: Clip, out: Path) -> Utterance:
    """Write one utterance; its name ends in a digest of the samples, so that names are unique and stay."""
    digest = blake2b(clip.samples.tobytes(), digest_size=4).hexdigest()
    identity = f"{package.source}/{clip.speaker}/{clip.name}-{digest}"
    write_audio(out / "audio" / f"{identity}.wav", clip.samples)
    return Utterance(
        identity,
        f"audio/{identity}.wav",
        clip.speaker,
        source=package.source,
        language=clip.language,
        session=clip.session,
        split=speaker_splits()[clip.speaker],
        duration_s=round(len(clip.samples) / SAMPLE_RATE_HZ, 6),
        sample_rate_hz=SAMPLE_RATE_HZ,
    )
