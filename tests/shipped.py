"""The shipped content, read once per process for all tests: it never changes, and reading it costs more than a test."""

from __future__ import annotations

from functools import cache

from flows.content import Content


@cache
def shipped() -> Content:
    return Content.load()
