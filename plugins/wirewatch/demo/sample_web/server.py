"""The sample web's web server: many addresses, one port, one simulated clock, an access log, and faults on demand.

A control page answers on 127.0.0.1 alone (with SAMPLE_WEB_DOMAIN: under every name that is not an outlet's):

    GET  /__control           {"port", "now", "faults", "visits"}
    POST /__control           {"now": ISO time, "faults": [{"kind", "host", "path", "times", …}], "clear_log": true}
                              each key is optional; `faults` replaces the present ones
    GET  /__control/log       the access log, oldest first
    GET  /__control/truth     the truth of every article published by now
    GET  /__control/entries   every item that a feed has listed to somebody in a correct response
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from ruamel.yaml import YAML

from wirewatch.demo.sample_web import faults, site
from wirewatch.demo.sample_web import truth as truths
from wirewatch.demo.sample_web.loopback import LoopbackServer, visited_address
from wirewatch.demo.sample_web.outlets import DOMAIN, outlets, registry
from wirewatch.demo.sample_web.stories import WEEK_END, articles

CONTROL = "127.0.0.1"


@dataclass(slots=True)
class Visit:
    """One line of the access log."""

    at: float
    """When the request arrived, in seconds since the epoch: of the real clock."""
    client: str
    host: str
    """The address, or with SAMPLE_WEB_DOMAIN the name, that was visited."""
    path: str
    """With its query."""
    headers: dict[str, str]
    status: int | None = None
    """None until the answer has been sent, and indefinitely when its sending was cut off."""
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One item that a feed listed to somebody."""

    feed: str
    identity: str
    """Its guid, else its address."""
    url: str
    """Without tracking parameters."""
    title: str


class SampleWeb:
    """The running sample web. Its attributes may be changed from any thread while it serves.

    with SampleWeb.running() as sample_web:
        sample_web.now = datetime(2026, 3, 4, tzinfo=UTC)
        sample_web.fail("hang", host="127.0.0.12", times=2)
        sample_web.write_feeds(tmp_path / "feeds.yaml")
    """

    def __init__(self, now: datetime = WEEK_END) -> None:
        self.now = now
        self.faults: list[faults.FaultRule] = []
        self.visits: list[Visit] = []
        self.listed: dict[Listed, None] = {}
        """Every item that a feed has listed in an correct response, in the order of first listing."""
        self.port = 0
        self._by_address = {outlet.address: outlet for outlet in outlets().values()}
        # All interfaces only in a container of its own.
        listening = ["0.0.0.0"] if DOMAIN else [CONTROL, *self._by_address]  # noqa: S104 # nosec B104
        self._server = LoopbackServer(listening, self._answer, name="sample web")

    @classmethod
    @contextmanager
    def running(cls, port: int = 0, now: datetime = WEEK_END) -> Iterator[SampleWeb]:
        """The sample web, served by a thread while the block runs. Port 0 takes a free one."""
        sample_web = cls(now)
        sample_web.start(port)
        try:
            yield sample_web
        finally:
            sample_web.stop()

    def start(self, port: int = 0) -> None:
        """Serves from a thread; returns when every address answers. Raises OSError when no port is free on all."""
        articles()  # a broken story file must stop the start, not the first request
        self._server.start(port)
        self.port = self._server.port

    def stop(self) -> None:
        """Ends the thread; requests that hang are cut off."""
        self._server.stop()

    def fail(
        self, kind: str, *, host: str = "*", path: str = "*", times: int | None = None, **parameters: object
    ) -> None:
        """From now on `kind` happens to requests of `host` and `path`, `times` times. faults.py has the kinds."""
        self.faults.append(faults.rule(kind, host, path, times, **parameters))

    def url(self, article: str) -> str:
        """The address of the article with that id."""
        return truths.address(articles()[article], self.port)

    def feed_urls(self, outlet: str) -> list[str]:
        """The addresses of an outlet's feeds."""
        known = outlets()[outlet]
        return [f"http://{known.address}:{self.port}{feed.path}" for feed in known.feeds]

    def truth(self) -> dict[str, truths.TrueArticle]:
        """The truth by address, as of the simulated clock, for somebody who made the visits of the log."""
        got = {
            f"http://{visit.host}:{self.port}{visit.path}"
            for visit in self.visits
            if visit.status == 200 and not visit.fault
        }
        return truths.truth(self.port, self.now, got)

    def write_feeds(self, path: Path) -> None:
        """Writes the outlets and their feeds as a registry of Wirewatch."""
        yaml = YAML()
        yaml.indent(mapping=2, sequence=2, offset=0)
        with path.open("w", encoding="utf-8") as file:
            yaml.dump(registry(self.port), file)

    # --- the server's thread -----------------------------------------------------------------------------------

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        host = request.url.host if DOMAIN else visited_address(request)
        if host not in self._by_address:
            return await self._control(request)
        visit = Visit(time.time(), request.remote or "", host, request.path_qs, dict(request.headers))
        self.visits.append(visit)
        outlet, now = self._by_address[host], self.now
        answer = site.answer(outlet, request.path, self.port, now)
        rule = next((rule for rule in self.faults if rule.takes(host, request.path)), None)
        if rule is not None:
            visit.fault = rule.kind
            response = await rule.fault.serve(request, answer)
            visit.status = response.status
            return response
        asked = (request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since"))
        if site.unchanged(answer, *asked):
            answer = site.Answer(304, tuple(h for h in answer.headers if h[0] != "Content-Type"), b"")
        feed = f"http://{host}:{self.port}{request.path}"
        for item in answer.listed:
            self.listed.setdefault(Listed(feed, item.identity, item.url, item.article.title))
        visit.status = answer.status
        return faults.respond(answer)

    async def _control(self, request: web.Request) -> web.Response:
        if request.path == "/__control" and request.method == "POST":
            try:
                self._obey(await request.json())
            except (ValueError, TypeError, AttributeError) as error:
                return web.json_response({"error": str(error)}, status=400)
        match request.path:
            case "/__control":
                rules = [
                    {"kind": r.kind, "host": r.host, "path": r.path, "times": r.times} | vars(r.fault)
                    for r in self.faults
                ]
                return web.json_response(
                    {"port": self.port, "now": self.now.isoformat(), "faults": rules, "visits": len(self.visits)}
                )
            case "/__control/log":
                return web.json_response([asdict(visit) for visit in self.visits])
            case "/__control/truth":
                return web.json_response([true.as_json() for true in self.truth().values()])
            case "/__control/entries":
                return web.json_response([asdict(listed) for listed in self.listed])
        return web.json_response({"error": "see /__control, /__control/log, /truth, /entries"}, status=404)

    def _obey(self, order: dict[str, Any]) -> None:
        """Changes clock, faults and log, all of them or none. Raises ValueError or TypeError for a wrong order."""
        unknown = set(order) - {"now", "faults", "clear_log"}
        if unknown:
            raise ValueError(f"unknown keys {sorted(unknown)}; known are now, faults, clear_log")
        now = moment(order["now"]) if "now" in order else self.now
        rules = [faults.rule(**fault) for fault in order["faults"]] if "faults" in order else self.faults
        self.now, self.faults = now, rules
        if order.get("clear_log"):
            self.visits.clear()


def moment(text: str) -> datetime:
    """An ISO 8601 time with its zone, in UTC. Raises ValueError when it is not one."""
    value = datetime.fromisoformat(text)
    if value.tzinfo is None:
        raise ValueError(f"{text!r} has no zone; write 2026-03-04T12:00:00Z")
    return value.astimezone(UTC)
