"""Every rule of a catalogue: the mistake that breaks it, where it is said, and nothing else said beside it."""

# ruff: noqa: E501 - lines of catalogue files are shown as they are written

from __future__ import annotations

import pathlib
import re

import pytest

import small_catalogue as small
from come.catalogue.files import checks, reading

OF, T, R, P, N, C, A, H = (
    "offers.yaml",
    "tariffs.yaml",
    "rules.yaml",
    "prefixes.csv",
    "networks.csv",
    "rates.csv",
    "agreements.yaml",
    "catalogue.yaml",
)
PLAN_B = "code: PLAN-B\n    name_fr: Forfait B\n    kind: plan\n    specification: SPEC\n    valid_from: 2026-01-01\n"
ABO_20 = "      - {code: ABO, price_type: recurring, amount: 20.00, name_fr: Abonnement}\n"
RULE = "  - code: R-1\n"

# What is changed (file, texts), what is found (rule, a text of the line where it is said).
CASES = {
    "unknown key": (OF, [("    kind: plan\n", "    kind: plan\n    couleur: bleu\n")], "key.unknown", "couleur"),
    "unknown list": (R, [("rules:", "regles:")], "key.unknown", "regles:"),
    "key twice": (OF, [("    version: 2\n", "    version: 2\n    version: 3\n")], "key.duplicate", "version: 3"),
    "missing key": (OF, [("amount: 20.00, ", "")], "key.missing", "{code: ABO, price_type: recurring, name_fr"),
    "missing column": (P, [("prefix,zone_code", "prefixe,zone_code")], "key.unknown", "prefixe"),
    "broken row": (P, [("33,FR,France,FR", "33,FR,France")], "file.columns", "33,FR,France,2026"),
    "broken yaml": (R, [("rules:", "rules: [")], "file.syntax", None),
    "an object where a text is awaited": (OF, [("name_fr: Forfait B", "name_fr: {a: b}")], "value.type", "{a: b}"),
    "a list where an object is awaited": (R, [(RULE, "  - [a]\n" + RULE)], "value.type", "[a]"),
    "decimal comma": (OF, [("amount: 20.00", "amount: '20,00'")], "value.number", "20,00"),
    "seven decimals": (OF, [("amount: 20.00", "amount: 20.0000001")], "value.number", "20.0000001"),
    "negative amount": (OF, [("amount: 20.00", "amount: -20.00")], "value.negative", "-20.00"),
    "not a date": (OF, [(PLAN_B, PLAN_B.replace("2026-01-01", "01/01/2026"))], "value.date", "01/01/2026"),
    "no such day": (OF, [(PLAN_B, PLAN_B.replace("2026-01-01", "2026-02-30"))], "value.date", "2026-02-30"),
    "no such kind": (OF, [("kind: bundle", "kind: girafe")], "value.choice", "girafe"),
    "code in small letters": (OF, [("code: REMISE", "code: remise")], "value.code", "remise"),
    "not a boolean": (OF, [("is_free: true", "is_free: peut-être")], "value.boolean", "peut-être"),
    "not an hour": (T, [('"20:00"', '"25:00"')], "value.time", "25:00"),
    "currency": (H, [("EUR", "USD")], "currency.unknown", "USD"),
    "home zone": (H, [("R-FR", "FR")], "reference.unknown", "home_zone"),
    "contract zone": (H, [("home_zone", "contract_zone: Europe/Lutece\nhome_zone")], "reference.unknown", "Lutece"),
    "offer described twice": (OF, [("version: 2", "version: 1")], "code.duplicate", "- code: PLAN-A#2"),
    "price described twice": (OF, [(ABO_20, ABO_20 * 2)], "code.duplicate", "20.00#2"),
    "prefix described twice": (P, [("336,FR", "33,FR")], "period.overlap", "mobiles"),
    "clause number twice": (A, [('number: "2"', 'number: "1"')], "code.duplicate", "Cinq"),
    "end before start": (OF, [("valid_to: 2026-07-01", "valid_to: 2025-07-01")], "period.reversed", "valid_to: 2025"),
    "overlap": (OF, [("valid_from: 2026-07-01", "valid_from: 2026-06-30")], "period.overlap", "2026-06-30"),
    "open version never ended": (OF, [("    valid_to: 2026-07-01\n", "")], "period.overlap", "valid_from: 2026-07-01"),
    "hole": (OF, [("valid_from: 2026-07-01", "valid_from: 2026-07-02")], "period.hole", "2026-07-02"),
    "offers that replace each other": (
        R,
        [
            (
                "rules:\n",
                "rules:\n  - {code: R-8, kind: replaces, source: OPT-A, targets: [OPT-B], valid_from: 2026-01-01, message_fr: Remplace.}\n  - {code: R-9, kind: replaces, source: OPT-B, targets: [OPT-A], valid_from: 2026-01-01, message_fr: Remplace.}\n",
            )
        ],
        "replaces.cycle",
        "R-8",
    ),
    "required but never sold together": (
        OF,
        [
            (
                "    name_fr: Option A\n    kind: option\n    specification: SPEC\n    valid_from: 2026-01-01\n",
                "    name_fr: Option A\n    kind: option\n    specification: SPEC\n    valid_from: 2025-01-01\n    valid_to: 2025-06-01\n",
            )
        ],
        "requires.unsold",
        None,
    ),
    "option that every line excludes": (
        R,
        [
            (
                "rules:\n",
                "rules:\n  - {code: R-8, kind: excludes, source: OPT-B, targets: ['kind:plan'], valid_from: 2026-01-01, message_fr: Exclut.}\n",
            )
        ],
        "option.unreachable",
        None,
    ),
    "option for customers without a line": (
        OF,
        [
            ("    is_free: true\n", "    is_free: true\n    segments: [public]\n"),
            ("    kind: plan\n", "    kind: plan\n    segments: [pme]\n"),
            (PLAN_B, PLAN_B + "    segments: [pme]\n"),
            ("    version: 2\n", "    version: 2\n    segments: [pme]\n"),
            ("    kind: bundle\n", "    kind: bundle\n    segments: [pme]\n"),
        ],
        "option.unreachable",
        "- code: OPT-B",
    ),
    "bundle for other customers than its line": (
        OF,
        [(PLAN_B, PLAN_B + "    segments: [pme]\n")],
        "bundle.eligibility",
        "{code: PLAN-B, minimum: 1",
    ),
    "bundle of another fleet size": (
        OF,
        [(PLAN_B, PLAN_B + "    minimum_fleet: 50\n"), ("    kind: bundle\n", "    kind: bundle\n    maximum_fleet: 10\n")],
        "bundle.eligibility",
        "{code: PLAN-B, minimum: 1",
    ),
    "bundle of another territory": (
        OF,
        [(PLAN_B, PLAN_B + "    territories: [reunion]\n"), ("    kind: bundle\n", "    kind: bundle\n    territories: [metropole]\n")],
        "bundle.eligibility",
        "{code: PLAN-B, minimum: 1",
    ),
    "bundle that breaks a count": (
        R,
        [
            (
                "rules:\n",
                "rules:\n  - {code: R-8, kind: cardinality, source: LOT, targets: [PLAN-B], maximum: 0, scope: quote, valid_from: 2026-01-01, message_fr: Compte.}\n",
            )
        ],
        "bundle.cardinality",
        None,
    ),
    "installed fleet reversed": (
        OF,
        [(PLAN_B, PLAN_B + "    minimum_installed: 9\n    maximum_installed: 2\n")],
        "offering.fleet",
        "maximum_installed",
    ),
    "usage prices that start too late": (
        C,
        [("R-FR,INCOMING,,0,60,1,1,2026-01-01", "R-FR,INCOMING,,0,60,1,1,2026-02-01")],
        "rate.hole",
        None,
    ),
    "usage prices that end too soon": (
        C,
        [("T,data,R-FR,ANY,,0.002,1000000,1000,1000,2026-01-01,", "T,data,R-FR,ANY,,0.002,1000000,1000,1000,2026-01-01,2027-01-01")],
        "rate.hole",
        None,
    ),
    "a name too long": (OF, [("name_fr: Forfait B", "name_fr: " + "a" * 201)], "value.text", "aaaa"),
    "a number too large": (OF, [("notice_days: 30", "notice_days: 99999")], "value.number", "99999"),
    "hole in rates": (
        C,
        [("HP,0.10,60,1,1,2026-01-01,", "HP,0.10,60,1,1,2026-01-01,2026-02-01\nT-BASE,voice,R-FR,FR,HP,0.10,60,1,1,2026-03-01,")],
        "period.hole",
        "2026-03-01",
    ),
    "versions against their dates": (OF, [("    version: 2", "    version: 0")], "version.order", "version: 0"),
    "no price at all": (OF, [("    prices:\n" + ABO_20, "")], "price.missing", "- code: PLAN-B"),
    "no monthly price": (OF, [("recurring, amount: 20.00", "one_off, amount: 20.00")], "price.missing", "prices:#3"),
    "no tariff": (OF, [(PLAN_B + "    tariff: T\n", PLAN_B)], "price.missing", "- code: PLAN-B"),
    "instalments uncounted": (OF, [("recurring, amount: 2.00", "instalment, amount: 2.00")], "price.instalments", "amount: 2.00"),
    "no instalment": (
        OF,
        [("price_type: recurring, amount: 2.00", "price_type: instalment, instalment_count: 0, amount: 2.00")],
        "price.instalments",
        "amount: 2.00",
    ),
    "price of an unknown commitment": (OF, [("amount: 20.00", "commitment_months: 12, amount: 20.00")], "price.commitment", "20.00"),
    "unit of another service": (OF, [("unit: bytes", "unit: seconds")], "allowance.unit", "unit: seconds"),
    "nothing included": (OF, [("quantity: 1000", "quantity: 0")], "allowance.quantity", "quantity: 0"),
    "one allowance, two meanings": (
        OF,
        [(ABO_20, ABO_20 + "    allowances:\n      - {code: DATA, name_fr: Autre, service: data, quantity: 5, unit: bytes}\n")],
        "allowance.conflict",
        "name_fr: Autre",
    ),
    "commitment beyond the law": (OF, [("commitment_months: 24", "commitment_months: 36")], "term.too_long", "36"),
    "exit fees out of order": (OF, [("from_month: 12", "from_month: 0")], "term.steps", "percentage: 20"),
    "exit fee above the whole": (OF, [("percentage: 100", "percentage: 101")], "value.percentage", "101"),
    "impossible fleet": (
        OF,
        [("    is_free: true\n", "    is_free: true\n    minimum_fleet: 10\n    maximum_fleet: 5\n")],
        "offering.fleet",
        "maximum_fleet",
    ),
    "discount without step": (OF, [("kind: discount", "kind: service")], "discount.tiers", "discount_tiers:"),
    "discount of nothing": (OF, [("percentage: 5, ", "")], "discount.value", "Cinq"),
    "discount on nothing": (OF, [("target_kinds: [plan], ", "")], "discount.target", "Cinq"),
    "unknown specification": (OF, [(PLAN_B, PLAN_B.replace("SPEC", "SPECK"))], "reference.unknown", "SPECK"),
    "unknown tariff": (OF, [(PLAN_B + "    tariff: T", PLAN_B + "    tariff: U")], "reference.unknown", "tariff: U"),
    "unknown zone of an allowance": (OF, [("origin_zones: [R-FR]", "origin_zones: [R-DE]")], "reference.unknown", "R-DE"),
    "zone of the wrong sort": (OF, [("origin_zones: [R-FR]", "origin_zones: [FR]")], "zone.kind", "[FR]"),
    "unknown zone of a prefix": (P, [("336,FR", "336,DE")], "reference.unknown", "336"),
    "unknown band": (C, [("FR,HP", "FR,HX\nT-BASE,voice,R-FR,FR,HP")], "file.columns", "HX"),
    "unknown target": (R, [('"kind:plan"', "GIRAFE")], "reference.unknown", "GIRAFE"),
    "unknown source": (R, [("source: OPT-A", "source: GIRAFE")], "reference.unknown", "GIRAFE"),
    "counting without bound": (R, [("kind: requires", "kind: cardinality")], "rule.bounds", "cardinality"),
    "bounds reversed": (R, [("kind: requires", "kind: cardinality\n    minimum: 2\n    maximum: 1")], "rule.bounds", "maximum"),
    "rule on itself": (R, [('"kind:plan"', "OPT-A, OPT-B")], "rule.itself", "OPT-B"),
    "requirements in a circle": (
        R,
        [
            ('"kind:plan"', "OPT-B"),
            (
                "message_fr: L’option demande un forfait.\n",
                "message_fr: Oui.\n  - {code: R-2, kind: requires, source: OPT-B, targets: [OPT-A], valid_from: 2026-01-01, message_fr: Non.}\n",
            ),
        ],
        "requires.cycle",
        "R-2",
    ),
    "required and excluded": (
        R,
        [
            ('"kind:plan"', "OPT-B"),
            (
                "message_fr: L’option demande un forfait.\n",
                "message_fr: Oui.\n  - {code: R-2, kind: excludes, source: OPT-B, targets: [OPT-A], valid_from: 2026-01-01, message_fr: Non.}\n",
            ),
        ],
        "rule.contradiction",
        "targets: [OPT-B]",
    ),
    "bundle of nothing": (
        OF,
        [
            (
                "kind: option\n    specification: SPEC\n    valid_from: 2026-01-01\n    is_free",
                "kind: bundle\n    specification: SPEC\n    valid_from: 2026-01-01\n    is_free",
            )
        ],
        "bundle.members",
        "- code: OPT-B",
    ),
    "impossible counts": (
        OF,
        [("minimum: 0, maximum: 5, default: 0", "minimum: 0, maximum: 5, default: 6")],
        "bundle.counts",
        "default: 6",
    ),
    "unknown member": (OF, [("{code: OPT-A, minimum", "{code: GIRAFE, minimum")], "reference.unknown", "GIRAFE"),
    "member that ends before its bundle": (OF, [(PLAN_B, PLAN_B + "    valid_to: 2027-01-01\n")], "bundle.dates", "{code: PLAN-B"),
    "bundle in itself": (OF, [("{code: OPT-A, minimum", "{code: LOT, minimum")], "bundle.cycle", "members:"),
    "option never choosable in its bundle": (
        R,
        [
            (
                "message_fr: L’option demande un forfait.\n",
                "message_fr: Oui.\n  - {code: R-2, kind: excludes, source: OPT-A, targets: [PLAN-B], valid_from: 2026-01-01, message_fr: Non.}\n",
            )
        ],
        "bundle.impossible_choice",
        None,
    ),
    "tariffs in a circle": (
        T,
        [("{code: T-BASE, name_fr: Base, calendar_code: CAL}", "{code: T-BASE, name_fr: Base, calendar_code: CAL, based_on: T}")],
        "tariff.cycle",
        None,
    ),
    "unknown calendar": (T, [("name_fr: Base, calendar_code: CAL", "name_fr: Base, calendar_code: CALE")], "reference.unknown", "CALE"),
    "a day not covered": (T, [("days: [sat, sun, holiday]", "days: [sat, sun]")], "calendar.incomplete", None),
    "a day covered twice": (T, [('"00:00", end_minute: "08:00"', '"00:00", end_minute: "09:00"')], "calendar.incomplete", None),
    "increment of nothing": (C, [("0.10,60,1,1", "0.10,60,0,1")], "rate.increment", "0.10,60,0"),
    "a destination without price": (C, [("T-BASE,voice,R-FR,INCOMING,,0,60,1,1,2026-01-01,\n", "")], "rate.missing", None),
    "a band without price": (C, [("T-BASE,voice,R-FR,FR,HC,0.05,60,1,1,2026-01-01,\n", "")], "rate.missing", None),
    "clause without target": (A, [("price_code: ABO, ", "")], "clause.target", "Dix-huit"),
    "clause with a target too many": (
        A,
        [("offering_kind: plan, price_type", "offering_kind: plan, zone_code: FR, price_type")],
        "clause.target",
        "Cinq",
    ),
    "clause without value": (A, [("amount: 18.00", "percentage: 18.00")], "clause.value", "Dix-huit"),
    "clause above the whole": (A, [("percentage: 5", "percentage: 500")], "value.percentage", "500"),
    "one amount for a whole kind": (
        A,
        [("kind: percentage, target_kind: offering_kind", "kind: amount, target_kind: offering_kind"), ("percentage: 5", "amount: 5")],
        "clause.value",
        "Cinq",
    ),
    "usage price by number of lines": (A, [("amount: 0.01", "amount: 0.01, minimum_quantity: 10")], "clause.value", "centime"),
    "clause dearer than the list": (A, [("amount: 18.00", "amount: 20.01")], "clause.dearer", "20.01"),
    "usage clause dearer than one of the tariffs": (A, [("amount: 0.01", "amount: 0.06")], "clause.dearer", "0.06"),
    "clause on an unknown offer": (A, [("offering_code: PLAN-B", "offering_code: GIRAFE")], "reference.unknown", "GIRAFE"),
    "clause on an unknown price": (A, [("price_code: ABO", "price_code: ABC")], "reference.unknown", "ABC"),
    "clause on an unknown zone": (A, [("zone_code: FR", "zone_code: DE")], "reference.unknown", "DE"),
    "two clauses on one thing": (
        A,
        [
            (
                '      - {number: "2"',
                '      - {number: "4", kind: amount, target_kind: price, offering_code: PLAN-B, price_code: ABO, amount: 17.00, text_fr: Dix-sept.}\n      - {number: "2"',
            )
        ],
        "clause.ambiguous",
        "Dix-sept",
    ),
}
# A row that is too wide: the case is about the band, so its row is complete.
CASES["unknown band"] = (
    C,
    [("T-BASE,voice,R-FR,FR,HP", "T-BASE,voice,R-FR,FR,HX,0.10,60,1,1,2026-01-01,\nT-BASE,voice,R-FR,FR,HP")],
    "reference.unknown",
    "HX",
)


def test_the_small_folder_is_right():
    assert small.check(dict(small.FILES)) == []


@pytest.mark.parametrize("name", CASES)
def test_each_mistake_is_said_once_where_it_is(name):
    path, changes, code, piece = CASES[name]
    files = small.changed(path, *changes)

    found = small.check(files)

    assert {problem.code for problem in found} - _FOLLOWING.get(name, set()) == {f"catalogue.{code}"}, found
    first = next(problem for problem in found if problem.code == f"catalogue.{code}")
    if piece is not None:
        assert (first.file, first.line) == (path, small.line_of(files, path, piece)), first
    assert first.message.endswith(".")
    assert first.next_step.endswith(".")
    assert "{" not in first.message + first.next_step


# Where one mistake makes another true as well.
_FOLLOWING = {
    "missing column": {"catalogue.key.missing"},
    "offer described twice": {"catalogue.version.order"},
    "end before start": {"catalogue.period.hole"},
    "no price at all": {"catalogue.reference.unknown"},
    "discount without step": {"catalogue.price.missing"},
    "required but never sold together": {"catalogue.bundle.dates", "catalogue.option.unreachable"},
    "hole in rates": {"catalogue.rate.hole"},
    "required and excluded": {"catalogue.bundle.impossible_choice"},
}


def test_all_mistakes_at_once_in_the_order_of_files_and_lines():
    files = {
        **small.changed(OF, ("amount: 20.00", "amount: -20.00"), ("kind: discount", "kind: girafe")),
        H: small.FILES[H].replace("EUR", "USD"),
        P: small.FILES[P].replace("336,FR", "336,DE"),
    }

    found = small.check(files)

    assert [(problem.file, problem.code) for problem in found] == [
        (H, "catalogue.currency.unknown"),
        (OF, "catalogue.value.negative"),
        (OF, "catalogue.value.choice"),
        (P, "catalogue.reference.unknown"),
    ]
    assert found == sorted(found)


def test_an_offer_that_cannot_be_read_does_not_make_those_that_name_it_wrong():
    found = small.check(small.changed(OF, (PLAN_B, PLAN_B.replace("valid_from: 2026-01-01", "valid_from: hier"))))

    assert [problem.code for problem in found] == ["catalogue.value.date"]


@pytest.mark.parametrize(
    ("files", "code", "line"),
    [
        (
            {**small.FILES, "prefixes.csv": small.FILES["prefixes.csv"].replace("France mobiles", "Françe").encode("latin-1")},
            "file.encoding",
            3,
        ),
        ({**small.FILES, "notes.txt": "bonjour"}, "file.unknown", 0),
        ({**small.FILES, "autres.csv": "a,b"}, "file.unknown", 0),
        ({path: text for path, text in small.FILES.items() if path != H}, "file.missing", 0),
        ({**small.FILES, H: ""}, "file.missing", 0),
    ],
)
def test_files_that_cannot_be_read(files, code, line):
    found = small.check(files)

    assert (found[0].code, found[0].line) == (f"catalogue.{code}", line)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(",", ";"),
        lambda text: text + "\n\n",
    ],
)
def test_a_table_from_any_spreadsheet_is_read(change):
    assert small.check({**small.FILES, P: change(small.FILES[P]), C: change(small.FILES[C])}) == []


def test_the_demonstration_is_right(demo_files):
    assert checks.check(*reading.read_files(demo_files)) == []


SUBJECTS = "replaces option file key value code period version price allowance term discount offering reference zone rule requires bundle tariff calendar rate clause currency"


def test_every_rule_is_documented():
    root = pathlib.Path(__file__).resolve().parents[2]
    documented = (root / "docs" / "formats" / "catalogue.md").read_text(encoding="utf-8")
    rule = re.compile(rf'"((?:{SUBJECTS.replace(" ", "|")})\.[a-z_]+)"')
    used = {
        code
        for path in (root / "src" / "come" / "catalogue" / "files").rglob("*.py")
        for code in rule.findall(path.read_text(encoding="utf-8"))
    }

    assert len(used) > 40
    assert {code for code in used if f"`{code}`" not in documented} == set()
