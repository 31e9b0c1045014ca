"""Topic files: what is valid, and what is said of what is not."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.topics.conftest import BORDER
from wirewatch.errors import FileProblems
from wirewatch.topics.rules import load_topic, load_topics, topic_from_content
from wirewatch.topics.tagging import reader_of
from wirewatch.topics.topic_file import RESERVED


def problems(write_topic, text: str) -> list[str]:
    with pytest.raises(FileProblems) as raised:
        load_topic(write_topic(text))
    return [f"{problem.line}: {problem.what} ({problem.fix})" for problem in raised.value.problems]


def test_the_shipped_file_is_valid(shipped):
    assert shipped.name == "us_china_military"
    assert shipped.sides == ("us", "prc")
    assert len({entry.id for entry in shipped.entries}) == len(shipped.entries) > 350
    languages = {alias.language for entry in shipped.entries for alias in entry.aliases}
    assert languages == {"en", "zh", "es", "ar"}


def test_the_warehouse_gives_back_the_same_topic(shipped):
    stored = json.loads(json.dumps(shipped.content, sort_keys=True))
    again = topic_from_content(stored)
    assert again.version == shipped.version
    assert again.sides == shipped.sides
    assert set(again.entries) == set(shipped.entries)


def test_the_version_follows_rules_and_model(write_topic, tmp_path):
    before = load_topic(write_topic())
    assert load_topic(write_topic(BORDER + "# a remark\n")).version == before.version
    assert load_topic(write_topic(BORDER.replace("clashed", "skirmish"))).version != before.version
    path = write_topic()
    model = tmp_path / "india_china_border.model.json"
    model.write_text(model.read_text().replace("-2.0", "-2.5"))
    assert load_topic(path).version != before.version


def test_ten_mistakes_give_ten_messages(write_topic):
    broken = """\
topic: india_china_border
title: ""
model: india_china_border.model.json
sides:
  - {id: india, name: India, country: India}
  - {id: prc, name: China, country: CN}
families:
  border: {about: "troops"}
contexts:
  cricket: {about: "cricket"}
groups:
  - group: states
    kind: state
    source: "official names"
    entries:
      india: {stands_for: [indai], en: [India]}
      china: {stands_for: [prc], en: [China, "(Chi+na"]}
      china: {stands_for: [prc], en: [PRC]}
  - group: words
    kind: term
    family: boarder
    source: "common words"
    entries:
      clash: {en: [clash, ""]}
      other: {en: [clash], weight: heavy}
      nothing: {weight: 1}
"""
    said = problems(write_topic, broken)
    lines = [int(line.split(":")[0]) for line in said]
    assert lines == sorted(lines)
    expected = [
        (2, "`title`", "write a title"),
        (5, "`country`", "ISO 3166-1"),
        (13, "`kind`", "write one of actor"),
        (16, "unknown side `indai`", "india"),
        (17, "alias '(Chi+na'", "with (a|b) for a choice"),
        (18, "duplicate key `china`", "keep one"),
        (21, "unknown family `boarder`", "did you mean `border`?"),
        (24, "alias ''", "write the words"),
        (25, "alias 'clash' of `other` stands for `clash` already", "remove it from one"),
        (25, "`weight`", "a number from 0 to 2"),
        (26, "`nothing`", "no aliases"),
    ]
    for line, what, fix in expected:
        assert any(text.startswith(f"{line}:") and what in text and fix in text for text in said), (line, what, said)
    assert len(said) == len(expected)


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("from: 2024-01-01, until: 2025-12-31", "from: 2026-01-01, until: 2025-12-31", "ends (2025-12-31) before"),
        ("from: 2024-01-01", "from: someday", "`from`"),
        ("terms: [{role", "terms: [{rolle", "unknown key `rolle`"),
        ("    context: cricket\n", "", "a context without its name"),
        ("topic: india_china_border", "topic: border", "but the file is india_china_border.yaml"),
        ("events: [clash, other]", "events: [other]", "can say clash"),
        ("model: india_china_border.model.json", "model: missing.json", "can't be read"),
        ("kind: person", "kind: actor", "terms of office on a actor"),
        ("[cricket, test match(es)]}", "[cricket], languages: {de: [Kricket]}}", "`languages` is no key"),
        ("cricket: {about", "third: {about", "`third` is the name of a measure"),
        ("cricket: {about", "border: {about", "`border` is a family and a context"),
    ],
)
def test_single_mistakes(write_topic, old, new, what):
    assert old in BORDER
    assert any(what in text for text in problems(write_topic, BORDER.replace(old, new)))


def test_a_broken_model_is_said(write_topic, tmp_path):
    path = write_topic()
    (tmp_path / "india_china_border.model.json").write_text('{"version": "1",\n "core": }')
    with pytest.raises(FileProblems, match=r"model\.json:2: not JSON"):
        load_topic(path)


def test_all_files_of_a_folder_are_reported_at_once(write_topic, tmp_path):
    write_topic(BORDER.replace("kind: actor", "kind: actress"))
    (tmp_path / "second.yaml").write_text("topic: [\n")
    with pytest.raises(FileProblems) as raised:
        load_topics(tmp_path)
    assert {problem.file.rsplit("/")[-1] for problem in raised.value.problems} == {
        "india_china_border.yaml",
        "second.yaml",
    }


def test_an_empty_folder_is_said(tmp_path):
    with pytest.raises(FileProblems, match="no topic file"):
        load_topics(tmp_path)


@pytest.mark.parametrize(
    ("day", "role"),
    [
        (None, None),
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), "army_chief"),
        (date(2025, 12, 31), "army_chief"),
        (date(2026, 1, 1), "former_army_chief"),
        (date(2026, 12, 31), "former_army_chief"),
        (date(2027, 1, 1), "minister"),
        (date(2040, 1, 1), "minister"),
    ],
)
def test_roles_follow_the_terms_of_office(write_topic, day, role):
    """Also with two terms and a gap between them, whatever their order in the file; no office before the first."""
    terms = "terms: [{role: minister, from: 2027-01-01}, {role: army_chief"
    topic = load_topic(write_topic(BORDER.replace("terms: [{role: army_chief", terms)))
    general = next(entry for entry in topic.entries if entry.id == "general_rao")
    assert general.role_on(day) == role


@pytest.mark.parametrize(
    ("edit", "what"),
    [
        (lambda model: model | {"topic": "weather"}, "is of the topic `weather`, not of `india_china_border`"),
        (lambda model: model | {"format": 3}, "`format`: Input should be 1 or 2"),
        (lambda model: model | {"core_from": float("nan")}, "NaN is no weight"),
        (lambda model: model | {"card": {}}, "`card.about`: Field required"),
        (lambda model: {key: model[key] for key in model if key != "relevant"}, "`relevant`: Field required"),
        (lambda model: [], "the model: Input should be"),
        (lambda model: model | {"events": {"war": {"bias": 0, "weights": {}}}}, "can say war"),
        (lambda model: model | {"core": {"bias": "x", "weights": {"long": []}}}, "`core.weights.long`"),
    ],
)
def test_a_wrong_model_is_refused(write_topic, tmp_path, edit, what):
    path = write_topic()
    model = tmp_path / "india_china_border.model.json"
    model.write_text(json.dumps(edit(json.loads(model.read_text()))))
    with pytest.raises(FileProblems) as raised:
        load_topic(path)
    assert any(what in str(problem) for problem in raised.value.problems), raised.value


def test_a_model_without_end_is_refused(write_topic, tmp_path):
    path = write_topic()
    (tmp_path / "india_china_border.model.json").write_text("[" * 100_000)
    with pytest.raises(FileProblems, match="nested too deeply"):
        load_topic(path)


def test_no_measure_has_a_name_that_a_family_may_have(border):
    areas = ("title_", "head_", "body_")
    measured = {name.split("_", 1)[1] for name in reader_of(border).feature_names() if name.startswith(areas)}
    assert measured - {*border.families, *border.contexts} <= RESERVED


def test_weights_of_a_renamed_entry_are_named(write_topic, tmp_path):
    path = write_topic()
    assert load_topic(path).lost_weights == ()
    model = tmp_path / "india_china_border.model.json"
    model.write_text(model.read_text().replace('"title_relation": 1.0', '"title:troops": 1.0, "head:clash": 1.0'))
    assert load_topic(path).lost_weights == ("troops",)
    model.write_text(model.read_text().replace('"head_both": 2.0', '"head_both": 2.0, "pair:clash+tanks": 1.0'))
    assert load_topic(path).lost_weights == ("tanks", "troops")


def test_the_shipped_model_has_a_card(shipped):
    assert shipped.model.topic == shipped.name
    assert {"about", "learned_from", "method", "judged_on_sources_left_out", "not_for"} <= shipped.model.card.keys()
