"""Events: fits the weights by which a report joins a kernel, on one set of items, on the other, and on both.

    python -m bench.event_weights

Prints them; those of both sets are in events/scoring.py. Needs the extra `bench` and the recorded material.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from bench.event_material import DATA, Item, labelled, read_by_us
from wirewatch.events.kernels import Kernels
from wirewatch.events.reading import read_report
from wirewatch.events.scoring import WEIGHTS
from wirewatch.text.headlines import HeadlineFormat

STRENGTH = 0.3
"""Inverse strength of the regularisation."""

Rows = tuple[list[dict[str, float]], list[bool]]


def main() -> None:
    """Fits and prints."""
    if not DATA.is_file():
        print("event_weights: skipped, it needs the recorded material beside the project, which is not part of it")
        return
    sets = {"labelled": labelled(), "read by us": read_by_us()}
    rows = {name: compared(items) for name, items in sets.items()}
    for fitted in (["labelled"], ["read by us"], list(sets)):
        print(f"fitted on {' and '.join(fitted)}:")
        for name, weight in fit([rows[part] for part in fitted]).items():
            print(f'    "{name}": {weight:.2f},')


def compared(items: Sequence[Item]) -> Rows:
    """Every comparison of an item with the true kernels before it: quantities, and whether it is its kernel."""
    known, first = Kernels(), dict[str, int | str]()
    quantities: list[dict[str, float]] = []
    true: list[bool] = []
    events = {item.article.id: item.event for item in items}
    reports = [read_report(item.article, item.time) for item in items]
    for report in sorted(reports, key=lambda report: report.place):
        if report.headline.format is HeadlineFormat.STANDING:
            known.take(report, None)
            continue
        event = events[report.id]
        kernel = first.setdefault(event, report.id) if event else report.id
        for comparison in known.compare(report):
            quantities.append(dict(comparison.quantities))
            true.append(comparison.kernel.first.id == kernel)
        known.take(report, kernel)
    return quantities, true


def fit(sets: Sequence[Rows]) -> Mapping[str, float]:
    """The weights; each set counts as much as another."""
    names = [name for name in WEIGHTS if name != "constant"]
    values = np.array([[row[name] for name in names] for rows, _ in sets for row in rows])
    true = np.concatenate([np.array(found) for _, found in sets])
    counts = np.concatenate([np.full(len(found), len(true) / len(sets) / len(found)) for _, found in sets])
    spread = values.std(axis=0) + 1e-9
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(values / spread, true, sample_weight=counts)
    return {
        "constant": float(model.intercept_[0]),
        **dict(zip(names, map(float, model.coef_[0] / spread), strict=True)),
    }


if __name__ == "__main__":
    main()
