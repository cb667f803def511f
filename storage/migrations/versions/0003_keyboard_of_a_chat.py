"""Whether a keyboard that shares a number or place stands in a chat: another process may have to take it away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("identity", sa.Column("keyboard", sa.Integer(), server_default=sa.text("0"), nullable=False))
