"""Ways in which corpora lie on disk → recordings. Nothing is opened here; `prepare` looks into the files."""

import csv
import locale
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sv_bridge.data.decoding import ALL_SUFFIXES
from sv_bridge.data.files import files_below
from sv_bridge.data.manifest import read_rows

__all__ = [
    "Recording",
    "folder_levels",
    "read_folder",
    "read_kaldi",
    "read_manifest",
    "read_unlabelled",
    "read_voxceleb",
    "sound_files",
]

VOXCELEB_SPEAKER = re.compile(r"id\d{5}")
VOXCELEB_TEST = re.compile(r"test|vox\d_test.*")
LEVELS = ("split", "source", "language", "speaker")
SPLITS = {
    "train": ("train", "training"),
    "dev": ("dev", "valid", "validation", "val"),
    "test": ("test", "testing", "eval", "evaluation"),
}
LANGUAGES = {re.split("[-_.@]", name)[0] for name in locale.locale_alias} - {"c", "iso", "iso8859", "posix", "univ"}
"""Codes and English names of languages, as the standard library knows them."""
# VoxCeleb1's 40 test speakers, those whose names begin with E
VOXCELEB1_TEST = range(10_270, 10_310)


@dataclass(frozen=True, slots=True)
class Recording:
    """A stretch of an audio file that a layout assigns to a speaker; `split` is empty where the layout has none.

    `end_s=None` means the end of the file.
    """

    id: str
    file: Path
    speaker: str
    source: str = ""
    language: str = ""
    session: str = ""
    split: str = ""
    start_s: float = 0.0
    end_s: float | None = None


def read_folder(
    root: Path | str, *, source: str = "", language: str = "", levels: Sequence[str] | None = None
) -> list[Recording]:
    """Read a folder whose folders name the speakers; deeper folders are sessions.

    Files that lie too high for that are left out; `prepare` says so when it knows the folder.

    Parameters
    ----------
    root : the folder; links are followed.
    source, language : of all recordings.
    levels : what each level of folders names, from the top, of `LEVELS`; see `folder_levels` for what is taken without.
        A speaker's name takes language and source in: `de/001` and `fr/001` are two people.
    """
    root = Path(root)
    files = sound_files(root)
    levels = folder_levels(root, files) if levels is None else check_levels(levels)
    recordings = []
    for file in files:
        parts = file.relative_to(root).parts
        if len(parts) <= len(levels):
            continue
        named = {"source": source, "language": language, "split": ""} | dict(zip(levels, parts[:-1], strict=False))
        split = split_named(named["split"]) or named["split"]
        speaker = "/".join(part for level, part in zip(levels, parts[:-1], strict=False) if level != "split")
        session = "/".join(parts[len(levels) : -1])
        recordings.append(
            Recording(identity(file, root), file, speaker, named["source"], named["language"], session, split)
        )
    return found(
        recordings,
        f"no audio files in folders of speakers below {root}: wanted {'/'.join(levels)}/file"
        + (f", but {len(files)} audio files lie beside the speakers' folders, {files[0]} for one" if files else "")
        + ("; with --unlabelled, nobody needs to be known" if files else ""),
    )


def read_unlabelled(root: Path | str, *, source: str = "", language: str = "") -> list[Recording]:
    """Read a folder of recordings of nobody known, at any depth: folders are sessions, and all are for training.

    Parameters
    ----------
    root : the folder; links are followed.
    source, language : of all recordings.
    """
    root = Path(root)
    recordings = [
        Recording(
            identity(file, root), file, "", source, language, "/".join(file.relative_to(root).parts[:-1]), "train"
        )
        for file in sound_files(root)
    ]
    return found(recordings, f"no audio files below {root}")


def folder_levels(root: Path, files: Sequence[Path]) -> tuple[str, ...]:
    """What the levels of folders name: ("speaker",), or ("language", "speaker") or ("split", "speaker").

    Folders at the top that are all named like languages (`en`, `de_DE`, `french`) or like splits (`train`, `dev-clean`,
    `test`), with nothing but folders in them, are taken for that.

    Examples
    --------
    >>> root = Path("speech")
    >>> folder_levels(root, [root / "en/ann/1.wav", root / "fr/bob/1.wav"])
    ('language', 'speaker')
    >>> folder_levels(root, [root / "ann/1.wav", root / "bob/monday/1.wav"])
    ('speaker',)
    """
    parts = [file.relative_to(root).parts for file in files]
    tops = {each[0] for each in parts if len(each) > 1}
    if tops and all(len(each) != 2 for each in parts):
        languages = {top: re.split("[-_]", top.lower())[0] for top in tops}
        if all(name in LANGUAGES for name in languages.values()) and any(len(n) != 3 for n in languages.values()):
            return "language", "speaker"
        if all(map(split_named, tops)):
            return "split", "speaker"
    return ("speaker",)


def check_levels(levels: Sequence[str]) -> tuple[str, ...]:
    """Raise a ValueError unless these are levels of folders, each once, with the speaker's the last."""
    if not levels or levels[-1] != "speaker" or len(set(levels)) != len(levels) or not set(levels) <= set(LEVELS):
        raise ValueError(
            f"wanted levels of folders of {', '.join(LEVELS)}, each once and the speaker's last, as in "
            f"language/speaker; got {'/'.join(levels)!r}"
        )
    return tuple(levels)


def split_named(name: str) -> str:
    """Split that a folder's name says: "train", "dev", "test", or nothing."""
    word = re.split("[-_]", name.lower())[0]
    return next((split for split, words in SPLITS.items() if word in words), "")


def read_voxceleb(root: Path | str) -> list[Recording]:
    """Read VoxCeleb1 or VoxCeleb2, or both: `…/idXXXXX/<video>/<utterance>.wav` (or .m4a) at any depth below `root`.

    Ids are the last three parts of the path, as in the official trial lists; sessions are videos. VoxCeleb1's test
    speakers, and whoever `vox1_meta.csv` or `vox2_meta.csv` says or lies in a folder like `test` or `vox2_test_aac`,
    get the split "test".
    """
    root = Path(root)
    test_speakers = {f"id{number}" for number in VOXCELEB1_TEST}
    for metadata in (path for path in files_below(root) if path.name in ("vox1_meta.csv", "vox2_meta.csv")):
        test_speakers |= set(voxceleb_test_speakers(metadata))
    recordings = []
    for file in sound_files(root):
        parts = file.relative_to(root.parent).parts
        if len(parts) < 3 or not VOXCELEB_SPEAKER.fullmatch(parts[-3]):
            continue
        speaker, video, _ = parts[-3:]
        source = "voxceleb1" if speaker >= "id10000" else "voxceleb2"
        in_test = speaker in test_speakers or any(VOXCELEB_TEST.fullmatch(part) for part in parts[:-3])
        recordings.append(
            Recording("/".join(parts[-3:]), file, speaker, source, "", f"{speaker}/{video}", "test" if in_test else "")
        )
    return found(recordings, f"no files like id10270/5r0dWxy17C8/00001.wav below {root}")


def voxceleb_test_speakers(metadata: Path) -> Iterator[str]:
    """Speakers whose set is `test` in `vox1_meta.csv` (tabs) or `vox2_meta.csv` (commas and blanks)."""
    with metadata.open(encoding="utf-8-sig", newline="") as lines:
        delimiter = "\t" if metadata.name.startswith("vox1") else ","
        rows = [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    for row in rows[1:]:
        if row and row[-1] == "test":
            yield row[0]


def read_manifest(path: Path | str) -> list[Recording]:
    """Read a CSV or JSON-lines file with a column `path`, and optionally `speaker` and the others of a corpus manifest.

    Paths are relative to the file's folder, or absolute. `duration_s` isn't needed; it limits an utterance where it
    comes with `start_s`. Whoever has no speaker and no split is for training.
    """
    path = Path(path)
    recordings = []
    for where, row in read_rows(path):
        if row.get("path") in (None, ""):
            raise ValueError(
                f"{where}: no `path`, which names the recording; there is {', '.join(map(str, row)) or 'nothing'}"
            )
        text = {name: str(row.get(name, "")) for name in ("source", "language", "session", "split")}
        try:
            start_s = float(row.get("start_s", 0.0))
            end_s = start_s + float(row["duration_s"]) if "start_s" in row and "duration_s" in row else None
        except ValueError as error:
            raise ValueError(f"{where}: {error}") from None
        file, speaker = path.parent / str(row["path"]), str(row.get("speaker") or "")
        text["split"] = text["split"] or ("" if speaker else "train")
        identity = str(row.get("id") or row["path"])
        recordings.append(Recording(identity, file, speaker, **text, start_s=start_s, end_s=end_s))
    return found(recordings, f"{path} lists no recordings")


def read_kaldi(folder: Path | str, *, source: str = "", language: str = "") -> list[Recording]:
    """Read a Kaldi data folder: `wav.scp` with plain paths, `utt2spk`, and `segments` where there is one.

    Relative paths are taken from the working directory, as Kaldi does, or else from the folder.
    """
    folder = Path(folder)
    files: dict[str, Path] = {}
    for where, (name, value) in pairs(folder / "wav.scp"):
        if value.endswith("|"):
            raise ValueError(f"{where}: {value[:60]!r} is a command: convert its output to files first")
        file = Path(value)
        files[name] = file if file.is_absolute() or file.exists() else folder / file
    speakers = {name: speaker for _, (name, speaker) in pairs(folder / "utt2spk")}
    segments: dict[str, tuple[str, float, float | None]] = {name: (name, 0.0, None) for name in files}
    if (folder / "segments").is_file():
        segments = {}
        for where, (name, value) in pairs(folder / "segments"):
            try:
                recording, begin, end = value.split()
                segments[name] = recording, float(begin), float(end) if float(end) > 0 else None
            except ValueError:
                raise ValueError(f"{where}: wanted `utterance recording start end`, got {name} {value!r}") from None
    recordings = []
    for name, speaker in speakers.items():
        if name not in segments or segments[name][0] not in files:
            raise ValueError(f"{folder}: utterance {name!r} of utt2spk has no recording in wav.scp or segments")
        recording, start_s, end_s = segments[name]
        recordings.append(
            Recording(name, files[recording], speaker, source, language, recording, start_s=start_s, end_s=end_s)
        )
    return found(recordings, f"{folder / 'utt2spk'} lists no utterances")


def pairs(path: Path) -> Iterator[tuple[str, tuple[str, str]]]:
    """(place, (first word, rest)) of each line."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} does not exist: a Kaldi data folder has wav.scp and utt2spk")
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            name, _, rest = line.strip().partition(" ")
            if name:
                if not rest.strip():
                    raise ValueError(f"{path}:{number}: wanted a name and a value, got {name!r}")
                yield f"{path}:{number}", (name, rest.strip())


def sound_files(root: Path) -> list[Path]:
    """All audio files below a folder, in linked folders too, and those that must be decoded first."""
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is not a folder")
    return [path for path in files_below(root) if path.suffix.lower() in ALL_SUFFIXES and path.is_file()]


def identity(file: Path, root: Path) -> str:
    """Id of a file: its path below the root, without blanks, which trial lists cannot hold."""
    return re.sub(r"\s+", "_", file.relative_to(root).as_posix())


def found(recordings: list[Recording], otherwise: str) -> list[Recording]:
    """Return the recordings; an error if there are none."""
    if not recordings:
        raise ValueError(otherwise)
    return recordings
