"""Indexes that hold only what is looked for by them, and room in a page for the next version of a conversation.

A turn wrote an index entry for every message by its time, and two for every message to send; retention looks for
special messages by their time only, and senders for what waits. On PostgreSQL a conversation whose page has room is
changed in place, without a new entry in each of its indexes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SPECIAL = sa.text("class = 'special'")
WAITING = sa.text("state = 'new' OR state = 'sending'")


def upgrade() -> None:
    op.drop_index("ix_message_at", "message")
    op.create_index("ix_message_special", "message", ["at"], sqlite_where=SPECIAL, postgresql_where=SPECIAL)
    op.drop_index("ix_outbox_lane", "outbox")
    op.create_index("ix_outbox_lane", "outbox", ["lane", "id"], sqlite_where=WAITING, postgresql_where=WAITING)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE conversation SET (fillfactor = 70)")
