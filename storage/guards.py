"""Guards inside the database: what no program may do with a table, whoever asks.

A line of the audit log is never changed, and leaves only after retention wrote down where its chain now begins
(storage/audit.py, `shorten`). The hash chain would show a change; these triggers refuse it. Both can be undone by who
owns the database, and then the chain shows it.
"""

from __future__ import annotations

import sqlalchemy as sa

from storage import tables as t

SQLITE = (
    """CREATE TRIGGER audit_fixed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END""",
    """CREATE TRIGGER audit_once BEFORE INSERT ON audit
        WHEN EXISTS (SELECT 1 FROM audit WHERE chain = NEW.chain AND seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'a line of the audit log is never changed'); END""",
    """CREATE TRIGGER audit_kept BEFORE DELETE ON audit
        WHEN NOT EXISTS (
            SELECT 1 FROM setting WHERE name = 'audit:' || OLD.chain
            AND CAST(substr(value, 1, instr(value, ' ') - 1) AS INTEGER) >= OLD.seq
        )
        BEGIN SELECT RAISE(ABORT, 'a line of the audit log leaves by loket retention only'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' AND EXISTS (
                SELECT 1 FROM setting WHERE name = 'audit:' || OLD.chain
                AND split_part(value, ' ', 1)::bigint >= OLD.seq
            ) THEN RETURN OLD;
            END IF;
            IF TG_OP = 'UPDATE' THEN RAISE EXCEPTION 'a line of the audit log is never changed'; END IF;
            RAISE EXCEPTION 'a line of the audit log leaves by loket retention only';
        END $$""",
    """CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_guard()""",
    """CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit
        FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()""",
)

for _dialect, _statements in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):  # a new database is made from the tables
    for _statement in _statements:
        _made = sa.DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        sa.event.listen(t.audit, "after_create", _made)
