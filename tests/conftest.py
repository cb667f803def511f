"""For all tests."""

from __future__ import annotations

import gc

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: those with a browser, then those that start processes, so that none is left for last."""
    long_files = ("/telegram/test_killed", "/chaos/", "/web/")

    def rank(item: pytest.Item) -> int:
        if item.get_closest_marker("browser"):
            return 0
        return 1 if any(part in str(item.path) for part in long_files) else 2

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """What is imported by now stays: the collector need not go through it again and again (a tenth of all time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
