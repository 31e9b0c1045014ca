"""The memory of every process of the stack, and the line through its days."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import psutil

_PAUSE_S = 2.0
_POSTGRES = "postgres: "
_READERS = {"wirewatch.articles.extraction.child": "reader of pages", "wirewatch.feeds.parser.child": "reader of feeds"}


@dataclass(frozen=True, slots=True)
class Memory:
    """Of one process, in KB."""

    own: int
    """What ending the process would give back (USS)."""
    share: int
    """With its share of what it has in common with others (PSS)."""
    resident: int
    """With all of it (RSS)."""


@dataclass(frozen=True, slots=True)
class Slope:
    """The least-squares line through the last days of a process."""

    kb_per_day: float
    error: float
    """Standard error of the slope."""

    @property
    def flat(self) -> bool:
        """Whether growth can't be told from none: the slope is not above twice its error."""
        return self.kb_per_day <= 2 * self.error


def memory_of(process: psutil.Process) -> Memory | None:
    """None when the process has ended."""
    try:
        full = process.memory_full_info()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return None
    return Memory(full.uss // 1024, full.pss // 1024, full.rss // 1024)


def kind_of(process: psutil.Process) -> str | None:
    """What a process of the database, or a child of a worker, is called in the report; None when it has ended."""
    try:
        words = process.cmdline()
    except psutil.NoSuchProcess:
        return None
    line = " ".join(words)
    if line.startswith(_POSTGRES):
        name = line.removeprefix(_POSTGRES).strip()
        if name.startswith("postgres "):  # user, database, address, what it does
            return "database: connections"
        return f"database: {name.split(' postgres')[0]}"
    if words and words[0].endswith("/postgres"):
        return "database: postmaster"
    return next((name for module, name in _READERS.items() if module in words), None)


class Watch:
    """Looks every two seconds at the processes that come and go, and keeps the highest of each kind."""

    def __init__(self, processes: Callable[[], Iterable[psutil.Process]]) -> None:
        self._processes = processes
        self._highest: dict[str, Memory] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it."""
        self._stop.set()
        self._thread.join()

    def take(self) -> dict[str, Memory]:
        """The highest of each kind since the last call."""
        with self._lock:
            taken, self._highest = self._highest, {}
        return taken

    def _run(self) -> None:
        while not self._stop.wait(_PAUSE_S):
            for process in self._processes():
                kind, memory = kind_of(process), memory_of(process)
                if kind is None or memory is None:
                    continue
                with self._lock:
                    before = self._highest.get(kind)
                    if before is None or memory.own > before.own:
                        self._highest[kind] = memory


def slope(values: Mapping[int, float] | Sequence[float]) -> Slope:
    """The line through at least three values, by day or one a day."""
    points = list(values.items() if isinstance(values, Mapping) else enumerate(values))
    n = len(points)
    if n < 3:
        raise ValueError(f"a line with an error needs three days, not {n}")
    mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    rise = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    rest = sum((y - mean_y - rise * (x - mean_x)) ** 2 for x, y in points)
    return Slope(rise, sqrt(rest / (n - 2) / spread))


def by_process(days: Sequence[Mapping[str, Memory]]) -> dict[str, dict[int, Memory]]:
    """Each process's days: process → number of the day → memory."""
    found: dict[str, dict[int, Memory]] = defaultdict(dict)
    for number, processes in enumerate(days):
        for name, memory in processes.items():
            found[name][number] = memory
    return dict(found)
