"""Translations with and without the extra `embeddings`."""

from __future__ import annotations

import numpy as np
import pytest

from tests.copies.conftest import NOW
from tests.copies.texts import BUDGET, PATROL, PATROL_ES, PATROL_OWN_REPORT, PATROL_ZH
from wirewatch.copies import embedding
from wirewatch.copies.embedding import embed, likeness
from wirewatch.copies.matching import LIKE, UNLIKE, match
from wirewatch.copies.subjects import Subject, subject_of
from wirewatch.records import ArticleText, CopyKind

needs_extra = pytest.mark.skipif(not embedding.AVAILABLE, reason="the extra `embeddings` is not installed")

SHORT = (
    "KETTLE BAY — The mayor of Kettle Bay told Jon Aasen on Tuesday that 214 families would get 38 new boats before "
    "the cod return to the shoals, and that the harbour would be dredged in spring at the cost of the state."
)
SHORT_ES = (
    "KETTLE BAY — La alcaldesa de Kettle Bay dijo el martes a Jon Aasen que 214 familias recibirán 38 barcos nuevos "
    "antes de que el bacalao vuelva a los bajos, y que el puerto se dragará en primavera a costa del Estado."
)


def subject(text: str, language: str) -> Subject:
    return subject_of(
        ArticleText(language, "", text, f"https://{language}.example/", language, NOW, language=language), ()
    )


def kind(first: Subject, second: Subject) -> CopyKind | None:
    found = match(first, second)
    return found and found.kind


def test_without_the_extra_facts_decide_alone(monkeypatch):
    monkeypatch.setattr(embedding, "AVAILABLE", False)
    assert embed("", PATROL) is None
    assert kind(subject(PATROL, "en"), subject(PATROL_ES, "es")) is CopyKind.TRANSLATION
    assert kind(subject(SHORT, "en"), subject(SHORT_ES, "es")) is None


@needs_extra
def test_with_it_a_translation_with_few_facts_is_found():
    assert kind(subject(SHORT, "en"), subject(SHORT_ES, "es")) is CopyKind.TRANSLATION
    assert kind(subject(PATROL, "en"), subject(PATROL_ES, "es")) is CopyKind.TRANSLATION
    assert kind(subject(PATROL_OWN_REPORT, "en"), subject(PATROL_ES, "es")) is None


@needs_extra
def test_a_text_and_its_translation_are_neighbours_and_others_are_not():
    patrol, spanish, chinese, budget = (embed("", text) for text in (PATROL, PATROL_ES, PATROL_ZH, BUDGET))
    assert likeness(patrol, spanish) > LIKE
    assert likeness(patrol, chinese) > UNLIKE
    assert likeness(spanish, budget) < UNLIKE
    assert np.array_equal(embed("", PATROL), patrol), "the same text has the same vector"
    assert np.isclose(np.linalg.norm(patrol), 1)


@needs_extra
@pytest.mark.parametrize("text", ["", " ", "\x00\ud800", "中" * 5000, "a" * 100_000])
def test_any_text_has_a_vector(text):
    assert embed("", text).shape == (512,)
