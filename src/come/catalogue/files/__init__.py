"""Catalogue files: read with every mistake at once, checked, written back. Pure: no Django, no table."""
