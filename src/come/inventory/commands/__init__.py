"""Writes of the installed base; one verb a file."""

from come.inventory.commands.change_state import change_state
from come.inventory.commands.edit_lines import edit_lines
from come.inventory.commands.install_lines import install_lines
from come.inventory.commands.modify_lines import modify_lines
from come.inventory.commands.reserve_resources import release_expired_quarantine, release_resources, reserve_resources
from come.inventory.commands.stock import stock_numbers, stock_sims

__all__ = [
    "change_state",
    "edit_lines",
    "install_lines",
    "modify_lines",
    "release_expired_quarantine",
    "release_resources",
    "reserve_resources",
    "stock_numbers",
    "stock_sims",
]
