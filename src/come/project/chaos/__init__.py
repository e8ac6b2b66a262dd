"""Faults on purpose: each run prints one JSON object in the form of a bench, and says what must never happen as figures."""
