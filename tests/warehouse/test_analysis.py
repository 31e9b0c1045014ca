"""What the views say of the newsroom's week equals what is true of it."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

pytestmark = pytest.mark.timeout(900)  # the first test that asks for the week waits until it is played

TOPIC = "us_china_military"
_AGENCY = "meridian_wire"
"""The one agency of the sample web whose own reports are collected."""


def rows(cursor, query: str, *parameters) -> list[dict]:
    """The rows of a query as dictionaries."""
    cursor.execute(query, parameters)
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture
def articles(week, truth) -> list[dict]:
    """Every article with its day, outlet and tag as stored, and the address of its story's origin as it truly is."""
    found = rows(
        week,
        """
        select article.url, article.day, article.outlet, article.country, article.perspective,
            coalesce(tagged.relevance, 'none') as relevance, tagged.event
        from news.articles as article
        left join news.us_china_military as tagged using (article_id)
        """,
    )
    assert len(found) >= 170
    stored = [truth[article["url"]] for article in found]
    told_by_others = {one["origin"] for one in stored if one["wire"] and truth[one["origin"]]["outlet"] != _AGENCY}
    return [
        article | {"url": true["url"], "origin": true["origin"], "independent": true["url"] not in told_by_others}
        for article, true in zip(found, stored, strict=True)
    ]


def test_events_per_day(week, articles):
    collected = Counter(article["day"] for article in articles)
    core = Counter((article["day"], article["event"]) for article in articles if article["relevance"] == "core")
    firsts = Counter(
        (article["day"], article["event"])
        for article in articles
        if article["relevance"] == "core" and article["origin"] == article["url"] and article["independent"]
    )
    for row in rows(week, "select * from news.daily_events"):
        key = row["day"], row["event"]
        assert (row["core"], row["collected"]) == (core.pop(key), collected[row["day"]])
        assert row["core_stories"] == firsts[key]
    assert not core


@pytest.mark.parametrize(
    ("view", "column"),
    [("daily_outlets", "outlet"), ("daily_countries", "country"), ("daily_perspectives", "perspective")],
)
def test_counts_per_day(week, articles, view, column):
    def count(*relevance: str) -> Counter:
        return Counter((a["day"], a[column]) for a in articles if not relevance or a["relevance"] in relevance)

    found = rows(week, f"select * from news.{view} where topic = %s", TOPIC)
    for name, expected in (("collected", count()), ("core", count("core")), ("related", count("related"))):
        assert Counter({(row["day"], row[column]): row[name] for row in found}) == expected, name


def test_blocs_add_up_to_everything(week, articles):
    (sums,) = rows(week, "select sum(collected) as collected, sum(core) as core from news.daily_blocs")
    assert sums["collected"] == len(articles)
    assert sums["core"] == sum(article["relevance"] == "core" for article in articles)
    blocs = {row["bloc"] for row in rows(week, "select distinct bloc from news.daily_blocs")}
    assert blocs == {"us_and_allies", "prc", "taiwan", "asean", "other"}


def test_timeline_counts_and_burst(week):
    found = rows(week, "select * from news.timeline where event = 'all' order by day")
    days = {
        row["day"]: row
        for row in rows(
            week, "select day, sum(core_stories) as s, sum(collected) as c from news.daily_outlets group by day"
        )
    }
    assert len(found) == len(days)
    for row in found:
        assert (row["core_stories"], row["collected"]) == (days[row["day"]]["s"], days[row["day"]]["c"])
        before = [days[day] for day in days if 1 <= (row["day"] - day).days <= 28]
        if len(before) < 5:
            assert row["burst"] is None
            continue
        expected = row["collected"] * sum(day["s"] for day in before) / sum(day["c"] for day in before)
        assert float(row["expected_stories"]) == pytest.approx(float(expected), abs=0.01)
        burst = (row["core_stories"] - float(expected)) / max(float(expected), 1) ** 0.5
        assert float(row["burst"]) == pytest.approx(burst, abs=0.01)
    assert any(row["burst"] is not None for row in found)


def test_actor_pairs(week, week_owner):
    named = rows(
        week_owner,
        """
        select article.day, article.article_id, array_agg(distinct entity.key order by entity.key) as keys
        from news.mention join news.entity using (entity_id) join news.us_china_military as article using (article_id)
        where article.relevance = 'core' and entity.kind in ('actor', 'person', 'unit')
        group by article.day, article.article_id
        """,
    )
    expected = Counter((row["day"], *pair) for row in named for pair in combinations(row["keys"], 2))
    found = rows(week, "select * from news.actor_pairs")
    assert Counter({(row["day"], row["actor"], row["other_actor"]): row["core"] for row in found}) == expected


def test_first_reporters_and_their_followers(week, articles):
    core = [article for article in articles if article["relevance"] == "core"]
    firsts = {
        article["url"]: article for article in core if article["origin"] == article["url"] and article["independent"]
    }
    stories = Counter((article["day"], article["outlet"]) for article in firsts.values())
    copies = Counter(
        (firsts[article["origin"]]["day"], firsts[article["origin"]]["outlet"])
        for article in articles
        if article["origin"] in firsts and article["origin"] != article["url"]
    )
    everything = rows(week, "select * from news.first_reporters")
    found = [row for row in everything if row["is_collected"]]
    assert Counter({(row["day"], row["outlet"]): row["core_stories"] for row in found}) == stories
    assert +Counter({(row["day"], row["outlet"]): row["copies"] for row in found}) == copies
    agencies = rows(
        week,
        "select origin_agency as outlet, count(distinct story_id)::int as core_stories from news.tagged"
        " join news.story_origin using (story_id) where relevance = 'core' and origin_article_id = article_id"
        " and origin_kind = 'agency_not_collected' and merged_into is null group by 1",
    )
    virtual = Counter[str]()
    for row in everything:
        if not row["is_collected"]:
            virtual[row["outlet"]] += row["core_stories"]
            assert (row["country"], row["bloc"], row["shortest_lag"]) == (None, None, None)
            assert row["copies"] >= row["core_stories"]
    assert virtual == {row["outlet"]: row["core_stories"] for row in agencies} != {}


def test_copy_flows_are_the_source_links(week):
    expected = Counter(
        (row["outlet"], row["of_outlet"])
        for row in rows(week, "select * from news.copies where is_source and outlet <> of_outlet")
    )
    found = rows(week, "select to_outlet, from_outlet, sum(copies)::int as copies from news.copy_flows group by 1, 2")
    assert {(row["to_outlet"], row["from_outlet"]): row["copies"] for row in found} == expected


def test_state_media_against_the_independent_press(week, articles):
    press = {row["outlet"]: row["press"] for row in rows(week, "select outlet, press from news.outlets")}
    assert {press["guofang_xinwen"], press["meridian_wire"]} == {"official", "independent"}
    assert "state" in press.values()
    for kind in ("state", "official", "independent"):
        theirs = [article for article in articles if press[article["outlet"]] == kind]
        core = [article for article in theirs if article["relevance"] == "core"]
        (whole,) = rows(
            week,
            f"select sum({kind}) as core, sum({kind}_collected) as collected"
            " from news.state_and_independent where event = 'all'",
        )
        (events,) = rows(week, f"select sum({kind}) as core from news.state_and_independent where event <> 'all'")
        assert (whole["core"], whole["collected"], events["core"]) == (len(core), len(theirs), len(core))


def test_coverage_counts_every_entry_once(week):
    (ledger,) = rows(
        week,
        "select sum(entries) as entries, sum(entries) filter (where state = 'dropped') as dropped from news.ledger",
    )
    (found,) = rows(
        week,
        "select sum(entries) as entries, sum(dropped) as dropped, sum(waiting) as waiting, sum(polls) as polls"
        " from news.coverage",
    )
    assert (found["entries"], found["dropped"], found["waiting"]) == (ledger["entries"], ledger["dropped"], 0)
    (polls,) = rows(week, "select sum(polls_7d) as polls from news.feed_health")
    assert found["polls"] == polls["polls"]
    missing = rows(week, "select outlet, main_reason from news.coverage where completeness < 1")
    assert {"outlet": "luzon_sentinel", "main_reason": "robots_disallowed"} in missing


def test_edits_show_what_came_and_went(week, truth):
    edits = {row["title_after"]: row for row in rows(week, "select * from news.edits where kind = 'edited'")}
    assert len(edits) == 2
    crash = edits["Navy helicopter crashes off Guam; all three crew rescued"]
    assert crash["title_changed"]
    assert crash["title_before"] == "Navy helicopter crashes off Guam; search under way for three"
    assert "a search is under way" in crash["removed"]
    assert crash["added"].split("\n")[1].startswith("They were found clinging to a fuel tank")
    sleep = edits["In the Pacific, admirals worry less about missiles than about sleep"]
    assert not sleep["title_changed"]
    assert "(An earlier version of this article gave the average as four and a half.)" in sleep["added"]
    for row in edits.values():
        text = truth[row["url"]]["text"].replace("\n", " ")
        assert all(sentence in text for sentence in row["added"].split("\n"))
        assert not any(sentence in text for sentence in row["removed"].split("\n"))
        assert 0 < row["changed_share"] < 0.6


def test_tagged_stories(week, articles, truth):
    rank = {"core": 0, "related": 1, "none": 2}
    expected = {}
    for article in articles:
        best = expected.get(article["origin"], "none")
        expected[article["origin"]] = min(best, article["relevance"], key=rank.__getitem__)
    found = rows(week, "select url, relevance, reports from news.tagged_stories where topic = %s", TOPIC)
    assert {truth[row["url"]]["url"]: row["relevance"] for row in found} == {
        k: v for k, v in expected.items() if v != "none"
    }
    sizes = Counter(article["origin"] for article in articles)
    assert all(row["reports"] == sizes[truth[row["url"]]["url"]] for row in found)
