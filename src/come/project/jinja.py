"""The template environment: French filters, urls, static files, gettext, nothing that computes."""

from __future__ import annotations

from typing import Any

import jinja2
from django import http, urls
from django.conf import settings
from django.templatetags import static
from django.utils import translation

from come.shared import formatting, ids, text, typography


def environment(**options: Any) -> jinja2.Environment:
    """Build the environment of every screen; an unknown name in a template is an error, not an empty string."""
    options.setdefault("undefined", jinja2.StrictUndefined)
    built = jinja2.Environment(  # noqa: S701 - the backend passes autoescape=True in the options
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        **options,
    )
    built.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by jinja2.ext.i18n
    built.globals.update(url=_url, static=static.static, new_request_id=lambda: str(ids.uuid7()))
    built.filters.update(
        money=formatting.money,
        money_exact=formatting.money_exact,
        number=formatting.number,
        percent=formatting.percent,
        day=formatting.day,
        short_day=formatting.short_day,
        instant=formatting.instant,
        cycle=formatting.cycle_name,
        msisdn=formatting.msisdn,
        duration=formatting.duration,
        bytes_fr=formatting.bytes_fr,
        sentence=_sentence,
    )
    return built


def _gettext(message: str) -> str:
    return typography.spaced(translation.gettext(message), translation.get_language() or text.SOURCE_LANGUAGE)


def _ngettext(singular: str, plural: str, number: int) -> str:
    return typography.spaced(translation.ngettext(singular, plural, number), translation.get_language() or text.SOURCE_LANGUAGE)


def _sentence(value: Any) -> Any:
    """Space a sentence that was kept as plain text (a cause, a reason, a message of a view); markup and other values pass."""
    if type(value) is not str:
        return value
    return typography.spaced(value, translation.get_language() or text.SOURCE_LANGUAGE)


def _url(name: str, *args: Any, **kwargs: Any) -> str:
    return urls.reverse(name, args=args or None, kwargs=kwargs or None)


def common_context(request: http.HttpRequest) -> dict[str, Any]:
    """Give every template the actor (None before sign-in), the demo flag and the CSP nonce."""
    return {
        "actor": getattr(request, "actor", None),
        "is_demo": settings.COME_DEMO,
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
