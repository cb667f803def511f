"""Benchmarks: `make bench`. Ratios against peers measured in the same run, never a timed test."""
