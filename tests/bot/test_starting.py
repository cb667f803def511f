"""What keeps the desk from starting is said at once and completely, and nothing is served."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bot.pack import make_pack


def test_a_broken_pack_names_every_problem_and_serves_nothing(tmp_path: Path) -> None:
    pack = tmp_path / "regio"
    make_pack(pack, today="2026-11-21")
    (pack / "flows" / "employee.yaml").write_text("flow: employee\ntitle: x\nsteps:\n  - ask: gaol\n  - do: employr\n")
    (pack / "catalogue" / "service" / "a.yaml").write_text("id: a\nkind: servce\n")
    environment = {**os.environ, "LOKET_DATA": str(tmp_path / "var"), "LOKET_PORT": "0"}
    command = [sys.executable, "-m", "bot.cli", "serve", "--content", str(pack)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    for said in ("Did you mean 'goal'?", "Did you mean 'employer'?", "Did you mean 'service'?"):
        assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "is open" not in done.stdout
