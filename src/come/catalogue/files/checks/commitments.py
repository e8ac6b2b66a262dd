"""Commitments on volume or revenue: one target, a rule that can be computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from come.catalogue import records
from come.catalogue.files import problems
from come.catalogue.files.checks import index, references
from come.shared import text

_WHOLE = Decimal(100)
_TARGETS = {"all": None, "offering_kind": "offering_kind", "offering": "offering_code"}


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report what is wrong in the commitments of the agreement templates."""
    for template in known.catalogue.agreement_templates:
        yield from check_commitments(known, template.commitments)
        numbers = [clause.number for clause in template.clauses] + [commitment.number for commitment in template.commitments]
        for commitment in template.commitments:
            if numbers.count(commitment.number) > 1:
                yield known.problem(
                    commitment,
                    "number",
                    "code.duplicate",
                    text.T("Deux clauses portent le numéro {number}.", number=commitment.number),
                    text.T("Donnez un numéro propre à chaque clause : il est cité sur les devis et les factures."),
                )


def check_commitments(known: index.Index, commitments: Iterable[records.CommitmentRecord]) -> Iterator[problems.Problem]:
    """Report what is wrong in the commitments of one agreement."""
    for commitment in commitments:
        yield from _target(known, commitment)
        yield from _minimum(known, commitment)
        yield from _rule(known, commitment)


def _wrong(known: index.Index, commitment: records.CommitmentRecord, key: str, message: text.T, next_step: text.T) -> problems.Problem:
    return known.problem(commitment, key, "commitment.value", message, next_step)


def _target(known: index.Index, commitment: records.CommitmentRecord) -> Iterator[problems.Problem]:
    wanted = _TARGETS[commitment.target_kind]
    given = {key for key in ("offering_kind", "offering_code") if getattr(commitment, key) is not None}
    if given != ({wanted} if wanted else set()):
        yield _wrong(
            known,
            commitment,
            "target_kind",
            text.T("L’engagement {number} vise « {target} » : ce qu’il compte n’est pas dit, ou l’est deux fois.",
                   number=commitment.number, target=commitment.target_kind),
            text.T("Donnez « offering_kind » ou « offering_code » selon « target_kind », et lui seul."),
        )  # fmt: skip
    if commitment.offering_code is not None and commitment.offering_code not in known.offerings:
        yield from references.unknown(known, commitment, "offering_code", text.T("l’offre"), commitment.offering_code)


def _minimum(known: index.Index, commitment: records.CommitmentRecord) -> Iterator[problems.Problem]:
    if commitment.minimum <= 0:
        message = text.T("L’engagement {number} ne demande rien.", number=commitment.number)
        yield _wrong(known, commitment, "minimum", message, text.T("Écrivez un minimum au-dessus de zéro."))
    elif commitment.kind == "volume" and commitment.minimum != commitment.minimum.to_integral_value():
        message = text.T("L’engagement {number} compte des lignes : le minimum est un nombre entier.", number=commitment.number)
        yield _wrong(known, commitment, "minimum", message, text.T("Écrivez un nombre entier de lignes."))


def _rule(known: index.Index, commitment: records.CommitmentRecord) -> Iterator[problems.Problem]:
    needs_amount = commitment.kind == "volume" and commitment.shortfall_rule != "none"
    if (commitment.unit_amount is not None) != needs_amount:
        yield _wrong(
            known,
            commitment,
            "unit_amount",
            text.T("L’engagement {number} doit dire ce que coûte une ligne manquante.", number=commitment.number)
            if needs_amount
            else text.T("L’engagement {number} n’a pas à dire ce que coûte une ligne manquante.", number=commitment.number),
            text.T("Gardez « unit_amount » pour un engagement de volume dont le manque est facturé."),
        )
    needs_part = commitment.shortfall_rule == "percentage"
    if (commitment.percentage is not None) != needs_part or (commitment.percentage or 0) > _WHOLE:
        yield _wrong(
            known,
            commitment,
            "percentage",
            text.T("La part due de l’engagement {number} manque, ne sert à rien ou dépasse 100 %.", number=commitment.number),
            text.T("Gardez « percentage », de 0 à 100, pour la règle « percentage »."),
        )
