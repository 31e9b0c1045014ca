"""What the pages need from the server that hosts them: the reader, the warehouse, and a secret to sign forms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Form, HTTPException, Request

from wirewatch.newsroom import form_tokens
from wirewatch.warehouse import Transaction, Warehouse


@dataclass(frozen=True, slots=True)
class Reader:
    """A logged-in user."""

    id: str
    name: str
    may_edit: bool


@dataclass(frozen=True, slots=True)
class PageContext:
    """What the pages need from the server that hosts them."""

    reader: Callable[..., Reader]
    """A FastAPI dependency: the logged-in user; raises HTTPException for anybody else."""
    warehouse_dsn: Callable[[], str]
    secret: str
    login: Callable[[str], str] = lambda here: "/"
    """The address of the login form, which leads back to `here`, a path with its query."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A read-only transaction for one page; a statement is cancelled after ten seconds."""
        with self.writing() as rows:
            rows.guard_page()
            yield rows

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that writes."""
        with Warehouse(self.warehouse_dsn(), application="newsroom") as warehouse, warehouse.transaction() as rows:
            yield rows


def context_of(request: Request) -> PageContext:
    """The page context of this request."""
    context: PageContext = request.app.state.context
    return context


def reader_of(request: Request) -> Reader:
    """The logged-in reader of this request."""
    reader: Reader = request.state.reader
    return reader


def form_token(request: Request) -> str:
    """The token for the forms of this reader."""
    return form_tokens.issue(context_of(request).secret, reader_of(request).id)


def _member(request: Request, token: Annotated[str | None, Form()] = None) -> Reader:
    reader = reader_of(request)
    if not form_tokens.is_good(context_of(request).secret, reader.id, token or ""):
        raise HTTPException(403, "This form has expired, or was not sent from its own page. Load the page again.")
    return reader


Member = Annotated[Reader, Depends(_member)]
"""A reader whose form was sent from our own page."""


def _editor(reader: Member) -> Reader:
    if not reader.may_edit:
        raise HTTPException(403, "Only editors can change this: users who may trigger DAGs in Airflow.")
    return reader


Editor = Annotated[Reader, Depends(_editor)]
"""A reader who is an editor, and whose form was sent from our own page."""
