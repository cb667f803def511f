"""Stopping in time: one deadline for everything a process still has to finish, and an end when something hangs.

Whoever has to wait while stopping asks the same deadline how long that may take, so the waits do not add up. What is
not finished then is lost to nobody: an update that was not stored was not acknowledged, and a message that was not
sent stands in the database.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

log = logging.getLogger("loket.stop")
WITHIN = 8.0  # seconds from being asked to stop until nobody waits for anything any more
HARD = 9.5  # seconds after which the process ends, whatever hangs: platforms kill after ten
A_MOMENT = 0.05  # seconds that a wait gets at least: what is done already needs them to say so


class Deadline:
    """When this process must be done. Begins when it is asked to stop."""

    def __init__(self, within: float = WITHIN, clock: Callable[[], float] = time.monotonic) -> None:
        self._within, self._clock = within, clock
        self._at: float | None = None

    @property
    def begun(self) -> bool:
        return self._at is not None

    def begin(self) -> None:
        """The process was asked to stop; asking again gives no more time."""
        if self._at is None:
            self._at = self._clock() + self._within

    def left(self, keep: float = 0.0) -> float:
        """Seconds that a wait may take when this part of the whole time (0-1) must remain for what follows it."""
        self.begin()
        assert self._at is not None
        return max(A_MOMENT, self._at - keep * self._within - self._clock())


def end_in_time(seconds: float = HARD, end: Callable[[int], object] = os._exit) -> threading.Timer:
    """Ends this process when it still runs after so many seconds: a thread that hangs would keep it forever."""

    def late() -> None:
        log.critical("stopping took too long and was cut short; what is stored goes on after the next start")
        end(1)

    timer = threading.Timer(seconds, late)
    timer.daemon = True
    timer.start()
    return timer
