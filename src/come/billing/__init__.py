"""Turns charges and rated usage of one period into immutable bills."""
