"""Which reports tell of one event."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.events.scene import NOW, articles, truth
from wirewatch.events.grouping import Corrections, group
from wirewatch.events.reading import Report, read_report
from wirewatch.records import ArticleText


def reports() -> list[Report]:
    return [read_report(article, article.published_at) for article in articles()]


def events(placed) -> dict[str, frozenset[str]]:
    """Event → its reports."""
    found: dict[str, set[str]] = {}
    for report, place in placed.items():
        if place.event is not None:
            found.setdefault(place.event, set()).add(report)
    return {event: frozenset(own) for event, own in found.items()}


def test_reports_of_one_happening_are_one_event_in_any_language():
    placed = group(reports())
    expected: dict[str, set[str]] = {}
    for report, event in truth().items():
        if event is not None:
            expected.setdefault(event, set()).add(report)
    assert set(events(placed).values()) == {frozenset(own) for own in expected.values()}
    assert {report for report, place in placed.items() if place.event is None} == {"r11", "r12"}


def test_an_event_is_known_by_its_first_report_and_a_follow_up_shares_its_storyline():
    placed = group(reports())
    assert placed["r5"].event == "r0"
    assert placed["r8"].event == "r7" != placed["r0"].event
    assert placed["r8"].storyline == placed["r0"].storyline == "r0"
    assert placed["r9"].storyline == "r9"


def test_each_decision_has_a_reason():
    placed = group(reports())
    assert placed["r0"].reason.kind == "opens"
    assert placed["r1"].reason.kind == "same_words"
    assert {"country CN", "country PH"} <= set(placed["r1"].reason.terms) | set(placed["r3"].reason.terms)
    assert placed["r1"].reason.score > 0
    assert placed["r11"].reason.kind == "no_event"
    assert placed["r6"].reason.kind in ("same_words", "belongs")


@given(st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_changes_nothing(chance):
    given_reports = reports()
    expected = group(given_reports)
    chance.shuffle(given_reports)
    assert group(given_reports) == expected


@pytest.mark.parametrize("kept", [3, 6, 9, 12])
def test_what_is_settled_need_not_be_decided_again(kept):
    """From the kernels of the earliest reports the rest comes out as from none."""
    in_order = sorted(reports(), key=lambda report: report.place)
    whole = group(in_order)
    settled = {report.id: whole[report.id].kernel for report in in_order[:kept] if whole[report.id].kernel is not None}
    again = group(in_order, settled)
    assert {name: (place.event, place.storyline) for name, place in again.items()} == {
        name: (place.event, place.storyline) for name, place in whole.items()
    }


def test_a_stranger_changes_no_event():
    given_reports = reports()
    before = group(given_reports)
    stranger = ArticleText("stranger", "Orchid growers of Vell open their doors", "Rare blooms.", "", "o", NOW)
    after = group([*given_reports, read_report(stranger, NOW + timedelta(hours=1))])
    assert {name: place.event for name, place in after.items() if name != "stranger"} == {
        name: place.event for name, place in before.items()
    }
    assert after["stranger"].event == "stranger"


NAMES = [report.id for report in reports()]


@st.composite
def corrections(draw) -> Corrections:
    """Up to two things that people say of pairs of the reports."""
    pairs = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1]),
                     max_size=2)  # fmt: skip
    return Corrections(together=draw(pairs), apart=draw(pairs))


def strangers(count: int, hours: float) -> list[Report]:
    """Reports that share no term with any other."""
    found = []
    for number in range(count):
        words = " ".join(f"{chr(97 + number)}{letter}qx{number}" for letter in "bcdfgh")
        article = ArticleText(f"stranger{number}", words, "", f"https://s{number}.example", "s", NOW)
        found.append(read_report(article, NOW + timedelta(hours=hours + number / 7)))
    return found


@given(st.randoms(use_true_random=False), corrections(), st.integers(0, 9), st.floats(-30, 30))
@settings(max_examples=40, deadline=None)
def test_order_twice_and_strangers_change_nothing_whatever_people_said(chance, said, count, hours):
    given_reports = reports()
    expected = group(given_reports, corrections=said)
    settled = {name: place.kernel for name, place in expected.items() if place.kernel is not None}
    again = group(given_reports, settled, said)
    assert {name: place.event for name, place in again.items()} == {
        name: place.event for name, place in expected.items()
    }
    crowd = [*given_reports, *strangers(count, hours)]
    chance.shuffle(crowd)
    found = group(crowd, corrections=said)
    assert {name: place for name, place in found.items() if name in expected} == expected
    assert all(found[f"stranger{number}"].event == f"stranger{number}" for number in range(count))


def test_an_old_event_takes_no_new_report():
    given_reports = reports()
    first = articles()[0]
    late = ArticleText("late", first.title, first.text, "", "late", NOW)
    placed = group([*given_reports, read_report(late, NOW + timedelta(hours=84))])
    assert placed["late"].event == "late"
    assert placed["late"].storyline == "r0"


def test_people_are_obeyed():
    given_reports = reports()
    split = group(given_reports, corrections=Corrections(apart=[("r4", "r0")]))
    assert split["r4"].event != split["r0"].event
    joined = group(given_reports, corrections=Corrections(together=[("r7", "r0")]))
    assert joined["r7"].event == joined["r8"].event == joined["r0"].event
    assert joined["r7"].reason.kind == "corrected"
    random.Random(3).shuffle(given_reports)
    assert group(given_reports, corrections=Corrections(together=[("r7", "r0")])) == joined


def test_nothing_is_something():
    assert group([]) == {}
    empty = read_report(ArticleText("empty", "", "", "", "", NOW), NOW)
    assert group([empty])["empty"].event == "empty"
