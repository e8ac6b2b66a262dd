"""Facts of the catalogue."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid

from come.shared import events


@dataclasses.dataclass(frozen=True)
class CatalogueImported(events.Event):
    """A folder was accepted as a whole."""

    import_id: uuid.UUID
    content_hash: str
    is_published: bool
    created: int
    changed: int
    unchanged: int


@dataclasses.dataclass(frozen=True)
class OfferingCreated(events.Event):
    """A draft version of an offering was written by hand or through the API."""

    offering_id: uuid.UUID
    code: str
    version: int


@dataclasses.dataclass(frozen=True)
class OfferingEdited(events.Event):
    """What is written of a draft version changed."""

    offering_id: uuid.UUID
    code: str
    version: int


@dataclasses.dataclass(frozen=True)
class OfferingSentBack(events.Event):
    """A version in review went back to its author, with what is asked of them."""

    offering_id: uuid.UUID
    code: str
    version: int
    reason: str


@dataclasses.dataclass(frozen=True)
class OfferingRenamed(events.Event):
    """A version's public name changed."""

    offering_id: uuid.UUID
    code: str
    version: int


@dataclasses.dataclass(frozen=True)
class OfferingSubmitted(events.Event):
    """A draft was handed to a second person for review."""

    offering_id: uuid.UUID
    code: str
    version: int


@dataclasses.dataclass(frozen=True)
class OfferingPublished(events.Event):
    """A version was approved: scheduled, or live at once."""

    offering_id: uuid.UUID
    code: str
    version: int
    valid_from: dt.date


@dataclasses.dataclass(frozen=True)
class OfferingRetired(events.Event):
    """A version stops being sold on a day; what customers have of it does not change."""

    offering_id: uuid.UUID
    code: str
    version: int
    valid_to: dt.date


@dataclasses.dataclass(frozen=True)
class AgreementCreated(events.Event):
    """A framework agreement was written."""

    agreement_id: uuid.UUID
    reference: str
    legal_unit_id: uuid.UUID


@dataclasses.dataclass(frozen=True)
class AgreementSigned(events.Event):
    """A framework agreement was signed: its prices apply on its period."""

    agreement_id: uuid.UUID
    reference: str
    signed_date: dt.date


@dataclasses.dataclass(frozen=True)
class AgreementEdited(events.Event):
    """What is being negotiated was edited; number 0 is the agreement itself, 1 and on its amendments."""

    agreement_id: uuid.UUID
    reference: str
    number: int


@dataclasses.dataclass(frozen=True)
class AgreementSubmitted(events.Event):
    """A text was handed to a second person for review."""

    agreement_id: uuid.UUID
    reference: str
    number: int


@dataclasses.dataclass(frozen=True)
class AgreementSentBack(events.Event):
    """A text was given back to its authors."""

    agreement_id: uuid.UUID
    reference: str
    number: int
    reason: str


@dataclasses.dataclass(frozen=True)
class AgreementApproved(events.Event):
    """A second person approved a text: it may be signed."""

    agreement_id: uuid.UUID
    reference: str
    number: int


@dataclasses.dataclass(frozen=True)
class AgreementTextWithdrawn(events.Event):
    """A text was given up before it was signed."""

    agreement_id: uuid.UUID
    reference: str
    number: int


@dataclasses.dataclass(frozen=True)
class AgreementAmendmentBegun(events.Event):
    """An amendment was begun."""

    agreement_id: uuid.UUID
    reference: str
    number: int


@dataclasses.dataclass(frozen=True)
class AgreementAmended(events.Event):
    """An amendment was signed: the agreement reads so from a day on."""

    agreement_id: uuid.UUID
    reference: str
    number: int
    effective_date: dt.date


@dataclasses.dataclass(frozen=True)
class AgreementEnded(events.Event):
    """An agreement ends early: from a day on it prices nothing."""

    agreement_id: uuid.UUID
    reference: str
    end_date: dt.date
    reason: str


@dataclasses.dataclass(frozen=True)
class SpecificationChanged(events.Event):
    """A specification was written or renamed."""

    specification_id: uuid.UUID
    code: str
