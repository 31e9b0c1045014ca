"""Settings from the environment, validated once, passed on explicitly."""

from __future__ import annotations

import difflib
import os
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from wirewatch.errors import ConfigurationError


def project_folder(package: Path) -> Path:
    """The folder that holds dags/, plugins/ and sql/, for the library in the folder `package`.

    A wheel carries them as `wirewatch/project/`; in a checkout and in the image they are beside the library.
    """
    packaged = package / "project"
    return packaged if packaged.is_dir() else package.parents[1]


_PACKAGE = Path(__file__).resolve().parent
ROOT = project_folder(_PACKAGE)
"""The project: the folder that holds dags/, plugins/ and sql/."""


def _default_home() -> Path:
    """Beside the project; for a wheel in the user's home, since state is not kept among installed packages."""
    return (Path.home() if ROOT.parent == _PACKAGE else ROOT) / ".wirewatch"


_CONTACT = re.compile(r"https?://[^\s/]+(?:/\S*)?|(?:mailto:)?[^\s@]+@[^\s@]+")

_OTHERS = ("DSN", "BIND", "IMAGE", "BASE_IMAGE", "COMPONENT", "TEST_", "COMPOSE_", "CAMPAIGN_", "DEMO_TEST")
"""What else may begin with WIREWATCH_: an option's variable, docker compose's, our own processes', the tests'."""

SHORTEST_RETENTION = {"ingest.poll": 60, "ingest.entry_revision": 30}
"""The tables that may forget, and the days that views, checks and pages read of them."""


_YEAR_S = 366 * 86_400
_CENTURY = 36_525
"""Days; no date goes out of what Postgres and Python can count with them."""


_Folder = TypeVar("_Folder", str, Path)


def _no_file(folder: _Folder) -> _Folder:
    if os.path.exists(folder) and not os.path.isdir(folder):  # unlike pathlib's, these never raise
        raise ValueError("that is a file; name a folder")
    return folder


class Settings(BaseSettings):
    """What an operator can set. Each field is the environment variable `WIREWATCH_<NAME>`; an empty one is unset."""

    model_config = SettingsConfigDict(env_prefix="WIREWATCH_", env_ignore_empty=True, frozen=True, extra="ignore")

    home: Path = Field(default_factory=_default_home, description="where the local mode keeps its state")
    feeds: Path = Field(ROOT / "dags" / "feeds.yaml", description="the registry of outlets and feeds")
    topics: Path = Field(ROOT / "dags" / "topics", description="the folder of topic files")
    archive: str = Field(
        "", description="where raw pages are kept: a folder, file:// or s3:// URL; empty = <home>/archive"
    )
    allow_addresses: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="networks that may be visited although they are private, comma-separated (e.g. 127.0.0.0/8)"
    )
    contact: str = Field(
        "https://github.com/wirewatch/wirewatch",
        description="URL or mail address in the User-Agent, for the sites visited",
    )
    host_delay_s: float = Field(5.0, ge=0, le=3600, description="seconds between two visits to a host")
    shards: int = Field(4, ge=1, le=1000, description="how many mapped tasks a run spreads the hosts over")
    batch_minutes: float = Field(10, gt=0, le=60, description="how long a task goes on claiming work")
    min_interval_s: int = Field(300, ge=60, le=_YEAR_S, description="the shortest time between two polls of a feed")
    max_interval_s: int = Field(86400, ge=300, le=_YEAR_S, description="the longest time between two polls of a feed")
    max_age_days: int = Field(30, ge=1, le=_CENTURY, description="entries published longer ago are dropped as too_old")
    min_free_mb: int = Field(
        1000,
        ge=0,
        le=10**9,
        description="megabytes that must be free on the disk of archive and state, or nothing is fetched",
    )
    retention: Annotated[dict[str, int], NoDecode] = Field(
        {},
        description="days after which rows of a table are dropped, such as ingest.poll=400,ingest.entry_revision=90; "
        "empty = everything is kept; ingest.poll takes 60 or more, ingest.entry_revision 30 or more",
    )
    postgres_bin: Path | None = Field(None, description="bin directory of an installed PostgreSQL; empty = the wheel's")
    port: int = Field(8080, ge=1024, le=65000, description="first port to try for the Airflow UI")
    postgres_port: int = Field(54320, ge=1024, le=65000, description="first port to try for Postgres")

    @field_validator("allow_addresses", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [ip_network(part.strip()) for part in value.split(",") if part.strip()]

    @field_validator("home")
    @classmethod
    def _is_no_file(cls, value: Path) -> Path:
        return _no_file(value)

    @field_validator("archive")
    @classmethod
    def _can_be_kept_there(cls, value: str) -> str:
        scheme, mark, rest = value.partition("://")
        if not mark:
            return _no_file(value)
        from fsspec import available_protocols  # here, since every command would wait for it

        if scheme not in available_protocols():
            raise ValueError(f"nothing can be kept at {scheme}://")
        if not rest.strip("/") and scheme != "memory":
            raise ValueError(f"what comes after {scheme}:// is missing")
        return value

    @field_validator("retention", mode="before")
    @classmethod
    def _days_by_table(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        for part in parts:
            if not re.fullmatch(r"[a-z_.]+\s*=\s*[0-9]+", part):
                raise ValueError(f"{part!r} is no table=days, such as ingest.poll=400")
        pairs = [part.partition("=") for part in parts]
        return {table.strip(): int(days) for table, _, days in pairs}

    @field_validator("retention")
    @classmethod
    def _long_enough(cls, value: dict[str, int]) -> dict[str, int]:
        for table, days in value.items():
            if table not in SHORTEST_RETENTION:
                raise ValueError(
                    f"{table} can't be forgotten, views promise it; only {', '.join(SHORTEST_RETENTION)} can"
                )
            if days > _CENTURY:
                raise ValueError(f"{table}={days} is more than {_CENTURY} days; leave {table} out to keep everything")
            if days < SHORTEST_RETENTION[table]:
                raise ValueError(f"{table}={days} is too short: views and checks read {SHORTEST_RETENTION[table]} days")
        return value

    @field_validator("postgres_bin")
    @classmethod
    def _has_a_server(cls, value: Path | None) -> Path | None:
        if value is not None and not (value / "initdb").is_file():
            raise ValueError("there is no initdb in that folder; `pg_config --bindir` says where it is")
        return value

    @field_validator("contact")
    @classmethod
    def _reaches_somebody(cls, value: str) -> str:
        if not _CONTACT.fullmatch(value):
            raise ValueError("it should be an http:// or https:// address, or a mail address")
        return value

    @model_validator(mode="after")
    def _intervals_in_order(self) -> Settings:
        if self.min_interval_s > self.max_interval_s:
            raise ValueError(
                f"WIREWATCH_MIN_INTERVAL_S={self.min_interval_s} is more than "
                f"WIREWATCH_MAX_INTERVAL_S={self.max_interval_s}"
            )
        return self

    @property
    def archive_url(self) -> str:
        """The archive's root, with its default filled in."""
        return self.archive or str(self.home / "archive")

    @classmethod
    def load(cls) -> Settings:
        """The settings of this process's environment.

        Raises ConfigurationError with one line per wrong variable.
        """
        try:
            return cls()
        except ValidationError as error:
            lines = []
            for problem in error.errors():
                if not problem["loc"]:
                    lines.append(problem["msg"].removeprefix("Value error, "))
                    continue
                name = "WIREWATCH_" + str(problem["loc"][0]).upper()
                meaning = cls.model_fields[str(problem["loc"][0])].description
                lines.append(
                    f"{name}={problem['input']!r}: {problem['msg'].removeprefix('Value error, ')}; it is {meaning}"
                )
            raise ConfigurationError("\n".join(lines)) from None


def unknown_names() -> list[str]:
    """One line for each variable of this process's environment that looks like a setting and is none."""
    known = [name.upper() for name in Settings.model_fields]
    lines = []
    for variable in sorted(os.environ):
        name = variable.removeprefix("WIREWATCH_")
        if name == variable or name in known or name.startswith(_OTHERS):
            continue
        near = difflib.get_close_matches(name, known, n=1)
        lines.append(f"{variable}: there is no such setting" + (f"; WIREWATCH_{near[0]} is meant?" if near else ""))
    return lines
