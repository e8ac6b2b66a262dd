"""The HTTP API in TM Forum shape: one router per package, one error body, the OpenAPI document published."""

from __future__ import annotations

import importlib
import pathlib
from typing import Any

import ninja
from django import http
from ninja import errors
from ninja.openapi import schema

from come.project import document
from come.shared import obstacles, problems, text, tmf

# TM Forum base path -> (package, attribute). Version 4 is the reference surface.
ROUTERS = {
    "productCatalogManagement/v4": ("catalogue", "router"),
    "party/v4": ("party", "party_router"),
    "customerManagement/v4": ("party", "customer_router"),
    "accountManagement/v4": ("party", "account_router"),
    "quoteManagement/v4": ("quote", "router"),
    "productOrderingManagement/v4": ("order", "router"),
    "productInventory/v4": ("inventory", "router"),
    "usageManagement/v4": ("usage", "router"),
    "customerBillManagement/v4": ("billing", "router"),
    "troubleTicket/v4": ("ticket", "router"),
}


class _Api(ninja.NinjaAPI):
    """The framework's API, with the document that says all of it."""

    def get_openapi_schema(self, **given: Any) -> schema.OpenAPISchema:
        """Return the OpenAPI document."""
        found = super().get_openapi_schema(**given)
        document.complete(found)
        return found


api = _Api(
    title="COME",
    version="4.0",
    description="API du système d’information commercial, aux formes du TM Forum (version 4).",
    auth=tmf.authenticate,
    urls_namespace="api",
)


@api.exception_handler(errors.ValidationError)
def _invalid(request: http.HttpRequest, exception: errors.ValidationError) -> http.HttpResponse:
    found = [
        obstacles.Obstacle(
            "api.invalid_attribute",
            obstacles.Severity.REFUSAL,
            str(error["msg"]),
            path="/".join(str(part) for part in error["loc"]),
        )
        for error in exception.errors
    ]
    return problems.problem(
        status=400,
        code="api.invalid_body",
        detail=text.T("Le contenu de la demande n’est pas valide ; chaque erreur est indiquée avec son chemin."),
        errors=found,
    )


@api.exception_handler(errors.AuthenticationError)
def _unauthenticated(request: http.HttpRequest, exception: errors.AuthenticationError) -> http.HttpResponse:
    return problems.problem(
        status=401,
        code="api.unauthenticated",
        detail=text.T("Cette adresse demande une session ou une clé d’API."),
        next_step=text.T("Envoyez l’en-tête « Authorization: Bearer … »."),
    )


@api.exception_handler(errors.HttpError)
def _http_error(request: http.HttpRequest, exception: errors.HttpError) -> http.HttpResponse:
    return problems.problem(status=exception.status_code, code="api.error", detail=str(exception))


@api.exception_handler(http.Http404)
def _not_there(request: http.HttpRequest, exception: http.Http404) -> http.HttpResponse:
    return problems.problem(status=404, code="shared.no_such_path", detail=text.T("Cette adresse n’existe pas."))


@api.exception_handler(obstacles.Refusal)
def _refusal(request: http.HttpRequest, exception: obstacles.Refusal) -> http.HttpResponse:
    return problems.from_refusal(exception)


def _mount() -> None:
    for path, (package, attribute) in ROUTERS.items():
        folder = pathlib.Path(__file__).resolve().parents[1] / package
        if not (folder / "api.py").exists() and not (folder / "api").is_dir():
            continue
        module = importlib.import_module(f"come.{package}.api")
        router = getattr(module, attribute, None)
        if router is not None:
            api.add_router(path, router)


_mount()
