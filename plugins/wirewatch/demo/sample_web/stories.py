"""Articles of the sample web, read from stories/*.yaml.

A file is a list of articles. An original has its own `text` (paragraphs separated by an empty line), `title` and truth:

    - id: hotline-wire
      outlet: meridian_wire
      at: 2026-03-05T09:10Z
      title: …
      by: Rosa Lindqvist
      section: Defence
      relevance: core            # none when left out
      event: talks               # only for core
      happening: hotline         # independent reports of one event share it; they are not copies
      text: |
        …

A copy is made from its source by what the outlet did to it, so that each text is written once:

    - id: hotline-ledger
      outlet: harbor_ledger
      at: 2026-03-05T15:00Z
      copy_of: hotline-wire
      kind: syndicated           # a CopyKind; relevance and event are those of the source
      title: …                   # re-headlined; the source's title when left out
      credit: ''                 # the agency is no longer named; the source's credit when left out
      drop: [4, 5]               # paragraphs left out, counted from 1 in the source
      replace: {1: …}            # paragraphs rewritten
      insert: {6: …}             # own paragraphs after that one; 0 is before the first
      text: …                    # instead of these: an own text, for translations, updates and shared passages

`edits` change a page in place later, `removed` takes it down; both at a time of the simulated week.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter
from ruamel.yaml import YAML

from wirewatch.demo.sample_web.outlets import HERE, Outlet, outlets
from wirewatch.records import CopyKind, DropReason, Relevance

WEEK_START = datetime(2026, 3, 2, tzinfo=UTC)
WEEK_END = datetime(2026, 3, 8, 23, 59, tzinfo=UTC)

Layout = Literal["article", "live", "listing", "video", "pdf", "paywall"]

_DROPPED = {"video": DropReason.NOT_ARTICLE, "pdf": DropReason.NOT_HTML, "paywall": DropReason.PAYWALL}


class _Changes(BaseModel):
    """What an outlet does to a text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str | None = None
    text: str | None = None
    drop: tuple[int, ...] = ()
    replace: dict[int, str] = Field(default_factory=dict)
    insert: dict[int, str] = Field(default_factory=dict)

    def apply(self, paragraphs: tuple[str, ...]) -> tuple[str, ...]:
        """`paragraphs` after the changes. Raises ValueError when a number has no paragraph."""
        if self.text is not None:
            return split(self.text)
        beyond = {*self.drop, *self.replace, *self.insert} - set(range(len(paragraphs) + 1))
        if beyond:
            raise ValueError(f"the source has {len(paragraphs)} paragraphs, not {sorted(beyond)}")
        changed = list(split(self.insert.get(0, "")))
        for number, paragraph in enumerate(paragraphs, start=1):
            if number not in self.drop:
                changed.append(self.replace.get(number, paragraph).strip())
            changed.extend(split(self.insert.get(number, "")))
        return tuple(changed)


class _Edit(_Changes):
    """A later change of the page itself."""

    at: AwareDatetime


class _Draft(_Changes):
    """One article as it is written in a file."""

    id: str
    outlet: str
    at: AwareDatetime
    by: str | tuple[str, ...] = ()
    credit: str | None = None
    section: str = "World"
    relevance: Relevance | None = None
    event: str | None = None
    happening: str | None = None
    copy_of: str | None = None
    kind: CopyKind | None = None
    path: str | None = None
    layout: Layout = "article"
    edits: tuple[_Edit, ...] = ()
    removed: AwareDatetime | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article at its own address, as it stands at one time."""

    id: str
    outlet: Outlet
    published: datetime
    modified: datetime
    """Last edit; `published` when there was none."""
    title: str
    paragraphs: tuple[str, ...]
    authors: tuple[str, ...]
    credit: str | None
    """The news agency that its page names as its source."""
    section: str
    relevance: Relevance
    event: str | None
    happening: str
    of: str | None
    """Id of the article that it copies."""
    kind: CopyKind | None
    layout: Layout
    path: str
    edits: tuple[_Edit, ...]
    removed: datetime | None

    @property
    def text(self) -> str:
        """Paragraphs separated by one newline."""
        return "\n".join(self.paragraphs)

    @property
    def number(self) -> int:
        """A number that belongs to it alone, as content systems give one."""
        return _number(self.id)

    @property
    def amp_path(self) -> str | None:
        """Path of its AMP page, when the outlet makes them."""
        return self.path + "amp/" if self.outlet.amp and self.layout == "article" else None

    @property
    def dropped(self) -> DropReason | None:
        """Why no article can be read at its address; None when one can."""
        if self.outlet.disallow and self.path.startswith(self.outlet.disallow):
            return DropReason.ROBOTS_DISALLOWED
        return _DROPPED.get(self.layout)

    def as_of(self, now: datetime) -> Article:
        """It with the edits that had been made by `now`."""
        article = self
        for edit in self.edits:
            if edit.at <= now:
                article = replace(
                    article,
                    title=edit.title or article.title,
                    paragraphs=edit.apply(article.paragraphs),
                    modified=edit.at,
                )
        return article


def split(text: str) -> tuple[str, ...]:
    """The paragraphs of `text`, which are separated by empty lines; the lines of one are joined."""
    paragraphs = (re.sub(r"\s*\n\s*", " ", block).strip() for block in re.split(r"\n[ \t]*\n", text))
    return tuple(paragraph for paragraph in paragraphs if paragraph)


def slug(title: str) -> str:
    """`title` as content systems write it in an address; empty for a title without Latin letters."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain.replace("'", ""))[:12])


def _number(key: str) -> int:
    return 100000 + zlib.crc32(key.encode()) % 9_000_000


def _path(draft: _Draft, outlet: Outlet, title: str) -> str:
    if draft.path:
        return draft.path
    day = draft.at.astimezone(outlet.zone)
    return outlet.path.format(y=f"{day:%Y}", m=f"{day:%m}", d=f"{day:%d}", slug=slug(title), number=_number(draft.id))


@cache
def articles() -> dict[str, Article]:
    """All articles by id, oldest first, as first published.

    Raises pydantic.ValidationError for a broken file, ValueError for a wrong reference or a doubled address.
    """
    drafts: list[_Draft] = []
    for file in sorted((HERE / "stories").glob("*.yaml")):
        drafts.extend(TypeAdapter(list[_Draft]).validate_python(YAML(typ="safe").load(file)))
    written: dict[str, Article] = {}
    addresses: dict[tuple[str, str], str] = {}
    for draft in _sources_first(drafts):
        try:
            article = _article(draft, written)
        except (KeyError, ValueError) as error:
            raise ValueError(f"article {draft.id!r}: {error}") from error
        other = addresses.setdefault((article.outlet.key, article.path), draft.id)
        if other != draft.id or draft.id in written:
            raise ValueError(f"article {draft.id!r}: its id or its address {article.path} is that of {other!r}")
        written[draft.id] = article
    return dict(sorted(written.items(), key=lambda item: (item[1].published, item[0])))


def _sources_first(drafts: list[_Draft]) -> list[_Draft]:
    """`drafts` with each copy after its source."""
    waiting = drafts
    known: set[str | None] = {None}
    ordered: list[_Draft] = []
    while waiting:
        ready = [draft for draft in waiting if draft.copy_of in known]
        if not ready:
            raise ValueError(f"copies without a source: {[(draft.id, draft.copy_of) for draft in waiting]}")
        ordered.extend(ready)
        known.update(draft.id for draft in ready)
        waiting = [draft for draft in waiting if draft.id not in known]
    return ordered


def _article(draft: _Draft, written: dict[str, Article]) -> Article:
    source = written[draft.copy_of] if draft.copy_of else None
    if (source is None) != (draft.kind is None):
        raise ValueError("copy_of and kind come together")
    if source is None and (draft.text is None or draft.title is None):
        raise ValueError("an original has a title and a text")
    if source is not None and draft.at < source.published:
        raise ValueError(f"published before its source {source.id!r}")
    outlet = outlets()[draft.outlet]
    relevance = draft.relevance or (source.relevance if source else Relevance.NONE)
    event = draft.event or (source.event if source else None)
    if (event is not None) != (relevance == Relevance.CORE):
        raise ValueError("an event is given for core stories, and only for them")
    title = draft.title or (source.title if source else "")
    return Article(
        id=draft.id,
        outlet=outlet,
        published=draft.at,
        modified=draft.at,
        title=title,
        paragraphs=draft.apply(source.paragraphs if source else ()),
        authors=(draft.by,) if isinstance(draft.by, str) else draft.by,
        credit=(draft.credit if draft.credit is not None or source is None else source.credit) or None,
        section=draft.section,
        relevance=relevance,
        event=event,
        happening=draft.happening or (source.happening if source else draft.id),
        of=draft.copy_of,
        kind=draft.kind,
        layout=draft.layout,
        path=_path(draft, outlet, title),
        edits=draft.edits,
        removed=draft.removed,
    )
