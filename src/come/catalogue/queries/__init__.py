"""The only reads of the catalogue; frozen records, a constant number of SQL statements."""

from come.catalogue.queries.history import ImportRecord, imports
from come.catalogue.queries.lists import (
    all_versions,
    company_agreements,
    kinds_sold,
    offering_list,
    rules_about,
    search_hits,
    specifications,
    status_counts,
    visible_agreement,
    visible_agreements,
    visible_offering,
)
from come.catalogue.queries.negotiated import ClauseLine, agreement, agreement_list, agreements, clause_lines
from come.catalogue.queries.snapshot import catalogue_snapshot, offering, offering_versions, offerings, version_hash
from come.catalogue.queries.stored import agreement_templates, catalogue_content, offering_content
from come.catalogue.queries.usage import TariffLine, tariff_lines, usage_tables, zone_names

__all__ = [
    "ClauseLine",
    "ImportRecord",
    "TariffLine",
    "agreement",
    "agreement_list",
    "agreement_templates",
    "agreements",
    "all_versions",
    "catalogue_content",
    "catalogue_snapshot",
    "clause_lines",
    "company_agreements",
    "imports",
    "kinds_sold",
    "offering",
    "offering_content",
    "offering_list",
    "offering_versions",
    "offerings",
    "rules_about",
    "search_hits",
    "specifications",
    "status_counts",
    "tariff_lines",
    "usage_tables",
    "version_hash",
    "visible_agreement",
    "visible_agreements",
    "visible_offering",
    "zone_names",
]
