"""Prices a negotiated fleet offer and freezes it when accepted."""
