"""What the watch remembers between two looks, and what it decides from it (pure).

problems of a look ─ weigh ─▶ what to start again now, what to tell
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wirewatch.local.health import Problem, Seen, lost_idle_worker

AGAIN_AFTER = timedelta(seconds=100)
"""Before a part is started again once more; doubles each time, up to `_LONGEST`."""
_LONGEST = timedelta(minutes=15)
_TOLD_PER_HOUR = 10
"""Messages about one part: a part that ends each minute fills no mailbox."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell people."""

    part: str
    what: str
    at: datetime
    solved: bool = False

    @property
    def sentence(self) -> str:
        """The notice in words."""
        return f"{self.part} {self.what}"


@dataclass(frozen=True, slots=True)
class Repair:
    """What to do about a problem."""

    problem: Problem
    gently: bool = False
    """Continue its stopped processes, or start it unless supervisord did; else it is killed and started again."""

    @property
    def words(self) -> str:
        """Completes the problem's sentence."""
        return "; it is continued" if self.gently and self.problem.stopped else "; it is started again"


@dataclass(frozen=True, slots=True)
class MemoryDecision:
    """What to do after a look."""

    repairs: tuple[Repair, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(slots=True)
class _Trouble:
    since: datetime
    told: bool = False
    gentle: bool = False
    """Whether the gentle repair was tried."""
    restarted: bool = False
    """Whether the watch itself started it again."""
    repairs: int = 0
    next_repair: datetime | None = None

    def repair(self, problem: Problem, now: datetime) -> Repair | None:
        """What is due about the problem now."""
        if problem.stopped and not self.gentle:
            self.gentle = True
            return Repair(problem, gently=True)
        believed = now - self.since >= problem.patience
        if not (problem.restart and believed and (self.next_repair is None or now >= self.next_repair)):
            return None
        if not problem.hangs and not self.gentle:
            self.gentle = self.restarted = True
            self.next_repair = now + AGAIN_AFTER
            return Repair(problem, gently=True)
        self.next_repair = now + min(AGAIN_AFTER * 2**self.repairs, _LONGEST)
        self.repairs += 1
        self.restarted = True
        return Repair(problem)


@dataclass(slots=True)
class Memory:
    """What was seen so far."""

    troubles: dict[str, _Trouble] = field(default_factory=dict)
    born: dict[str, datetime] = field(default_factory=dict)
    before: Seen | None = None
    """The last look that found no problem."""
    told: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def weigh(self, found: list[Problem], seen: Seen) -> MemoryDecision:
        """What to do about the problems that were found in a look."""
        lost = lost_idle_worker(self.before, seen)
        found = [*found, *([lost] if lost and not found else [])]
        if not found:
            self.before = seen
        now = seen.at
        notices = [*self._restarted({**seen.born, **seen.watches}, now), *self._solved(found, seen)]
        repairs = []
        for problem in found:
            trouble = self.troubles.setdefault(problem.part, _Trouble(now))
            repair = trouble.repair(problem, now)
            if repair is not None:
                repairs.append(repair)
            if not trouble.told and (repair is not None or now - trouble.since >= problem.patience):
                trouble.told = True
                notices.append(Notice(problem.part, problem.what + (repair.words if repair else ""), now))
        return MemoryDecision(tuple(repairs), tuple(notice for notice in notices if self._may_tell(notice)))

    def _restarted(self, born: Mapping[str, datetime | None], now: datetime) -> list[Notice]:
        """Parts that ended and were started again between two looks; what was told as a problem is no news."""
        found = []
        for part, birth in born.items():
            before = self.born.get(part)
            if birth is not None:
                self.born[part] = birth
                known = part in self.troubles and self.troubles[part].restarted
                if before is not None and abs(birth - before) > timedelta(seconds=1) and not known:
                    found.append(Notice(part, "ended without being asked to, and was started again", now))
        return found

    def _solved(self, found: list[Problem], seen: Seen) -> list[Notice]:
        """Troubles that are over. One that was told is over when the part has shown that it works."""
        gone = sorted(self.troubles.keys() - {problem.part for problem in found})
        solved = [part for part in gone if seen.proves(part) or not self.troubles[part].told]
        told = [(part, self.troubles.pop(part)) for part in solved]
        return [
            Notice(part, f"works again, after {(seen.at - trouble.since).total_seconds():.0f} s", seen.at, solved=True)
            for part, trouble in told
            if trouble.told
        ]

    def _may_tell(self, notice: Notice) -> bool:
        times = [at for at in self.told[notice.part] if notice.at - at < timedelta(hours=1)]
        self.told[notice.part] = [*times, notice.at][-_TOLD_PER_HOUR:]
        return len(times) < _TOLD_PER_HOUR
