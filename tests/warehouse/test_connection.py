"""Addresses that lead nowhere end in a message."""

from __future__ import annotations

import pytest

from wirewatch.errors import WarehouseError, WarehouseUnavailable
from wirewatch.warehouse import Warehouse


@pytest.mark.parametrize("address", ["foo", "sqlite:///x", "postgresql://a:secret@[::1/x"])
def test_an_invalid_uri_is_explained(address: str):
    with pytest.raises(WarehouseError, match="use postgresql://") as caught:
        Warehouse(address).now()
    assert "secret" not in str(caught.value)


def test_a_server_that_is_down_is_explained():
    with pytest.raises(WarehouseUnavailable, match="make up"):
        Warehouse("postgresql://a@127.0.0.1:1/x").now()
