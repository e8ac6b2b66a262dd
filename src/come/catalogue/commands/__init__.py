"""The only writes of the catalogue; one transaction each."""

from come.catalogue.commands.agreement_texts import (
    LARGEST_DOCUMENT_BYTES,
    TextAnswer,
    amend_agreement,
    approve_text,
    end_agreement,
    save_text,
    send_back_text,
    sign_text,
    submit_text,
    withdraw_text,
    write_agreement,
)
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
from come.catalogue.commands.lifecycle import publish_offering, rename_offering, retire_offering, send_back, submit_for_review
from come.catalogue.commands.sheets import SheetAnswer, copy_offering, new_version, save_sheet, start_sheet

__all__ = [
    "DEMO_FOLDER",
    "LARGEST_DOCUMENT_BYTES",
    "AgreementAnswer",
    "CatalogueRefused",
    "ImportAnswer",
    "SheetAnswer",
    "TextAnswer",
    "amend_agreement",
    "approve_text",
    "check_catalogue",
    "clause_obstacles",
    "copy_offering",
    "create_agreement",
    "create_draft",
    "create_specification",
    "end_agreement",
    "export_catalogue",
    "import_catalogue",
    "new_version",
    "publish_offering",
    "read_folder",
    "rename_offering",
    "rename_specification",
    "retire_offering",
    "save_sheet",
    "save_text",
    "send_back",
    "send_back_text",
    "sign_agreement",
    "sign_text",
    "start_sheet",
    "submit_for_review",
    "submit_text",
    "withdraw_text",
    "write_agreement",
]
