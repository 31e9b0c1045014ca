"""Topics in the tasks of poll_feeds, label_articles and relabel_articles, called as Airflow calls them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError

from tests.topics.conftest import BORDER, BORDER_MODEL, articles, put, write_topic  # noqa: F401 - fixtures

BORDER_TOPIC, WEATHER_TOPIC = "india_china_border", "weather"
NO_LIMITS = {"topic": None, "since": None, "until": None}


@pytest.fixture
def run(dag_bag, database, monkeypatch, write_topic) -> Callable[..., Any]:  # noqa: F811
    """Runs the function of a task, with the connection and the topic files of this test."""
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", database.replace("postgresql:", "postgres:"))
    monkeypatch.setenv("WIREWATCH_TOPICS", str(write_topic().parent))

    def call(dag: str, task: str, *arguments: Any, **named: Any) -> Any:
        function = dag_bag.dags[dag].get_task(task).python_callable
        inner = getattr(function, "__wrapped__", function)
        monkeypatch.setitem(inner.__globals__, "show_as", print)
        return function(*arguments, **named)

    return call


def relabel_all(run, **params: Any) -> list[dict[str, int]]:
    params = NO_LIMITS | params
    topics = run("relabel_articles", "plan", params=params)
    return [
        run("relabel_articles", "relabel", topic=topic, part=part, params=params)
        for topic in topics
        for part in run("relabel_articles", "parts")
    ]


def test_a_second_topic_needs_a_file_and_no_code(run, tmp_path, articles, cursor):  # noqa: F811
    assert run("poll_feeds", "sync_topics")["topics"] == 1
    assert run("label_articles", "tag_topics")["tagged"] == 3

    second = BORDER.replace(f"topic: {BORDER_TOPIC}", f"topic: {WEATHER_TOPIC}").replace(
        "en: [India, ", "en: [rain(ed), "
    )
    (tmp_path / "weather.yaml").write_text(second.replace(f"model: {BORDER_TOPIC}", f"model: {WEATHER_TOPIC}"))
    (tmp_path / "weather.model.json").write_text(json.dumps(BORDER_MODEL | {"topic": WEATHER_TOPIC}))
    synced = run("poll_feeds", "sync_topics")
    assert synced == {"topics": 2, "changed": 1, "ended": 0}
    assert [event.extra for event in run("poll_feeds", "announce_rules", synced)] == [synced]
    assert sum(done["tagged"] for done in relabel_all(run)) == 3
    assert relabel_all(run) == []
    cursor.execute("select topic, count(*) from news.tag where valid_to is null group by 1 order by 1")
    assert cursor.fetchall() == [(BORDER_TOPIC, 3), (WEATHER_TOPIC, 3)]


def test_a_changed_rule_reaches_the_past_and_is_reported(run, write_topic, articles, cursor):  # noqa: F811
    run("poll_feeds", "sync_topics")
    run("label_articles", "tag_topics")
    write_topic(BORDER.replace(", ladder line", ""))
    assert sum(done["moved"] for done in relabel_all(run, topic=BORDER_TOPIC, since="2026-01-01")) == 1
    report = run("relabel_articles", "report", [BORDER_TOPIC])
    assert report == {BORDER_TOPIC: {"gained": 0, "lost": 0, "moved": 1}}


def test_mistakes_are_said_without_a_retry(run, write_topic):  # noqa: F811
    with pytest.raises(AirflowFailException, match="'cricket' is not in force"):
        run("relabel_articles", "plan", params=NO_LIMITS | {"topic": "cricket"})
    with pytest.raises(AirflowFailException, match="swap the days"):
        run("relabel_articles", "plan", params=NO_LIMITS | {"since": "2026-03-02", "until": "2026-03-01"})
    write_topic(BORDER.replace("kind: actor", "kind: actress"))
    with pytest.raises(AirflowFailException, match="not one of the known words"):
        run("relabel_articles", "plan", params=NO_LIMITS)


@pytest.mark.parametrize(
    ("name", "value", "valid"),
    [
        ("topic", None, True),
        ("topic", "us_china_military", True),
        ("topic", "US-China", False),
        ("topic", 7, False),
        ("since", "2026-03-01", True),
        ("since", "1 March", False),
        ("until", 20260301, False),
    ],
)
def test_parameters_have_a_schema(dag_bag, name, value, valid):
    param = dag_bag.dags["relabel_articles"].params.get_param(name)
    if valid:
        assert param.resolve(value) == value
    else:
        with pytest.raises(ParamValidationError):
            param.resolve(value)
