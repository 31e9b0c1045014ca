"""A compose stack of its own for the tests: its project name, secrets and ports are nobody else's."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from ruamel.yaml import YAML

from tests.conftest import ROOT, free_port
from wirewatch.demo.sample_web.outlets import domain_name, outlets, registry
from wirewatch.local.airflow import Api

BASE_IMAGES = ("apache/airflow:3.3.2-python3.11", "postgres:17", "redis:7.2-bookworm")
STAND_INS = Path(__file__).parent / "stand_ins" / "build.sh"
DOMAIN = "test"
HOST_DELAY_S = 1.0
_PATIENCE_S = 420


def run(*command: str, check: bool = True, **options: object) -> str:
    """The output of a command; a failure shows what it said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(command)} failed with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def has_engine() -> bool:
    """Whether a docker engine answers, and there is a docker compose."""
    return bool(compose_command()) and _answers("docker", "info")


def compose_command() -> list[str]:
    """Docker Compose 2 where there is one, else 1; empty without either."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if _answers(*command, "version"):
            return command
    return []


def _answers(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def need_base_images() -> None:
    """Sees to the base images: there already, pulled, or, when STAND_INS=1 asks for it, built as stand-ins.

    Stand-ins carry the official names, so nobody gets them without asking.
    """
    missing = [image for image in BASE_IMAGES if not _answers("docker", "image", "inspect", image)]
    unreachable = [image for image in missing if not _answers("docker", "pull", "--quiet", image)]
    if not unreachable:
        return
    if os.environ.get("STAND_INS") != "1":
        raise AssertionError(
            f"no registry gave {', '.join(unreachable)}; where none can be reached, STAND_INS=1 make compose-test "
            f"builds stand-ins under these names with {STAND_INS.relative_to(ROOT)}"
        )
    run(str(STAND_INS))


class ComposeStack:
    """One stack: docker-compose.yml and the sample web over it, under a project name of its own."""

    def __init__(self, folder: Path) -> None:
        self.project = f"wirewatch-test-{os.getpid()}"
        self.env_file = folder / "stack.env"
        ui_port, newsroom_port, warehouse_port = free_port(), free_port(), free_port()
        self.control = f"http://127.0.0.1:{newsroom_port}/__control"
        run("make", "--silent", "secrets", f"ENV_FILE={self.env_file}", cwd=ROOT)
        aliases = folder / "aliases.json"
        names = [domain_name(key, DOMAIN) for key in outlets()]
        aliases.write_text(json.dumps({"services": {"newsroom": {"networks": {"outside": {"aliases": names}}}}}))
        feeds = folder / "feeds.yaml"
        with feeds.open("w", encoding="utf-8") as file:
            YAML().dump(registry(18700, DOMAIN), file)
        with self.env_file.open("a") as file:
            file.write(
                f"WIREWATCH_PORT={ui_port}\nTEST_NEWSROOM_PORT={newsroom_port}\nTEST_WAREHOUSE_PORT={warehouse_port}\n"
                f"SAMPLE_WEB_DOMAIN={DOMAIN}\nTEST_HOST_DELAY_S={HOST_DELAY_S}\nTEST_FEEDS={feeds}\n"
                f"TEST_BUILD_NETWORK={'host' if os.environ.get('STAND_INS') == '1' else 'default'}\n"
            )
        feeds.chmod(0o644)
        self.secrets = self._secrets()
        self.dsn = f"postgresql://wirewatch:{self.secrets['WAREHOUSE_PASSWORD']}@127.0.0.1:{warehouse_port}/warehouse"
        self.api = Api(f"http://127.0.0.1:{ui_port}", self.secrets["UI_PASSWORD"])
        self._files = ["docker-compose.yml", "tests/compose/newsroom.yml", str(aliases)]

    def _secrets(self) -> dict[str, str]:
        pairs = (line.partition("=") for line in self.env_file.read_text().splitlines() if "=" in line)
        return {key: value for key, _, value in pairs if key.endswith(("_PASSWORD", "_KEY", "_SECRET"))}

    def compose(self, *arguments: str) -> str:
        """Runs docker compose on this stack."""
        files = [part for file in self._files for part in ("--file", file)]
        stack = ["--env-file", str(self.env_file), "--project-name", self.project]
        return run(*compose_command(), *stack, *files, *arguments, cwd=ROOT)

    def up(self, *, workers: int) -> None:
        """Builds, starts, and returns when every container is well."""
        self.compose("build", "airflow-init")
        self.compose("up", "--detach", "--scale", f"airflow-worker={workers}")
        wait_until(self._is_well, "every container is healthy", _PATIENCE_S)

    def down(self) -> None:
        """Removes containers, volumes and networks; harmless when there are none."""
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "30")

    def containers(self, service: str | None = None) -> list[dict]:
        """What docker knows of this stack's containers, stopped ones too."""
        which = ["--filter", f"label=com.docker.compose.project={self.project}"]
        if service is not None:
            which += ["--filter", f"label=com.docker.compose.service={service}"]
        ids = run("docker", "ps", "--all", "--quiet", *which).split()
        return json.loads(run("docker", "inspect", *ids)) if ids else []

    def leftovers(self) -> dict[str, list[str]]:
        """Containers, volumes and networks that bear this stack's label."""
        which = ["--quiet", "--filter", f"label=com.docker.compose.project={self.project}"]
        return {
            "containers": run("docker", "ps", "--all", *which).split(),
            "volumes": run("docker", "volume", "ls", *which).split(),
            "networks": run("docker", "network", "ls", *which).split(),
        }

    def _is_well(self) -> bool:
        states = {c["Name"]: (service_of(c), c["State"]) for c in self.containers()}
        for container, (service, state) in states.items():
            if service == "airflow-init":
                if state["Status"] == "exited" and state["ExitCode"]:
                    raise AssertionError(f"airflow-init failed:\n{run('docker', 'logs', container.strip('/'))}")
                continue
            if state["Status"] != "running" or state["Health"]["Status"] != "healthy":
                return False
        return True


def service_of(container: dict) -> str:
    """The compose service of an inspected container."""
    return container["Config"]["Labels"]["com.docker.compose.service"]


def wait_until(condition: Callable[[], bool], what: str, patience_s: float) -> None:
    """Waits until `condition()`; fails when it takes longer than `patience_s` seconds."""
    until = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < until, f"not within {patience_s:.0f} s: {what}"
        time.sleep(2)
