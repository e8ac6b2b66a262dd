"""What makes a well-formed price book wrong: holes, overlaps, unknown names. Every mistake at once, in SQL."""

from __future__ import annotations

import duckdb

from come.shared import text
from come.usage.rating import calendars, pricebook, tables

_LIMIT = 100
_PERIODS_OVERLAP = "a.valid_from < coalesce(b.valid_to, DATE '9999-12-31') AND b.valid_from < coalesce(a.valid_to, DATE '9999-12-31')"
_SERVICES = ", ".join(f"'{service}'" for service in tables.SERVICES)
_SCOPES = ", ".join(f"'{scope}'" for scope in tables.SCOPES)
_UNIT_OF = "CASE service " + " ".join(f"WHEN '{service}' THEN '{unit}'" for service, unit in tables.UNITS.items()) + " END"

# (table, SQL that yields (row number, detail) for each mistake, sentence)
_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "parameters",
        "SELECT row_number, value FROM book_parameters WHERE name = 'currency' AND value <> 'EUR'",
        text.noop("La devise « {detail} » n’est pas l’euro : un livre de prix n’a qu’une devise, EUR."),
    ),
    (
        "zones",
        "SELECT max(row_number), zone_code FROM book_zones GROUP BY zone_code HAVING count(*) > 1",
        text.noop("La zone « {detail} » est écrite deux fois."),
    ),
    (
        "prefixes",
        "SELECT row_number, prefix FROM book_prefixes WHERE NOT regexp_full_match(prefix, '#?[0-9]{1,15}')",
        text.noop("L’indicatif « {detail} » doit être fait de chiffres seuls (ou de « # » et d’un numéro court)."),
    ),
    (
        "prefixes",
        "SELECT row_number, zone_code FROM book_prefixes WHERE zone_code NOT IN (SELECT zone_code FROM book_zones)",
        text.noop("La zone « {detail} » n’existe pas."),
    ),
    (
        "prefixes",
        f"""SELECT b.row_number, a.prefix FROM book_prefixes a JOIN book_prefixes b ON a.prefix = b.prefix AND a.row_number < b.row_number
            WHERE {_PERIODS_OVERLAP}""",
        text.noop("L’indicatif « {detail} » a deux zones pour un même jour."),
    ),
    (
        "networks",
        "SELECT row_number, zone_code FROM book_networks WHERE zone_code NOT IN (SELECT zone_code FROM book_zones)",
        text.noop("La zone « {detail} » n’existe pas."),
    ),
    (
        "networks",
        f"""SELECT b.row_number, a.mccmnc FROM book_networks a JOIN book_networks b ON a.mccmnc = b.mccmnc AND a.row_number < b.row_number
            WHERE {_PERIODS_OVERLAP}""",
        text.noop("Le réseau « {detail} » a deux zones pour un même jour."),
    ),
    (
        "tariffs",
        "SELECT row_number, calendar_code FROM book_tariffs WHERE calendar_code NOT IN (SELECT calendar_code FROM book_bands)",
        text.noop("Le calendrier « {detail} » n’a aucune plage horaire."),
    ),
    (
        "tariffs",
        "SELECT row_number, based_on FROM book_tariffs WHERE based_on NOT IN (SELECT tariff_code FROM book_tariffs)",
        text.noop("Le tarif « {detail} » n’existe pas."),
    ),
    (
        "tariffs",
        """WITH RECURSIVE chain AS (
             SELECT tariff_code AS origin, based_on AS reached, 1 AS depth FROM book_tariffs WHERE based_on IS NOT NULL
             UNION ALL
             SELECT chain.origin, t.based_on, depth + 1 FROM chain JOIN book_tariffs t ON t.tariff_code = chain.reached
             WHERE t.based_on IS NOT NULL AND depth <= (SELECT count(*) FROM book_tariffs)
           ) SELECT DISTINCT t.row_number, origin FROM chain JOIN book_tariffs t ON t.tariff_code = origin WHERE reached = origin""",
        text.noop("Le tarif « {detail} » s’appuie sur lui-même."),
    ),
    (
        "rates",
        "SELECT row_number, tariff_code FROM book_rates WHERE tariff_code NOT IN (SELECT tariff_code FROM book_tariffs)",
        text.noop("Le tarif « {detail} » n’existe pas."),
    ),
    (
        "rates",
        f"SELECT row_number, service FROM book_rates WHERE service NOT IN ({_SERVICES})",
        text.noop("Le service « {detail} » n’existe pas."),
    ),
    (
        "rates",
        """SELECT row_number, zone FROM (
             SELECT row_number, origin_zone AS zone FROM book_rates UNION ALL SELECT row_number, destination_zone FROM book_rates
           ) WHERE zone NOT IN ('ANY', 'INCOMING') AND zone NOT IN (SELECT zone_code FROM book_zones)""",
        text.noop("La zone « {detail} » n’existe pas."),
    ),
    (
        "rates",
        """SELECT r.row_number, r.band_code FROM book_rates r JOIN book_tariffs t USING (tariff_code)
           WHERE r.band_code IS NOT NULL AND NOT EXISTS (
             SELECT 1 FROM book_bands b WHERE b.calendar_code = t.calendar_code AND b.band_code = r.band_code)""",
        text.noop("La plage « {detail} » n’existe pas dans le calendrier du tarif."),
    ),
    (
        "rates",
        """SELECT row_number, tariff_code FROM book_rates WHERE price_micro_eur NOT BETWEEN 0 AND 1000000000000
           OR price_quantity NOT BETWEEN 1 AND 1000000000000 OR first_increment < 1
           OR next_increment < 1 OR connection_fee_micro_eur < 0 OR minimum_charge_micro_eur < 0
           OR maximum_charge_micro_eur < minimum_charge_micro_eur""",
        text.noop("Un prix du tarif « {detail} » est impossible : prix négatif, palier nul, ou maximum sous le minimum."),
    ),
    (
        "rates",
        f"""SELECT b.row_number, a.tariff_code FROM book_rates a JOIN book_rates b
            ON a.tariff_code = b.tariff_code AND a.service = b.service AND a.origin_zone = b.origin_zone
            AND a.destination_zone = b.destination_zone AND coalesce(a.band_code, '') = coalesce(b.band_code, '')
            AND a.row_number < b.row_number WHERE {_PERIODS_OVERLAP}""",
        text.noop("Le tarif « {detail} » a deux prix pour le même usage le même jour."),
    ),
    (
        "allowances",
        "SELECT max(row_number), allowance_code FROM book_allowances GROUP BY allowance_code HAVING count(*) > 1",
        text.noop("Le forfait inclus « {detail} » est écrit deux fois."),
    ),
    (
        "allowances",
        f"""SELECT row_number, allowance_code FROM book_allowances
            WHERE service NOT IN ({_SERVICES}) OR scope NOT IN ({_SCOPES}) OR unit <> {_UNIT_OF}""",
        text.noop("Le forfait inclus « {detail} » a un service, une unité ou une portée impossible."),
    ),
    (
        "subscriptions",
        """SELECT row_number, tariff_code FROM book_subscriptions
           WHERE tariff_code IS NOT NULL AND tariff_code NOT IN (SELECT tariff_code FROM book_tariffs)""",
        text.noop("Le tarif « {detail} » n’existe pas."),
    ),
    (
        "subscriptions",
        """SELECT row_number, allowance_code FROM book_subscriptions WHERE allowance_code IS NOT NULL
           AND allowance_code NOT IN (SELECT allowance_code FROM book_allowances)""",
        text.noop("Le forfait inclus « {detail} » n’existe pas."),
    ),
    (
        "subscriptions",
        "SELECT row_number, allowance_code FROM book_subscriptions WHERE allowance_code IS NOT NULL AND (quantity IS NULL OR quantity < 0)",
        text.noop("La quantité du forfait inclus « {detail} » manque ou est négative."),
    ),
    (
        "subscriptions",
        """SELECT row_number, msisdn FROM book_subscriptions
           WHERE line_id IS NOT NULL AND (msisdn IS NULL OR NOT regexp_full_match(msisdn, '[+][1-9][0-9]{6,14}'))""",
        text.noop("Le numéro de la ligne doit être écrit au format international (+33…)."),
    ),
    (
        "subscriptions",
        """WITH spans AS (
             SELECT msisdn, line_id, account_id, min(row_number) AS row_number, min(valid_from) AS start_at,
                    max(coalesce(valid_to, TIMESTAMP '9999-12-31')) AS end_at
             FROM book_subscriptions WHERE line_id IS NOT NULL GROUP BY ALL
           ) SELECT b.row_number, a.msisdn FROM spans a JOIN spans b ON a.msisdn = b.msisdn AND a.row_number < b.row_number
             WHERE a.start_at < b.end_at AND b.start_at < a.end_at""",
        text.noop("Le numéro {detail} est sur deux lignes, ou deux comptes, au même moment."),
    ),
    (
        "overrides",
        """SELECT row_number, clause FROM book_overrides
           WHERE scope NOT IN ('account', 'company') OR kind NOT IN ('amount', 'percentage', 'refused')
           OR (list_price_micro_eur IS NULL) <> (list_price_quantity IS NULL)
           OR (kind = 'amount' AND (price_micro_eur IS NULL OR price_micro_eur NOT BETWEEN 0 AND 1000000000000
             OR price_quantity IS NULL OR price_quantity NOT BETWEEN 1 AND 1000000000000))
           OR (kind = 'percentage' AND (percentage IS NULL OR percentage < 0 OR percentage > 100
             OR percentage * 10000 <> floor(percentage * 10000)))""",
        text.noop("La clause « {detail} » ne donne ni montant ni pourcentage valable."),
    ),
    (
        "overrides",
        f"""SELECT b.row_number, a.clause FROM book_overrides a JOIN book_overrides b
            ON a.scope = b.scope AND a.scope_id = b.scope_id AND a.tariff_code IS NOT DISTINCT FROM b.tariff_code
            AND a.service IS NOT DISTINCT FROM b.service AND a.origin_zone IS NOT DISTINCT FROM b.origin_zone
            AND a.destination_zone IS NOT DISTINCT FROM b.destination_zone
            AND a.list_price_micro_eur IS NOT DISTINCT FROM b.list_price_micro_eur
            AND a.list_price_quantity IS NOT DISTINCT FROM b.list_price_quantity
            AND a.row_number < b.row_number WHERE {_PERIODS_OVERLAP}""",
        text.noop("La clause « {detail} » a une rivale pour le même usage le même jour."),
    ),
)


def check(connection: duckdb.DuckDBPyConnection) -> list[pricebook.Problem]:
    """Return every mistake of the loaded book's values (at most 100 per rule)."""
    found: list[pricebook.Problem] = []
    for table, query, sentence in _RULES:
        rows = connection.execute(f"SELECT * FROM ({query}) ORDER BY 1 LIMIT {_LIMIT}").fetchall()
        found += [pricebook.Problem(table, int(row), text.T(sentence, detail=detail)) for row, detail in rows]
    return found + _periods(connection) + _calendars(connection) + _home(connection)


def _periods(connection: duckdb.DuckDBPyConnection) -> list[pricebook.Problem]:
    found = []
    for table in ("prefixes", "networks", "rates", "subscriptions", "overrides"):
        rows = connection.execute(f"SELECT row_number FROM book_{table} WHERE valid_to < valid_from ORDER BY 1 LIMIT {_LIMIT}").fetchall()
        found += [pricebook.Problem(table, int(row), text.T("La validité finit avant de commencer.")) for (row,) in rows]
    return found


def _calendars(connection: duckdb.DuckDBPyConnection) -> list[pricebook.Problem]:
    rows = connection.execute("SELECT calendar_code, band_code, days, start_minute, end_minute FROM book_bands").fetchall()
    found = []
    for calendar, bands in calendars.parse_bands(rows).items():
        for day in (*tables.DAYS, tables.HOLIDAY):
            reached = 0
            for band in sorted((band for band in bands if day in band.days), key=lambda band: band.start_minute):
                reached = band.end_minute if band.start_minute == reached and band.end_minute > reached else -1
            if reached != calendars.DAY_MINUTES:
                sentence = text.T(
                    "Dans le calendrier « {calendar} », le jour « {day} » n’est pas couvert une fois de 0 à 1440.",
                    calendar=calendar,
                    day=day,
                )
                found.append(pricebook.Problem("bands", 0, sentence))
    return found


def _home(connection: duckdb.DuckDBPyConnection) -> list[pricebook.Problem]:
    row = pricebook.one(connection, "SELECT max(value) FROM book_parameters WHERE name = 'home_zone'")
    home = None if row is None else row[0]
    known = pricebook.one(connection, "SELECT count(*) FROM book_zones WHERE zone_code = ?", [home])
    if home is not None and known and known[0]:
        return []
    return [pricebook.Problem("parameters", 0, text.T("« home_zone » manque, ou n’est pas une zone du livre de prix."))]
