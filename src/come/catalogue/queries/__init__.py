"""The only reads of the catalogue; frozen records, a constant number of SQL statements."""

from come.catalogue.queries.compared import day_differences, previous_version, version_differences
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
from come.catalogue.queries.negotiated import ClauseLine, TierStep, agreement, agreement_list, agreements, clause_lines, clause_tiers
from come.catalogue.queries.negotiated_usage import AllowanceClause, allowance_clauses
from come.catalogue.queries.sheets import (
    SheetRecord,
    authors,
    draft_rates,
    own_rules,
    sheet,
    sheet_choices,
    trial_snapshot,
    typed_of,
    with_drafts,
)
from come.catalogue.queries.snapshot import catalogue_snapshot, offering, offering_versions, offerings, version_hash
from come.catalogue.queries.stored import agreement_templates, catalogue_content, offering_content
from come.catalogue.queries.usage import RATE_COLUMNS, TariffLine, rate_row, tariff_lines, usage_tables, zone_names

__all__ = [
    "RATE_COLUMNS",
    "AllowanceClause",
    "ClauseLine",
    "ImportRecord",
    "SheetRecord",
    "TariffLine",
    "TierStep",
    "agreement",
    "agreement_list",
    "agreement_templates",
    "agreements",
    "all_versions",
    "allowance_clauses",
    "authors",
    "catalogue_content",
    "catalogue_snapshot",
    "clause_lines",
    "clause_tiers",
    "company_agreements",
    "day_differences",
    "draft_rates",
    "imports",
    "kinds_sold",
    "offering",
    "offering_content",
    "offering_list",
    "offering_versions",
    "offerings",
    "own_rules",
    "previous_version",
    "rate_row",
    "rules_about",
    "search_hits",
    "sheet",
    "sheet_choices",
    "specifications",
    "status_counts",
    "tariff_lines",
    "trial_snapshot",
    "typed_of",
    "usage_tables",
    "version_differences",
    "version_hash",
    "visible_agreement",
    "visible_agreements",
    "visible_offering",
    "with_drafts",
    "zone_names",
]
