"""Who acts, for whom, with which rights, under which request."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Self


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the system) behind a command or a query.

    `request_id` identifies one intent: replaying it must not act twice. `on_behalf_of_*` keeps both names when an
    assistant acts for a seller.
    """

    staff_id: uuid.UUID | None
    name: str
    roles: frozenset[str] = frozenset()
    agency_ids: frozenset[uuid.UUID] = frozenset()
    sees_all_agencies: bool = False
    request_id: str = ""
    on_behalf_of_id: uuid.UUID | None = None
    on_behalf_of_name: str = ""

    def with_request(self, request_id: str) -> Self:
        """Return the same person under another request id."""
        return dataclasses.replace(self, request_id=request_id)

    @property
    def is_system(self) -> bool:
        """Tell whether no person stands behind the act (a job, the set-up)."""
        return self.staff_id is None


def system_actor(name: str, request_id: str = "") -> Actor:
    """Return the actor of a job or of the set-up: every right, every agency, no person."""
    return Actor(staff_id=None, name=name, roles=frozenset({"system"}), sees_all_agencies=True, request_id=request_id)
