"""Turn refusals into pages or problem documents, and unforeseen errors into an incident number."""

from __future__ import annotations

import importlib.metadata
import logging
import sys
import time
from collections.abc import Callable

from django import db, http, shortcuts
from django.conf import settings
from django.core import exceptions
from django.http import UnreadablePostError
from django.template import loader
from django.utils import module_loading, translation

from come.shared import clock, fingerprints, ids, obstacles, problems, text

Handler = Callable[[http.HttpRequest], http.HttpResponseBase]
_LOGGER = logging.getLogger("come.errors")
_FIRST_ERROR = 400
_DATABASE_AWAY = (db.OperationalError, db.InterfaceError)
_AGAIN_SECONDS = 5
# What went wrong, for the report that a person may make of it: "code", or "code act fingerprint".
ERROR_HEADER = "X-Come-Error"
_READING = frozenset({"GET", "HEAD"})


class RefusalMiddleware:
    """Answer refusals, and make framework errors (404, 405, 413) speak problem+json to machines."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: http.HttpRequest) -> http.HttpResponseBase:
        """Handle one request."""
        response = self.get_response(request)
        if response.status_code < _FIRST_ERROR:
            return response
        if not problems.wants_problem(request):
            return _not_that_way(request, response) if isinstance(response, http.HttpResponseNotAllowed) else response
        kind = response.headers.get("Content-Type", "")
        return response if "json" in kind else _machine_answer(response)

    def process_view(self, request: http.HttpRequest, *_called: object) -> None:
        """Know no address with a null character: no database would take it."""
        if "\x00" in request.path_info:
            raise http.Http404

    def process_exception(self, request: http.HttpRequest, exception: Exception) -> http.HttpResponse | None:
        """Turn what a view raised into an answer for the person or the machine that asked."""
        match exception:
            case obstacles.Refusal():
                return _refused(request, exception)
            case exceptions.RequestDataTooBig() | UnreadablePostError():
                return _too_big(request)
            case http.Http404() | exceptions.PermissionDenied() | exceptions.SuspiciousOperation():
                return None
            case _:
                return _incident(request, exception)


def _refused(request: http.HttpRequest, refusal: obstacles.Refusal) -> http.HttpResponse:
    told = f"{refusal.obstacles[0].code}"
    if problems.wants_problem(request):
        answer = problems.from_refusal(refusal)
    else:
        answer = _render(request, refusal.status, {"obstacles": refusal.obstacles, "error": told})
    answer[ERROR_HEADER] = told
    return answer


def _not_that_way(request: http.HttpRequest, response: http.HttpResponseNotAllowed) -> http.HttpResponse:
    """Draw the framework's empty 405 for a person; the methods that are allowed stay in its header."""
    page = _render(request, response.status_code, {"obstacles": ()})
    page["Allow"] = response["Allow"]
    return page


def _too_big(request: http.HttpRequest) -> http.HttpResponse:
    found = obstacles.Obstacle(
        "shared.too_big",
        obstacles.Severity.REFUSAL,
        text.T("L’envoi dépasse la taille acceptée."),
        text.T("Envoyez-le en plusieurs parties, ou passez par l’import de fichier."),
    )
    if problems.wants_problem(request):
        return problems.problem(status=413, code=found.code, detail=found.message, next_step=found.next_step)
    return _render(request, 413, {"obstacles": (found,)})


def _incident(request: http.HttpRequest, exception: BaseException) -> http.HttpResponse:
    number = f"ERR-{str(ids.uuid7())[-12:].upper()}"
    _LOGGER.error("unforeseen error %s on %s %s", number, request.method, request.path, exc_info=exception)
    if isinstance(exception, _DATABASE_AWAY):
        return _unavailable(request, number)
    trace = fingerprints.fingerprint(exception)
    act = request.resolver_match.view_name if request.resolver_match else ""
    ticket = _reported(request, trace, act, number)
    error = f"shared.incident {act or '-'} {trace}"
    if problems.wants_problem(request):
        answer = problems.problem(
            status=500,
            code="shared.incident",
            detail=text.T("Un incident imprévu a interrompu l’acte ; rien n’a été enregistré à moitié."),
            next_step=text.T("Donnez le numéro {number} au soutien.", number=number),
            incident=number,
        )
        answer[ERROR_HEADER] = error
        return answer
    try:
        answer = _render(request, 500, {"incident": number, "obstacles": (), "error": error, "ticket": ticket})
        answer[ERROR_HEADER] = error
        return answer
    except Exception:
        # The page itself asks who is there: when that fails too, the plainest page is still an answer.
        _LOGGER.exception("the page of error %s could not be drawn", number)
        return _unavailable(request, number)


def _reported(request: http.HttpRequest, trace: str, act: str, number: str) -> str:
    """Give the error to who opens incidents, if somebody is named; return the incident's reference, or nothing.

    What fails here never hides the error itself.
    """
    name = getattr(settings, "COME_ERROR_REPORTER", "")
    if not name:
        return ""
    try:
        report = module_loading.import_string(name)
        reference: str = report(
            fingerprint=trace,
            act=act or "-",
            path=request.path[:300],
            number=number,
            release=importlib.metadata.version("come"),
            actor=getattr(request, "actor", None),
            at=clock.now(),
        )
    except Exception:
        _LOGGER.exception("no incident could be opened for error %s", number)
        return ""
    return reference


def _unavailable(request: http.HttpRequest, number: str) -> http.HttpResponse:
    """Answer without asking the database anything; a page that was only read asks again by itself."""
    if problems.wants_problem(request):
        answer = problems.problem(
            status=503,
            code="shared.unavailable",
            detail=text.T("Le service ne répond pas pour le moment ; rien n’a été enregistré à moitié."),
            next_step=text.T("Renvoyez la même demande, avec la même clé, dans quelques secondes."),
            incident=number,
        )
    else:
        context = {"incident": number, "is_read": request.method in _READING, "seconds": _AGAIN_SECONDS}
        answer = http.HttpResponse(loader.render_to_string("shared/unavailable.html", context), status=503)
    answer["Retry-After"] = str(_AGAIN_SECONDS)
    answer["Cache-Control"] = "no-store"
    return answer


def server_error(request: http.HttpRequest) -> http.HttpResponse:
    """Answer what failed before any view was reached, in a middleware: the framework's `handler500`."""
    return _incident(request, sys.exc_info()[1] or RuntimeError("an error that nobody raised"))


def _render(request: http.HttpRequest, status: int, context: dict[str, object]) -> http.HttpResponse:
    return shortcuts.render(request, "shared/refusal.html", {"status": status, **context}, status=status)


_MACHINE_WORDS = {
    404: ("shared.no_such_path", text.noop("Cette adresse n’existe pas.")),
    405: ("shared.method_not_allowed", text.noop("Cette méthode n’est pas permise à cette adresse.")),
    403: ("shared.forbidden", text.noop("Cet accès est refusé.")),
    400: ("shared.bad_request", text.noop("La demande est mal formée.")),
    413: ("shared.too_big", text.noop("L’envoi dépasse la taille acceptée.")),
    429: ("shared.too_many_requests", text.noop("Trop de demandes ; réessayez dans un instant.")),
}


def _machine_answer(response: http.HttpResponseBase) -> http.HttpResponse:
    code, sentence = _MACHINE_WORDS.get(response.status_code, ("shared.error", text.noop("La demande n’a pas abouti.")))
    answer = problems.problem(status=response.status_code, code=code, detail=text.T(sentence))
    if "Allow" in response.headers:
        answer["Allow"] = response.headers["Allow"]
    return answer


class LanguageMiddleware:
    """French unless the person chose English (session) or a machine asks for it (Accept-Language)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: http.HttpRequest) -> http.HttpResponseBase:
        """Handle one request."""
        language = "fr"
        if problems.wants_problem(request) and request.headers.get("Accept-Language", "").lower().startswith("en"):
            language = "en"
        with translation.override(language):
            return self.get_response(request)


class TimingMiddleware:
    """Say in `Server-Timing` how long the server took, so that a slow page can be shown and measured."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: http.HttpRequest) -> http.HttpResponseBase:
        """Handle one request."""
        started = time.perf_counter()
        response = self.get_response(request)
        response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - started) * 1000:.1f}"
        return response
