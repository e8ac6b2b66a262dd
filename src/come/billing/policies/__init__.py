"""The decisions of billing: pure functions over frozen values."""
