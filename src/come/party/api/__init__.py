"""TM Forum 632 (party), 629 (customer) and 666 (billing account), version 4."""

import ninja

from come.party.api import accounts, customers, individuals, organizations

party_router = ninja.Router()
party_router.add_router("", organizations.router)
party_router.add_router("", individuals.router)
customer_router = customers.router
account_router = accounts.router

__all__ = ["account_router", "customer_router", "party_router"]
