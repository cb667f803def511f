"""`loket sbom`: the bill of materials of this installation, or the licences of its parts."""

from __future__ import annotations

import argparse
import json


def sbom(options: argparse.Namespace) -> int:
    from bot import __version__
    from bot.clock import system_clock
    from bot.supply import bill, licences, parts

    found = parts()
    if options.licences:
        print(licences(found))
    else:
        print(json.dumps(bill(found, __version__, system_clock()), indent=2, ensure_ascii=False))
    return 0
