"""Outlets for registries of tests and benches, of which only names and feeds matter."""

from __future__ import annotations

from wirewatch.feeds.registry import Feed, Outlet


def outlet(key: str, *feeds: Feed, name: str | None = None) -> Outlet:
    """An American newspaper in English that has these feeds."""
    return Outlet(
        key=key,
        name=name or key,
        homepage=None,
        country="US",
        language="en",
        kind="newspaper",
        ownership="none",
        perspective="us",
        timezone=None,
        feeds=feeds,
    )
