"""Alembic without an ini file or a command line: the migrations run inside the caller's transaction."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from storage.tables import metadata


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def upgrade(conn: Connection, to: str = "head") -> None:
    """Runs every migration up to `to` on this connection, in its transaction."""
    directory = scripts()
    environment = EnvironmentContext(
        directory.config if hasattr(directory, "config") else Config(),
        directory,
        fn=lambda revision, _: directory._upgrade_revs(to, revision),
        destination_rev=to,
    )
    with environment:
        environment.configure(connection=conn, target_metadata=metadata, transactional_ddl=False)
        environment.run_migrations()
