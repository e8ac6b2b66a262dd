"""What a customer does to prove who they are: ask for a code, read their mail, type it."""

from __future__ import annotations

import re

from come.quote import models


def type_code(page, email="anne@client.example"):
    """Ask for a one-time code on the acceptance page and type the one that the letter brings."""
    page.get_by_label("Votre adresse e-mail").fill(email)
    page.get_by_role("button", name="Recevoir mon code").click()
    page.get_by_text(f"Un code a été envoyé à {email}.").wait_for()
    page.get_by_label("Le code reçu").fill(last_code())


def last_code():
    """Return the code of the last letter, before it leaves."""
    letter = models.QuoteLetter.objects.filter(kind="code").exclude(body_fr="").latest("created_at", "id")
    return re.search(r"\b\d{6}\b", letter.body_fr)[0]
