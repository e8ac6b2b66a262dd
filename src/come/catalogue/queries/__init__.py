"""The only reads of the catalogue; frozen records, a constant number of SQL statements."""

from come.catalogue.queries.agreements import ClauseLine, agreement, agreement_list, agreements, clause_lines
from come.catalogue.queries.imports import ImportRecord, imports
from come.catalogue.queries.snapshot import catalogue_snapshot, offering, offering_versions, offerings, version_hash
from come.catalogue.queries.stored import agreement_templates, catalogue_content, offering_content
from come.catalogue.queries.usage import TariffLine, tariff_lines, usage_tables

__all__ = [
    "ClauseLine",
    "ImportRecord",
    "TariffLine",
    "agreement",
    "agreement_list",
    "agreement_templates",
    "agreements",
    "catalogue_content",
    "catalogue_snapshot",
    "clause_lines",
    "imports",
    "offering",
    "offering_content",
    "offering_versions",
    "offerings",
    "tariff_lines",
    "usage_tables",
    "version_hash",
]
