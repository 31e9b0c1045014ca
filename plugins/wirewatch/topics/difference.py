"""What the change of a topic's rules can change in an article (pure).

An analyst adds or fixes a few entries; few articles have their words. In all others both rules find the same places,
so they decide alike, word for word, and nothing needs to be read again but for those few words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wirewatch.text.language import guess_language
from wirewatch.topics.matching import Matcher
from wirewatch.topics.rules import RuleEntry, Topic


class Difference:
    """Two rules of one topic, compared. Making one costs much more than using it: keep it."""

    def __init__(self, old: Topic, new: Topic) -> None:
        changed = _changed_entries(old, new)
        self._matcher = None if changed is None else Matcher(replace(new, entries=changed))

    def spares(self, title: str, text: str, language: str | None) -> bool:
        """Whether both rules make the same tag of this article. False when that can't be told by the changed words.

        `language` as for `tagging.tag`.
        """
        if self._matcher is None:
            return False
        language = language or guess_language(f"{title}\n{text}")
        return not self._matcher.find(title, language) and not self._matcher.find(text, language)


def _changed_entries(old: Topic, new: Topic) -> tuple[RuleEntry, ...] | None:
    """What only one of the two looks for; None when more than entries differs, or their order does."""
    had, has = {entry.id: entry for entry in old.entries}, {entry.id: entry for entry in new.entries}
    if _frame(old) != _frame(new) or [name for name in had if name in has] != [name for name in has if name in had]:
        return None
    return tuple(entry for name in had | has for entry in _changes(had.get(name), has.get(name)))


def _changes(before: RuleEntry | None, after: RuleEntry | None) -> Iterator[RuleEntry]:
    """Both forms of a changed entry; where only aliases changed, the entry with those alone."""
    if before == after:
        return
    if before and after and replace(before, aliases=()) == replace(after, aliases=()):
        yield replace(after, aliases=tuple(set(before.aliases) ^ set(after.aliases)))
    else:
        yield from filter(None, (before, after))


def _frame(topic: Topic) -> tuple[object, ...]:
    """Whatever decides about an article beside the entries, as the file and the model hold it."""
    rules, model = topic.content["rules"], topic.content["model"]
    return (
        topic.content.get("method"),
        {key: value for key, value in rules.items() if key not in ("title", "groups")},
        {key: value for key, value in model.items() if key not in ("format", "topic", "version", "card")},
    )
