"""The task of relink_articles, called as Airflow calls it: what an older method found is found again."""

from __future__ import annotations

from tests.topics.conftest import articles, put  # noqa: F401 - fixtures
from wirewatch.copies.matching import METHOD


def test_an_upgrade_reaches_the_copies_of_the_past(dag_bag, database, monkeypatch, cursor, articles):  # noqa: F811
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", database.replace("postgresql:", "postgres:"))
    link = dag_bag.dags["label_articles"].get_task("link_copies").python_callable
    relink = dag_bag.dags["relink_articles"].get_task("relink").python_callable
    assert link()["linked"] == len(articles)
    assert relink()["linked"] == 0
    cursor.execute("update news.fingerprint set method = 'wirewatch-copies/0', sketch = '{}'")
    assert relink()["linked"] == len(articles)
    cursor.execute("select distinct method from news.fingerprint")
    assert cursor.fetchall() == [(METHOD,)]
    assert relink()["linked"] == 0
