"""Changes to a feeds.yaml that leave all other bytes of it alone, pure: add an outlet or a feed, switch feeds off.

ruamel.yaml says where each value begins and ends; the change is made in the text at these places, so comments, order,
quotes and blank lines stay. (ruamel's own round trip attaches a comment above an outlet to the outlet before it.) The
result is read again before it is given out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
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


def add_outlet(data: bytes, outlet: Outlet, *, file: str) -> bytes:
    """`data`, the content of a registry `file`, with `outlet` at its end. Raises FileProblems when it is not valid."""
    edit = _Edit(data, file)
    edit.append(edit.outlets, outlet_yaml(outlet), blank=True)
    return edit.result()


def add_feed(data: bytes, key: str, feed: Feed, *, file: str) -> bytes:
    """`data` with `feed` after the others of the outlet `key`. Raises FileProblems as `add_outlet`."""
    edit = _Edit(data, file)
    for outlet in edit.outlets.value:
        if _value(outlet, "key") == key:
            edit.append(_field(outlet, "feeds"), _yaml([_written(feed, _FEED)]))
            return edit.result()
    raise FileProblems([FileProblem(file, 0, f"there is no outlet `{key}`", "use the key of an outlet in the file")])


def set_enabled(data: bytes, url: str, enabled: bool, *, file: str) -> bytes:
    """`data` with the feed at `url` switched on or off; unchanged when it is so already. Raises FileProblems."""
    edit = _Edit(data, file)
    for feed in edit.feeds():
        if same_url(_value(feed, "url")) == same_url(url):
            edit.switch(feed, enabled)
            return edit.result()
    raise FileProblems([FileProblem(file, 0, f"there is no feed {url}", "`wirewatch feed list` shows all")])


class _Edit:
    """A registry's text and the places of its values."""

    def __init__(self, data: bytes, file: str) -> None:
        parse_registry(data, file=file)  # raises what is wrong with it
        self._file = file
        self._text = data.decode("utf-8-sig")
        self._mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
        self._break = "\r\n" if "\r\n" in self._text else "\n"
        self.outlets = _field(YAML(typ="safe", pure=True).compose(self._text), "outlets")

    def feeds(self) -> Iterator[Node]:
        """The feeds of all outlets."""
        for outlet in self.outlets.value:
            yield from _field(outlet, "feeds").value

    def append(self, items: Node, block: str, *, blank: bool = False) -> None:
        """Add `block` after the last of `items`, indented as they are."""
        self._no_brackets(items)
        column = items.value[-1].start_mark.column - len("- ")
        lines = [" " * column + line if line else "" for line in block.splitlines()]
        at, before = self._line_after(items.value[-1])
        self._insert(at, before + ("" if not blank else self._break) + self._break.join(lines) + self._break)

    def switch(self, feed: Node, enabled: bool) -> None:
        """Write `enabled` into the feed, or take it out: without it a feed is on."""
        self._no_brackets(feed)
        word = "true" if enabled else "false"
        for key, value in feed.value:
            if key.value == "enabled":
                start, end = value.start_mark.index, value.end_mark.index
                self._text = self._text[:start] + word + self._text[end:]
                return
        if not enabled:
            at, before = self._line_after(_field(feed, "url"))
            self._insert(at, f"{before}{' ' * feed.start_mark.column}enabled: {word}{self._break}")

    def result(self) -> bytes:
        """The new content. Raises FileProblems when it is not valid."""
        data = self._mark + self._text.encode()
        parse_registry(data, file=self._file)
        return data

    def _line_after(self, node: Node) -> tuple[int, str]:
        """Where the line after the last value of `node` begins, and the line break that is missing before it."""
        last = _last(node)
        end = self._text.find("\n", max(last.start_mark.index, last.end_mark.index - 1))
        return (len(self._text), self._break) if end < 0 else (end + 1, "")

    def _insert(self, at: int, text: str) -> None:
        self._text = self._text[:at] + text + self._text[at:]

    def _no_brackets(self, node: Node) -> None:
        if isinstance(node, SequenceNode | MappingNode) and node.flow_style:
            line = node.start_mark.line + 1
            fix = "write the list with one item a line, each after a dash"
            raise FileProblems([FileProblem(self._file, line, "written in brackets, which can't be edited here", fix)])


def _last(node: Node) -> Node:
    """The scalar at the end of `node`."""
    while not isinstance(node, ScalarNode) and node.value:
        node = node.value[-1] if isinstance(node, SequenceNode) else node.value[-1][1]
    return node


def _field(node: Node | None, name: str) -> Node:
    """The value of a key that a valid registry has."""
    assert isinstance(node, MappingNode)  # noqa: S101 - the registry was validated
    found: Node = next(value for key, value in node.value if key.value == name)
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
