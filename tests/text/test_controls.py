"""Headlines without what steers a terminal or turns the reading order."""

from __future__ import annotations

import pytest

from wirewatch.text.controls import without_controls


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Fleet \u202egnp.exe sails", "Fleet gnp.exe sails"),
        ("Fleet \x9b31mred\x1b[0m", "Fleet 31mred[0m"),
        ("\u2066Fleet\u2069 sails", "Fleet sails"),
        ("الأسطول\u200f يبحر", "الأسطول\u200f يبحر"),
        ("Fleet\u200d \U0001f468\u200d\U0001f469", "Fleet\u200d \U0001f468\u200d\U0001f469"),
        ("Fleet\tsails", "Fleet\tsails"),
    ],
)
def test_controls_go_and_letters_stay(line, shown):
    assert without_controls(line) == shown
