"""Freeze a version and make the document that the customer reads."""

from __future__ import annotations

import dataclasses
import datetime as dt
import secrets
import uuid
from typing import Any

from django.db import connection, transaction

from come.quote import events, models, ports, queries
from come.quote.commands import _consent, _draft, _evidence, _pricing, approve_prices
from come.quote.policies import fleet_changes, legal, states
from come.quote.queries import changes, fleet, rules
from come.shared import actor as actors, idempotency, obstacles, period, wiring

_COPY_PATTERN_PRICES = """
INSERT INTO quote_pattern_price (pattern_id, position, offering_code, offering_version, offering_name_fr, price_code, price_type, name_fr,
       nature, tax_category, level, list_amount_exact, amount_exact, clause_number, clause_text, reason_fr, instalment_count, cost_exact)
SELECT n.id, p.position, p.offering_code, p.offering_version, p.offering_name_fr, p.price_code, p.price_type, p.name_fr, p.nature,
       p.tax_category, p.level, p.list_amount_exact, p.amount_exact, p.clause_number, p.clause_text, p.reason_fr, p.instalment_count,
       p.cost_exact
  FROM quote_pattern o
  JOIN quote_pattern n ON n.quote_id = %(new)s AND n.plan_code = o.plan_code AND n.option_codes = o.option_codes
   AND n.device_code = o.device_code AND n.bundle_code = o.bundle_code AND n.alternative = o.alternative
   AND n.concession_numbers = o.concession_numbers
  JOIN quote_pattern_price p ON p.pattern_id = o.id
 WHERE o.quote_id = %(old)s
"""
_PATTERN = (
    "plan_code, option_codes, device_code, bundle_code, alternative, concession_numbers, plan_name_fr, option_names_fr, device_name_fr,"
    " quantity, commitment_months,"
    " one_off_exact, monthly_exact, instalments_monthly_exact, deposit_exact, over_commitment_exact, list_monthly_exact,"
    " margin_monthly_exact, issues, has_obstacle, fingerprint"
)
_COPY_PATTERNS = f"INSERT INTO quote_pattern (quote_id, {_PATTERN}) SELECT %(new)s, {_PATTERN} FROM quote_pattern WHERE quote_id = %(old)s"
_LINE = (
    "stable_id, position, cells, user_label, msisdn, rio, iccid, imei, eid, email, cost_centre, site, site_siret, bundle_code, item_ref,"
    " product_id, action, alternative,"
    " issues, has_obstacle"
)
_COPY_LINES = f"""
INSERT INTO quote_line (quote_id, pattern_id, {_LINE})
SELECT %(new)s, n.id, {", ".join("l." + name.strip() for name in _LINE.split(","))}
  FROM quote_line l
  LEFT JOIN quote_pattern o ON o.id = l.pattern_id
  LEFT JOIN quote_pattern n ON n.quote_id = %(new)s AND n.plan_code = o.plan_code AND n.option_codes = o.option_codes
   AND n.device_code = o.device_code AND n.bundle_code = o.bundle_code AND n.alternative = o.alternative
   AND n.concession_numbers = o.concession_numbers
 WHERE l.quote_id = %(old)s
"""
_COPY_INSTALLED = """
INSERT INTO quote_installed (quote_id, product_id, before) SELECT %(new)s, product_id, before FROM quote_installed WHERE quote_id = %(old)s
"""
_HEAD = (
    "reference", "title", "customer_file_id", "legal_unit_id", "agency_id", "agreement_id", "agreement_reference", "agreement_name",
    "billing_account_id", "segment", "commitment_months", "currency", "external_id", "kind", "alternatives",
)  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True)
class SentQuote:
    """A version that was sent: its document's fingerprint, and the token of the customer's acceptance page."""

    quote_id: uuid.UUID
    reference: str
    version: int
    document_sha256: str
    token: str


def send_quote(*, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime) -> SentQuote:
    """Freeze the version, make its document, and open the customer's acceptance page. Sent twice, it answers the same.

    Earlier versions that were sent and not decided can no longer be accepted. Raises Refusal: lines to correct, prices that are no
    longer those of the day (with what changes in euros), validity past. Records QuoteSent.
    """
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        if quote.state == states.APPROVED:
            document = models.QuoteDocument.objects.get(quote=quote, kind="quote")
            return SentQuote(quote.id, quote.reference, quote.version, document.sha256, quote.token)
        answer = idempotency.once(
            actor=actor, command="quote.send_quote", inputs={"quote_id": quote_id}, run=lambda: _send(quote, actor, at)
        )
    return SentQuote(quote.id, answer["reference"], answer["version"], answer["sha256"], answer["token"])


def _send(quote: models.Quote, actor: actors.Actor, at: dt.datetime) -> dict[str, Any]:
    day = period.local_day(at)
    found = states.transition_obstacles(reference=quote.reference, state=quote.state, wanted=states.APPROVED)
    found += states.sending_obstacles(line_count=quote.line_count, issue_count=quote.issue_count)
    if not found and quote.kind != "new":
        found += fleet_changes.stale_obstacles(moved=fleet.moved_lines(quote_id=quote.id, day=day))
        found += fleet_changes.nothing_obstacles(changed=fleet.touched(quote.id))
    if not found:
        change = changes.change_of(quote, day)
        found += states.validity_obstacles(change) or states.stale_obstacles(change)
        found += approve_prices.sending_obstacles(quote, day)
        found += states.valid_until_obstacles(valid_until=quote.valid_until, day=day, agreement_end=None)
    obstacles.refuse_if_any(found)
    quote.state = states.APPROVED
    quote.sent_at = at
    quote.updated_at = at
    quote.token = secrets.token_urlsafe(32)
    quote.token_expires_at = states.link_expires_at(valid_until=quote.valid_until)
    quote.save(update_fields=["state", "sent_at", "updated_at", "token", "token_expires_at"])
    document = _make_document(quote, at, "quote")
    if legal.value(rules.legal_of(head=quote, day=day), "contract_summary") is not None:
        _make_document(quote, at, "summary")
    _supersede(quote, actor, at)
    event = events.QuoteSent(quote.id, quote.reference, quote.version, document.sha256)
    _draft.record(event, quote, actor, at, after=_draft.sums(quote))
    return {"reference": quote.reference, "version": quote.version, "sha256": document.sha256, "token": quote.token}


def _make_document(quote: models.Quote, at: dt.datetime, kind: str) -> models.QuoteDocument:
    """Draw the document inside the transaction: it is pure computing, and a version without its document must not exist."""
    renderer = wiring.port(ports.QuoteDocumentRenderer)
    content = renderer.render(queries.document_input(quote_id=quote.id, at=at, kind=kind))
    return _evidence.keep(quote, kind, content, renderer.template_version, at)


def _supersede(quote: models.Quote, actor: actors.Actor, at: dt.datetime) -> None:
    """Close earlier versions that wait for the customer: one offer is open at a time."""
    earlier = models.Quote.objects.select_for_update().filter(reference=quote.reference, version__lt=quote.version, state=states.APPROVED)
    for row in earlier.order_by("version"):
        row.state = states.REJECTED
        row.decided_at = at
        row.closing_reason = f"Remplacé par la version {quote.version}"
        row.save(update_fields=["state", "decided_at", "closing_reason"])
        _draft.record(events.QuoteClosed(row.id, row.reference, row.version, row.state, row.closing_reason), row, actor, at)


def make_new_version(*, quote_id: uuid.UUID, actor: actors.Actor, at: dt.datetime, consented_changes: str | None = None) -> uuid.UUID:
    """Copy a version that was sent, refused or withdrawn into a new draft with the same lines and ids, at the same prices.

    The draft that exists already for this reference is returned. Raises Refusal for an accepted quote. Records QuoteCreated.
    """
    with transaction.atomic():
        quote = _draft.lock(quote_id, actor)
        obstacles.refuse_if_any(states.new_version_obstacles(reference=quote.reference, state=quote.state))
        answer = idempotency.once(
            actor=actor,
            command="quote.make_new_version",
            inputs={"quote_id": quote_id},
            run=lambda: _copy(quote, actor, at, consented_changes),
        )
    return uuid.UUID(answer["quote_id"])


def _copy(quote: models.Quote, actor: actors.Actor, at: dt.datetime, consented_changes: str | None = None) -> dict[str, Any]:
    versions = models.Quote.objects.select_for_update().filter(reference=quote.reference).order_by("-version")
    latest = versions[0]
    if latest.state == states.ACCEPTED:
        obstacles.refuse_if_any(states.new_version_obstacles(reference=latest.reference, state=latest.state))
    if latest.state in {states.IN_PROGRESS, states.PENDING}:
        return {"quote_id": str(latest.id)}
    day = period.local_day(at)
    made = models.Quote.objects.create(
        **{name: getattr(quote, name) for name in _HEAD},
        version=latest.version + 1,
        previous=quote,
        seller_id=actor.staff_id or quote.seller_id,
        priced_date=quote.priced_date,
        catalogue_version_hash=quote.catalogue_version_hash,
        valid_until=max(quote.valid_until, states.default_valid_until(day=day, agreement_end=_agreement_end(quote, day))),
        created_at=at,
        updated_at=at,
    )
    with connection.cursor() as cursor:
        for statement in (_COPY_INSTALLED, _COPY_PATTERNS, _COPY_PATTERN_PRICES, _COPY_LINES):
            cursor.execute(statement, {"new": made.id, "old": quote.id})
    desk = _draft.desk_of(made, actor, at)
    desk.consented_changes = consented_changes
    # An agreement signed since may move the negotiated prices that the customer has read: never without saying so.
    seen = _consent.read(desk, ())
    _pricing.reprice(desk)
    _consent.refuse_unseen_changes(desk, seen, added=(), removed=())
    _draft.record(events.QuoteCreated(made.id, made.reference, made.version), made, actor, at, after=_draft.sums(made))
    return {"quote_id": str(made.id)}


def _agreement_end(quote: models.Quote, day: dt.date) -> dt.date | None:
    agreement = changes.agreement_of(quote)
    return agreement.valid_to if agreement is not None and agreement.is_in_force(day) else None
