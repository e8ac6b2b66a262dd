"""What every test shares: the database server is up before the first of them."""

from __future__ import annotations

import pytest

from come.project import cluster


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded server (or check the configured one) once for the whole run."""
    cluster.ensure_running()
