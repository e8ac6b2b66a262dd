"""Reads of orders; each in a constant number of statements, whatever the number of lines."""

from come.order.queries.detail import held_causes, order, order_of_quote, order_plain, orders_of_quotes, step_words, system_word
from come.order.queries.fleet_acts import act_plan, numbered_lines, offerings_for_act
from come.order.queries.items import item, items_plain, order_items
from come.order.queries.lists import company_orders, orders, orders_in_trouble, orders_plain, promised_orders, search_hits
from come.order.queries.plan import plan_preview, sold_offerings
from come.order.queries.standing import line_decisions, line_standings
from come.order.queries.tracking import TRACKED_LINES, tracked_order, tracking_token
from come.order.queries.work import adapters_waiting, breakers, dispatch_lock, keys_to_observe, orders_to_advance

__all__ = [
    "TRACKED_LINES",
    "act_plan",
    "adapters_waiting",
    "breakers",
    "company_orders",
    "dispatch_lock",
    "held_causes",
    "item",
    "items_plain",
    "keys_to_observe",
    "line_decisions",
    "line_standings",
    "numbered_lines",
    "offerings_for_act",
    "order",
    "order_items",
    "order_of_quote",
    "order_plain",
    "orders",
    "orders_in_trouble",
    "orders_of_quotes",
    "orders_plain",
    "orders_to_advance",
    "plan_preview",
    "promised_orders",
    "search_hits",
    "sold_offerings",
    "step_words",
    "system_word",
    "tracked_order",
    "tracking_token",
]
