"""A coach decides a request for which money was kept aside: granted keeps it, refused gives it back to the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from flows.effects import SignUp
from storage import actions as a
from storage import tables as t
from storage.actions import Done, Refused
from storage.effects import carry_out
from storage.follow_ups import add_outcome
from storage.turns import read_stocks

if TYPE_CHECKING:
    from storage.cases import Matter


def decide_request(matter: Matter, action: a.DecideRequest) -> Done | Refused:
    """Notes the outcome, tells the visitor, and frees the money of what was refused. A refusal decided before is final;
    a grant can still be withdrawn. The case must be ours, and something must be kept aside for its visitor."""
    conn, pen, talk = matter.conn, matter.pen, matter.talk
    held = conn.execute(
        sa.select(t.sign_up.c.what)
        .join(t.stock, t.stock.c.what == t.sign_up.c.what)
        .where(t.sign_up.c.person == talk.person, t.stock.c.kind == "budget")
        .order_by(t.sign_up.c.at)
    ).fetchall()
    if not held:
        return Refused("nothing_held")
    entry = str(held[0].what)
    step = "granted" if action.granted else "rejected"
    noted = a.AddOutcome(action.code, action.staff, step, pen.here.date(), entry)
    result = add_outcome(conn, pen, matter.case, talk, matter.staff, noted)
    if isinstance(result, Refused):
        return result
    if not action.granted:
        carry_out(conn, pen, talk, [SignUp(entry, give_back=True)], read_stocks(conn, pen.now), None)
    matter.system(f"request_{step}", name=pen.context.rules.entry_name(entry))
    matter.set()
    return matter.done(entry)
