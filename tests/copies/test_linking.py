"""The linking stage on a real Postgres."""

from __future__ import annotations

import multiprocessing
import random
from datetime import timedelta

import pytest

from tests.copies.conftest import NOW
from tests.copies.texts import BUDGET, PATROL, own_text
from wirewatch.copies import linking, thresholds
from wirewatch.copies.in_memory import link_all
from wirewatch.copies.linking import METHOD, LinkReport, link_copies, relink_outdated
from wirewatch.errors import WarehouseError
from wirewatch.records import ArticleText
from wirewatch.topics.labelling import sync_topic_files
from wirewatch.topics.lexicons import lexicons
from wirewatch.warehouse import Warehouse

HOUR = timedelta(hours=1)


@pytest.fixture
def link(warehouse, settings):
    return lambda now=NOW: link_copies(warehouse, settings, list, now=now)


def in_force(cursor) -> set[tuple[int, int, str, bool]]:
    cursor.execute("select article_id, of_article_id, kind, is_source from news.copy where valid_to is null")
    return set(cursor.fetchall())


def stories(cursor) -> dict[int, tuple[int, int, str]]:
    cursor.execute(
        """
        select article_id, story_id, origin_article_id, origin_reason
        from news.article join news.story using (story_id)
        """
    )
    return {article: (story, origin, reason) for article, story, origin, reason in cursor.fetchall()}


def test_wire_copy_belongs_to_the_agencys_report(put, link, cursor):
    late_agency = put(
        "https://apnews.com/patrol",
        PATROL,
        outlet="associated_press",
        published=NOW + HOUR,
        wire="AP",
        seen=NOW + 2 * HOUR,
    )
    trimmed = PATROL.rsplit("\n", 3)[0]
    ledger = put("https://ledger.example/p", trimmed, title="Cutters sent to shoals", published=NOW, wire="AP")
    other = put("https://courier.example/b", BUDGET, outlet="courier", published=NOW)

    report = link()

    assert (report.linked, report.links, report.stories_opened) == (3, 1, 2)
    assert in_force(cursor) == {(ledger, late_agency, "syndicated", True)}
    found = stories(cursor)
    assert found[ledger] == found[late_agency]
    assert found[ledger][1:] == (late_agency, "credited_wire")
    assert found[other][1:] == (other, "only_article")


def test_second_run_changes_nothing(put, link, cursor):
    put("https://a.example/1", PATROL, outlet="a", published=NOW)
    put("https://b.example/1", PATROL, outlet="b", published=NOW + HOUR)
    link()
    before = in_force(cursor), stories(cursor)
    assert link(NOW + HOUR) == LinkReport()
    cursor.execute("update news.article set linked_at = null")
    again = link(NOW + 2 * HOUR)
    assert (again.linked, again.links, again.links_closed, again.stories_opened, again.stories_merged) == (
        2,
        0,
        0,
        0,
        0,
    )
    assert (in_force(cursor), stories(cursor)) == before


def test_an_earlier_source_takes_over_and_the_old_link_is_closed(put, link, cursor):
    first = put("https://b.example/1", PATROL, outlet="b", published=NOW + HOUR)
    copy = put("https://c.example/1", PATROL, outlet="c", published=NOW + 2 * HOUR)
    link()
    assert in_force(cursor) == {(copy, first, "identical", True)}

    origin = put("https://a.example/1", PATROL, outlet="a", published=NOW)
    link(NOW + HOUR)

    assert in_force(cursor) == {
        (first, origin, "identical", True),
        (copy, origin, "identical", True),
        (copy, first, "identical", False),
    }
    cursor.execute("select article_id, of_article_id, valid_from, valid_to from news.copy where valid_to is not null")
    assert cursor.fetchall() == [(copy, first, NOW, NOW + HOUR)]
    assert {row[1] for row in stories(cursor).values()} == {origin}


def test_bridge_merges_stories_and_the_older_survives(put, link, cursor):
    lines = PATROL.split("\n")
    early = put("https://a.example/1", "\n".join(lines[:7]), outlet="a", published=NOW)
    link()
    late = put("https://b.example/1", "\n".join(lines[5:] + BUDGET.split("\n")), outlet="b", published=NOW + 3 * HOUR)
    link()
    found = stories(cursor)
    assert found[early][0] != found[late][0]
    old_story, lost_story = found[early][0], found[late][0]

    full = put("https://c.example/1", PATROL, outlet="c", published=NOW + HOUR)
    cursor.execute(
        "update news.article_version set text = %s where article_id = %s", [PATROL + "\nOne more line.", late]
    )
    cursor.execute("update news.article set linked_at = null where article_id = %s", [late])
    report = link()

    assert report.stories_merged == 1
    assert {story for story, *_ in stories(cursor).values()} == {old_story}
    assert stories(cursor)[full][1] == early
    cursor.execute("select merged_into from news.story where story_id = %s", [lost_story])
    assert cursor.fetchone() == (old_story,)


def test_changed_article_leaves_its_story(put, link, cursor):
    put("https://a.example/1", PATROL, outlet="a", published=NOW)
    copy = put("https://b.example/1", PATROL, outlet="b", published=NOW + HOUR)
    link()
    assert len({story for story, *_ in stories(cursor).values()}) == 1
    put("https://b.example/1", BUDGET, outlet="b", published=NOW + HOUR)
    report = link(NOW + HOUR)
    assert (report.links_closed, report.stories_opened) == (1, 1)
    assert in_force(cursor) == set()
    assert stories(cursor)[copy][1:] == (copy, "only_article")


def test_boilerplate_that_shows_later_parts_what_it_joined(put, link, cursor):
    boilerplate = own_text(1, 9)
    pages = [
        put(
            f"https://a.example/{n}",
            f"{boilerplate}\n{own_text(100 + n, 5)}",
            outlet="a",
            title=f"Matter {n}",
            seen=NOW + n * HOUR,
        )
        for n in range(2)
    ]
    link()
    joined = in_force(cursor)
    put(
        "https://a.example/9",
        f"{boilerplate}\n{own_text(109, 20)}",
        outlet="a",
        title="Ninth matter",
        seen=NOW + 9 * HOUR,
    )
    link(NOW + HOUR)
    assert joined, "two pages alone can't show that their common part is boilerplate"
    assert {link[:2] for link in joined} == {(pages[1], pages[0])}
    assert in_force(cursor) == set()


def scene() -> list[dict]:
    """Articles of five sites: copies in several degrees, boilerplate, an update, a digest, and strangers."""
    boilerplate = own_text(7, 4)
    lines = PATROL.split("\n")
    made = [
        {"url": "https://a.example/patrol", "text": PATROL, "outlet": "a", "published": NOW},
        {"url": "https://b.example/patrol", "text": "\n".join(lines[:9]), "outlet": "b", "published": NOW + HOUR},
        {
            "url": "https://c.example/patrol",
            "text": f"{own_text(3, 2)}\n{PATROL}",
            "outlet": "c",
            "published": NOW + 2 * HOUR,
        },
        {
            "url": "https://c.example/patrol-2",
            "text": PATROL + "\nThe ship left at noon.",
            "outlet": "c",
            "published": NOW + 5 * HOUR,
        },
        {"url": "https://d.example/patrol", "text": PATROL, "outlet": "d"},
        {"url": "https://e.example/digest", "text": f"{PATROL}\n{BUDGET}", "outlet": "e", "published": NOW + 9 * HOUR},
        {"url": "https://e.example/budget", "text": BUDGET, "outlet": "e", "published": NOW - HOUR},
    ]
    made += [
        {
            "url": f"https://f.example/{n}",
            "text": f"{own_text(50 + n, 5 + n)}\n{boilerplate}",
            "outlet": "f",
            "published": NOW + n * HOUR,
        }
        for n in range(5)
    ]
    return [article | {"title": f"Headline {n} {article['outlet']}"} for n, article in enumerate(made)]


def result(cursor) -> tuple[set, set]:
    """Links by address, and stories as sets of addresses with their origin."""
    cursor.execute(
        """
        select a.url, b.url, kind, is_source, score from news.copy
        join news.article a using (article_id) join news.article b on b.article_id = of_article_id
        where valid_to is null
        """
    )
    links = set(cursor.fetchall())
    cursor.execute(
        """
        select array_agg(article.url order by article.url), origin.url, origin_reason
        from news.article join news.story using (story_id)
        join news.article origin on origin.article_id = origin_article_id
        group by story.story_id, origin.url, origin_reason
        """
    )
    return links, {(tuple(urls), origin, reason) for urls, origin, reason in cursor.fetchall()}


@pytest.mark.parametrize("seed", range(4))
def test_order_of_arrival_changes_nothing_and_equals_the_batch(put, link, cursor, seed):
    articles = scene()
    batch = link_all(
        [
            ArticleText(
                id=article["url"],
                title=article["title"],
                text=article["text"],
                url=article["url"],
                outlet=article["outlet"],
                published_at=article.get("published"),
                first_seen_at=NOW,
            )
            for article in articles
        ]
    )
    expected = {
        (linked.article, link.of, link.kind.value, link is linked.source, link.score)
        for linked in batch
        for link in linked.links
    }
    chance = random.Random(seed)
    chance.shuffle(articles)
    for number, article in enumerate(articles):
        put(seen=NOW, **article)
        if chance.random() < 0.5 or number == len(articles) - 1:
            link()
    links, _ = result(cursor)
    assert {(a, b, kind, source, round(score, 4)) for a, b, kind, source, score in links} == expected


def task(database, settings, barrier, reports) -> None:
    """What one of two workers does, in a process of its own."""
    linking.BATCH = 2
    with Warehouse(database) as own:
        barrier.wait()
        reports.put(link_copies(own, settings, list, now=NOW))


def test_two_tasks_at_once_do_what_one_does(put, link, cursor, database, settings):
    articles = scene()
    for article in articles:
        put(seen=NOW, **article)
    link()
    alone = result(cursor)
    cursor.execute("delete from news.copy; delete from news.fingerprint")
    cursor.execute("update news.article set linked_at = null, story_id = null; delete from news.story")

    processes = multiprocessing.get_context("spawn")
    barrier, reports = processes.Barrier(2), processes.Queue()
    workers = [processes.Process(target=task, args=(database, settings, barrier, reports)) for _ in range(2)]
    for worker in workers:
        worker.start()
    both = [reports.get(timeout=120) for _ in workers]
    for worker in workers:
        worker.join()

    assert sum(report.linked for report in both) == len(articles)
    assert all(report.linked for report in both), "neither task did all of the work"
    assert result(cursor) == alone


def test_articles_of_an_older_method_are_linked_again(put, link, cursor, warehouse, settings, monkeypatch):
    articles = scene()
    for article in articles:
        put(seen=NOW, **article)
    link()
    expected = result(cursor)
    cursor.execute("update news.fingerprint set method = 'wirewatch-copies/0', sketch = '{}'")
    cursor.execute("update news.copy set valid_to = valid_from where kind = 'identical'")
    monkeypatch.setattr(linking, "BATCH", 2)

    with pytest.raises(WarehouseError):
        relink_outdated(_BreaksAfter(warehouse, batches=1), list, now=NOW + HOUR)
    cursor.execute("select count(*) from news.fingerprint where method = %s", [METHOD])
    assert 2 <= cursor.fetchone()[0] < len(articles), "the first batch is done and stays done"
    cursor.execute("select count(*) from news.article where linked_at is null")
    assert cursor.fetchone() == (0,), "nothing was handed back that was not linked"

    relink_outdated(warehouse, list, now=NOW + HOUR)
    assert result(cursor) == expected
    cursor.execute("select distinct method from news.fingerprint")
    assert cursor.fetchall() == [(METHOD,)]
    assert relink_outdated(warehouse, list) == LinkReport()


class _BreaksAfter:
    """A warehouse whose connection breaks."""

    def __init__(self, warehouse: Warehouse, batches: int) -> None:
        self._warehouse = warehouse
        self._left = batches + 1  # one reads the rules

    def transaction(self):
        if not self._left:
            raise WarehouseError("the connection is gone")
        self._left -= 1
        return self._warehouse.transaction()


def test_of_many_holders_the_earliest_are_compared_and_the_log_says_so(put, link, cursor, monkeypatch, caplog):
    monkeypatch.setattr(thresholds, "MAX_CANDIDATES", 3)
    monkeypatch.setattr(thresholds, "OVERSIZED", 4)
    sites = [put(f"https://s{n}.example/p", f"{own_text(50 + n, 1)}\n{PATROL}", outlet=f"s{n}",
                 published=NOW + n * HOUR, seen=NOW + n * HOUR) for n in range(7)]  # fmt: skip
    report = link()
    assert report.oversized > 0
    assert "more than 3 candidates" in caplog.text
    assert {(article, of) for article, of, _, source in in_force(cursor) if source} == {
        (n, sites[0]) for n in sites[1:]
    }


def test_what_very_many_hold_is_ignored_and_the_log_says_so(put, link, cursor, monkeypatch, caplog):
    monkeypatch.setattr(thresholds, "COMMON", 4)
    notice = own_text(9, 8)
    for n in range(6):
        put(f"https://s{n}.example/p", f"{notice}\n{own_text(50 + n, 2)}", outlet=f"s{n}", published=NOW + n * HOUR)
        link()
    late = put("https://late.example/p", f"{notice}\n{own_text(60, 2)}", outlet="late", published=NOW + 9 * HOUR)
    report = link()
    assert report.ignored_keys > 0
    assert "word sequences stand in 4 articles or more: ignored" in caplog.text
    assert not any(article == late for article, *_ in in_force(cursor))


def test_names_are_those_of_the_rules_in_force_and_before_there_are_any_of_the_files(
    warehouse, settings, tmp_path, caplog
):
    nowhere = settings.model_copy(update={"topics": tmp_path})
    assert lexicons(warehouse, nowhere) == []
    assert "broken" in caplog.text
    of_files = lexicons(warehouse, settings)
    sync_topic_files(warehouse, settings)
    of_rules = lexicons(warehouse, nowhere)
    found = [
        [match.entry.id for match in lexicon.find("The USS Nimitz left Taiwan.")] for (lexicon,) in (of_files, of_rules)
    ]
    assert found[0] == found[1] != []
