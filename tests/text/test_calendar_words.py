"""The names of months and weekdays are Babel's."""

import json

import pytest

from wirewatch.text import calendar_words


def test_the_file_is_what_babel_says():
    assert json.loads(calendar_words.FILE.read_text(encoding="utf-8")) == calendar_words.from_babel()


@pytest.mark.parametrize(
    ("word", "months"),
    [
        ("june", {6}),
        ("mar", {3}),  # English comes first: in Teso it is May
        ("janner", {1}),
        ("июня", {6}),
        ("мая", {5}),
        ("abril", {4}),
        ("يونيو", {6}),
        ("حزيران", {6}),
        ("มิถุนายน", {6}),
        ("जून", {6}),
        ("listopad", {10, 11}),
    ],
)
def test_months(word, months):
    assert calendar_words.months()[word] == months


def test_one_language_decides():
    assert calendar_words.months_of("hr")["listopad"] == 10
    assert calendar_words.months_of("pl")["listopad"] == 11
    assert calendar_words.weekdays_of("de")["montag"] == 0
