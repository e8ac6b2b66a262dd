"""From a SIREN to an accepted quote: what Alice does with a customer in front of her."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import uuid
from typing import Any

from come.catalogue import commands as catalogue_commands
from come.edges.mail import letters
from come.party import commands as party_commands, queries as party_queries, records as party
from come.project.demo import population, story
from come.project.demo.journey import Context
from come.quote import commands as quote_commands, queries as quote_queries, records as quotes
from come.shared import actor as actors, formatting, identifiers
from come.staff import queries as staff_queries

_PEOPLE = (
    "Sabine Colin", "Rachid Benali", "Hélène Vidal", "Marc Besson", "Aurélie Fontaine", "Diego Martinez", "Nadia Haddad", "Pierre Lacroix",
    "Julie Perrot", "Samuel Roche", "Odile Brunet", "Antoine Meunier", "Clémence Faure", "Youssef Diallo", "Anne Guillot", "Simon Berger",
    "Estelle Garnier", "Victor Renaud", "Lucie Pichon", "Bruno Ferrand", "Mélanie Bouvier", "Ludovic Marchand", "Fanny Delmas",
    "Grégoire Vasseur", "Tiphaine Le Goff",
)  # fmt: skip


def alice() -> actors.Actor:
    """Return the seller of the story; raises LookupError before she is hired."""
    found = staff_queries.actor_by_login(login="alice")
    if found is None:
        msg = "the staff of the story is not there yet"
        raise LookupError(msg)
    return found


def find_company(context: Context) -> dict[str, Any]:
    """Look a SIREN up in the registry and open the customer file, its account and its cost centres."""
    seller = alice()
    siren = population.story_company().siren
    published = party_queries.registry_lookup(siren=siren)
    if published is None:
        msg = f"the registry's mirror does not know {siren}"
        raise LookupError(msg)
    made = party_commands.create_customer_file(
        siret=published.siret,
        agency_id=next(iter(seller.agency_ids)),
        owner_id=seller.staff_id,
        segment="enterprise",
        actor=story.as_person(seller, "file"),
        at=story.FOUND_AT,
    )
    account = party_commands.create_billing_account(
        customer_file_id=made.customer_file_id,
        account=party.AccountRow(
            name=f"{published.legal_name.title()} – flotte mobile",
            payment_means="direct_debit",
            iban=identifiers.test_iban(25),
            mandate_reference="NVL-MDT-000025",
            mandate_signed_on=dt.date(2026, 9, 28),
            purchase_order_number="BC-2026-0417",
            email="comptabilite@client.example",
            is_split_by_cost_centre=True,
            cost_centres=(("DIR", "Direction"), ("CHANTIERS", "Chantiers"), ("ATELIER", "Atelier")),
        ),
        actor=story.as_person(seller, "account"),
        at=story.FOUND_AT,
    )
    party_commands.add_contact_point(
        customer_file_id=made.customer_file_id,
        contact=party.ContactRow(
            "Sabine Colin", "Responsable des moyens généraux", identifiers.test_msisdn(17), "sabine.colin@client.example"
        ),
        actor=story.as_person(seller, "contact"),
        at=story.FOUND_AT,
    )
    return {
        "summary": f"SIREN {siren} : {published.legal_name}, {published.postcode} {published.city} → dossier {made.reference}",
        "customer_file_id": made.customer_file_id,
        "reference": made.reference,
        "account_id": account.id,
    }


def sign_agreement(context: Context) -> dict[str, Any]:
    """Sign the framework agreement whose clauses the quote will cite."""
    customer = party_queries.customer_file(reference=context.answers["company"]["reference"], viewer=story.system("agreement"))
    made = catalogue_commands.create_agreement(
        name=f"Accord-cadre flotte {customer.name}"[:160],
        legal_unit_id=customer.legal_unit_id,
        valid_from=dt.date(2026, 9, 28),
        signed_date=dt.date(2026, 9, 28),
        template_code="ACC-FLOTTE-GRAND-COMPTE",
        actor=story.system("agreement"),
        at=story.FOUND_AT,
    )
    return {"summary": f"{made.reference} : prix négociés par clause", "agreement_id": made.agreement_id, "reference": made.reference}


def table() -> str:
    """Return the table that the customer sent, as a spreadsheet copies it."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter="\t", lineterminator="\n")
    writer.writerow(["Utilisateur", "Forfait", "Options", "Terminal", "Centre de coût"])
    for index, person in enumerate(_PEOPLE):
        plan = "MOB-ILL-100" if index < 3 else "MOB-ILL-50" if index < 20 else "DATA-50"
        options = "OPT-ROAM-Z1" if index % 5 == 0 and plan.startswith("MOB") else ""
        device = "TEL-ALTIA-A5-24X" if plan == "MOB-ILL-50" and index % 4 == 0 else ""
        centre = "DIR" if index < 5 else "CHANTIERS" if index < 18 else "ATELIER"
        writer.writerow([person, plan, options, device, centre])
    return written.getvalue()


def make_quote(context: Context) -> dict[str, Any]:
    """Open a quote and paste the table into it."""
    seller = alice()
    known = context.answers["company"]
    made = quote_commands.create_quote(
        customer_file_id=uuid.UUID(known["customer_file_id"]),
        title="Flotte mobile 2026",
        agreement_id=uuid.UUID(context.answers["agreement"]["agreement_id"]),
        billing_account_id=uuid.UUID(known["account_id"]),
        actor=story.as_person(seller, "quote"),
        at=story.QUOTED_AT,
    )
    pasted = quote_commands.paste_lines(
        quote_id=made.quote_id, table_text=table(), actor=story.as_person(seller, "paste"), at=story.QUOTED_AT
    )
    quote = quote_queries.quote(quote_id=made.quote_id, viewer=seller)
    if quote.issue_count:
        found = quote_queries.lines(quote_id=made.quote_id, selection=quotes.Selection(only_to_correct=True))
        msg = f"the story's table has bad cells: {found}"
        raise ValueError(msg)
    return {
        "summary": (
            f"{made.reference} : {pasted.added} lignes, {formatting.money(quote.totals.monthly)} par mois "
            f"(catalogue : {formatting.money(quote.totals.list_monthly)}), {formatting.money(quote.totals.one_off)} à la commande"
        ),
        "quote_id": made.quote_id,
        "reference": made.reference,
    }


def _code(token: str, buyer: quotes.Signatory) -> str:
    """Ask for the one-time code as the customer's page does, and read it in their mailbox; nothing when they have accepted already."""
    if quote_queries.quote_by_token(token=token).acceptance is not None:
        return ""
    quote_commands.open_challenge(token=token, identity=buyer, at=story.ACCEPTED_AT)
    mailbox = letters.LetterFolder()
    quote_commands.post_letters(at=story.ACCEPTED_AT, mail=mailbox)
    found = re.search(r"\b\d{6}\b", mailbox.last_to(buyer.email))
    if found is None:
        raise LookupError(token)
    return found[0]


def send_and_accept(context: Context) -> dict[str, Any]:
    """Freeze the quote with its PDF, and accept it on the customer's own page."""
    seller = alice()
    quote_id = uuid.UUID(context.answers["quote"]["quote_id"])
    sent = quote_commands.send_quote(quote_id=quote_id, actor=story.as_person(seller, "send"), at=story.SENT_AT)
    buyer = quotes.Signatory("Sabine Colin", "Responsable des moyens généraux", "sabine.colin@client.example")
    quote_commands.accept_online(
        token=sent.token,
        identity=buyer,
        code=_code(sent.token, buyer),
        has_agreed=True,
        document_sha256=sent.document_sha256,
        evidence={"channel": "page du devis", "address": "192.0.2.25"},
        request_id=story.request_id("accept"),
        at=story.ACCEPTED_AT,
    )
    quote = quote_queries.quote(quote_id=quote_id, viewer=seller)
    return {
        "summary": f"PDF d’empreinte {quote.document_sha256[:12]}…, accepté par Sabine Colin le {formatting.instant(story.ACCEPTED_AT)}"
    }
