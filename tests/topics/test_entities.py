"""Which ships, when, with whom: what articles name, with role and country, as one query each."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.conftest import ROOT
from wirewatch.topics.labelling import sync_topic_files, tag_topics

TRANSIT = (
    "US destroyer sails through Taiwan Strait",
    "The USS Ronald Reagan sailed through the Taiwan Strait on Tuesday, the U.S. Seventh Fleet said. The Eastern"
    " Theater Command said that the CNS Liaoning was at sea.\nThe Pentagon gave no details.",
)
VISIT = ("A visit", "Lloyd Austin met officials. The USS Ronald Reagan was not in port.")


@pytest.fixture
def analyst(warehouse, settings, put, cursor):
    """A cursor as `analyst`, after three articles of two years were tagged."""
    for number, (day, (title, text)) in enumerate(
        [
            (datetime(2024, 1, 30, tzinfo=UTC), TRANSIT),
            (datetime(2024, 2, 1, tzinfo=UTC), VISIT),
            (datetime(2025, 6, 1, tzinfo=UTC), VISIT),
        ]
    ):
        put(f"https://news.example/{number}", text, title=title, published=day)
    sync_topic_files(warehouse, settings)
    tag_topics(warehouse, settings)
    cursor.execute("set role analyst")
    return cursor


def test_which_ships_when(analyst):
    analyst.execute(
        "select reported_at::date::text, name, country, role, words from news.mentions"
        " where kind = 'vessel' order by reported_at, start_at"
    )
    ships = analyst.fetchall()
    assert [(day, words) for day, _, country, _, words in ships if country == "US"] == [
        ("2024-01-30", "USS Ronald Reagan"),
        ("2024-02-01", "USS Ronald Reagan"),
        ("2025-06-01", "USS Ronald Reagan"),
    ]
    assert ("2024-01-30", "Liaoning", "CN", "aircraft_carrier", "CNS Liaoning") in ships


def test_with_whom(analyst):
    analyst.execute(
        "select with_kind, with_words.words, characters_apart from news.mentioned_together as pair"
        " join news.mentions as with_words"
        " on with_words.article_id = pair.article_id and with_words.entity = pair.with_entity"
        " where pair.name ~ 'Ronald Reagan' and pair.with_country = 'CN' order by characters_apart"
    )
    rows = analyst.fetchall()
    assert [(kind, words) for kind, words, _ in rows] == [
        ("unit", "Eastern Theater Command"),
        ("vessel", "CNS Liaoning"),
    ]
    assert rows[0][2] == TRANSIT[1].index("Eastern Theater") - TRANSIT[1].index(" sailed through the Taiwan")


def test_the_office_is_that_of_the_day_of_the_report(analyst):
    analyst.execute(
        "select reported_at::date::text, role from news.mentions where words = 'Lloyd Austin' order by reported_at"
    )
    before, after = analyst.fetchall()
    assert before == ("2024-02-01", "secretary_of_defense")
    assert after == ("2025-06-01", "former_secretary_of_defense")


def test_the_query_of_the_documentation_works(analyst):
    page = (ROOT / "docs" / "tagging.md").read_text(encoding="utf-8")
    (query,) = re.findall(r"```sql\n(.*?)```", page, re.S)
    analyst.execute(query)
    names = [column.name for column in analyst.description]
    rows = [dict(zip(names, row, strict=True)) for row in analyst.fetchall()]
    assert {row["with_name"] for row in rows if row["with_kind"] == "vessel"} == {"Liaoning"}
    assert all(row["country"] == "US" and row["with_country"] == "CN" for row in rows)


def test_the_questions_of_the_documentation_have_answers(analyst):
    page = (ROOT / "docs" / "tagging.md").read_text(encoding="utf-8")
    queries = re.findall(r"^\| [^|]+\? \| `(select [^`]+)` ", page, re.M)
    assert len(queries) == 4
    for query in queries:
        analyst.execute(query.replace("…", "1"))
