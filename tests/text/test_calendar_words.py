"""The names of months and weekdays are Babel's."""

import json
import subprocess
import sys

import pytest

from wirewatch.text import calendar_words

_ASK = "import json; from wirewatch.text import calendar_words as words; print(json.dumps(words.from_babel()))"


def test_the_file_is_what_babel_says():
    # In a process of its own: in one that used other locales before, Babel gives some words in another order.
    said = subprocess.run([sys.executable, "-c", _ASK], capture_output=True, text=True, check=True).stdout
    assert json.loads(calendar_words.FILE.read_text(encoding="utf-8")) == json.loads(said)


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
