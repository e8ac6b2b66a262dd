"""Turns an accepted offer into activated products; holds, repairs, never blocks."""
