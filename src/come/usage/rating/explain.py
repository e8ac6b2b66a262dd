"""Say one rated record in French, with each number, so that anybody can do the sum again."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence

from come.shared import formatting, text
from come.usage.rating import tables


@dataclasses.dataclass(frozen=True, slots=True)
class Part:
    """A rated portion with the names of its codes; fields as in the result file."""

    record_id: str
    service: str
    direction: str
    other_party: str
    start_at: dt.datetime
    origin_name: str
    destination_name: str
    is_abroad: bool
    tariff_name: str
    band_name: str
    quantity: int
    units: int
    allowance_name: str
    price_numerator: int
    price_denominator: int
    first_increment: int
    next_increment: int
    connection_fee_micro_eur: int
    adjustment_micro_eur: int
    charge_micro_eur: int
    clause: str
    list_price_micro_eur: int
    list_price_quantity: int
    allowance_used_before: int | None = None
    allowance_quantity: int | None = None


_SUBJECTS = {
    ("voice", "out"): text.noop("Appel vers {destination} ({number})"),
    ("voice", "in"): text.noop("Appel reçu de {number}"),
    ("sms", "out"): text.noop("SMS vers {destination} ({number})"),
    ("sms", "in"): text.noop("SMS reçu de {number}"),
    ("mms", "out"): text.noop("MMS vers {destination} ({number})"),
    ("mms", "in"): text.noop("MMS reçu de {number}"),
    ("data", "out"): text.noop("Connexion internet"),
    ("data", "in"): text.noop("Connexion internet"),
}
_UNITS = {"seconds": text.noop("{count} s"), "bytes": text.noop("{count} octets"), "events": text.noop("{count} événements")}
_ONE = {"bytes": text.noop("1 octet"), "events": text.noop("1 événement")}


def sentence(parts: Sequence[Part], *, masked_number: str) -> text.T:
    """Return the story of one record from its portions in order; raises ValueError without any."""
    if not parts:
        raise ValueError("a record has at least one portion")
    first = parts[0]
    total = sum(part.charge_micro_eur for part in parts)
    pieces: list[text.T] = [_opening(first, sum(part.quantity for part in parts), masked_number), _counting(parts)]
    pieces += [_portion(part) for part in parts if part.units]
    pieces.append(text.T("Total : {amount} hors taxes.", amount=_euros(total)))
    return text.T(" ".join(f"{{p{index}}}" for index in range(len(pieces))), **{f"p{index}": piece for index, piece in enumerate(pieces)})


def _opening(first: Part, quantity: int, masked_number: str) -> text.T:
    subject = text.T(_SUBJECTS[first.service, first.direction], destination=first.destination_name, number=masked_number)
    where = text.T(" depuis {zone}", zone=first.origin_name) if first.is_abroad else ""
    return text.T(
        "{subject}{where}, le {instant} (heure de Paris), {quantity}, tarif « {tariff} ».",
        subject=subject,
        where=where,
        instant=formatting.instant(first.start_at),
        quantity=_count(first.service, quantity),
        tariff=first.tariff_name,
    )


def _counting(parts: Sequence[Part]) -> text.T:
    first = parts[0]
    used, counted = sum(part.quantity for part in parts), sum(part.units for part in parts)
    if not counted:
        return text.T("Rien n’a été consommé : rien n’est facturé.")
    if used == counted:
        return text.T("Comptés : {counted}.", counted=_count(first.service, counted))
    return text.T(
        "Comptés par paliers ({first} puis {following}) : {counted}.",
        first=_count(first.service, first.first_increment),
        following=_count(first.service, first.next_increment),
        counted=_count(first.service, counted),
    )


def _portion(part: Part) -> text.T:
    band = text.T(" en {band}", band=part.band_name.lower()) if part.band_name else ""
    counted = _count(part.service, part.units)
    if part.allowance_name:
        if part.allowance_quantity is None or part.allowance_used_before is None:
            return text.T("{counted}{band} inclus dans « {allowance} ».", counted=counted, band=band, allowance=part.allowance_name)
        return text.T(
            "{counted}{band} inclus dans « {allowance} » ({before} déjà pris sur {whole}).",
            counted=counted,
            band=band,
            allowance=part.allowance_name,
            before=_count(part.service, part.allowance_used_before),
            whole=_count(part.service, part.allowance_quantity),
        )
    return text.T(
        "{counted}{band} × {price}{clause}{fee}{bound} = {amount}.",
        counted=counted,
        band=band,
        price=_price(part),
        clause=_clause(part),
        fee=text.T(" + {fee} de mise en relation", fee=_euros(part.connection_fee_micro_eur)) if part.connection_fee_micro_eur else "",
        bound=_bound(part),
        amount=_euros(part.charge_micro_eur),
    )


def _price(part: Part) -> text.T:
    unit = tables.UNITS[part.service]
    per = {
        "seconds": (60, text.noop("{price} la minute")),
        "bytes": (1_000_000, text.noop("{price} le Mo")),
        "events": (1, text.noop("{price} l’un")),
    }
    quantity, template = per[unit]
    scaled, rest = divmod(part.price_numerator * quantity, part.price_denominator)
    if rest:
        return text.T("{price} / {count}", price=_euros(part.price_numerator), count=_count(part.service, part.price_denominator))
    return text.T(template, price=_euros(scaled))


def _clause(part: Part) -> str:
    if not part.clause:
        return ""
    return text.T(
        " (prix négocié, accord {clause} ; prix public {price} pour {quantity})",
        clause=part.clause,
        price=_euros(part.list_price_micro_eur),
        quantity=_count(part.service, part.list_price_quantity),
    )


def _bound(part: Part) -> str:
    if part.adjustment_micro_eur > 0:
        return text.T(" + {amount} pour atteindre le minimum", amount=_euros(part.adjustment_micro_eur))
    if part.adjustment_micro_eur < 0:
        return text.T(" − {amount} au-delà du maximum", amount=_euros(-part.adjustment_micro_eur))
    return ""


def _count(service: str, count: int) -> text.T:
    unit = tables.UNITS[service]
    return text.T(_ONE[unit]) if count == 1 and unit in _ONE else text.T(_UNITS[unit], count=_spaced(count))


def _spaced(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")


def _euros(amount_micro_eur: int) -> str:
    """Write micro-euros as euros: at least two decimals, all six when they say something."""
    whole, micro = divmod(amount_micro_eur, 1_000_000)
    decimals = f"{micro:06d}".rstrip("0").ljust(2, "0")
    return f"{_spaced(whole)},{decimals}\u00a0€"
