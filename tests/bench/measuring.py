"""Time a piece of work honestly: several rounds, the median to quote, the spread beside it."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """Microseconds per unit of work over several rounds."""

    name: str
    median: float
    lowest: float
    highest: float
    note: str = ""

    @property
    def per_second(self) -> float:
        return 1e6 / self.median

    def row(self, against: Figure | None = None) -> str:
        ratio = f"{self.median / against.median:.2f}×" if against else ""
        return (
            f"| {self.name} | {self.median:,.1f} | {self.lowest:,.1f}–{self.highest:,.1f} "
            f"| {self.per_second:,.0f} | {ratio} | {self.note} |"
        )


HEAD = "| what | µs (median) | lowest–highest | a second | ratio | note |\n|---|---:|---:|---:|---:|---|"


def of(name: str, times: list[float], units: int, note: str = "") -> Figure:
    each = [seconds * 1e6 / units for seconds in times]
    return Figure(name, statistics.median(each), min(each), max(each), note)


Clock = Callable[[], float]  # time.process_time where nothing waits: other programs then do not count


def measure(
    name: str, work: Callable[[], int], rounds: int = 5, note: str = "", clock: Clock = time.perf_counter
) -> Figure:
    """`work` does its thing and returns how many units it did; one round before the count warms up."""
    units = work()
    times = []
    for _ in range(rounds):
        gc.collect()
        start = clock()
        units = work()
        times.append(clock() - start)
    return of(name, times, units, note)


async def measure_async(
    name: str, work: Callable[[], Awaitable[int]], rounds: int = 5, note: str = "", clock: Clock = time.perf_counter
) -> Figure:
    units = await work()
    times = []
    for _ in range(rounds):
        gc.collect()
        start = clock()
        units = await work()
        times.append(clock() - start)
    return of(name, times, units, note)
