"""Fewer pages a turn: what a commit costs is the pages it touches.

On SQLite the messages lay in a tree by conversation, of which a page holds ten: every turn of every conversation split
its own pages. Now they lie in the order in which they were said, sixteen turns side by side, with a slim index by
conversation. Numbers of updates need no index by time: retention reads them all once a day.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MESSAGE = """
    CREATE TABLE message (
        conversation VARCHAR(32) NOT NULL,
        seq INTEGER NOT NULL,
        sender VARCHAR(8) NOT NULL,
        kind VARCHAR(12) NOT NULL,
        private INTEGER DEFAULT 0 NOT NULL,
        body_sealed BLOB,
        class TEXT DEFAULT 'personal' NOT NULL,
        epoch INTEGER DEFAULT 0 NOT NULL,
        turn INTEGER DEFAULT 0 NOT NULL,
        coach VARCHAR(32),
        origin TEXT DEFAULT '' NOT NULL,
        ref TEXT DEFAULT '' NOT NULL,
        at BIGINT NOT NULL,
        withdrawn_at BIGINT,
        CONSTRAINT pk_message PRIMARY KEY (conversation, seq),
        CONSTRAINT fk_message_conversation FOREIGN KEY(conversation) REFERENCES conversation (id) ON DELETE CASCADE
    )
"""


def upgrade() -> None:
    op.drop_index("ix_seen_at", "seen")
    conn = op.get_bind()
    if conn.dialect.name != "sqlite":
        return
    for index in ("ix_message_special", "uq_message_origin"):
        op.drop_index(index, "message")
    for statement in (
        "ALTER TABLE message RENAME TO message_before",
        MESSAGE,
        "INSERT INTO message SELECT * FROM message_before ORDER BY at, conversation, seq",
        "DROP TABLE message_before",
        "CREATE INDEX ix_message_special ON message (at) WHERE class = 'special'",
        "CREATE UNIQUE INDEX uq_message_origin ON message (conversation, origin) WHERE origin != ''",
    ):
        conn.exec_driver_sql(statement)
