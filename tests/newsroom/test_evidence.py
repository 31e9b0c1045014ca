"""Evidence in the text, and what changed between versions: whatever the spans, no character is lost."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from wirewatch.newsroom.differences import Paragraph, compare, compare_words
from wirewatch.newsroom.evidence import marked, paragraphs


@dataclass
class Row:
    n: int
    start_at: int | None
    end_at: int | None
    weight: float
    field: str = "text"
    rule: str = "rule"


TEXT = "The PLA Navy sailed.\n\nNobody objected to the PLA."


def test_overlapping_spans_are_cut_at_every_border():
    pieces = marked(TEXT, [Row(1, 4, 12, 0.8), Row(2, 4, 7, -0.1), Row(3, 0, 3, 1.5, field="title")], "text")
    assert [(piece.text, piece.rows) for piece in pieces[:4]] == [
        ("The ", ()),
        ("PLA", (1, 2)),
        (" Navy", (1,)),
        (" sailed.\n\nNobody objected to the PLA.", ()),
    ]
    assert pieces[1].mark == "for-2"
    assert round(pieces[1].weight, 6) == 0.7
    assert [piece.first for piece in pieces] == [None, 1, None, None]
    assert pieces[1].rules == "rule +0.80, rule -0.10"


def test_against_is_marked_as_such():
    assert [piece.mark for piece in marked("abc", [Row(1, 1, 2, -2.0)], "text")] == ["", "against-3", ""]


def test_paragraphs_are_lines_without_the_empty_ones():
    lines = paragraphs(marked(TEXT, [Row(1, 4, 12, 1)], "text"))
    assert ["".join(piece.text for piece in line) for line in lines] == [
        "The PLA Navy sailed.",
        "Nobody objected to the PLA.",
    ]


spans = st.tuples(st.integers(0, 60), st.integers(1, 30), st.floats(-3, 3))


@given(st.text(max_size=60), st.lists(spans, max_size=8))
def test_marking_loses_no_character(text, found):
    rows = [Row(n, start, start + length, weight) for n, (start, length, weight) in enumerate(found, start=1)]
    pieces = marked(text, rows, "text")
    assert "".join(piece.text for piece in pieces) == text
    assert len([piece.first for piece in pieces if piece.first]) <= len(rows)


def sides(found: list[Paragraph]) -> tuple[str, str]:
    old = "".join(c.text for p in found for c in p.changes if c.kind in ("same", "old"))
    new = "".join(c.text for p in found for c in p.changes if c.kind in ("same", "new"))
    return old, new


@given(st.text("ab 中\n", max_size=40), st.text("ab 中\n", max_size=40))
def test_a_comparison_holds_both_versions(old, new):
    changed_old, changed_new = sides(compare(old, new))
    assert len(changed_old) <= len(old)
    assert len(changed_new) <= len(new)
    before, after = old.replace("\n", ""), new.replace("\n", "")
    assert sides([Paragraph(tuple(compare_words(before, after)))]) == (before, after)


def test_unchanged_paragraphs_are_counted_and_words_compared():
    found = compare("One.\nTwo ships sailed.\nThree.", "One.\nTen ships sailed.\nThree.")
    assert [p.unchanged for p in found] == [1, 0, 1]
    assert [(c.kind, c.text) for c in found[1].changes] == [("old", "Two"), ("new", "Ten"), ("same", " ships sailed.")]


def test_chinese_is_compared_by_character():
    assert [(c.kind, c.text) for c in compare_words("两艘军舰", "三艘军舰")] == [
        ("old", "两"),
        ("new", "三"),
        ("same", "艘军舰"),
    ]


def test_a_huge_rewrite_is_shown_whole():
    old, new = "\n".join(f"a{n}" for n in range(3000)), "\n".join(f"b{n}" for n in range(3000))
    assert sides(compare(old, new)) == (old, new)
