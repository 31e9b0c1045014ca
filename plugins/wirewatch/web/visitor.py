"""A polite visit: obeys robots.txt, waits for the host's slot, and does so for every hop of a redirect.

async with WebClient(settings) as client:
    visitor = Visitor(warehouse, settings, client, by=task_name)
    response = await visitor.get(url, accept=Accept.FEED, headers={"If-None-Match": etag})
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from time import monotonic
from urllib.parse import urlsplit

from wirewatch.errors import FetchError
from wirewatch.records import FetchFailure, Response
from wirewatch.settings import Settings
from wirewatch.text.urls import host_key
from wirewatch.warehouse import Warehouse
from wirewatch.web import robots
from wirewatch.web.client import MAX_BYTES, Accept, OnLarge, WebClient
from wirewatch.web.politeness import PATIENCE_S, Politeness, Turn
from wirewatch.web.robots import Rules

_TROUBLE_OF_THE_HOST = frozenset(
    {
        FetchFailure.UNREACHABLE,
        FetchFailure.TIMEOUT,
        FetchFailure.TLS,
        FetchFailure.REFUSED,
        FetchFailure.BAD_ANSWER,
        FetchFailure.BOT_WALL,
    }
)
"""Failures that are recorded with the host; the others concern one URL."""


class Visitor:
    """Visits of one worker. `by` names the worker; it must be unique among all that run."""

    def __init__(self, warehouse: Warehouse, settings: Settings, client: WebClient, *, by: str) -> None:
        self._warehouse = warehouse
        self._client = client
        self._delay_s = settings.host_delay_s
        self._politeness = Politeness(warehouse, by=by)
        self._rules: dict[str, tuple[Rules, float]] = {}
        """Per host: the rules, and until when (monotonic) they are cached."""
        self._reading: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(
        self,
        url: str,
        *,
        accept: Accept = Accept.PAGE,
        headers: Mapping[str, str] | None = None,
        max_bytes: int = MAX_BYTES,
        patience_s: float = PATIENCE_S,
        on_large: OnLarge | None = None,
    ) -> Response:
        """Visit `url` when its host has a free slot; see `WebClient.get` for the arguments and the failures.

        A redirect to another host asks that host's robots.txt and waits for its turn; one within the host waits its
        delay. A Retry-After is kept for the whole host. A visit that need not wait costs two short statements.

        Raises FetchError as `WebClient.get`, and with robots_disallowed; HostBusy (a FetchError) when the turn does
        not come within `patience_s` seconds: nothing is wrong with the URL then.
        """
        host = _host(url)
        turn: Turn | None = None
        async with AsyncExitStack() as held:

            async def before_hop(target: str) -> None:
                nonlocal turn, host
                host = _host(target)
                if turn is not None and host == turn.host:
                    await self._allowed(target, patience_s)
                    await self._politeness.again(turn, patience_s=patience_s)
                else:
                    # The old slot is released first: nobody holds one host and waits for another.
                    await held.aclose()
                    delay_s = (await self._allowed(target, patience_s)).delay_s
                    turn = await self._take_turn(held, target, delay_s, patience_s)
                    turn.counted = counted

            # Many hosts let robots have their feeds and not their pages; feeds have a health of their own.
            counted = accept is not Accept.FEED
            try:
                delay_s = (await self._allowed(url, patience_s)).delay_s
                turn = await self._take_turn(held, url, delay_s, patience_s)
                turn.counted = counted
                response = await self._client.get(
                    url,
                    accept=accept,
                    headers=headers,
                    max_bytes=max_bytes,
                    before_hop=before_hop,
                    on_large=on_large,
                )
                # The shared clock: dates are compared with it, and this machine's clock may be wrong.
                return replace(response, fetched_at=self._warehouse.now())
            except FetchError as error:
                error.host = host
                if turn is not None and turn.host == host:
                    _remember(turn, error)
                raise

    async def sitemaps(self, url: str, *, patience_s: float = PATIENCE_S) -> list[str]:
        """The sitemaps that the robots.txt of the URL's host names. Raises FetchError as `get`."""
        return (await self._allowed(url, patience_s)).sitemaps

    async def _take_turn(self, held: AsyncExitStack, url: str, delay_s: float, patience_s: float) -> Turn:
        delay_s = max(self._delay_s, delay_s)
        return await held.enter_async_context(
            self._politeness.visit(_host(url), delay_s=delay_s, patience_s=patience_s)
        )

    async def _allowed(self, url: str, patience_s: float) -> Rules:
        """The rules of the URL's host, which allow the visit.

        Raises FetchError when they don't, or when they can't be read now and none are known.
        """
        host = _host(url)
        async with self._reading[host]:
            rules, until = self._rules.get(host, (None, 0.0))
            if rules is None or monotonic() >= until:
                rules, valid_s = self._stored(host) or await self._read(url, host, patience_s)
                self._rules[host] = rules, monotonic() + valid_s
        if not rules.allow(url):
            raise FetchError(
                FetchFailure.ROBOTS_DISALLOWED, f"{url}: not allowed by the site's robots.txt", retry=False
            )
        return rules

    def _stored(self, host: str) -> tuple[Rules, float] | None:
        """The rules in the warehouse and for how many seconds they are valid; None when they must be fetched."""
        with self._warehouse.transaction() as rows:
            row = rows.get_robots(host=host)
        if row is None or not row.fresh:
            return None
        if not row.known:
            raise FetchError(
                FetchFailure.UNREACHABLE,
                f"{host}: its robots.txt could not be read, and without it there is no visit ({row.last_error})",
                retry=True,
                retry_after_s=row.expires_in_s,
            )
        return Rules(row.robots_text), row.expires_in_s

    async def _read(self, url: str, host: str, patience_s: float) -> tuple[Rules, float]:
        """Visit the host's robots.txt and store what it means."""
        scheme, netloc, *_ = urlsplit(url)
        async with AsyncExitStack() as held:
            turn = first = await self._take_turn(held, url, 0.0, patience_s)
            # Another worker may have fetched it while we waited.
            stored = self._stored(host)
            if stored is not None:
                return stored

            async def before_hop(target: str) -> None:
                nonlocal turn
                if _host(target) == turn.host:
                    await self._politeness.again(turn, patience_s=patience_s)
                else:
                    await held.aclose()
                    turn = await self._take_turn(held, target, 0.0, patience_s)

            status, text = 200, None
            try:
                answer = await self._client.get(
                    f"{scheme}://{netloc}/robots.txt",
                    accept=Accept.ROBOTS,
                    max_bytes=robots.MAX_BYTES,
                    before_hop=before_hop,
                )
                status, text = answer.status, robots.rules_text(answer.body)
            except FetchError as error:
                if not robots.means_no_rules(error):
                    _remember(turn, error)
                    if error.reason == FetchFailure.BLOCKED_ADDRESS and turn is first:
                        raise
                    return self._keep_old_rules(host, error)
                status = error.http_status or status
            rules = Rules(text)
            first.delay_s = max(self._delay_s, rules.delay_s)
            with self._warehouse.transaction() as rows:
                rows.save_robots(host=host, status=status, text=text, valid_s=robots.VALID_S)
            return rules, robots.VALID_S

    def _keep_old_rules(self, host: str, error: FetchError) -> tuple[Rules, float]:
        wait_s = max(robots.TRY_AGAIN_S, error.retry_after_s or 0.0)
        with self._warehouse.transaction() as rows:
            rows.put_off_robots(host=host, valid_s=wait_s)
            row = rows.get_robots(host=host)
        if row is None or not row.known:
            # The problem is robots.txt, not the page.
            reason = error.reason if error.retry else FetchFailure.BAD_ANSWER
            message = f"{host}: its robots.txt could not be read, and without it there is no visit: {error}"
            raise FetchError(reason, message, retry=True, retry_after_s=wait_s) from error
        return Rules(row.robots_text), wait_s


def _remember(turn: Turn, error: FetchError) -> None:
    """Record the failure with the slot, where it concerns the host."""
    if error.reason in _TROUBLE_OF_THE_HOST:
        turn.error, turn.failing_as = str(error), FetchFailure(error.reason)
    turn.rest_s = error.retry_after_s


def _host(url: str) -> str:
    try:
        return host_key(url)
    except ValueError as error:
        raise FetchError(FetchFailure.BAD_URL, str(error), retry=False) from error
