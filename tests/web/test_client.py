"""The client against a hostile loopback: every fault in its class, and never more in memory than allowed."""

from __future__ import annotations

import asyncio
import gzip
import resource
import ssl
import subprocess
import zlib
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from aiohttp import web

from tests.web.site import Site
from wirewatch.errors import FetchError
from wirewatch.records import FetchFailure
from wirewatch.web.client import Accept, RequestLimits, WebClient
from wirewatch.web.refusals import refusal, retry_after

FAST = RequestLimits(connect_s=2, read_s=0.5, total_s=1.5)
HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"<!doctype html><html><body>a page"
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


@pytest.fixture
async def site():
    async with Site() as opened:
        yield opened


@pytest.fixture
async def client(settings):
    async with WebClient(settings, limits=FAST) as opened:
        yield opened


async def failure(client: WebClient, url: str, **arguments) -> FetchError:
    with pytest.raises(FetchError) as error:
        await client.get(url, **arguments)
    return error.value


async def raw_server(answer: bytes, *, then: str = "close"):
    """A server that writes `answer` whatever it is asked, and then closes, hangs or resets."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        if then == "hang":
            await asyncio.sleep(30)
        if then == "reset":
            writer.transport.abort()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"


async def test_a_page_comes_with_all_that_is_known_of_it(client, site):
    site.pages["/a"] = (200, {**HTML, "ETag": '"1"', "X-Two": "1"}, PAGE)
    answer = await client.get(site.url("/a#part"), headers={"If-None-Match": '"0"'})
    assert (answer.status, answer.body, answer.address) == (200, PAGE, "127.0.0.1")
    assert (answer.url, answer.final_url) == (site.url("/a#part"), site.url("/a"))
    assert answer.header("etag") == '"1"'
    assert not answer.permanent_redirect
    assert dict(answer.request_headers)["If-None-Match"] == '"0"'
    assert datetime.now(UTC) - answer.fetched_at < timedelta(seconds=10)
    assert 0 < answer.elapsed_s < 5


async def test_the_visitor_names_itself_and_carries_nothing_along(client, site):
    site.pages["/a"] = (302, {"Location": "/b", "Set-Cookie": "track=1"}, b"")
    site.pages["/b"] = (200, {**HTML, "Set-Cookie": "track=2"}, PAGE)
    await client.get(site.url("/a"))
    await client.get(site.url("/b"))
    for visit in site.visits:
        assert visit.headers["User-Agent"].startswith("Wirewatch/")
        assert "+https://" in visit.headers["User-Agent"]
        assert not {"Cookie", "Authorization", "Referer"} & set(visit.headers)


async def test_not_modified_is_an_answer(client, site):
    site.pages["/a"] = (304, {"ETag": '"1"'}, b"")
    answer = await client.get(site.url("/a"), accept=Accept.FEED, headers={"If-None-Match": '"1"'})
    assert (answer.status, answer.body) == (304, b"")


async def test_not_modified_without_validators_is_a_broken_answer(client, site):
    site.pages["/a"] = (304, {}, b"")
    error = await failure(client, site.url("/a"), accept=Accept.FEED)
    assert (error.reason, error.retry, error.http_status) == (FetchFailure.BAD_ANSWER, True, 304)


SIGNED = "/f?url=https%3A%2F%2Fa.example%2Fx&sig=%28k%29&n=%27&e=%c3%a9&empty=&&"


async def redirecting(redirects: dict[bytes, bytes]):
    """A server that redirects by the path as it came, and serves a page for all others; and the paths that came."""
    paths: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        paths.append((await reader.readuntil(b"\r\n\r\n")).split(b" ")[1])
        if target := redirects.get(paths[-1]):
            writer.write(b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: " + target + b"\r\n\r\n")
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\n<p>a")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    return server, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", paths


async def test_addresses_are_asked_for_as_they_are_written(client):
    server, url, paths = await redirecting({b"/r": SIGNED.encode(), b"/raw": b"/caf\xe9?a=b c"})
    for address in (SIGNED, "/r", "/raw", "/é x"):
        await client.get(url + address)
    server.close()
    assert paths == [
        *(SIGNED.encode(), b"/r", SIGNED.encode()),
        *(b"/raw", b"/caf%E9?a=b%20c", b"/%C3%A9%20x"),
    ]


async def test_a_redirect_between_two_quotings_is_no_circle(client):
    server, url, paths = await redirecting({b"/a/b": b"/a%2Fb"})
    assert (await client.get(url + "/a/b")).final_url == url + "/a%2Fb"
    server.close()
    assert paths == [b"/a/b", b"/a%2Fb"]


async def test_a_cookie_check_is_a_wall_that_says_so(client, site):
    site.pages["/a"] = (302, {"Location": "/check"}, b"")
    site.pages["/check"] = (302, {"Location": "/a", "Set-Cookie": "seen=1"}, b"")
    error = await failure(client, site.url("/a"))
    assert (error.reason, error.retry) == (FetchFailure.BOT_WALL, False)
    assert "cookie" in str(error)


FEED = b"<rss><channel><item><guid>1</guid></item></channel></rss>"
LENGTH = b"Content-Length: %d\r\n"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (LENGTH % (len(FEED) + 3), FEED),
        (b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % len(FEED) + FEED + b"\r\n"),
        (b"Transfer-Encoding: chunked\r\n" + LENGTH % 5, b"%x\r\n" % len(FEED) + FEED + b"\r\n0\r\n\r\n"),
        (b"Transfer-Encoding: identity\r\n" + LENGTH % len(FEED), FEED),
        (LENGTH % len(FEED) * 2, FEED),
        (LENGTH % len(FEED) + LENGTH % 7, FEED),
        (b"Content-Length: -1\r\n", FEED),
        (b"Content-Length: many\r\n", FEED),
    ],
)
async def test_a_whole_document_in_broken_framing_is_kept(client, headers, body):
    server, url = await raw_server(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n" + body)
    answer = await client.get(url, accept=Accept.FEED)
    server.close()
    assert answer.body == FEED


async def test_a_page_that_was_cut_short_is_kept_with_its_end_alone(client):
    whole = PAGE + b"</body></html>"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 900\r\n\r\n"
    server, url = await raw_server(head + whole)
    answer = await client.get(url)
    server.close()
    assert (answer.body, "cut short" in (answer.cut or "")) == (whole, True)
    server, url = await raw_server(head + PAGE)
    assert (await failure(client, url)).reason == FetchFailure.BAD_ANSWER
    server.close()


async def test_interim_answers_come_before_the_framing_is_looked_at(client):
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
    server, url = await raw_server(hints + b"HTTP/1.1 200 OK\r\n" + LENGTH % len(FEED) * 2 + b"\r\n" + FEED)
    assert (await client.get(url, accept=Accept.FEED)).body == FEED
    server.close()


@pytest.mark.parametrize("title", ["Access Denied", "Just a moment...", "Robot or human?"])
def test_a_feed_is_a_feed_whatever_its_stories_are_called(title):
    item = f"<item><title>{title}</title></item>".encode()
    feed = b"<?xml version='1.0'?><rss><channel>" + item + b"</channel></rss>"
    wall = f"<html><head><title>{title}</title></head><body><rss></body></html>".encode()
    assert refusal(200, {}, feed, url="u", now=NOW) is None
    assert refusal(200, {}, b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', url="u", now=NOW) is None
    for status, body in ((403, feed), (200, wall)):
        assert refusal(status, {}, body, url="u", now=NOW).reason == FetchFailure.BOT_WALL


@pytest.mark.parametrize(
    ("statuses", "permanent"), [([301, 308], True), ([301, 302], False), ([307], False), ([303], False)]
)
async def test_redirects_are_followed_and_told_apart(client, site, statuses, permanent):
    for n, status in enumerate(statuses):
        site.pages[f"/{n}"] = (status, {"Location": f"/{n + 1}"}, b"")
    site.pages[f"/{len(statuses)}"] = (200, HTML, PAGE)
    answer = await client.get(site.url("/0"))
    assert answer.final_url == site.url(f"/{len(statuses)}")
    assert answer.permanent_redirect is permanent


async def test_redirects_without_end(client, site):
    async def onward(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/{int(request.path[1:]) + 1}")

    site.pages |= {f"/{n}": onward for n in range(50)}
    site.pages["/circle"] = (302, {"Location": "/circle"}, b"")
    for path, visits in (("/0", 11), ("/circle", 1)):
        site.visits.clear()
        error = await failure(client, site.url(path))
        assert (error.reason, error.retry) == (FetchFailure.TOO_MANY_REDIRECTS, False)
        assert len(site.visits) == visits


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("", FetchFailure.BAD_ANSWER),
        ("ftp://example.com/", FetchFailure.BAD_URL),
        ("file:///etc/passwd", FetchFailure.BAD_URL),
        ("javascript:alert(1)", FetchFailure.BAD_URL),
        ("http://user:secret@example.com/", FetchFailure.BAD_URL),
        ("http://[::1", FetchFailure.BAD_URL),
        ("http://169.254.169.254/latest/meta-data/", FetchFailure.BLOCKED_ADDRESS),
        ("http://10.0.0.1/", FetchFailure.BLOCKED_ADDRESS),
    ],
)
async def test_redirects_to_where_nobody_should_go(client, site, location, reason):
    site.pages["/a"] = (302, {"Location": location}, b"")
    assert (await failure(client, site.url("/a"))).reason == reason


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(PAGE), zlib.compress(PAGE), brotli.compress(PAGE)],
    ids=["gzip", "deflate", "br"],
)
async def test_compressed_bodies_are_unpacked(client, site, packed):
    coding = {0x1F: "gzip", 0x78: "deflate"}.get(packed[0], "br")
    site.pages["/a"] = (200, {**HTML, "Content-Encoding": coding}, packed)
    assert (await client.get(site.url("/a"))).body == PAGE


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
async def test_a_bomb_is_recognised_before_it_is_unpacked(client, site, coding):
    pack = {"gzip": gzip.compress, "deflate": zlib.compress, "br": lambda data: brotli.compress(data, quality=5)}[
        coding
    ]
    site.pages["/bomb"] = (200, {**HTML, "Content-Encoding": coding}, pack(bytes(300_000_000)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    error = await failure(client, site.url("/bomb"))
    assert (error.reason, error.retry) == (FetchFailure.TOO_LARGE, False)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


async def test_a_page_of_ten_gigabytes_costs_ten_megabytes(settings, site):
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        answer = web.StreamResponse(headers=HTML)
        await answer.prepare(request)
        while sent < 10 * 1024**3:
            await answer.write(b"x" * 65536)
            sent += 65536
        return answer

    site.pages["/endless"] = endless
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    async with WebClient(settings) as client:
        error = await failure(client, site.url("/endless"))
    assert error.reason == FetchFailure.TOO_LARGE
    assert sent < 40 * 1024**2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


async def test_a_declared_size_is_believed_without_reading(client):
    server, url = await raw_server(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999\r\n\r\n", then="hang"
    )
    async with server:
        assert (await failure(client, url)).reason == FetchFailure.TOO_LARGE


@pytest.mark.parametrize(
    ("answer", "then", "reason"),
    [
        (b"", "close", FetchFailure.UNREACHABLE),
        (b"", "hang", FetchFailure.TIMEOUT),
        (b"", "reset", FetchFailure.UNREACHABLE),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Le", "hang", FetchFailure.TIMEOUT),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 50\r\n\r\nhalf",
            "close",
            FetchFailure.BAD_ANSWER,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 50\r\n\r\nhalf", "hang", FetchFailure.TIMEOUT),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "close",
            FetchFailure.BAD_ANSWER,
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nnope",
            "close",
            FetchFailure.BAD_ANSWER,
        ),
        (b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000 + b"\r\n\r\n", "close", FetchFailure.BAD_ANSWER),
        (b"HTTP/1.1 200 OK\r\n" + b"X-Many: x\r\n" * 5000 + b"\r\n", "close", FetchFailure.BAD_ANSWER),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "close", FetchFailure.BAD_ANSWER),
        (b"\0\xff\0\xff" * 100, "close", FetchFailure.BAD_ANSWER),
    ],
)
async def test_broken_answers(client, answer, then, reason):
    server, url = await raw_server(answer, then=then)
    async with server:
        error = await failure(client, url)
    assert (error.reason, error.retry) == (reason, True)


async def test_a_hundred_and_fifty_headers_are_no_fault(client, site):
    site.pages["/a"] = (200, {**HTML, **{f"X-{n}": "x" * 200 for n in range(150)}}, PAGE)
    assert (await client.get(site.url("/a"))).status == 200


async def test_slow_loris_ends_with_the_time_of_the_request(client, site):
    async def drip(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers=HTML)
        await answer.prepare(request)
        for _ in range(200):
            await answer.write(b"x")
            await asyncio.sleep(0.1)
        return answer

    site.pages["/drip"] = drip
    began = asyncio.get_running_loop().time()
    error = await failure(client, site.url("/drip"))
    assert (error.reason, error.retry) == (FetchFailure.TIMEOUT, True)
    assert asyncio.get_running_loop().time() - began < 3


async def test_no_server_and_no_name(client):
    for url in ("http://127.0.0.1:9/", "http://no-such-host.invalid/"):
        error = await failure(client, url)
        assert (error.reason, error.retry) == (FetchFailure.UNREACHABLE, True)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> ssl.SSLContext:
    """A server's context with a certificate that nobody vouches for."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -keyout key.pem -out cert.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


async def test_a_certificate_that_nobody_vouches_for(client, certificate):
    async with Site(tls=certificate) as site:
        site.pages["/"] = (200, HTML, PAGE)
        error = await failure(client, site.url("/"))
    assert (error.reason, error.retry) == (FetchFailure.TLS, True)
    assert site.visits == []


async def test_tls_to_a_server_that_speaks_none(client, site):
    error = await failure(client, site.url("/").replace("http:", "https:"))
    assert (error.reason, error.retry) == (FetchFailure.TLS, True)


@pytest.mark.parametrize(
    ("kind", "body", "is_page"),
    [
        ("text/html", b"anything", True),
        ("application/xhtml+xml; charset=utf-8", b"anything", True),
        ("text/plain", PAGE, True),
        ("application/octet-stream", b"\xef\xbb\xbf  <HTML>", True),
        ("", PAGE, True),
        ("text/plain", b"just text", False),
        ("application/xml", b"<?xml version='1.0'?><rss/>", False),
        ("application/pdf", b"%PDF-1.7", False),
        ("video/mp4", b"", False),
        ("application/json", b"{}", False),
    ],
)
async def test_what_is_no_page_is_not_read(client, site, kind, body, is_page):
    site.pages["/a"] = (200, {"Content-Type": kind}, body)
    if is_page:
        assert (await client.get(site.url("/a"))).body == body
    else:
        error = await failure(client, site.url("/a"))
        assert (error.reason, error.retry) == (FetchFailure.NOT_HTML, False)
    # A feed may come under any type.
    assert (await client.get(site.url("/a"), accept=Accept.FEED)).body == body


@pytest.mark.parametrize(
    ("status", "headers", "body", "reason", "retry"),
    [
        (404, {}, b"", FetchFailure.GONE, True),
        (410, {}, b"", FetchFailure.GONE, False),
        (451, {}, b"", FetchFailure.BOT_WALL, False),
        (401, {}, b"", FetchFailure.PAYWALL, False),
        (402, {}, b"", FetchFailure.PAYWALL, False),
        (403, {}, b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", FetchFailure.BOT_WALL, True),
        (403, {"cf-mitigated": "challenge"}, b"", FetchFailure.BOT_WALL, True),
        (503, {}, b"<html><title>Just a moment...</title>", FetchFailure.BOT_WALL, True),
        (200, {}, b"<html><script>window._cf_chl_opt={}</script>", FetchFailure.BOT_WALL, True),
        (202, {"x-amzn-waf-action": "challenge"}, b"", FetchFailure.BOT_WALL, True),
        (429, {"Retry-After": "120"}, b"", FetchFailure.REFUSED, True),
        (503, {"Retry-After": "120"}, b"", FetchFailure.REFUSED, True),
        (500, {}, b"", FetchFailure.REFUSED, True),
        (522, {}, b"", FetchFailure.REFUSED, True),
        (400, {}, b"", FetchFailure.REFUSED, True),
        (300, {}, b"", FetchFailure.REFUSED, True),
        (999, {}, b"", FetchFailure.REFUSED, True),
    ],
)
async def test_refusals(client, site, status, headers, body, reason, retry):
    site.pages["/a"] = (status, {**HTML, **headers}, body)
    error = await failure(client, site.url("/a"), accept=Accept.FEED)
    assert (error.reason, error.retry, error.http_status) == (reason, retry, status)
    assert error.retry_after_s == (120 if "Retry-After" in headers else None)
    assert site.url("/a") in str(error)


def test_an_article_about_a_wall_is_no_wall():
    page = b"<html><title>Just a moment...</title>" + b"<p>words</p>" * 20_000
    assert refusal(200, {}, page, url="u", now=NOW) is None


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", None, 120.0),
        (" 0 ", None, 0.0),
        ("99999999999999999999", None, 86400.0),
        ("Wed, 03 Jun 2026 12:10:00 GMT", None, 600.0),
        ("Wed, 03 Jun 2026 11:00:00 GMT", None, 0.0),
        # A server whose clock is a year behind says ten minutes all the same.
        ("Tue, 03 Jun 2025 12:10:00 GMT", "Tue, 03 Jun 2025 12:00:00 GMT", 600.0),
        ("soon", None, None),
        ("-5", None, None),
        ("", None, None),
        ("٣", None, None),
        ("Wed, 99 Jun 2026 12:10:00 GMT", None, None),
    ],
)
def test_retry_after(value, date, seconds):
    headers = {"Retry-After": value} | ({"Date": date} if date else {})
    assert retry_after(headers, NOW) == seconds


@pytest.mark.parametrize("url", ["", "x", "http://", "https:///a", "ftp://a/", "http://\ud800/", "http://a:99999/"])
async def test_what_is_no_url(client, url):
    error = await failure(client, url)
    assert (error.reason, error.retry) == (FetchFailure.BAD_URL, False)
    str(error).encode()
