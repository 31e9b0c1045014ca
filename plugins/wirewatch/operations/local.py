"""What `wirewatch status` shows of the local stack."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from wirewatch.local.health import Seen, problems
from wirewatch.local.keeping import STATE
from wirewatch.local.looking import look
from wirewatch.local.stack import Stack
from wirewatch.local.supervisor import WATCHES
from wirewatch.operations.status import Local

_EVENTS_OF = timedelta(hours=3)


def look_at(stack: Stack) -> Local:
    """What is seen of the stack now, and what the watch did lately; raises nothing."""
    seen = look(stack)
    watched = any(stack.component(name).process() is not None for name in WATCHES)
    return local_of(seen, watched=watched, events=tuple(_events(stack, seen.at)))


def local_of(seen: Seen, *, watched: bool, events: Sequence[str]) -> Local:
    """What was seen, in sentences (pure)."""
    parts = {"postgres": seen.database_error is None, **{part: born is not None for part, born in seen.born.items()}}
    found = [problem.sentence for problem in problems(seen)]
    found += [f"{dag} is paused in the Airflow UI" for dag in seen.paused]
    if not watched:
        found.append("the watch does not run: nobody would be told when a part fails; run `make up`")
    return Local({**parts, "watch": watched}, found, events)


def _events(stack: Stack, now: datetime) -> Iterator[str]:
    try:
        events = json.loads((stack.home.path / "run" / STATE).read_text())["events"]
    except (OSError, ValueError, KeyError):
        return
    for event in events:
        at = datetime.fromisoformat(event["at"]).astimezone(UTC)
        if now - at < _EVENTS_OF:
            yield f"{at:%H:%M} UTC: {event['part']} {event['what']}"
