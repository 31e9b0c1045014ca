"""Takes the pictures of docs/newsroom.md from a running demo:

WIREWATCH_HOME=.wirewatch/demo python -m tests.newsroom_page.pictures
"""

from __future__ import annotations

from playwright.sync_api import Page, sync_playwright

from tests.newsroom_page.conftest import CHROMIUM, QUIET, log_in
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


if __name__ == "__main__":
    main()
