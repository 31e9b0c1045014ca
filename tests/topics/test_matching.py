"""What is found in a text, and what is not."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.topics.conftest import SHIPPED
from wirewatch.topics.matching import Matcher
from wirewatch.topics.rules import load_topic

_MATCHER = Matcher(load_topic(SHIPPED))


@pytest.fixture
def matcher() -> Matcher:
    return _MATCHER


def found(matcher: Matcher, text: str, language: str | None = "en") -> list[tuple[str, str]]:
    return [(match.entry.id, text[match.start : match.end]) for match in matcher.find(text, language)]


@pytest.mark.parametrize(
    ("text", "entry", "words"),
    [
        ("Tell the US to wait", "united_states", "US"),
        ("The U.S.-China hotline", "us_china", "U.S.-China"),
        ("A Chinese warship came near", "pla_navy", "Chinese warship"),
        ("CHINA PROTESTS", "china", "CHINA"),
        ("China's plan", "china", "China"),
        ("the People’s Liberation Army", "pla", "People’s Liberation Army"),
        ("USS Benfold sailed", "uss_benfold", "USS Benfold"),
        ("解放军东部战区宣布", "pla_eastern_theater_command", "东部战区"),
        ("解放軍東部戰區宣布", "pla_eastern_theater_command", "東部戰區"),
        ("五角大樓表示", "us_department_of_defense", "五角大樓"),
        ("El Pentágono informó", "us_department_of_defense", "Pentágono"),
        ("South  of the South China Sea", "south_china_sea", "South China Sea"),
        ("Defense Secretary\nLloyd Austin", "lloyd_austin", "Lloyd Austin"),
        ("the <b>South&nbsp;China</b>  Sea,", "south_china_sea", "South&nbsp;China</b>  Sea"),
        ("America&amp;#8217;s plan", "united_states", "America&amp;#8217;s"),
    ],
)
def test_found(matcher, text, entry, words):
    assert (entry, words) in found(matcher, text)


def test_names_in_the_words_of_a_term_are_found_after_it(matcher):
    text = "Chinese fighter jet confronts US Navy plane. Chinese Taipei beat USA."
    plain = [("prc_military", "Chinese fighter jet"), ("intercept", "confronts US Navy plane")]
    assert found(matcher, text)[:2] == plain
    named = [(match.entry.id, text[match.start : match.end]) for match in matcher.find(text, "en", names_in_terms=True)]
    assert named[:3] == [*plain, ("us_navy", "US Navy")]
    assert ("sport", "Chinese Taipei") in named
    assert "Chinese" not in [words for _, words in named], "a context keeps its words"


@pytest.mark.parametrize(
    ("text", "entry", "words"),
    [
        ("قالت الصين", "china", "الصين"),
        ("تعاون للصين مع جارتها", "china", "للصين"),
        ("وبالصين مصانع", "china", "وبالصين"),
        ("أعلن البنتاغون", "us_department_of_defense", "البنتاغون"),
        ("الجيش الامريكي", "us_military", "الجيش الامريكي"),
        ("في مضيق تايوان", "taiwan_strait", "مضيق تايوان"),
    ],
)
def test_arabic_words_are_found_with_their_particles(matcher, text, entry, words):
    assert (entry, words) in found(matcher, text, "ar")


def test_other_letters_before_an_arabic_word_make_another_word(matcher):
    assert found(matcher, "باب حصين", "ar") == []


def test_one_form_of_words_has_a_meaning_for_each_language(matcher):
    assert found(matcher, "EU aprueba la venta", "es")[0] == ("united_states", "EU")
    assert found(matcher, "EU approves the sale", "en")[0] == ("europe", "EU")
    assert found(matcher, "EU", "fr") == [("europe", "EU")]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Give us time", "united_states"),
        ("A shop of fine china", "china"),
        ("an indochina map", "china"),
        ("BUSINESS as usual", "united_states"),
        ("The South China Morning Post wrote", "china"),
        ("Chinese Taipei won the medal", "china"),
        ("the war on drugs", "war"),
        ("a price war began", "war"),
        ('<a href="/china-navy">more</a>', "china"),
    ],
)
def test_not_found(matcher, text, entry):
    assert entry not in {name for name, _ in found(matcher, text)}


def test_common_words_count_in_their_own_language_only(matcher):
    text = "La visita general a la base; la reunion con el general"
    assert ("generals", "general") in found(matcher, text, "es")
    assert "base" not in {name for name, _ in found(matcher, text, "fr")}
    assert found(matcher, "les négociations avec la Chine", "fr") == []


def test_the_longer_alias_wins(matcher):
    text = "US Indo-Pacific Command in the Indo-Pacific"
    assert found(matcher, text) == [
        ("united_states", "US"),
        ("us_indo_pacific_command", "Indo-Pacific Command"),
        ("indo_pacific", "Indo-Pacific"),
    ]


@given(st.lists(st.sampled_from(["US", "Chinese", "navy", " ", "-", "台湾", "warship", "é", "\U0001f6a2", "."])))
def test_matches_are_ordered_and_apart(parts):
    text = "".join(parts)
    matches = _MATCHER.find(text, "en")
    assert all(one.end <= other.start for one, other in pairwise(matches))
    assert all(0 <= match.start < match.end <= len(text) for match in matches)
