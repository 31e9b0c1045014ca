"""Changes to a feeds.yaml that leave all other bytes of it alone, pure: add an outlet or a feed, switch feeds off.

ruamel.yaml says where each value begins and ends; the change is made in the text at these places, so comments, order,
quotes and blank lines stay. (ruamel's own round trip attaches a comment above an outlet to the outlet before it.) The
result is read again before it is given out.
"""

from __future__ import annotations

import codecs
import io
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from wirewatch.errors import FileProblem, FileProblems
from wirewatch.feeds.registry import Feed, Outlet, parse_registry, same_url

_OUTLET = ("key", "name", "homepage", "country", "language", "kind", "ownership", "press", "perspective", "timezone")
_FEED = ("name", "url", "enabled", "language", "stale_after_days", "trust_dates")
_DEFAULTS = {"enabled": True, "trust_dates": True, "press": "unknown"}


def outlet_yaml(outlet: Outlet) -> str:
    """`outlet` as an item of the list of outlets, without indentation."""
    fields = _written(outlet, _OUTLET)
    return _yaml([{**fields, "feeds": [_written(feed, _FEED) for feed in outlet.feeds]}])


def feed_yaml(feed: Feed) -> str:
    """`feed` as an item of its outlet's list, without indentation."""
    return _yaml([_written(feed, _FEED)])


def add(data: bytes, *, outlets: Iterable[Outlet] = (), feeds: Iterable[tuple[str, Feed]] = (), file: str) -> bytes:
    """`data`, the content of a registry `file`, with `outlets` at its end, and `feeds` after those of their outlets.

    A feed comes with the key of its outlet. Raises FileProblems when the result is not valid.
    """
    edit = _Edit(data, file)
    for key, feed in feeds:
        edit.append(_field(edit.outlet(key), "feeds"), feed_yaml(feed))
    for outlet in outlets:
        edit.append(edit.outlets, outlet_yaml(outlet), blank=True)
    return edit.result()


def set_enabled(data: bytes, urls: Collection[str], enabled: bool, *, file: str) -> bytes:
    """`data` with the feeds at `urls` switched on or off; unchanged when they are so already. Raises FileProblems."""
    edit = _Edit(data, file)
    known = {same_url(_value(feed, "url")): feed for feed in edit.feeds()}
    for url in urls:
        if (feed := known.get(same_url(url))) is None:
            raise edit.problem(0, f"there is no feed {url}", "`wirewatch feed list` shows all")
        edit.switch(feed, enabled)
    return edit.result()


class _Edit:
    """A registry's text, the places of its values, and what is changed at which place."""

    def __init__(self, data: bytes, file: str) -> None:
        parse_registry(data, file=file)  # raises what is wrong with it
        self._file = file
        self._mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        self._text = data.decode("utf-8-sig")
        self._break = "\r\n" if "\r\n" in self._text else "\n"
        if not self._text.endswith("\n"):
            self._text += self._break
        self._changes: list[tuple[int, int, str]] = []
        """(from, until, the new text), characters of the old one."""
        self.outlets = _field(YAML(typ="safe", pure=True).compose(self._text), "outlets")

    def outlet(self, key: str) -> Node:
        """The outlet called `key`. Raises FileProblems for an unknown key."""
        for outlet in self.outlets.value:
            if _value(outlet, "key") == key:
                found: Node = outlet
                return found
        raise self.problem(0, f"there is no outlet `{key}`", "use the key of an outlet in the file")

    def feeds(self) -> Iterator[Node]:
        """The feeds of all outlets."""
        for outlet in self.outlets.value:
            yield from _field(outlet, "feeds").value

    def append(self, items: Node, block: str, *, blank: bool = False) -> None:
        """Add `block` after the last of `items`, indented as they are."""
        self._refuse_brackets(items)
        column = items.value[-1].start_mark.column - len("- ")
        lines = [" " * column + line for line in block.splitlines()]
        at = self._line_after(items.value[-1])
        self._changes.append((at, at, self._break.join(["", *lines, ""] if blank else [*lines, ""])))

    def switch(self, feed: Node, enabled: bool) -> None:
        """Write `enabled` into the feed; without it a feed is on."""
        self._refuse_brackets(feed)
        word = "true" if enabled else "false"
        for key, value in feed.value:
            if key.value == "enabled":
                self._changes.append((value.start_mark.index, value.end_mark.index, word))
                return
        if not enabled:
            at = self._line_after(_field(feed, "url"))
            self._changes.append((at, at, f"{' ' * feed.start_mark.column}enabled: {word}{self._break}"))

    def result(self) -> bytes:
        """The new content. Raises FileProblems when it is not valid."""
        pieces, here = [], 0
        for start, end, text in sorted(self._changes, key=lambda change: change[:2]):
            pieces += [self._text[here:start], text]
            here = end
        data = self._mark + "".join([*pieces, self._text[here:]]).encode()
        parse_registry(data, file=self._file)
        return data

    def problem(self, line: int, what: str, fix: str) -> FileProblems:
        """A mistake that keeps the file from being changed."""
        return FileProblems([FileProblem(self._file, line, what, fix)])

    def _line_after(self, node: Node) -> int:
        """Where the line after the last value of `node` begins."""
        last = _last(node)
        return self._text.index("\n", max(last.start_mark.index, last.end_mark.index - 1)) + 1

    def _refuse_brackets(self, node: Node) -> None:
        if isinstance(node, SequenceNode | MappingNode) and node.flow_style:
            fix = "write the list with one item a line, each after a dash"
            raise self.problem(node.start_mark.line + 1, "written in brackets, which can't be edited here", fix)


def _last(node: Node) -> Node:
    """The scalar at the end of `node`."""
    while not isinstance(node, ScalarNode) and node.value:
        node = node.value[-1] if isinstance(node, SequenceNode) else node.value[-1][1]
    return node


def _field(node: Node | None, name: str) -> Node:
    """The value of a key that a valid registry has."""
    pairs = node.value if isinstance(node, MappingNode) else []
    found: Node = next(value for key, value in pairs if key.value == name)
    return found


def _value(node: Node, name: str) -> str:
    return str(_field(node, name).value)


def _written(record: Outlet | Feed, names: tuple[str, ...]) -> dict[str, object]:
    """The fields of an outlet or feed that its default does not say already."""
    values = {name: getattr(record, name) for name in names}
    return {name: value for name, value in values.items() if value is not None and value != _DEFAULTS.get(name)}


def _yaml(value: Any) -> str:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment] # the stubs know only None
    yaml.width = 10_000
    out = io.StringIO()
    yaml.dump(value, out)
    return out.getvalue()
