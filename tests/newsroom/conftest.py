"""One Airflow for the run: its API server, with the newsroom's week in the warehouse, and a browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg2
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import admin, free_port, spawn
from tests.newsroom.hostile import put_hostile_stories
from tests.optional import program
from tests.warehouse.conftest import WEEK, week_database  # noqa: F401 - a fixture
from wirewatch.local import airflow
from wirewatch.local.postgres import Postgres
from wirewatch.local.state import Home

CHROMIUM = program("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


expect.set_options(timeout=30_000)  # Airflow's own UI takes its time on a busy machine


@dataclass(frozen=True, slots=True)
class Ui:
    """A running Airflow UI."""

    address: str
    home: Home
    dsn: str
    """Of its warehouse, as a superuser: to look and to prepare."""

    def sql(self, statement: str, *parameters: object) -> list[tuple]:
        """Runs one statement in a transaction of its own; gives its rows."""
        connection = psycopg2.connect(self.dsn)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, parameters or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


def copied(postgres: Postgres, name: str, template: str) -> str:
    with admin(postgres) as cursor:
        cursor.execute(f"drop database if exists {name} with (force)")
        cursor.execute(f"create database {name} template {template}")
    return postgres.dsn(name)


@pytest.fixture(scope="module")
def ui(postgres: Postgres, week_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:  # noqa: F811
    """Airflow's API server alone: the pages need neither scheduler nor dag-processor."""
    if CHROMIUM is None:
        pytest.skip("needs Chromium (Debian: apt-get install chromium)")
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    home = Home(tmp_path_factory.mktemp("ui"))
    home.prepare()
    port = free_port()
    dsn = copied(postgres, f"ui_{worker}", WEEK)
    environment = airflow.environment(
        home,
        ui_port=port,
        metadata_dsn=copied(postgres, f"ui_airflow_{worker}", "template0"),
        warehouse_dsn=dsn,
        owner_dsn=dsn,
    )
    airflow.migrate_metadata(home, environment)
    server = next(part for part in airflow.components(home, environment) if part.name == "api-server")
    spawn(server)
    try:
        api = airflow.Api(f"http://127.0.0.1:{port}", home.password(airflow.ADMIN))
        airflow.wait_until(api.answers, "the API server does not answer", timeout_s=300, log=server.log)
        yield Ui(api.address, home, dsn)
    finally:
        server.end_leftovers()


@pytest.fixture(scope="module")
def browser(ui: Ui) -> Iterator[Browser]:
    """A headless Chromium, which ends with its module: while it runs, no event loop but Playwright's can."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


def log_in(page: Page, address: str, user: str, password: str) -> None:
    """Logs in by Airflow's form."""
    page.goto(f"{address}/auth/login")
    page.fill("input[name=username]", user)
    page.fill("input[name=password]", password)
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)


@pytest.fixture(scope="module")
def tokens(ui: Ui) -> dict[str, str]:
    """What each login is known by: Airflow's form puts it into a cookie, a program into a header."""
    return {user: airflow.Api(ui.address, ui.home.password(user), user=user).token() for user in airflow.LOGINS}


@pytest.fixture
def visit(ui: Ui, browser: Browser, tokens: dict[str, str]) -> Iterator[Callable[..., Page]]:
    """Opens a page as a user, at a width and in a theme.

    In the end, nothing must stand in the console, and no other server may have been asked.
    """
    contexts, said = [], []
    ours = (ui.address, f"blob:{ui.address}", "data:")

    def open_page(path: str = "", *, user: str = "admin", width: int = 1340, theme: str = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        context.add_cookies([{"name": "_token", "value": tokens[user], "url": ui.address, "sameSite": "Lax"}])
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda asked: None if asked.url.startswith(ours) else said.append(asked.url))
        page.goto(ui.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture(scope="module")
def hostile(ui: Ui) -> list[int]:
    """The stories of hostile outlets, by payload."""
    return put_hostile_stories(ui.dsn)
