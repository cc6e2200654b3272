"""Programs taking turns on the same data, each in a process of its own that tells its time, memory and result."""

import ctypes
import gc
import math
import multiprocessing
import os
import resource
import statistics
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measures.cases import MEASURES, Case, points

__all__ = ["ENOUGH_SECONDS", "LIMIT_SECONDS", "QUIET", "ROUNDS", "Contest", "Entry", "disturbance", "seconds_of"]

ROUNDS, MOST_ROUNDS = 5, 10
LIMIT_SECONDS = 30.0
ENOUGH_SECONDS = 5.0
"""A program that has taken as long rests for the remaining rounds."""
QUIET = 0.1
"""Rounds count in which other work had at most this share of the processors; all do when there are none."""
PATIENCE_SECONDS = 60.0
"""What a program may take for its imports and its first call."""

Entry = dict[str, Any]


class Contest:
    """The programs of one measure, each in its process until the contest is closed."""

    def __init__(self, measure: str) -> None:
        self.measure = measure
        self.running: dict[str, Contestant] = {}

    def __enter__(self) -> "Contest":
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self.running):
            self.stop(name)

    def run(self, case: Case, earlier: dict[str, tuple[int, Entry]]) -> dict[str, Entry]:
        """Entries of all programs; `earlier` has what they took for fewer points, (n, entry): some cases are hopeless.

        An entry has the `seconds` of each round, `others`, the share of the processors that work outside the contest
        had meanwhile, `peak_bytes` and `value`; or a `note` that says why there is none. Rounds with other work are
        repeated.
        """
        notes = {name: hopeless(case, earlier.get(name)) for name in MEASURES[self.measure].programs}
        for name in notes:
            if not notes[name] and name not in self.running:
                self.running[name] = start(self.measure, name)
        entries: dict[str, Entry] = {}
        for name in notes:
            note = notes[name] or self.prepare(name, case)
            entries[name] = {"note": note} if note else {"seconds": [], "others": [], "peak_bytes": 0}
        for _ in range(MOST_ROUNDS):
            for name, entry in entries.items():
                if unfinished(entry):
                    answer = self.ask(name, "go", LIMIT_SECONDS)
                    if isinstance(answer, str):
                        entries[name] = {"note": answer}
                        continue
                    for what in ("seconds", "others"):
                        entry[what].append(answer[what])
                    entry["peak_bytes"] = max(entry["peak_bytes"], answer["peak_bytes"])
                    entry["value"] = answer["value"]
        return entries

    def prepare(self, name: str, case: Case) -> str:
        """Let a program make its points and warm up; why it can't, if so."""
        answer = self.ask(name, case, PATIENCE_SECONDS)
        return "" if answer == "ready" else answer

    def ask(self, name: str, question: Any, limit_seconds: float) -> Any:
        """What a program answers; a sentence when it does not, and the end of its process."""
        connection = self.running[name].connection
        answer: Any = f"over {limit_seconds:g} s"
        try:
            connection.send(question)
            if connection.poll(limit_seconds):
                answer = connection.recv()
        except (EOFError, OSError):
            answer = "crashed"
        if isinstance(answer, str) and answer != "ready":
            self.stop(name)
        return answer

    def stop(self, name: str) -> None:
        """End a program's process."""
        contestant = self.running.pop(name)
        contestant.process.kill()
        contestant.process.join()
        contestant.connection.close()


class Contestant(NamedTuple):
    process: BaseProcess
    connection: Connection


def start(measure: str, program: str) -> Contestant:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs, measure, program), daemon=True)
    process.start()
    theirs.close()
    return Contestant(process, ours)


def unfinished(entry: Entry) -> bool:
    """Whether a program goes on: it has neither failed, nor had enough rounds or time."""
    if "note" in entry:
        return False
    quiet = sum(share <= QUIET for share in entry["others"])
    return quiet < ROUNDS and sum(entry["seconds"]) < ENOUGH_SECONDS


def hopeless(case: Case, earlier: tuple[int, Entry] | None) -> str:
    """Why a program need not be tried, judging by fewer points."""
    if earlier is None:
        return ""
    n, entry = earlier
    if "note" in entry:
        return entry["note"]
    growth = (case.n / n) ** MEASURES[case.measure].growth
    expected = seconds_of(entry) * growth
    if expected > LIMIT_SECONDS:
        return f"over {LIMIT_SECONDS:g} s"
    if entry["peak_bytes"] * growth > memory_bytes():
        return "out of memory"
    return ""


def seconds_of(entry: Entry) -> float:
    """Median of the rounds that other work did not disturb; of all, when there are none."""
    return statistics.median(second for second, _ in counted(entry))


def disturbance(entry: Entry) -> float:
    """Largest share of the processors that other work had in the rounds that count."""
    return max(share for _, share in counted(entry))


def counted(entry: Entry) -> list[tuple[float, float]]:
    """Seconds and others' share of the rounds that count."""
    rounds = list(zip(entry["seconds"], entry["others"], strict=True))
    return [each for each in rounds if each[1] <= QUIET] or rounds


def serve(connection: Connection, measure: str, name: str) -> None:
    """Get ready for each case that comes, and run the program whenever asked to."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes(), memory_bytes()))
    program = MEASURES[measure].programs[name]
    try:
        while True:
            question = connection.recv()
            if isinstance(question, Case):
                program(*points(question.small))  # compiles, and loads what is loaded on first use
                X, labels = points(question)
                connection.send("ready")
            else:
                connection.send(timed(partial(program, X, labels)))
    except EOFError:
        return
    except MemoryError:
        connection.send("out of memory")
    except Exception as error:  # the page says what a peer did instead of answering
        connection.send(f"failed: {type(error).__name__}")


def timed(call: Callable[[], float]) -> Entry:
    """Wall time of one call, and how far resident memory rose above its level before the call.

    A value that JSON has no number for, such as NaN, is kept as its name.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what earlier calls have freed is no longer resident
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from now on
    before = status("VmRSS")
    busy, own, started = busy_seconds(), time.process_time(), time.perf_counter()
    value = call()
    seconds = time.perf_counter() - started
    others = (busy_seconds() - busy) - (time.process_time() - own)
    return {
        "seconds": seconds,
        "peak_bytes": status("VmHWM") - before,
        "value": float(value) if math.isfinite(value) else str(float(value)),
        "others": max(0.0, others / (seconds * (os.cpu_count() or 1))) if seconds > 0.1 else 0.0,
    }


def status(what: str) -> int:
    """Bytes that Linux counts for this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(what))


def busy_seconds() -> float:
    """What all processors together have worked since the machine started."""
    user, nice, system = Path("/proc/stat").read_text(encoding="ascii").split()[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def memory_bytes() -> int:
    """Memory of the machine, less a tenth."""
    return int(0.9 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
