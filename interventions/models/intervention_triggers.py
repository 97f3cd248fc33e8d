"""What the database itself refuses of a visit, derived from the transition table."""

from __future__ import annotations

import pgtrigger

from interventions.models.kept import ERASING
from interventions.states import Status
from interventions.workflow import BIRTHS, PAIRS


def _illegal_pairs() -> str:
    legal = ", ".join(f"('{source}', '{target}')" for source, target in sorted(PAIRS))
    return f"((OLD.status, NEW.status) NOT IN ({legal}))"


def _illegal_births() -> str:
    return f"(NEW.status NOT IN ({', '.join(repr(str(status)) for status in Status if status in BIRTHS)}))"


def _refusal(name: str, message: str) -> str:
    """Return SQL that raises an IntegrityError carrying the constraint's name."""
    return f"RAISE EXCEPTION '{message}' USING ERRCODE = '23514', CONSTRAINT = '{name}';"


_CLOSED_MONTH = (
    """
    INSERT INTO interventions_period (agence_id, month)
    SELECT DISTINCT agence_id, date_trunc('month', day)::date FROM ({changed}) AS changed
    WHERE NOT EXISTS (
        SELECT 1 FROM interventions_period p
        WHERE p.agence_id = changed.agence_id AND p.month = date_trunc('month', changed.day)::date
    )
    ON CONFLICT DO NOTHING;
    PERFORM 1 FROM interventions_period p
    WHERE (p.agence_id, p.month) IN (
        SELECT DISTINCT agence_id, date_trunc('month', day)::date FROM ({changed}) AS changed
    )
    ORDER BY p.id FOR SHARE;
    IF EXISTS (
        SELECT 1 FROM interventions_period p
        WHERE p.closed_at IS NOT NULL AND (p.agence_id, p.month) IN (
            SELECT DISTINCT agence_id, date_trunc('month', day)::date FROM ({changed}) AS changed
        )
    ) THEN
        """
    + _refusal("intervention_month_is_open", "Mois clôturé")
    + """
    END IF;
    RETURN NULL;
"""
)
# Words of people may go in a closed month too, and nothing else with them (interventions.erasure).
_WORDS = "ARRAY['comment', 'ordre_de_mission', 'last_actor_id']"
_ERASED = f"""
    IF {ERASING} THEN
        IF NOT EXISTS (
            SELECT 1 FROM new_values n FULL JOIN old_values o ON o.id = n.id
            WHERE (to_jsonb(n) - {_WORDS}) IS DISTINCT FROM (to_jsonb(o) - {_WORDS})
                OR n.comment NOT IN ('', o.comment) OR n.ordre_de_mission NOT IN ('', o.ordre_de_mission)
                OR (n.last_actor_id IS NOT NULL AND n.last_actor_id IS DISTINCT FROM o.last_actor_id)
        ) THEN
            RETURN NULL;
        END IF;
    END IF;
"""
_NEW = "SELECT agence_id, day FROM new_values"
_BOTH = _NEW + " UNION SELECT agence_id, day FROM old_values"

# What each day gains and loses by a statement, one row a day and status (models/day_totals.py).
_DAY_TOTALS = """
    INSERT INTO interventions_daytotal (agence_id, day, status, visits, seconds, km)
    SELECT agence_id, day, status, sum(sign), sum(sign * extract(epoch FROM retained_end - retained_start)::bigint),
        sum(sign * retained_km)
    FROM ({changed}) AS changed WHERE NOT withdrawn GROUP BY agence_id, day, status
    HAVING sum(sign) <> 0 OR sum(sign * retained_km) <> 0
        OR sum(sign * extract(epoch FROM retained_end - retained_start)::bigint) <> 0
    ORDER BY agence_id, day, status;
    RETURN NULL;
"""
_COUNTED = "agence_id, day, status, retained_start, retained_end, retained_km, withdrawn"
_GAINED = f"SELECT {_COUNTED}, 1 AS sign FROM new_values"
_LOST = f"SELECT {_COUNTED}, -1 AS sign FROM old_values"

TRIGGERS = [
    pgtrigger.Trigger(
        name="legal_status",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("status"),
        condition=pgtrigger.Condition(_illegal_pairs()),
        func=_refusal("intervention_legal_status", "Ce passage de statut n''existe pas"),
    ),
    pgtrigger.Trigger(
        name="legal_birth",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Condition(_illegal_births()),
        func=_refusal("intervention_legal_birth", "Une visite ne naît pas dans ce statut"),
    ),
    pgtrigger.Trigger(
        name="open_month_insert",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_values"),
        func=_CLOSED_MONTH.format(changed=_NEW),
    ),
    pgtrigger.Trigger(
        name="open_month_update",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(old="old_values", new="new_values"),
        func=_ERASED + _CLOSED_MONTH.format(changed=_BOTH),
    ),
    pgtrigger.Trigger(
        name="day_totals_insert",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_values"),
        func=_DAY_TOTALS.format(changed=_GAINED),
    ),
    pgtrigger.Trigger(
        name="day_totals_update",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(old="old_values", new="new_values"),
        func=_DAY_TOTALS.format(changed=f"{_GAINED} UNION ALL {_LOST}"),
    ),
    pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
]
