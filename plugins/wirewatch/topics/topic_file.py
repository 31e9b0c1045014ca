"""The shape of a topic file, and the mistakes that only several values together show (pure)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from wirewatch.text.folding import fold, without_article
from wirewatch.topics.aliases import expand
from wirewatch.yaml_files import Mistake, ValuePath, shortened

ENTITY_KINDS = ("actor", "person", "unit", "vessel", "aircraft", "weapon", "base", "place", "exercise")
"""Kinds whose entries are things in the world: what a text says of them becomes mentions."""
Kind = Literal[
    "actor", "person", "unit", "vessel", "aircraft", "weapon", "base", "place", "exercise", "term", "context", "shield"
]

_LANGUAGE = re.compile(r"^[a-z]{2}$")
_ID = r"^[a-z][a-z0-9_]*$"


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Side(_Shape):
    """One of the parties whose relation is the topic."""

    id: str = Field(pattern=_ID, description="a word in small letters, e.g. us")
    name: str = Field(min_length=1, description="the party's name in English")
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2 in capitals, e.g. US")


class Family(_Shape):
    """A group of terms that speak for the topic."""

    about: str = Field(min_length=1, description="what its terms are about, in words")
    event: str | None = Field(None, description="the event type that its terms speak for, one of the file's events")
    supporting: bool = Field(
        False, description="true when its terms speak for the topic only beside those of other families"
    )


class Context(_Shape):
    """Another subject, or one beside the topic."""

    about: str = Field(min_length=1, description="what it is about, in words")
    against: bool = Field(False, description="true when a sentence about it is not about the topic")
    party: bool = Field(False, description="true when its words name states that are no sides of the topic")


class Office(_Shape):
    """An office that a person held."""

    role: str = Field(pattern=_ID, description="the office in small letters, e.g. secretary_of_defense")
    begin: date = Field(alias="from", description="the first day in office, as 2021-01-22")
    end: date | None = Field(
        None, alias="until", description="the last day in office, as 2025-01-20; none while it lasts"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Office:
        if self.end is not None and self.end < self.begin:
            raise ValueError(f"the term of office ends ({self.end}) before it begins ({self.begin}): swap the dates")
        return self


class _Defaults(_Shape):
    kind: Kind | None = Field(None, description="one of " + ", ".join(get_args(Kind)))
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2 in capitals, e.g. CN")
    role: str | None = Field(None, pattern=_ID, description="a word in small letters, e.g. theatre_command")
    stands_for: list[str] | None = Field(None, description="a list of sides, e.g. [us]")
    implies: list[str] | None = Field(None, description="a list of sides, e.g. [prc]")
    family: str | None = Field(None, description="one of the file's families")
    context: str | None = Field(None, description="one of the file's contexts")
    weight: float | None = Field(None, ge=0, le=2, description="a number from 0 to 2, 1 for an ordinary term")
    source: str | None = Field(None, min_length=1, description="where the entry's facts can be checked")


class EntryShape(_Defaults):
    """One thing to look for; what it leaves out it takes from its group."""

    name: str | None = Field(None, min_length=1, description="the name to show, in English")
    wikidata: str | None = Field(None, pattern=r"^Q[1-9][0-9]*$", description="its item in Wikidata, e.g. Q30")
    coordinates: tuple[float, float] | None = Field(None, description="degrees north and east, e.g. [13.44, 144.79]")
    with_name: bool = Field(
        False, description="true when the capitalised words that follow are its name: each is a thing of its own"
    )
    terms: list[Office] = Field([], description="a list of {role: …, from: 2021-01-22, until: 2025-01-20}")
    languages: dict[str, list[str]] = Field(
        min_length=1, description="aliases by language, e.g. en: [Pentagon, Defense Department]"
    )

    @model_validator(mode="before")
    @classmethod
    def _gather_languages(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "languages" in value:
            raise ValueError("`languages` is no key; write each language as a key of its own, such as en: [word]")
        languages = {key: aliases for key, aliases in value.items() if isinstance(key, str) and _LANGUAGE.match(key)}
        if not languages:
            raise ValueError("no aliases in any language, a key of two small letters such as en or zh")
        return {key: part for key, part in value.items() if key not in languages} | {"languages": languages}


class GroupShape(_Defaults):
    """Entries of one kind, with what they have in common."""

    group: str = Field(pattern=_ID, description="the group's id in small letters, e.g. us_navy_ships")
    kind: Kind = Field(description="one of " + ", ".join(get_args(Kind)))
    source: str = Field(min_length=1, description="where the entries' facts can be checked")
    entries: dict[str, EntryShape] = Field(min_length=1, description="entries by id, e.g. pentagon: {en: [Pentagon]}")


class TopicFile(_Shape):
    """A whole topic file."""

    topic: str = Field(pattern=_ID, description="the topic's name in small letters, the file's name without .yaml")
    title: str = Field(min_length=1, description="a title for people")
    model: str = Field(pattern=r"^[\w.-]+\.json$", description="the name of the model's file beside this one")
    sides: list[Side] = Field(min_length=1, max_length=2, description="one or two sides, e.g. {id: us, name: …}")
    families: dict[str, Family] = Field(min_length=1, description="families by id, e.g. talks: {about: …}")
    events: list[str] = Field([], description="the event types that a core story can have")
    contexts: dict[str, Context] = Field({}, description="contexts by id, e.g. trade: {about: …, against: true}")
    generic: dict[str, list[str]] = Field(
        {}, description="by language, aliases that every country has one of, e.g. en: [Navy, lawmakers]"
    )
    groups: list[GroupShape] = Field(min_length=1, description="a list of groups of entries")

    @field_validator("events")
    @classmethod
    def _once_each(cls, events: list[str]) -> list[str]:
        if len(set(events)) < len(events):
            raise ValueError("an event stands twice: keep one")
        return events


RESERVED = frozenset(
    {"relation", "named_relation", "loose_relation", "epitome", "both", "named_both", "strength", "support", "third"}
    | {"third_alone", "side1", "side2", "side1_forces", "side2_forces", "parts", "sides", "terms", "central", "against"}
)
"""Names of the measures that every topic has (topics/features.py), and of what causes them."""


def find_mistakes(value: Any) -> Iterator[Mistake]:
    """What is wrong across the values of a topic file, valid or not: unknown names, ids and aliases used twice."""
    if not isinstance(value, dict):
        return
    families, events = value.get("families"), value.get("events", [])
    yield from _taken_names(value)
    for name, family in families.items() if isinstance(families, dict) else ():
        event = family.get("event") if isinstance(family, dict) else None
        if isinstance(event, str) and isinstance(events, list) and event not in events:
            yield _unknown(("families", name, "event"), "event", event, events)
    if not isinstance(value.get("groups"), list):
        return
    ids: dict[str, ValuePath] = {}
    aliases: dict[tuple[str, str, tuple[int, ...]], str] = {}
    for number, group in enumerate(value["groups"]):
        if not isinstance(group, dict):
            continue
        place: ValuePath = ("groups", number)
        yield from _unknown_names(value, group, place)
        entries = group.get("entries")
        for entry_id, entry in entries.items() if isinstance(entries, dict) else ():
            inner: ValuePath = (*place, "entries", entry_id)
            if not re.match(_ID, str(entry_id)):
                yield Mistake(inner, f"`{entry_id}` is no id", "use small letters, digits and _, a letter first")
            if entry_id in ids:
                yield Mistake(inner, f"the id `{entry_id}` stands twice", "give one of the two another id")
            ids[entry_id] = inner
            if isinstance(entry, dict):
                yield from _unknown_names(value, entry, inner)
                yield from _purpose(group, entry, inner)
                yield from _bad_aliases(entry_id, entry, inner, aliases)


def _taken_names(value: dict[str, Any]) -> Iterator[Mistake]:
    """Families and contexts whose names features have already: two things would be counted as one."""
    families, contexts = (
        names if isinstance(names, dict) else {} for names in map(value.get, ("families", "contexts"))
    )
    for key, names in (("families", families), ("contexts", contexts)):
        for name in names:
            if name in RESERVED:
                yield Mistake((key, name), f"`{name}` is the name of a measure", "give it another name")
    for name in families.keys() & contexts.keys():
        yield Mistake(("contexts", name), f"`{name}` is a family and a context", "give one of the two another name")


def _unknown_names(value: dict[str, Any], part: dict[str, Any], place: ValuePath) -> Iterator[Mistake]:
    for key, known_under in (("family", "families"), ("context", "contexts")):
        name, known = part.get(key), value.get(known_under)
        if isinstance(name, str) and isinstance(known, dict) and name not in known:
            yield _unknown((*place, key), key, name, known)
    sides = value.get("sides")
    known = [side.get("id") for side in sides if isinstance(side, dict)] if isinstance(sides, list) else []
    for key in ("stands_for", "implies"):
        names = part.get(key)
        for number, name in enumerate(names if isinstance(names, list) else ()):
            if name not in known:
                yield _unknown((*place, key, number), "side", str(name), known)


def _unknown(place: ValuePath, what: str, name: str, names: Iterable[Any]) -> Mistake:
    known = sorted(map(str, names))
    near = difflib.get_close_matches(name, known, n=1)
    fix = f"did you mean `{near[0]}`?" if near else "known here: " + ", ".join(known)
    return Mistake(place, f"unknown {what} `{name}`", fix)


def _purpose(group: dict[str, Any], entry: dict[str, Any], place: ValuePath) -> Iterator[Mistake]:
    kind = entry.get("kind", group.get("kind"))
    context = entry.get("context", group.get("context"))
    if kind == "context" and context is None:
        yield Mistake(place, "a context without its name", "add `context:` with one of the contexts")
    if entry.get("terms") and kind != "person":
        yield Mistake((*place, "terms"), f"terms of office on a {kind}", "only a person holds an office: remove them")


def _bad_aliases(
    entry_id: str, entry: dict[str, Any], place: ValuePath, seen: dict[tuple[str, str, tuple[int, ...]], str]
) -> Iterator[Mistake]:
    for language, listed in entry.items():
        if not isinstance(language, str) or not _LANGUAGE.match(language) or not isinstance(listed, list):
            continue
        for number, alias in enumerate(listed):
            if not isinstance(alias, str):
                continue
            where: ValuePath = (*place, language, number)
            try:
                forms = expand(alias)
            except ValueError as error:
                what, _, fix = str(error).partition(": ")
                yield Mistake(where, f"alias {shortened(repr(alias))}: {what}", fix)
                continue
            for form in forms:
                key = (language, without_article(fold(form)), capitals(form))
                holder = seen.setdefault(key, entry_id)
                if holder != entry_id:
                    what = f"alias {form!r} of `{entry_id}` stands for `{holder}` already"
                    fix = "remove it from one of the two: in a language a form of words stands for one entry"
                    yield Mistake(where, what, fix)


def capitals(form: str) -> tuple[int, ...]:
    """Where the form has capital letters; the text must have them there too."""
    return tuple(place for place, char in enumerate(form) if char.isupper())
