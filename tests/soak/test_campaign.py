"""The campaign of faults: its plan comes from the seed, its gate cuts and jams, a small one leaves nothing undone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.soak import campaign
from tests.soak.chaos import faults
from tests.soak.chaos.gate import Gate


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends back what it gets."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(ConnectionResetError):  # which is what a shut gate sends
            while data := connection.recv(100):
                connection.sendall(data)

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return  # the test is over
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listening.getsockname()[1]
    listening.close()


@pytest.fixture
def gate(echo: int) -> Iterator[Gate]:
    gate = Gate(echo)
    gate.start()
    yield gate
    gate.stop()


def call(gate: Gate) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", gate.port), timeout=2)
    connection.sendall(b"hello")
    return connection


def test_a_plan_comes_from_its_seed():
    kinds = list(faults.KINDS)
    assert faults.plan(7, 50, kinds) == faults.plan(7, 50, kinds)
    assert faults.plan(7, 50, kinds) != faults.plan(8, 50, kinds)


def test_a_plan_keeps_to_the_kinds_that_can_be_had():
    planned = faults.plan(7, 300, [kind for kind in faults.KINDS if kind != "fill_disk"])
    assert {fault.kind for fault in planned} == set(faults.KINDS) - {"fill_disk"}


def test_an_open_gate_lets_through(gate: Gate):
    with call(gate) as connection:
        assert connection.recv(100) == b"hello"


def test_a_shut_gate_resets(gate: Gate):
    with call(gate) as connection:
        assert connection.recv(100) == b"hello"
        gate.shut()
        with pytest.raises(ConnectionResetError):
            connection.recv(100)
    with pytest.raises(ConnectionResetError), call(gate) as refused:
        refused.recv(100)
    gate.open()
    with call(gate) as connection:
        assert connection.recv(100) == b"hello"


def test_a_jammed_gate_holds_everything_back_until_it_opens(gate: Gate):
    gate.jam()
    with call(gate) as connection:
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(100)
        gate.open()
        connection.settimeout(2)
        assert connection.recv(100) == b"hello"


@pytest.mark.timeout(600)
def test_a_small_campaign(shared, monkeypatch: pytest.MonkeyPatch):
    """Real workers, a real server: half a dozen faults, and everything that was listed is in a final state."""
    few = {"kill_poller", "kill_collector", "kill_labeller", "kill_child", "cut_database", "cut_web"}
    monkeypatch.setattr(campaign, "KINDS", {kind: faults.KINDS[kind] for kind in faults.KINDS if kind in few})
    result = campaign.campaign(campaign.recording(quick=True), seed=3, faults=6)
    assert len(result.observed.faults) == 6
    assert result.account.listed > 20
    assert (result.account.unaccounted, result.account.twice, result.account.never_listed) == ((), (), ())
    assert set(result.states) <= {"labelled", "dropped"}
    assert (result.open_claims, result.doubled_versions, result.bad_pages, result.unexpected) == (0, 0, (), ())
    assert "| **entries without a final state** | 0 |" in campaign.report(result)
