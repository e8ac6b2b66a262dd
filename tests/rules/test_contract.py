"""The import contract covers what exists: nobody joins the road without a place on it."""

from __future__ import annotations

import ast

from django import apps

from rules import sources


def _packages() -> set[str]:
    return {path.name for path in sources.COME.iterdir() if path.is_dir() and (path / "__init__.py").exists()}


def test_every_package_has_its_height():
    assert _packages() <= set(sources.rank())


def test_every_business_package_has_its_files_in_order():
    contained = {name.removeprefix("come.") for name in sources.contracts()["files"]["containers"]}
    assert contained == _packages() - {"project", "edges", "shared"}


def test_tables_of_every_package_are_protected():
    protected = {name for contract in sources.contracts().values() for name in contract.get("protected_modules", ())}
    with_tables = {
        path.name for path in sources.COME.iterdir() if (path / "models.py").exists() or (path / "models" / "__init__.py").exists()
    }
    assert {f"come.{name}.models" for name in with_tables} <= protected
    assert "come.edges.*.models" in protected


def test_every_kernel_is_held_pure():
    layers = sources.contracts()["files"]["layers"]
    kernels = next(layer for layer in layers if "(policies)" in layer).replace("(", "").replace(")", "").split(" : ")
    pure = set(sources.contracts()["pure"]["source_modules"])
    present = {
        f"come.{package}.{name}"
        for package in _packages()
        for name in kernels
        if name != "policies" and ((sources.COME / package / name).is_dir() or (sources.COME / package / f"{name}.py").exists())
    }
    assert present <= pure


def test_foreign_keys_point_to_the_same_package_or_below():
    """What the import contract cannot see: a key named by a string."""
    rank = sources.rank()
    upward = []
    for model in apps.apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("come."):
            continue
        here = sources.package_of(model.__module__)
        for field in model._meta.get_fields():
            target = field.related_model
            if field.auto_created or target is None:
                continue
            # Still a string: the target's package is not there.
            where = f"come.{target}" if isinstance(target, str) else target.__module__
            if not where.startswith("come."):
                continue
            there = sources.package_of(where)
            if here != there and rank[there] >= rank[here]:
                upward.append(f"{model.__name__}.{field.name}: {here} -> {there}")
    assert upward == []


def test_tables_are_reached_by_import_outside_migrations():
    """`apps.get_model` would pass under the contract; so would a model asked of the content types."""
    found = [
        sources.shown(path, node.lineno)
        for path in sources.python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"get_model", "model_class"}
    ]
    assert found == []
