"""What tagging passes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from wirewatch.records import Relevance


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row of the sum that explains a tag."""

    rule: str
    """Id of the rule or of the model's feature."""
    term: str
    """The exact words of the stored text at `start:end`; a description of the feature when it has no span."""
    field: str
    """`title`, `text`, or `model` for rows without a span."""
    start: int | None
    end: int | None
    weight: float
    """In the model's units (log-odds); negative when it is evidence against."""


@dataclass(frozen=True, slots=True)
class EventReason:
    """An event type of a core article, with the words that speak most for it."""

    event: str
    probability: float
    """Among the event types."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """An actor, unit, vessel, aircraft or place found in the text."""

    entity: str
    """Id of the entity in the topic file; of one that only the text names, made of its name: `uss_calloway`."""
    kind: str
    name: str
    country: str | None
    role: str | None
    field: str
    start: int
    end: int
    wikidata: str | None = None
    """Its item in Wikidata, where the topic file names one."""
    latitude: float | None = None
    """Degrees north; of places and bases."""
    longitude: float | None = None
    """Degrees east."""


@dataclass(frozen=True, slots=True)
class Tag:
    """The decision that an article belongs to a topic, with its reasons."""

    topic: str
    rules_version: str
    relevance: Relevance
    event: str | None
    event_also: str | None
    """A second event type, where that is likely too."""
    score: float
    """The sum of the evidence's weights: the one that decided, of `core` for core and of `related` for the others."""
    probability: float
    """Calibrated, of `core`."""
    related_probability: float
    """Calibrated, of `core` or `related`."""
    evidence: tuple[Evidence, ...] = ()
    events: tuple[EventReason, ...] = ()
    """Why it is of these event types, the likelier first."""
    mentions: tuple[Mention, ...] = field(default=())
