"""The reads of usage."""

from come.usage.queries.charges import bill_charges, line_charges, line_usage
from come.usage.queries.detail import explain_record, record_of, records_of
from come.usage.queries.intake import cycle_totals, cycles, sequence_gaps, suspense_causes, usage_file, usage_files, waiting_by_cause
from come.usage.queries.simulation import CustomerDifference, Simulation, SimulationRecord, latest_simulation, simulate_tariff

__all__ = [
    "CustomerDifference",
    "Simulation",
    "SimulationRecord",
    "bill_charges",
    "cycle_totals",
    "cycles",
    "explain_record",
    "latest_simulation",
    "line_charges",
    "line_usage",
    "record_of",
    "records_of",
    "sequence_gaps",
    "simulate_tariff",
    "suspense_causes",
    "usage_file",
    "usage_files",
    "waiting_by_cause",
]
