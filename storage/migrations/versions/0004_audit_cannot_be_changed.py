"""The audit log refuses to be changed, and to be shortened by anything but retention."""

from __future__ import annotations

from alembic import op

from storage.guards import POSTGRESQL, SQLITE

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    conn = op.get_bind()
    for statement in POSTGRESQL if conn.dialect.name == "postgresql" else SQLITE:
        conn.exec_driver_sql(statement)
