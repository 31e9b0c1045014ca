"""What two articles are to each other, and the guards against false copies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.copies.texts import BUDGET, PATROL, own_text
from wirewatch.copies.matching import is_copy, match
from wirewatch.copies.overlap import overlap
from wirewatch.copies.subjects import UNKNOWN_TIME, Subject, believable_time, is_boilerplate, publication_of, subject_of
from wirewatch.records import ArticleText, CopyKind

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def subject(text: str, outlet: str = "ledger", *, path: str = "", at: datetime | None = NOON, **others) -> Subject:
    url = f"https://{outlet}.example/{path or abs(hash(text))}"
    given = {"title": "Cutters sent to the shoals", "published_at": at, **others}
    return subject_of(ArticleText(id=url, text=text, url=url, outlet=outlet, **given), ())


def kind(first: Subject, second: Subject) -> CopyKind | None:
    found, turned = match(first, second), match(second, first)
    assert (found is None) == (turned is None)
    if found is None:
        return None
    assert found.kind is turned.kind
    assert found.shares == pytest.approx(turned.turned().shares)
    return found.kind


LINES = PATROL.split("\n")


def test_equal_texts_are_identical_whatever_their_headlines():
    assert kind(subject(PATROL), subject(PATROL.upper(), "courier", title="Another headline")) is CopyKind.IDENTICAL


def test_one_address_is_one_article():
    edition = "https://ledger.example/p?utm_source=rss"
    other = subject_of(ArticleText("x", "T", BUDGET, edition, "loop", NOON), ())
    assert kind(subject(PATROL, path="p"), other) is CopyKind.SAME_URL
    canonical = subject(PATROL, "loop", canonical_url="https://ledger.example/p")
    assert kind(subject(PATROL, path="p"), canonical) is CopyKind.SAME_URL


def test_a_careless_canonical_address_joins_nothing():
    for careless in ("https://loop.example/", "https://loop.example/news"):
        one, other = (subject(text, "loop", path=text[:4], canonical_url=careless) for text in (PATROL, BUDGET))
        assert kind(one, other) is None


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(LINES[:8]),
        "\n".join([own_text(1, 3), PATROL, own_text(2, 2)]),
        PATROL.replace("officials", "sources").replace("said", "announced").replace("about", "some"),
    ],
    ids=["trimmed", "extended", "edited"],
)
def test_trimmed_extended_and_edited_copies(text):
    plain = subject(PATROL), subject(text, "courier", title="Norland moves", at=NOON + HOUR)
    assert kind(*plain) is CopyKind.NEAR
    wired = subject(PATROL, wire="AP"), subject(text, "courier", title="Norland moves", wire="AP")
    assert kind(*wired) is CopyKind.SYNDICATED
    same_house = subject(PATROL), subject(text, path="2", title="Norland moves", at=NOON + HOUR)
    assert kind(*same_house) is CopyKind.UPDATE


def test_a_wrong_language_hides_no_copy():
    found = kind(subject(PATROL, language="en"), subject("\n".join(LINES[:8]), "courier", language="es"))
    assert found is CopyKind.NEAR


def test_a_passage_is_partial():
    borrowed = "\n".join([own_text(1, 18), *LINES[6:10]])
    assert kind(subject(PATROL), subject(borrowed, "courier", title="Norland moves")) is CopyKind.PARTIAL


def test_a_quoted_statement_makes_no_copy():
    statement = f"“{own_text(9, 8).replace(chr(10), ' ')}”"
    first = subject(f"{own_text(1, 5)}\n{statement}\n{own_text(2, 5)}")
    second = subject(f"{own_text(3, 5)}\n{statement}\n{own_text(4, 5)}", "courier", title="Statement")
    assert max(overlap(first.own, second.own).shares) > 0.4
    assert kind(first, second) is None


def test_short_texts_say_nothing():
    stub = "Subscribe to read the rest of this article."
    assert kind(subject(stub, title="One"), subject(stub, path="2", title="Two")) is None
    assert kind(subject(stub, title="One"), subject(stub, "loop", title="One")) is CopyKind.IDENTICAL


def test_a_common_head_and_foot_is_the_sites_frame():
    head, foot = own_text(1, 8), own_text(2, 8)

    def page(text: str, title: str) -> Subject:
        return subject(f"{head}\n{text}\n{foot}", path=str(len(title)), title=title)

    patrol, budget = page(PATROL, "Cutters sent to the shoals"), page(BUDGET, "Council adopts its budget")
    assert overlap(patrol.own, budget.own).strength > 0.57
    assert kind(patrol, budget) is None
    assert kind(patrol, page(PATROL.replace("Monday", "Tuesday"), "Cutters at the shoals")) is CopyKind.UPDATE


def test_a_frame_need_not_be_head_or_foot_and_may_list_both_headlines():
    titles = "Cutters sent to the shoals", "Council adopts its budget"
    menu = "\n".join([own_text(4, 12), *titles, own_text(5, 12)])

    def page(text: str, title: str) -> Subject:
        lines = text.split("\n")
        return subject("\n".join([*lines[:2], menu, *lines[2:]]), path=str(len(title)), title=title)

    pages = page(PATROL, titles[0]), page(BUDGET, titles[1])
    assert overlap(pages[0].own, pages[1].own).strength > 0.57
    assert kind(*pages) is None
    others = page(PATROL, "Norland tells the survey vessel to leave"), page(BUDGET, "Merrow keeps the tram")
    assert kind(*others) is None


def test_between_houses_a_frame_speaks_of_neither_headline():
    notice = own_text(6, 40)
    first = subject(f"{notice}\n{PATROL}", title="Norland sends cutters to the Gull Shoals")
    second = subject(f"{notice}\n{BUDGET}", "courier", title="Merrow adopts a budget with a tram")
    assert overlap(first.own, second.own).strength > 0.57
    assert kind(first, second) is None
    reheaded = subject(f"{PATROL}\n{own_text(8, 6)}", "courier", title="Vestria's vessel is told to leave the shoals")
    assert kind(subject(PATROL), reheaded) is CopyKind.NEAR


def test_a_new_version_under_another_headline_is_no_frame():
    begin = "Cutters reached the survey vessel at dawn on Tuesday, and its captain agreed to sail, the ministry said."
    first = subject(PATROL, title="Norland sends cutters to the Gull Shoals")
    second = subject(f"{begin}\n{own_text(2, 3)}\n{PATROL}", path="2", title="Captain agrees to sail", at=NOON + HOUR)
    assert kind(first, second) is CopyKind.UPDATE


@pytest.mark.parametrize(
    ("outlet", "url", "other"),
    [
        ("Fox News", "", "https://www.foxnews.com/a"),
        ("reuters", "https://news.google.com/articles/x", "https://in.reuters.com/a"),
        ("", "https://m.loop.com/a", "https://www.loop.com/b"),
    ],
)
def test_a_house_is_known_under_all_its_names(outlet, url, other):
    one, two = (ArticleText(n, "T", PATROL, u, o, None) for n, u, o in ((1, url, outlet), (2, other, "")))
    assert not publication_of(one).houses.isdisjoint(publication_of(two).houses)


def test_the_publishers_name_is_no_part_of_the_headline():
    def title(headline: str, outlet: str) -> str:
        return publication_of(ArticleText(1, headline, PATROL, "", outlet, None)).title

    assert title("Talks resume – Reuters", "reuters") == "Talks resume"
    assert title("Talks resume | Harbor Ledger", "harbor_ledger") == "Talks resume"
    assert title("Talks resume - with conditions", "reuters") == "Talks resume - with conditions"


def test_scattered_phrases_are_no_passage():
    phrases = [" ".join(line.split()[:9]) for line in LINES]
    mixed = " ".join(f"{phrase} {own_text(20 + n, 1)}" for n, phrase in enumerate(phrases))
    assert overlap(subject(PATROL).own, subject(mixed, "courier").own).words > 50
    assert kind(subject(PATROL), subject(mixed, "courier", title="Phrases")) is None


def test_a_daily_count_is_no_copy_of_yesterdays():
    def count(day: int, planes: int, ships: int, crossed: int) -> str:
        return (
            f"The ministry said that {planes} aircraft and {ships} vessels were seen around the island in the 24 hours "
            f"to 6 a.m. on {day} March, of which {crossed} crossed the median line and entered the northern, central "
            "and eastern parts of the zone. The armed forces watched the situation and sent patrol aircraft, ships and "
            "coastal missile systems in response to the activities that were seen."
        )

    yesterday = subject(count(4, 12, 7, 3), title="Ministry counts planes", at=NOON)
    today = subject(count(5, 31, 9, 22), path="2", title="Ministry counts planes", at=NOON + 24 * HOUR)
    assert overlap(yesterday.own, today.own).strength > 0.57
    assert kind(yesterday, today) is None
    own_words = " It gave no reason, and the other side's spokesman did not answer when he was asked about the count."
    copied = subject(count(4, 12, 7, 3) + own_words, "loop", title="Planes", at=NOON + HOUR)
    assert kind(yesterday, copied) is CopyKind.NEAR


def test_an_old_piece_that_is_borrowed_from_is_no_version():
    second = "\n".join([*LINES[:5], own_text(3, 9)])
    soon = subject(PATROL), subject(second, path="2", at=NOON + HOUR)
    later = subject(PATROL), subject(second, path="2", at=NOON + timedelta(days=90))
    assert 0.45 < overlap(soon[0].own, soon[1].own).strength < 0.57
    assert kind(*soon) is CopyKind.UPDATE
    assert kind(*later) is CopyKind.PARTIAL


def test_boilerplate_is_what_unlike_articles_hold():
    def holders(*texts: str):
        return [subject(text).sentences for text in texts]

    shared = own_text(7, 2)
    assert is_boilerplate(holders(*(f"{own_text(n, 9)}\n{shared}" for n in range(1, 4))))
    assert not is_boilerplate(holders(*(f"{own_text(n, 9)}\n{shared}" for n in range(1, 3))))
    assert not is_boilerplate(holders(*(f"{PATROL}\n{own_text(n, 1)}\n{shared}" for n in range(1, 7))))


def test_the_later_one_is_the_copy():
    first, second = subject(PATROL).publication, subject(PATROL, "courier", at=NOON + HOUR).publication
    assert is_copy(second, first)
    assert not is_copy(first, second)


def test_who_credits_the_agency_is_the_copy_though_it_was_dated_first():
    agency = subject(PATROL, "reuters", wire="Reuters", at=NOON + HOUR).publication
    crediting = subject(PATROL, "courier", wire="Reuters").publication
    silent = subject(PATROL, "loop").publication
    assert is_copy(crediting, agency)
    assert not is_copy(agency, crediting)
    assert is_copy(agency, silent)


def test_times_that_can_be_believed():
    midnight = datetime(2026, 3, 5, tzinfo=UTC)
    assert believable_time(None, None) == UNKNOWN_TIME
    assert believable_time(None, NOON) == NOON
    assert believable_time(NOON - HOUR, NOON) == NOON - HOUR
    assert believable_time(NOON + HOUR, NOON) == NOON
    assert believable_time(midnight, None) == midnight + timedelta(hours=23, minutes=59, seconds=59)
    assert believable_time(midnight, NOON) == NOON
