"""Backup on one machine, restore on an empty one: every table equal, and the archive can be read again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from typer.testing import CliRunner

from tests.conftest import free_port
from wirewatch.articles.collecting import collect_shard
from wirewatch.articles.reextracting import reextract
from wirewatch.cli import app
from wirewatch.copies.linking import link_copies
from wirewatch.demo.sample_web import SampleWeb
from wirewatch.feeds.polling import poll_shard, sync_feeds_file
from wirewatch.ledger import close_entries
from wirewatch.local.postgres import Postgres
from wirewatch.operations.backup import back_up
from wirewatch.operations.manifest import ARCHIVE, DUMP, BackupError, digest_of
from wirewatch.operations.restore import restore
from wirewatch.settings import Settings
from wirewatch.topics.labelling import sync_topic_files, tag_topics
from wirewatch.topics.lexicons import lexicons
from wirewatch.warehouse import Warehouse
from wirewatch.warehouse.bootstrap import OWNERS, make_databases
from wirewatch.warehouse.migrations import migrate

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def read(warehouse, tmp_path) -> Settings:
    """The settings of a home that has read the newsroom's first days."""
    settings = Settings(
        home=tmp_path / "first",
        feeds=tmp_path / "feeds.yaml",
        allow_addresses="127.0.0.0/8",
        host_delay_s=0.01,
        max_age_days=36500,
    )
    with SampleWeb.running(now=datetime(2026, 3, 3, 12, tzinfo=UTC)) as newsroom:
        newsroom.write_feeds(settings.feeds)
        sync_feeds_file(warehouse, settings)
        sync_topic_files(warehouse, settings)
        poll_shard(warehouse, settings, 0, 1)
        collect_shard(warehouse, settings, 0, 1)
    link_copies(warehouse, settings, lambda: lexicons(warehouse, settings))
    tag_topics(warehouse, settings)
    close_entries(warehouse)
    return settings


@pytest.fixture
def other_machine(tmp_path) -> Iterator[str]:
    """The warehouse of a server of its own, without anything in it; the role has the name of the first one's owner.

    Default privileges name the role that set them: another one may not restore them.
    """
    server = Postgres(tmp_path / "other", free_port(), durable=False)
    server.start()
    make_databases(server.dsn("postgres"), dict.fromkeys([*OWNERS.values(), "analyst"], "secret"))
    yield server.dsn("warehouse")
    server.stop()


def test_a_backup_restores_on_an_empty_machine_and_can_be_read_again(read, database, other_machine, tmp_path, capsys):
    folder = tmp_path / "backup"
    made = back_up(database, read, folder)
    assert sum(table.rows for table in made.tables.values()) > 500
    assert made.archive
    assert oct(folder.stat().st_mode & 0o777) == "0o700"

    there = read.model_copy(update={"home": tmp_path / "second"})
    tables = restore(other_machine, there, folder)
    assert {table.name: table.now for table in tables} == dict(made.tables)
    assert all(table.equal for table in tables)
    filled = {re.sub(r"poll_\d{4}_\d{2}$", "poll", table.name) for table in tables if table.now.rows}
    assert filled >= {"ingest.entry", "ingest.poll", "news.article", "news.tag", "news.copy"}

    assert migrate(other_machine) == [], "the schema is complete"
    with Warehouse(other_machine) as warehouse:
        report = reextract(warehouse, there, BEGINNING)
        assert report.read > 20
        assert (report.unreadable, report.changed) == (0, 0)
    with psycopg2.connect(other_machine.replace("wirewatch:", "analyst:")) as connection, connection.cursor() as cursor:
        cursor.execute("select count(*) from news.articles")
        assert cursor.fetchone()[0] == report.read
    connection.close()

    with pytest.raises(BackupError, match="not empty"):
        restore(other_machine, there, folder)


def test_an_archive_that_is_only_named(read, database, other_machine, tmp_path):
    folder = tmp_path / "backup"
    made = back_up(database, read, folder, copy_archive=False)
    assert not (folder / ARCHIVE).exists()
    grown = Path(read.archive_url) / next(iter(made.archive))
    with grown.open("ab") as file:
        file.write(b"a page that came later")
    assert all(table.equal for table in restore(other_machine, read, folder))
    grown.unlink()
    with pytest.raises(BackupError, match="missing"):
        restore(other_machine, read, folder)


def test_work_goes_on_during_a_backup_and_is_not_in_it(database, cursor, settings, tmp_path, monkeypatch):
    from wirewatch.operations import backup

    def dump_late(*arguments):
        cursor.execute(
            "insert into news.outlet (key, name, country, language, kind, ownership, perspective)"
            " values ('late', 'Late', 'US', 'en', 'wire', 'own', 'us')"
        )
        return run_tool(*arguments)

    run_tool = backup.run_tool
    monkeypatch.setattr(backup, "run_tool", dump_late)
    made = back_up(database, settings, tmp_path / "backup")
    assert made.tables["news.outlet"].rows == 0
    cursor.execute("select count(*) from news.outlet")
    assert cursor.fetchone() == (1,)


@pytest.mark.parametrize(
    "harm",
    ["cut", "changed", "gone", "unfinished", "outside", "other format", "no manifest", "a list", "hardly any", "wrong"],
)
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_touched(
    database, empty_database, settings, tmp_path, harm
):
    page = Path(settings.archive_url) / "2026" / "a.warc.gz"
    page.parent.mkdir(parents=True)
    page.write_bytes(b"0123456789")
    folder = tmp_path / "backup"
    back_up(database, settings, folder)
    copy, manifest = folder / ARCHIVE / "2026" / "a.warc.gz", folder / "manifest.json"
    content = json.loads(manifest.read_text())
    match harm:
        case "cut":
            (folder / DUMP).write_bytes((folder / DUMP).read_bytes()[:-1])
        case "changed":
            copy.write_bytes(b"012345678x")
        case "gone":
            copy.unlink()
        case "unfinished":
            manifest.unlink()
        case "outside":
            manifest.write_text(json.dumps(content | {"archive": {"../../x": content["dump"]}}))
        case "other format":
            manifest.write_text(json.dumps(content | {"format": 99}))
        case "no manifest":
            manifest.write_text("{")
        case "a list":
            manifest.write_text("[]")
        case "hardly any":
            manifest.write_text(json.dumps({"format": content["format"]}))
        case "wrong":
            manifest.write_text(json.dumps(content | {"dump": 7}))
    with pytest.raises(BackupError, match=r"use another backup|broken off|outside the archive|another version"):
        restore(empty_database, settings, folder)
    with Warehouse(empty_database) as warehouse, warehouse.transaction() as rows:
        assert rows.relations_of_ours() == 0


def test_no_database_is_made_for_a_backup_that_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("WIREWATCH_HOME", str(tmp_path / "home"))
    refused = CliRunner().invoke(app, ["restore", str(tmp_path)])
    assert "no manifest.json" in str(refused.exception)
    assert not (tmp_path / "home").exists()


def test_a_folder_that_can_not_be_made_is_refused(database, settings):
    with pytest.raises(BackupError, match="you may write to"):
        back_up(database, settings, Path("/proc/no/backup"))


def test_a_folder_that_is_in_use_is_refused(database, settings, tmp_path):
    (tmp_path / "something").write_text("")
    with pytest.raises(BackupError, match="not empty"):
        back_up(database, settings, tmp_path)
    with pytest.raises(BackupError, match="that is a file"):
        back_up(database, settings, tmp_path / "something")


def test_what_pg_restore_says_is_shown(database, empty_database, settings, tmp_path):
    folder = tmp_path / "backup"
    made = back_up(database, settings, folder)
    (folder / DUMP).write_bytes(b"no dump")
    replace(made, dump=digest_of(folder / DUMP)).write(folder)
    with pytest.raises(BackupError, match=r"pg_restore failed: .*archive"):
        restore(empty_database, settings, folder)
