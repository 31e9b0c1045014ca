"""Parts of the local mode: ports, secrets, processes that are killed, a Postgres that is killed."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time

import psycopg2
import pytest

from tests.conftest import free_port, spawn
from wirewatch.errors import ConfigurationError
from wirewatch.local import stack
from wirewatch.local.postgres import Postgres, choose_bin, installed_bins, major_of, wheel_bin
from wirewatch.local.processes import Component
from wirewatch.local.state import Home
from wirewatch.settings import Settings


def test_secrets_are_made_once_and_for_their_owner_only(tmp_path):
    home = Home(tmp_path / "home")
    home.prepare()
    first = home.password("analyst")
    assert first == home.password("analyst")
    assert first != home.password("wirewatch")
    for file in (tmp_path / "home" / "secrets").iterdir():
        assert file.stat().st_mode & 0o777 == 0o600


def test_nobody_else_reads_what_a_home_holds(tmp_path):
    home = Home(tmp_path / "home")
    (tmp_path / "home" / "archive" / "2026").mkdir(parents=True)
    home.prepare()
    home.password("analyst")
    home.prepare()
    open_folders = [
        folder.name
        for folder in (tmp_path / "home").iterdir()
        if folder.is_dir() and folder != home.postgres and folder.stat().st_mode & 0o077
    ]
    assert open_folders == []


def test_a_busy_port_gets_the_next_free_one(tmp_path):
    home = Home(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = taken.getsockname()[1]
        chosen = home.choose_port("ui", busy)
        assert busy < chosen < busy + 200
        assert home.choose_port("postgres", chosen) != chosen, "two servers never share a port"
    assert home.choose_port("ui", busy) == chosen, "a restart keeps its address"


def test_a_home_remembers_whose_data_it_holds(tmp_path):
    home = Home(tmp_path)
    home.prepare()
    first = Settings(home=tmp_path, feeds=tmp_path / "demo.yaml", allow_addresses="127.0.0.0/8")
    stack._refuse_others(home, first)
    home.remember(first.of_data)
    stack._refuse_others(home, first)
    with pytest.raises(ConfigurationError, match="other settings") as raised:
        stack.up(Settings(home=tmp_path, feeds=tmp_path / "real.yaml"), print)
    for words in (f"WIREWATCH_FEEDS={tmp_path}/demo.yaml", "127.0.0.0/8   now: (not set)", "up --adopt"):
        assert words in str(raised.value)
    assert home.port("postgres") is None, "nothing was started"


def test_an_unwritable_home_is_explained(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="WIREWATCH_HOME"):
        Home(tmp_path / "file").prepare()


def test_broken_ports_are_explained(tmp_path):
    (tmp_path / "ports.json").write_text("")
    with pytest.raises(ConfigurationError, match=r"ports\.json: broken"):
        Home(tmp_path).port("ui")
    with pytest.raises(ConfigurationError, match="not a folder"):
        Home(tmp_path / "ports.json").port("ui")


@pytest.fixture
def component(tmp_path):
    home = Home(tmp_path)
    home.prepare()
    code = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).wait()"
    made = Component("parent", tmp_path, [sys.executable, "-c", code], dict(os.environ))
    yield made
    made.end_leftovers()


def _until(condition) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_killed_components_children_are_ended_before_it_starts_again(component):
    pid = spawn(component)
    _until(lambda: len(component.leftovers()) == 2)
    first = component.process()
    assert first.pid == pid
    first.send_signal(signal.SIGKILL)
    os.waitpid(pid, 0)
    _until(lambda: component.process() is None)
    orphans = component.leftovers()
    assert orphans
    component.end_leftovers()
    assert all(not orphan.is_running() or orphan.status() == "zombie" for orphan in orphans)
    assert component.leftovers() == []


def test_a_component_that_is_stopped_lives_and_does_nothing(component):
    pid = spawn(component)
    _until(lambda: len(component.leftovers()) == 2)
    assert not component.is_stopped()
    child = next(process for process in component.leftovers() if process.pid != pid)
    child.send_signal(signal.SIGSTOP)
    _until(component.is_stopped)
    component.end_leftovers()
    assert component.process() is None


def test_a_running_component_says_which_settings_it_has_not(component):
    assert component.differing("WIREWATCH_") == []
    spawn(component)
    changed = Component(component.name, component.home, ["true"], {**os.environ, "WIREWATCH_SHARDS": "7", "OTHER": "1"})
    _until(lambda: component.process() is not None and changed.differing("WIREWATCH_") == ["WIREWATCH_SHARDS"])
    assert component.differing("WIREWATCH_") == []


def test_postgres_recovers_from_kill(tmp_path):
    server = Postgres(tmp_path / "pg", free_port())
    server.start()
    try:
        server.start()
        with psycopg2.connect(server.dsn("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute("create table kept as select 1 as n")
        connection.close()
        os.kill(server.pid(), signal.SIGKILL)
        _until(lambda: not server.is_running())
        server.start()
        with psycopg2.connect(server.dsn("postgres")) as connection, connection.cursor() as cursor:
            cursor.execute("select n from kept")
            assert cursor.fetchone() == (1,)
        connection.close()
    finally:
        server.stop()
    assert not server.is_running()
    server.stop()


def test_a_wrong_bin_directory_is_explained(tmp_path):
    with pytest.raises(ConfigurationError, match="WIREWATCH_POSTGRES_BIN"):
        Postgres(tmp_path, 54321, bin_dir=tmp_path)


def _server(folder, major: int):
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {major}.4 (Debian)'\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_newest_installed_server_is_found_when_it_is_new_enough(tmp_path):
    for major in (9, 15, 17):
        _server(tmp_path / f"usr/lib/postgresql/{major}/bin", major)
    assert [major_of(path) for path in installed_bins(tmp_path)] == [17, 15]


def test_a_new_home_prefers_an_installed_server_and_a_cluster_keeps_its_version(tmp_path):
    installed = [_server(tmp_path / "17", 17), _server(tmp_path / "15", 15)]
    home = tmp_path / "home"
    assert choose_bin(home, None, installed) == installed[0]
    assert choose_bin(home, installed[1], installed) == installed[1]
    assert choose_bin(home, None, []) == wheel_bin()
    (home / "data").mkdir(parents=True)
    (home / "data" / "PG_VERSION").write_text("15\n")
    assert choose_bin(home, None, installed) == installed[1]
    (home / "data" / "PG_VERSION").write_text(f"{major_of(wheel_bin())}\n")
    assert choose_bin(home, None, installed) == wheel_bin()
    with pytest.raises(ConfigurationError, match="wirewatch restore"):
        choose_bin(home, installed[0], installed)
