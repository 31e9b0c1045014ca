"""Migrations from empty, from every earlier version, and twice."""

from __future__ import annotations

import psycopg2
import pytest

from wirewatch.warehouse.migrations import MIGRATIONS, migrate

NAMES = sorted(file.stem for file in MIGRATIONS.glob("*.sql"))


def test_no_number_is_taken_twice():
    numbers = [int(name[:4]) for name in NAMES]
    assert numbers[:4] == [1, 2, 3, 4]
    assert len(set(numbers)) == len(numbers)


def test_from_empty_and_again(empty_database):
    assert migrate(empty_database) == NAMES
    assert migrate(empty_database) == []


@pytest.mark.parametrize("version", NAMES[:-1])
def test_from_every_earlier_version(empty_database, version):
    migrate(empty_database, until=version)
    assert migrate(empty_database) == NAMES[NAMES.index(version) + 1 :]


def test_a_killed_migrators_lock_does_not_stand_in_the_way(empty_database):
    migrate(empty_database, until=NAMES[0])
    with psycopg2.connect(empty_database) as connection, connection.cursor() as cursor:
        cursor.execute("insert into yoyo_lock (locked, ctime, pid) values (1, now(), 999999)")
    assert migrate(empty_database) == NAMES[1:]
