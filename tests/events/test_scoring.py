"""What makes a report belong to a kernel."""

from __future__ import annotations

from datetime import timedelta

from tests.events.scene import NOW
from wirewatch.events.kernels import Kernels
from wirewatch.events.reading import Report, read_report
from wirewatch.events.scoring import WEIGHTS, WINDOW_H, TimeWindow, logit
from wirewatch.records import ArticleText


def report(number: int, title: str, hours: float = 0.0) -> Report:
    time = NOW + timedelta(hours=hours)
    return read_report(ArticleText(f"r{number}", title, "", f"https://o{number}.example", f"o{number}", time), time)


def logits(known: Kernels, new: Report) -> dict[int | str, float]:
    return {found.kernel.first.id: logit(found.quantities) for found in known.compare(new)}


def test_what_everybody_writes_of_these_days_is_common_and_is_rare_again_later():
    window = TimeWindow()
    rare = window.rarity("marin")
    for number in range(40):
        window.add(report(number, f"Marina question {number}", number / 10))
    common = window.rarity("marin")
    window.add(report(99, "Another matter", 5 + WINDOW_H))
    assert common < rare
    assert abs(window.rarity("marin") - rare) < 0.1


def test_a_rare_word_tells_more_than_a_common_one():
    known = Kernels()
    known.take(report(0, "Vellmark ferry sinks off Orrin"), None)
    known.take(report(1, "Vellmark parliament debates the budget", 0.1), None)
    for number in range(2, 30):
        known.take(report(number, f"Vellmark story{number} other{number}", 0.2 + number / 100), None)
    found = logits(known, report(40, "Ferry sinks near Vellmark", 1))
    assert max(found, key=found.__getitem__) == "r0"
    assert found["r0"] > found["r1"] + 3


def test_a_statement_of_somebody_else_joins_a_large_event_less_than_another_report_of_it():
    known = Kernels()
    for number in range(12):
        known.take(report(number, "Soldiers board the Orrin ferry at night", number / 10), "r0" if number else None)
    again = logits(known, report(20, "Orrin ferry boarded by soldiers at night", 2))
    said = logits(known, report(21, "Mayor Tolland condemns soldiers over Orrin ferry", 2))
    assert again["r0"] > said["r0"]


def test_time_counts_against():
    known = Kernels()
    known.take(report(0, "Soldiers board the Orrin ferry"), None)
    soon = logits(known, report(1, "Orrin ferry boarded by soldiers", 1))
    late = logits(known, report(1, "Orrin ferry boarded by soldiers", 50))
    assert soon["r0"] > late["r0"]


def test_every_quantity_has_a_weight():
    known = Kernels()
    known.take(report(0, "Soldiers board the Orrin ferry"), None)
    assert set(known.compare(report(1, "Soldiers leave the Orrin ferry", 1))[0].quantities) == set(WEIGHTS)
