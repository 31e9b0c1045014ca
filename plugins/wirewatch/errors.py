"""Every error that Wirewatch raises on purpose. The message names the thing (file, line, URL, row) and the fix."""

from __future__ import annotations

from dataclasses import dataclass


class WirewatchError(Exception):
    """An error that an operator can fix; the command line prints the message without a traceback."""


class ConfigurationError(WirewatchError):
    """A setting or an environment variable is wrong."""


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One mistake in a file that somebody edits."""

    file: str
    line: int
    """1-based; 0 when the mistake is the whole file."""
    what: str
    """What is wrong, naming the value."""
    fix: str
    """What to write instead."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} ({self.fix})"


class FileProblems(WirewatchError):
    """All mistakes of one or more files, reported at once."""

    def __init__(self, problems: list[FileProblem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class WarehouseError(WirewatchError):
    """The database refused or could not be reached."""


class WarehouseUnavailable(WarehouseError):
    """No connection, or it broke. Claims of the work expire by themselves, and a retry is safe."""


class RefusedValues(WarehouseError):
    """The database refused what was to be stored: too long, out of range, against a rule. It says nothing against
    the database, and other rows may be stored."""


class FetchError(WirewatchError):
    """A request that returned no usable document.

    `reason` is one of `records.FetchFailure`; `retry` says whether a later request may succeed; `retry_after_s` is
    the server's Retry-After, in seconds, when it sent one.
    """

    def __init__(
        self,
        reason: str,
        message: str,
        *,
        retry: bool,
        http_status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.retry = retry
        self.http_status = http_status
        self.retry_after_s = retry_after_s
        self.host: str | None = None
        """The host that failed; after a redirect it may differ from the host of the URL."""


class HostBusy(FetchError):
    """Timed out waiting for the host's slot. Nothing was fetched, and nothing is wrong with the URL."""

    def __init__(self, host: str, wait_s: float) -> None:
        super().__init__(
            "refused",
            f"{host}: its next slot is in {wait_s:.0f} s at the earliest",
            retry=True,
            retry_after_s=wait_s,
        )


class ArchiveError(WirewatchError):
    """A record of the page archive can't be written or read."""


class ArchiveUnavailable(ArchiveError):
    """The archive as a whole can't be written or read: no permission, no space, no answer. A later try is safe."""


class ReadersUnavailable(WirewatchError):
    """The child processes that read feeds and pages can't be started on this machine."""


def is_ours(error: BaseException) -> bool:
    """Whether an error means that the database, the archive or the readers are lost, so that going on is of no use.

    Any other error belongs to the one host, feed or page at which it happened.
    """
    if isinstance(error, RefusedValues):
        return False
    return isinstance(error, WarehouseError | ArchiveUnavailable | ReadersUnavailable) or not isinstance(
        error, Exception
    )


class ExtractionError(WirewatchError):
    """A page from which no article could be read. `reason` is one of `records.DropReason`."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type[ExtractionError], tuple[str, str]]:
        # The child process that reads pages sends it; by default an exception pickles only its message.
        return type(self), (self.reason, str(self))
