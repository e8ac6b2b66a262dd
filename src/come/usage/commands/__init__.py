"""What usage does: take files in, recycle suspense, rate cycles."""

from come.usage.commands.ingest_file import ingest_file
from come.usage.commands.rate_cycle import rate_cycle
from come.usage.commands.recycle_suspense import recycle_suspense
from come.usage.commands.request_rating import request_rating
from come.usage.commands.simulate_tariff import request_simulation, run_simulation
from come.usage.commands.sweep import sweep_orphans

__all__ = ["ingest_file", "rate_cycle", "recycle_suspense", "request_rating", "request_simulation", "run_simulation", "sweep_orphans"]
