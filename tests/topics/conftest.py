"""The shipped topic, and a small one of our own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.copies.conftest import put  # noqa: F401 - a fixture
from wirewatch.settings import ROOT, Settings
from wirewatch.topics.rules import Topic, load_topic

SHIPPED = ROOT / "dags" / "topics" / "us_china_military.yaml"

BORDER = """\
topic: india_china_border
title: The border of India and China
model: india_china_border.model.json
sides:
  - {id: india, name: India, country: IN}
  - {id: prc, name: China, country: CN}
families:
  border: {about: "troops and clashes at the border"}
events: [clash, other]
contexts:
  cricket: {about: "cricket", against: true}
groups:
  - group: states
    kind: actor
    source: "official names"
    entries:
      india: {country: IN, stands_for: [india], en: [India, New Delhi, Indian], zh: [印度]}
      china: {country: CN, stands_for: [prc], en: [China, Beijing, Chinese], zh: [中国]}
  - group: soldiers
    kind: person
    country: IN
    stands_for: [india]
    source: "the army's site"
    entries:
      general_rao:
        name: Asha Rao
        role: general
        terms: [{role: army_chief, from: 2024-01-01, until: 2025-12-31}]
        en: [Asha Rao, General Rao]
  - group: words
    kind: term
    family: border
    source: "common words"
    entries:
      clash: {en: ["(border|troop) clash(es)", clashed, ladder line], zh: [冲突]}
  - group: beside
    kind: context
    context: cricket
    source: "common words"
    entries:
      cricket: {en: [cricket, test match(es)]}
  - group: shields
    kind: shield
    source: "proper names"
    entries:
      indian_ocean: {en: [Indian Ocean]}
"""

BORDER_MODEL = {
    "format": 1,
    "topic": "india_china_border",
    "version": "test",
    "core": {"bias": -2.0, "weights": {"head_relation": 3.0, "title_relation": 1.0, "head_cricket": -4.0, "long": 0.5}},
    "core_from": 0.0,
    "relevant": {"bias": -1.0, "weights": {"head_both": 2.0}},
    "events": {"clash": {"bias": 0.0, "weights": {"head_border": 1.0}}, "other": {"bias": 0.1, "weights": {}}},
    "card": {"about": "weights by hand, for tests"},
}


CLASH = (
    "Indian and Chinese troops in border clash",
    "A border clash between India and China was reported. General Rao spoke.",
)
LADDER = ("India and China differ over ladder", "Beijing and New Delhi differ over the ladder line.")
RAIN = ("Rain", "It rained.")


@pytest.fixture(scope="session")
def shipped() -> Topic:
    """The topic that the project ships."""
    return load_topic(SHIPPED)


@pytest.fixture
def write_topic(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a topic file, with the small model beside it; returns its path."""

    def write(text: str = BORDER) -> Path:
        path = tmp_path / "india_china_border.yaml"
        path.write_text(text, encoding="utf-8")
        model = tmp_path / "india_china_border.model.json"
        model.write_text(json.dumps(BORDER_MODEL), encoding="utf-8")
        return path

    return write


@pytest.fixture
def border(write_topic) -> Topic:
    """A small topic."""
    return load_topic(write_topic())


@pytest.fixture
def topic_settings(settings: Settings, write_topic) -> Settings:
    """Settings with the small topic in force."""
    return settings.model_copy(update={"topics": write_topic().parent})


@pytest.fixture
def articles(put) -> list[int]:  # noqa: F811
    """CLASH, LADDER and RAIN, waiting to be tagged."""
    when = datetime(2025, 5, 1, tzinfo=UTC)
    stories = enumerate((CLASH, LADDER, RAIN))
    return [put(f"https://news.example/{n}", text, title=title, published=when) for n, (title, text) in stories]
