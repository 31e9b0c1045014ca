"""Who and what articles name: surnames, other countries' navies, offices by the day, ships that no list has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from wirewatch.topics.tagging import tag, tag_line

MENTIONS = Path(__file__).with_name("mentions.tsv")


def cases() -> Iterator[tuple[str, date, str, list[tuple[str, str, str | None]]]]:
    for line in MENTIONS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, day, sentence, listed = line.split("\t")
        expected = [] if listed == "-" else [part.split("=") for part in listed.split("|")]
        roles = [(words, entity, None if role == "-" else role) for words, entity, role in expected]
        yield language, date.fromisoformat(day), sentence, roles


@pytest.mark.parametrize(("language", "day", "sentence", "expected"), cases())
def test_what_a_sentence_names(shipped, language, day, sentence, expected):
    found = tag(shipped, "", sentence, language=language, on=day).mentions
    assert [(sentence[one.start : one.end], one.entity, one.role) for one in found] == expected


def test_entities_of_the_world_have_their_ids_and_places(shipped):
    found = {one.entity: one for one in tag(shipped, "", "The US Navy left Guam for China.", language="en").mentions}
    assert found["us_navy"].wikidata == "Q11220"
    assert (found["guam"].wikidata, found["guam"].latitude, found["guam"].longitude) == ("Q16635", 13.44, 144.79)
    assert found["china"].latitude is None


def test_the_filter_gives_mentions_by_the_day_of_publication(shipped):
    line = {"id": 1, "title": "Lloyd Austin speaks", "text": "He spoke.", "language": "en"}
    (of_then,) = tag_line({**line, "published_at": "Mon, 02 May 2022 08:00:00 GMT"}, [shipped])["mentions"]
    assert (of_then["entity"], of_then["role"]) == ("lloyd_austin", "secretary_of_defense")
    (undated,) = tag_line(line, [shipped])["mentions"]
    assert undated["role"] is None
    keys = {"entity", "kind", "name", "country", "role", "field", "start", "end"}
    assert keys <= undated.keys()


def test_a_second_event_type_has_words_of_its_own(shipped):
    title = "US blacklists six Chinese firms over spy balloon shot down by its air force"
    found = tag(shipped, title, "The Commerce Department added them to the entity list.", language="en")
    assert {found.event, found.event_also} == {"sanction_control", "encounter_transit"}
    assert [reason.event for reason in found.events] == [found.event, found.event_also]
    assert found.events[0].probability > found.events[1].probability
    for reason in found.events:
        assert reason.evidence
        assert all(row.weight > 0 and row.start is not None for row in reason.evidence)


def test_without_one_of_the_states_nothing_is_of_the_topic(shipped):
    for title in ("World War Three is near, general says", "Hot war feared", "Navy fires missiles in drill"):
        found = tag(shipped, title, "A hot war between great powers was feared. " * 3, language="en")
        if found.relevance.value != "none":
            assert "missing_side" not in {row.rule for row in found.evidence}
    lone = tag(shipped, "US Navy fires missiles", "The Pentagon said so.", language="en")
    assert lone.relevance.value == "none"
    assert "missing_side" in {row.rule for row in lone.evidence}


def test_function_words_are_no_reasons(shipped):
    found = tag(shipped, "China and the US would not have said so", "They said that they were with us.", language="en")
    little = {"and", "the", "would", "not", "have", "said", "so", "they", "that", "were", "with", "us"}
    assert not {row.term for row in found.evidence if row.rule == "word"} & little
