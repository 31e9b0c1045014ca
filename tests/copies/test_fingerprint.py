"""Readings and what candidates are found by."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.copies.texts import PATROL, PATROL_ZH, own_text
from wirewatch.copies.fingerprint import SKETCH, filed, headline_words, read


def test_case_punctuation_space_and_width_do_not_matter():
    plain = read("The council's vote: 23 to 20, for a tram.")
    assert read("ＴＨＥ council’s   vote — 23 to 20 for a TRAM").digest == plain.digest
    assert read("The council's vote: 23 to 21, for a tram.").digest != plain.digest


def test_traditional_and_simplified_chinese_are_one_text():
    assert read("國防部長說，兩國將恢復會談。").digest == read("国防部长说，两国将恢复会谈。").digest


def test_chinese_tokens_are_characters():
    reading = read(PATROL_ZH)
    assert reading.spaceless
    assert 150 < reading.words < 400
    assert not read(PATROL).spaceless


def test_quoted_words_are_known():
    reading = read('He said “we will not go there” and "neither will they" left.')
    assert reading.quoted.tolist() == [False, False, *[True] * 5, False, *[True] * 3, False]


def test_an_open_quotation_mark_ends_with_its_paragraph():
    reading = read("He said “we will not go.\nThe meeting ended.")
    assert reading.quoted.tolist() == [False, False, True, True, True, True, False, False, False]


def test_sentences_are_known_again_in_other_texts():
    one, other = read(PATROL), read(f"{own_text(1, 2)}\n{PATROL.splitlines()[-1]}")
    assert set(one.segments) & set(other.segments) - {0} == {one.segments[-1]}


def test_without_boilerplate_the_rest_is_as_if_read_alone():
    lines = PATROL.split("\n")
    boilerplate = frozenset(read(lines[2]).segments)
    left = read(PATROL).without(boilerplate)
    assert left.digest != read(PATROL).digest
    assert len(left) == len(read(PATROL)) - sum(
        len(read(sentence)) for sentence in lines[2:3] if set(read(sentence).segments) <= boilerplate
    )


def test_the_sketch_is_the_smallest_shingles():
    reading = read(PATROL)
    assert len(reading.sketch) == SKETCH
    assert np.array_equal(np.array(reading.sketch).view(np.uint64), np.sort(np.unique(reading.shingles))[:SKETCH])


def test_empty_and_short_texts_have_no_shingles():
    for text in ("", "...", "Too short a text"):
        assert read(text).sketch == ()


@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    reading = read(text)
    assert len(reading.quoted) == len(reading.digits) == len(reading.segment_of) == len(reading)
    assert len(reading.shingles) == max(0, len(reading) - reading.shingle_length + 1)
    assert read(text).digest == reading.digest


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20), st.text(max_size=10))
def test_filed_keys_fit_a_bigint_and_differ_by_heading(keys, heading):
    found = filed(keys, heading)
    assert all(-(2**63) <= key < 2**63 for key in found)
    assert len(set(found)) == len(set(keys))
    if keys:
        assert found != filed(keys, heading + " other")


def test_headline_words_leave_out_small_words():
    assert headline_words("Talks on the sea: 3 ships") == headline_words("3 SHIPS talks")
    assert headline_words("中美军方会谈") & headline_words("美军方人士") == headline_words("美军方")
