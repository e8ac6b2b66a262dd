"""Reads of the installed base; each in a constant number of statements."""

from come.inventory.queries.at_work import AtWork, products_at_work
from come.inventory.queries.by_number import lines_by_number
from come.inventory.queries.charges import charge_items
from come.inventory.queries.fleet import company_fleet, filters_of, fleet, fleet_line_ids, fleet_options, selected_line_ids
from come.inventory.queries.fleet_lines import fleet_lines, fleet_profiles
from come.inventory.queries.fleets import fleets
from come.inventory.queries.held import held_offerings, in_service
from come.inventory.queries.line import as_of, line, line_history, lines, stock_levels
from come.inventory.queries.network_view import lines_for_orders, lines_on_network
from come.inventory.queries.offering_impact import InstalledImpact, InstalledVersion, offering_impact
from come.inventory.queries.search import search_hits
from come.inventory.queries.usage import lines_for_generator, usage_subscriptions

__all__ = [
    "AtWork",
    "InstalledImpact",
    "InstalledVersion",
    "as_of",
    "charge_items",
    "company_fleet",
    "filters_of",
    "fleet",
    "fleet_line_ids",
    "fleet_lines",
    "fleet_options",
    "fleet_profiles",
    "fleets",
    "held_offerings",
    "in_service",
    "line",
    "line_history",
    "lines",
    "lines_by_number",
    "lines_for_generator",
    "lines_for_orders",
    "lines_on_network",
    "offering_impact",
    "products_at_work",
    "search_hits",
    "selected_line_ids",
    "stock_levels",
    "usage_subscriptions",
]
