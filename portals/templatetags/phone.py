"""What a page says to the scripts that keep things on a phone: whose page it is, and what waits."""

from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse

from portals.web.phone import addresses, door_of, owner_of

register = template.Library()


@register.simple_tag(takes_context=True)
def phone_owner(context: RequestContext) -> str:
    """Return the mark of whoever is signed in; nothing for nobody."""
    user = getattr(context.get("request"), "user", None)
    return owner_of(user.pk) if user is not None and user.is_authenticated else ""


@register.inclusion_tag("components/queue.html", takes_context=True)
def phone_queue(context: RequestContext) -> dict[str, Any]:
    """Show what this phone keeps for the actor, once a script finds something."""
    request: Any = context["request"]
    places = addresses() | {"sign_in": f"{reverse('account_login')}?next={addresses()['list']}"}
    return {"door": door_of(request.actor), "now": request.now, "method": request.method, "addresses": places}
