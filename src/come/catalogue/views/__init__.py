"""Screens of the catalogue: offers, agreements, and the parts that other pages show."""

from __future__ import annotations

from come.catalogue.views.agreement_compare import compare_agreements
from come.catalogue.views.agreement_home import home_agreements
from come.catalogue.views.agreement_pages import agreement, agreements, company_agreements, new_agreement
from come.catalogue.views.agreement_text_pages import agreement_text, agreement_text_act, amend_agreement, end_agreement, signed_document
from come.catalogue.views.compare_pages import compare
from come.catalogue.views.offering_pages import home_offers, offering, offerings, publish, retire, submit
from come.catalogue.views.sheet_pages import edit_offering, new_version, offering_new, send_back

__all__ = [
    "agreement",
    "agreement_text",
    "agreement_text_act",
    "agreements",
    "amend_agreement",
    "company_agreements",
    "compare",
    "compare_agreements",
    "edit_offering",
    "end_agreement",
    "home_agreements",
    "home_offers",
    "new_agreement",
    "new_version",
    "offering",
    "offering_new",
    "offerings",
    "publish",
    "retire",
    "send_back",
    "signed_document",
    "submit",
]
