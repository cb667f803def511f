"""How somebody came in at the desk: the proof, the kind of device, and who they are at their organisation's login."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("coach", sa.Column("oidc_subject", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("desk_session", sa.Column("method", sa.Text(), server_default=sa.text("'password'"), nullable=False))
    op.add_column("desk_session", sa.Column("strong", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("desk_session", sa.Column("device", sa.Text(), server_default=sa.text("''"), nullable=False))
