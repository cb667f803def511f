"""Carries the failure of a turn past a host's framework: error handlers there swallow what a handler raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_failures: ContextVar[list[Exception] | None] = ContextVar("loket_failures", default=None)


def remember(error: Exception) -> bool:
    """This update failed in the desk, whatever the framework makes of it. False when nobody carries that out."""
    failures = _failures.get()
    if failures is not None:
        failures.append(error)
    return failures is not None


@contextmanager
def carrying_out() -> Iterator[None]:
    """Raises at the end what the desk remembered while this update was fed to the framework."""
    failures: list[Exception] = []
    token = _failures.set(failures)
    try:
        yield
    finally:
        _failures.reset(token)
    if failures:
        raise failures[0]
