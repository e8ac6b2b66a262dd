"""Every address of the product, package by package."""

from __future__ import annotations

import pathlib

from django import urls

from come.project import api

_PACKAGES = pathlib.Path(__file__).resolve().parents[1]
PREFIXES = {
    "staff": "",
    "party": "clients/",
    "quote": "devis/",
    "order": "commandes/",
    "inventory": "parc/",
    "catalogue": "catalogue/",
    "usage": "consommation/",
    "billing": "factures/",
    "ticket": "incidents/",
}

urlpatterns = [
    urls.path("tmf-api/", api.api.urls),
    *(
        urls.path(prefix, urls.include(f"come.{package}.urls"))
        for package, prefix in PREFIXES.items()
        if (_PACKAGES / package / "urls.py").exists()
    ),
]
handler500 = "come.shared.middleware.server_error"
