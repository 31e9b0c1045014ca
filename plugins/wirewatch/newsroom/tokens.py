"""Tokens by which programs read: shown once, kept by their digest, revocable, and limited in requests."""

from __future__ import annotations

import hashlib
import secrets
from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from wirewatch.newsroom.context import Member, context_of, reader_of
from wirewatch.newsroom.presenting import page
from wirewatch.records import clean_text

REQUESTS_A_MINUTE = 120
_PREFIX = "ww_"

router = APIRouter()


def new_token() -> str:
    """A token that nobody can guess."""
    return _PREFIX + secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def admit(request: Request, token: str, *, watch_id: int | None = None) -> None:
    """Lets a program in. A token of a watch reads this watch only.

    Raises HTTPException: 401 for an unknown or revoked token, 403 for one of another watch, 429 above the limit.
    """
    with context_of(request).writing() as rows:
        found = rows.use_token(digest=digest_of(token)) if token.startswith(_PREFIX) else None
    if found is None:
        raise HTTPException(401, "Give a token that is not revoked: Authorization: Bearer ww_…; see the page Tokens.")
    if found.watch_id is not None and found.watch_id != watch_id:
        raise HTTPException(403, "This token reads the feed of one watch only.")
    if found.requests > REQUESTS_A_MINUTE:
        what = f"More than {REQUESTS_A_MINUTE} requests in this minute; wait for the next one."
        raise HTTPException(429, what, headers={"Retry-After": "60"})


@router.get("/tokens")
def tokens(request: Request) -> Response:
    """The reader's tokens."""
    return _page(request)


@router.post("/tokens")
def add(request: Request, reader: Member, name: Annotated[str, Form(min_length=1, max_length=200)]) -> Response:
    """Makes a token for the API and shows it, once."""
    token = new_token()
    with context_of(request).writing() as rows:
        rows.add_token(digest=digest_of(token), owner=reader.name, name=clean_text(name), watch_id=None)
    return _page(request, token)


@router.post("/tokens/{token_id}/revoke")
def revoke(request: Request, token_id: int, reader: Member) -> Response:
    """Revokes one of the reader's tokens."""
    with context_of(request).writing() as rows:
        rows.revoke_token(token_id=min(token_id, 2**31 - 1), owner=reader.name)
    return RedirectResponse(f"{request.scope.get('root_path', '')}/tokens", 303)


def _page(request: Request, shown: str | None = None) -> Response:
    with context_of(request).reading() as rows:
        found = rows.tokens_of(owner=reader_of(request).name)
    return page(
        request, "tokens.html", name="watches", title="Tokens", tokens=found, shown=shown, limit=REQUESTS_A_MINUTE
    )
