"""Everything that can go wrong with a site: each fault takes the correct response and spoils it in one way."""

from __future__ import annotations

import asyncio
import fnmatch
import re
import socket
import struct
import time
import zlib
from dataclasses import dataclass, field, fields, is_dataclass, replace
from email.utils import formatdate

from aiohttp import web

from wirewatch.demo.sample_web.loopback import transport_of
from wirewatch.demo.sample_web.site import Answer

_MiB = 1 << 20
_TITLES = (b"<p>", b"<title>", b'"title": "')
"""Openings of the places where a reader takes text from, in pages and in feeds."""

FAULTS: dict[str, type[Fault]] = {}
"""By kind: the class name in snake case."""


def respond(answer: Answer) -> web.Response:
    """`answer` as aiohttp sends it."""
    response = web.Response(status=answer.status, body=answer.body)
    response.headers.popall("Content-Type", None)
    for name, value in answer.headers:
        response.headers.add(name, value)
    return response


class Fault:
    """A way to spoil an answer. Subclasses overwrite `spoil`, or `serve` when bytes alone can't express it."""

    def __init_subclass__(cls) -> None:
        FAULTS[re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()] = cls

    def spoil(self, answer: Answer) -> Answer:
        """The faulty response."""
        raise NotImplementedError

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        """Sends the faulty response."""
        return respond(self.spoil(answer))


@dataclass
class FaultRule:
    """Where and how often a fault happens."""

    fault: Fault
    kind: str
    host: str = "*"
    """Pattern of addresses, as in a shell."""
    path: str = "*"
    """Pattern of paths, as in a shell."""
    times: int | None = None
    """For so many requests; None for all."""

    def takes(self, host: str, path: str) -> bool:
        """Whether it happens to this request; counts it when it does."""
        if self.times == 0 or not (fnmatch.fnmatch(host, self.host) and fnmatch.fnmatch(path, self.path)):
            return False
        if self.times is not None:
            self.times -= 1
        return True


def rule(kind: str, host: str = "*", path: str = "*", times: int | None = None, **parameters: object) -> FaultRule:
    """A fault by its kind and parameters. Raises ValueError for an unknown kind or parameter, naming the known ones."""
    if kind not in FAULTS:
        raise ValueError(f"unknown fault {kind!r}; known are {', '.join(sorted(FAULTS))}")
    try:
        fault = FAULTS[kind](**parameters)
    except TypeError:
        fault_class = FAULTS[kind]
        known: list[str] = [known.name for known in fields(fault_class)] if is_dataclass(fault_class) else []
        raise ValueError(f"fault {kind!r} takes {known}, not {sorted(parameters)}") from None
    return FaultRule(fault, kind, host, path, times)


# --- answers of another kind ---------------------------------------------------------------------------------------


@dataclass
class Status(Fault):
    """Another status, with headers (Retry-After …) and a short page."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "<html><body><h1>Sorry</h1></body></html>"

    def spoil(self, answer: Answer) -> Answer:
        return Answer(self.status, (("Content-Type", "text/html"), *self.headers.items()), self.body.encode())


@dataclass
class Redirect(Fault):
    """A redirect to `to`."""

    to: str
    status: int = 302

    def spoil(self, answer: Answer) -> Answer:
        return Answer(self.status, (("Location", self.to),), b"")


class RedirectLoop(Fault):
    """Redirects to itself indefinitely, each hop under another query."""

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        hop = int(request.query.get("hop", "0")) + 1
        return respond(Answer(302, (("Location", f"{request.path}?hop={hop}"),), b""))


@dataclass
class BotWall(Fault):
    """403 with a challenge page; `xml_looking` begins it as a feed does."""

    xml_looking: bool = False
    status: int = 403

    def spoil(self, answer: Answer) -> Answer:
        page = "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>"
        page += "<p>Enable JavaScript and cookies to continue.</p><p>Ray ID: 7f3a9c01</p></body></html>"
        start = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n' if self.xml_looking else "<!DOCTYPE html>\n"
        kind = "text/xml" if self.xml_looking else "text/html"
        return Answer(self.status, (("Content-Type", f"{kind}; charset=utf-8"),), (start + page).encode())


class NotAFeed(Fault):
    """200 with an ordinary HTML page."""

    def spoil(self, answer: Answer) -> Answer:
        page = "<!doctype html><html><head><title>Site news</title></head><body><h1>We have moved our feeds</h1>"
        page += "<p>Please look at our new subscription centre.</p></body></html>"
        return Answer(200, (("Content-Type", "text/html; charset=utf-8"),), page.encode())


class ScriptShell(Fault):
    """200 with a page whose words only a script would bring: a redesign, seen by who runs no scripts."""

    def spoil(self, answer: Answer) -> Answer:
        page = "<!doctype html><html lang=en><head><title>News</title><script src=/app.js defer></script></head>"
        page += "<body><div id=root></div><noscript>Please enable scripts.</noscript></body></html>"
        return Answer(200, (("Content-Type", "text/html; charset=utf-8"),), page.encode())


class Empty(Fault):
    """200 without a body."""

    def spoil(self, answer: Answer) -> Answer:
        return replace(answer, body=b"")


class NoItems(Fault):
    """A feed that is valid, and lists nothing."""

    def spoil(self, answer: Answer) -> Answer:
        body = b'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>/</link>'
        return Answer(200, (("Content-Type", "application/rss+xml"),), body + b"<description/></channel></rss>")


class AlwaysUnchanged(Fault):
    """304 although something changed: some servers' validators lie."""

    def spoil(self, answer: Answer) -> Answer:
        return Answer(304, answer.headers, b"")


class NoValidators(Fault):
    """Neither ETag nor Last-Modified."""

    def spoil(self, answer: Answer) -> Answer:
        return replace(answer, headers=tuple(h for h in answer.headers if h[0] not in ("ETag", "Last-Modified")))


# --- wrong content -------------------------------------------------------------------------------------------------


@dataclass
class WrongCharset(Fault):
    """Header and document declare an encoding that is not theirs."""

    declared: str = "iso-8859-1"

    def spoil(self, answer: Answer) -> Answer:
        kind = (answer.header("Content-Type") or "text/html").partition(";")[0]
        headers = tuple(h for h in answer.headers if h[0] != "Content-Type")
        declared = self.declared.encode()
        body = re.sub(rb"""((?:encoding|charset)=["']?)[\w-]+""", rb"\1" + declared, answer.body, count=2)
        return replace(answer, headers=(("Content-Type", f"{kind}; charset={self.declared}"), *headers), body=body)


class NulBytes(Fault):
    """NUL bytes in titles and text."""

    def spoil(self, answer: Answer) -> Answer:
        return replace(answer, body=_insert(answer.body, b"\x00"))


class LoneSurrogate(Fault):
    r"""Half a character: `\ud83d` in JSON, `&#xD83D;` in HTML and XML."""

    def spoil(self, answer: Answer) -> Answer:
        half = rb"\ud83d" if "json" in (answer.header("Content-Type") or "") else b"&#xD83D;"
        return replace(answer, body=_insert(answer.body, half))


@dataclass
class OtherYear(Fault):
    """Every date of 2026 is of `year`: 9999, or long ago as in a zombie feed."""

    year: int = 9999

    def spoil(self, answer: Answer) -> Answer:
        return replace(answer, body=re.sub(rb"\b2026(?=[-/ ])", b"%04d" % self.year, answer.body))


@dataclass
class Guids(Fault):
    """Every guid of an RSS feed becomes `same`, or gets `suffix` as when a system re-issues its items."""

    same: str | None = None
    suffix: str = ""

    def spoil(self, answer: Answer) -> Answer:
        def other(match: re.Match[bytes]) -> bytes:
            value = match[2] if self.same is None else self.same.encode()
            return match[1] + value + self.suffix.encode() + match[3]

        return replace(answer, body=re.sub(rb"(<guid[^>]*>)([^<]*)(</guid>)", other, answer.body))


class EntityBomb(Fault):
    """A billion laughs: nested entities that would expand to gigabytes."""

    def spoil(self, answer: Answer) -> Answer:
        levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
        body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{levels}]><rss version="2.0"><channel>'
        body += "<title>&l10;</title><item><title>&l10;</title><link>/bomb</link></item></channel></rss>"
        return Answer(200, (("Content-Type", "application/rss+xml"),), body.encode())


@dataclass
class ExternalEntity(Fault):
    """A feed that asks the reader to include `system`, a file or an address."""

    system: str = "file:///etc/passwd"

    def spoil(self, answer: Answer) -> Answer:
        body = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "{self.system}">]><rss version="2.0"><channel>'
        body += "<title>News</title><item><title>&x;</title><link>/entity</link></item></channel></rss>"
        return Answer(200, (("Content-Type", "application/rss+xml"),), body.encode())


@dataclass
class DeepNesting(Fault):
    """An HTML page whose elements are nested `depth` deep."""

    depth: int = 100_000

    def spoil(self, answer: Answer) -> Answer:
        body = b"<html><body>" + b"<div>" * self.depth + b"<p>Deep.</p>" + b"</div>" * self.depth + b"</body></html>"
        return Answer(200, (("Content-Type", "text/html; charset=utf-8"),), body)


@dataclass
class OtherType(Fault):
    """The honest body under another Content-Type."""

    content_type: str = "application/octet-stream"

    def spoil(self, answer: Answer) -> Answer:
        headers = tuple(h for h in answer.headers if h[0] != "Content-Type")
        return replace(answer, headers=(("Content-Type", self.content_type), *headers))


# --- strange headers -----------------------------------------------------------------------------------------------


@dataclass
class HugeHeaders(Fault):
    """So many headers, and one of `size` bytes."""

    count: int = 150
    size: int = 65536

    def spoil(self, answer: Answer) -> Answer:
        many = tuple((f"X-Cache-Node-{n}", "MISS from edge") for n in range(self.count))
        return replace(answer, headers=(*answer.headers, *many, ("X-Policy", "p" * self.size)))


@dataclass
class ExtraHeaders(Fault):
    """The correct response with more headers (Set-Cookie, Cache-Control …)."""

    headers: dict[str, str]

    def spoil(self, answer: Answer) -> Answer:
        return replace(answer, headers=(*answer.headers, *self.headers.items()))


@dataclass
class ClockSkew(Fault):
    """A server whose clock is `seconds` ahead, in Date and Last-Modified."""

    seconds: float = 86400 * 30

    def spoil(self, answer: Answer) -> Answer:
        ahead = formatdate(time.time() + self.seconds, usegmt=True)
        headers = tuple(h for h in answer.headers if h[0] != "Last-Modified")
        return replace(answer, headers=(*headers, ("Date", ahead), ("Last-Modified", ahead)))


# --- broken transfers ----------------------------------------------------------------------------------------------


@dataclass
class Hang(Fault):
    """Nothing at all for `seconds`, then the correct response."""

    seconds: float = 3600

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        await asyncio.sleep(self.seconds)
        return respond(answer)


@dataclass
class Trickle(Fault):
    """The correct response, one byte every `seconds`."""

    seconds: float = 0.5

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        response = await _begin(request, answer, {})
        for at in range(len(answer.body)):
            await response.write(answer.body[at : at + 1])
            await asyncio.sleep(self.seconds)
        return response


@dataclass
class SlowHeaders(Fault):
    """Header lines that never end, one every `seconds`."""

    seconds: float = 0.5

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        transport = transport_of(request)
        transport.write(b"HTTP/1.1 200 OK\r\n")
        number = 0
        while not transport.is_closing():
            transport.write(b"X-Slow-%d: yes\r\n" % number)
            number += 1
            await asyncio.sleep(self.seconds)
        return web.Response()


@dataclass
class Reset(Fault):
    """The connection is reset, before the answer or after `after` bytes of its body."""

    after: int = 0

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        response: web.StreamResponse = web.Response()
        if self.after:
            response = await _begin(request, answer, {"Content-Length": str(len(answer.body))})
            await response.write(answer.body[: self.after])
            await asyncio.sleep(0.05)
        # SO_LINGER with time 0 makes close() send RST instead of FIN.
        transport = transport_of(request)
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        return response


@dataclass
class Truncated(Fault):
    """Content-Length promises the whole body; the connection closes after `share` of it."""

    share: float = 0.5

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        response = await _begin(request, answer, {"Content-Length": str(len(answer.body))})
        await response.write(answer.body[: int(len(answer.body) * self.share)])
        transport_of(request).close()
        return response


@dataclass
class Raw(Fault):
    """Any bytes instead of HTTP, then the connection closes."""

    data: str = "220 mail.example ESMTP ready\r\n"

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        transport = transport_of(request)
        transport.write(self.data.encode())
        transport.close()
        return web.Response()


@dataclass
class GzipBomb(Fault):
    """A small gzip body that unpacks to `size` bytes."""

    size: int = 1 << 30

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        # One full-flushed block of zeros can be sent again and again; only the checksum has to count them all.
        packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
        block = packer.compress(bytes(_MiB)) + packer.flush(zlib.Z_FULL_FLUSH)
        blocks = max(1, self.size // _MiB)
        response = await _begin(request, answer, {"Content-Encoding": "gzip"})
        await response.write(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03")
        checksum = 0
        for _ in range(blocks):
            await response.write(block)
            checksum = zlib.crc32(bytes(_MiB), checksum)
        await response.write(b"\x03\x00" + struct.pack("<II", checksum, blocks * _MiB & 0xFFFFFFFF))
        return response


class BrokenGzip(Fault):
    """Content-Encoding says gzip; the body isn't."""

    def spoil(self, answer: Answer) -> Answer:
        return replace(answer, headers=(*answer.headers, ("Content-Encoding", "gzip")))


class Gzip(Fault):
    """The correct response, rightly compressed whatever the client accepts."""

    def spoil(self, answer: Answer) -> Answer:
        packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        body = packer.compress(answer.body) + packer.flush()
        return replace(answer, headers=(*answer.headers, ("Content-Encoding", "gzip")), body=body)


@dataclass
class Endless(Fault):
    """The honest body, followed by blanks up to `size` bytes, in chunks."""

    size: int = 10 * (1 << 30)

    async def serve(self, request: web.Request, answer: Answer) -> web.StreamResponse:
        response = await _begin(request, answer, {})
        await response.write(answer.body)
        for _ in range(self.size // _MiB):
            await response.write(b" " * _MiB)
        return response


async def _begin(request: web.Request, answer: Answer, headers: dict[str, str]) -> web.StreamResponse:
    """The head of `answer` with other `headers`, sent; the body is the caller's."""
    response = web.StreamResponse(status=answer.status)
    for name, value in (*answer.headers, *headers.items()):
        response.headers[name] = value
    await response.prepare(request)
    return response


def _insert(body: bytes, what: bytes) -> bytes:
    for opening in _TITLES:
        body = body.replace(opening, opening + what, 3)
    return body
