"""The door through which usage files come in."""
