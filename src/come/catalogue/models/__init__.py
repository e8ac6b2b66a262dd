"""Tables of the catalogue: dated versions of offerings, usage prices, agreements, imports."""

from come.catalogue.models.agreement_texts import AgreementText
from come.catalogue.models.agreements import (
    Agreement,
    AgreementClause,
    AgreementCommitment,
    AgreementMember,
    AgreementTemplate,
    AgreementTemplateClause,
    AgreementTemplateCommitment,
)
from come.catalogue.models.imports import CatalogueImport, CatalogueImportFile
from come.catalogue.models.offerings import (
    Allowance,
    BundleMember,
    CompatibilityRule,
    DiscountTier,
    EarlyTermination,
    Offering,
    OfferingCharacteristic,
    OfferingSheet,
    Price,
    Specification,
    SpecificationCharacteristic,
    Term,
)
from come.catalogue.models.tariffs import Holiday, Network, Prefix, Rate, Tariff, TimeBand, Zone

__all__ = [
    "Agreement",
    "AgreementClause",
    "AgreementCommitment",
    "AgreementMember",
    "AgreementTemplate",
    "AgreementTemplateClause",
    "AgreementTemplateCommitment",
    "AgreementText",
    "Allowance",
    "BundleMember",
    "CatalogueImport",
    "CatalogueImportFile",
    "CompatibilityRule",
    "DiscountTier",
    "EarlyTermination",
    "Holiday",
    "Network",
    "Offering",
    "OfferingCharacteristic",
    "OfferingSheet",
    "Prefix",
    "Price",
    "Rate",
    "Specification",
    "SpecificationCharacteristic",
    "Tariff",
    "Term",
    "TimeBand",
    "Zone",
]
