"""Weeks in an hour: the rhythm goes on with other items, lines are drawn rightly, a small one leaves nothing undone."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.soak import simulation
from tests.soak.recorded.items import read_items
from tests.soak.simulated import stack
from tests.soak.simulated.memory import slope
from tests.soak.simulated.report import report
from tests.soak.simulated.rhythm import rhythm

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """A clock that stands."""

    time = BEGIN

    def now(self) -> datetime:
        return self.time


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A recording: two feeds that list the same link each hour of ten days."""
    rows = [
        {
            "source_url": f"https://{site}.example/feed",
            "link": f"https://paper.example/{hour}",
            "title": f"Harbour report number {hour} of the season",
            "description": f"<p>The ferry left at {hour} with the mail &amp; the choir.</p>",
            "date_created": (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour)).isoformat(),
            "date_published": (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour - 1)).isoformat(),
        }
        for site in ("east", "west")
        for hour in range(240)
    ]
    content = json.dumps(rows).encode()
    with tarfile.open(tmp_path / "recording.tar.gz", "w:gz") as tar:
        member = tarfile.TarInfo("items.json")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return tmp_path / "recording.tar.gz"


def test_the_rhythm_goes_on_with_other_items(archive):
    clock = Clock()
    lived = rhythm(archive, [(BEGIN, BEGIN + 24 * DAY)], feeds=3, every=1, now=clock.now)
    assert [feed.host for feed in lived.recording.feeds] == ["s0.east.example", "s0.west.example", "s1.east.example"]
    listed = []
    for hour in range(24 * 24):
        clock.time = BEGIN + timedelta(hours=hour, minutes=1)
        documents = [read_items(feed.document(0)) for feed in lived.recording.feeds]
        listed.append([document[0].key for document in documents])
        assert len(documents[0]) == min(hour + 1, 40)
    east, west, second = zip(*listed, strict=True)
    assert len(set(east)) == 24 * 24, "an item an hour, none of them twice"
    assert east == west, "feeds that list one link go on doing so"
    assert not set(east) & set(second), "the same feed at another site has other items"
    titles = {lived.stories[key].title for key in east}
    assert len(titles) > 24 * 23, "and other words"


def test_some_pages_change_and_some_go(archive):
    clock = Clock()
    lived = rhythm(archive, [(BEGIN, BEGIN + 10 * DAY)], feeds=2, every=1, now=clock.now)
    clock.time = BEGIN + 10 * DAY
    items = {item.key: item for item in read_items(lived.recording.feeds[0].document(0))}
    for key, story in lived.stories.items():
        items.setdefault(key, next(iter(items.values())).__class__(key, (), story.title, ""))

    def pages(age: timedelta) -> dict[str, bytes | None]:
        found = {}
        for key, story in lived.stories.items():
            clock.time = story.seen + age
            found[key] = lived.page(items[key])
        return found

    first, day, days = pages(timedelta()), pages(DAY), pages(4 * DAY)
    assert None not in first.values()
    assert pages(timedelta()) == first
    assert 0.02 < sum(first[key] != day[key] for key in first) / len(first) < 0.12
    assert 0 < sum(page is None for page in days.values()) / len(days) < 0.05


def test_a_line_through_days():
    rising = slope([100.0 + 3 * day for day in range(10)])
    assert (round(rising.kb_per_day, 9), round(rising.error, 9), rising.flat) == (3.0, 0.0, False)
    assert slope([100.0, 102.0, 99.0, 101.0, 100.0, 99.0]).flat
    with pytest.raises(ValueError, match="three days"):
        slope([1.0, 2.0])


def test_nights_are_as_in_the_dags():
    minutes = range(0, 24 * 60, 20)
    assert [minute for minute in minutes if stack.is_due("tend_warehouse", minute)] == [2 * 60 + 20]
    assert [minute for minute in minutes if stack.is_due("relabel_articles", minute)] == [3 * 60 + 40]
    assert sum(stack.is_due("poll_feeds", minute) for minute in minutes) == 24 * 60 / stack.ROUND_MIN


@pytest.mark.timeout(900)
def test_a_small_simulation(shared, monkeypatch: pytest.MonkeyPatch):
    """Real workers, a real server, two days: everything that was listed is accounted for and nothing failed."""
    if (missing := simulation.what_is_missing()) is not None:
        pytest.skip(missing)
    monkeypatch.setattr(stack, "ROUND_MIN", 480)
    result = simulation.simulate(days=2, feeds=20, every=4)
    account = result.account
    assert account.listed > 30
    assert (account.unaccounted, account.twice, account.never_listed) == ((), (), ())
    assert (result.failed, result.bad_pages, result.doubled_versions, result.unsound) == ([], (), 0, None)
    assert result.holds
    assert [day.day.day for day in result.days] == [25, 15, 16]
    assert result.counts["collect_articles.revisited"] > 0
    assert "ingest.poll_2025_11" in result.days[0].partitions
    page = report(result)
    assert "| **items lost** (no entry exists) | 0 |" in page
    assert "| worker: label_articles |" in page
