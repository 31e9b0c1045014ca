"""Floors under what the rules and their learning reach on labelled items; raise them when they get better."""

from __future__ import annotations

import pytest

pytest.importorskip("scipy", reason="needs the libraries of the benchmarks")
pytest.importorskip("wordllama", reason="needs the libraries of the benchmarks")


@pytest.mark.timeout(300)
def test_floors_on_labelled_items(shared, shipped):
    from threadpoolctl import threadpool_limits

    from bench.topic_fitting import cross_validate
    from bench.topic_items import material
    from bench.topics import calibration_error, macro_f1, scores

    given = material(shipped)
    items, examples = given.items, given.examples
    with threadpool_limits(1):
        judged = cross_validate(shipped, items, examples)
    truth, kind = items.grade == 2, items.column("kind")
    f1 = {name: scores(truth[kind == name], judged.grade[kind == name] == 2)[2] for name in ("short", "full")}
    sure = items.column("confidence") == "h"
    # Measured: short 0.90, full 0.79 (of 24 items: one item is 0.02), of which the reader was sure 0.97.
    assert f1["short"] >= 0.88
    assert f1["full"] >= 0.75
    assert scores(truth[sure], judged.grade[sure] == 2)[2] >= 0.955
    assert calibration_error(truth, judged.probability) <= 0.05
    # Measured: 0.63 and 0.82.
    assert macro_f1(items.grade.astype(str), judged.grade.astype(str))[1]["1"] >= 0.60
    assert macro_f1(items.column("event")[truth], judged.event[truth])[0] >= 0.80
