"""Pages of orders."""

from come.order.views.cancelling import cancel
from come.order.views.pages import (
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
    "cancel",
    "change_lines",
    "company_orders",
    "home_promises",
    "home_trouble",
    "item",
    "order",
    "orders",
    "progress",
    "promise",
    "repair",
    "repairs",
    "retry",
    "retry_cause",
    "submit",
    "tracking",
]
