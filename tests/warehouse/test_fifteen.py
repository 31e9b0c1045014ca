"""The fifteen questions of docs/fifteen_questions.sql: at most five lines each, and true of the sample week."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest

from tests.conftest import ROOT
from tests.warehouse.test_analysis import _AGENCY, articles, rows  # noqa: F401 - a fixture

pytestmark = pytest.mark.timeout(900)


def _queries() -> dict[int, str]:
    parts = re.split(r"^-- (\d+)\. .*\n", (ROOT / "docs" / "fifteen_questions.sql").read_text(), flags=re.MULTILINE)[1:]
    return {int(n): re.sub(r"(?m)^--.*\n", "", query).strip() for n, query in zip(parts[::2], parts[1::2], strict=True)}


QUERIES = _queries()


@pytest.mark.parametrize("n", range(1, 16))
def test_each_is_one_query_of_five_lines_that_finds_something(week, n):
    assert len(QUERIES[n].splitlines()) <= 5
    assert QUERIES[n].count(";") == 1
    assert rows(week, QUERIES[n])


@pytest.fixture
def core(articles) -> list[dict]:  # noqa: F811
    """Core articles of the week, with their true origins."""
    return [article for article in articles if article["relevance"] == "core" and in_week(article)]


def in_week(article: dict) -> bool:
    return date(2026, 3, 2) <= article["day"] <= date(2026, 3, 8)


def is_first(article: dict) -> bool:
    return article["origin"] == article["url"] and article["independent"]


def test_1_an_absent_agency_does_not_make_its_client_the_first(week, truth):
    found = rows(week, QUERIES[1])
    for row in found:
        origin = truth[truth[row["url"]]["origin"]]
        agency = origin["wire"] if origin["outlet"] != _AGENCY else "Meridian"
        assert row["broke_it"] == (agency or origin["outlet"]), row
    assert {"AP", "AFP", "Reuters"} <= {row["broke_it"] for row in found}


def test_2_shares_of_copies(week, core):
    of_outlet, copied = (
        Counter(a["outlet"] for a in core),
        Counter(a["outlet"] for a in core if a["origin"] != a["url"]),
    )
    found = rows(week, QUERIES[2])
    assert {row["outlet"]: row["core"] for row in found} == of_outlet
    assert {row["outlet"]: row["copied"] for row in found if row["copied"]} == copied


def test_3_and_12_weeks(week, core, articles):  # noqa: F811
    encounters = [article for article in core if article["event"] == "encounter_transit"]
    for n, expected in ((3, encounters), (12, core)):
        (row,) = rows(week, QUERIES[n])
        assert row["independent_reports"] == sum(map(is_first, expected))
        assert row["collected"] == sum(in_week(article) for article in articles)
    assert rows(week, QUERIES[3])[0]["reports"] == len(encounters)
    assert rows(week, QUERIES[12])[0]["copies"] == len(core) - sum(map(is_first, core))


def test_4_a_phrase_day_by_day(week, articles, truth):  # noqa: F811
    phrase = re.compile(r"\btaiwan\W+straits?\b|[台臺][湾灣]海[峡峽]", re.IGNORECASE)
    said: Counter = Counter()
    for article in articles:
        true = truth[article["url"]]
        said[article["day"]] += bool(phrase.search(f"{true['title']}\n{true['text']}"))
    for row in rows(week, QUERIES[4]):
        assert row["reports"] == said[row["day"]], row
        assert float(row["share"]) == pytest.approx(row["reports"] / row["collected"], abs=1e-6)


def test_5_prc_state_media_against_us_independent_outlets(week, core):
    week.execute("select outlet, press from news.outlets")
    press = dict(week.fetchall())
    prc, us = Counter(), Counter()
    for article in filter(is_first, core):
        voice = press[article["outlet"]]
        prc[article["event"]] += voice in ("state", "official") and article["country"] == "CN"
        us[article["event"]] += voice == "independent" and article["country"] == "US"
    found = rows(week, QUERIES[5])
    assert {row["event"]: (row["prc_state"], row["us_independent"]) for row in found} == {
        event: (prc[event], us[event]) for event in prc.keys() | us.keys()
    }


def test_6_edits_say_what_came_and_went(week):
    for row in rows(week, QUERIES[6]):
        assert row["added"] or row["removed"] or row["title_before"] != row["title_after"]


def test_7_and_8_what_is_named_is_in_the_text(week, truth):
    words = "\n".join(f"{article['title']} {article['text']}" for article in truth.values())
    assert any(row["name"].split()[-1] in words for row in rows(week, QUERIES[7]))
    assert {row["kind"] for row in rows(week, QUERIES[7])} == {"vessel", "weapon"}
    places = {row["name"]: (row["latitude"], row["longitude"]) for row in rows(week, QUERIES[8])}
    assert places["Taiwan Strait"] == pytest.approx((24, 119.5), abs=1)


def test_9_and_10_what_is_believed(week, articles):  # noqa: F811
    expected = Counter(a["relevance"] for a in articles if in_week(a))
    found: Counter = Counter()
    for row in rows(week, QUERIES[9]):
        found[row["relevance"]] += row["articles"]
    assert found == expected
    week.execute("select count(*) from news.tags_as_of('2026-03-01')")
    assert week.fetchone() == (0,), "nothing was believed before the first article was tagged"
    assert all(0.095 <= row["related_probability"] < 1 for row in rows(week, QUERIES[10]))


def test_11_days_without_a_poll_are_gaps(week):
    found = rows(week, QUERIES[11])
    week.execute("select count(*) from news.outlets")
    outlets = week.fetchone()[0]
    unpolled = Counter(row["day"] for row in found if row["polls"] == 0)
    assert max(unpolled.values()) == outlets, "on a day before the first poll, every outlet has a gap"


def test_13_who_reprints_whom(week, core, articles, truth):  # noqa: F811
    flows: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows(week, QUERIES[13]):
        flows[row["from_outlet"], row["to_outlet"]] = row["copies"]
        assert row["median_lag"] is None or timedelta(0) <= row["median_lag"] < timedelta(days=7)
    stories = {url: one["origin"] for url, one in truth.items()}
    takers = {a["outlet"] for a in articles if a["day"].month == 3 and stories[a["url"]] != a["url"]}
    assert {taker for _, taker in flows} <= takers


def test_15_every_outlet_told_it_or_was_silent(week, truth):
    found = rows(week, QUERIES[15])
    assert len({row["outlet"] for row in found}) == len(found)
    assert {row["silent"] for row in found} == {True, False}
    assert all((row["reports"] == 0) == row["silent"] for row in found)
    # The largest event of the week is the video talks: its wire report was carried by twelve outlets beside its origin.
    origin = Counter(article["origin"] for article in truth.values()).most_common(1)[0][0]
    carried = {article["outlet"] for article in truth.values() if article["origin"] == origin}
    assert carried <= {row["outlet"] for row in found if not row["silent"]}
