"""What forms send, as values."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django import http
from django.utils.translation import gettext as _

from come.catalogue import queries as catalogue_queries, records as catalogue
from come.party import queries as party_queries
from come.quote import records
from come.quote.commands.change_terms import COMMITMENTS
from come.quote.policies import cells, consent as policy, tables
from come.quote.pricing import rules
from come.shared import obstacles, text

_NOT_RESENT = frozenset({"csrfmiddlewaretoken", "consented_changes", "request_id"})


def whole(given: str | None, default: int = 0) -> int:
    """Return a whole number, or the default for anything else."""
    return int(given) if given and given.isascii() and given.isdigit() and len(given) < 9 else default


def identifier(given: str | None) -> uuid.UUID | None:
    """Return an id, or None for anything else."""
    try:
        return uuid.UUID(given or "")
    except ValueError:
        return None


def day(given: str | None, path: str) -> dt.date:
    """Return a day written by a date field; raises Refusal for anything else."""
    try:
        return dt.date.fromisoformat(given or "")
    except ValueError:
        raise obstacles.Refusal(
            obstacles.Obstacle(
                "quote.bad_day", obstacles.Severity.REFUSAL, text.T("Ce n’est pas une date."), text.T("Choisissez un jour."), path
            ),
        ) from None


def commitment(given: str | None) -> int | None:
    """Return the commitment chosen, None for the longest term of each offering."""
    found = whole(given, -1)
    return found if found in COMMITMENTS else None


def check_added(line: records.NewLine) -> None:
    """Refuse lines that name nothing to sell, or a quantity that is none."""
    found: list[obstacles.Obstacle] = []
    if not line.cells.get(tables.PLAN) and not line.cells.get(tables.DEVICE):
        said = text.T("Rien n’est choisi : une ligne demande un forfait ou un terminal.")
        found.append(
            obstacles.Obstacle("quote.nothing_chosen", obstacles.Severity.REFUSAL, said, text.T("Choisissez un forfait."), tables.PLAN)
        )
    if not 0 < line.quantity <= tables.MAXIMUM_QUANTITY:
        said = text.T("La quantité va de 1 à {maximum}.", maximum=tables.MAXIMUM_QUANTITY)
        found.append(obstacles.Obstacle("quote.bad_quantity", obstacles.Severity.REFUSAL, said, text.T("Corrigez-la."), tables.QUANTITY))
    obstacles.refuse_if_any(found)


def selection_of(given: dict[str, Any]) -> records.Selection:
    """Return the lines that an act is about: ids, or every line that matches the filters."""
    if given.get("all_matching"):
        return view_of(given)
    return records.Selection(tuple(found for one in given.get("ids", ()) if (found := identifier(str(one))) is not None))


def view_of(given: Mapping[str, Any]) -> records.Selection:
    """Return the lines that the filters of the grid show."""
    code, column = str(given.get("issue_code", "")), str(given.get("issue_column", ""))
    letter = str(given.get("alternative", ""))
    return records.Selection(None, str(given.get("text", "")), bool(given.get("only_to_correct")), code, column, letter)


def asked_view(given: http.QueryDict) -> records.Selection:
    """Return the lines that the filters in an address show."""
    is_faulty = given.get("a-corriger") == "1"
    return records.Selection(None, given.get("q", ""), is_faulty, given.get("code", ""), given.get("colonne", ""), given.get("offre", ""))


def revision(given: dict[str, Any]) -> int | None:
    """Return the revision that the screen showed, None when it does not say."""
    found = given.get("since")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def consent(request: http.HttpRequest) -> str | None:
    """Return what the person consented to of changes of negotiated prices, None when they were not asked."""
    given = json_of(request) if request.content_type == "application/json" else request.POST
    return str(given.get("consented_changes") or "") or None


def asked_consent(request: http.HttpRequest, refused: obstacles.Refusal | None) -> dict[str, Any] | None:
    """Return the form that sends the same act again with the consent, when that is what it lacked."""
    if refused is None or refused.code != policy.CODE:
        return None
    kept = [(name, value) for name, values in request.POST.lists() for value in values if name not in _NOT_RESENT]
    return {"action": request.path, "fields": kept, "consented_changes": refused.obstacles[0].path}


def choices(quote: records.QuoteRecord) -> dict[str, list[tuple[str, str]]]:
    """Return what may be sold to the customer, by the column that it goes to (code, French name)."""
    sold = catalogue_queries.catalogue_snapshot(at=quote.priced_date).offerings.values()
    open_to = sorted((one for one in sold if not one.segments or quote.segment in one.segments), key=lambda one: one.name_fr)
    places: dict[str, frozenset[catalogue.OfferingKind]] = {
        "plan": rules.KINDS_ALONE - cells.DEVICE_KINDS,
        "options": cells.OPTION_KINDS,
        "device": cells.DEVICE_KINDS,
        "bundle": frozenset({catalogue.OfferingKind.BUNDLE}),
    }
    return {place: [(one.code, one.name_fr) for one in open_to if one.kind in kinds] for place, kinds in places.items()}


def column_names() -> dict[str, str]:
    """Return the French names of the columns of the grid."""
    return {column: text.T(tables.NAMES_FR[column]) for column in tables.CELLS}


def agreements(customer_id: uuid.UUID, on: dt.date) -> list[tuple[str, str]]:
    """Return the agreements in force that cover a customer, the one that applies first (id, reference, name, and whose it is)."""
    customer = party_queries.customer_files(ids=[customer_id])[customer_id]
    found = catalogue_queries.agreements(legal_unit_ids=[customer.legal_unit_id], at=on)
    return [(str(one.id), _agreement_name(one, customer.legal_unit_id)) for one in found]


def _agreement_name(one: catalogue.AgreementRecord, legal_unit_id: uuid.UUID) -> str:
    name = f"{one.reference} · {one.name}"
    return name if one.legal_unit_id == legal_unit_id else _("%(name)s (accord du groupe)") % {"name": name}


def accounts(customer_id: uuid.UUID) -> list[tuple[str, str]]:
    """Return the billing accounts of a customer (id, reference and name)."""
    return [(str(one.id), f"{one.reference} · {one.name}") for one in party_queries.billing_accounts(customer_file_id=customer_id)]


def json_of(request: http.HttpRequest) -> dict[str, Any]:
    """Return the JSON object of a request; raises a 400 refusal for anything else."""
    import json  # noqa: PLC0415 - the module's only use

    try:
        found = json.loads(request.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        refusal = obstacles.Refusal(
            obstacles.Obstacle(
                "quote.bad_json", obstacles.Severity.REFUSAL, text.T("La demande est mal formée."), text.T("Rechargez la page.")
            )
        )
        refusal.status = 400
        raise refusal
    return found
