"""What the watch remembers between two looks, and what it decides from it (pure).

problems of a look ─ weigh ─▶ what to start again now, what to tell
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wirewatch.local.health import Problem

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
class Decision:
    """What to do after a look."""

    repairs: tuple[Problem, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(slots=True)
class _Trouble:
    since: datetime
    told: bool = False
    repairs: int = 0
    next_repair: datetime | None = None


@dataclass(slots=True)
class Memory:
    """What was seen so far."""

    troubles: dict[str, _Trouble] = field(default_factory=dict)
    born: dict[str, datetime] = field(default_factory=dict)
    told: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def weigh(self, found: list[Problem], born: Mapping[str, datetime | None], now: datetime) -> Decision:
        """What to do about the problems of a look at `now`; `born` is when each part's process was started."""
        notices = [*self._restarted(born, now), *self._solved(found, now)]
        repairs = []
        for problem in found:
            trouble = self.troubles.setdefault(problem.part, _Trouble(now))
            if now - trouble.since < problem.patience:
                continue
            due = problem.restart and (trouble.next_repair is None or now >= trouble.next_repair)
            if due:
                repairs.append(problem)
                trouble.next_repair = now + min(AGAIN_AFTER * 2**trouble.repairs, _LONGEST)
                trouble.repairs += 1
            if not trouble.told:
                trouble.told = True
                notices.append(Notice(problem.part, problem.what + ("; it is started again" if due else ""), now))
        return Decision(tuple(repairs), tuple(notice for notice in notices if self._may_tell(notice)))

    def _restarted(self, born: Mapping[str, datetime | None], now: datetime) -> list[Notice]:
        """Parts that ended and were started again between two looks; what was told as a problem is no news."""
        found = []
        for part, birth in born.items():
            before = self.born.get(part)
            if birth is not None:
                self.born[part] = birth
                known = part in self.troubles and self.troubles[part].told
                if before is not None and abs(birth - before) > timedelta(seconds=1) and not known:
                    found.append(Notice(part, "ended without being asked to, and was started again", now))
        return found

    def _solved(self, found: list[Problem], now: datetime) -> list[Notice]:
        solved = self.troubles.keys() - {problem.part for problem in found}
        told = [(part, self.troubles.pop(part)) for part in sorted(solved)]
        return [
            Notice(part, f"works again, after {(now - trouble.since).total_seconds():.0f} s", now, solved=True)
            for part, trouble in told
            if trouble.told
        ]

    def _may_tell(self, notice: Notice) -> bool:
        times = [at for at in self.told[notice.part] if notice.at - at < timedelta(hours=1)]
        self.told[notice.part] = [*times, notice.at][-_TOLD_PER_HOUR:]
        return len(times) < _TOLD_PER_HOUR
