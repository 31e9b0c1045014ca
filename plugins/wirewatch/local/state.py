"""What the local mode remembers in its home: ports, secrets, pids. Everything else is in Postgres."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from wirewatch.errors import ConfigurationError, WirewatchError
from wirewatch.local.files import write_secret


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of one local stack (`WIREWATCH_HOME`)."""

    path: Path

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.path / "airflow"

    @property
    def postgres(self) -> Path:
        """Home of the embedded server."""
        return self.path / "postgres"

    @property
    def logs(self) -> Path:
        """Output of Airflow's components."""
        return self.path / "logs"

    def prepare(self) -> None:
        """Makes the folders; readable by their owner only, since logs and databases are nobody else's business."""
        try:
            for folder in (self.path, self.airflow, self.postgres, self.logs, self.path / "run", self.path / "archive"):
                folder.mkdir(parents=True, exist_ok=True)
            # Postgres, which can't run as root, must reach its own folder, and nothing else.
            self.path.chmod(0o711 if os.geteuid() == 0 else 0o700)
            for folder in self.path.iterdir():
                if folder.is_dir() and folder != self.postgres:
                    folder.chmod(0o700)
        except OSError as error:
            raise ConfigurationError(
                f"WIREWATCH_HOME={self.path}: {error.strerror}; name a folder that you may write to"
            ) from None

    def secret(self, name: str, *, size: int = 32) -> str:
        """The secret of that name, `size` random bytes as URL-safe base64; made on first use, mode 0600."""
        file = self.path / "secrets" / name
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_secret(file, base64.urlsafe_b64encode(secrets.token_bytes(size)).decode())
        return file.read_text()

    def password(self, user: str) -> str:
        """The password of `user`; made on first use, mode 0600, and fit for a URL."""
        return self.secret(f"password_{user}", size=18)

    def settings(self) -> dict[str, str]:
        """The settings that this home was set up with, as variable → value; empty when it was not."""
        try:
            known: dict[str, str] = json.loads((self.path / "settings.json").read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return {}
        return known

    def remember(self, settings: dict[str, str]) -> None:
        """Keeps the settings that belong to this home's data."""
        write_secret(self.path / "settings.json", json.dumps(settings, indent=1))

    def port(self, name: str) -> int | None:
        """The port that `name` had when it was last chosen."""
        return self._ports().get(name)

    def choose_port(self, name: str, first: int) -> int:
        """The first free port from `first` on, remembered under `name`.

        The one remembered is taken again while it is free, so that a restart keeps its address.
        """
        ports = self._ports()
        taken = {port for key, port in ports.items() if key != name}
        candidates = [ports[name]] if name in ports else []
        for port in chain(candidates, range(first, min(first + 200, 65536))):
            if port not in taken and _is_free(port):
                ports[name] = port
                write_secret(self.path / "ports.json", json.dumps(ports))
                return port
        raise WirewatchError(f"no free port on 127.0.0.1 between {first} and {first + 199}; end what listens there")

    def _ports(self) -> dict[str, int]:
        file = self.path / "ports.json"
        try:
            ports: dict[str, int] = json.loads(file.read_text())
            return ports
        except FileNotFoundError:
            return {}
        except NotADirectoryError:
            raise ConfigurationError(f"WIREWATCH_HOME={self.path}: not a folder; name one") from None
        except ValueError:
            raise ConfigurationError(
                f"{file}: broken, as after a power cut; write the ports that the stack uses into it, such as "
                '{"postgres": 54320, "ui": 8080}, or delete it when nothing runs'
            ) from None


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
