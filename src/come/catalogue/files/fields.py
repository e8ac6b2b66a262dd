"""Keys that several kinds of objects have."""

from __future__ import annotations

import dataclasses

from come.catalogue.files.shapes import Field
from come.shared.text import noop

BIG = 10**18
CODE = Field("code", "code", noop("un code unique"), is_required=True)
NAME = Field("name_fr", "text", noop("le nom montré aux clients"), is_required=True, longest=200)
FROM = Field("valid_from", "date", noop("le premier jour de validité"), is_required=True)
TO = Field("valid_to", "date", noop("le lendemain du dernier jour ; absent = sans fin"))
MAYBE_FROM = dataclasses.replace(FROM, is_required=False)
