"""The read-only API for programs: the lists of the pages by token, and the feed of a watch."""

from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from wirewatch import __version__
from wirewatch.errors import WarehouseError
from wirewatch.newsroom import lists, tokens
from wirewatch.newsroom.context import PageContext, context_of
from wirewatch.newsroom.lists import ArticlesAsked, Listed, as_format
from wirewatch.watches.watch_file import FILTERS

_DESCRIPTION = """\
Read-only. Send a token of the page Tokens as `Authorization: Bearer ww_…`. Answers come in pages, newest first: give
`next` of an answer as `before` of the next request. Times are UTC; counts have their denominators.
"""


def api(context: PageContext) -> FastAPI:
    """The API below /api; each request needs a token."""

    # No `from __future__ import annotations` here: FastAPI could not resolve local names.
    def admitted(request: Request, authorization: Annotated[str, Header()] = "") -> None:
        kind, _, token = authorization.partition(" ")
        tokens.admit(request, token.strip() if kind.lower() == "bearer" else "")

    app = FastAPI(
        title="Wirewatch",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.context = context
    app.include_router(lists.routes(), dependencies=[Depends(admitted)])

    @app.get("/openapi.json", dependencies=[Depends(admitted)], include_in_schema=False)
    def openapi() -> dict[str, Any]:
        return app.openapi()

    @app.get("/watches/{watch_id}.rss", responses={200: {"content": {"application/rss+xml": {}}}})
    def watch_feed(request: Request, watch_id: int, token: Annotated[str, Query()]) -> Response:
        """What a watch matches, newest first, as RSS; the token of the watch is part of the address."""
        tokens.admit(request, token, watch_id=watch_id)
        with context_of(request).reading() as rows:
            watch = rows.watch_page(watch_id=min(watch_id, 2**31 - 1))
            if watch is None:
                raise HTTPException(404, "There is no such watch any more.")
            asked = ArticlesAsked(**{name: watch.filters.get(name) for name in FILTERS}, n=100)
            found = lists.LISTS["articles"][1](rows, asked)
        return as_format(request, "articles", Listed(found.rows), "rss")

    @app.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: StarletteHTTPException) -> Response:
        return JSONResponse({"error": str(error.detail)}, error.status_code, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    def misunderstood(request: Request, error: RequestValidationError) -> Response:
        wrong = "; ".join(f"{problem['loc'][-1]}: {problem['msg']}" for problem in error.errors())
        return JSONResponse({"error": wrong}, 422)

    @app.exception_handler(WarehouseError)
    def without_warehouse(request: Request, error: WarehouseError) -> Response:
        return JSONResponse({"error": f"The warehouse did not answer: {error}"}, 503)

    return app
