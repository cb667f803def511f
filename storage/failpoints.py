"""Named places between two effects where a test may make the process die. Do nothing in production."""

from __future__ import annotations

from collections.abc import Callable

_hook: Callable[[str], None] | None = None


def failpoint(name: str) -> None:
    if _hook is not None:
        _hook(name)


def install(hook: Callable[[str], None] | None) -> None:
    """Calls `hook` with the name of every failpoint that is passed; None takes it away."""
    global _hook  # noqa: PLW0603 - one hook per process is the point: code between two effects has no other argument
    _hook = hook
