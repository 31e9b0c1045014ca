"""Charts: zero is the base, areas are in proportion, nothing leaves the frame."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.newsroom.charts import draw_columns, draw_flow, draw_lanes, draw_spread, each_time, nice_top
from wirewatch.newsroom.pipeline import stages
from wirewatch.newsroom.trends import by_perspective

BEGIN = datetime(2026, 3, 3, 20, 10, tzinfo=UTC)


@dataclass
class Report:
    article_id: int
    reported_at: datetime
    of_article_id: int | None = None
    outlet: str = "The Harbor Ledger"
    is_origin: bool = False
    is_dated: bool = True


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_columns_stand_on_zero_in_proportion(amounts):
    days = [(date(2026, 1, 1) + timedelta(days=n), amount) for n, amount in enumerate(amounts)]
    chart = draw_columns(days, height=200)
    most = max(amounts)
    for column, amount in zip(chart.columns, amounts, strict=True):
        assert abs(column.y + column.height - chart.base) < 1e-6
        assert column.y >= 0
        assert 0 <= column.x < column.x + column.width <= 100.001
        if most:
            tallest = max(c.height for c in chart.columns)
            assert abs(column.height / tallest - amount / most) < 1e-6
    assert chart.total == sum(amounts)
    assert (chart.peak is None) == (most == 0)


@given(st.integers(0, 10**9))
def test_the_top_is_round_even_and_near(most):
    top = nice_top(most)
    assert top >= most
    assert top % 2 == 0
    assert top <= max(2, 2.5 * most)


def test_times_without_a_count_are_zero():
    hour = timedelta(hours=1)
    assert each_time({BEGIN: 4}, BEGIN - hour, BEGIN + 2 * hour, hour) == [
        (BEGIN - hour, 0),
        (BEGIN, 4),
        (BEGIN + hour, 0),
    ]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=80))
def test_a_spread_keeps_the_order_and_the_frame(seconds):
    members = [Report(n, BEGIN + timedelta(seconds=s)) for n, s in enumerate(sorted(seconds))]
    spread = draw_spread(members)
    places = [dot.x for dot in spread.dots]
    assert places == sorted(places)
    assert all(0 <= dot.x <= 100 and -2 <= dot.y <= 30 for dot in spread.dots)
    assert len({(round(dot.x), dot.y) for dot in spread.dots}) >= len(set(places)) / 3


def test_an_undated_report_has_no_place_in_time():
    late = BEGIN + timedelta(days=270)
    lanes = draw_lanes([Report(1, BEGIN), Report(2, BEGIN + timedelta(hours=2), 1), Report(3, late, 1, is_dated=False)])
    assert lanes.of_article[3].at is None
    assert lanes.of_article[2].at == pytest.approx(97)
    assert draw_lanes([Report(1, BEGIN, is_dated=False)]).of_article[1].at is None


def test_a_lane_begins_where_its_text_was_taken():
    lanes = draw_lanes(
        [
            Report(1, BEGIN),
            Report(2, BEGIN + timedelta(hours=2), 1),
            Report(3, BEGIN + timedelta(days=2), 2),
            Report(4, BEGIN + timedelta(days=3), 99),
        ]
    )
    assert lanes.of_article[1].at == 3
    assert lanes.of_article[4].at == 97
    assert lanes.of_article[3].taken_from == lanes.of_article[2].at
    assert lanes.of_article[4].taken_from is None
    assert [words for _, words in lanes.ticks] == ["1 h", "6 h", "1 d"]


@dataclass
class Ledger:
    state: str
    reason: str | None
    entries: int


def test_the_flow_balances():
    ledger = [
        Ledger("new", None, 5),
        Ledger("fetching", None, 1),
        Ledger("fetched", None, 2),
        Ledger("extracted", None, 3),
        Ledger("labelled", None, 80),
        Ledger("dropped", "gone", 6),
        Ledger("dropped", "no_text", 3),
    ]
    found = stages(ledger)
    assert found == [("Listed", 100, 6, 6), ("Fetched", 88, 2, 3), ("Read", 83, 3, 0), ("Labelled", 80, 0, 0)]
    for (_, reached, waiting, dropped), (_, following, *_) in pairwise(found):
        assert reached - waiting - dropped == following
    flow = draw_flow(found)
    assert [round(stage.height / flow.stages[0].height, 4) for stage in flow.stages] == [1, 0.88, 0.83, 0.8]
    assert flow.ribbon(0).startswith("M3.00 44.00")
    assert "nan" not in flow.drain(0)


def test_an_empty_ledger_has_a_flow():
    assert [stage.height for stage in draw_flow(stages([])).stages] == [0, 0, 0, 0]


@dataclass
class Carrier:
    outlet: str
    perspective: str
    carried: int
    first: int


def test_perspectives_are_summed_the_busiest_first():
    groups = by_perspective([Carrier("A", "us", 5, 4), Carrier("B", "prc", 9, 2), Carrier("C", "us", 1, 0)])
    assert [(group.perspective, group.first, group.copied) for group in groups] == [("prc", 2, 7), ("us", 4, 2)]
