"""Counting over stored conversations reads everything and writes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.state import State
from knowledge.problems import LoketError
from storage.keys import Keys
from storage.store import Store
from storage.stored_states import look_at_states
from tests.storage.conftest import SECRET
from tests.storage.desk import Visitor, counting

KEYS = Keys.from_text(SECRET)


def turns(state: State) -> int:
    return state.turn


async def test_every_conversation_is_looked_at_once(store: Store) -> None:
    if store.url.startswith("memory"):
        pytest.skip("a database in memory is gone when its process is")
    for name in ("anna", "bram", "cor"):
        await Visitor(store, name).says("hallo", counting)
    assert await look_at_states(store.url, KEYS, turns) == [1, 1, 1]


async def test_a_database_of_another_version_is_left_alone(tmp_path: Path, migrated_file: Path) -> None:
    import sqlite3

    path = tmp_path / "loket.db"
    shutil.copy(migrated_file, path)
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '0001'")
    before = path.read_bytes()
    with pytest.raises(LoketError, match="loket migrate"):
        await look_at_states(f"sqlite:///{path}", KEYS, turns)
    assert path.read_bytes() == before


async def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(LoketError, match="there is no database"):
        await look_at_states(f"sqlite:///{tmp_path}/loket.db", KEYS, turns)
    assert list(tmp_path.iterdir()) == []
