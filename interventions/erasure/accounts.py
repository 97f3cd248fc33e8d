"""What becomes of the account of somebody who is anonymised: it goes too, unless it is still used somewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import CASCADE

from interventions import across
from interventions.imports.accounts import leave
from interventions.models import User
from interventions.tenancy import within

# What an address that is nobody's ends in: the name is reserved, no mail can go there (RFC 2606).
NOBODY = "anonyme.invalid"


def release(user_id: int) -> bool:
    """Empty an account that no fiche of any agency uses any more; return whether it was emptied.

    Its key stays, which the journal names; address, password, devices, second factors and choices go.
    """
    user = User.objects.select_for_update().get(pk=user_id)
    if user.is_staff or user.is_superuser or _is_used(user_id):
        return False
    leave([user_id])
    user.email, user.password = nobody(), make_password(None)
    user.is_active, user.last_login = False, None
    user.save(update_fields=["email", "password", "is_active", "last_login"])
    for agence in across.with_things_of(user_id):
        with within(agence.pk):
            forget(user_id, agence=agence.pk)
    forget(user_id)
    return True


def nobody() -> str:
    """Return an address that is nobody's."""
    return f"{uuid4().hex}@{NOBODY}"


def a_nobody() -> User:
    """Create an account that is nobody's, for a row that must have one."""
    return User.objects.create(email=nobody(), password=make_password(None), is_active=False)


def forget(user_id: int, **where: int) -> None:
    """Remove what hangs on an account alone: devices, second factors, choices, ticks; what is shared stays.

    `where` says of which agency; without, it is what no agency keeps.
    Which tables these are is asked of the models, so that none is missed.
    """
    for relation in _hanging():
        model, name = relation.related_model, relation.field.name
        columns = {field.name for field in model._meta.concrete_fields}
        if bool(where) != ("agence" in columns):
            continue
        rows = model._base_manager.filter(**{name: user_id}, **where)
        (rows.filter(shared=False) if "shared" in columns else rows).delete()


def _hanging() -> Iterable[Any]:
    return [one for one in User._meta.related_objects if one.on_delete is CASCADE]


def _is_used(user_id: int) -> bool:
    """Ask, across agencies, whether a fiche still is this account's (a function of the database, migration 0031)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_is_used(%s)", [user_id])
        return bool(cursor.fetchone()[0])
