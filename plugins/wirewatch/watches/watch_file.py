"""The file of watches, `dags/watches.yaml`; its head explains the form. Pure, but for `load_watches` (reads a file)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

from wirewatch.errors import FileProblem, FileProblems
from wirewatch.yaml_files import Mistake, read_model

Per = Literal["story", "event", "burst"]
Bloc = Literal["us_and_allies", "prc", "taiwan", "asean", "russia", "other"]
BLOCS: tuple[str, ...] = get_args(Bloc)
_Text = Annotated[StrictStr, Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, slots=True)
class Filters:
    """What must match: the parameters of `news.matches`, None for those that do not matter."""

    query: str | None = None
    topic: str | None = None
    relevance: str | None = None
    event: str | None = None
    entity: str | None = None
    language: str | None = None
    outlet: str | None = None
    perspective: str | None = None
    bloc: str | None = None
    press: str | None = None

    def given(self) -> dict[str, str]:
        """Those that matter, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    def in_words(self) -> str:
        """For people, e.g. `"spy balloon", core, bloc prc`."""
        return ", ".join(_WORDS.get(name, "{}").format(value) for name, value in self.given().items()) or "everything"


FILTERS = tuple(field.name for field in fields(Filters))
_WORDS = {
    "topic": "topic {}", "entity": "names {}", "language": "in {}", "outlet": "outlet {}",
    "perspective": "perspective {}", "bloc": "bloc {}", "press": "{} press",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Watch:
    """A watch of the file."""

    key: str
    name: str
    owner: str
    filters: Filters
    per: Per = "story"
    digest_hour: int | None = None
    """Told once a day from this hour on, in UTC; None: at once."""
    channels: tuple[str, ...] | None = None
    """None: all that exist."""
    paused: bool = False


def load_watches(path: Path) -> tuple[Watch, ...]:
    """The watches in the file at `path`; none where there is no file. Raises FileProblems with every mistake."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        what = f"can't be read: {error.strerror}"
        raise FileProblems([FileProblem(str(path), 0, what, "set WIREWATCH_WATCHES to the file of watches")]) from None
    return parse_watches(data, file=str(path))


def parse_watches(data: bytes, *, file: str) -> tuple[Watch, ...]:
    """The watches in `data`, the content of `file`. Raises FileProblems with every mistake."""
    model, _ = read_model(data, _WatchesFile, file=file, check=_mistakes)
    return tuple(
        Watch(
            key=item.key,
            name=item.name or item.key.replace("_", " ").capitalize(),
            owner=item.owner,
            filters=Filters(**{name: getattr(item, name) for name in FILTERS}),
            per=item.per,
            digest_hour=item.digest_hour,
            channels=tuple(item.channels) if item.channels is not None else None,
            paused=item.paused,
        )
        for item in model.watches
    )


class _WatchItem(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: Annotated[StrictStr, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)] = Field(
        description="a short name of a-z, 0-9 and _, beginning with a letter"
    )
    name: Annotated[StrictStr, Field(min_length=1, max_length=200)] | None = Field(
        None, description="a name for people"
    )
    owner: Annotated[StrictStr, Field(min_length=1, max_length=200)] = Field(description="whose watch it is")
    query: _Text | None = Field(None, description="words, as on the page Search")
    topic: _Text | None = Field(None, description="the name of a topic file")
    relevance: Literal["core", "related", "tagged"] | None = Field(None, description="core, related or tagged")
    event: _Text | None = Field(None, description="an event type of the topic")
    entity: _Text | None = Field(None, description="the key of an entity, as in news.mentions")
    language: _Text | None = Field(None, description="a language code such as en or zh")
    outlet: _Text | None = Field(None, description="the key of an outlet in feeds.yaml")
    perspective: _Text | None = Field(None, description="a perspective of feeds.yaml")
    bloc: Bloc | None = Field(None, description="us_and_allies, prc, taiwan, asean, russia or other")
    press: Literal["official", "state", "public", "independent", "other", "unknown"] | None = Field(
        None, description="official, state, public, independent, other or unknown"
    )
    per: Per = Field("story", description="story, event or burst")
    digest_hour: Annotated[StrictInt, Field(ge=0, le=23)] | None = Field(
        None, description="an hour of the day in UTC, 0 to 23; without it, it is told at once"
    )
    channels: list[Literal["smtp", "slack", "webhook"]] | None = Field(
        None, description="a list of smtp, slack and webhook"
    )
    paused: StrictBool = Field(False, description="true or false")


class _WatchesFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    watches: list[_WatchItem] = Field(description="a list of watches, or []")


def _mistakes(value: Any) -> Iterator[Mistake]:
    """Keys that occur twice, and watches without a filter, in a file that may be wrong in any other way too."""
    found = value.get("watches") if isinstance(value, dict) else None
    keys: set[str] = set()
    for n, item in enumerate(found if isinstance(found, list) else ()):
        if not isinstance(item, dict):
            continue
        key = item.get("key")
        if isinstance(key, str) and key in keys:
            yield Mistake(("watches", n, "key"), f"the key `{key}` occurs twice", "give this watch another key")
        if isinstance(key, str):
            keys.add(key)
        if item.get("per") != "burst" and not any(item.get(name) for name in FILTERS if name != "topic"):
            yield Mistake(
                ("watches", n), "the watch has no filter: it would tell everything", "add a query or a filter"
            )
