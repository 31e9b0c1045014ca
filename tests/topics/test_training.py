"""`wirewatch train`: learns, reports by source, refuses what is worse on the check set."""

from __future__ import annotations

import json

import pytest

from wirewatch.topics.rules import load_topic
from wirewatch.topics.tagging import tag

pytest.importorskip("scipy", reason="needs the extra `train`")
pytest.importorskip("wordllama", reason="needs the extra `train`")

CLASH = ("India and Chinese troops clash at the border", "A border clash between India and China, troops said.")
CRICKET = ("India beats China at cricket", "A cricket match between India and China, and more cricket.")
NEITHER = ("Rain is expected", "It rained on the plains.")


def records(count: int, *, turned: bool = False) -> list[dict]:
    """`count` labelled articles of five sources; with the labels the wrong way round when `turned`."""
    kinds = [(CLASH, "core", "clash"), (CRICKET, "no", None), (NEITHER, "no", None)]
    if turned:
        kinds = [(CLASH, "no", None), (CRICKET, "core", "clash"), (NEITHER, "no", None)]
    return [
        {
            "id": str(number), "title": title, "text": f"{text} Report {number} of the day.", "language": "en",
            "relevance": relevance, "event": event, "publisher": f"paper {number % 5}", "kind": "short",
            "confidence": "h",
        }
        for number in range(count)
        for (title, text), relevance, event in [kinds[number % 3]]
    ]  # fmt: skip


def test_a_model_is_learned_and_reported(border):
    from wirewatch.topics.rules import with_model
    from wirewatch.topics.training.running import readable, train

    trained = train(border, records(150), "2", ["digest"])
    learned = with_model(border, trained.model)
    assert tag(learned, *CLASH, language="en").relevance.value == "core"
    assert tag(learned, *CLASH, language="en").event == "clash"
    assert tag(learned, *CRICKET, language="en").relevance.value != "core"
    assert any(line.startswith("en short") for line in trained.lines)
    assert any(line.startswith("paper 0") for line in trained.lines)
    assert json.loads(readable(trained.model.as_dict()))["version"] == "2"
    assert trained.model.card["learned_from"]["sha256"] == ["digest"]
    assert learned.version != border.version


def test_what_is_worse_on_the_check_set_is_refused(border, tmp_path):
    from wirewatch.topics.training.running import checked, train

    check = tmp_path / "check.jsonl"
    check.write_text("\n".join(json.dumps(record) for record in records(30)) + "\n")
    assert checked(border, train(border, records(150), "2", []).model, check).passed
    worse = checked(border, train(border, records(150, turned=True), "3", []).model, check)
    assert not worse.passed
    assert "30 articles" in str(worse)


@pytest.mark.parametrize(
    ("given", "message"),
    [(records(30), "at least 100"), ([{**record, "event": "war"} for record in records(120)], "does not have: war")],
)
def test_what_can_not_be_learned_from_is_said(border, given, message):
    from wirewatch.topics.training.running import train

    with pytest.raises(ValueError, match=message):
        train(border, given, "2", [])


def test_a_bad_line_is_named(tmp_path):
    from wirewatch.topics.training.items import read_records

    path = tmp_path / "labels.jsonl"
    path.write_text('{"title": "a", "text": "b", "relevance": "core"}\n{"text": "b"}\n')
    with pytest.raises(ValueError, match=r"labels\.jsonl:2: not a labelled article"):
        list(read_records(path))


def test_the_shipped_topic_is_loaded_without_the_extra(shipped):
    assert load_topic is not None
    assert shipped.model.words is not None
