"""Logs without anybody's data: one JSON object a line, allow-listed fields, no answers, no names, no tokens.

Only fields named here are written; everything else a log call carries along is dropped. Libraries put the bot token in
the addresses they log, so it is masked wherever it shows up.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

ALLOWED = (
    "conversation", "case", "channel", "turn", "flow", "step", "effects", "duplicate", "version", "status", "method",
    "path", "milliseconds", "attempts", "verdict", "bot", "worker", "count", "reason", "seq", "port", "library",
)  # fmt: skip
_TOKEN = re.compile(r"\d{6,20}:[\w-]{20,80}")


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "event": _TOKEN.sub("[token]", record.getMessage()),
        }
        line |= {name: getattr(record, name) for name in ALLOWED if hasattr(record, name)}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__  # the text of an exception may hold what a visitor typed
            line["where"] = _where(record)
        return json.dumps(line, ensure_ascii=False)


def _where(record: logging.LogRecord) -> str:
    trace = record.exc_info[2] if record.exc_info else None
    last = ""
    while trace is not None:
        last = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return last


def set_up_logging(level: str = "info") -> None:
    """Send our lines to standard error; chatty libraries only when something is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("loket").setLevel(level.upper())
