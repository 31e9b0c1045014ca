"""The topic that docs/tagging.md shows for a start: what it says there works as it stands."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from wirewatch.topics.rules import load_topic
from wirewatch.topics.tagging import tag_line


@pytest.fixture
def topic(tmp_path):
    """Both files, as a reader would copy them."""
    section = (ROOT / "docs" / "tagging.md").read_text().partition("## A topic of your own\n")[2].partition("\n## ")[0]
    for name in ("kuril_islands.yaml", "kuril_islands.model.json"):
        block = re.search(r"`" + re.escape(name) + r"`:.*?```\w+\n(.*?)```", section, re.DOTALL)
        (tmp_path / name).write_text(block[1])
    return load_topic(tmp_path / "kuril_islands.yaml")


@pytest.mark.parametrize(
    ("title", "text", "relevance", "event"),
    [
        ("Moscow rejects protest over Kuril Islands", "Russia said Japan had no say there.", "core", "dispute"),
        (
            "Tokyo watches joint patrols near Iturup",
            "Russian ships passed; the coast guard followed.",
            "core",
            "patrol",
        ),
        ("Earthquake felt in the Northern Territories", "No damage was reported.", "related", None),
        ("Judo: a medal for Japan", "The Russian favourite lost; football follows.", "none", None),
    ],
)
def test_it_tags_as_it_says(topic, title, text, relevance, event):
    tag = tag_line({"id": 1, "title": title, "text": text, "language": "en"}, [topic])
    assert (tag["relevance"], tag["event"]) == (relevance, event)
    assert sum(row["weight"] for row in tag["evidence"]) == pytest.approx(tag["score"])
