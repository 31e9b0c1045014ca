"""Assets have addresses that Airflow accepts for Postgres, and that OpenLineage's names are made from."""

from __future__ import annotations

from urllib.parse import urlsplit

from airflow.providers.postgres.assets.postgres import sanitize_uri


def test_assets_are_tables_of_the_warehouse(dag_bag, cursor):
    assets = {asset.name: asset for dag in dag_bag.dags.values() for task in dag.tasks for asset in task.outlets}
    assert set(assets) == {f"wirewatch_{name}" for name in ("entries", "articles", "rules", "stories")}
    for asset in assets.values():
        assert sanitize_uri(urlsplit(asset.uri)).geturl() == asset.uri
        _, database, schema, table = urlsplit(asset.uri).path.split("/")
        assert database == "warehouse"
        cursor.execute("select to_regclass(%s)", (f"{schema}.{table}",))
        assert cursor.fetchone() != (None,), asset.uri
