"""Topic files that nobody wrote in good faith: each ends in messages with line and fix, soon, and never otherwise."""

from __future__ import annotations

import io
import random
import time

import pytest
from ruamel.yaml import YAML

from tests.topics.conftest import BORDER
from wirewatch.errors import FileProblems
from wirewatch.topics.rules import load_topic
from wirewatch.topics.topic_file import TopicFile, find_mistakes
from wirewatch.yaml_files import read_model

BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
GROUP = "  - &g {group: g, kind: term, family: border, source: s, entries: {e: {en: [some words]}}}\n"


def said(write_topic, text: str | bytes) -> list[str]:
    path = write_topic()
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(FileProblems) as raised:
        load_topic(path)
    for problem in raised.value.problems:
        assert problem.fix
        assert len(str(problem)) < 1000, "a message of a hostile length"
    return [f"{problem.line}: {problem.what}" for problem in raised.value.problems]


def edited(old: str, new: str) -> str:
    assert old in BORDER
    return BORDER.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(BOMB, "1: `&a` is used again as `*a`", id="bomb"),
        pytest.param(BORDER + GROUP + "  - *g\n" * 3000, "47: `&g` is used again", id="bomb of groups"),
        pytest.param(BORDER + "x: &x [*x]\n", "47: `&x` is used again", id="cycle"),
        pytest.param("[" * 100_000, "1: nested too deeply", id="depth"),
        pytest.param("\n".join(" " * n + "a:" for n in range(2000)), "1: nested too deeply", id="depth of blocks"),
        pytest.param("!!python/object/apply:os.system [id]", "1: not YAML: could not determine", id="tag"),
        pytest.param(b"", "1: the file is empty", id="empty"),
        pytest.param("# nothing\n", "1: the file is empty", id="remarks only"),
        pytest.param("hello", "1: the file: should be a mapping of keys", id="a word"),
        pytest.param("- a\n", "1: the file: should be a mapping of keys", id="a list"),
        pytest.param(BORDER + "---\na: 1\n", "47: not YAML: but found another document", id="two documents"),
        pytest.param(BORDER.encode("utf-16"), "1: not UTF-8", id="utf-16"),
        pytest.param(BORDER.encode().replace(b"Asha", b"Ash\xe4"), "26: not UTF-8", id="latin-1"),
        pytest.param(edited("  border:", "\tborder:"), "8: not YAML: found character '\\t'", id="tab"),
        pytest.param(edited("Asha", "As\0ha"), "not YAML: unacceptable character", id="nul"),
        pytest.param(edited("[Asha Rao,", '["\\ud800 Rao",'), "29: '\\ud800 Rao' contains a character", id="surrogate"),
        pytest.param(edited("[Asha Rao,", '["\\0 Rao",'), "29: '\\x00 Rao' contains a character", id="written nul"),
        pytest.param(BORDER + "topic: again\n", "47: duplicate key `topic`", id="key twice"),
        pytest.param(BORDER + "#" + "x" * 11_000_000, "0: too large: 11,001,", id="large"),
        pytest.param(edited("families:", "families:\n  7: {about: x}"), "8: the key `7` in families", id="7"),
        pytest.param(edited("families:", "families:\n  ~: {about: x}"), "the key `None` in families", id="~"),
        pytest.param(edited("families:", "families:\n  ? [a]\n  : {about: x}"), "8: the key", id="list key"),
        pytest.param(edited("stands_for: [prc], en", "stands_for: [[prc]], en"), "18: groups[1].", id="list"),
        pytest.param(edited("{id: prc,", "{id: [prc],"), "6: `id` in sides[2]: should be text", id="side"),
        pytest.param(edited("family: border", "family: [border]"), "32: `family` in groups[3]", id="family"),
        pytest.param(edited("kind: person", "kind: persona"), "20: `kind` in groups[2]: not one of", id="kind"),
        pytest.param(edited("events: [clash, other]", "events: {clash: 1}"), "9: `events`: should", id="events"),
        pytest.param(edited("{country: IN,", "{weight: 1e999, country: IN,"), "17: `weight`", id="infinite"),
        pytest.param(edited("{country: IN,", "{weight: .nan, country: IN,"), "17: `weight`", id="nan"),
        pytest.param(edited("{country: IN,", f"{{weight: {'9' * 5000}, country: IN,"), "17: `weight`", id="digits"),
        pytest.param(edited("from: 2024-01-01", "from: 2024-02-31"), "28: `from`", id="31 February"),
        pytest.param(edited("from: 2024-01-01", "from: 99999-01-01"), "28: `from`", id="year 99999"),
        pytest.param(edited("from: 2024-01-01", "from: true"), "28: `from`", id="true as a day"),
        pytest.param(edited("until: 2025-12-31", "until: 2023-12-31"), "28: groups[2].entries", id="ends before"),
        pytest.param(edited("clashed", '"(a+)+$"'), "35: alias '(a+)+$': regular", id="regex that blows up"),
        pytest.param(edited("clashed", '"(.*a){20}"'), "35: alias '(.*a){20}': regular expressions", id="another"),
        pytest.param(edited("clashed", f'"{"(a|b)" * 40}"'), "35: alias", id="many forms"),
        pytest.param(edited("clashed", f'"{"x" * 100_000}"'), "35: alias", id="long alias"),
        pytest.param(edited("clashed", '"a|b"'), "35: alias 'a|b': a choice needs brackets", id="choice"),
        pytest.param(edited("clashed", '"()"'), "35: alias '()': empty", id="empty choice"),
        pytest.param(edited("clashed", '"..."'), "35: alias '...': empty", id="signs only"),
        pytest.param(edited("clashed", "1999"), "35: groups[3].entries.clash.languages.en[2]", id="a number as alias"),
        pytest.param(edited("clashed", "Indian"), "35: alias 'Indian' of `clash` stands for `india`", id="overlap"),
        pytest.param(edited("[cricket, test match(es)]", "cricket"), "41: `en`", id="aliases without a list"),
        pytest.param(edited("{en: [cricket", "{EN: [cricket"), "41: `cricket` in groups[4].entries: no", id="EN"),
        pytest.param(edited("model: india_china_border", "model: ../x"), "3: `model`", id="another folder"),
    ],
)  # fmt: skip
def test_it_is_said_soon(write_topic, text, message):
    began = time.process_time()
    problems = said(write_topic, text)
    assert any(message in problem for problem in problems), problems
    assert time.process_time() - began < 10


def test_forms_that_differ_by_the_arabic_article_alone_overlap(write_topic):
    text = edited("clash: {en:", "clash: {ar: [سفينة], en:").replace("cricket: {en", "cricket: {ar: [السفينة], en")
    assert any("stands for `clash` already" in problem for problem in said(write_topic, text))


@pytest.mark.parametrize(
    "text", ["\ufeff" + BORDER, BORDER.replace("\n", "\r\n"), edited("clashed", "clashed, clashed")]
)
def test_what_does_no_harm_is_allowed(write_topic, text):
    path = write_topic()
    path.write_bytes(text.encode())
    assert load_topic(path).name == "india_china_border"


STRANGE = [None, True, 7, -1.5, "", "x", "*", [], ["x"], [["x"]], [None], {}, {"x": 1}, {"en": ["x y"]}, {7: "x"}]
"""Values that may stand anywhere in YAML."""


def _mutate(value, chance: random.Random) -> None:
    """Puts something strange somewhere into a tree of mappings and lists."""
    inner = value
    while True:
        keys = list(inner) if isinstance(inner, dict) else list(range(len(inner)))
        if not keys:
            return
        key = chance.choice(keys)
        if chance.random() < 0.25 or not isinstance(inner[key], dict | list):
            break
        inner = inner[key]
    edit = chance.random()
    if edit < 0.2:
        del inner[key]
    elif edit < 0.3 and isinstance(inner, dict):
        inner[chance.choice(["x", 7, None, "en", "kind", "entries"])] = inner.pop(key)
    else:
        inner[key] = chance.choice(STRANGE)


@pytest.mark.parametrize("seed", range(10))
def test_any_mutation_is_valid_or_has_messages(seed):
    """Forty files each: nothing but FileProblems is raised, and every line is one of the file."""
    chance, refused, lines = random.Random(seed), 0, set()
    for _ in range(40):
        value = YAML(typ="safe").load(BORDER)
        for _ in range(chance.randint(1, 4)):
            _mutate(value, chance)
        stream = io.BytesIO()
        YAML(typ="safe").dump(value, stream)
        data = stream.getvalue()
        try:
            read_model(data, TopicFile, file="x.yaml", check=find_mistakes)
        except FileProblems as error:
            refused += 1
            lines |= {(problem.line, data.count(b"\n") + 1) for problem in error.problems}
    assert refused > 20
    assert all(1 <= line <= last for line, last in lines)
