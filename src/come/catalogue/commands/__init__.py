"""The only writes of the catalogue; one transaction each."""

from come.catalogue.commands.agreements import AgreementAnswer, clause_obstacles, create_agreement, sign_agreement
from come.catalogue.commands.import_catalogue import CatalogueRefused, ImportAnswer, check_catalogue, export_catalogue, import_catalogue, read_folder
from come.catalogue.commands.lifecycle import publish_offering, rename_offering, retire_offering, submit_for_review

__all__ = [
    "AgreementAnswer",
    "CatalogueRefused",
    "ImportAnswer",
    "check_catalogue",
    "clause_obstacles",
    "create_agreement",
    "export_catalogue",
    "import_catalogue",
    "publish_offering",
    "read_folder",
    "rename_offering",
    "retire_offering",
    "sign_agreement",
    "submit_for_review",
]
