"""Topics as they are worked with: the rules of a topic file together with its model (pure, but for reading files)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import itemgetter
from pathlib import Path
from typing import Any

from wirewatch.errors import FileProblem, FileProblems
from wirewatch.topics.aliases import expand
from wirewatch.topics.model import TopicModel, read_model_file
from wirewatch.topics.topic_file import ENTITY_KINDS, EntryShape, GroupShape, TopicFile, find_mistakes
from wirewatch.yaml_files import read_model

METHOD = 8
"""Of reading rules and articles. Raise it when a change of the code, not of the files, makes other tags: it is part of
the rules' version, so that the past is tagged again. tests/topics/test_method.py notices."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of office; `until` is the last day, None while it lasts."""

    role: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Alias:
    """One form of words that stands for an entry."""

    text: str
    language: str


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One thing that is looked for in articles."""

    id: str
    kind: str
    name: str
    country: str | None
    role: str | None
    terms: tuple[Term, ...]
    stands_for: frozenset[str]
    """The sides that it is."""
    implies: frozenset[str]
    """The sides that it makes likely, without naming them."""
    family: str | None
    context: str | None
    """The context of which it speaks: another subject, or one beside the topic."""
    weight: float
    aliases: tuple[Alias, ...]
    wikidata: str | None = None
    coordinates: tuple[float, float] | None = None
    """Degrees north and east."""
    with_name: bool = False
    """Whether the capitalised words that follow are its name."""

    @property
    def is_entity(self) -> bool:
        """Whether it is a thing in the world, rather than a word."""
        return self.kind in ENTITY_KINDS

    def role_on(self, day: date | None) -> str | None:
        """Of a person the office held on `day`, else the last one before it as `former_…`; of others their role.

        None for a person of whom no office is known, before the first office, and where the day is not known. Of two
        offices held at once it is the one that the file names first.
        """
        if self.kind != "person":
            return self.role
        if day is not None:
            for term in self.terms:
                if term.since <= day and (term.until is None or day <= term.until):
                    return term.role
            ended = [(term.until, term.role) for term in self.terms if term.until is not None and term.until < day]
            if ended:
                return f"former_{max(ended, key=itemgetter(0))[1]}"
        return None


@dataclass(frozen=True, eq=False)
class Topic:
    """A subject: what to look for, and how to weigh what is found. Compared by identity; see `version`."""

    name: str
    title: str
    sides: tuple[str, ...]
    countries: frozenset[str]
    """The sides' countries."""
    families: tuple[str, ...]
    central: frozenset[str]
    """The families whose terms make a sentence one of the topic; the others only support."""
    events: tuple[str, ...]
    event_of: dict[str, str]
    """Family → the event type for which its terms speak."""
    generic: frozenset[str]
    """Forms of words that every country has one of: they name a side only where it is named otherwise."""
    contexts: tuple[str, ...]
    against: frozenset[str]
    """The contexts that make a sentence one about something else."""
    parties: frozenset[str]
    """The contexts whose words name states that are no sides."""
    entries: tuple[RuleEntry, ...]
    model: TopicModel
    model_file: str
    """Its name, beside the topic file."""
    content: dict[str, Any] = field(repr=False)
    """Method, rules and model as plain values: what the warehouse keeps, and what `topic_from_content` reads."""

    @cached_property
    def version(self) -> str:
        """Digest of method, rules and model: two topics with the same version tag alike."""
        canonical = json.dumps(self.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:16]

    @property
    def lost_weights(self) -> tuple[str, ...]:
        """Ids that the model has weights of their own for, and that no entry has: renamed or removed ones."""
        weighed = {entry for name in self.model.features for entry in entries_of(name)}
        return tuple(sorted(weighed - {entry.id for entry in self.entries}))


def entries_of(feature: str) -> tuple[str, ...]:
    """Ids of the entries that a feature is about by name: `head:china`, `pair:china+trade`."""
    _, colon, entries = feature.partition(":")
    return tuple(entries.split("+")) if colon else ()


def load_topics(folder: Path) -> list[Topic]:
    """Every topic file (`*.yaml`) in `folder`, by name.

    Raises FileProblems with all mistakes of all files, or when there is none.
    """
    files = sorted(folder.glob("*.yaml"))
    if not files:
        problem = FileProblem(
            str(folder), 0, "no topic file (*.yaml) here", "set WIREWATCH_TOPICS to the topics' folder"
        )
        raise FileProblems([problem])
    topics, problems = [], []
    for file in files:
        try:
            topics.append(load_topic(file))
        except FileProblems as error:
            problems += error.problems
    if problems:
        raise FileProblems(problems)
    return topics


def files_digest(folder: Path) -> str | None:
    """Digest of all files in `folder`, names and bytes, and of METHOD; None when one can't be read."""
    digest = hashlib.sha256(f"method {METHOD}".encode())
    try:
        for file in sorted(file for file in folder.iterdir() if file.is_file()):
            data = file.read_bytes()
            digest.update(f"\n{file.name} {len(data)}\n".encode(errors="surrogateescape") + data)
    except OSError:
        return None
    return digest.hexdigest()


def load_topic(path: Path) -> Topic:
    """The topic in the file at `path`, with the model that it names.

    Raises FileProblems with every mistake of the two files, or when one can't be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"can't be read: {error.strerror}"
        raise FileProblems([FileProblem(str(path), 0, what, "set WIREWATCH_TOPICS to the topics' folder")]) from None
    rules, document = read_model(data, TopicFile, file=str(path), check=find_mistakes)
    problems = []
    if rules.topic != path.stem:
        what = f"`topic` is `{rules.topic}`, but the file is {path.name}"
        line = document.line(("topic",))
        problems.append(
            FileProblem(str(path), line, what, f"name the file {rules.topic}.yaml, or the topic {path.stem}")
        )
    model_path = path.parent / rules.model
    try:
        model = read_model_file(model_path)
    except FileProblems as error:
        raise FileProblems(problems + error.problems) from None
    if model.topic != rules.topic:
        what = f"the model {rules.model} is of the topic `{model.topic}`, not of `{rules.topic}`"
        fix = "name the model of this topic, or write one as docs/tagging.md says (A topic of your own)"
        problems.append(FileProblem(str(path), document.line(("model",)), what, fix))
    unknown = sorted(set(model.events) - set(rules.events))
    if unknown:
        what = f"the model {rules.model} can say {', '.join(unknown)}, which are not among the events"
        problems.append(FileProblem(str(path), document.line(("events",)), what, "add them, or fit the model again"))
    if problems:
        raise FileProblems(problems)
    return _build(rules, model, {"method": METHOD, "rules": _plain(rules), "model": model.as_dict()})


def with_model(topic: Topic, model: TopicModel) -> Topic:
    """The same rules with another model."""
    return replace(topic, model=model, content=topic.content | {"model": model.as_dict()})


def topic_from_content(content: dict[str, Any]) -> Topic:
    """The topic whose `content` this is, as the warehouse keeps it. It was valid once, so it is."""
    return _build(TopicFile.model_validate(content["rules"]), TopicModel.from_dict(content["model"]), content)


def _build(rules: TopicFile, model: TopicModel, content: dict[str, Any]) -> Topic:
    entries = tuple(_entry(name, entry, group) for group in rules.groups for name, entry in group.entries.items())
    return Topic(
        name=rules.topic,
        title=rules.title,
        sides=tuple(side.id for side in rules.sides),
        countries=frozenset(side.country for side in rules.sides if side.country),
        families=tuple(rules.families),
        central=frozenset(name for name, family in rules.families.items() if not family.supporting),
        events=tuple(rules.events),
        event_of={name: family.event for name, family in rules.families.items() if family.event},
        generic=frozenset(form for forms in rules.generic.values() for alias in forms for form in expand(alias)),
        contexts=tuple(rules.contexts),
        against=frozenset(name for name, context in rules.contexts.items() if context.against),
        parties=frozenset(name for name, context in rules.contexts.items() if context.party),
        entries=entries,
        model=model,
        model_file=rules.model,
        content=content,
    )


def _plain(rules: TopicFile) -> dict[str, Any]:
    """The file's values as JSON can hold them, in the file's own form."""
    value = rules.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    for group in value["groups"]:
        for entry in group["entries"].values():
            entry.update(entry.pop("languages"))
    return value


def _entry(name: str, entry: EntryShape, group: GroupShape) -> RuleEntry:
    def own(key: str) -> Any:
        value = getattr(entry, key)
        return getattr(group, key) if value is None else value

    weight = own("weight")
    return RuleEntry(
        id=name,
        kind=own("kind"),
        name=entry.name or name.replace("_", " "),
        country=own("country"),
        role=own("role"),
        terms=tuple(Term(term.role, term.begin, term.end) for term in entry.terms),
        stands_for=frozenset(own("stands_for") or ()),
        implies=frozenset(own("implies") or ()),
        family=own("family"),
        context=own("context"),
        weight=1.0 if weight is None else weight,
        aliases=tuple(_aliases(entry)),
        wikidata=entry.wikidata,
        coordinates=entry.coordinates,
        with_name=entry.with_name,
    )


def _aliases(entry: EntryShape) -> Iterator[Alias]:
    for language, listed in sorted(entry.languages.items()):
        for alias in listed:
            for form in expand(alias):
                yield Alias(form, language)
