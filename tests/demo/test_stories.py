"""The articles are enough, of every sort, and their truth holds together."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import combinations

import pytest

from wirewatch.demo.sample_web.outlets import outlets
from wirewatch.demo.sample_web.stories import WEEK_END, WEEK_START, _Changes, articles, split
from wirewatch.demo.sample_web.truth import origin, truth
from wirewatch.records import CopyKind, Relevance

EVENTS = {
    "talks",
    "exercise_deployment",
    "encounter_transit",
    "arms_sale_aid",
    "espionage_cyber",
    "sanction_control",
    "capability",
    "posture_alliance",
    "statement_warning",
}


def words(text: str, chinese: bool) -> set[tuple[str, ...]]:
    """Its 4-grams of words, of characters for Chinese."""
    units = [sign for sign in text if sign.isalnum()] if chinese else text.lower().split()
    return set(zip(units, units[1:], units[2:], units[3:], strict=False))


def overlap(one, other) -> float:
    """Share of the shorter text's 4-grams that stand in the other."""
    mine, theirs = (words(article.text, article.outlet.chinese) for article in (one, other))
    return len(mine & theirs) / max(1, min(len(mine), len(theirs)))


def test_there_are_enough_of_every_sort():
    all_of_them = articles().values()
    assert len({article.outlet.key for article in all_of_them}) >= 20
    assert len(all_of_them) >= 170
    assert sum(article.of is None for article in all_of_them) >= 120
    assert {article.kind for article in all_of_them} == {None, *CopyKind} - {CopyKind.SAME_URL}
    assert {article.event for article in all_of_them if article.event} == EVENTS
    languages = Counter(article.outlet.language for article in all_of_them)
    assert all(languages[language] >= 4 for language in ("en", "zh-Hans", "zh-Hant", "es", "ar"))
    for language in ("en", "zh-Hans", "zh-Hant", "es"):
        of_language = [article for article in all_of_them if article.outlet.language == language]
        assert {Relevance.CORE, Relevance.NONE} <= {article.relevance for article in of_language}
    assert sum(article.relevance == Relevance.RELATED for article in all_of_them) >= 12
    assert {article.layout for article in all_of_them} == {"article", "live", "listing", "video", "pdf", "paywall"}


def test_all_is_published_in_the_week():
    assert all(WEEK_START <= article.published <= WEEK_END for article in articles().values())


def test_one_wire_story_has_twelve_copies_in_three_languages_over_five_days():
    members = [article for article in articles().values() if origin(article).id == "talks"]
    assert len(members) == 13
    assert {article.outlet.language[:2] for article in members} == {"en", "es", "zh"}
    assert (members[-1].published - members[0].published).days >= 3
    assert len({article.published.date() for article in members}) >= 5
    assert members[0].id == "talks"
    back = articles()["talks-gulf"]
    assert back.outlet.language == "en"
    assert articles()[back.of].outlet.language == "es"


@pytest.mark.parametrize("article", [a for a in articles().values() if a.of], ids=lambda article: article.id)
def test_a_copy_is_of_its_kind(article):
    source = articles()[article.of]
    shared = overlap(article, source)
    same_outlet = article.outlet == source.outlet
    match article.kind:
        case CopyKind.IDENTICAL:
            assert article.text == source.text
        case CopyKind.SYNDICATED:
            assert article.text != source.text
            assert shared > 0.6
            assert not same_outlet
        case CopyKind.UPDATE:
            assert same_outlet
            assert 0.5 < shared < 1
        case CopyKind.NEAR:
            assert 0.2 < shared < 0.9
        case CopyKind.PARTIAL:
            assert 0.1 < shared < 0.6
        case CopyKind.TRANSLATION:
            assert article.outlet.language != source.outlet.language
            assert shared < 0.1


def test_equal_texts_are_identical_copies():
    seen: dict[str, str] = {}
    for article in articles().values():
        assert (article.text in seen) == (article.kind == CopyKind.IDENTICAL), article.id
        seen.setdefault(article.text, article.id)


def test_what_is_no_copy_shares_no_text():
    """Independent reports are worded independently; recurring formats share their frame, and only that.

    The most that two share is an official formula at the end of two short statements (0.24 of the shorter).
    """
    recurring = ("loop-brief", "tides")
    for one, other in combinations(articles().values(), 2):
        if origin(one).id == origin(other).id or one.outlet.language != other.outlet.language:
            continue
        linked = {one.of, other.of, origin(one).of, origin(other).of}
        if {one.id, other.id, origin(one).id, origin(other).id} & (linked - {None}):
            continue
        if one.id.startswith(recurring) and other.id.startswith(recurring):
            continue
        assert overlap(one, other) < 0.25, (one.id, other.id)


def test_truth_grows_with_the_clock_and_names_what_is_published():
    early, late = (truth(80, moment) for moment in (datetime(2026, 3, 4, tzinfo=UTC), WEEK_END))
    assert set(early) < set(late)
    for true in late.values():
        assert true.origin in late
        assert all(url in late for url, _ in true.copies)
        assert (true.event is not None) == (true.relevance == "core")
        assert late[true.origin].published <= true.published


def test_truth_follows_edits_and_removals():
    def crash(day: int):
        return next(t for t in truth(80, datetime(2026, 3, day, 22, tzinfo=UTC)).values() if t.id == "crash")

    assert "search under way" in truth_at("crash", 2, 14).title
    assert "all three crew rescued" in crash(2).title
    assert "tail rotor" not in crash(2).text
    assert "tail rotor" in crash(3).text
    assert truth_at("withdrawn", 5, 23).drop is None
    assert truth_at("withdrawn", 7, 0).drop == "gone"
    assert truth_at("withdrawn", 7, 0).removed


def truth_at(article: str, day: int, hour: int):
    return next(t for t in truth(80, datetime(2026, 3, day, hour, tzinfo=UTC)).values() if t.id == article)


def test_every_reason_to_drop_is_there():
    assert {t.drop for t in truth(80, WEEK_END).values()} == {
        None,
        "gone",
        "paywall",
        "not_html",
        "not_article",
        "robots_disallowed",
    }


def test_chinese_quotations_fit_their_encoding():
    """Prose in GBK must not need character references, or the page would not be what it claims to be."""
    for article in articles().values():
        if article.outlet.encoding == "gbk":
            article.text.encode("gbk")


def test_addresses_and_ports_do_not_collide():
    addresses = [outlet.address for outlet in outlets().values()]
    assert len(set(addresses)) == len(addresses)
    assert "127.0.0.1" not in addresses


def test_changes_apply_by_paragraph_number():
    changes = _Changes(drop=(2,), replace={3: "C"}, insert={0: "zero", 3: "four\n\nfive"})
    assert changes.apply(("a", "b", "c")) == ("zero", "a", "C", "four", "five")
    with pytest.raises(ValueError, match="3 paragraphs"):
        _Changes(drop=(4,)).apply(("a", "b", "c"))
    assert split("one\n  line\n\n\n two \n") == ("one line", "two")
