"""A release of the sample week: valid, complete, without texts, and the same when it is built again."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from ruamel.yaml import YAML

from tests.warehouse.conftest import week_database, week_owner  # noqa: F401 - fixtures
from wirewatch.errors import WirewatchError
from wirewatch.release.tables import TABLES
from wirewatch.release.writing import write_release
from wirewatch.warehouse import Warehouse

pytestmark = pytest.mark.timeout(900)

SINCE, UNTIL = date(2026, 3, 2), date(2026, 3, 9)


@pytest.fixture(scope="module")
def folder(week_database, tmp_path_factory) -> Path:  # noqa: F811
    """The release of the week."""
    found = tmp_path_factory.mktemp("release") / "week"
    with Warehouse(week_database) as warehouse:
        write_release(warehouse, found, SINCE, UNTIL)
    return found


def package(folder: Path) -> dict:
    return json.loads((folder / "datapackage.json").read_text())


def test_it_is_equal_when_it_is_built_again(folder, week_database, tmp_path):  # noqa: F811
    with Warehouse(week_database) as warehouse:
        write_release(warehouse, tmp_path / "again", SINCE, UNTIL)
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert files == sorted(p.relative_to(tmp_path / "again") for p in (tmp_path / "again").rglob("*") if p.is_file())
    for file in files:
        assert (folder / file).read_bytes() == (tmp_path / "again" / file).read_bytes(), file


def test_frictionless_finds_the_package_valid(folder):
    frictionless = pytest.importorskip("frictionless")
    assert list(frictionless.Package.metadata_validate(package(folder))) == []
    for resource in package(folder)["resources"]:
        assert list(frictionless.Schema.metadata_validate(resource["schema"])) == []


def test_the_package_says_what_the_files_are(folder):
    kinds = {
        "boolean": "bool", "integer": "int64", "number": "double", "date": "date32[day]", "string": "string",
        "datetime": "timestamp[us, tz=UTC]", "array": "list<element: string>",
    }  # fmt: skip
    resources = package(folder)["resources"]
    assert [one["name"] for one in resources] == [table.view for table in TABLES]
    for resource in resources:
        data = (folder / resource["path"]).read_bytes()
        assert len(data) == resource["bytes"]
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        table = pq.read_table(folder / resource["path"])
        assert table.num_rows > 0 or resource["name"] == "coverage"  # the week was polled on the day of the test
        fields = resource["schema"]["fields"]
        assert [(f.name, str(f.type)) for f in table.schema] == [(f["name"], kinds[f["type"]]) for f in fields]
        assert all(field["description"] for field in fields)
        keys = [tuple(row.values()) for row in table.select(resource["schema"]["primaryKey"]).to_pylist()]
        assert len(set(keys)) == len(keys), f"the key of {resource['name']} identifies its rows"
        assert keys == sorted(keys)


def test_no_text_is_in_it_but_its_digest(folder, week_owner):  # noqa: F811
    week_owner.execute("select article_id, text from news.articles where day >= %s and day < %s", [SINCE, UNTIL])
    texts = dict(week_owner.fetchall())
    released = {row["article_id"]: row for row in pq.read_table(folder / "data/articles.parquet").to_pylist()}
    assert released.keys() == texts.keys()
    for article, text in texts.items():
        assert released[article]["text_sha256"] == hashlib.sha256(text.encode()).hexdigest()
        assert "text" not in released[article]
        assert "authors" not in released[article]
    for file in folder.rglob("*.parquet"):
        cells = {cell for row in pq.read_table(file).to_pylist() for cell in row.values() if isinstance(cell, str)}
        assert not cells & {sentence for text in texts.values() for sentence in text.split("\n") if len(sentence) > 40}


def test_codebook_citation_and_croissant(folder):
    codebook = (folder / "CODEBOOK.md").read_text()
    croissant = json.loads((folder / "croissant.json").read_text())
    for resource in package(folder)["resources"]:
        assert f"## {resource['name']}" in codebook
        assert all(f"`{field['name']}`" in codebook for field in resource["schema"]["fields"])
    assert [one["@id"] for one in croissant["distribution"]] == [one["path"] for one in package(folder)["resources"]]
    cited = YAML(typ="safe").load((folder / "CITATION.cff").read_text())
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "dataset"
    sums = dict(reversed(line.split("  ")) for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert all(hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest for path, digest in sums.items())


def test_the_starter_in_python_runs(folder, week_owner):  # noqa: F811
    ran = subprocess.run([sys.executable, folder / "start.py"], capture_output=True, text=True, check=True)
    week_owner.execute(
        "select count(*) from news.tagged where relevance = 'core' and is_origin and day >= %s and day < %s",
        [SINCE, UNTIL],
    )
    days = ran.stdout.partition("copied most")[0].splitlines()[1:]
    assert sum(int(line.split()[1]) for line in days) == week_owner.fetchone()[0] > 0


def test_the_starter_in_r_runs(folder):
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("needs R with the package arrow")
    subprocess.run([rscript, folder / "start.R"], capture_output=True, check=True)


def test_what_can_not_be_written_is_said(folder, week_database):  # noqa: F811
    with Warehouse(week_database) as warehouse:
        with pytest.raises(WirewatchError, match="exists; name a new folder"):
            write_release(warehouse, folder, SINCE, UNTIL)
        with pytest.raises(WirewatchError, match="empty range"):
            write_release(warehouse, folder / "new", UNTIL, SINCE)
    assert not (folder / "new").exists()
