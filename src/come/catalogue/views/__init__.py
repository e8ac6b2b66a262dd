"""Screens of the catalogue: offers, agreements, and the parts that other pages show."""

from __future__ import annotations

from come.catalogue.views.agreement_pages import agreement, agreements, company_agreements, new_agreement, sign
from come.catalogue.views.offering_pages import home_offers, offering, offerings, publish, retire, submit

__all__ = [
    "agreement",
    "agreements",
    "company_agreements",
    "home_offers",
    "new_agreement",
    "offering",
    "offerings",
    "publish",
    "retire",
    "sign",
    "submit",
]
