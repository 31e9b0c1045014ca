"""Watches: saved filters, what they match now, what was told, and the address of their feed."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from wirewatch.newsroom import lists
from wirewatch.newsroom.context import Member, Reader, context_of, reader_of
from wirewatch.newsroom.lists import ArticlesAsked
from wirewatch.newsroom.presenting import links, page
from wirewatch.newsroom.query import PageKey
from wirewatch.newsroom.tokens import digest_of, new_token
from wirewatch.records import clean_text
from wirewatch.warehouse.connection import json_value
from wirewatch.watches.watch_file import FILTERS, Filters

_SHOWN = 25
_MESSAGES = 20
_LARGEST = 2**31 - 1

router = APIRouter()


@router.get("/watches")
def watches(request: Request) -> Response:
    """All watches; with filters in the address, a form that makes one of them."""
    given = {name: clean_text(request.query_params.get(name, "")) for name in FILTERS}
    with context_of(request).reading() as rows:
        found = rows.watches_in_force()
    return page(
        request,
        "watches.html",
        name="watches",
        title="Watches",
        watches=[(watch, Filters(**watch.filters)) for watch in found],
        given=Filters(**{name: value or None for name, value in given.items()}),
    )


@router.post("/watches")
async def add(request: Request, reader: Member, name: Annotated[str, Form(min_length=1, max_length=200)],
              per: Annotated[Literal["story", "event", "burst"], Form()] = "story",
              digest_hour: Annotated[str, Form(pattern=r"^(|\d|1\d|2[0-3])$")] = "") -> Response:  # fmt: skip
    """Makes a watch of the filters in the form."""
    form = await request.form()
    given = {key: clean_text(str(form.get(key, ""))).strip()[:1000] for key in FILTERS}
    filters = {key: value for key, value in given.items() if value and not (key == "relevance" and value == "any")}
    if per != "burst" and not filters.keys() - {"topic"}:
        raise HTTPException(422, "A watch needs words or a filter; without one it would tell everything.")
    with context_of(request).writing() as rows:
        number = rows.add_watch(
            name=clean_text(name), owner=reader.name, filters=json_value(filters), per=per,
            digest_hour=int(digest_hour) if digest_hour else None, channels=None if reader.may_edit else [],
        )  # fmt: skip
    return RedirectResponse(f"{request.scope.get('root_path', '')}/watches/{number}", 303)


@router.get("/watches/{watch_id}")
def watch(request: Request, watch_id: int) -> Response:
    """A watch: what it matches, newest first, and what was told."""
    return _page(request, watch_id)


@router.post("/watches/{watch_id}/token")
def make_feed(request: Request, watch_id: int, reader: Member) -> Response:
    """Makes an address of the watch's feed, which has a token of its own, and shows it, once."""
    token = new_token()
    with context_of(request).writing() as rows:
        if rows.watch_page(watch_id=min(watch_id, _LARGEST)) is None:
            raise HTTPException(404, f"There is no watch {watch_id}.")
        rows.add_token(digest=digest_of(token), owner=reader.name, name=f"feed of watch {watch_id}", watch_id=watch_id)
    return _page(request, watch_id, token)


@router.post("/watches/{watch_id}/{change}")
def change(request: Request, watch_id: int, change: Literal["pause", "resume", "remove"], reader: Member) -> Response:
    """Pauses, resumes or removes a watch that was made on a page: one's own, for editors all."""
    with context_of(request).writing() as rows:
        found = rows.watch_page(watch_id=min(watch_id, _LARGEST))
        if found is None:
            raise HTTPException(404, f"There is no watch {watch_id}.")
        if not may_change(reader, found.owner, found.key):
            raise HTTPException(403, "Its owner, or an editor, can change this watch; one of watches.yaml, that file.")
        if change == "remove":
            rows.retire_watch(watch_id=found.watch_id)
        else:
            rows.pause_watch(watch_id=found.watch_id, paused=change == "pause")
    root = request.scope.get("root_path", "")
    return RedirectResponse(f"{root}/watches" + ("" if change == "remove" else f"/{watch_id}"), 303)


def may_change(reader: Reader, owner: str, key: str | None) -> bool:
    """Whether a reader can change a watch."""
    return key is None and (reader.may_edit or reader.name == owner)


def _page(request: Request, watch_id: int, token: str | None = None) -> Response:
    place = PageKey.read(request.query_params.get("before"))
    with context_of(request).reading() as rows:
        found = rows.watch_page(watch_id=min(watch_id, _LARGEST))
        if found is None:
            raise HTTPException(404, f"There is no watch {watch_id}; the list has all of them.")
        asked = ArticlesAsked(**found.filters, n=_SHOWN, before=str(place) or None)
        matches = lists.LISTS["articles"][1](rows, asked)
        messages = rows.messages_of_watch(watch_id=found.watch_id, most=_MESSAGES)
    host = f"{request.url.scheme}://{request.url.netloc}"
    return page(
        request,
        "watch.html",
        name="watches",
        title=found.name,
        watch=found,
        filters=Filters(**found.filters),
        matches=matches.rows,
        older=matches.next,
        is_first=place.at is None,
        messages=messages,
        may_change=may_change(reader_of(request), found.owner, found.key),
        feed=host + links(request)(f"/api/watches/{found.watch_id}.rss", token=token) if token else None,
    )
