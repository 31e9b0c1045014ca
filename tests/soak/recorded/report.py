"""The outcome of replays in words and tables: Markdown, without dates, paths or machine names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tests.soak.recorded.job import Outcome

_STAGES = ("poll", "collect", "link copies", "tag topics", "close entries")
_STATES = {"new": "new: to be tried again later"}
_DASH = "–"


def report(outcomes: Sequence[Outcome]) -> str:
    """One column for each replay."""
    return "\n\n".join(
        (
            "### Input and result",
            _table(outcomes, _flow(outcomes)),
            "### What the recorded web answered",
            _table(outcomes, _answers(outcomes)),
            "### The account",
            _table(outcomes, _ACCOUNT),
            "### Where the time goes",
            _table(outcomes, _times()),
        )
    )


_Row = tuple[str, Callable[[Outcome], str]]


def _count(read: Callable[[Outcome], int]) -> Callable[[Outcome], str]:
    return lambda outcome: f"{read(outcome):,}"


def _of(read: Callable[[Outcome], dict[str, int]], name: str) -> Callable[[Outcome], str]:
    return lambda outcome: f"{read(outcome)[name]:,}" if name in read(outcome) else _DASH


def _names(outcomes: Sequence[Outcome], read: Callable[[Outcome], dict[str, int]]) -> list[str]:
    """Every name that stands in one of the outcomes, the most frequent first."""
    sums: dict[str, int] = {}
    for outcome in outcomes:
        for name, n in read(outcome).items():
            sums[name] = sums.get(name, 0) + n
    return sorted(sums, key=lambda name: (-sums[name], name))


def _flow(outcomes: Sequence[Outcome]) -> Iterable[_Row]:
    yield "feeds", _count(lambda o: o.counts.feeds)
    yield "steps", _count(lambda o: o.recording.steps)
    yield "**polls**", _count(lambda o: o.counts.polls)
    for name in _names(outcomes, lambda o: o.polls):
        yield f"· {name}", _of(lambda o: o.polls, name)
    yield "· with overflow: no item shared with the poll before", _count(lambda o: o.counts.overflows)
    yield "**entries**", _count(lambda o: o.counts.entries)
    yield "· changed under the same identity, old words kept", _count(lambda o: o.counts.revisions)
    for name in _names(outcomes, lambda o: o.states):
        yield f"· {_STATES.get(name, name)}", _of(lambda o: o.states, name)
    for name in _names(outcomes, lambda o: o.drops):
        yield f"· · dropped: {name}", _of(lambda o: o.drops, name)
    yield "**pages in the archive**", _count(lambda o: o.counts.pages)
    yield "**articles**", _count(lambda o: o.counts.articles)
    yield "**copies**", _count(lambda o: sum(o.copies.values()))
    for name in _names(outcomes, lambda o: o.copies):
        yield f"· {name}", _of(lambda o: o.copies, name)
    yield "**stories**", _count(lambda o: o.counts.stories)
    yield "· of more than one article", _count(lambda o: o.counts.shared_stories)
    yield "**tags of us_china_military**", _count(lambda o: sum(o.tags.values()))
    for name in ("core", "related", "none"):
        yield f"· {name}", _of(lambda o: o.tags, name)


def _answers(outcomes: Sequence[Outcome]) -> Iterable[_Row]:
    for name in _names(outcomes, lambda o: o.requests):
        yield name, _of(lambda o: o.requests, name)


_ACCOUNT: tuple[_Row, ...] = (
    ("items that a feed listed", _count(lambda o: o.account.listed)),
    ("**entries unaccounted for**", _count(lambda o: len(o.account.unaccounted))),
    ("items with two entries", _count(lambda o: len(o.account.twice))),
    ("entries that no feed listed", _count(lambda o: len(o.account.never_listed))),
    ("requests that would have left loopback", _count(lambda o: o.refused)),
    ("items that came and went between two steps, so that no feed listed them", _count(lambda o: o.recording.missed)),
)


def _times() -> Iterable[_Row]:
    for stage in _STAGES:
        yield stage, _share(stage)
    yield "all, seconds", lambda o: f"{_total(o):,.0f}"
    yield "milliseconds per poll", _cost("poll", lambda o: o.counts.polls)
    yield "· per page fetched and read", _cost("collect", lambda o: o.counts.pages)
    yield "· per article linked", _cost("link copies", lambda o: o.counts.articles)
    yield "· per article tagged", _cost("tag topics", lambda o: o.counts.articles)


def _total(outcome: Outcome) -> float:
    return sum(outcome.seconds.values())


def _share(stage: str) -> Callable[[Outcome], str]:
    return lambda outcome: f"{outcome.seconds.get(stage, 0.0) / _total(outcome):.0%}"


def _cost(stage: str, read: Callable[[Outcome], int]) -> Callable[[Outcome], str]:
    return lambda outcome: f"{1000 * outcome.seconds[stage] / read(outcome):,.0f}" if read(outcome) else _DASH


def _table(outcomes: Sequence[Outcome], rows: Iterable[_Row]) -> str:
    lines = [
        "| | " + " | ".join(outcome.recording.name for outcome in outcomes) + " |",
        "|---|" + "---:|" * len(outcomes),
    ]
    lines += [f"| {label} | " + " | ".join(read(outcome) for outcome in outcomes) + " |" for label, read in rows]
    return "\n".join(lines)
