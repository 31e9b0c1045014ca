"""Search finds what the newsroom published, in English, Spanish and Chinese, and can't be tricked by feed text."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wirewatch.text.folding import fold, is_han
from wirewatch.warehouse.tending import file_words

pytestmark = pytest.mark.timeout(900)  # the first test that asks for the week waits until it is played

START, STOP = "\ue000", "\ue001"


def search(cursor, query: str, **filters) -> list:
    """The answers to a query, as dictionaries."""
    named = "".join(f", {name} => %({name})s" for name in filters)
    cursor.execute(f"select * from news.search(%(query)s{named}, most => 500)", {"query": query, **filters})
    names = [column.name for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def put(cursor, title: str, text: str, language: str | None = "en") -> int:
    """Stores an article."""
    cursor.execute(
        """
        insert into news.outlet (key, name, country, language, kind, ownership, perspective)
        values ('desk', 'Desk', 'US', 'en', 'newspaper', 'private', 'us') on conflict (key) do nothing;
        with added as (
            insert into news.article (outlet_id, url, url_key, first_seen_at)
            select outlet_id, address, address, now()
            from news.outlet, (select 'https://desk.example/' || count(*) as address from news.article) as at
            returning article_id
        )
        insert into news.article_version (
            article_id, version, title, text, text_digest, language, extractor, extracted_at
        )
        select article_id, 1, %s, %s, '', %s, 'test', now() from added returning article_id
        """,
        (title, text, language),
    )
    return cursor.fetchone()[0]


@pytest.mark.parametrize(
    "query",
    ["台湾海峡", "臺灣海峽", "台灣海峽", "南海", "解放军", "解放軍", "航母", "国防部", "中国人民解放军"],
)
def test_chinese_words_find_exactly_the_articles_that_have_them(week, truth, query):
    having = {url for url, article in truth.items() if fold(query) in fold(article["title"] + "\n" + article["text"])}
    found = {truth[answer["url"]]["url"] for answer in search(week, query)}
    assert found == having
    assert len(found) >= 2


@pytest.mark.parametrize(("one", "other"), [("台湾海峡", "臺灣海峽"), ("解放军", "解放軍"), ("东部战区", "東部戰區")])
def test_simplified_and_traditional_are_alike(week, one, other):
    first, second = search(week, one), search(week, other)
    assert [(a["url"], a["rank"], a["snippet"]) for a in first] == [(a["url"], a["rank"], a["snippet"]) for a in second]


@pytest.mark.parametrize(
    ("query", "pattern", "language"),
    [
        ("destroyer", r"\bdestroy", "en"),
        ('"Taiwan Strait"', r"\bTaiwan Straits?\b", "en"),
        ("submarines", r"\bsubmarines?\b", "en"),
        ("buques", r"\bbuques?\b", "es"),
        ("Taiwan", r"\bTaiw[aá]n\b", "es"),
        ("ejercito", r"\bejércitos?\b", "es"),
    ],
)
def test_english_and_spanish_words_are_found_by_their_stems(week, truth, query, pattern, language):
    having = {
        article["url"]
        for article in truth.values()
        if article["language"] == language
        and re.search(pattern, article["title"] + "\n" + article["text"], re.IGNORECASE)
    }
    found = {truth[answer["url"]]["url"] for answer in search(week, query, language=language)}
    assert having
    assert having <= found
    assert len(found - having) <= 1  # a stem may stand for one more word of its family


def test_filters(week):
    everything = search(week, "Taiwan")
    assert {a["language"] for a in search(week, "Taiwan", language="es")} == {"es"}
    assert {a["outlet"] for a in search(week, "Taiwan", outlet="meridian_wire")} == {"meridian_wire"}
    core, tagged = search(week, "Taiwan", relevance="core"), search(week, "Taiwan", relevance="tagged")
    assert {a["relevance"] for a in core} == {"core"}
    assert {a["relevance"] for a in tagged} == {"core", "related"}
    day = search(week, "Taiwan", since="2026-03-05T00:00Z", until="2026-03-06T00:00Z")
    assert {str(a["reported_at"].date()) for a in day} == {"2026-03-05"}
    assert 0 < len(day) < len(core) < len(tagged) <= len(everything) == everything[0]["matches"]


def test_pages_follow_each_other(week):
    everything = [a["url"] for a in search(week, "Taiwan")]
    week.execute("select url from news.search('Taiwan', most => 5, skip => 5)")
    assert [url for (url,) in week.fetchall()] == everything[5:10]


def test_best_first(week):
    answers = search(week, "hotline")
    assert all(one["rank"] >= other["rank"] for one, other in pairwise(answers))


def test_a_word_in_the_title_counts_more(cursor):
    put(cursor, "Weather", "A hotline was opened between the two capitals on Monday.")
    title = put(cursor, "Hotline opened", "It joins the two capitals from Monday, officials said today.")
    assert search(cursor, "hotline")[0]["article_id"] == title


def test_operators(cursor):
    strait = put(cursor, "Strait", "The navies sailed through the Taiwan Strait with two carriers.")
    other = put(cursor, "Other", "The strait near Taiwan is wide; a carrier stayed at home.")
    mixed = put(cursor, "军情", "解放军派F-35战机巡航南海。", "zh")
    find = lambda query: {a["article_id"] for a in search(cursor, query)}  # noqa: E731 - reads as a table
    assert find("taiwan strait") == {strait, other}
    assert find('"taiwan strait"') == {strait}
    assert find("taiwan -navy") == {other}
    assert find("navy or 南海") == {strait, mixed}
    assert find("F-35战机") == {mixed}
    assert find("军") == {mixed}
    assert find("解放军 -南海") == set()
    assert find('"解放军派"') == {mixed}
    assert find("军解") == set()


@pytest.mark.parametrize(
    "query", ["", " ", "the", '"', '""', "-", "or", "( & | ! <-> :*", "'", "\\", "[", "\ue000", "*" * 5000]
)
def test_queries_without_words_find_nothing_and_break_nothing(week, query):
    assert search(week, query) == []


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
def test_no_query_is_an_error(week, query):
    search(week, query)


def test_feed_text_cannot_forge_the_marks(cursor):
    put(cursor, f"{START}Drill{STOP}", f"A {START}<script>{STOP} drill <b>near</b> the strait & more \ue002 \ue003.")
    put(cursor, "演习", f"{START}假{STOP}解放军{START}演习", "zh")
    for query, word in (("drill", "drill"), ("解放军", "解放军")):
        (answer,) = search(cursor, query)
        assert answer["snippet"].count(START) == answer["snippet"].count(STOP) == 1
        assert f"{START}{word}{STOP}" in answer["snippet"]
        assert START not in answer["title"]
    assert search(cursor, "drill")[0]["snippet"] == f"script> {START}drill{STOP} <b>near</b> the strait & more"


def test_snippets_mark_what_was_asked(week):
    for answer in search(week, "臺灣海峽"):
        marked = re.findall(f"{START}(.*?){STOP}", answer["snippet"])
        assert marked
        assert {fold(part) for part in marked} == {"台湾海峡"}
    (first, *_) = search(week, "destroyers", language="en")
    assert re.search(f"{START}destroyers?{STOP}", first["snippet"], re.IGNORECASE)


def test_a_new_version_is_found_by_its_own_words(cursor):
    article = put(cursor, "Old", "Words of yesterday.")
    cursor.execute(
        """
        begin;
        update news.article set version = 2 where article_id = %(id)s;
        insert into news.article_version (
            article_id, version, title, text, text_digest, language, extractor, extracted_at
        )
        values (%(id)s, 2, 'New', 'Words of tomorrow.', '', 'en', 'test', now());
        commit
        """,
        {"id": article},
    )
    assert search(cursor, "yesterday") == []
    assert [a["title"] for a in search(cursor, "tomorrow")] == ["New"]


def test_a_huge_article_is_stored_and_found(cursor):
    article = put(cursor, "长文", "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(300_000)), "zh")
    assert [a["article_id"] for a in search(cursor, "长文")] == [article]
    put(cursor, "Long", " ".join(f"w{n:x}" for n in range(200_000)))
    assert len(search(cursor, "w1a2b")) == 1


def test_filing_goes_on_where_it_stopped(cursor, warehouse):
    for n in range(3):
        put(cursor, f"Title {n}", "Words that are found.")
    cursor.execute("update news.article_search set words = null where article_id <> 2")
    assert len(search(cursor, "words")) == 1
    assert file_words(warehouse).filed == 2
    assert file_words(warehouse).filed == 0
    assert len(search(cursor, "words")) == 3


def test_folding_is_the_topics_folding(cursor):
    cursor.execute("select traditional, simplified from news.han_fold")
    known = dict(cursor.fetchall())
    for point in range(0x3400, 0xA000):
        if is_han(char := chr(point)):
            assert known.get(char, char) == fold(char)
