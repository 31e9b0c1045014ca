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

_NOBODY = ("example.org", "example.com", "github.com/wirewatch")
"""Contacts at which nobody who runs this stack can be reached."""

_OTHERS = ("DSN", "BIND", "DAGS", "IMAGE", "BASE_IMAGE", "COMPONENT", "TEST_", "COMPOSE_", "CAMPAIGN_", "DEMO_TEST")
"""Other variables that begin with WIREWATCH_: of an option, of docker compose, of our own processes, of tests."""

SHORTEST_RETENTION = {"ingest.poll": 60, "ingest.entry_revision": 30}
"""Tables whose old rows may be dropped → the days that views, checks and pages read of them."""


_WEEK_S = 7 * 86_400
"""The longest interval that ingest.feed takes."""
_CENTURY = 36_525
"""Days; a longer span could leave the range of dates that Postgres and Python know."""


_Folder = TypeVar("_Folder", str, Path)


def _not_a_file(folder: _Folder) -> _Folder:
    if os.path.exists(folder) and not os.path.isdir(folder):  # unlike pathlib's, these never raise
        raise ValueError("this is a file; give a folder")
    return folder


class Settings(BaseSettings):
    """What an operator can set. Each field is the environment variable `WIREWATCH_<NAME>`; an empty one is unset."""

    model_config = SettingsConfigDict(env_prefix="WIREWATCH_", env_ignore_empty=True, frozen=True, extra="ignore")

    home: Path = Field(default_factory=_default_home, description="where the local mode keeps its state")
    feeds: Path = Field(ROOT / "dags" / "feeds.yaml", description="the registry of outlets and feeds")
    topics: Path = Field(ROOT / "dags" / "topics", description="the folder of topic files")
    watches: Path = Field(ROOT / "dags" / "watches.yaml", description="the file of watches")
    archive: str = Field(
        "", description="where raw pages are stored: a folder, file:// or s3:// URL; empty = <home>/archive"
    )
    cold: str = Field(
        "", description="where the files of cold months are kept: a folder, file:// or s3:// URL; empty = <home>/cold"
    )
    cold_months: int = Field(
        0,
        ge=0,
        le=1200,
        description="months after which texts, fingerprints and evidence of an article's month are moved to files, "
        "3 or more; 0 = never",
    )
    allow_addresses: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        (), description="private networks that may be visited, separated by commas (e.g. 127.0.0.0/8)"
    )
    contact: str = Field(
        "https://github.com/wirewatch/wirewatch",
        description="URL or mail address in the User-Agent, so that sites can contact you",
    )
    host_delay_s: float = Field(5.0, ge=0, le=3600, description="seconds between two visits to a host")
    shards: int = Field(4, ge=1, le=1000, description="number of mapped tasks per run; each has a share of the hosts")
    batch_minutes: float = Field(4, gt=0, le=60, description="minutes for which a task claims work")
    min_interval_s: int = Field(300, ge=60, le=_WEEK_S, description="shortest interval of polls of a feed, in seconds")
    max_interval_s: int = Field(
        86400, ge=300, le=_WEEK_S, description="longest interval of polls of a feed, in seconds"
    )
    max_age_days: int = Field(30, ge=1, le=_CENTURY, description="entries older than this are dropped as too_old")
    min_free_mb: int = Field(
        1000,
        ge=0,
        le=10**9,
        description="megabytes that must be free on the disks of archive and state; with less, nothing is fetched",
    )
    retention: Annotated[dict[str, int], NoDecode] = Field(
        {},
        description="days after which rows of a table are dropped, e.g. ingest.poll=400,ingest.entry_revision=90; "
        "empty = everything is kept; ingest.poll takes 60 or more, ingest.entry_revision 30 or more",
    )
    postgres_bin: Path | None = Field(
        None, description="bin directory of an installed PostgreSQL; empty = the newest found, else the wheel's"
    )
    heartbeat_url: str = Field(
        "",
        description="address that is fetched every minute while the local stack works: a dead-man's switch that tells "
        "you when this stays away",
    )
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
    def _home_is_a_folder(cls, value: Path) -> Path:
        return _not_a_file(value)

    @field_validator("cold_months")
    @classmethod
    def _older_than_what_is_compared(cls, value: int) -> int:
        if value in (1, 2):
            raise ValueError("copies, events and checks read two months: 3 or more, or 0 for never")
        return value

    @field_validator("archive", "cold")
    @classmethod
    def _archive_can_be_stored_there(cls, value: str) -> str:
        scheme, mark, rest = value.partition("://")
        if not mark:
            return _not_a_file(value)
        from fsspec import available_protocols  # imported here: it is slow, and few commands need it

        if scheme not in available_protocols():
            raise ValueError(f"unknown kind of storage {scheme}://")
        if not rest.strip("/") and scheme != "memory":
            raise ValueError(f"incomplete: {scheme}:// must be followed by a bucket or folder")
        return value

    @field_validator("retention", mode="before")
    @classmethod
    def _days_by_table(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip() for part in value.split(",") if part.strip()]
        for part in parts:
            if not re.fullmatch(r"[a-z_.]+\s*=\s*[0-9]+", part):
                raise ValueError(f"{part!r} is not of the form table=days, e.g. ingest.poll=400")
        pairs = [part.partition("=") for part in parts]
        return {table.strip(): int(days) for table, _, days in pairs}

    @field_validator("retention")
    @classmethod
    def _long_enough(cls, value: dict[str, int]) -> dict[str, int]:
        for table, days in value.items():
            if table not in SHORTEST_RETENTION:
                raise ValueError(f"{table} can't be dropped, views need it; only {', '.join(SHORTEST_RETENTION)} can")
            if days > _CENTURY:
                raise ValueError(f"{table}={days} is more than {_CENTURY} days; leave {table} out to keep everything")
            if days < SHORTEST_RETENTION[table]:
                raise ValueError(f"{table}={days} is too short: views and checks read {SHORTEST_RETENTION[table]} days")
        return value

    @field_validator("postgres_bin")
    @classmethod
    def _has_a_server(cls, value: Path | None) -> Path | None:
        if value is not None and not (value / "initdb").is_file():
            raise ValueError("no initdb in this folder; `pg_config --bindir` prints the right one")
        return value

    @field_validator("heartbeat_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if value and not re.match(r"https?://[^\s/]", value):
            raise ValueError("it should be an http:// or https:// address")
        return value

    @field_validator("contact")
    @classmethod
    def _reaches_somebody(cls, value: str) -> str:
        if not _CONTACT.fullmatch(value):
            raise ValueError("not an http:// or https:// URL or a mail address")
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
        """The root of the archive, with the default filled in."""
        return self.archive or str(self.home / "archive")

    @property
    def cold_url(self) -> str:
        """The folder of cold months, with the default filled in."""
        return self.cold or str(self.home / "cold")

    @property
    def of_data(self) -> dict[str, str]:
        """What decides which data a home holds, as variable → value: with others, another home is meant."""
        return {
            "WIREWATCH_FEEDS": str(self.feeds.resolve()),
            "WIREWATCH_TOPICS": str(self.topics.resolve()),
            "WIREWATCH_ARCHIVE": self.archive,
            "WIREWATCH_ALLOW_ADDRESSES": ",".join(map(str, self.allow_addresses)),
        }

    @property
    def contact_is_ours(self) -> bool:
        """Whether the contact is still the project's page, or an example: nobody who runs this stack."""
        return any(nobody in self.contact for nobody in _NOBODY)

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
    """One line for each environment variable that looks like a setting but is not one."""
    known = [name.upper() for name in Settings.model_fields]
    lines = []
    for variable in sorted(os.environ):
        name = variable.removeprefix("WIREWATCH_")
        if name == variable or name in known or name.startswith(_OTHERS):
            continue
        near = difflib.get_close_matches(name, known, n=1)
        lines.append(f"{variable}: unknown setting" + (f"; did you mean WIREWATCH_{near[0]}?" if near else ""))
    return lines
