"""The Newsroom in a browser, inside Airflow: what readers and editors do, and what nobody may."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.newsroom.conftest import log_in
from tests.newsroom.payloads import PAYLOADS
from wirewatch.newsroom.application import application
from wirewatch.newsroom.context import PageContext, Reader
from wirewatch.newsroom.presenting import PAGES

pytestmark = pytest.mark.timeout(900)

SEARCHED = "/search?q=Taiwan"


@pytest.fixture(scope="module")
def biggest(ui) -> int:
    """The story that most outlets carried."""
    return ui.sql("select story_id from news.story_topic order by reports desc, story_id limit 1")[0][0]


@pytest.fixture(scope="module")
def event(ui) -> int:
    """The event that most articles tell of, of those that core stories tell of."""
    return ui.sql(
        "select event_id from news.event_reports join news.story_topic using (story_id) where relevance = 'core'"
        " group by event_id order by count(*) desc, event_id limit 1"
    )[0][0]


@pytest.fixture(scope="module")
def watch(ui) -> int:
    """A watch that matches something."""
    return ui.sql(
        "insert into news.watch (name, owner, filters, per)"
        """ values ('Core', 'desk', '{"relevance": "core"}', 'story') returning watch_id"""
    )[0][0]


def test_each_page_within_airflow(browser, ui):
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    log_in(page, ui.address, "viewer", ui.home.password("viewer"))
    page.get_by_role("link", name="Newsroom").click()
    frame = page.frame_locator("iframe[title=Newsroom]")
    expect(frame.get_by_role("heading", level=1)).to_have_text("US–China military relations")
    for _, _, title in PAGES[1:]:
        frame.get_by_role("navigation", name="Newsroom").get_by_role("link", name=title).click()
        expect(frame.locator("[aria-current=page]")).to_have_text(title)
        expect(frame.get_by_role("heading", level=1)).to_contain_text(title, ignore_case=True)
    expect(page).to_have_url(re.compile("/plugin/newsroom/newsroom/review$"))
    assert said == []
    page.close()


def test_filter_and_open_a_story(visit):
    page = visit("/newsroom/")
    everything = page.locator(".story").count()
    page.get_by_label("Event").select_option("talks")
    expect(page).to_have_url(re.compile("event=talks"))
    assert 0 < page.locator(".story").count() < everything
    assert set(page.locator(".kicker").all_text_contents()) == {"Talks"}
    page.get_by_label("Language").select_option("zh")
    expect(page).to_have_url(re.compile("language=zh"))
    story = page.locator(".story", has_text="13 reports")
    expect(story.locator("svg.spread circle")).to_have_count(12)  # the undated report has no place in time
    story.get_by_role("link").click()
    expect(page.get_by_role("heading", level=2, name="Origin and copies")).to_be_visible()
    expect(page.locator(".lanes tbody tr")).to_have_count(13)
    weights = [float(text.replace("−", "-")) for text in page.locator(".sum tbody .number").all_text_contents()]
    total = float(page.locator(".sum tfoot .number").inner_text().replace("−", "-"))
    assert abs(sum(weights) - total) < 0.01 * len(weights)
    term = page.locator(".sum tbody a").first
    beginning = page.locator(term.get_attribute("href")).inner_text()  # up to where another row's words begin or end
    assert beginning
    assert term.inner_text().startswith(beginning)
    page.locator(".lanes").get_by_role("link", name="海峡新报").or_(page.locator(".lanes tbody a").nth(3)).first.click()
    expect(page.locator(".lanes [aria-current]")).to_have_count(1)
    expect(page.locator(".lanes tbody tr").nth(0)).not_to_have_attribute("aria-current", "true")


def test_the_list_goes_on_without_a_gap(visit, ui):
    page = visit("/newsroom/?relevance=any")
    seen: list[str] = []
    while True:
        seen += [link.get_attribute("href") for link in page.locator(".story h3 a").all()]
        older = page.get_by_role("link", name="Older stories")
        if not older.count():
            break
        older.click()
    assert len(seen) == len(set(seen)) == ui.sql("select count(*) from news.story_topic")[0][0]


def test_an_editor_corrects_a_tag(visit, ui, biggest):
    page = visit(f"/newsroom/stories/{biggest}", user="editor")
    form = page.locator("form.verdict")
    form.get_by_text("Related", exact=True).click()
    expect(page.get_by_label("Event")).to_be_disabled()
    form.get_by_text("Core", exact=True).click()
    page.get_by_label("Event").select_option("posture_alliance")
    page.get_by_role("textbox", name="Why").fill("It is about <b>the alliance</b>.")
    page.get_by_role("button", name="Save review").click()
    said = page.locator("section[aria-labelledby=review] .list li").first
    expect(said).to_contain_text("Core, Posture and alliances: It is about <b>the alliance</b>. editor")
    kept = ui.sql("select relevance, event, note, reviewed_by from news.review order by review_id desc limit 1")
    assert kept == [("core", "posture_alliance", "It is about <b>the alliance</b>.", "editor")]
    tag = (
        "select event, method from news.tag join news.story on origin_article_id = article_id"
        " where story.story_id = %s and valid_to is null"
    )
    assert ui.sql(tag, biggest) == [("posture_alliance", "review")]
    expect(page.locator(".aside .note")).to_contain_text("Decided by editor")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator("section[aria-labelledby=review] .list li").first).to_contain_text("withdrew review")
    assert ui.sql(tag, biggest)[0][1] == "rules"


def test_review_and_download(visit, ui):
    page = visit("/newsroom/review", user="editor")
    first = page.locator(".candidate").first
    title = first.get_by_role("link").inner_text()
    first.get_by_text("Not relevant", exact=True).click()
    first.get_by_role("button", name="Save review").click()
    expect(page.get_by_role("status").first).to_contain_text("is kept")
    assert title not in page.locator(".candidate h3").all_text_contents()
    expect(page.locator("table").get_by_role("link", name=title, exact=True)).to_be_visible()
    lines = page.request.get(f"{ui.address}/newsroom/review/examples.jsonl").text().splitlines()
    assert {"title": title, "relevance": "no", "reviewed_by": "editor"}.items() <= json.loads(lines[-1]).items()


def test_an_editor_has_a_feed_polled(visit, ui):
    ((feed, due),) = ui.sql(
        "update ingest.feed set next_poll_at = now() + interval '1 hour' where feed_id = "
        "(select min(feed_id) from ingest.feed) returning feed_id, next_poll_at"
    )
    page = visit("/newsroom/feeds", user="editor")
    page.locator(f"#feed-{feed}").get_by_role("button").click()
    expect(page.get_by_text("The feed is due")).to_be_visible()
    assert ui.sql("select next_poll_at <= now() from ingest.feed where feed_id = %s", feed) == [(True,)], due


def test_pages_lead_on(visit, ui, event):
    page = visit("/newsroom/events", user="viewer")
    page.locator(f"a[href$='/events/{event}']").click()
    figures = page.locator(".figures dd")
    reports, outlets = (
        ui.sql(f"select {column} from news.events where event_id = %s", event)[0][0]
        for column in ("independent_reports", "cardinality(outlets)")
    )
    expect(figures.nth(0)).to_contain_text(str(reports))
    expect(figures.nth(2)).to_contain_text(str(outlets))
    silent = ui.sql("select count(*) from news.event_coverage where event_id = %s and silent", event)[0][0]
    assert page.locator(".blocs td[data-label=Silent] a").count() == silent
    page.locator(".blocs td[data-label=Reports] a").first.click()
    expect(page.get_by_role("heading", level=2, name="From whom it takes")).to_be_visible()
    page.goto(f"{ui.address}/newsroom/entities")
    page.get_by_role("link", name="People's Liberation Army", exact=True).click()
    named = page.get_by_role("heading", level=2, name=re.compile("articles name it"))
    expect(named).to_be_visible()
    page.locator(".columns rect").last.click()
    expect(page).to_have_url(re.compile("since=2026-03-0\\d&until=2026-03-0\\d#mentions$"))
    page.locator("#mentions ~ ul a").nth(1).click()
    expect(page.get_by_role("heading", name="Reasons for the tag")).to_be_visible()


def test_a_watch_its_feed_and_a_token_within_airflow(visit, ui):
    page = visit("/newsroom/search?q=Taiwan", user="viewer")
    page.get_by_role("link", name="Watch this").click()
    page.get_by_role("button", name="Make the watch").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Taiwan")
    page.get_by_role("button", name="Make an RSS address").click()
    address = page.locator("code.long").inner_text()
    assert status(ui, "GET", address.partition("/newsroom")[2]) == 200
    page.goto(f"{ui.address}/newsroom/tokens")
    page.get_by_label("What it is for").fill("notebook")
    page.get_by_role("button", name="Make a token").click()
    token = page.locator("code.long").inner_text()
    assert status(ui, "GET", "/api/articles?query=Taiwan", Authorization=f"Bearer {token}") == 200
    page.get_by_role("button", name="Revoke notebook").click()
    expect(page.get_by_text("revoked").first).to_be_visible()
    assert status(ui, "GET", "/api/articles?query=Taiwan", Authorization=f"Bearer {token}") == 401
    with page.expect_download() as download:
        page.goto(f"{ui.address}/newsroom/events")
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "events.csv"


def test_a_bar_leads_to_its_rows(visit):
    page = visit("/newsroom/trends?days=14&until=2026-03-08")
    bar = page.locator("svg.columns").first.locator("rect").nth(2)
    amount = int(bar.locator("title").text_content().rpartition(" ")[2])
    bar.click()
    expect(page.locator(".story")).to_have_count(amount)
    page.go_back()
    page.locator("summary").first.click()
    page.locator("details.numbers").first.get_by_role("link").nth(2).click()
    expect(page.locator(".story")).to_have_count(amount)


def test_the_login_leads_back(browser, ui):
    page = browser.new_page()
    page.goto(f"{ui.address}/newsroom/events?bloc=prc")
    page.get_by_role("link", name="Log in and come back").click()
    page.fill("input[name=username]", "viewer")
    page.fill("input[name=password]", ui.home.password("viewer"))
    page.click("button[type=submit]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Events")
    expect(page).to_have_url(re.compile("/newsroom/events\\?bloc=prc$"))
    page.close()


def test_an_alarm_is_seen(visit, ui):
    ui.sql(
        "insert into ingest.alarm (check_name, subject, severity, meaning, finding, mend, opened_at, last_seen_at)"
        " values ('silent_feeds', 'Valley Courier', 'critical', 'Feeds speak.', 'silent for 3 days',"
        " 'Open the feed.', now(), now())"
    )
    page = visit("/newsroom/pipeline", user="viewer")
    alarm = page.locator(".alarm", has_text="Valley Courier")
    expect(alarm.get_by_role("heading")).to_have_text("Silent feeds: Valley Courier")
    expect(alarm).to_contain_text("silent for 3 days")
    expect(alarm).to_contain_text("Open the feed.")
    expect(page.get_by_role("img", name="The ledger as a flow")).to_be_visible()


LOOKED_AT = [
    "/", SEARCHED, "/feeds", "/pipeline", "/trends?until=2026-03-08", "/review", "/stories/{story}", "/events",
    "/events/{event}", "/outlets/harbor_ledger?until=2026-03-08", "/entities", "/entities/pla", "/watches?query=Taiwan",
    "/watches/{watch}", "/tokens", "/brief?day=2026-03-06",
]  # fmt: skip


@pytest.mark.parametrize("path", LOOKED_AT)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_violation_and_no_sideways_scrolling(visit, biggest, event, watch, path, theme):
    page = visit("/newsroom" + path.format(story=biggest, event=event, watch=watch), user="editor", theme=theme)
    found = Axe().run(page)
    serious = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [node["html"][:200] for node in v["nodes"]][:3]) for v in serious]
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_theme_follows_airflow(visit):
    page = visit("/plugin/newsroom", theme="light")
    frame = page.frame_locator("iframe[title=Newsroom]")
    expect(frame.locator("html")).to_have_attribute("data-theme", "light")
    page.evaluate("localStorage.setItem('theme', 'dark')")
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    assert frame.locator("body").evaluate("b => getComputedStyle(b).backgroundColor") == "rgb(22, 29, 45)"


def test_the_keyboard_reaches_the_content_first(visit):
    page = visit("/newsroom/feeds")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_within_the_frame_a_source_is_copied(visit, biggest):
    page = visit(f"/plugin/newsroom/newsroom/stories/{biggest}")
    frame = page.frame_locator("iframe[title=Newsroom]")
    link = frame.get_by_role("link", name="Read the original")
    assert link.get_attribute("rel") == "noreferrer noopener nofollow"
    link.click()
    expect(frame.get_by_role("status").last).to_contain_text("opens no new tabs")


def routes() -> Iterator[tuple[str, str]]:
    """Method and path of every route of the application."""
    app = application(PageContext(reader=lambda: Reader("", "", False), warehouse_dsn=str, secret=""))
    for route in app.routes:
        for method in getattr(route, "methods", None) or ():  # what is mounted has its own test
            yield method, re.sub(r"{\w+}", "1", route.path)


def status(ui, method: str, path: str, **headers: str) -> int:
    data = b"token=x&article_id=1&version=1&topic=us_china_military&relevance=core" if method == "POST" else None
    request = urllib.request.Request(f"{ui.address}/newsroom{path}", data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize(("method", "path"), [*routes(), ("GET", "/static/newsroom.css"), ("GET", "/static/theme.js")])
def test_nobody_is_let_in_without_a_login(ui, method, path):
    assert status(ui, method, path) == 401
    assert status(ui, method, path, Authorization="Bearer x.y.z") in (401, 403)
    assert status(ui, method, path, Cookie="_token=x.y.z") in (401, 403)


@pytest.mark.parametrize("user", ["viewer", "editor", "admin"])
def test_without_its_token_no_form_is_taken(ui, tokens, user):
    before = ui.sql("select count(*) from news.review")
    login = {"Authorization": f"Bearer {tokens[user]}"}
    assert status(ui, "GET", "/review", **login) == 200
    for path in (
        "/review",
        "/review/1/withdraw",
        "/feeds/1/poll",
        "/watches",
        "/watches/1/pause",
        "/tokens",
        "/tokens/1/revoke",
    ):
        assert status(ui, "POST", path, **login) == 403
    assert ui.sql("select count(*) from news.review") == before


def test_a_viewer_may_look_and_change_nothing(visit, ui, biggest):
    page = visit(f"/newsroom/stories/{biggest}", user="viewer")
    assert page.get_by_role("button").count() == 0
    page.goto(f"{ui.address}/newsroom/feeds")
    assert page.get_by_role("button", name="Poll now").count() == 0
    page.goto(f"{ui.address}/newsroom/review")
    assert page.locator("form").count() == 0


def test_another_readers_token_is_refused(visit, ui):
    token = visit("/newsroom/review", user="admin").locator("input[name=token]").first.get_attribute("value")
    answer = visit("/newsroom/review", user="editor").request.post(
        f"{ui.address}/newsroom/feeds/1/poll", form={"token": token}
    )
    assert answer.status == 403


def test_every_answer_carries_the_policy(visit, ui):
    page = visit("/newsroom/")
    for path in ("/", "/static/newsroom.css", "/stories/0", "/nothing/here"):
        policy = page.request.get(f"{ui.address}/newsroom{path}").headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'self'" in policy


def test_no_stored_script_runs(visit, ui, watch, hostile):
    assert len(set(PAYLOADS)) == len(hostile) == 50
    page = visit("/newsroom/?relevance=any")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    lists = [
        "/",
        "/?relevance=any&event=talks",
        "/feeds",
        "/pipeline",
        "/trends",
        "/review",
        "/search?q=alert",
        "/search?q=Lead",
        "/events?single=true",
        "/brief",
        "/entities",
        "/entities?q=alert",
        "/watches?query=%3Cscript%3Ealert(1)%3C/script%3E",
        f"/watches/{watch}",
    ]
    stories = [f"/stories/{story}?version=2" for story in hostile]
    shown = 0
    outlets = [f"/outlets/hostile_{n}" for n in range(1, len(hostile) + 1)]
    # Keys of entities hold no slash, no line break.
    entities = [f"/entities/{quote(bad, safe='')}" for bad in PAYLOADS if not set("/\n\u2028") & set(bad)]
    events = [f"/events/{story}" for story in hostile]
    for path in [*lists, *stories, *outlets, *entities, *events]:
        page.goto(f"{ui.address}/newsroom{path}")
        page.mouse.move(300, 150)
        page.mouse.move(300, 420)
        html = page.content()
        shown += "alert(" in html
        strange = page.evaluate(
            """() => [...document.querySelectorAll("*")].filter(element =>
                ["IFRAME", "OBJECT", "EMBED", "BASE", "IMG", "VIDEO", "MATH", "STYLE"].includes(element.tagName)
                || element.tagName === "SCRIPT" && !element.src.startsWith(location.origin + "/newsroom/static/")
                || [...element.attributes].some(a => a.name.startsWith("on") || a.name === "style"
                    || /^(href|src|action|xlink:href)$/.test(a.name) && /^\\s*(javascript|data):/i.test(a.value))
            ).map(element => element.outerHTML.slice(0, 200))"""
        )
        assert strange == [], path
    assert dialogs == []
    assert shown >= len(hostile), "the payloads are on the pages"
