"""The OpenAPI document of the HTTP API: what each address takes and answers, in TM Forum's words."""

from come.project.document.assemble import complete

__all__ = ["complete"]
