"""The only writes of the catalogue; one transaction each."""

from come.catalogue.commands.agreements import AgreementAnswer, clause_obstacles, create_agreement, sign_agreement
from come.catalogue.commands.drafts import create_draft, create_specification, rename_specification
from come.catalogue.commands.import_catalogue import (
    DEMO_FOLDER,
    CatalogueRefused,
    ImportAnswer,
    check_catalogue,
    export_catalogue,
    import_catalogue,
    read_folder,
)
from come.catalogue.commands.lifecycle import publish_offering, rename_offering, retire_offering, submit_for_review

__all__ = [
    "DEMO_FOLDER",
    "AgreementAnswer",
    "CatalogueRefused",
    "ImportAnswer",
    "check_catalogue",
    "clause_obstacles",
    "create_agreement",
    "create_draft",
    "create_specification",
    "export_catalogue",
    "import_catalogue",
    "publish_offering",
    "read_folder",
    "rename_offering",
    "rename_specification",
    "retire_offering",
    "sign_agreement",
    "submit_for_review",
]
