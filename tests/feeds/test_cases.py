"""Small documents with the faults that real feeds have: each says its symptom and how its entries are to be read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from wirewatch.feeds.filters import entry_json
from wirewatch.feeds.parser.parsing import parse_feed

NOW = datetime(2026, 11, 29, tzinfo=UTC)
CASES = sorted(Path(__file__).with_name("cases").iterdir())


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_entries(folder):
    case = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    (document,) = folder.glob("input.*")
    entries = [entry_json(entry) for entry in parse_feed(document.read_bytes(), url=str(document), now=NOW).entries]
    if isinstance(case["entries"], str):
        assert len({entry["identity"] for entry in entries}) == int(case["entries"].partition(":")[2])
        return
    for expected, entry in zip(case["entries"], entries, strict=True):
        if "_zone_assumed" in expected:
            assert entry["dates"][0]["zone_assumed"] is expected.pop("_zone_assumed")
        assert {key: entry[key] for key in expected} == expected


def test_there_are_cases():
    assert len(CASES) > 30
