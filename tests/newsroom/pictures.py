"""Takes the pictures of README.md and docs/newsroom.md from a running demo:

WIREWATCH_HOME=.wirewatch/demo python -m tests.newsroom.pictures
"""

from __future__ import annotations

from urllib.parse import quote

from playwright.sync_api import Page, sync_playwright

from tests.newsroom.conftest import CHROMIUM, QUIET, log_in
from wirewatch.local import airflow, stack
from wirewatch.settings import ROOT, Settings
from wirewatch.warehouse import Warehouse

IMAGES = ROOT / "docs" / "images"
_DAYS = "since=2026-03-02&until=2026-03-04"


def main() -> None:
    found = stack.find(Settings.load())
    with Warehouse(found.owner_dsn) as warehouse, warehouse.transaction() as rows:
        topic = rows.topics_to_choose()[0].topic
        talks = {
            "topic": topic, "relevance": "core", "event": "talks", "outlet": None, "perspective": None,
            "language": None, "since": None, "until": None, "before_at": None, "before_story": None,
        }  # fmt: skip
        story = max(rows.front_stories(**talks, n=50), key=lambda row: row.reports).story_id
    password = found.home.password(airflow.ADMIN)
    pictures = {
        "newsroom-stories": (f"/?{_DAYS}", "light", 1400, 900),
        "newsroom-story": (f"/stories/{story}", "light", 1400, 1000),
        "newsroom-pipeline-dark": ("/pipeline", "dark", 1400, 900),
        "newsroom-trends": ("/trends?days=14&until=2026-03-08", "light", 1400, 1000),
        "newsroom-narrow": (f"/?{_DAYS}", "dark", 390, 800),
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        context = browser.new_context()
        page = context.new_page()
        log_in(page, found.ui_address, airflow.ADMIN, password)
        for name, (path, theme, width, height) in pictures.items():
            _take(page, found.ui_address, name, path, theme, width, height)
        _take_airflow(page, found.ui_address)
        browser.close()


def _take(page: Page, address: str, name: str, path: str, theme: str, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate("theme => localStorage.setItem('theme', theme)", theme)
    # A narrow window has no room for Airflow's own navigation beside the page.
    page.goto(address + ("/plugin/newsroom/newsroom" if width > 600 else "/newsroom") + path)
    frame = page.frame_locator("iframe[title=Newsroom]") if width > 600 else page
    frame.locator("main").wait_for()
    page.wait_for_timeout(1500)
    page.screenshot(path=IMAGES / f"{name}.png")


def _take_airflow(page: Page, address: str) -> None:
    """The list of DAGs, a run as a graph, a run with its tasks, and the log of a task."""
    page.set_viewport_size({"width": 1400, "height": 1150})
    page.evaluate("localStorage.setItem('theme', 'light')")
    _picture(page, f"{address}/dags", "dags")
    page.set_viewport_size({"width": 1400, "height": 640})
    page.goto(f"{address}/dags/label_articles/runs/{_longest_run(page, address, 'label_articles')}")
    page.get_by_role("button", name="Graph").click()
    _picture(page, page.url, "graph")
    page.get_by_role("button", name="Grid").click()
    page.set_viewport_size({"width": 1400, "height": 860})
    run = f"{address}/dags/collect_articles/runs/{_longest_run(page, address, 'collect_articles')}"
    _picture(page, run, "run")
    _picture(page, f"{run}/tasks/collect/mapped/1", "log")


def _picture(page: Page, url: str, name: str) -> None:
    if page.url != url:
        page.goto(url)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(2000)
    page.screenshot(path=IMAGES / f"{name}.png")


def _longest_run(page: Page, address: str, dag: str) -> str:
    runs = page.request.get(f"{address}/api/v2/dags/{dag}/dagRuns?state=success&limit=100").json()["dag_runs"]
    return quote(max(runs, key=lambda run: run["duration"] or 0)["dag_run_id"])


if __name__ == "__main__":
    main()
