"""How much room there is."""

from __future__ import annotations

import shutil

from wirewatch.web.disk import Disk, free_bytes, rooms


def test_free_space_of_a_folder_that_is_not_there_yet(tmp_path):
    assert abs(free_bytes(tmp_path / "a" / "b") - shutil.disk_usage(tmp_path).free) < 500_000_000


def test_the_fullest_disk_decides(settings):
    free = {settings.home / "archive": 999_000_000, settings.home: 5_000_000_000}
    assert not Disk(settings, free.__getitem__).has_room()
    free[settings.home / "archive"] = 1_000_000_000
    assert Disk(settings, free.__getitem__).has_room()


def test_an_archive_elsewhere_takes_no_room_here(settings):
    remote = settings.model_copy(update={"archive": "memory://pages"})
    assert [room.what for room in rooms(remote)] == ["state"]
