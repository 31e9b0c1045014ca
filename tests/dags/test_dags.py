"""The DAG files: read without errors, explained, with retries, and no logic of their own."""

from __future__ import annotations

import ast
import json

import pytest

from tests.conftest import ROOT

DAGS = {
    "poll_feeds",
    "collect_articles",
    "label_articles",
    "relabel_articles",
    "relink_articles",
    "tell_watches",
    "tend_warehouse",
    "check_warehouse",
}


def test_all_dags_are_read(dag_bag):
    assert dag_bag.import_errors == {}
    assert set(dag_bag.dags) == DAGS


@pytest.mark.parametrize("name", sorted(DAGS))
def test_dag_is_explained_and_guarded(dag_bag, name):
    dag = dag_bag.dags[name]
    assert len(dag.doc_md) > 150
    assert "wirewatch" in dag.tags
    assert dag.deadline is None, "a run with a deadline can't be cleared: see test_operator"
    assert all(task.on_execute_callback for task in dag.tasks if task.task_type != "EmptyOperator")
    assert dag.max_active_runs == 1
    assert dag.default_args["retries"] >= 2
    assert dag.default_args["retry_exponential_backoff"]
    assert dag.on_failure_callback


def test_stages_hand_over_by_assets_and_have_time_as_a_net(dag_bag):
    for name in ("collect_articles", "label_articles", "relabel_articles"):
        assert "AssetOrTimeSchedule" in type(dag_bag.dags[name].timetable).__name__, name


def test_a_broken_file_turns_the_run_red_and_stops_no_poll(dag_bag):
    """A run is red when a task without successors is: the branch of each file ends in one."""
    dag = dag_bag.dags["poll_feeds"]
    assert dag.get_task("plan").trigger_rule == "all_done"
    assert dag.get_task("plan").upstream_task_ids == {"sync_registry"}
    for sync in ("sync_registry", "sync_topics"):
        ends = [dag.get_task(name) for name in dag.get_task(sync).downstream_task_ids if name != "plan"]
        assert [(end.trigger_rule, end.downstream_task_ids) for end in ends] == [("all_success", set())], sync


@pytest.mark.parametrize("file", sorted((ROOT / "dags").glob("*.py")), ids=lambda file: file.stem)
def test_dag_file_reads_nothing_at_parse_time(file):
    """The library is imported inside tasks only (but for light names): parsing must stay cheap."""
    if file.stem in ("scheduling", "channels", "callbacks"):
        pytest.skip("holds what is imported, not DAGs")
    imported = [
        node.module
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ImportFrom) and node.module.startswith("wirewatch")
    ]
    assert imported == []


def test_plugin_loader_shadows_no_module(run_python):
    """Airflow registers every plugin file under its bare name: none may take the place of a module of Python's."""
    found = run_python(
        "import json, sys\n"
        "from pathlib import Path\n"
        "import airflow\n"
        "from airflow import plugins_manager\n"
        "load = getattr(plugins_manager, 'ensure_plugins_loaded', None) or plugins_manager._get_plugins\n"
        "load()\n"
        "import wirewatch, wirewatch.records\n"
        f"plugins = Path({str(ROOT / 'plugins')!r})\n"
        "ours = [name for name, module in list(sys.modules.items())\n"
        "        if getattr(module, '__file__', None) and plugins in Path(module.__file__).parents]\n"
        "print(json.dumps(ours))\n"
    )
    names = json.loads(found.splitlines()[-1])
    assert "wirewatch.records" in names
    assert [name for name in names if not name.startswith("wirewatch")] == []


@pytest.mark.parametrize("work", ["make_partitions", "drop_expired", "refresh_views"])
def test_what_only_the_owner_may_do_is_done_as_the_owner(work):
    """The role `pipeline` would be refused: see tests/warehouse/test_pipeline_role.py."""
    tasks = [
        node
        for file in (ROOT / "dags").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name == work
    ]
    assert tasks
    for task in tasks:
        called = {node.func.id for node in ast.walk(task) if isinstance(node, ast.Call) and hasattr(node.func, "id")}
        assert "owned_warehouse" in called
        assert "warehouse" not in called
