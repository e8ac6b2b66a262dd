"""A catalogue of a few lines that is right, and a way to make one thing of it wrong."""

# ruff: noqa: E501 - lines of catalogue files are shown as they are written

from __future__ import annotations

from come.catalogue.files import checks, problems, reading

FILES = {
    "catalogue.yaml": """\
format: come-catalogue-1
operator: Petit Opérateur
currency: EUR
home_zone: R-FR
""",
    "offers.yaml": """\
specifications:
  - code: SPEC
    name_fr: Ligne
offerings:
  - code: PLAN-A
    name_fr: Forfait A
    kind: plan
    specification: SPEC
    valid_from: 2026-01-01
    valid_to: 2026-07-01
    tariff: T
    prices:
      - {code: ABO, price_type: recurring, amount: 10.00, name_fr: Abonnement}
    allowances:
      - {code: DATA, name_fr: Internet, service: data, quantity: 1000, unit: bytes, origin_zones: [R-FR]}
    terms:
      - commitment_months: 24
        notice_days: 30
        early_termination:
          - {from_month: 0, percentage: 100}
          - {from_month: 12, percentage: 20}
  - code: PLAN-A
    version: 2
    name_fr: Forfait A
    kind: plan
    specification: SPEC
    valid_from: 2026-07-01
    tariff: T
    prices:
      - {code: ABO, price_type: recurring, amount: 11.00, name_fr: Abonnement}
  - code: PLAN-B
    name_fr: Forfait B
    kind: plan
    specification: SPEC
    valid_from: 2026-01-01
    tariff: T
    prices:
      - {code: ABO, price_type: recurring, amount: 20.00, name_fr: Abonnement}
  - code: OPT-A
    name_fr: Option A
    kind: option
    specification: SPEC
    valid_from: 2026-01-01
    prices:
      - {code: ABO, price_type: recurring, amount: 2.00, name_fr: Option}
  - code: OPT-B
    name_fr: Option B
    kind: option
    specification: SPEC
    valid_from: 2026-01-01
    is_free: true
  - code: LOT
    name_fr: Offre groupée
    kind: bundle
    specification: SPEC
    valid_from: 2026-01-01
    members:
      - {code: PLAN-B, minimum: 1, maximum: 5, default: 1}
      - {code: OPT-A, minimum: 0, maximum: 5, default: 0}
  - code: REMISE
    name_fr: Remise
    kind: discount
    specification: SPEC
    valid_from: 2026-01-01
    discount_tiers:
      - {minimum_quantity: 10, price_type: recurring, percentage: 5, target_kinds: [plan], text_fr: Cinq pour cent.}
""",
    "rules.yaml": """\
rules:
  - code: R-1
    kind: requires
    source: OPT-A
    targets: ["kind:plan"]
    valid_from: 2026-01-01
    message_fr: L’option demande un forfait.
""",
    "tariffs.yaml": """\
zones:
  - {code: FR, kind: destination, name_fr: France}
  - {code: R-FR, kind: roaming, name_fr: En France}
bands:
  - {calendar_code: CAL, band_code: HP, name_fr: Pleines, days: [mon, tue, wed, thu, fri], start_minute: "08:00", end_minute: "20:00"}
  - {calendar_code: CAL, band_code: HC, name_fr: Creuses, days: [mon, tue, wed, thu, fri], start_minute: "00:00", end_minute: "08:00"}
  - {calendar_code: CAL, band_code: HC, name_fr: Creuses, days: [mon, tue, wed, thu, fri], start_minute: "20:00", end_minute: "24:00"}
  - {calendar_code: CAL, band_code: HC, name_fr: Creuses, days: [sat, sun, holiday], start_minute: "00:00", end_minute: "24:00"}
holidays:
  - {calendar_code: CAL, day: 2026-05-01, name_fr: Fête du travail}
tariffs:
  - {code: T-BASE, name_fr: Base, calendar_code: CAL}
  - {code: T, name_fr: Tarif, calendar_code: CAL, based_on: T-BASE}
""",
    "prefixes.csv": """\
prefix,zone_code,name_fr,country,valid_from,valid_to
33,FR,France,FR,2026-01-01,
336,FR,France mobiles,FR,2026-01-01,
""",
    "networks.csv": """\
mcc,mnc,name_fr,country,zone_code,valid_from,valid_to
208,01,Réseau,FR,R-FR,2026-01-01,
""",
    "rates.csv": """\
tariff_code,service,origin_zone,destination_zone,band_code,price_eur,price_quantity,first_increment,next_increment,valid_from,valid_to
T-BASE,voice,R-FR,FR,HP,0.10,60,1,1,2026-01-01,
T-BASE,voice,R-FR,FR,HC,0.05,60,1,1,2026-01-01,
T-BASE,voice,R-FR,INCOMING,,0,60,1,1,2026-01-01,
T,data,R-FR,ANY,,0.002,1000000,1000,1000,2026-01-01,
""",
    "agreements.yaml": """\
agreement_templates:
  - code: ACC
    name_fr: Accord
    duration_months: 24
    clauses:
      - {number: "1", kind: amount, target_kind: price, offering_code: PLAN-B, price_code: ABO, amount: 18.00, text_fr: Dix-huit euros.}
      - {number: "2", kind: percentage, target_kind: offering_kind, offering_kind: plan, price_type: recurring, percentage: 5, text_fr: Cinq pour cent.}
      - {number: "3", kind: amount, target_kind: tariff_zone, service: voice, zone_code: FR, amount: 0.01, text_fr: Un centime.}
""",
}


def check(files: dict[str, str | bytes]) -> list[problems.Problem]:
    """Return the mistakes of a folder given as texts."""
    raw = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    return checks.check(*reading.read_files(raw))


def changed(path: str, *changes: tuple[str, str]) -> dict[str, str | bytes]:
    """Return the folder with some texts of one file replaced; each text must be there."""
    text = FILES[path]
    for before, after in changes:
        assert text.count(before) >= 1, before
        text = text.replace(before, after, 1)
    return {**FILES, path: text}


def line_of(files: dict[str, str | bytes], path: str, piece: str) -> int:
    """Return the line of a file that holds a text; "text#2" asks for the second such line."""
    content = files[path]
    assert isinstance(content, str)
    text, _, rank = piece.partition("#")
    lines = [number for number, line in enumerate(content.splitlines(), start=1) if text in line]
    return lines[int(rank or 1) - 1]
