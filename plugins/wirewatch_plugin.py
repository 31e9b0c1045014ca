"""Registers the Newsroom in Airflow's navigation. Its pages are in wirewatch/newsroom/."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Receive, Scope, Send

_PREFIX = "/newsroom"
_HOME = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/") + _PREFIX


@cache
def _application() -> FastAPI:
    from wirewatch.newsroom.access import airflow_context
    from wirewatch.newsroom.application import application

    return application(airflow_context())


async def newsroom(scope: Scope, receive: Receive, send: Send) -> None:
    """The pages, loaded with their first request.

    Every process of Airflow loads the plugins, and only the API server serves them: the others, tasks among them,
    would wait seconds for nothing.
    """
    await _application()(scope, receive, send)


class WirewatchPlugin(AirflowPlugin):
    """The Newsroom: stories, search, feeds, pipeline, trends, review."""

    name = "wirewatch"
    fastapi_apps = [{"app": newsroom, "url_prefix": _PREFIX, "name": "Newsroom"}]  # noqa: RUF012 - Airflow's form
    external_views = [  # noqa: RUF012 - Airflow's form
        {
            "name": "Newsroom",
            "href": f"{_HOME}/",
            "destination": "nav",
            "url_route": "newsroom",
            "nav_top_level": True,
            "icon": f"{_HOME}/static/icon.svg",
            "icon_dark_mode": f"{_HOME}/static/icon-dark.svg",
        }
    ]
