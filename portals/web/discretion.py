"""What a client's side may read of an intervenant: the first name and an initial, wherever the name stands."""

from interventions.models import Intervention


def discreet_mission(visit: Intervention) -> str:
    """Return the ordre de mission with its intervenant's name shortened.

    A visit that the intervenant added says «Ajoutée par Prénom Nom le …» there: the client reads «Prénom N.».
    """
    if visit.intervenant is None:
        return visit.ordre_de_mission
    first, last = visit.intervenant.first_name, visit.intervenant.last_name
    text = visit.ordre_de_mission
    for whole in (f"{first} {last}", f"{last} {first}"):
        text = text.replace(whole.strip(), visit.intervenant.short_name)
    return text
