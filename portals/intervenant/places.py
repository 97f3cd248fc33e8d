"""Where a client lives: in one line, on a map of the web, in the phone's own map."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from interventions.models import Client

WEB_MAP = "https://www.openstreetmap.org/search?"


def place(client: Client) -> str:
    """«32 impasse du Vieux-Puits, 44510 Le Pouliguen»."""
    city = f"{client.postal_code} {client.city}".strip()
    return ", ".join(part for part in (client.address, city) if part)


def web_map(client: Client) -> str:
    """Return the address on OpenStreetMap: a plain link, nothing is asked there until it is pressed."""
    return WEB_MAP + urlencode({"query": place(client)}) if place(client) else ""


def phone_map(client: Client) -> str:
    """Return the address as a geo: link, which a phone opens in the map that its owner uses."""
    return f"geo:0,0?q={quote(place(client))}" if place(client) else ""
