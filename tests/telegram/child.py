"""`loket telegram` as a process of its own, to be killed. Lost sends come again after a second, not half a minute."""

from __future__ import annotations

import sys
from datetime import timedelta

import storage.delivery
from bot.cli import main

if __name__ == "__main__":
    storage.delivery.LOST_AFTER = timedelta(seconds=1.0)
    storage.delivery.MARGIN = timedelta(seconds=0.2)
    sys.exit(main(["telegram", "--library", sys.argv[1]]))
