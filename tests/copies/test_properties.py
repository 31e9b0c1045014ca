"""What must hold for any articles in any order, on a real Postgres: wire copy, updates, translations, digests."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.copies.conftest import NOW
from tests.copies.test_linking import result
from tests.copies.texts import BUDGET, PATROL, PATROL_ES, PATROL_OWN_REPORT, PATROL_ZH, Names, own_text, paragraphs
from wirewatch.copies.in_memory import link_all
from wirewatch.copies.linking import link_copies
from wirewatch.records import ArticleText

MENU = own_text(7, 6)
TEXTS = [
    ("en", PATROL),
    ("en", paragraphs(PATROL, *range(8))),
    ("en", paragraphs(PATROL, *range(2, 12))),
    ("en", f"{own_text(3, 2)}\n{PATROL}"),
    ("en", f"{PATROL}\nThe ship left at noon on Wednesday."),
    ("en", PATROL_OWN_REPORT),
    ("en", f"{PATROL}\n{BUDGET}"),
    ("en", BUDGET),
    ("en", "\n".join([own_text(1, 18), paragraphs(PATROL, *range(6, 10))])),
    ("en", f"{MENU}\n{BUDGET}"),
    ("en", f"{MENU}\n{own_text(11, 9)}"),
    ("en", f"{own_text(12, 4)}\n{MENU}"),
    ("es", PATROL_ES),
    ("zh", PATROL_ZH),
]
HEADLINES = ["Cutters sent to the shoals", "Merrow adopts its budget", "The week in words"]

searched = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@st.composite
def scenes(draw) -> list[ArticleText]:
    """A few articles of four outlets, one of them an agency, over three days; some undated."""
    made = []
    for number, (language, text) in enumerate(draw(st.lists(st.sampled_from(TEXTS), min_size=3, max_size=8))):
        outlet = draw(st.sampled_from(["associated_press", "north", "south", "east"]))
        hours = draw(st.none() | st.integers(0, 72))
        made.append(
            ArticleText(
                id=f"https://{outlet}.example/{number}",
                title=draw(st.sampled_from(HEADLINES)),
                text=text,
                url=f"https://{outlet}.example/{number}",
                outlet=outlet,
                published_at=None if hours is None else NOW - timedelta(days=4) + timedelta(hours=hours),
                first_seen_at=NOW,
                language=language,
                wire=draw(st.none() | st.just("AP")),
            )
        )
    return made


@pytest.fixture
def world(put, cursor, warehouse, settings):
    """Empties the warehouse, then lets articles arrive and links them."""

    class World:
        def empty(self) -> None:
            # As a replica, since some tables that refer to articles refuse every change.
            cursor.execute("set session_replication_role = replica")
            cursor.execute("truncate news.article, news.story cascade")
            cursor.execute("set session_replication_role = origin")

        def arrive(self, articles: list[ArticleText]) -> None:
            for one in articles:
                put(
                    one.url, one.text, title=one.title, outlet=one.outlet, published=one.published_at,
                    seen=one.first_seen_at, language=one.language, wire=one.wire,
                )  # fmt: skip

        def link(self, hours: int = 0):
            return link_copies(warehouse, settings, lambda: [Names()], now=NOW + timedelta(hours=hours))

        def result(self):
            links, stories = result(cursor)
            return {(*link[:4], round(link[4], 4)) for link in links}, stories

        def rows(self) -> list:
            """Every link that ever was and every story, as they stand."""
            found = []
            for table in ("news.copy", "news.story"):
                cursor.execute(f"select * from {table} order by 1")
                found.append(cursor.fetchall())
            return found

        def forget_that_it_was_linked(self) -> None:
            cursor.execute("update news.article set linked_at = null")

    return World()


def in_memory(articles: list[ArticleText]) -> tuple[set, set]:
    """What `world.result` should be, by the other index."""
    linked = link_all(articles, [Names()])
    links = {
        (one.article, link.of, link.kind.value, link is one.source, link.score) for one in linked for link in one.links
    }
    origins = {one.story for one in linked}
    stories = {
        (tuple(sorted(one.article for one in linked if one.story == origin)), origin.article, origin.reason)
        for origin in origins
    }
    return links, stories


@searched
@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(world, articles, chance):
    expected = in_memory(articles)
    for _ in range(2):
        chance.shuffle(articles)
        world.empty()
        for number, article in enumerate(articles):
            world.arrive([article])
            if number == len(articles) - 1 or chance.random() < 0.5:
                world.link(number)
        assert world.result() == expected


@searched
@given(scenes())
def test_running_twice_changes_nothing(world, articles):
    world.empty()
    world.arrive(articles)
    world.link()
    before = world.rows()
    world.forget_that_it_was_linked()
    assert world.link(1).linked == len(articles)
    assert world.rows() == before


@searched
@given(scenes(), st.integers(100, 10_000), st.sampled_from(["north", "far"]))
def test_an_unrelated_article_changes_no_story(world, articles, seed, outlet):
    world.empty()
    world.arrive(articles)
    world.link()
    copies, stories = world.rows()
    stranger = f"https://{outlet}.example/stranger"
    world.arrive([ArticleText(stranger, f"Stranger {seed}", own_text(seed), stranger, outlet, NOW, NOW, "en")])
    assert world.link(1).links == 0
    after_copies, after_stories = world.rows()
    assert (after_copies, after_stories[: len(stories)]) == (copies, stories)
    assert len(after_stories) == len(stories) + 1


def test_the_scenes_hold_what_they_should(world):
    """Guards the properties: all kinds of links come about in the scenes that they are searched in."""
    hours = {"associated_press": 0, "north": 5, "south": 9, "east": 30}
    articles = [
        ArticleText(
            f"https://{outlet}.example/{number}", HEADLINES[number % 3], text, f"https://{outlet}.example/{number}",
            outlet, NOW - timedelta(days=4) + timedelta(hours=hours[outlet] + number), NOW, language,
            "AP" if number % 2 else None,
        )
        for outlet in hours
        for number, (language, text) in enumerate(TEXTS)
    ]  # fmt: skip
    world.empty()
    world.arrive(articles)
    world.link()
    kinds = {link[2] for link in world.result()[0]}
    assert kinds == {"identical", "syndicated", "near", "update", "partial", "translation"}
