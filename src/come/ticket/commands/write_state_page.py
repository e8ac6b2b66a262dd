"""Publish the state of the product where it can be read when the product is down."""

from __future__ import annotations

import datetime as dt

from come.shared import wiring
from come.ticket import ports, queries


def write_state_page(*, at: dt.datetime) -> None:
    """Give the public state, as it is at this instant, to who keeps the page; raises OSError when it cannot be written."""
    wiring.port(ports.StatePage).publish(queries.public_state(at=at))
