"""Open a bundle into lines: its main members become lines, its options and devices go to the lines that may take them."""

from __future__ import annotations

from come.catalogue import records as catalogue
from come.quote import records

_LINE_KINDS = (
    catalogue.OfferingKind.SIP_TRUNK,
    catalogue.OfferingKind.PLAN,
    catalogue.OfferingKind.DATA_PLAN,
    catalogue.OfferingKind.M2M,
    catalogue.OfferingKind.POOL,
)


def lines_of(bundle: catalogue.OfferingRecord, snapshot: catalogue.CatalogueSnapshot) -> list[records.Pattern]:
    """Return one pattern for each line that the bundle holds by default.

    A number block joins a SIP trunk; options and devices join the first lines of plans, one each, as many as the default says.
    """
    members = [(snapshot.offerings[member.code], member.default) for member in bundle.members if member.code in snapshot.offerings]
    mains = [offering for kind in _LINE_KINDS for offering, count in members if offering.kind == kind for _ in range(count)]
    options: list[list[str]] = [[] for _ in mains]
    devices = [""] * len(mains)
    for offering, count in members:
        if offering.kind == catalogue.OfferingKind.NUMBER_BLOCK:
            hosts = [index for index, main in enumerate(mains) if main.kind == catalogue.OfferingKind.SIP_TRUNK]
            for index in hosts[:count]:
                options[index].append(offering.code)
        elif offering.kind == catalogue.OfferingKind.OPTION:
            hosts = [index for index, main in enumerate(mains) if main.kind == catalogue.OfferingKind.PLAN]
            for index in hosts[:count]:
                options[index].append(offering.code)
        elif offering.kind == catalogue.OfferingKind.DEVICE:
            hosts = [index for index, main in enumerate(mains) if main.kind in _LINE_KINDS[1:3] and not devices[index]]
            for index in hosts[:count]:
                devices[index] = offering.code
    return [records.Pattern(main.code, tuple(sorted(options[index])), devices[index], bundle.code) for index, main in enumerate(mains)]
