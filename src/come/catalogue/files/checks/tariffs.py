"""Usage prices: no circle of tariffs, whole days, every destination priced."""

from __future__ import annotations

import collections
import datetime as dt
from collections.abc import Iterator

from come.catalogue import records
from come.catalogue.files import content, problems
from come.catalogue.files.checks import index
from come.shared import formatting, text

DAY_MINUTES = 24 * 60
_SHOWN = 5


def check(known: index.Index) -> Iterator[problems.Problem]:
    """Report tariffs that could leave a call without a price.

    A tariff prices a call when it has a rate for its zones; otherwise the tariff that it is based on does.
    """
    if not {content.BAND.name_fr, content.HOLIDAY.name_fr} & known.reading.broken:
        yield from _calendars(known)
    yield from _increments(known)
    chains = {}
    for tariff in known.catalogue.tariffs:
        chain = lineage(known.tariffs, tariff.code)
        if chain is None:
            yield known.problem(
                tariff,
                "based_on",
                "tariff.cycle",
                text.T("Le tarif « {code} » s’appuie sur lui-même.", code=tariff.code),
                text.T("Corrigez « based_on » : un tarif s’appuie sur un tarif plus général."),
            )
        else:
            chains[tariff.code] = chain
    if not {content.RATE.name_fr, content.TARIFF.name_fr, content.ZONE.name_fr, content.BAND.name_fr} & known.reading.broken:
        yield from _coverage(known, chains)


def lineage(tariffs: dict[str, records.TariffRecord], code: str) -> list[str] | None:
    """Return a tariff and those it is based on, nearest first; None when it comes back to itself."""
    chain: list[str] = []
    following: str | None = code
    while following is not None and following in tariffs:
        if following in chain:
            return None
        chain.append(following)
        following = tariffs[following].based_on
    return chain


def _calendars(known: index.Index) -> Iterator[problems.Problem]:
    by_day: dict[tuple[str, str], list[records.TimeBandRecord]] = collections.defaultdict(list)
    for band in known.catalogue.bands:
        for day in band.days:
            by_day[band.calendar_code, day].append(band)
    for calendar in known.bands:
        for day in content.DAYS:
            yield from _day(known, calendar, day, by_day[calendar, day])


def _day(known: index.Index, calendar: str, day: str, bands: list[records.TimeBandRecord]) -> Iterator[problems.Problem]:
    reached = 0
    for band in sorted(bands, key=lambda item: item.start_minute):
        if band.start_minute != reached:
            yield _broken_day(known, band, calendar, day)
            return
        reached = band.end_minute
    if reached != DAY_MINUTES:
        anchor = bands[-1] if bands else next(band for band in known.catalogue.bands if band.calendar_code == calendar)
        yield _broken_day(known, anchor, calendar, day)


def _broken_day(known: index.Index, band: records.TimeBandRecord, calendar: str, day: str) -> problems.Problem:
    return known.problem(
        band,
        "start_minute",
        "calendar.incomplete",
        text.T(
            "Dans le calendrier « {calendar} », les plages du jour « {day} » ne couvrent pas exactement 00:00 à 24:00.",
            calendar=calendar,
            day=day,
        ),
        text.T("Chaque jour (mon à sun, et holiday) doit être couvert une fois, sans trou ni chevauchement."),
    )


def _increments(known: index.Index) -> Iterator[problems.Problem]:
    for rate in known.catalogue.rates:
        for key in ("price_quantity", "first_increment", "next_increment"):
            if getattr(rate, key) < 1:
                yield known.problem(
                    rate,
                    key,
                    "rate.increment",
                    text.T("« {key} » vaut {value}.", key=key, value=getattr(rate, key)),
                    text.T("Écrivez au moins 1 (seconde, octet ou acte)."),
                )
        if rate.maximum_charge_eur is not None and rate.maximum_charge_eur < rate.minimum_charge_eur:
            yield known.problem(
                rate,
                "maximum_charge_eur",
                "rate.bounds",
                text.T("Le montant maximal d’un acte est inférieur au montant minimal."),
                text.T("Corrigez l’un des deux montants."),
            )


def _coverage(known: index.Index, chains: dict[str, list[str]]) -> Iterator[problems.Problem]:
    by_tariff: dict[str, list[records.RateRecord]] = collections.defaultdict(list)
    for rate in known.catalogue.rates:
        by_tariff[rate.tariff_code].append(rate)
    destinations = sorted({content.INCOMING, *(zone.code for zone in known.catalogue.zones if zone.kind == "destination")})
    origins = sorted(zone.code for zone in known.catalogue.zones if zone.kind == "roaming")
    used = {offering.tariff for offering in known.catalogue.offerings if offering.tariff}
    for code in sorted(used & set(chains)):
        services = {rate.service for name in chains[code] for rate in by_tariff[name]}
        if not services:
            yield _unpriced(known, known.tariffs[code], code, [text.T("tous les services")])
        for service in sorted(services):
            pairs = [(origin, destination) for origin in origins for destination in ([index.ANY] if service == "data" else destinations)]
            missing = _missing(known, chains[code], by_tariff, service, pairs)
            if missing:
                yield _unpriced(known, known.tariffs[code], code, missing)
            else:
                yield from _holes(known, chains[code], by_tariff, service, pairs)


def _holes(
    known: index.Index,
    chain: list[str],
    by_tariff: dict[str, list[records.RateRecord]],
    service: str,
    pairs: list[tuple[str, str]],
) -> Iterator[problems.Problem]:
    """Report the first day on which an offer is sold while a usage of its tariff has no price."""
    sold = [index.Days.of(one) for one in known.catalogue.offerings if one.tariff == chain[0] and one.approval == "approved"]
    rates = [rate for name in chain for rate in by_tariff[name] if rate.service == service]
    # What was sold before the catalogue has any usage price is history that it does not tell.
    beginning = min((rate.valid_from for rate in known.catalogue.rates), default=dt.date.min)
    days = {max(one.start, beginning) for one in sold} | {
        rate.valid_to for rate in rates if rate.valid_to is not None and any(one.start <= rate.valid_to < one.end for one in sold)
    }
    if all(rate.valid_to is None and rate.valid_from <= min(days, default=rate.valid_from) for rate in rates):
        return
    for day in sorted(days):
        in_force = {name: [rate for rate in by_tariff[name] if index.Days.of(rate).holds(day)] for name in chain}
        missing = _missing(known, chain, in_force, service, pairs)
        if missing:
            yield known.problem(
                known.tariffs[chain[0]],
                "code",
                "rate.hole",
                text.T(
                    "Le {day}, le tarif « {code} » est vendu et laisse {count} usage(s) sans prix : {missing}.",
                    day=formatting.day(day),
                    code=chain[0],
                    count=len(missing),
                    missing=", ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else ""),
                ),
                text.T("Faites commencer ces prix plus tôt, prolongez-les, ou ne vendez l’offre qu’avec eux."),
            )
            return


def _missing(
    known: index.Index,
    chain: list[str],
    by_tariff: dict[str, list[records.RateRecord]],
    service: str,
    pairs: list[tuple[str, str]],
) -> list[str]:
    priced: dict[tuple[str, str, str], set[str]] = collections.defaultdict(set)
    for code in chain:
        for rate in by_tariff[code]:
            if rate.service == service:
                priced[code, rate.origin_zone, rate.destination_zone].add(rate.band_code)
    missing = []
    for origin, destination in pairs:
        fits = ((origin, destination), (origin, index.ANY), (index.ANY, destination), (index.ANY, index.ANY))
        found = next(((code, priced[code, *pair]) for code in chain for pair in fits if (code, *pair) in priced), None)
        if found is None or ("" not in found[1] and not known.bands.get(known.tariffs[found[0]].calendar_code, set()) <= found[1]):
            missing.append(f"{service} {origin} → {destination}")
    return missing


def _unpriced(known: index.Index, tariff: records.TariffRecord, code: str, missing: list[str] | list[text.T]) -> problems.Problem:
    shown = ", ".join(missing[:_SHOWN]) + (" …" if len(missing) > _SHOWN else "")
    return known.problem(
        tariff,
        "code",
        "rate.missing",
        text.T("Le tarif « {code} » laisse {count} usage(s) sans prix : {missing}.", code=code, count=len(missing), missing=shown),
        text.T("Ajoutez ces prix à rates.csv, ou appuyez le tarif sur un autre (« based_on ») : un usage sans prix n’est jamais gratuit."),
    )
