"""JSON Feed, versions 1 and 1.1 (https://www.jsonfeed.org/version/1.1/), pure: text into items in plain words."""

from __future__ import annotations

import html
import json
from typing import Any

from wirewatch.feeds.parser.items import Item, ParsedListing


def read_json_feed(text: str) -> ParsedListing | str:
    """The items of a JSON Feed, or why `text` is not one."""
    try:
        # Numbers keep their writing: an id may be longer than a float is exact.
        document = json.loads(text, parse_float=str, parse_int=str, strict=False)
    except (ValueError, RecursionError) as error:
        return f"JSON that can't be read: {error}"
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return "JSON, but no feed: it has no list of items"
    listed = [item for item in document["items"] if isinstance(item, dict)]
    # Some write only "1.1" as their version; then the items have to look like a feed's.
    if "jsonfeed.org" not in _text(document.get("version")) and not all(_is_item(item) for item in listed):
        return "JSON, but no feed: it does not call itself a JSON Feed"
    authors = _authors(document)
    items = [_item(item, authors) for item in listed]
    return ParsedListing(
        kind="json",
        title=_plain(document.get("title")),
        site=_text(document.get("home_page_url")) or None,
        language=_text(document.get("language")) or None,
        items=tuple(items),
    )


def _is_item(item: dict[str, Any]) -> bool:
    return "id" in item and any(key in item for key in ("url", "title", "content_html", "content_text"))


def _item(item: dict[str, Any], feed_authors: tuple[str, ...]) -> Item:
    markup, text = _text(item.get("content_html")), _text(item.get("content_text"))
    summary = _plain(item.get("summary"))
    return Item(
        guid=_text(item.get("id")) or None,
        links=tuple(filter(None, (_text(item.get("url")), _text(item.get("external_url"))))),
        title=_plain(item.get("title")),
        title_is_html=False,
        summary=summary or text or markup,
        summary_is_html=bool(markup) and not (summary or text),
        content=markup or text or None,
        content_is_html=bool(markup),
        authors=_authors(item) or feed_authors,
        language=_text(item.get("language")) or None,
        dates=tuple(
            (source, _text(item.get(key)))
            for key, source in (("date_published", "feed:published"), ("date_modified", "feed:updated"))
            if _text(item.get(key))
        ),
    )


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """The names; publishers write one author as a list, an object or a string, under either key."""
    people: list[Any] = []
    for value in (holder.get("authors"), holder.get("author")):
        people += value if isinstance(value, list) else [value]
    names = (_plain(person.get("name") if isinstance(person, dict) else person) for person in people)
    return tuple(dict.fromkeys(filter(None, names)))


def _plain(value: Any) -> str:
    """Plain text, in which some writers leave HTML's entities."""
    return html.unescape(_text(value))


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""
