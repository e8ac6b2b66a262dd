"""Sellers, managers, assistants, agencies, rights."""
