"""Every code that is named exists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from come.catalogue import records
from come.catalogue.files import content, problems
from come.catalogue.files.checks import index
from come.shared import text


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report the names of specifications, tariffs, zones, bands and offerings that nothing defines."""
    for offering in known.catalogue.offerings:
        yield from _of_offering(known, offering)
    for rule in known.catalogue.rules:
        for key, codes in (("source", (rule.source,)), ("targets", rule.targets)):
            for code in codes:
                if not known.is_known(code):
                    yield from unknown(known, rule, key, text.T("l’offre"), code)
    yield from _of_tariffs(known)


def unknown(known: index.Index, made: object, key: str, what: text.T, code: str) -> Iterator[problems.Problem]:
    """Report the name of something that does not exist, unless it is there with mistakes of its own."""
    if code in known.reading.left_out:
        return
    yield known.problem(
        made,
        key,
        "reference.unknown",
        text.T("« {code} » : {what} n’existe pas.", what=what, code=code),
        text.T("Vérifiez le code, ou décrivez ce qu’il désigne dans le dossier."),
    )


def _of_offering(known: index.Index, offering: content.OfferingContent) -> Iterator[problems.Problem]:
    if offering.specification not in known.specifications:
        yield from unknown(known, offering, "specification", text.T("la spécification"), offering.specification)
    if offering.tariff is not None and offering.tariff not in known.tariffs:
        yield from unknown(known, offering, "tariff", text.T("le tarif"), offering.tariff)
    for allowance in offering.allowances:
        yield from zones(known, allowance, "zones", allowance.zones, "destination")
        yield from zones(known, allowance, "origin_zones", allowance.origin_zones, "roaming")
    for member in offering.members:
        if member.code not in known.offerings:
            yield from unknown(known, member, "code", text.T("l’offre"), member.code)
    for tier in offering.discount_tiers:
        for code in tier.target_codes:
            if code not in known.offerings:
                yield from unknown(known, tier, "target_codes", text.T("l’offre"), code)


def zones(known: index.Index, made: object, key: str, codes: Iterable[str], kind: str) -> Iterator[problems.Problem]:
    """Report the zones that do not exist, or that are not of the sort wanted."""
    for code in codes:
        zone = known.zones.get(code)
        if zone is None:
            yield from unknown(known, made, key, text.T("la zone"), code)
        elif zone.kind != kind:
            yield known.problem(
                made,
                key,
                "zone.kind",
                text.T("La zone « {code} » est de sorte « {kind} », « {wanted} » est attendu ici.", code=code, kind=zone.kind, wanted=kind),
                text.T("Nommez une zone de la bonne sorte."),
            )


def _of_tariffs(known: index.Index) -> Iterator[problems.Problem]:
    catalogue = known.catalogue
    for tariff in catalogue.tariffs:
        if tariff.calendar_code not in known.bands:
            yield from unknown(known, tariff, "calendar_code", text.T("le calendrier"), tariff.calendar_code)
        if tariff.based_on is not None and tariff.based_on not in known.tariffs:
            yield from unknown(known, tariff, "based_on", text.T("le tarif"), tariff.based_on)
    for holiday in catalogue.holidays:
        if holiday.calendar_code not in known.bands:
            yield from unknown(known, holiday, "calendar_code", text.T("le calendrier"), holiday.calendar_code)
    for prefix in catalogue.prefixes:
        yield from zones(known, prefix, "zone_code", (prefix.zone_code,), "destination")
    for network in catalogue.networks:
        yield from zones(known, network, "zone_code", (network.zone_code,), "roaming")
    for rate in catalogue.rates:
        yield from _of_rate(known, rate)


def _of_rate(known: index.Index, rate: records.RateRecord) -> Iterator[problems.Problem]:
    tariff = known.tariffs.get(rate.tariff_code)
    if tariff is None:
        yield from unknown(known, rate, "tariff_code", text.T("le tarif"), rate.tariff_code)
    elif rate.band_code and _lacks_band(known, tariff.calendar_code, rate.band_code):
        yield from unknown(known, rate, "band_code", text.T("la plage horaire"), rate.band_code)
    if rate.origin_zone != index.ANY:
        yield from zones(known, rate, "origin_zone", (rate.origin_zone,), "roaming")
    if rate.destination_zone not in {index.ANY, content.INCOMING}:
        yield from zones(known, rate, "destination_zone", (rate.destination_zone,), "destination")


def _lacks_band(known: index.Index, calendar: str, band: str) -> bool:
    """Tell whether a calendar that could be read lacks a band."""
    return calendar in known.bands and content.BAND.name_fr not in known.reading.broken and band not in known.bands[calendar]
