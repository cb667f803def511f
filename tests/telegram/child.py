"""A bot as a process of its own, to be killed: `loket …` or a file of docs/examples, each with its arguments.

Lost sends come again after LOST_AFTER seconds, where the desk itself waits half a minute.
"""

from __future__ import annotations

import os
import runpy
import sys
from datetime import timedelta
from pathlib import Path

import storage.delivery
from bot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"

if __name__ == "__main__":
    storage.delivery.LOST_AFTER = timedelta(seconds=float(os.environ["LOST_AFTER"]))
    storage.delivery.MARGIN = storage.delivery.LOST_AFTER / 5
    what, *arguments = sys.argv[1:]
    if what == "loket":
        sys.exit(main(arguments))
    sys.path.insert(0, str(EXAMPLES))
    runpy.run_path(str(EXAMPLES / what), run_name="__main__")
