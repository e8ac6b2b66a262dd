"""Writes of orders; one verb a file."""

from come.order.commands.advance_order import advance_order
from come.order.commands.amend_line import AmendAnswer, amend_line
from come.order.commands.cancel_order import cancel_order
from come.order.commands.change_fleet import FleetAnswer, change_fleet
from come.order.commands.change_lines import change_lines
from come.order.commands.outbox import Claimed, claim_messages, record_answers, record_available, record_effects, record_unavailable
from come.order.commands.promise import move_promise
from come.order.commands.repair import repair_item, retry_steps
from come.order.commands.stop_order import resume_order, stop_order
from come.order.commands.submit_order import SubmitAnswer, submit_order
from come.order.commands.submit_order_items import WantedLine, WantedOrder, submit_order_items

__all__ = [
    "AmendAnswer",
    "Claimed",
    "FleetAnswer",
    "SubmitAnswer",
    "WantedLine",
    "WantedOrder",
    "advance_order",
    "amend_line",
    "cancel_order",
    "change_fleet",
    "change_lines",
    "claim_messages",
    "move_promise",
    "record_answers",
    "record_available",
    "record_effects",
    "record_unavailable",
    "repair_item",
    "resume_order",
    "retry_steps",
    "stop_order",
    "submit_order",
    "submit_order_items",
]
