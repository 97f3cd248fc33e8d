"""Records that stay as they were written: the database refuses every change but one, that words of people go.

Who erases says so for the transaction (`app.erasing`, see interventions.erasure), and can then do nothing but empty
the columns that a record names as erasable.
"""

from __future__ import annotations

import pgtrigger

ERASING = "current_setting('app.erasing', true) = 'on'"


def only_erased(*columns: str) -> str:
    """Return the SQL condition that between OLD and NEW of a row nothing changed but that these columns went empty."""
    names = ", ".join(f"'{column}'" for column in columns)
    same = f"to_jsonb(NEW) - ARRAY[{names}] = to_jsonb(OLD) - ARRAY[{names}]"
    return " AND ".join([ERASING, same, *(f"NEW.{column} IN ('', OLD.{column})" for column in columns)])


def kept(
    name: str, *erasable: str, operation: pgtrigger.Operation = pgtrigger.Update | pgtrigger.Delete
) -> pgtrigger.Trigger:
    """Return what refuses to change or remove a row, but for emptying the columns `erasable` while erasing."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=operation,
        func=f"""
            IF TG_OP = 'UPDATE' THEN
                IF {only_erased(*erasable)} THEN
                    RETURN NEW;
                END IF;
            END IF;
            RAISE EXCEPTION 'Une trace reste telle qu''elle est: %', TG_TABLE_NAME;
        """,
    )
