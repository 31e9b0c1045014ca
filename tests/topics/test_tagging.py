"""Decisions, and the evidence for them."""

from __future__ import annotations

import gc
import gzip
import json
import math
import weakref
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.topics.conftest import SHIPPED
from wirewatch.records import Relevance
from wirewatch.text.language import text_language
from wirewatch.topics.features import BEGINNING, values_of
from wirewatch.topics.reasons import rows_of
from wirewatch.topics.rules import load_topic, topic_from_content
from wirewatch.topics.tagging import explain, reader_of, tag, tag_line

TALKS = {
    "en": (
        "US and Chinese defence officials hold two days of video talks",
        "BEIJING. Defence officials of China and the United States spoke by video link on Tuesday and Wednesday, the "
        "Chinese Ministry of National Defense said. A major general of the Central Military Commission led one side, a "
        "deputy assistant secretary from the Pentagon the other. They agreed to keep the channels between the two "
        "militaries open, and China repeated its position on Taiwan.",
    ),
    "es": (
        "Responsables de defensa de China y Estados Unidos conversan dos días por videoconferencia",
        "PEKÍN. Funcionarios de defensa de China y Estados Unidos mantuvieron el martes y el miércoles conversaciones "
        "por videoconferencia, informó el Ministerio de Defensa chino. Un general de la Comisión Militar Central "
        "encabezó una delegación; un alto cargo del Pentágono, la otra. Acordaron mantener abiertos los contactos "
        "militares, y China reiteró su postura sobre Taiwán.",
    ),
    "zh": (
        "中美两国国防部门举行两天视频会谈",
        "中国国防部星期三说，中美两国防务官员以视频方式举行了为期两天的会谈。中央军委的一位少将和五角大楼的一位副助理部长分别率团出席。"
        "双方同意保持两军沟通渠道畅通。中方重申在台湾问题上的立场。",
    ),
    "zh (traditional)": (
        "中美兩國國防部門舉行兩天視訊會談",
        "中國國防部星期三說，中美兩國防務官員以視訊方式舉行了為期兩天的會談。中央軍委的一位少將和五角大樓的一位副助理部長分別率團出席。"
        "雙方同意保持兩軍溝通渠道暢通。中方重申在臺灣問題上的立場。",
    ),
}


def check_sums(found, title: str, text: str) -> None:
    """The rows add up, and each span selects its term."""
    assert math.isclose(sum(row.weight for row in found.evidence), found.score, abs_tol=1e-9)
    fields = {"title": title, "text": text}
    for row in found.evidence:
        if row.field == "model":
            assert row.start is None
            assert row.end is None
        else:
            assert fields[row.field][row.start : row.end] == row.term != ""
    for one in found.mentions:
        assert fields[one.field][one.start : one.end]


@pytest.mark.parametrize("language", TALKS)
def test_defence_talks_in_every_language(shipped, language):
    title, text = TALKS[language]
    found = tag(shipped, title, text, language=language[:2], on=date(2021, 9, 29))
    assert (found.relevance, found.event) == (Relevance.CORE, "talks")
    check_sums(found, title, text)
    named = {one.entity for one in found.mentions}
    assert {"prc_defence_ministry", "prc_central_military_commission", "us_department_of_defense", "taiwan"} <= named
    reasons = {row.rule for row in found.evidence if row.weight > 0}
    assert reasons & {"defence_talks", "meet", "mil_to_mil"}
    assert "prc_defence_ministry" in reasons


@pytest.mark.parametrize(
    ("title", "text", "event"),
    [
        (
            "US destroyer sails through Taiwan Strait, drawing Chinese protest",
            "The USS Milius passed through the strait on Friday. The Eastern Theater Command of the People's "
            "Liberation Army said that its ships and aircraft had followed the American warship.",
            "encounter_transit",
        ),
        (
            "Washington approves $800 million arms sale to Taiwan",
            "The State Department cleared the sale of missiles and spare parts to Taipei. Beijing called it a grave "
            "violation and promised countermeasures.",
            "arms_sale_aid",
        ),
        (
            "China's navy outbuilds America's, Pentagon report says",
            "The China Military Power Report counts more warships and nuclear warheads of the People's Liberation Army "
            "than a year ago, and says that the US Navy is falling behind.",
            "capability",
        ),
        (
            "Commerce Department puts ten Chinese firms on Entity List",
            "The United States said that the firms had bought chips for the Chinese military. Exports to them now need "
            "a licence.",
            "sanction_control",
        ),
    ],
)
def test_core_stories(shipped, title, text, event):
    found = tag(shipped, title, text)
    assert (found.relevance, found.event) == (Relevance.CORE, event)
    check_sums(found, title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "US raises tariffs on Chinese steel",
            "Washington and Beijing are in a trade war; stocks fell on Wall Street.",
        ),
        ("Indian and Chinese troops clash at border", "Soldiers of both armies fought with sticks in the Himalayas."),
        ("PLA holds winter drills in Tibet", "The Chinese army trained its mountain troops, state media said."),
        ("Chinese Taipei beat USA in baseball", "The team won the final of the tournament with a late home run."),
        ("US sends missiles to Ukraine", "The Pentagon announced another package of weapons for Kyiv against Russia."),
        (
            "Museum in Washington shows fine china",
            "Porcelain of the dynasty is on show; the war years saw much broken.",
        ),
    ],
)
def test_other_stories(shipped, title, text):
    found = tag(shipped, title, text)
    assert found.relevance is not Relevance.CORE
    assert found.event is None
    check_sums(found, title, text)


def test_the_beginning_decides_core_and_the_whole_what_is_related(border):
    walk, clash = "They walked on. " * 130, "Indian and Chinese troops fought a border clash."
    assert len(walk) > BEGINNING
    early, late = (explain(border, "A long walk", text, language="en") for text in (clash + walk, walk + clash))
    (early_start, early_whole), (late_start, late_whole) = (
        (values_of(one.reading.features), values_of(one.reading.whole)) for one in (early, late)
    )
    assert "body_relation" in early_start
    assert "body_relation" not in late_start
    assert early_whole["body_relation"] > late_whole["body_relation"] > 0
    assert {row.field for row in rows_of("", "", 0.0, late.contributions("core"))} == {"model"}
    assert {one.entity for one in late.tag.mentions} == {one.entity for one in early.tag.mentions} != set()
    check_sums(late.tag, "A long walk", walk + clash)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ["." * 200_000 + "x", " \n" * 200_000 + "US", "<" + "a" * 200_000, "'\"" * 100_000])
def test_no_text_takes_long(border, text):
    check_sums(tag(border, "A title", text, language="en"), "A title", text)


def test_the_filter_takes_language_tags_and_refuses_what_is_none(border):
    line = {"id": 1, "title": "Border clash", "text": "Indian and Chinese troops fought."}
    expected = tag_line({**line, "language": "en"}, [border])
    assert tag_line({**line, "language": "EN-us"}, [border]) == expected
    with pytest.raises(ValueError, match="language must be a tag such as en"):
        tag_line({**line, "language": "English"}, [border])


def test_the_filter_gives_the_topic_that_the_article_is_of(border):
    content = border.content
    sure_of_none = {**content["model"], "core_from": 50.0}
    sure_of_none["core"] = {**sure_of_none["core"], "bias": 40.0}
    sure_of_none["relevant"] = {"bias": -9.0, "weights": {}}
    other = topic_from_content({**content, "model": sure_of_none})
    line = {"id": 1, "title": "Indian and Chinese troops in border clash", "text": "A border clash was reported."}
    assert tag_line(line, [other])["probability"] > tag_line(line, [border])["probability"]
    assert tag_line(line, [other])["relevance"] == "none"
    assert tag_line(line, [other, border])["rules_version"] == border.version


def test_an_explanation_says_each_feature(border):
    title, text = "Indian and Chinese troops: border clash", "A border clash was reported by New Delhi. More cricket."
    explained = explain(border, title, text, language="en")
    shares = {one.feature: one.share for one in explained.contributions("core")}
    assert shares == {"title_relation": 1.0, "head_relation": 3.0, "head_cricket": -4.0}
    assert explained.sums["core"] == pytest.approx(-2.0)
    rows = rows_of(title, text, border.model.core.bias, explained.contributions("core"))
    cricket = next(row for row in rows if row.rule == "cricket")
    assert (cricket.term, cricket.weight) == ("cricket", -4.0)


def test_a_related_tag_shows_what_made_it_related(border):
    title, text = "Indian and Chinese troops: border clash", "A border clash was reported by New Delhi. More cricket."
    explained = explain(border, title, text, language="en")
    assert explained.tag.relevance is Relevance.RELATED
    assert explained.decided_by == "relevant"
    assert explained.tag.score == pytest.approx(explained.sums["relevant"]) == pytest.approx(1.0)
    assert [one.feature for one in explained.contributions("relevant")] == ["head_both"]
    assert not {row.rule for row in explained.tag.evidence} & {"cricket"}
    assert explained.tag.probability < 0.5 < explained.tag.related_probability
    check_sums(explained.tag, title, text)


def test_a_second_topic_needs_no_code(border):
    found = tag(
        border, "Troops in border clash", "India and China: a border clash. General Rao spoke.", on=date(2025, 5, 1)
    )
    assert (found.relevance, found.event) == (Relevance.CORE, "clash")
    assert ("general_rao", "army_chief") in {(one.entity, one.role) for one in found.mentions}
    assert tag(border, "Monsoon in the Indian Ocean", "Rain.").relevance is Relevance.NONE


def test_the_filter_line(shipped, border):
    line = {"id": 7, "title": TALKS["en"][0], "text": TALKS["en"][1]}
    out = tag_line(line, [border, shipped])
    assert out["id"] == 7
    assert (out["topic"], out["relevance"], out["event"]) == ("us_china_military", "core", "talks")
    assert math.isclose(sum(row["weight"] for row in out["evidence"]), out["score"], abs_tol=1e-9)
    assert tag_line({"id": 1, "text": ""}, [shipped])["relevance"] == "none"
    with pytest.raises(ValueError, match="text is missing"):
        tag_line({"id": 1}, [shipped])
    with pytest.raises(ValueError, match="must be a text"):
        tag_line({"id": 1, "text": 5}, [shipped])


_SHIPPED = load_topic(SHIPPED)
_PARTS = (
    "US",
    "China",
    " ",
    ". ",
    "Chinese warship",
    "é",
    "台灣",
    "\n",
    "navy",
    "𝒰𝒮",
    "İ",
    "\ufffd",
    "Taiwan",
    "drills",
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_PARTS), max_size=30), st.lists(st.sampled_from(_PARTS), max_size=60))
def test_rows_add_up_for_any_text(title_parts, text_parts):
    title, text = "".join(title_parts), "".join(text_parts)
    check_sums(tag(_SHIPPED, title, text, language="en"), title, text)


def test_rows_add_up_on_real_items(shared):
    with gzip.open(shared / "data" / "topic" / "labelled.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            found = tag(_SHIPPED, record["title"], record["text"], language="en")
            check_sums(found, record["title"], record["text"])


def test_a_reader_goes_with_its_topic(border):
    """A worker reads the rules anew in every run; what is kept beyond that adds up for as long as it lives."""
    again = topic_from_content(border.content)
    assert reader_of(again) is reader_of(again)
    gone = weakref.ref(reader_of(again))
    del again
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("text", "stated", "language"),
    [
        ("China warns US over Taiwan arms", "en", "en"),
        ("解放军在台海演习", "en", "zh"),
        ("Военные учения у берегов", "en", "ru"),
        ("Manila says no", "tl", "tl"),
        ("Beijing says that its troops will hold drills near the island", None, "en"),
        ("", "es", "es"),
        ("", None, None),
    ],
)
def test_a_short_text_is_in_its_feed_s_language_unless_the_script_contradicts(text, stated, language):
    assert text_language(text, stated) == language
