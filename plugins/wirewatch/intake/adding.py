"""Found or listed feeds into a registry, pure: with the outlet that they belong to, or a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from wirewatch.errors import WirewatchError
from wirewatch.feeds.registry import Feed, Outlet, Registry, same_url
from wirewatch.feeds.registry_edit import add, feed_yaml, outlet_yaml
from wirewatch.intake.discovery import FoundFeed, SiteLook, home_of
from wirewatch.intake.opml import ListedFeed
from wirewatch.intake.proposing import Proposal, perspective_of, propose
from wirewatch.text.urls import host_key

_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class Addition:
    """Feeds to be added: to an outlet that is in the registry, or with a new one."""

    feeds: tuple[Feed, ...]
    known: Outlet | None
    proposal: Proposal | None
    """The new outlet's fields; None for a known one."""

    @property
    def zone(self) -> str | None:
        """The outlet's zone, for dates without one."""
        return self.known.timezone if self.known else self.proposal.timezone if self.proposal else None

    def with_proposal(self, proposal: Proposal) -> Addition:
        """The same feeds with other fields of the new outlet."""
        return replace(self, proposal=proposal)

    def applied(self, data: bytes, *, file: str) -> tuple[bytes, str]:
        """The registry with the feeds in it, and what is new in it. Raises WirewatchError when a field is missing."""
        if self.known is not None:
            after = add(data, feeds=[(self.known.key, feed) for feed in self.feeds], file=file)
            return after, "".join(map(feed_yaml, self.feeds))
        outlet = (self.proposal or Proposal()).outlet(self.feeds)
        return add(data, outlets=[outlet], file=file), outlet_yaml(outlet)


@dataclass(frozen=True, slots=True)
class Added:
    """A registry with the feeds of a list in it."""

    data: bytes
    feeds: int
    """New ones."""
    known: int
    """Listed ones that were in it before."""
    outlets: int
    """New ones."""
    outlets_known: int
    """Outlets of the registry that got feeds."""


def refuse_known(registry: Registry, found: Iterable[FoundFeed]) -> None:
    """Raises WirewatchError for a feed that the registry has."""
    for feed in found:
        for outlet in registry.outlets:
            if any(same_url(listed.url) == same_url(feed.url) for listed in outlet.feeds):
                raise WirewatchError(f"{feed.url}: is a feed of the outlet `{outlet.key}` already")


def addition(
    registry: Registry, look: SiteLook, chosen: tuple[FoundFeed, ...], given: Proposal, key: str | None
) -> Addition:
    """What adding the `chosen` feeds of a site means: to the outlet `key`, else to that of the same site, else a new
    one with the fields `given` and those that can be proposed. Raises WirewatchError when there is no outlet `key`."""
    known = _outlet(registry, key) if key is not None else _of_site(registry, chosen[0].url)
    names = {feed.name for feed in known.feeds} if known else set()
    feeds = _named([(feed.url, _short(feed.title, look.site_name)) for feed in chosen], names)
    if known is not None:
        return Addition(feeds, known, None)
    proposed = propose(
        chosen[0].url,
        site_name=look.site_name,
        feed_title=chosen[0].title or look.page_title,
        language=look.language,
        taken={outlet.key for outlet in registry.outlets},
    )
    return Addition(feeds, None, _completed(given, proposed))


def add_listed(registry: Registry, data: bytes, listed: Iterable[ListedFeed], given: Proposal, *, file: str) -> Added:
    """`data`, the content of the registry `file`, with the `listed` feeds that it lacks; new sites are new outlets.

    Raises WirewatchError that names the fields that neither addresses nor `given` tell.
    """
    urls = {same_url(feed.url) for outlet in registry.outlets for feed in outlet.feeds}
    new: dict[str, list[ListedFeed]] = {}
    known = 0
    for feed in listed:
        if same_url(feed.url) in urls:
            known += 1
            continue
        urls.add(same_url(feed.url))
        new.setdefault(home_of(feed.url), []).append(feed)
    taken = {outlet.key for outlet in registry.outlets}
    outlets: list[Outlet] = []
    feeds: list[tuple[str, Feed]] = []
    known_keys = set()
    for group in new.values():
        outlet = _of_site(registry, group[0].url)
        if outlet is not None:
            named = _named([(feed.url, feed.title) for feed in group], {feed.name for feed in outlet.feeds})
            feeds += [(outlet.key, feed) for feed in named]
            known_keys.add(outlet.key)
            continue
        name = group[0].group if len(group) > 1 and group[0].group else group[0].title
        proposed = propose(group[0].url, site_name=name, feed_title=None, language=None, taken=taken)
        outlets.append(_completed(given, proposed).outlet(_named([(feed.url, feed.title) for feed in group], set())))
        taken.add(outlets[-1].key)
    after = add(data, outlets=outlets, feeds=feeds, file=file) if outlets or feeds else data
    return Added(after, sum(map(len, new.values())), known, len(outlets), len(known_keys))


def _completed(given: Proposal, proposed: Proposal) -> Proposal:
    filled = given.filled(proposed)
    if given.perspective is None and filled.country != proposed.country:
        filled = replace(filled, perspective=perspective_of(filled.country))
    return filled


def _outlet(registry: Registry, key: str) -> Outlet:
    for outlet in registry.outlets:
        if outlet.key == key:
            return outlet
    raise WirewatchError(f"--outlet {key}: there is no such outlet; `wirewatch feed list` shows their keys")


def _of_site(registry: Registry, url: str) -> Outlet | None:
    """The outlet that has a feed or its home page at the host of `url`, when it is the only one."""
    host = host_key(url)
    found = [
        outlet
        for outlet in registry.outlets
        if host in {host_key(address) for address in (outlet.homepage, *(feed.url for feed in outlet.feeds)) if address}
    ]
    return found[0] if len(found) == 1 else None


def _named(found: Iterable[tuple[str, str]], taken: set[str]) -> tuple[Feed, ...]:
    """Feeds under names that differ within their outlet."""
    feeds: list[Feed] = []
    names = set(taken)
    for url, title in found:
        name = " ".join(title.split())[:_LONGEST_NAME].strip() or "All"
        number = next(n for n in range(1, len(names) + 2) if (name if n == 1 else f"{name} {n}") not in names)
        feeds.append(Feed(name if number == 1 else f"{name} {number}", url))
        names.add(feeds[-1].name)
    return tuple(feeds)


def _short(title: str, site_name: str | None) -> str:
    """A feed's title without the name of its site."""
    rest = title.replace(site_name, "").strip(" -–—|:»") if site_name else title
    return rest or "All"
