"""Settings: validated together, explained, documented."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from wirewatch.errors import ConfigurationError
from wirewatch.settings import Settings


def test_all_mistakes_are_named_with_their_meaning(monkeypatch):
    monkeypatch.setenv("WIREWATCH_SHARDS", "many")
    monkeypatch.setenv("WIREWATCH_HOST_DELAY_S", "-1")
    monkeypatch.setenv("WIREWATCH_ALLOW_ADDRESSES", "127.0.0.0/8, somewhere")
    with pytest.raises(ConfigurationError) as caught:
        Settings.load()
    message = str(caught.value)
    assert "WIREWATCH_SHARDS='many'" in message
    assert "WIREWATCH_HOST_DELAY_S='-1'" in message
    assert "WIREWATCH_ALLOW_ADDRESSES='somewhere'" in message
    assert "shards" in message or "mapped tasks" in message


def test_networks_are_split_at_commas(monkeypatch):
    monkeypatch.setenv("WIREWATCH_ALLOW_ADDRESSES", "127.0.0.0/8,::1/128")
    assert [str(network) for network in Settings.load().allow_addresses] == ["127.0.0.0/8", "::1/128"]


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_documented(name):
    field = Settings.model_fields[name]
    line = next(
        line
        for line in (ROOT / "docs" / "operations.md").read_text().splitlines()
        if line.startswith(f"| `WIREWATCH_{name.upper()}`")
    )
    assert field.description in line
    if isinstance(field.default, int | float | str) and field.default != "":
        assert f"`{field.default}`" in line
