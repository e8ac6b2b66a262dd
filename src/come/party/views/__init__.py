"""Screens of companies and customer files."""

from come.party.views.company_pages import (
    companies,
    company,
    create_account,
    create_contact,
    create_cost_centre,
    create_establishment,
    home_customers,
    place,
    rename,
)
from come.party.views.opening import create_customer, create_provisional, new_customer, new_customer_search

__all__ = [
    "companies",
    "company",
    "create_account",
    "create_contact",
    "create_cost_centre",
    "create_customer",
    "create_establishment",
    "create_provisional",
    "home_customers",
    "new_customer",
    "new_customer_search",
    "place",
    "rename",
]
