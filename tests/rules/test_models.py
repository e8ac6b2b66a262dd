"""Tables hold data and constraints; nothing happens behind a save."""

from __future__ import annotations

import ast

import pytest
from django import apps
from django.contrib.contenttypes import fields as generic
from django.db import models

from rules import sources

OURS = [model for model in apps.apps.get_models() if model.__module__.startswith("come.")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_table_is_named_after_its_package_and_hides_nothing(model):
    package = sources.package_of(model.__module__)
    assert model._meta.db_table.startswith((f"{package}_", f"{model._meta.app_label}_"))
    assert list(model._meta.ordering) == [], "no default ordering: each query says its own"
    for name in ("save", "delete", "clean"):
        overridden = [base for base in model.__mro__ if name in vars(base) and base.__module__.startswith("come.")]
        assert overridden == [], f"{name} is overridden: the effect belongs to a command"
    assert [field.name for field in model._meta.private_fields if isinstance(field, generic.GenericForeignKey)] == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_amounts_are_decimals_and_instants_are_aware(model):
    floats = [field.name for field in model._meta.fields if isinstance(field, models.FloatField) and "score" not in field.name]
    assert floats == [], "an amount or a quantity is a Decimal or an integer"
    wrong = [
        field.name
        for field in model._meta.fields
        if isinstance(field, models.DateTimeField) and not field.name.endswith(("_at", "_from", "_to", "last_login")) and field.name != "at"
    ]
    assert wrong == [], "an instant's name ends in _at (or valid_from, valid_to)"


def test_no_signals():
    found = []
    for path in sources.python_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            named += [name.name for name in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            if any(name in {"signals", "receiver", "django.dispatch", "django.db.models.signals"} for name in named):
                found.append(sources.shown(path, node.lineno))
    assert found == []
