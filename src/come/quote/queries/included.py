"""What the agreement of a quote changes of the usage that its offers include."""

from __future__ import annotations

from come.catalogue import policies as catalogue_policies, queries as catalogue_queries, records as catalogue
from come.quote import records
from come.shared import text


def negotiated_volumes(*, quote: records.QuoteRecord) -> dict[str, tuple[records.NegotiatedVolume, ...]]:
    """Return, by offering, the volumes that the quote's agreement negotiates on its pricing day (six statements at most)."""
    agreement = catalogue_queries.agreement(agreement_id=quote.agreement_id) if quote.agreement_id is not None else None
    if agreement is None or not agreement.is_in_force(quote.priced_date):
        return {}
    if all(clause.target_kind != catalogue.ClauseTarget.ALLOWANCE for clause in agreement.clauses):
        return {}
    found = {
        code: tuple(_volumes(agreement, offering, quote))
        for code, offering in catalogue_queries.catalogue_snapshot(at=quote.priced_date).offerings.items()
    }
    return {code: volumes for code, volumes in found.items() if volumes}


def _volumes(
    agreement: catalogue.AgreementRecord, offering: catalogue.OfferingRecord, quote: records.QuoteRecord
) -> list[records.NegotiatedVolume]:
    made = []
    for allowance in offering.allowances:
        clause = catalogue_policies.allowance_clause(
            agreement.clauses, offering_code=offering.code, allowance_code=allowance.code, on=quote.priced_date
        )
        if clause is not None and clause.allowance_quantity is not None:
            made.append(
                records.NegotiatedVolume(
                    name_fr=allowance.name_fr,
                    listed=catalogue_policies.quantity_fr(unit=allowance.unit, quantity=allowance.quantity),
                    quantity=catalogue_policies.quantity_fr(unit=allowance.unit, quantity=clause.allowance_quantity),
                    scope=catalogue_policies.SCOPE_NAMES_FR[clause.allowance_scope or allowance.scope],
                    clause_number=clause.number,
                    clause_text=clause.text_fr,
                    reason_fr=text.T(
                        "Accord {reference}, clause {number} : {said}",
                        reference=agreement.reference,
                        number=clause.number,
                        said=clause.text_fr,
                    ),
                ),
            )
    return made
