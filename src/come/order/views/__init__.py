"""Pages of orders."""

from come.order.views.acts import fleet_act, resume, stop
from come.order.views.cancelling import cancel
from come.order.views.pages import (
    amend,
    change_lines,
    company_orders,
    home_promises,
    home_trouble,
    item,
    order,
    orders,
    progress,
    promise,
    repair,
    repairs,
    retry,
    retry_cause,
    submit,
    tracking,
)

__all__ = [
    "amend",
    "cancel",
    "change_lines",
    "company_orders",
    "fleet_act",
    "home_promises",
    "home_trouble",
    "item",
    "order",
    "orders",
    "progress",
    "promise",
    "repair",
    "repairs",
    "resume",
    "retry",
    "retry_cause",
    "stop",
    "submit",
    "tracking",
]
