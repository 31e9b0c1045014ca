"""The only HTTP client of the project: one visit to one URL, with limits against hostile servers.

    async with WebClient(settings) as client:
        response = await client.get(url, accept=Accept.FEED, headers={"If-None-Match": etag})

A visit ends in a `records.Response` (2xx or 304) or in an `errors.FetchError` whose `reason` is a
`records.FetchFailure`; nothing else is raised. It never sends cookies or credentials, never pretends to be a browser,
follows redirects one by one with the address of each checked where it connects (see `address_guard`), and holds no
more of a body than `max_bytes` after decompression.

The client knows no politeness: `visitor.Visitor` asks robots.txt and waits for the host's turn before it
calls this one.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic
from types import TracebackType

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from wirewatch import __version__
from wirewatch.errors import FetchError
from wirewatch.records import FetchFailure, Response, clean_text
from wirewatch.settings import Settings
from wirewatch.text.urls import as_written
from wirewatch.web.address_guard import BlockedAddressError, guarded_connector
from wirewatch.web.framing import read_tolerantly
from wirewatch.web.large import LARGE
from wirewatch.web.refusals import refusal

MAX_BYTES = 10 * 1024 * 1024
"""Bytes of a body after decompression; news pages and feeds are smaller."""


class Accept(StrEnum):
    """The purpose of a visit; the value is its Accept header."""

    PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
    """Only HTML is read; anything else fails as not_html before its body is read."""
    FEED = (
        "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
        "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
    )
    """Any content type: publishers serve feeds under all of them."""
    ROBOTS = "text/plain, */*;q=0.1"
    """Any content type."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Limits of one request. Times in seconds, sizes in bytes."""

    connect_s: float = 30.0
    read_s: float = 30.0
    """Between two chunks of the response."""
    total_s: float = 120.0
    """For one request with its whole response; each hop of a redirect is a request."""
    redirects: int = 10
    header_lines: int = 256
    """Some publishers send more than a hundred."""
    header_bytes: int = 32 * 1024
    """Of one line: content security policies are long."""
    connections: int = 100


_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_UNTYPED = frozenset({"", "application/octet-stream", "text/plain", "text/xml", "application/xml", "unknown/unknown"})
"""Content types under which some servers send HTML: the body decides."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_VALIDATORS = frozenset({"If-None-Match", "If-Modified-Since"})
_END_OF_PAGE = 4096
"""Bytes in which a whole page ends; comments and scripts may follow its last tag."""
_REFUSAL_BYTES = 64 * 1024
"""Bytes of an error page that are read to classify it."""

BeforeHop = Callable[[str], Awaitable[None]]
"""Called with the URL that a redirect leads to, before it is visited. May wait; may raise FetchError to stop there."""


OnLarge = Callable[[], Awaitable[None]]
"""Called when a body turns out to be large (`large.LARGE`), before more of it is read. May wait for room."""


class WebClient:
    """An HTTP client for the length of one task; use it as an async context manager.

    `resolver` replaces the system's DNS (its answers are guarded all the same).
    """

    def __init__(
        self, settings: Settings, *, limits: RequestLimits | None = None, resolver: AbstractResolver | None = None
    ) -> None:
        self._allow = settings.allow_addresses
        self._limits = limits or RequestLimits()
        self._resolver = resolver
        self._user_agent = f"Wirewatch/{__version__} (+{settings.contact})"
        self._session: aiohttp.ClientSession | None = None

    @property
    def user_agent(self) -> str:
        """What sites see; its product token for robots.txt is `Wirewatch`."""
        return self._user_agent

    async def __aenter__(self) -> WebClient:
        limits = self._limits
        self._session = aiohttp.ClientSession(
            connector=read_tolerantly(
                guarded_connector(self._allow, resolver=self._resolver, limit=limits.connections)
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            headers={"User-Agent": self._user_agent, "Accept-Encoding": "gzip, deflate, br"},
            timeout=aiohttp.ClientTimeout(
                total=limits.total_s, sock_connect=limits.connect_s, sock_read=limits.read_s, ceil_threshold=3600
            ),
            response_class=_PeerResponse,
            max_line_size=limits.header_bytes,
            max_field_size=limits.header_bytes,
            max_headers=limits.header_lines,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def get(
        self,
        url: str,
        *,
        accept: Accept = Accept.PAGE,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        before_hop: BeforeHop | None = None,
        on_large: OnLarge | None = None,
    ) -> Response:
        """Visit `url`, following its redirects.

        `headers` are sent beside the client's own (validators: If-None-Match, If-Modified-Since). A 304 is a Response
        with an empty body, and only an answer to validators. The address is asked for as it is written, and so are
        those that redirects lead to. The time of a visit (`elapsed_s`) leaves out what `before_hop` waits. A feed, or a
        page that was cut short or wrongly framed comes with what is wrong in `cut`: a page only with its own end.

        Raises FetchError: bad_url, blocked_address, gone, bot_wall, paywall, not_html (only for Accept.PAGE),
        too_large, too_many_redirects, refused, unreachable, timeout, tls, bad_answer; and what `before_hop` raises.
        """
        here = _checked(url, url)
        seen = {here}
        elapsed = 0.0
        permanent, cookie = True, False
        while True:
            began = monotonic()
            answer = await self._request(here, accept, dict(headers or {}), max_bytes, on_large)
            elapsed += monotonic() - began
            cookie = cookie or answer.header("Set-Cookie") is not None
            if answer.status not in _REDIRECTS:
                hopped = len(seen) > 1
                return replace(answer, url=url, elapsed_s=elapsed, permanent_redirect=hopped and permanent)
            target = _redirect_target(here, answer)
            if target in seen or len(seen) > self._limits.redirects:
                if cookie:
                    message = f"{url}: asks for a cookie, and none is ever sent ({answer.status}, redirects back)"
                    raise _failure(FetchFailure.BOT_WALL, message, retry=False, http_status=answer.status)
                what = "redirects in a circle" if target in seen else f"more than {self._limits.redirects} redirects"
                raise _failure(
                    FetchFailure.TOO_MANY_REDIRECTS, f"{url}: {what}", retry=False, http_status=answer.status
                )
            permanent = permanent and answer.status in _PERMANENT
            seen.add(target)
            here = target
            if before_hop is not None:
                await before_hop(target)

    async def _request(
        self, url: str, accept: Accept, headers: dict[str, str], max_bytes: int, on_large: OnLarge | None
    ) -> Response:
        """One request without redirects: a document, a 304, or a 3xx with an empty body.

        Every way in which aiohttp reports a failure becomes a FetchError here.
        """
        if self._session is None:
            raise RuntimeError("WebClient is used outside of `async with`")
        try:
            async with self._session.get(
                URL(url, encoded=True), headers={**headers, "Accept": accept.value}, allow_redirects=False
            ) as answer:
                if answer.status == 304 and not _VALIDATORS & headers.keys():
                    message = f"{url}: 304 (not modified) to a request without validators"
                    raise _failure(FetchFailure.BAD_ANSWER, message, retry=True, http_status=304)
                return await _read(answer, url, accept, max_bytes, on_large)
        except TimeoutError as error:
            raise _failure(FetchFailure.TIMEOUT, f"{url}: timed out", retry=True) from error
        except aiohttp.InvalidURL as error:
            raise _failure(FetchFailure.BAD_URL, f"{url}: invalid URL ({error})", retry=False) from error
        except (aiohttp.ClientSSLError, ssl.SSLError) as error:
            raise _failure(FetchFailure.TLS, f"{url}: TLS error ({error})", retry=True) from error
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, BlockedAddressError):
                message = f"{url}: address not allowed ({error.os_error})"
                raise _failure(FetchFailure.BLOCKED_ADDRESS, message, retry=False) from error
            raise _failure(FetchFailure.UNREACHABLE, f"{url}: {error}", retry=True) from error
        except aiohttp.ClientPayloadError as error:
            message = f"{url}: truncated or wrongly encoded response ({error})"
            raise _failure(FetchFailure.BAD_ANSWER, message, retry=True) from error
        except aiohttp.ClientResponseError as error:
            message = f"{url}: not a valid HTTP response ({error.message})"
            raise _failure(FetchFailure.BAD_ANSWER, message, retry=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise _failure(FetchFailure.UNREACHABLE, f"{url}: {error or type(error).__name__}", retry=True) from error
        except (UnicodeError, ValueError) as error:
            # Host names that IDNA can't encode, and header values that are not allowed.
            raise _failure(FetchFailure.BAD_URL, f"{url}: can't be requested ({error})", retry=False) from error


class _PeerResponse(aiohttp.ClientResponse):
    """A response that keeps the peer's address; aiohttp drops it as soon as a short body is complete."""

    peer: str | None = None

    async def start(self, connection: aiohttp.connector.Connection) -> aiohttp.ClientResponse:
        transport = connection.transport
        if transport is not None:
            self.peer = (transport.get_extra_info("peername") or (None,))[0]
        return await super().start(connection)


async def _read(
    answer: aiohttp.ClientResponse, url: str, accept: Accept, max_bytes: int, on_large: OnLarge | None
) -> Response:
    now = datetime.now(UTC)
    body, broken = b"", None
    if answer.status not in _REDIRECTS and answer.status != 304:
        document = 200 <= answer.status < 300
        if document:
            _check_before_body(answer, url, accept, max_bytes)
            body, broken = await _body(answer, url, max_bytes, on_large)
            if broken is not None and not _is_kept(body, accept):
                raise broken
        else:
            body = await _beginning(answer)
        problem = refusal(answer.status, answer.headers, body, url=url, now=now)
        if problem is not None:
            raise problem
        if accept is Accept.PAGE:
            _check_is_html(answer, url, body)
    return Response(
        url=url,
        final_url=url,
        status=answer.status,
        headers=tuple((clean_text(name), _storable(name, value)) for name, value in answer.headers.items()),
        body=body,
        fetched_at=now,
        elapsed_s=0.0,
        address=getattr(answer, "peer", None),
        request_headers=tuple(answer.request_info.headers.items()),
        cut=_words(broken) if broken else None,
    )


def _words(broken: Exception) -> str:
    return clean_text(f"the answer is cut short or wrongly framed ({broken or type(broken).__name__})")


def _storable(name: str, value: str) -> str:
    """A header's value; the bytes of a Location stay what they are until it is followed."""
    return value if name.lower() == "location" and not value.isascii() else clean_text(value)


def _is_kept(body: bytes, accept: Accept) -> bool:
    """Whether a body that was cut short is worth reading: of a feed each item is, a page only when it has its end."""
    match accept:
        case Accept.FEED:
            return bool(body)
        case Accept.PAGE:
            return b"</html>" in body[-_END_OF_PAGE:].replace(b"\0", b"").lower()
    return False


def _check_before_body(answer: aiohttp.ClientResponse, url: str, accept: Accept, max_bytes: int) -> None:
    """Raise what the headers alone disqualify, before the body is read."""
    if accept is Accept.PAGE and answer.content_type not in _HTML_TYPES and _media_type(answer) not in _UNTYPED:
        raise _not_html(answer, url)
    if (answer.content_length or 0) > max_bytes:
        raise _too_large(url, max_bytes, answer.status)


def _media_type(answer: aiohttp.ClientResponse) -> str:
    return answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _check_is_html(answer: aiohttp.ClientResponse, url: str, body: bytes) -> None:
    """Under an unspecific content type the beginning of the body decides: it must be an HTML tag."""
    if not body.strip():
        raise _failure(FetchFailure.BAD_ANSWER, f"{url}: empty page", retry=True, http_status=answer.status)
    if _media_type(answer) in _HTML_TYPES:
        return
    start = body[:4096].replace(b"\0", b"").lower()
    if not any(mark in start for mark in (b"<!doctype html", b"<html", b"<head", b"<body")):
        raise _not_html(answer, url)


async def _body(
    answer: aiohttp.ClientResponse, url: str, max_bytes: int, on_large: OnLarge | None
) -> tuple[bytes, Exception | None]:
    """The body as far as it came, and what ended it before its end."""
    body = bytearray()
    broken: Exception | None = None
    pieces = answer.content.iter_any().__aiter__()
    while True:
        try:
            piece = await anext(pieces)
        except StopAsyncIteration:
            break
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if not body:
                raise
            broken = error
            break
        if on_large is not None and len(body) + len(piece) > LARGE:
            await on_large()
            on_large = None
        if len(body) + len(piece) > max_bytes:
            raise _too_large(url, max_bytes, answer.status)
        body += piece
    return bytes(body), broken


async def _beginning(answer: aiohttp.ClientResponse) -> bytes:
    """The first bytes of an error page; errors while reading it are ignored."""
    body = bytearray()
    try:
        async for piece in answer.content.iter_any():
            body += piece
            if len(body) >= _REFUSAL_BYTES:
                break
    except (aiohttp.ClientError, TimeoutError, OSError):
        return bytes(body)
    return bytes(body)


def _failure(reason: FetchFailure, message: str, *, retry: bool, http_status: int | None = None) -> FetchError:
    """A FetchError whose message can be stored: a Location header may contain anything."""
    return FetchError(reason, clean_text(message), retry=retry, http_status=http_status)


def _checked(url: str, asked: str, base: str | None = None) -> str:
    """`url`, if it can be visited: http or https, a host, no credentials."""
    try:
        return as_written(url, base)
    except ValueError as error:
        raise _failure(FetchFailure.BAD_URL, f"{asked}: invalid URL ({error})", retry=False) from error


def _redirect_target(here: str, answer: Response) -> str:
    location = answer.header("Location")
    if not location:
        message = f"{here}: redirect without a target ({answer.status})"
        raise _failure(FetchFailure.BAD_ANSWER, message, retry=True, http_status=answer.status)
    return _checked(location, here, here)


def _not_html(answer: aiohttp.ClientResponse, url: str) -> FetchError:
    kind = _media_type(answer) or "a document without a type"
    return _failure(FetchFailure.NOT_HTML, f"{url}: {kind}, not an HTML page", retry=False, http_status=answer.status)


def _too_large(url: str, max_bytes: int, status: int) -> FetchError:
    return _failure(FetchFailure.TOO_LARGE, f"{url}: more than {max_bytes:,} bytes", retry=False, http_status=status)
