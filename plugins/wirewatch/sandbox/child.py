"""The child's side of the pool: answers questions from standard input on standard output, within limits.

Messages are pickles in frames. In: `(body, arguments)`. Out: `("ready", None)` once, then for each question
`("answer", what)`, `("refused", error)`, `("failed", why)` or `("exhausted", None)`, after which the parent replaces
the child. The child ends when its input does, so it never outlives its parent.
"""

from __future__ import annotations

import logging
import os
import pickle
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from wirewatch.sandbox.frames import read_frame, write_frame

_WHY_LENGTH = 500


def serve(answer: Callable[..., object], *, expected: type[Exception] | tuple[()] = ()) -> None:
    """Answer each request with `answer(body, **arguments)` until standard input ends.

    Errors of the kind `expected` are answers, too, and are raised in the parent as they are.

    The command line holds the limits: bytes of memory beyond what the process has now, and seconds of CPU time
    for each question: SIGPROF ends the process then, wherever in a parser it is.
    """
    memory_limit, time_limit_s = int(sys.argv[1]), float(sys.argv[2])
    # Output of libraries must not mix with our messages.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    logging.getLogger().addHandler(logging.NullHandler())
    _limit_memory(memory_limit)
    write_frame(answers, pickle.dumps(("ready", None)))
    while (question := read_frame(sys.stdin.buffer)) is not None:
        signal.setitimer(signal.ITIMER_PROF, time_limit_s)
        outcome = _outcome(answer, expected, question)
        signal.setitimer(signal.ITIMER_PROF, 0)
        write_frame(answers, outcome)


def _outcome(answer: Callable[..., object], expected: type[Exception] | tuple[()], question: bytes) -> bytes:
    # From our own parent.
    body, arguments = pickle.loads(question)  # noqa: S301 # nosec B301
    try:
        return pickle.dumps(("answer", answer(body, **arguments)))
    except expected as error:
        return pickle.dumps(("refused", error))
    except MemoryError:
        return pickle.dumps(("exhausted", None))
    except Exception as error:
        return pickle.dumps(("failed", f"{type(error).__name__}: {error}"[:_WHY_LENGTH]))


def _limit_memory(beyond: int) -> None:
    """Limit the address space; no limit where the system does not tell the current size (macOS)."""
    status = Path("/proc/self/statm")
    if status.exists():
        size = int(status.read_text().split()[0]) * resource.getpagesize() + beyond
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
