"""Folding, aliases and sentences."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirewatch.text.folding import fold, plain
from wirewatch.text.sentences import sentence_ends
from wirewatch.topics.aliases import expand


@given(st.text())
def test_folding_keeps_every_offset(text):
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Pentágono", "pentagono"),
        ("China’s “navy” – U.S.", 'china\'s "navy" - u.s.'),
        ("臺灣海峽 解放軍", "台湾海峡 解放军"),
        ("ＵＳ\u00a0Navy\n", "us navy "),
        ("الأمريكية إلى", "الامريكية الى"),
        ("İstanbul ß ŉ", "istanbul ß ŉ"),
    ],
)
def test_what_is_folded(text, folded):
    assert fold(text) == folded


@given(st.text(alphabet="<>&;a pb/#1x\n\t"))
def test_each_character_of_the_plain_text_has_its_place_in_the_stored_one(text):
    seen = plain(text)
    places = [seen.stored(at, at + 1) for at in range(len(seen.text))]
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert all(one <= other for one, other in pairwise(places))
    assert all(text[start:end] == char for char, (start, end) in zip(seen.text, places, strict=True) if end - start == 1
               and not char.isspace())  # fmt: skip


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("China&#39;s &amp;#8217; U.S.&nbsp;Navy", "China's ’ U.S.\xa0Navy"),
        ("South &nbsp;China\n  Sea", "South China Sea"),
        ("the <b>US</b> <a href='/navy'>Navy</a>", "the US Navy"),
        ("<p>US</p>\nNavy<br/>ship", "  US  \nNavy  ship"),
        ("US\n\nNavy", "US\n\nNavy"),
        ("AT&amp;T 3 < 4 &unknown; & x", "AT&T 3 < 4 &unknown; & x"),
    ],
)
def test_what_a_reader_sees(text, read):
    assert plain(text).text == read


@pytest.mark.parametrize(
    ("alias", "forms"),
    [
        ("Pentagon", ("Pentagon",)),
        ("warship(s)", ("warship", "warships")),
        ("(US|American) navy", ("US navy", "American navy")),
        ("sail (the |)strait", ("sail the strait", "sail strait")),
        ("a  b", ("a b",)),
    ],
)
def test_forms_of_an_alias(alias, forms):
    assert expand(alias) == forms


@pytest.mark.parametrize(
    ("alias", "why"),
    [
        ("(a+)+$", "regular expressions"),
        ("war.*", "regular expressions"),
        ("(a|b", "close every bracket"),
        ("((a|b)|c) d", "close every bracket"),
        ("   ", "empty"),
        ("(|) ", "empty"),
        ("美", "one character"),
        ("(a|b|c|d|e|f|g|h)" * 4, "4096 forms"),
    ],
)
def test_what_is_no_alias(alias, why):
    with pytest.raises(ValueError, match=why):
        expand(alias)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("One. Two! Three?", ["One.", " Two!", " Three?"]),
        (
            "Gen. Rao met U.S. Adm. Lee in St. Louis. They left.",
            ["Gen. Rao met U.S. Adm. Lee in St. Louis.", " They left."],
        ),
        ("两国会谈。双方同意！", ["两国会谈。", "双方同意！"]),
        ("A headline\nA text", ["A headline\n", "A text"]),
        ("“Go.” He went.", ["“Go.”", " He went."]),
    ],
)
def test_sentences(text, sentences):
    ends = sentence_ends(text)
    assert [text[start:end] for start, end in zip([0, *ends], ends, strict=False)] == sentences


@given(st.text(alphabet="ab. !?\n。中"))
def test_sentences_cover_the_text(text):
    ends = sentence_ends(text)
    assert ends == sorted(set(ends))
    assert ends[-1:] == ([len(text)] if text.strip() else [])
