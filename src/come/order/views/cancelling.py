"""Cancel an order or some of its lines: what each may still become and what it costs, before anything is done."""

from __future__ import annotations

import collections
import dataclasses
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django import http
from django.contrib import messages
from django.utils.translation import gettext as _
from django.views.decorators import http as methods

from come.order import commands, queries
from come.order.policies import reversal
from come.party import queries as party_queries
from come.shared import obstacles, text, web

_LEVELS = ("free", "soft", "doubtful", "hard")


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """Lines that stand alike."""

    standing: reversal.Standing
    sentence: text.T
    line_count: int

    @property
    def penalty_eur_excl_tax(self) -> Decimal:
        """Return what cancelling them all costs."""
        return self.standing.penalty_eur_excl_tax * self.line_count


@web.signed_in
@methods.require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: http.HttpRequest, reference: str) -> http.HttpResponseBase:
    """Say what may still be cancelled and at which cost, line group by line group; then cancel it."""
    item_ids = _item_ids(request.POST.getlist("line") if request.method == "POST" else request.GET.getlist("line"))
    if request.method != "POST":
        return _page(request, reference, item_ids)
    try:
        answer = commands.cancel_order(
            reference=reference,
            reason=request.POST.get("reason", ""),
            item_ids=item_ids,
            is_cost_accepted=request.POST.get("is_cost_accepted") == "1",
            actor=web.acting(request),
            at=web.at(),
        )
    except obstacles.Refusal as refusal:
        return _page(request, reference, item_ids, refusal.obstacles, refusal.status)
    said = _("Lignes annulées : %(cancelled)s. En cours d’annulation : %(undoing)s. Lignes qui continuent : %(kept)s.")
    messages.success(request, said % {"cancelled": answer.cancelled, "undoing": answer.undoing, "kept": answer.kept})
    return web.see_other(request, "order:order", reference)


def _page(
    request: http.HttpRequest,
    reference: str,
    item_ids: Sequence[uuid.UUID],
    found: tuple[obstacles.Obstacle, ...] = (),
    status: int = 200,
) -> http.HttpResponse:
    viewer = web.actor(request)
    row = queries.order_plain(viewer=viewer, reference=reference)
    groups = grouped(queries.line_standings(order_id=row["id"], item_ids=item_ids, at=web.at()))
    context = {
        "reference": reference,
        "company": party_queries.customer_file(customer_file_id=row["customer_file_id"], viewer=viewer),
        "groups": groups,
        "item_ids": item_ids,
        "cancellable": sum(group.line_count for group in groups if group.standing.may_cancel),
        "penalty": sum((group.penalty_eur_excl_tax for group in groups), Decimal(0)),
        "has_costly": any(group.standing.level == "soft" for group in groups),
        "obstacles": found,
        "posted": request.POST,
    }
    return web.page(request, "order/cancel.html", context, status=status)


def grouped(lines: Sequence[reversal.StandingLine]) -> list[Group]:
    """Gather lines that stand alike, those that may still be cancelled first."""
    counts = collections.Counter(line.standing for line in lines)
    found = [Group(standing, reversal.sentence(standing), count) for standing, count in counts.items()]
    return sorted(found, key=lambda group: (_LEVELS.index(group.standing.level), group.standing.because))


def _item_ids(given: Sequence[str]) -> list[uuid.UUID]:
    try:
        return [uuid.UUID(one) for one in given]
    except ValueError:
        raise obstacles.not_found(text.T("La ligne de commande"), "line") from None
