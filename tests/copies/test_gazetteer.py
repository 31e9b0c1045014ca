"""Names of the world in many languages."""

from __future__ import annotations

import pytest

from wirewatch.copies.facts import read_facts
from wirewatch.text.names import GAZETTEER


def named(text: str, language: str) -> list[str]:
    return [mention.entry.id for mention in GAZETTEER.find(text, language)]


@pytest.mark.parametrize(
    ("names", "texts"),
    [
        (
            ["country US", "person trump", "country CN", "place vienna"],
            {
                "en": "U.S. President Donald Trump met Chinese envoys in Vienna",
                "es": "El presidente de EE.UU., Donald Trump, recibió a enviados chinos en Viena",
                "zh": "美国总统特朗普在会见中方代表，维也纳",
                "de": "US-Präsident Donald Trump empfing chinesische Gesandte in Wien",
                "fr": "Les États-Unis : Donald Trump a reçu des émissaires chinois à Vienne",
            },
        ),
        (
            ["country KP", "country IT", "country NZ", "place tokyo"],
            {
                "en": "North Korea, Italy, New Zealand and Tokyo",
                "es": "Corea del Norte, Italia, Nueva Zelanda y Tokio",
                "zh": "北韓、義大利、紐西蘭和東京",
                "pl": "Korea Północna, Włochy, Nowa Zelandia i Tokio",
                "ru": "КНДР, Италия, Новая Зеландия и Токио",
            },
        ),
        (["place crimea", "country BY"], {"en": "Crimea and Belarus", "zh": "克里米亚和白俄罗斯"}),
    ],
)
def test_a_name_is_one_in_all_languages(names, texts):
    assert {language: named(text, language) for language, text in texts.items()} == dict.fromkeys(texts, names)


@pytest.mark.parametrize("text", ["they gave us a turkey and some china", "CHINATOWN", "Chadwick of Peruvia", "Nordic"])
def test_other_words_are_no_names(text):
    assert named(text, "en") == []


def test_inflected_names_are_known():
    assert named("Spotkanie z Chinami w Warszawie, Putinem i Niemcami", "pl") == [
        "country CN",
        "place warsaw",
        "person putin",
        "country DE",
    ]


def test_an_unknown_language_is_read_as_english():
    for language in (None, "xx", "not a language"):
        assert named("China", language or "") == ["country CN"]


def test_names_in_latin_letters_join_texts_of_two_scripts():
    english = read_facts("", "Staff of Telkom were told by Sipho Maseko to go.", "en", ())
    chinese = read_facts("", "Telkom首席执行官Sipho Maseko让员工离开。", "zh", ())
    assert english.names & chinese.names == chinese.names
    assert len(chinese.names) == 3


@pytest.mark.parametrize(
    ("text", "language"),
    [("am 3. Juni", "de"), ("le 3 juin", "fr"), ("3 czerwca", "pl"), ("3 giugno", "it"), ("3 июня", "ru")],
)
def test_dates_of_other_languages(text, language):
    assert read_facts("", text, language, ()).keys == read_facts("", "June 3", "en", ()).keys
