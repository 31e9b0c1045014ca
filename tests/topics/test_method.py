"""A change of the code that makes other tags is a new method, so that the past is tagged again."""

from __future__ import annotations

import hashlib
from datetime import date

from wirewatch.topics.rules import METHOD, topic_from_content
from wirewatch.topics.tagging import tag

DIGEST = {8: "41409fca39c75ef2"}
"""What a method makes of `ARTICLES`."""

ARTICLES = [
    ("en", "Indian and Chinese troops in border clash", "A border clash was reported. General Rao spoke in New Delhi."),
    ("en", "India beats China at cricket", "<p>A test match &amp; more.</p>\nThe Indian Ocean was calm. It clashed."),
    ("zh", "中印邊境衝突", "印度與中國軍隊發生衝突。"),
    ("es", "India y China", "India y China hablaron. " * 90),
    ("en", "A long walk", "They walked on. " * 140 + "Indian and Chinese troops fought a border clash."),
]


def test_another_result_is_another_method(border):
    made = []
    for language, title, text in ARTICLES:
        found = tag(border, title, text, language=language, on=date(2025, 3, 1))
        rows = [(row.rule, row.term, row.field, row.start, row.end, round(row.weight, 9)) for row in found.evidence]
        mentions = [(one.entity, one.role, one.field, one.start, one.end) for one in found.mentions]
        made.append((found.relevance.value, found.event, rows, mentions))
    digest = hashlib.sha256(repr(made).encode()).hexdigest()[:16]
    assert DIGEST.get(METHOD) == digest, (
        "the code makes other tags: raise METHOD in topics/rules.py, and write its digest here"
    )


def test_the_method_is_part_of_the_version(border):
    assert topic_from_content(border.content | {"method": METHOD + 1}).version != border.version


def test_rules_of_before_models_named_their_topic_are_read_as_they_were(border):
    model = {key: value for key, value in border.content["model"].items() if key not in ("format", "topic")}
    old = topic_from_content({"rules": border.content["rules"], "model": model})
    assert old.content["model"] == model
    assert old.model.topic is None
    assert old.entries == border.entries
