"""The scene of every test of quotes: the fixed cast, a company with an agreement, a catalogue in memory, drafts."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

import pytest

import fleet_world as fw
import quote_worlds as worlds
from come.catalogue import models as catalogue_models, queries as catalogue_queries, records as catalogue
from come.party import models as party_models
from come.quote import commands, queries, records

TERMS = tuple(catalogue.TermRecord(months, 30, text_fr=f"Engagement de {months} mois.") for months in (0, 24))
PLAN = worlds.offering(
    "MOB-50",
    "plan",
    [worlds.price("ABO", "20.00", cost_eur=Decimal("8.00")), worlds.price("MES", "10.00", "one_off")],
    name_fr="Illimité 50 Go",
    terms=TERMS,
    needs_msisdn=True,
    needs_sim=True,
)
SMALL = worlds.offering("MOB-5", "plan", [worlds.price("ABO", "9.90")], name_fr="Éco 5 Go", terms=TERMS)
ROAMING = worlds.offering("OPT-MONDE", "option", [worlds.price("ABO", "5.00")], name_fr="Pass voyage monde")
SECURITY = worlds.offering("OPT-SEC", "option", [worlds.price("ABO", "2.00")], name_fr="Protection mobile")
PHONE = worlds.offering(
    "TEL-A9", "device", [worlds.price("MENS", "12.50", "instalment", instalment_count=24)], name_fr="Altia A9, en 24 fois"
)
PHONE_CASH = worlds.offering("TEL-A9-C", "device", [worlds.price("ACHAT", "300.00", "one_off")], name_fr="Altia A9, comptant")
POOL = worlds.offering("POOL-100", "pool", [worlds.price("ABO", "90.00")], name_fr="Volume partagé 100 Go")
TRUNK = worlds.offering("XOIP-8", "sip_trunk", [worlds.price("ABO", "60.00")], name_fr="Accès Xoip 8 canaux")
PACK = worlds.offering(
    "PACK",
    "bundle",
    name_fr="Agence connectée",
    members=(catalogue.BundleMemberRecord("XOIP-8", 1, 1, 1), catalogue.BundleMemberRecord("MOB-50", 2, 5, 2)),
)
RULE = catalogue.RuleRecord("R-MONDE", "excludes", "MOB-5", ("OPT-MONDE",), None, None, "L’Éco 5 Go n’a pas de pass voyage.")
OFFERINGS = (PLAN, SMALL, ROAMING, SECURITY, PHONE, PHONE_CASH, POOL, TRUNK, PACK)


@dataclasses.dataclass
class Scene:
    """The world, its agreement, and shortcuts for the acts."""

    world: fw.World
    agreement_id: uuid.UUID
    snapshots: dict

    def draft(self, table="", **given):
        created = commands.create_quote(customer_file_id=self.world.company, actor=self.world.alice, at=fw.AT, title="Flotte 2026", **given)
        if table:
            self.paste(created.quote_id, table)
        return created

    def paste(self, quote_id, table, at=fw.AT):
        return commands.paste_lines(quote_id=quote_id, table_text=table, actor=self.world.alice, at=at)

    def head(self, quote_id):
        return queries.quote(quote_id=quote_id, viewer=self.world.alice)

    def lines(self, quote_id, **given):
        return queries.lines(quote_id=quote_id, selection=records.Selection(**given), limit=None).rows

    def send(self, quote_id, at=fw.AT):
        return commands.send_quote(quote_id=quote_id, actor=self.world.alice, at=at)

    def sent(self, table="Utilisateur\tForfait\nAnne\tMOB-50\n", **given):
        created = self.draft(table, **given)
        return self.send(created.quote_id)


@pytest.fixture
def snapshots(monkeypatch):
    """Serve a catalogue by day from memory: {None: usual} or {a day: from that day on}."""
    known = {None: OFFERINGS}

    def served(*, at):
        days = [day for day in known if day is not None and day <= at]
        return worlds.snapshot(*known[max(days) if days else None], rules=(RULE,), at=at)

    monkeypatch.setattr(catalogue_queries, "catalogue_snapshot", served)
    monkeypatch.setattr(catalogue_queries, "version_hash", lambda **_day: "test")
    return known


@pytest.fixture
def scene(db, snapshots):
    world = fw.build()
    unit = party_models.LegalUnit.objects.get()
    agreement = catalogue_models.Agreement.objects.create(
        reference="ACC-2026-000001",
        name="Accord-cadre Boulangeries",
        legal_unit=unit,
        valid_from=dt.date(2026, 1, 1),
        valid_to=dt.date(2027, 1, 1),
        state="signed",
        signed_date=dt.date(2026, 1, 1),
        created_at=fw.AT,
        updated_at=fw.AT,
    )
    catalogue_models.AgreementClause.objects.create(
        agreement=agreement,
        position=1,
        number="4.2",
        kind="amount",
        target_kind="price",
        text_fr="Illimité 50 Go : 18,90 € par ligne et par mois.",
        offering_code="MOB-50",
        price_code="ABO",
        amount=Decimal("18.90"),
    )
    catalogue_models.AgreementClause.objects.create(
        agreement=agreement,
        position=2,
        number="4.3",
        kind="amount",
        target_kind="price",
        text_fr="Illimité 50 Go : 16,90 € à partir de 10 lignes.",
        offering_code="MOB-50",
        price_code="ABO",
        amount=Decimal("16.90"),
        minimum_quantity=10,
    )
    return Scene(world, agreement.id, snapshots)
