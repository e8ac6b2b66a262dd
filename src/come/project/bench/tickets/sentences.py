"""Sentences of reports, in French, the same at every run: what tickets say, and what people type who meet the same things."""

from __future__ import annotations

import random
from collections.abc import Iterator

_SUBJECTS = (
    "La commande", "Le devis", "La facture", "La carte SIM", "La portabilité",
    "La livraison", "Le parc", "La fiche client", "Le catalogue",
    "La remise", "La signature", "L’activation", "La résiliation", "La suspension", "Le colis", "L’export", "L’import", "Le tableau",
    "L’adresse", "Le courriel de confirmation", "Le code RIO", "Le forfait", "L’option internationale", "Le terminal", "Le numéro",
    "Le mot de passe", "La recherche", "L’historique", "Le contrat", "L’avenant", "Le point de livraison", "La consommation",
)  # fmt: skip
_FAULTS = (
    "reste bloquée", "n’apparaît plus", "est en double", "tombe en erreur", "ne s’enregistre pas", "affiche un montant faux",
    "est très lente",
    "revient à l’étape précédente", "ne part pas", "est refusée sans raison", "perd les lignes saisies", "montre une page blanche",
    "ne correspond pas au catalogue", "attend depuis hier", "n’est pas envoyée au client", "change de date toute seule",
)  # fmt: skip
_PLACES = (
    "depuis la mise à jour", "pour les grands comptes", "à l’étape de validation", "dans l’écran de saisie", "pour les clients du Rhône",
    "quand on modifie une option", "après le changement d’adresse", "avec plusieurs lignes", "pour une flotte de tablettes",
    "lors du renouvellement", "sur le deuxième contrat", "en fin de journée", "avec le nouveau tarif", "pour un client en Guadeloupe",
)  # fmt: skip
_DETAILS = (
    "Le message parle d’un délai dépassé.", "Le bouton reste grisé.", "J’ai essayé avec un autre navigateur.",
    "Le client attend sa réponse.",
    "Mon assistante voit la même chose.", "Le code affiché est {code}.", "Cela marchait la semaine dernière.",
    "Toute l’agence est touchée.",
    "Le terminal {device} est concerné.", "L’atelier {place} est concerné.",
)  # fmt: skip
_OTHER_WORDS = {
    "La commande": "ma cmd", "Le devis": "la proposition", "La facture": "la facturation", "La carte SIM": "la puce",
    "La portabilité": "le portage",
    "reste bloquée": "est coincée", "n’apparaît plus": "a disparu", "est en double": "existe deux fois", "tombe en erreur": "plante",
    "est très lente": "rame", "montre une page blanche": "affiche un écran vide", "ne s’enregistre pas": "refuse de se sauvegarder",
}  # fmt: skip
_SYLLABLES = ("ba", "cor", "du", "fen", "gal", "lis", "mar", "nox", "pel", "rin", "sto", "tav", "vel", "zim")


def tickets(count: int) -> Iterator[tuple[str, str]]:
    """Yield the title and the text of so many tickets; many words come often, some once."""
    dice = random.Random(621)  # noqa: S311 - the same sentences each time
    for _ in range(count):
        title = f"{dice.choice(_SUBJECTS)} {dice.choice(_FAULTS)} {dice.choice(_PLACES)}"
        detail = " ".join(dice.sample(_DETAILS, 2))
        yield title, detail.format(code=dice.randint(100, 9_999), device=_word(dice), place=_word(dice))


def typed(count: int) -> Iterator[str]:
    """Yield what so many people type: other words, a word less, a last word half typed."""
    dice = random.Random(1998)  # noqa: S311 - the same sentences each time
    for _ in range(count):
        parts = [dice.choice(_SUBJECTS), dice.choice(_FAULTS), dice.choice(_PLACES)]
        sentence = " ".join(_OTHER_WORDS.get(part, part) for part in parts)
        yield sentence[: dice.randint(len(sentence) * 2 // 3, len(sentence))]


def _word(dice: random.Random) -> str:
    return "".join(dice.choices(_SYLLABLES, k=dice.randint(2, 4)))
