"""What single words and pairs of entries add: found by hand, explained to the last row, and without a say elsewhere."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from tests.topics.conftest import BORDER_MODEL, CLASH
from tests.topics.test_tagging import check_sums
from wirewatch.errors import FileProblems
from wirewatch.records import Relevance
from wirewatch.topics.difference import Difference
from wirewatch.topics.reasons import rows_of
from wirewatch.topics.rules import Topic, load_topic, topic_from_content
from wirewatch.topics.tagging import explain, tag
from wirewatch.topics.words import WordTable, words_in

SUMS = ["core", "relevant", "clash", "other"]
TABLE = {
    "monsoon": [-3.0, -1.0, 0.0, 2.0],
    "soldiers": [4.0, 2.0, 1.0, 0.0],
    "US": [1.0, 0.0, 0.0, 0.0],
    "us": [-1.0, 0.0, 0.0, 0.0],
    **{f"word{letter}": [0.1 * number, 0.0, 0.0, 0.0] for number, letter in enumerate("abcdefghij", start=1)},
}


def with_words() -> dict:
    """The small model with a table of words, and a pair."""
    model = deepcopy(BORDER_MODEL) | {"format": 2, "words": {"languages": ["en"], "sums": SUMS, "weights": TABLE}}
    for name, part in (("core", model["core"]), ("relevant", model["relevant"]), *model["events"].items()):
        part["weights"][f"words_{name}"] = 1.0
    model["core"]["weights"]["pair:china+clash"] = 0.7
    return model


@pytest.fixture
def wordy(border) -> Topic:
    """The small topic with that model."""
    return topic_from_content(border.content | {"model": with_words()})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("China's U.S. envoy", ["China", "US", "envoy"]),
        ("don’t <b>mind</b> &amp; go", ["don't", "mind", "go"]),
        ("A B-52 in 2023", ["in"]),
        ("中国 y España", ["中国", "España"]),
    ],
)
def test_what_a_word_is(text, words):
    assert [word for word, *_ in words_in(text)] == words


def test_the_mean_counts_headline_twice_and_unknown_words_as_nothing():
    table = WordTable(("en",), tuple(SUMS), {word: tuple(row) for word, row in TABLE.items()})
    title, head = "US soldiers", "Soldiers told us nothing."
    words = table.read(title, head, "en")
    # Two words of the headline count twice, three of the text once, and *us* is none: seven.
    assert [(word.key, word.field, word.part) for word in words] == [
        ("US", "title", 2 / 7),
        ("soldiers", "title", 2 / 7),
        ("soldiers", "text", 1 / 7),
    ]
    assert table.values(words)["words_core"] == pytest.approx((2 + 8 + 4) / 7)
    assert table.read(title, head, "es") == table.read(title, head, None) == table.read("", "", "en") == ()


def test_words_and_pairs_are_evidence_that_adds_up(wordy, border):
    text = "Soldiers met in the MONSOON. " + " ".join(f"word{letter}" for letter in "abcdefghij") + " India."
    title = "China clashed with us"
    explained = explain(wordy, title, text, language="en")
    check_sums(explained.tag, title, text)
    evidence = rows_of(title, text, wordy.model.core.bias, explained.contributions("core"))
    rows = {(row.rule, row.term, row.field): row.weight for row in evidence}
    count = 2 * 2 + 14
    assert rows["word", "Soldiers", "text"] == pytest.approx(4 / count)
    assert rows["word", "MONSOON", "text"] == pytest.approx(-3 / count)
    named = [row for row in evidence if row.rule == "word"]
    assert len(named) == 4, "the strongest have rows of their own"
    (rest,) = (row for row in evidence if row.rule == "words_core")
    assert (rest.field, rest.start) == ("model", None)
    total = (4 - 3 + 0.1 * sum(range(1, 11))) / count
    assert rest.weight == pytest.approx(total - sum(row.weight for row in named))
    plain = explain(border, title, text, language="en")
    assert sum(row.weight for row in evidence) == pytest.approx(plain.sums["core"] + total + 0.7)
    pair = next(part for part in explained.contributions("core") if part.feature == "pair:china+clash")
    assert [(cause.name, cause.share) for cause in pair.causes] == [("china", 0.35), ("clash", 0.35)]


def test_pairs_of_the_headline_are_pairs_of_their_own(border):
    model = deepcopy(BORDER_MODEL)
    model["core"]["weights"] |= {"title_pair:china+india": 0.5, "pair:china+india": 0.25}
    topic = topic_from_content(border.content | {"model": model})

    def pairs(title: str, text: str) -> dict[str, list[tuple[str, str, float]]]:
        explained = explain(topic, title, text, language="en")
        check_sums(explained.tag, title, text)
        return {
            part.feature: [(cause.name, cause.field, cause.share) for cause in part.causes]
            for part in explained.contributions("core")
            if "pair:" in part.feature
        }

    in_head = {"pair:china+india": [("china", "title", 0.125), ("india", "text", 0.125)]}
    assert pairs("China speaks", "India listens.") == in_head
    assert pairs("China and India speak", "Nothing else.") == {
        "title_pair:china+india": [("china", "title", 0.25), ("india", "title", 0.25)],
        "pair:china+india": [("china", "title", 0.125), ("india", "title", 0.125)],
    }


def test_words_decide_about_all_sums(wordy):
    assert tag(wordy, "Rain", "It rained.", language="en").relevance is Relevance.NONE
    assert tag(wordy, "Soldiers", "Soldiers", language="en").relevance is Relevance.CORE
    assert tag(wordy, "Soldiers", "Soldiers", language="en").event == "clash"
    assert tag(wordy, "Soldiers", "Soldiers", language="es").relevance is Relevance.NONE


def test_only_the_head_is_read(wordy):
    text = "It rained. " * 80 + "Soldiers! " * 50
    assert not [row for row in tag(wordy, "Rain", text, language="en").evidence if row.rule.startswith("word")]


def test_a_model_without_words_is_as_it_was(border, wordy):
    assert border.content["model"] == BORDER_MODEL
    assert border.model.words is None
    assert not {row.rule for row in tag(border, *CLASH, language="en").evidence} & {"word", "words_core"}
    again = topic_from_content(json.loads(json.dumps(wordy.content)))
    assert again.version == wordy.version
    assert again.model.as_dict() == with_words() == wordy.model.as_dict()


def test_a_version_outlives_the_warehouse(wordy):
    """Postgres has no -0.0; a version that depended on it would be another one after the rules were stored."""
    content = deepcopy(wordy.content)
    content["model"]["words"]["weights"]["soldiers"] = [4.0, 2.0, 1.0, -0.0]
    content["model"]["core"]["weights"]["long"] = -0.0
    model = topic_from_content(content).model.as_dict()
    assert "-0.0" not in json.dumps(model)


def test_other_words_spare_nothing_and_the_same_words_do(border, wordy):
    changed = deepcopy(wordy.content)
    changed["model"]["words"]["weights"]["soldiers"][1] = 2.5
    for one, other in ((border, wordy), (wordy, topic_from_content(changed))):
        assert not Difference(one, other).spares("Rain", "It rained.", "en")
    card = wordy.content["model"] | {"card": {"about": "another card"}}
    assert Difference(wordy, topic_from_content(wordy.content | {"model": card})).spares("Soldiers", "", "en")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"languages": ["en"], "sums": SUMS, "weights": {"navy": [1.0]}}, "'navy' has 1 weights, and there are 4 sums"),
        ({"languages": ["en"], "sums": ["core"], "weights": {}}, "sums must be core, relevant and the events"),
        ({"languages": [], "sums": SUMS, "weights": {}}, "words.languages"),
        ({"languages": ["en"], "sums": SUMS, "weights": {"navy": ["much"] * 4}}, "words.weights.navy"),
    ],
)
def test_a_broken_table_is_refused(write_topic, words, message):
    path = write_topic()
    path.with_name("india_china_border.model.json").write_text(json.dumps(with_words() | {"words": words}))
    with pytest.raises(FileProblems, match=message):
        load_topic(path)
