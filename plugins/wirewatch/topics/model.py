"""The learned part of a topic: a weight for each feature, in a file that can be read (pure, but for reading files).

All of it are sums: a bias plus each feature times its weight, in log-odds. One sum is for `core` (the score of a tag),
one for `core` or `related`, and one for each event type, of which the highest wins.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from wirewatch.errors import FileProblem, FileProblems
from wirewatch.records import Relevance
from wirewatch.topics.words import WordTable

_DEFAULTS = {"related_from": 0.0, "also_from": 1.0}
"""What a file need not say."""
FORMAT, FORMAT_WITH_WORDS = 1, 2
"""Of the file, without and with a table of words; a program that writes another shape raises it."""


@dataclass(frozen=True, slots=True)
class WeightedSum:
    """What speaks for one answer, and how much."""

    bias: float
    weights: dict[str, float]

    def of(self, features: dict[str, float]) -> float:
        """The sum for an article with these features."""
        return self.bias + sum(value * self.weights.get(name, 0.0) for name, value in features.items())

    def shares(self, features: dict[str, float]) -> dict[str, float]:
        """What each of these features adds to the sum, the strongest first; without those that add nothing."""
        shares = {name: share for name, value in features.items() if (share := value * self.weights.get(name, 0.0))}
        return dict(sorted(shares.items(), key=lambda item: -abs(item[1])))


@dataclass(frozen=True, slots=True)
class TopicModel:
    """Weights of the features, and where the classes begin."""

    topic: str | None
    """The topic it was learned for; None in what warehouses kept before models named it."""
    version: str
    core: WeightedSum
    """Log-odds of `core`."""
    core_from: float
    """From which log-odds an article is called core: a little below 0, where F1 is best."""
    relevant: WeightedSum
    """Log-odds of `core` or `related`."""
    related_from: float
    """From which of these log-odds an article that is not core is called related."""
    events: dict[str, WeightedSum]
    card: dict[str, Any]
    """What the model was learned from, how well it does, what it is not for."""
    words: WordTable | None = None
    """What single words add, where the model has learned it."""
    also_from: float = 1.0
    """From which probability, among the event types, a second one is given too."""

    @property
    def features(self) -> set[str]:
        """Every feature that has a weight in one of the sums."""
        return {name for part in (self.core, self.relevant, *self.events.values()) for name in part.weights}

    def relevance(self, core: float, relevant: float) -> Relevance:
        """The class of an article with these two sums."""
        if core >= self.core_from:
            return Relevance.CORE
        return Relevance.RELATED if relevant >= self.related_from else Relevance.NONE

    def sum_named(self, name: str) -> WeightedSum:
        """`core`, `relevant`, or that of an event type."""
        return {"core": self.core, "relevant": self.relevant}.get(name) or self.events[name]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as the file holds them."""
        value = {"format": FORMAT, **asdict(replace(self, words=None))}
        del value["words"]
        value = {key: part for key, part in value.items() if _DEFAULTS.get(key, ...) != part}
        if self.words:
            weights = {word: list(row) for word, row in self.words.weights.items()}
            table = {"languages": list(self.words.languages), "sums": list(self.words.sums), "weights": weights}
            value |= {"format": FORMAT_WITH_WORDS, "words": table}
        return value

    @classmethod
    def from_dict(cls, value: Any) -> TopicModel:
        """The opposite of `as_dict`. Raises pydantic's ValidationError."""
        shape = _ModelFile.model_validate(value)
        events = {name: part.made() for name, part in shape.events.items()}
        card = shape.card.model_dump(exclude_unset=True)
        words = shape.words.made() if shape.words else None
        sums = shape.core.made(), shape.core_from, shape.relevant.made(), shape.related_from, events
        return cls(shape.topic, shape.version, *sums, card, words, shape.also_from)


def probability(score: float) -> float:
    """The probability of core that a score, in log-odds, stands for."""
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, score))))


# Weights are taken + 0.0, which makes 0.0 of -0.0: Postgres keeps no minus there, and the version is a digest of them.


class _SumShape(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    bias: float
    weights: dict[str, float]

    def made(self) -> WeightedSum:
        return WeightedSum(self.bias + 0.0, {name: weight + 0.0 for name, weight in self.weights.items()})


class _WordsShape(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    languages: tuple[str, ...] = Field(min_length=1)
    sums: tuple[str, ...] = Field(min_length=1)
    weights: dict[str, tuple[float, ...]]

    @model_validator(mode="after")
    def _rows_are_whole(self) -> _WordsShape:
        for word, row in self.weights.items():
            if len(row) != len(self.sums):
                raise ValueError(f"{word!r} has {len(row)} weights, and there are {len(self.sums)} sums")
        return self

    def made(self) -> WordTable:
        weights = {word: tuple([weight + 0.0 for weight in row]) for word, row in self.weights.items()}
        return WordTable(self.languages, self.sums, weights)


class _Card(BaseModel):
    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    about: str = Field(min_length=1)


class _ModelFile(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    format: Literal[1, 2] = 1
    topic: str | None = None
    version: str = Field(min_length=1)
    core: _SumShape
    core_from: float
    relevant: _SumShape
    related_from: float = 0.0
    also_from: float = Field(1.0, ge=0, le=1)
    events: dict[str, _SumShape]
    card: _Card
    words: _WordsShape | None = None

    @model_validator(mode="after")
    def _words_speak_for_its_sums(self) -> _ModelFile:
        if self.words and sorted(self.words.sums) != sorted(["core", "relevant", *self.events]):
            raise ValueError("the words' sums must be core, relevant and the events")
        return self


def read_model_file(path: Path) -> TopicModel:
    """The model in the JSON file at `path`.

    Raises FileProblems when it can't be read, with every mistake.
    """

    def refused(what: str, line: int = 0) -> FileProblem:
        return FileProblem(
            str(path), line, what, "restore the file, or write it as docs/tagging.md says (A topic of your own)"
        )

    try:
        return TopicModel.from_dict(json.loads(path.read_text(encoding="utf-8"), parse_constant=_refuse_constant))
    except OSError as error:
        raise FileProblems([refused(f"can't be read: {error.strerror}")]) from None
    except json.JSONDecodeError as error:
        raise FileProblems([refused(f"not JSON: {error.msg}", error.lineno)]) from None
    except UnicodeDecodeError:
        raise FileProblems([refused("not UTF-8")]) from None
    except RecursionError:
        raise FileProblems([refused("not a model: nested too deeply")]) from None
    except ValidationError as error:
        raise FileProblems(
            [refused(f"{_place(detail['loc'])}: {detail['msg']}") for detail in error.errors(include_url=False)]
        ) from None
    except ValueError as error:
        raise FileProblems([refused(str(error))]) from None


def _place(keys: tuple[str | int, ...]) -> str:
    return f"`{'.'.join(map(str, keys))}`" if keys else "the model"


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is no weight")
