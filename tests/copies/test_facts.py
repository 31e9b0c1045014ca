"""Facts in three languages, and the translations that they show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.copies.texts import BUDGET, PATROL, PATROL_ES, PATROL_OWN_REPORT, PATROL_ZH, Names
from wirewatch.copies.facts import agreement, read_facts
from wirewatch.copies.in_memory import link_all
from wirewatch.copies.matching import TRANSLATED
from wirewatch.records import ArticleText, CopyKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def facts(text: str, language: str = "en", lexicons=()):
    return read_facts("", text, language, lexicons)


@pytest.mark.parametrize(
    ("texts"),
    [
        ("on June 3 it", "el 3 de junio lo", "6月3日"),
        ("in early October it", "en octubre lo", "10月初"),
        ("met on Tuesday", "el martes", "周二会谈", "星期二會談"),
        ("sold 1,200 of", "vendió 1.200 de", "出售1200架"),
        ("worth $1.2 million", "por 1,2 millones", "价值120万"),
        ("worth 3.5 billion dollars", "por 3.500 millones", "35亿美元"),
        ("about fifteen ships", "unos quince barcos", "十五艘船", "15 ships"),
        ("two F-35A jets", "los F-35A", "F-35A战机", "F35A"),
    ],
)
def test_one_fact_in_every_language(texts):
    languages = ["en", "es", "zh", "zh"]
    for text, language in zip(texts[1:], languages[1:], strict=False):
        common = agreement(facts(texts[0]), facts(text, language))
        assert common.weight > 0, text
        assert common.share == 1.0, text


def test_order_tells_a_translation_from_another_report():
    english, names = facts(PATROL, "en", [Names()]), [Names()]
    for text, language in ((PATROL_ES, "es"), (PATROL_ZH, "zh")):
        agreed = agreement(english, facts(text, language, names))
        assert agreed.strength > TRANSLATED
        assert agreed.order > 0.75
    assert agreement(facts(PATROL_OWN_REPORT, "en", names), facts(PATROL_ZH, "zh", names)).strength < TRANSLATED
    assert agreement(facts(PATROL_OWN_REPORT, "en", names), facts(PATROL_ES, "es", names)).strength < TRANSLATED


def article(name: str, text: str, language: str, hours: float = 0) -> ArticleText:
    url = f"https://{name}.example/story"
    return ArticleText(name, f"Headline {name}", text, url, name, NOON + timedelta(hours=hours), None, language)


def test_translations_join_the_story_of_their_original():
    found = link_all(
        [
            article("english", PATROL, "en"),
            article("spanish", PATROL_ES, "es", 3),
            article("chinese", PATROL_ZH, "zh", 5),
            article("copied", PATROL_ES, "es", 9),
            article("own", PATROL_OWN_REPORT, "en", 20),
            article("budget", BUDGET, "en", 1),
        ],
        [Names()],
    )
    sources = {one.article: (one.source.of, one.source.kind) for one in found if one.source}
    assert sources["spanish"] == ("english", CopyKind.TRANSLATION)
    assert sources["chinese"][1] is CopyKind.TRANSLATION
    assert sources["copied"] == ("spanish", CopyKind.IDENTICAL)
    assert {one.article for one in found if one.story.article == "english"} == {
        "english",
        "spanish",
        "chinese",
        "copied",
    }
    assert [link.kind for one in found if one.article == "copied" for link in one.links] == [CopyKind.IDENTICAL]


def test_weeks_later_it_is_no_translation():
    found = link_all([article("english", PATROL, "en"), article("spanish", PATROL_ES, "es", 24 * 20)], [Names()])
    assert [one.links for one in found] == [(), ()]


def test_two_texts_of_one_language_are_no_translation_whatever_was_guessed():
    words = PATROL.split(" ")
    reworded = " ".join(f"{word}ly" if place % 2 and word.islower() else word for place, word in enumerate(words))
    given = [article("english", PATROL, "en"), article("guessed", reworded, "nl", 3)]
    assert agreement(facts(PATROL, "en", [Names()]), facts(reworded, "nl", [Names()])).strength > TRANSLATED
    assert all(link.kind is not CopyKind.TRANSLATION for one in link_all(given, [Names()]) for link in one.links)
