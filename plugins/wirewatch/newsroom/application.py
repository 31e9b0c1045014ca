"""The FastAPI application: access, headers of every response, and the list of pages."""

import time
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.base import RequestResponseEndpoint

from wirewatch.errors import WarehouseError
from wirewatch.newsroom import (
    brief,
    entity,
    events,
    feeds,
    lists,
    outlet,
    pipeline,
    review,
    search,
    static_files,
    stories,
    story,
    tokens,
    trends,
    watches,
)
from wirewatch.newsroom.api import api
from wirewatch.newsroom.context import PageContext, Reader
from wirewatch.newsroom.presenting import error_page

_HEADERS = {
    # No inline script or style, nothing from other sites, framed only by Airflow itself.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


_PAGES = (
    stories, brief, story, events, outlet, entity, search, feeds, pipeline, trends, review, watches,
    tokens, static_files,
)  # fmt: skip


def application(context: PageContext) -> FastAPI:
    """The pages; each route, static files too, is for logged-in readers only."""

    # No `from __future__ import annotations` here: FastAPI could not resolve the local name `context`.
    def admit(request: Request, reader: Annotated[Reader, Depends(context.reader)]) -> None:
        request.state.reader = reader

    app = FastAPI(title="Newsroom", docs_url=None, redoc_url=None, openapi_url=None, dependencies=[Depends(admit)])
    app.state.context = context
    for page in _PAGES:
        app.include_router(page.router)
    app.include_router(lists.routes(), prefix="/out")
    app.mount("/api", api(context))

    @app.middleware("http")
    async def finish(request: Request, call_next: RequestResponseEndpoint) -> Response:
        begun = time.perf_counter()
        response = await call_next(request)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers["Server-Timing"] = f"page;dur={(time.perf_counter() - begun) * 1000:.1f}"
        return response

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        return error_page(request, error.status_code, str(error.detail))

    @app.exception_handler(RequestValidationError)
    def misunderstood(request: Request, error: RequestValidationError) -> Response:
        fields = ", ".join(str(problem["loc"][-1]) for problem in error.errors())
        return error_page(request, 422, f"Invalid input: {fields}. Go back and choose again.")

    @app.exception_handler(WarehouseError)
    def without_warehouse(request: Request, error: WarehouseError) -> Response:
        return error_page(request, 503, f"The warehouse did not answer: {error}")

    return app
