"""
### Tags the past again when a topic's rules changed

Starts by itself when a changed topic file, or model, came into force, and once a night as a net; by hand (Trigger) for
one topic or a span of days. Articles whose tag was decided by other rules are tagged again, in batches, side by side.
Old tags are closed, never overwritten: `news.tags_as_of('2026-03-01')` tells which tags were valid on a day.

* Safe to stop and to run again: it goes on where it stopped, and tags no article twice.
* **report** tells what was gained, lost and moved, in its log and its return value; every single change is a row of
  `news.tag_changes`.
* **plan is red**: a topic file is broken, or a parameter is wrong. Its log says what to fix.
"""

from datetime import timedelta
from typing import Any

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, Param, dag, task
from scheduling import RULES, SHOWN, counts, defaults, explained, settings, show_as, warehouse

_FROM_AIRFLOW: Any = None
"""Airflow fills the argument `params`, and takes no other default."""
_DAY: dict[str, Any] = {"default": None, "type": ["null", "string"], "format": "date"}


@dag(
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("40 3 * * *", timezone="UTC"), assets=[RULES]),
    doc_md=__doc__,
    tags=["wirewatch"],
    params={
        "topic": Param(
            None,
            type=["null", "string"],
            pattern="^[a-z][a-z0-9_]*$",
            description="only this topic, as its file is named without .yaml; empty: all",
        ),
        "since": Param(**_DAY, description="only articles first seen since this day (UTC), as 2026-03-01"),
        "until": Param(**_DAY, description="only articles first seen before this day (UTC), as 2026-03-31"),
    },
    **defaults(late_after=timedelta(hours=6)),
)
def relabel_articles() -> None:
    @task
    @explained
    def plan(params: dict[str, Any] = _FROM_AIRFLOW) -> list[str]:
        """Brings the topic files into force; which topics have tags that other rules decided."""
        from wirewatch.topics.relabelling import outdated_topics

        with warehouse() as opened:
            return outdated_topics(opened, settings(), params["topic"], since=params["since"], until=params["until"])

    @task
    def parts() -> list[int]:
        """The parts that each topic's articles are divided into."""
        return list(range(settings().shards))

    @task(map_index_template=SHOWN)
    @explained
    def relabel(topic: str, part: int, params: dict[str, Any] = _FROM_AIRFLOW) -> dict[str, int]:
        """Tags one part of a topic's articles again."""
        from wirewatch.topics.relabelling import relabel_topic

        show_as(f"{topic}, part {part}")
        limits = {"since": params["since"], "until": params["until"]}
        with warehouse() as opened:
            return counts(relabel_topic(opened, settings(), topic, **limits, part=part, parts=settings().shards))

    @task
    @explained
    def report(topics: list[str]) -> dict[str, dict[str, int]]:
        """What the rules in force changed, by topic."""
        from wirewatch.topics.relabelling import report_changes

        with warehouse() as opened:
            return {topic: counts(report_changes(opened, settings(), topic)) for topic in topics}

    topics = plan()
    relabel.expand(topic=topics, part=parts()) >> report(topics)  # type: ignore[arg-type] # what plan gives, once it has run


relabel_articles()
