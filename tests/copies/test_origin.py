"""Whose report a story is, and who else could have had it first."""

from __future__ import annotations

from datetime import timedelta

from tests.copies.conftest import NOW
from wirewatch.copies.records import OriginKind
from wirewatch.copies.stories import Origin, origin_of
from wirewatch.copies.subjects import publication_of
from wirewatch.records import ArticleText

HOUR = timedelta(hours=1)
DAY = NOW.replace(hour=0)


def member(name, published=NOW, *, wire=None, seen=None, zone_assumed=False, told=False):
    article = ArticleText(
        name, f"T {name}", "", f"https://{name}.example/", name, published, seen, "en", wire,
        zone_assumed=zone_assumed, told=told,
    )  # fmt: skip
    return publication_of(article)


def said(origin: Origin) -> tuple:
    return origin.article, origin.kind, origin.agency, origin.grade.value, origin.also_first


def test_an_own_report_is_the_first_publisher_s():
    assert said(origin_of([member("north"), member("south", NOW + HOUR)])) == (
        "north", OriginKind.OWN_REPORT, None, "timed", ())  # fmt: skip
    assert said(origin_of([member("north", None)])) == ("north", OriginKind.OWN_REPORT, None, "undated", ())


def test_the_agency_s_own_text_is_the_origin_where_it_was_collected():
    members = [member("north", wire="Reuters"), member("reuters", NOW + HOUR), member("south", NOW + 2 * HOUR)]
    assert said(origin_of(members))[:3] == ("reuters", OriginKind.AGENCY_COLLECTED, "Reuters")
    assert said(origin_of([member("reuters")]))[1:3] == (OriginKind.AGENCY_COLLECTED, "Reuters")


def test_an_agency_that_was_not_collected_is_the_origin_all_the_same():
    members = [member("north", wire="AP"), member("south", NOW + HOUR)]
    assert said(origin_of(members)) == ("north", OriginKind.AGENCY_NOT_COLLECTED, "AP", "timed", ())
    later = [member("north"), member("south", NOW + HOUR, wire="AP"), member("east", NOW + 2 * HOUR, wire="AP")]
    assert said(origin_of(later))[:3] == ("north", OriginKind.AGENCY_NOT_COLLECTED, "AP")
    other = [member("reuters", NOW + HOUR, wire="AP"), member("north", wire="AP")]
    assert said(origin_of(other))[1:3] == (OriginKind.AGENCY_NOT_COLLECTED, "AP")


def test_what_a_feed_told_of_another_s_page_is_no_origin_beside_an_outlet_s_own():
    told, own = member("stranger", told=True), member("north", NOW + HOUR)
    assert said(origin_of([told, own])) == ("north", OriginKind.OWN_REPORT, None, "timed", ())
    assert said(origin_of([told]))[0] == "stranger"
    agency = [member("reuters", told=True), member("north", NOW + HOUR, wire="Reuters")]
    assert said(origin_of(agency))[:3] == ("north", OriginKind.AGENCY_NOT_COLLECTED, "Reuters")
    assert origin_of([told, own], said={"stranger"}).article == "stranger"


def test_times_that_do_not_tell_leave_it_unknown():
    dates = [member("north", DAY), member("south", DAY)]
    first, second = sorted(dates, key=lambda one: one.age)
    assert said(origin_of(dates)) == (first.id, OriginKind.UNKNOWN, None, "date_only", (second.id,))
    seen = [member("north", None, seen=NOW), member("south", None, seen=NOW + HOUR)]
    assert said(origin_of(seen)) == ("north", OriginKind.UNKNOWN, None, "first_seen", ("south",))
    undated = [member("north", None), member("south", None)]
    assert said(origin_of(undated))[1:4] == (OriginKind.UNKNOWN, None, "undated")


def test_who_could_also_have_been_first_is_named():
    day_only = [member("north", NOW), member("south", DAY)]
    assert said(origin_of(day_only)) == ("north", OriginKind.OWN_REPORT, None, "timed", ("south",))
    zone = [member("north", NOW, zone_assumed=True), member("south", NOW + 5 * HOUR), member("east", NOW + 30 * HOUR)]
    assert said(origin_of(zone)) == ("north", OriginKind.OWN_REPORT, None, "zone_assumed", ("south",))
    clocks = [member("north"), member("south", NOW + timedelta(seconds=40))]
    assert said(origin_of(clocks))[4] == ("south",)


def test_the_first_years_and_the_last_are_no_error():
    early, late = NOW.replace(year=1), NOW.replace(year=9999, month=12, day=31)
    assert said(origin_of([member("north", early), member("south", late, zone_assumed=True)]))[0] == "north"
