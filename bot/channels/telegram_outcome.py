"""Carries the failure of a turn past a host's framework: error handlers there swallow what a handler raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_failures: ContextVar[list[Exception] | None] = ContextVar("loket_failures", default=None)


def remember(error: Exception) -> None:
    """This update failed in the desk, whatever the framework makes of it."""
    failures = _failures.get()
    if failures is not None:
        failures.append(error)


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
