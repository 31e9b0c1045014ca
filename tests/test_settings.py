"""Settings: validated together, explained, documented."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from wirewatch.errors import ConfigurationError
from wirewatch.settings import Settings, unknown_names


def test_all_mistakes_are_named_with_their_meaning(monkeypatch):
    monkeypatch.setenv("WIREWATCH_SHARDS", "many")
    monkeypatch.setenv("WIREWATCH_HOST_DELAY_S", "-1")
    monkeypatch.setenv("WIREWATCH_ALLOW_ADDRESSES", "127.0.0.0/8, somewhere")
    with pytest.raises(ConfigurationError) as caught:
        Settings.load()
    message = str(caught.value)
    assert "WIREWATCH_SHARDS='many'" in message
    assert "WIREWATCH_HOST_DELAY_S='-1'" in message
    assert "WIREWATCH_ALLOW_ADDRESSES=" in message
    assert "'somewhere' does not appear to be an IPv4 or IPv6 network" in message
    assert "shards" in message or "mapped tasks" in message


def test_networks_are_split_at_commas(monkeypatch):
    monkeypatch.setenv("WIREWATCH_ALLOW_ADDRESSES", "127.0.0.0/8,::1/128")
    assert [str(network) for network in Settings.load().allow_addresses] == ["127.0.0.0/8", "::1/128"]


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_documented(name):
    field = Settings.model_fields[name]
    lines = (ROOT / "docs" / "operations.md").read_text().splitlines()
    line = next((line for line in lines if line.startswith(f"| `WIREWATCH_{name.upper()}`")), None)
    assert line is not None, f"docs/operations.md has no line for WIREWATCH_{name.upper()}"
    assert field.description in line
    if isinstance(field.default, int | float | str) and field.default != "":
        assert f"`{field.default}`" in line


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CONTACT", "hello", "mail address"),
        ("POSTGRES_BIN", "/nowhere", "no initdb"),
        ("RETENTION", "foo", "'foo' is not of the form table=days"),
        ("RETENTION", "ingest.poll", "not of the form table=days"),
        ("RETENTION", "ingest.poll=99999999999999", "more than 36525 days"),
        ("HOME", __file__, "this is a file; give a folder"),
        ("ARCHIVE", __file__, "this is a file; give a folder"),
        ("ARCHIVE", "nonsense://pages", "unknown kind of storage nonsense://"),
        ("ARCHIVE", "s3://", "incomplete: s3://"),
        ("ALLOW_ADDRESSES", "127.0.0.1/8", "127.0.0.1/8 has host bits set"),
        ("MAX_AGE_DAYS", "99999999999", "less than or equal to 36525"),
        ("MAX_INTERVAL_S", "300", "WIREWATCH_MIN_INTERVAL_S=900 is more than WIREWATCH_MAX_INTERVAL_S=300"),
    ],
)
def test_what_can_not_be_meant_is_refused(monkeypatch, name, value, said):
    monkeypatch.setenv("WIREWATCH_MIN_INTERVAL_S", "900")
    monkeypatch.setenv(f"WIREWATCH_{name}", value)
    with pytest.raises(ConfigurationError, match=re.escape(said)) as caught:
        Settings.load()
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "value",
    ["https://example.org/bot", "https://localhost/wirewatch-demo", "desk@example.org", "mailto:desk@example.org"],
)
def test_a_contact_is_an_address(monkeypatch, value):
    monkeypatch.setenv("WIREWATCH_CONTACT", value)
    assert Settings.load().contact == value


def test_an_empty_variable_is_unset(monkeypatch):
    for name in Settings.model_fields:
        monkeypatch.setenv(f"WIREWATCH_{name.upper()}", "")
    assert Settings.load() == Settings.model_construct(
        **{name: field.get_default(call_default_factory=True) for name, field in Settings.model_fields.items()}
    )


def test_a_misspelt_variable_is_named_with_what_is_meant(monkeypatch):
    monkeypatch.setenv("WIREWATCH_SHARD", "8")
    assert unknown_names() == ["WIREWATCH_SHARD: unknown setting; did you mean WIREWATCH_SHARDS?"]
    monkeypatch.delenv("WIREWATCH_SHARD")
    monkeypatch.setenv("WIREWATCH_NOTHING_LIKE_IT", "1")
    assert unknown_names() == ["WIREWATCH_NOTHING_LIKE_IT: unknown setting"]
    monkeypatch.delenv("WIREWATCH_NOTHING_LIKE_IT")
    monkeypatch.setenv("WIREWATCH_SHARDS", "8")
    assert unknown_names() == []


@pytest.mark.parametrize("name", ["WIREWATCH_MIN_INTERVAL_S", "WIREWATCH_MAX_INTERVAL_S"])
def test_an_interval_is_no_longer_than_the_warehouse_takes(monkeypatch, name):
    monkeypatch.setenv(name, "700000")
    with pytest.raises(ConfigurationError, match="604800"):
        Settings.load()
