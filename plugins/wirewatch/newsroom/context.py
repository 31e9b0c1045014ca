"""What the pages need from whoever serves them: a reader, the warehouse, and a secret to sign forms with."""

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
class House:
    """What the pages need from whoever serves them."""

    reader: Callable[..., Reader]
    """A FastAPI dependency that gives the logged-in user and raises HTTPException for anybody else."""
    warehouse_dsn: Callable[[], str]
    secret: str
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One transaction for one page: reads only, and no statement of it runs for more than ten seconds."""
        with self.writing() as rows:
            rows.guard_page()
            yield rows

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction that changes something."""
        with Warehouse(self.warehouse_dsn(), application="newsroom") as warehouse, warehouse.transaction() as rows:
            yield rows


def house_of(request: Request) -> House:
    """The house that serves this request."""
    house: House = request.app.state.house
    return house


def reader_of(request: Request) -> Reader:
    """Who asks; `application` let nobody else in."""
    reader: Reader = request.state.reader
    return reader


def form_token(request: Request) -> str:
    """The token that this reader's forms carry."""
    return form_tokens.issue(house_of(request).secret, reader_of(request).id)


def _editor(request: Request, token: Annotated[str | None, Form()] = None) -> Reader:
    reader = reader_of(request)
    if not reader.may_edit:
        raise HTTPException(403, "Only editors may change something: those who may trigger DAGs in Airflow.")
    if not form_tokens.is_good(house_of(request).secret, reader.id, token or ""):
        raise HTTPException(403, "This form is too old, or was not sent from its own page. Load the page again.")
    return reader


Editor = Annotated[Reader, Depends(_editor)]
"""A reader who may change something, and whose form was sent from our own page."""
