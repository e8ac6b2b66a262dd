"""Write a quote's values as a French reader expects them: the data of the page template, all texts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from come.quote import records
from come.quote.records import fleet as fleet_records
from come.shared import formatting, period

_RHYTHMS = {"one_off": "une fois", "recurring": "par mois", "deposit": "dépôt"}
_LEVEL_NAMES = {
    "line_option": "prix consenti",
    "line_plan": "prix consenti",
    "customer": "prix client",
    "agreement": "accord",
    "bundle": "offre convergente",
    "fleet": "remise de flotte",
    "list": "catalogue",
}


def page_data(document: records.DocumentInput) -> dict[str, Any]:
    """Return the template's data: a JSON-able tree of texts in their final writing."""
    quote = document.quote
    issued = period.local_day(document.issued_at)
    columns = _columns(document.lines)
    is_summary = document.kind == "summary"
    has_change = document.change is not None or any(one.change is not None for one in document.alternatives)
    return {
        "kind": _KINDS[document.kind],
        "operator": document.operator_name,
        "reference": quote.reference,
        "version": f"version {quote.version}" if quote.version > 1 else "",
        "title": quote.title or _TITLES.get(quote.kind, "Offre de services mobiles et réseaux"),
        "issued": formatting.day(issued),
        "year": issued.year,
        "month": issued.month,
        "day": issued.day,
        "valid_until": formatting.day(quote.valid_until),
        "customer": _customer(document.customer),
        "facts": _facts(document),
        "amounts": [] if document.alternatives else _amounts(quote),
        "summary": _sentences(document),
        "alternatives": [_alternative(one) for one in document.alternatives],
        "changes": _changes(document),
        # On the fleet only what starts is priced: the whole of a formula would say prices that nobody pays.
        "patterns": [] if has_change else _all_patterns(document, short=is_summary),
        "clauses": [] if is_summary else _clauses(document),
        "agreement": quote.agreement_reference,
        "terms": [*document.terms, *_conditions(document)],
        "legal": [[said, f"({source})"] for said, source in document.legal],
        "accepted": _accepted(document),
        "is_signed_here": document.kind == "quote",
        "columns": [name for _column, name in columns],
        "annex": [] if is_summary else _annex(document.lines, columns),
    }


_KINDS = {"quote": "Devis", "order_form": "Bon de commande", "summary": "Récapitulatif contractuel"}
_TITLES = {"change": "Modification de votre parc", "renewal": "Renouvellement de votre parc"}


def _all_patterns(document: records.DocumentInput, *, short: bool) -> list[dict[str, Any]]:
    """Return every formula, under the offer that it belongs to; without the detail of its prices in a summary."""
    if not document.alternatives:
        return [_pattern(pattern, document, short=short) for pattern in document.patterns]
    found = []
    for offer in document.alternatives:
        for place, pattern in enumerate(offer.patterns):
            found.append(_pattern(pattern, document, f"{offer.letter} · {offer.name}" if not place else "", short=short))
    return found


def _alternative(one: records.AlternativeRecord) -> dict[str, str]:
    return {
        "name": f"{one.letter} · {one.name}",
        "lines": formatting.number(one.line_count),
        "one_off": formatting.money(one.totals.one_off),
        "monthly": formatting.money(one.totals.monthly + one.totals.instalments_monthly),
        "over": formatting.money(one.totals.over_commitment),
    }


def _changes(document: records.DocumentInput) -> list[dict[str, Any]]:
    """Return what changes on the fleet, under the offer that it belongs to when there are several."""
    if not document.alternatives:
        return [_change(one) for one in document.change.groups] if document.change is not None else []
    return [
        _change(one) | {"title": f"{offer.letter} · {offer.name} : {_change(one)['title']}"}
        for offer in document.alternatives
        if offer.change is not None
        for one in offer.change.groups
    ]


def _change(one: fleet_records.ChangeGroup) -> dict[str, Any]:
    """Say what changes on lines alike, in words and euros for all of them."""
    change = one.difference
    before = (change.monthly_before + change.instalments_before) * one.count
    after = (change.monthly_after + change.instalments_after) * one.count
    once = change.one_off * one.count
    titles = {"add": f"Nouvelles lignes : {one.plan_name_fr}", "terminate": f"Résiliation : {one.plan_name_fr}"}
    said = [f"en plus : {', '.join(one.added_names_fr)}"] if one.added_names_fr and one.action == "modify" else []
    if one.ended_names_fr and one.action == "modify":
        said.append(f"retiré : {', '.join(one.ended_names_fr)}")
    if change.is_nothing:
        said.append("inchangé")
    if change.repriced:
        said.append("prix mensuels du jour pour ce qui est gardé")
    if change.fee is not None:
        cap = f", plafonné par la loi ({change.fee.legal_source})" if change.fee.is_capped else ""
        said.append(f"frais de sortie par ligne : {formatting.money(change.fee.amount)}, soit {change.fee.reason_fr}{cap}")
    if change.is_recommitted:
        said.append(f"nouvel engagement jusqu’au {formatting.day(change.commitment_end_date)}")
    elif change.commitment_end_date is not None and one.action == "modify":
        said.append(f"engagement inchangé, jusqu’au {formatting.day(change.commitment_end_date)}")
    return {
        "count": formatting.number(one.count),
        "title": titles.get(one.action, one.plan_name_fr),
        "said": said,
        "before": formatting.money(before),
        "after": formatting.money(after),
        "once": f"{formatting.money(once)} une fois" if once else "",
        "prices": [_price(price) for price in one.prices],
    }


def _accepted(document: records.DocumentInput) -> list[list[str]]:
    accepted = document.quote.acceptance
    if document.kind != "order_form" or accepted is None:
        return []
    who = " · ".join(part for part in (accepted.signatory_name, accepted.signatory_role, accepted.signatory_email) if part)
    chosen = document.quote.alternatives.get(accepted.alternative, "")
    pairs = [
        ("Par", who),
        ("Le", formatting.instant(accepted.accepted_at)),
        ("Comment", "en ligne, par son lien" if accepted.channel == "online" else f"document signé, reçu par {accepted.recorded_by_name}"),
        ("Offre choisie", f"{accepted.alternative} · {chosen}" if chosen else ""),
        ("Devis accepté (SHA-256)", accepted.document_sha256),
    ]
    return [[name, value] for name, value in pairs if value]


def _customer(customer: records.DocumentCustomer) -> dict[str, Any]:
    name = customer.legal_name or customer.name
    usual = customer.name if customer.name != name else ""
    address = [customer.street, f"{customer.postcode} {customer.city}".strip()]
    known = [f"SIREN {customer.siren}" if customer.siren else "", customer.reference]
    return {"name": name, "lines": [line for line in (usual, *address) if line], "identifiers": " · ".join(part for part in known if part)}


def _facts(document: records.DocumentInput) -> list[list[str]]:
    quote = document.quote
    contact = " · ".join(part for part in (quote.seller_name, document.seller_email) if part)
    agreement = " · ".join(part for part in (quote.agreement_reference, quote.agreement_name) if part)
    pairs = [
        ("Votre interlocuteur", contact),
        ("Agence", quote.agency_name),
        ("Accord-cadre", agreement),
        ("Compte de facturation", quote.billing_account_reference),
        ("Offre valable jusqu’au", formatting.day(quote.valid_until)),
    ]
    return [[name, value] for name, value in pairs if value]


def _amounts(quote: records.QuoteRecord) -> list[list[str]]:
    totals = quote.totals
    pairs = [
        ("À la mise en service", formatting.money(totals.one_off), "une fois"),
        ("Chaque mois", formatting.money(totals.monthly), "abonnements et options"),
    ]
    if totals.instalments_monthly:
        pairs.append(
            ("Terminaux en plusieurs fois", formatting.money(totals.instalments_monthly), "par mois, jusqu’à la dernière mensualité")
        )
    if totals.deposit:
        pairs.append(("Dépôts de garantie", formatting.money(totals.deposit), "rendus à la fin"))
    pairs.append(("Sur la durée d’engagement", formatting.money(totals.over_commitment), "tout compris, hors consommations"))
    return [list(pair) for pair in pairs]


def _sentences(document: records.DocumentInput) -> list[str]:
    """Say in plain words what the figures mean."""
    quote, totals = document.quote, document.quote.totals
    count = quote.line_count
    if document.alternatives:
        return [f"Ce devis propose {len(document.alternatives)} offres ; vous en choisissez une. Montants hors taxes."]
    if document.change is not None:
        return _change_sentences(document.change)
    said = [f"Ce devis porte sur {formatting.number(count)} {'lignes' if count > 1 else 'ligne'}."]
    saved = totals.list_monthly - totals.monthly
    if saved > 0:
        said.append(
            f"Vos abonnements coûtent {formatting.money(totals.monthly)} par mois au lieu de {formatting.money(totals.list_monthly)} "
            f"au catalogue : vous économisez {formatting.money(saved)} chaque mois.",
        )
    months = sorted({pattern.commitment_months for pattern in document.patterns})
    longest = months[-1] if months else 0
    if not longest:
        said.append("Vous n’êtes pas engagé sur une durée : chaque ligne peut être résiliée avec son préavis.")
    elif len(months) == 1:
        said.append(f"Toutes les lignes sont engagées pour {longest} mois.")
    else:
        said.append(f"Les engagements vont jusqu’à {longest} mois ; chaque formule indique le sien.")
    return said


def _change_sentences(change: fleet_records.ChangeSummary) -> list[str]:
    """Say what a quote on the fleet does, in all."""
    counts = [
        (change.changed, "modifiée", "modifiées"),
        (change.terminated, "résiliée", "résiliées"),
        (change.added, "ajoutée", "ajoutées"),
        (change.unchanged, "inchangée", "inchangées"),
    ]
    done = ", ".join(f"{formatting.number(count)} {many if count > 1 else one}" for count, one, many in counts if count)
    said = [f"Lignes : {done}."]
    sign = "de plus" if change.monthly > 0 else "de moins"
    if change.monthly:
        said.append(
            f"Vous payez {formatting.money(change.monthly_before)} par mois pour ces lignes ; vous paierez"
            f" {formatting.money(change.monthly_after)}, soit {formatting.money(abs(change.monthly))} {sign}."
        )
    else:
        said.append(f"Votre mensualité pour ces lignes ne change pas : {formatting.money(change.monthly_after)}.")
    if change.fees:
        said.append(f"Des frais de sortie de {formatting.money(change.fees)} s’ajoutent une fois.")
    return said


def _pattern(pattern: records.PatternRecord, document: records.DocumentInput, offer: str = "", *, short: bool = False) -> dict[str, Any]:
    plan = pattern.plan_name_fr
    others = [*pattern.option_names_fr, *([pattern.device_name_fr] if pattern.device_name_fr else [])]
    commitment = f"engagement {pattern.commitment_months} mois" if pattern.commitment_months else "sans engagement"
    monthly = (pattern.totals.monthly + pattern.totals.instalments_monthly) * pattern.quantity
    return {
        "quantity": formatting.number(pattern.quantity),
        "name": plan,
        "detail": " + ".join(others),
        "commitment": commitment,
        "monthly": formatting.money(monthly),
        "one_off": formatting.money(pattern.totals.one_off * pattern.quantity),
        "prices": [] if short else [*map(_price, pattern.components), *map(_volume, _volumes(pattern, document))],
        "offer": offer,
    }


def _volumes(pattern: records.PatternRecord, document: records.DocumentInput) -> list[records.NegotiatedVolume]:
    return [volume for code in (pattern.plan_code, *pattern.option_codes) for volume in document.volumes.get(code, ())]


def _volume(one: records.NegotiatedVolume) -> dict[str, str]:
    return {
        "name": f"{one.name_fr} · {one.scope.lower()}",
        "rhythm": "par mois",
        "amount": one.quantity,
        "listed": one.listed if one.listed != one.quantity else "",
        "source": f"clause {one.clause_number}",
    }


def _price(one: records.PricedComponent) -> dict[str, str]:
    rhythm = f"par mois, {one.instalment_count} fois" if one.price_type == "instalment" else _RHYTHMS[one.price_type]
    source = f"clause {one.clause_number}" if one.clause_number and one.level == "agreement" else _LEVEL_NAMES[one.level]
    name = one.name_fr if one.name_fr.startswith(one.offering_name_fr) else f"{one.offering_name_fr} · {one.name_fr}"
    return {
        "name": name,
        "rhythm": rhythm,
        "amount": formatting.money_exact(_plain(one.amount)),
        "listed": formatting.money_exact(_plain(one.list_amount)) if one.amount != one.list_amount else "",
        "source": source,
    }


def _plain(amount: Decimal) -> Decimal:
    return amount.normalize() if amount else Decimal(0)


def _clauses(document: records.DocumentInput) -> list[list[str]]:
    found: dict[tuple[str, str], None] = {}
    for pattern in document.patterns:
        for volume in _volumes(pattern, document):
            found[f"Clause {volume.clause_number}", volume.clause_text] = None
        for one in pattern.components:
            if one.level != "list":
                label = (
                    f"Clause {one.clause_number}"
                    if one.clause_number and one.level == "agreement"
                    else _LEVEL_NAMES[one.level].capitalize()
                )
                found[label, one.clause_text] = None
    return [list(pair) for pair in sorted(found)]


def _conditions(document: records.DocumentInput) -> list[str]:
    quote = document.quote
    waived = (
        [
            (
                f"Un engagement de {document.waived_months} mois dépasse celui que la loi garantit aux petites entreprises :"
                " il n’est pris que si vous y renoncez expressément, de votre plein gré, au moment d’accepter."
            ),
        ]
        if document.waived_months
        else []
    )
    return [
        *waived,
        (
            "Montants hors taxes, en euros ; la TVA s’ajoute au taux en vigueur le jour de la facture."
            " Une mensualité commencée est due au prorata des jours."
        ),
        "Les consommations hors forfait sont facturées aux prix du catalogue, ou à ceux de l’accord-cadre s’il en fixe.",
        (
            "Les numéros conservés changent d’opérateur sans coupure de plus d’un jour ouvrable ;"
            " votre ancien contrat prend fin par ce changement."
        ),
        (
            f"Cette offre vaut jusqu’au {formatting.day(quote.valid_until)} inclus. Ses prix ne changent pas d’ici là ;"
            " toute autre quantité fait l’objet d’une nouvelle version."
        ),
    ]


_COLUMNS = (
    ("user_label", "Utilisateur"),
    ("msisdn", "Numéro"),
    ("iccid", "Carte SIM"),
    ("cost_centre", "Centre de coût"),
    ("site", "Site"),
)


def _columns(lines: tuple[records.LineRecord, ...]) -> list[tuple[str, str]]:
    """Return the columns that at least one line fills."""
    return [pair for pair in _COLUMNS if any(line.cells.get(pair[0]) for line in lines)]


def _annex(lines: tuple[records.LineRecord, ...], columns: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the lines under their formula, so that no row repeats what it is made of."""
    groups: dict[tuple[str, ...], list[records.LineRecord]] = {}
    for line in lines:
        parts = (line.cells.get("plan", ""), line.cells.get("options", ""), line.cells.get("device", ""))
        groups.setdefault(parts, []).append(line)
    return [
        {
            "title": " + ".join(part.replace("; ", " + ") for part in parts if part),
            "detail": _line_price(group[0]),
            "rows": [[str(line.position), *(line.cells.get(column, "") for column, _name in columns)] for line in group],
        }
        for parts, group in groups.items()
    ]


def _line_price(line: records.LineRecord) -> str:
    monthly = None if line.monthly is None else line.monthly + (line.instalments_monthly or 0)
    return f"par ligne : {formatting.money(monthly)} par mois, {formatting.money(line.one_off)} une fois"
