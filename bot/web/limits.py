"""How fast one sender may go. In memory: it protects this process; what must hold across workers is in the database."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

REMEMBERED = 20_000  # senders; the longest silent are forgotten first


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Limiter:
    """Token buckets: `burst` at once, then `rate` a second, per key."""

    def __init__(self, burst: int, rate: float) -> None:
        self.burst, self.rate = burst, rate
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, key: str, now: float) -> bool:
        """Takes one token; False when there is none. `now` in seconds, any clock that only goes forward."""
        bucket = self._buckets.pop(key, None) or _Bucket(float(self.burst), now)
        bucket.tokens = min(float(self.burst), bucket.tokens + max(0.0, now - bucket.at) * self.rate)
        bucket.at = now
        self._buckets[key] = bucket
        while len(self._buckets) > REMEMBERED:
            self._buckets.popitem(last=False)
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True
