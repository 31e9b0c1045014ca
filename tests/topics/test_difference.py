"""What a change of the rules can change: never more is spared than may be."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest

from tests.topics.conftest import BORDER
from wirewatch.demo.sample_web.stories import articles
from wirewatch.topics.difference import Difference
from wirewatch.topics.rules import Alias, Topic, load_topic, topic_from_content
from wirewatch.topics.tagging import tag


def test_only_articles_with_the_changed_words_are_read_again(write_topic):
    old = load_topic(write_topic())
    difference = Difference(old, load_topic(write_topic(BORDER.replace(", ladder line", ", rope bridge"))))
    assert not difference.spares("The ladder line", "", "en")
    assert not difference.spares("", "A rope bridge.", "en")
    assert difference.spares("Indian and Chinese troops clashed", "The ladder lines.", "en"), (
        "other aliases of the entry"
    )
    renamed = Difference(old, load_topic(write_topic(BORDER.replace("name: Asha Rao", "name: Asha V. Rao"))))
    assert not renamed.spares("General Rao", "", "en")
    assert renamed.spares("Indian and Chinese troops clashed", "", "en")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("against: true", "against: false"),
        ('border: {about: "troops and clashes at the border"}', 'border: {about: "x", supporting: true}'),
        ("events: [clash, other]", "events: [other, clash]"),
    ],
)
def test_a_change_of_more_than_entries_spares_nothing(write_topic, before, after):
    assert before in BORDER
    old = load_topic(write_topic())
    assert not Difference(old, load_topic(write_topic(BORDER.replace(before, after)))).spares(
        "Rain", "It rained.", "en"
    )


def test_other_weights_or_another_method_spare_nothing(border):
    for change in ({"model": border.content["model"] | {"core_from": 1.0}}, {"method": -1}):
        assert not Difference(border, topic_from_content(border.content | change)).spares("Rain", "", "en")
    model = border.content["model"] | {"version": "2", "card": {"about": "other words"}}
    assert Difference(border, topic_from_content(border.content | {"model": model})).spares("Rain", "", "en")


def test_remarks_titles_and_sources_spare_everything(write_topic):
    old = load_topic(write_topic())
    new = load_topic(write_topic(BORDER.replace("common words", "a dictionary").replace("The border of", "Borders of")))
    assert old.version != new.version
    assert Difference(old, new).spares("Indian and Chinese troops clashed", "", "en")


def _edited(topic: Topic, chance: random.Random) -> Topic:
    """`topic` with a few entries gone, renamed, weighed anew, or with other aliases; in the same order."""
    entries = []
    for entry in topic.entries:
        edit = chance.random()
        if edit < 0.01:
            continue
        if edit < 0.02:
            entry = replace(entry, name=entry.name + " II", weight=0.3)
        elif edit < 0.04 and len(entry.aliases) > 1:
            entry = replace(entry, aliases=entry.aliases[: len(entry.aliases) // 2])
        elif edit < 0.05:
            entry = replace(entry, aliases=(*entry.aliases, Alias(chance.choice(_WORDS), "en")))
        entries.append(entry)
    return replace(topic, entries=tuple(entries), content=topic.content | {"edit": chance.random()})


_WORDS = ("defence officials", "the talks", "Manila", "harbour", "said on", "in Beijing")


@pytest.mark.parametrize("seed", range(4))
def test_what_is_spared_gets_the_same_tag(shipped, seed):
    """The claim on which relabelling rests, on the newsroom's articles in four languages."""
    new = _edited(shipped, random.Random(seed))
    difference = Difference(shipped, new)
    on, spared, changed = date(2026, 3, 5), 0, 0
    for article in articles().values():
        language = article.outlet.language[:2]
        old_tag = tag(shipped, article.title, article.text, language=language, on=on)
        new_tag = replace(
            tag(new, article.title, article.text, language=language, on=on), rules_version=shipped.version
        )
        if difference.spares(article.title, article.text, language):
            spared += 1
            assert new_tag == old_tag
        else:
            changed += new_tag != old_tag
    assert spared
    assert changed
