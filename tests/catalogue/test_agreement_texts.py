"""The life of an agreement: written, reviewed by a second person, signed, amended, ended; never worded anew for the past."""

from __future__ import annotations

import copy
import datetime as dt
import hashlib

import pytest

from come.catalogue import commands, models, policies, queries
from come.catalogue.files import agreement_sheets
from come.party import models as party_models
from come.shared import models as shared_models, obstacles

TODAY = dt.date(2026, 11, 2)
START = dt.date(2026, 11, 2)
LATER = dt.date(2027, 2, 1)
SIREN = "732829320"
PLAN = {"subject": "offering:MOB-ILL-50", "price": "recurring", "kind": "amount", "value": "18,90"}
FLEET = {"subject": "offering_kind:plan", "price": "recurring", "kind": "percentage", "value": "10"}


@pytest.fixture(autouse=True)
def _demo(db, demo):
    pass


class Desk:
    """Mona and Petra at work on one agreement."""

    def __init__(self, world, at):
        self.world, self.at = world, at
        self.mona, self.petra = world.people["mona"], world.people["petra"]

    def begin(self, **given):
        values = {"name": "Accord flotte", "legal_unit_id": self.world.company.legal_unit_id, "valid_from": START}
        self.reference, self.text_id = commands.write_agreement(**(values | given), actor=self.mona, at=self.at)
        return self.text_id

    def text(self, text_id=None):
        return queries.agreement_text(text_id=text_id or self.text_id, viewer=self.mona)

    def type(self, text_id=None, *, by=None, seen=None, **parts):
        record = self.text(text_id)
        typed = copy.deepcopy(record.typed)
        for part, value in parts.items():
            typed[part] = {**typed[part], **value} if part == "agreement" else value
        return commands.save_text(
            text_id=record.id, typed=typed, seen=record.revision if seen is None else seen, actor=by or self.mona, at=self.at
        )

    def approve(self, text_id=None):
        commands.submit_text(text_id=text_id or self.text_id, actor=self.mona, at=self.at)
        commands.approve_text(text_id=text_id or self.text_id, actor=self.petra, at=self.at)

    def sign(self, text_id=None, **given):
        return commands.sign_text(text_id=text_id or self.text_id, signed_date=TODAY, actor=self.mona, at=self.at, **given)

    def signed(self, *clauses):
        self.begin()
        self.type(clauses=list(clauses) or [PLAN, FLEET])
        self.approve()
        self.sign()
        return self.reference

    def agreement(self):
        return queries.agreement(reference=self.reference)

    def amend(self, day=LATER):
        return commands.amend_agreement(reference=self.reference, effective_date=day, actor=self.mona, at=self.at)


@pytest.fixture
def desk(world, at):
    return Desk(world, at)


def codes(refused):
    return [one.code for one in refused.value.obstacles]


def test_what_is_typed_becomes_clauses_once_a_second_person_approved_and_it_is_signed(desk):
    desk.begin()
    assert desk.type(clauses=[PLAN, {**FLEET, "minimum_quantity": "50", "number": "7"}]).problems == ()
    assert desk.agreement().clauses == ()
    assert queries.agreements(legal_unit_ids=[desk.world.company.legal_unit_id], at=TODAY) == []
    with pytest.raises(obstacles.Refusal) as refused:
        desk.sign()
    assert codes(refused) == ["catalogue.agreement.text_state"]
    desk.approve()
    document = b"%PDF-1.7 scanned"
    desk.sign(document_name="accord.pdf", document=document)
    found = desk.agreement()
    assert (found.state, found.valid_from, found.valid_to, found.signed_date) == ("signed", START, dt.date(2028, 11, 2), TODAY)
    assert [(one.number, str(one.amount or one.percentage), one.minimum_quantity) for one in found.clauses] == [
        ("1", "18.900000", None),
        ("7", "10.000", 50),
    ]
    assert found.clauses[0].text_fr == "Novaline Illimité 50 Go : l’abonnement à 18,90 € HT."
    assert found.clauses[1].text_fr == "Forfait mobile : 10 % de réduction sur l’abonnement, à partir de 50 lignes."
    assert queries.agreements(legal_unit_ids=[desk.world.company.legal_unit_id], at=TODAY)[0].reference == desk.reference
    assert desk.text().document_sha256 == hashlib.sha256(document).hexdigest()
    assert queries.signed_document(text_id=desk.text_id, viewer=desk.world.people["alice"]) == ("accord.pdf", document)


def test_every_mistake_is_said_beside_its_field_and_nothing_is_lost(desk):
    desk.begin()
    wrong = [
        {**PLAN, "number": "1", "value": "cher"},
        {"subject": "offering:NOWHERE", "price": "recurring", "kind": "amount", "value": "1"},
        {**FLEET, "value": "180"},
        {**PLAN, "number": "1", "value": "99"},
        {"subject": "", "price": "recurring", "kind": "amount", "value": ""},
    ]
    answer = desk.type(clauses=wrong, members=[{"siren": "123456789", "valid_from": "", "valid_to": ""}, {"siren": SIREN}])
    places = {problem.file for problem in answer.problems}
    assert {
        "clauses.0.value",
        "clauses.1.subject",
        "clauses.2.value",
        "clauses.3.number",
        "clauses.4.subject",
        "members.0.siren",
        "members.1.siren",
    } <= places
    assert desk.text().typed["clauses"] == wrong
    with pytest.raises(obstacles.Refusal) as refused:
        commands.submit_text(text_id=desk.text_id, actor=desk.mona, at=desk.at)
    assert len(refused.value.obstacles) == len(answer.problems)
    assert desk.text().state == "draft"


def test_who_wrote_does_not_approve_and_a_text_goes_back_with_its_reason(desk):
    desk.begin()
    desk.type(clauses=[PLAN])
    commands.submit_text(text_id=desk.text_id, actor=desk.mona, at=desk.at)
    with pytest.raises(obstacles.Refusal) as refused:
        commands.approve_text(text_id=desk.text_id, actor=desk.mona, at=desk.at)
    assert codes(refused) == ["catalogue.agreement.own_text"]
    with pytest.raises(obstacles.Refusal):
        commands.send_back_text(text_id=desk.text_id, reason=" ", actor=desk.petra, at=desk.at)
    with pytest.raises(obstacles.Refusal):
        desk.type(clauses=[])
    commands.send_back_text(text_id=desk.text_id, reason="Trop bas.", actor=desk.petra, at=desk.at)
    assert (desk.text().state, desk.text().review_note) == ("draft", "Trop bas.")
    # Petra corrects it herself: now she is one of its authors too.
    desk.type(by=desk.petra, clauses=[{**PLAN, "value": "19,50"}])
    commands.submit_text(text_id=desk.text_id, actor=desk.mona, at=desk.at)
    with pytest.raises(obstacles.Refusal):
        commands.approve_text(text_id=desk.text_id, actor=desk.petra, at=desk.at)


def test_nobody_overwrites_what_another_typed(desk):
    desk.begin()
    seen = desk.text().revision
    desk.type(clauses=[PLAN])
    with pytest.raises(obstacles.Conflict):
        desk.type(by=desk.petra, seen=seen, clauses=[FLEET])
    assert desk.text().typed["clauses"] == [PLAN]


def test_rights_and_visibility(desk, world, at):
    desk.begin()
    with pytest.raises(obstacles.NotAllowed):
        commands.submit_text(text_id=desk.text_id, actor=world.people["alice"], at=at)
    with pytest.raises(obstacles.NotFound):
        queries.agreement_text(text_id=desk.text_id, viewer=world.people["charlie"])
    with pytest.raises(obstacles.NotAllowed):
        commands.write_agreement(name="X", legal_unit_id=world.company.legal_unit_id, valid_from=START, actor=world.people["alice"], at=at)


def test_an_amendment_begins_on_its_day_and_leaves_the_past_as_it_was(desk):
    desk.signed(PLAN, FLEET)
    text_id = desk.amend()
    typed = desk.text(text_id).typed
    assert [row["number"] for row in typed["clauses"]] == ["1", "2"]
    desk.type(
        text_id,
        clauses=[{**typed["clauses"][0], "value": "17.50", "text_fr": ""}, {**PLAN, "subject": "offering:MOB-ILL-20", "value": "12"}],
    )
    desk.approve(text_id)
    desk.sign(text_id)
    found = desk.agreement()
    dated = [(one.number, one.amount, one.valid_from, one.valid_to) for one in found.clauses]
    assert [(number, str(amount) if amount else None, first, end) for number, amount, first, end in dated] == [
        ("1", "18.900000", None, LATER),
        ("2", None, None, LATER),
        ("1/A1", "17.500000", LATER, None),
        ("3", "12.000000", LATER, None),
    ]
    before = policies.clauses_in_force(found.clauses, LATER - dt.timedelta(days=1))
    after = policies.clauses_in_force(found.clauses, LATER)
    assert ([one.number for one in before], [one.number for one in after]) == (["1", "2"], ["1/A1", "3"])
    # The next amendment words the same clause anew, under the next number.
    second = desk.amend(LATER + dt.timedelta(days=30))
    rows = desk.text(second).typed["clauses"]
    assert [row["number"] for row in rows] == ["1/A1", "3"]
    desk.type(second, clauses=[{**rows[0], "value": "17", "text_fr": ""}, rows[1]])
    desk.approve(second)
    desk.sign(second)
    now = policies.clauses_in_force(desk.agreement().clauses, LATER + dt.timedelta(days=30))
    assert [(one.number, str(one.amount)) for one in now] == [("3", "12.000000"), ("1/A2", "17.000000")]
    assert [(one.number, one.state) for one in queries.agreement_texts(agreement_id=found.id)] == [
        (2, "signed"),
        (1, "signed"),
        (0, "signed"),
    ]


def test_an_amendment_that_changes_nothing_leaves_every_clause(desk):
    desk.signed(PLAN, FLEET)
    before = desk.agreement().clauses
    text_id = desk.amend()
    assert queries.text_changes(desk.text(text_id), queries.judged_text(desk.text(text_id).typed), desk.agreement()) == []
    desk.approve(text_id)
    desk.sign(text_id)
    assert desk.agreement().clauses == before


def test_two_texts_are_never_open_at_once_and_the_past_is_not_amended(desk):
    desk.signed()
    text_id = desk.amend(TODAY - dt.timedelta(days=3))
    with pytest.raises(obstacles.Refusal) as refused:
        desk.amend()
    assert codes(refused) == ["catalogue.agreement.text_open"]
    desk.approve(text_id)
    with pytest.raises(obstacles.Refusal) as refused:
        desk.sign(text_id)
    assert codes(refused) == ["catalogue.agreement.amends_past"]
    commands.withdraw_text(text_id=text_id, actor=desk.mona, at=desk.at)
    assert desk.amend() != text_id


def test_an_amendment_never_begins_before_one_that_is_signed(desk):
    desk.signed()
    first = desk.amend()
    desk.type(first, clauses=[{**PLAN, "number": "1", "value": "17"}])
    desk.approve(first)
    desk.sign(first)
    before = desk.agreement()
    second = desk.amend(LATER - dt.timedelta(days=1))
    desk.type(second, clauses=[{**PLAN, "number": "1", "value": "16"}])
    desk.approve(second)

    with pytest.raises(obstacles.Refusal) as refused:
        desk.sign(second)

    assert codes(refused) == ["catalogue.agreement.amends_amended"]
    assert desk.agreement() == before


def test_a_company_named_twice_is_said_before_anything_is_signed(desk):
    desk.begin()
    other = "356000000"

    found = desk.type(
        clauses=[PLAN],
        members=[{"siren": SIREN}, {"siren": "732 829 320"}, {"siren": other, "valid_from": "2027-01-01", "valid_to": "2026-12-01"}],
    ).problems

    assert ("members.1.siren", "catalogue.member.duplicate") in {(one.file, one.code) for one in found}
    assert ("members.2.valid_to", "catalogue.period.reversed") in {(one.file, one.code) for one in found}


@pytest.mark.parametrize(
    ("kind", "value", "sentence", "said"),
    [
        ("amount", "17", "Illimité 50 Go à 18,90 € HT.", "18,90"),
        ("amount", "17,00", "Illimité 50 Go à 17 € HT au lieu de 22,90 €.", None),
        ("amount", "1 250", "À 1\u202f250,00 € HT.", None),
        ("percentage", "12.5", "12,5 % de réduction, soit 5 € au plus.", None),
        ("percentage", "15", "10 % de réduction.", "10"),
        ("amount", "17", "Au prix convenu.", None),
        ("formula", "liste - 5", "5 € de moins.", None),
        ("amount", "cher", "À 18 €.", None),
    ],
)
def test_a_sentence_never_says_another_price_than_its_clause(kind, value, sentence, said):
    assert policies.contradicted_value({"kind": kind, "value": value, "text_fr": sentence}) == said


def test_the_sentence_of_the_price_before_is_said_in_an_amendment(desk):
    desk.signed()
    amendment = desk.amend()
    first, *others = desk.text(amendment).typed["clauses"]

    (problem,) = desk.type(amendment, clauses=[{**first, "value": "17"}, *others]).problems

    assert (problem.file, problem.code) == ("clauses.0.text_fr", "catalogue.clause.sentence")
    assert desk.type(amendment, clauses=[{**first, "value": "17", "text_fr": ""}, *others]).problems == ()


def test_companies_of_the_group_come_and_go_with_amendments(desk, at):
    unit = party_models.LegalUnit.objects.create(legal_name="Fonderies Ventôse", siren=SIREN, created_at=at)
    desk.signed()
    first = desk.amend(LATER)
    desk.type(first, members=[{"siren": "732 829 320", "valid_from": "", "valid_to": ""}])
    desk.approve(first)
    desk.sign(first)
    assert [(one.legal_unit_id, one.valid_from, one.valid_to) for one in desk.agreement().members] == [(unit.id, LATER, None)]
    leaves = LATER + dt.timedelta(days=90)
    second = desk.amend(leaves)
    assert [row["siren"] for row in desk.text(second).typed["members"]] == [SIREN]
    desk.type(second, members=[])
    desk.approve(second)
    desk.sign(second)
    assert desk.agreement().members[0].valid_to == leaves
    assert not desk.agreement().covers(unit.id, leaves)


def test_an_agreement_ends_early_with_its_reason_never_in_the_past_and_never_later(desk):
    desk.signed()
    desk.amend()

    def end(day, reason="Départ du client."):
        commands.end_agreement(reference=desk.reference, end_date=day, reason=reason, actor=desk.mona, at=desk.at)

    for day, reason, expected in (
        (TODAY - dt.timedelta(days=1), "", ["catalogue.agreement.ends_in_past", "catalogue.agreement.no_reason"]),
        (dt.date(2030, 1, 1), "Non.", ["catalogue.agreement.ends_later"]),
    ):
        with pytest.raises(obstacles.Refusal) as refused:
            end(day, reason)
        assert codes(refused) == expected
    end(LATER)
    assert desk.agreement().valid_to == LATER
    assert not desk.agreement().is_in_force(LATER)
    assert models.AgreementText.objects.filter(state="withdrawn").count() == 1
    assert shared_models.EventLog.objects.filter(name="AgreementEnded").count() == 1


def test_a_double_click_signs_once_and_what_is_not_a_pdf_is_refused(desk):
    desk.begin()
    desk.type(clauses=[PLAN])
    desk.approve()
    with pytest.raises(obstacles.Refusal) as refused:
        desk.sign(document_name="photo.png", document=b"\x89PNG")
    assert codes(refused) == ["catalogue.agreement.document"]
    mona = desk.mona.with_request("twice")
    answers = {commands.sign_text(text_id=desk.text_id, signed_date=TODAY, actor=mona, at=desk.at).reference for _ in range(2)}
    assert answers == {desk.reference}
    assert len(desk.agreement().clauses) == 1


def test_a_new_agreement_starts_from_a_template_or_from_another(desk):
    desk.begin(template_code="ACC-PME")
    template = next(one for one in queries.agreement_templates() if one.code == "ACC-PME")
    assert [row["number"] for row in desk.text().typed["clauses"]] == [one.number for one in template.clauses]
    desk.approve()
    desk.sign()
    signed = desk.agreement()
    assert [(one.number, one.kind, one.amount, one.percentage, one.formula) for one in signed.clauses] == [
        (one.number, one.kind, one.amount, one.percentage, one.formula) for one in template.clauses
    ]
    source = desk.reference
    desk.begin(name="Le même", source_reference=source)
    assert (
        desk.text().typed["clauses"]
        == agreement_sheets.typed_of(name="", valid_from=START, valid_to=None, clauses=signed.clauses, commitments=signed.commitments)[
            "clauses"
        ]
    )


def test_every_template_of_the_demonstration_is_read_back_as_it_was(desk):
    for template in queries.agreement_templates():
        typed = agreement_sheets.typed_of(
            name="A", valid_from=START, valid_to=None, clauses=template.clauses, commitments=template.commitments
        )
        sheet = queries.judged_text(typed)
        assert [problem.message for problem in sheet.problems] == []
        assert (sheet.clauses, sheet.commitments) == (template.clauses, template.commitments)


def test_a_table_from_a_spreadsheet_is_read_whatever_its_columns():
    subjects = {"illimité 50 go": "offering:MOB-ILL-50", "mob-ill-20": "offering:MOB-ILL-20"}
    prices = {"abonnement": "recurring", "frais": "one_off"}
    table = "Offre\tPrix\tValeur\tÀ partir de\nIllimité 50 Go\tAbonnement\t18,90 €\t50\nMOB-ILL-20\tFrais\t-100 %\t\n"
    table += "Inconnue\tAbonnement\t1\t\n"
    rows = agreement_sheets.pasted(table, subjects, prices)
    assert [(row["subject"], row["price"], row["kind"], row["value"], row["minimum_quantity"]) for row in rows] == [
        ("offering:MOB-ILL-50", "recurring", "amount", "18,90", "50"),
        ("offering:MOB-ILL-20", "one_off", "percentage", "100", ""),
        ("Inconnue", "recurring", "amount", "1", ""),
    ]
    plain = agreement_sheets.pasted("4.2\tMOB-ILL-20\tAbonnement\tformule\tliste * 0,9", subjects, prices)
    assert [(row["number"], row["kind"], row["value"]) for row in plain] == [("4.2", "formula", "liste * 0,9")]
    assert agreement_sheets.pasted("  \n", subjects, prices) == []


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"valid_from": "2029-01-01"}, "valid_from"),
        ({"valid_to": "2026-11-02"}, "valid_to"),
        ({"valid_from": "2027-02-01", "valid_to": "2027-02-01"}, "valid_to"),
        ({"valid_from": "2027-02-01", "valid_to": "2027-03-01"}, None),
        ({}, None),
    ],
)
def test_a_clause_that_would_never_apply_is_said_at_once(desk, days, field):
    desk.begin()

    found = desk.type(clauses=[{**PLAN, **days}]).problems

    assert [(one.file, one.code) for one in found] == ([(f"clauses.0.{field}", "catalogue.clause.never")] if field else [])


def test_the_days_of_a_clause_are_signed_and_amended(desk):
    spring, summer = dt.date(2027, 3, 1), dt.date(2027, 6, 1)
    desk.signed({**PLAN, "valid_from": str(spring), "valid_to": str(summer)})
    (one,) = desk.agreement().clauses
    assert (one.number, one.valid_from, one.valid_to) == ("1", spring, summer)

    text_id = desk.amend(LATER)
    (row,) = desk.text(text_id).typed["clauses"]
    assert (row["valid_from"], row["valid_to"]) == (str(spring), str(summer))
    desk.type(text_id, clauses=[{**row, "valid_to": str(summer + dt.timedelta(days=30))}])
    desk.approve(text_id)
    desk.sign(text_id)

    # It had not begun: the first wording leaves no trace among the prices, the text that was signed keeps it.
    assert [(one.number, one.valid_from, one.valid_to) for one in desk.agreement().clauses] == [
        ("1", spring, summer + dt.timedelta(days=30)),
    ]
    assert desk.text().typed["clauses"][0]["valid_to"] == str(summer)


def test_an_amendment_is_shown_in_euros_before_it_is_signed(desk):
    desk.signed()
    text_id = desk.amend()
    first, *others = desk.text(text_id).typed["clauses"]
    desk.type(text_id, clauses=[{**first, "value": "17", "text_fr": ""}, *others])

    page = desk.world.client("mona").get(f"/catalogue/accords/textes/{text_id}/").content.decode()

    assert "En euros, par unité" in page
    assert "1,90" in page


def test_a_row_is_duplicated_under_its_own_number(desk):
    desk.begin()
    desk.type(clauses=[{**PLAN, "number": "4"}])
    form = {f"clauses.0.{name}": value for name, value in {**PLAN, "number": "4"}.items()}
    form |= {"agreement.name": "Accord flotte", "agreement.valid_from": str(START), "agreement.valid_to": "2028-11-02"}

    answer = desk.world.client("mona").post(f"/catalogue/accords/textes/{desk.text_id}/", {**form, "seen": "1", "copy": "clauses.0"})

    assert answer.status_code == 200
    rows = desk.text().typed["clauses"]
    assert [(row["number"], row["subject"], row["value"]) for row in rows] == [
        ("4", PLAN["subject"], "18,90"),
        ("", PLAN["subject"], "18,90"),
    ]
    assert "visent la même chose" in answer.content.decode()


def test_a_double_click_ends_an_agreement_once(desk):
    reference = desk.signed()
    actor = desk.mona.with_request("end-1")
    for _ in range(2):
        commands.end_agreement(reference=reference, end_date=LATER, reason="Changement de groupe", actor=actor, at=desk.at)

    assert desk.agreement().valid_to == LATER
    assert shared_models.EventLog.objects.filter(name="AgreementEnded").count() == 1
