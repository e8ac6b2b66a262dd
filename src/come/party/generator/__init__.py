"""Fictional companies and customers, the same for a seed at every run: for the demonstration, tests and measures. Pure."""

from come.party.generator.companies import SUPPLY, Company, Place, communes, company
from come.party.generator.customers import AgencyStaff, population

__all__ = ["SUPPLY", "AgencyStaff", "Company", "Place", "communes", "company", "population"]
