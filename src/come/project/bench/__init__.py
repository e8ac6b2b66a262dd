"""Benches: each prints one JSON object with its figures, the machine and its load; none asserts anything."""
