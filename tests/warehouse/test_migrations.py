"""Migrations from empty, from every earlier version, and twice."""

from __future__ import annotations

import psycopg2
import pytest

from wirewatch.errors import WarehouseError
from wirewatch.warehouse import migrations
from wirewatch.warehouse.migrations import MIGRATIONS, migrate

_GAPS = [5, 6, 13]
"""Numbers that were never released."""
NAMES = sorted(file.stem for file in MIGRATIONS.glob("*.sql"))


def test_no_number_is_taken_twice():
    numbers = [int(name[:4]) for name in NAMES]
    assert numbers[:4] == [1, 2, 3, 4]
    assert len(set(numbers)) == len(numbers)


def test_a_gap_is_not_filled():
    """A migration in a gap would come before some that other databases have."""
    numbers = {int(name[:4]) for name in NAMES}
    assert sorted(set(range(1, max(numbers))) - numbers) == _GAPS


def test_from_empty_and_again(empty_database):
    assert migrate(empty_database) == NAMES
    assert migrate(empty_database) == []


@pytest.mark.parametrize("version", NAMES[:-1])
def test_from_every_earlier_version(empty_database, version):
    migrate(empty_database, until=version)
    assert migrate(empty_database) == NAMES[NAMES.index(version) + 1 :]


@pytest.mark.parametrize("version", NAMES[:-1])
def test_from_a_database_of_yoyo(empty_database, version):
    """Versions before 0.2.0 ran the same files through yoyo, and noted them in its table."""
    migrate(empty_database, until=version)
    with psycopg2.connect(empty_database) as connection, connection.cursor() as cursor:
        cursor.execute("drop table schema_migration")
        cursor.execute("create table _yoyo_migration (migration_hash text primary key, migration_id text)")
        cursor.executemany(
            "insert into _yoyo_migration values (md5(%s), %s)",
            [(name, name) for name in NAMES if name <= version],
        )
    assert migrate(empty_database) == NAMES[NAMES.index(version) + 1 :]


def test_a_database_of_a_newer_version_is_refused(empty_database):
    migrate(empty_database)
    with psycopg2.connect(empty_database) as connection, connection.cursor() as cursor:
        cursor.execute("update schema_migration set version_num = '9999.of_the_future'")
    with pytest.raises(WarehouseError, match=r"9999\.of_the_future, which this version does not know"):
        migrate(empty_database)


def test_a_migration_that_fails_is_undone_as_a_whole(empty_database, tmp_path, monkeypatch):
    for file in MIGRATIONS.glob("*.sql"):
        (tmp_path / file.name).write_text(file.read_text())
    (tmp_path / "9998.fine.sql").write_text("create table ingest.fine (share int default 50 % 7);")
    (tmp_path / "9999.broken.sql").write_text("create table ingest.half (); select no_such_column from ingest.half;")
    monkeypatch.setattr(migrations, "MIGRATIONS", tmp_path)
    with pytest.raises(WarehouseError, match="no_such_column"):
        migrate(empty_database)
    with psycopg2.connect(empty_database) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select to_regclass('ingest.fine'), to_regclass('ingest.half'), version_num from schema_migration"
        )
        assert cursor.fetchone() == ("ingest.fine", None, "9998.fine")


def test_a_mistake_in_a_view_is_named_with_its_file_and_line(empty_database, tmp_path, monkeypatch):
    for file in migrations.VIEWS.glob("*.sql"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "mistaken.sql").write_text("create view news.mistaken as\nselect 1 as one\nwhere no_column = 2;\n")
    monkeypatch.setattr(migrations, "VIEWS", tmp_path)
    with pytest.raises(WarehouseError, match=r"sql/views/mistaken\.sql, line 3: column \"no_column\" does not exist"):
        migrate(empty_database)
