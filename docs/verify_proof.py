#!/usr/bin/env python3
"""Check the proof of a visit, a JSON file that Contreseing gave, without Contreseing.

    python3 verify_proof.py preuve.json [--sceau DIGEST]

It needs nothing but Python 3.10 or later, and speaks French. --sceau names the digest of a seal that one has kept: it
must be in the chain that the proof shows. Ends with 0 if all holds, with 1 if something does not.
"""

import argparse
import hashlib
import json
import sys

NOTHING = bytes(32).hex()


def canonical(value):
    """The one way in which a value is written before it is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha(*parts):
    """SHA-256 of these bytes one after the other."""
    return hashlib.sha256(b"".join(parts))


def climb(leaf, path):
    """From the hash of an entry to the root of its seal."""
    for side, neighbour in path:
        pair = (bytes.fromhex(neighbour), leaf) if side == "left" else (leaf, bytes.fromhex(neighbour))
        leaf = sha(b"\1", *pair).digest()
    return leaf.hex()


def check_seals(proof, known):
    """Each seal is what its digest says, and names the one before."""
    before = None
    for seal in proof["seals"]:
        fields = {name: value for name, value in seal.items() if name != "digest"}
        number = seal["number"]
        if sha(b"\2", canonical(fields).encode()).hexdigest() != seal["digest"]:
            yield f"Le sceau {number} a été modifié."
        if seal["agence"] != proof["agence"]["id"]:
            yield f"Le sceau {number} est d’une autre agence."
        if before and (number, seal["previous"]) != (before["number"] + 1, before["digest"]):
            yield f"Le sceau {number} ne suit pas le sceau {before['number']}."
        if number == 1 and seal["previous"] != NOTHING:
            yield "Le premier sceau en nomme un autre."
        before = seal
    if known and known not in [seal["digest"] for seal in proof["seals"]]:
        yield "Le sceau que vous avez gardé n’est pas dans cette preuve."


def check_entry(place, entry, said, proof, roots):
    """The entry is of this visit, in its place, and the one that was sealed; its words are those that were written."""
    if (said["agence"], said["visit"]) != (proof["agence"]["id"], proof["visit"]["id"]):
        yield f"L’entrée {place} est d’une autre visite."
    if said["version"] != place:
        yield f"L’entrée {place} manque ou n’est pas à sa place."
    if canonical(said) != entry["canonical"]:
        yield f"L’entrée {place} n’est pas écrite comme il faut."
    if entry["seal"]:
        reached = climb(sha(b"\0", entry["canonical"].encode()).digest(), entry["seal"]["path"])
        if reached != roots.get(entry["seal"]["number"]):
            yield f"L’entrée {place} n’est pas celle qui a été scellée."
    yield from check_words(place, entry, said)


def check_words(place, entry, said):
    """Words that are there are those whose hash was sealed; erased ones leave nothing but the hash."""
    words, texts = entry["words"], entry["texts"]
    named = [words["actor_name"], words["ground_text"]]
    salted = sha(bytes.fromhex(words["salt"]), canonical(named).encode()).hexdigest()
    if (words["salt"] or any(named)) and salted != said["press"]["words"]:
        yield f"Le nom ou le motif de l’entrée {place} a été modifié."
    if bool(said["texts"]) != bool(texts):
        yield f"Un texte de l’entrée {place} a disparu ou a été ajouté."
    if texts:
        written = [texts[name] for name in ("comment", "reason", "ordre_de_mission")]
        if texts["salt"] or any(written):
            kept = sha(bytes.fromhex(texts["salt"]), json.dumps(written, ensure_ascii=False).encode())
            if kept.hexdigest() != said["texts"]:
                yield f"Un texte de l’entrée {place} a été modifié."


def check_history(proof, history):
    """The entries follow each other, and together they give what the proof says of the visit."""
    status, facts = "", {}
    for place, said in enumerate(history, start=1):
        if place > 1 and said["from_status"] != status:
            yield f"L’entrée {place} ne part pas d’où la précédente arrive."
        status = said["to_status"]
        facts.update(said["after"])
    visit = proof["visit"]
    if (status, len(history)) != (visit["status"], visit["version"]):
        yield "La visite n’est pas dans l’état où sa dernière entrée l’a mise."
    for name, value in visit["facts"].items():
        if facts.get(name) != value:
            yield f"Le journal ne donne pas «\u00a0{name}\u00a0» tel que la preuve le dit."


def faults(proof, known=""):
    """All that does not hold, in words."""
    if proof.get("format") != 1:
        return [f"Le format {proof.get('format')} de cette preuve n’est pas connu."]
    roots = {seal["number"]: seal["root"] for seal in proof["seals"]}
    history = [json.loads(entry["canonical"]) for entry in proof["entries"]]
    found = list(check_seals(proof, known))
    for place, (entry, said) in enumerate(zip(proof["entries"], history, strict=True), start=1):
        found += check_entry(place, entry, said, proof, roots)
    return found + list(check_history(proof, history))


def main():
    """Read the file, say what it tells and whether it holds."""
    asked = argparse.ArgumentParser(description="Vérifie la preuve d’une visite.")
    asked.add_argument("preuve", help="le fichier JSON")
    asked.add_argument("--sceau", default="", help="l’empreinte d’un sceau que vous avez gardée")
    options = asked.parse_args()
    try:
        with open(options.preuve, encoding="utf-8") as file:
            proof = json.load(file)
        found = faults(proof, options.sceau.strip().lower())
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        sys.exit(f"Ce fichier n’est pas une preuve lisible\u00a0: {error!r}")
    for entry in proof["entries"]:
        said, sealed = json.loads(entry["canonical"]), entry["seal"]
        where = f"sceau {sealed['number']}" if sealed else "pas encore scellée"
        print(f"{said['at']}  {said['action']:<22} {entry['words']['actor_name'] or said['role']}  ({where})")
    if found:
        print("\n".join(found))
        sys.exit("La preuve ne tient pas.")
    if proof["seals"]:
        print(f"La preuve tient. Dernier sceau\u00a0: {proof['seals'][-1]['number']}, {proof['seals'][-1]['digest']}")
    else:
        print("Rien n’est scellé.")


if __name__ == "__main__":
    main()
