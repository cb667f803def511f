"""A bot as a process of its own, to be killed: `loket …` or a file of docs/examples, each with its arguments.

Lost sends come again after a second, not half a minute.
"""

from __future__ import annotations

import runpy
import sys
from datetime import timedelta
from pathlib import Path

import storage.delivery
from bot.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"

if __name__ == "__main__":
    storage.delivery.LOST_AFTER = timedelta(seconds=1.0)
    storage.delivery.MARGIN = timedelta(seconds=0.2)
    what, *arguments = sys.argv[1:]
    if what == "loket":
        sys.exit(main(arguments))
    sys.path.insert(0, str(EXAMPLES))
    runpy.run_path(str(EXAMPLES / what), run_name="__main__")
