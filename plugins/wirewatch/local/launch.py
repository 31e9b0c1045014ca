"""What supervisord runs for each part: prepares its start, then becomes it, with the same pid.

end what a killed predecessor left ─▶ what the part needs first ─▶ note pid and birth ─▶ exec
"""

from __future__ import annotations

import sys
import time

from wirewatch.errors import WirewatchError
from wirewatch.local import stack
from wirewatch.local.supervisor import POSTGRES
from wirewatch.settings import Settings
from wirewatch.warehouse import Warehouse

_API_PATIENCE_S = 180


def main(name: str) -> None:
    """Becomes the part `name` of this home's stack; ends in one message where that can't be."""
    try:
        found = stack.find(Settings.load())
        if name == POSTGRES:
            found.postgres.become()
        component = found.component(name)
        component.end_leftovers()
        if name == "scheduler":
            _prepare_scheduler(found)
        component.become()
    except WirewatchError as error:
        sys.exit(f"{name}: {error}")


def _prepare_scheduler(found: stack.Stack) -> None:
    """Ends the claims of tasks that died with the last scheduler; waits for the API server, which tasks need."""
    with Warehouse(found.owner_dsn) as warehouse, warehouse.transaction() as rows:
        rows.expire_claims()
    until = time.monotonic() + _API_PATIENCE_S
    while not found.api.answers() and time.monotonic() < until:
        time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1])
