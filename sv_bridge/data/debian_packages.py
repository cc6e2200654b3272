"""Debian packages as folders of files: fetched by apt-get without root, checked, unpacked by dpkg."""

import re
import shutil
import struct
import subprocess
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path

__all__ = ["Fetched", "fetch", "unpack_queen"]


@dataclass(frozen=True)
class Fetched:
    """An unpacked package: its files lie below `root`."""

    root: Path
    version: str
    sha256: str


def fetch(name: str, folder: Path) -> Fetched:
    """Download a package into an empty folder, compare its SHA-256 with apt's signed index, and unpack it there.

    Raises
    ------
    FileNotFoundError
        This isn't a Debian or Ubuntu machine: apt-get or dpkg is missing.
    RuntimeError
        apt doesn't know the package, the download failed, or the hash is wrong.
    """
    for tool in ("apt-cache", "apt-get", "dpkg"):
        if shutil.which(tool) is None:
            raise FileNotFoundError(f"{tool} is missing: this needs a Debian or Ubuntu machine")
    shown = command(["apt-cache", "show", "--no-all-versions", name], folder, f"apt doesn't know {name}")
    facts = dict(re.findall(r"^(Version|SHA256): (\S+)$", shown, flags=re.MULTILINE))
    if facts.keys() != {"Version", "SHA256"}:
        raise RuntimeError(f"apt-cache tells no version and SHA-256 of {name}: try `apt-get update`")
    command(["apt-get", "download", f"{name}={facts['Version']}"], folder, f"cannot download {name}")
    archives = list(folder.glob("*.deb"))
    if len(archives) != 1:
        raise RuntimeError(f"apt-get download of {name} left {len(archives)} .deb files in {folder}, wanted one")
    with archives[0].open("rb") as content:
        sha256 = file_digest(content, "sha256").hexdigest()
    if sha256 != facts["SHA256"]:
        raise RuntimeError(f"{archives[0].name} has SHA-256 {sha256}, but apt's index says {facts['SHA256']}")
    root = folder / "unpacked"
    command(["dpkg", "-x", str(archives[0]), str(root)], folder, f"cannot unpack {name}")
    archives[0].unlink()
    return Fetched(root, facts["Version"], sha256)


def command(words: list[str], folder: Path, failure: str) -> str:
    """Run a command in a folder and return what it prints."""
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        reason = said[-1] if said else f"exit status {done.returncode}"
        raise RuntimeError(f"{failure}: {reason} (try `apt-get update`)")
    return done.stdout


def unpack_queen(archive: Path, folder: Path) -> None:
    """Write the speech files of the game archive `queen.1c` to a folder, as MP3.

    The archive starts with a table: 16-bit number of entries at byte 13, then 21 bytes an entry (12 of name, 1 of
    flags, 32-bit offset and size), all big-endian. Speech files are those named `*.SB`.
    """
    data = archive.read_bytes()
    try:
        (count,) = struct.unpack_from(">H", data, 13)
        entries = [struct.unpack_from(">12sxII", data, 15 + 21 * i) for i in range(count)]
    except struct.error:
        raise RuntimeError(f"{archive} is cut short: {len(data)} bytes don't hold its table") from None
    folder.mkdir(parents=True)
    for padded, offset, size in entries:
        name = padded.rstrip(b"\0").decode("ascii", errors="replace")
        if not re.fullmatch(r"\w+\.SB", name):
            continue
        if offset + size > len(data):
            raise RuntimeError(f"{archive} is cut short: {name} ends at {offset + size} of {len(data)} bytes")
        (folder / name.replace(".SB", ".mp3")).write_bytes(data[offset : offset + size])
