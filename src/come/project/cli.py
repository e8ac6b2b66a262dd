"""The command line `come`: one group, each package adds its own commands.

Help is in French where the terminal's language is French, in English otherwise (`COME_LANG=fr|en` decides).
"""

from __future__ import annotations

import importlib
import importlib.util
import sys

import click

# Command name -> (module, attribute); loaded only when asked for, so that `come --help` answers at once.
COMMANDS = {
    "demo": ("come.project.demo.cli", "demo"),
    "serve": ("come.project.cli_serve", "serve"),
    "worker": ("come.project.cli_serve", "worker"),
    "doctor": ("come.project.cli_serve", "doctor"),
    "bench": ("come.project.bench.cli", "bench"),
    "chaos": ("come.project.chaos.cli", "chaos"),
    "catalogue": ("come.catalogue.cli", "catalogue"),
    "party": ("come.party.cli", "party"),
    "quote": ("come.quote.cli", "quote"),
    "usage": ("come.usage.cli", "usage"),
    "rate": ("come.usage.cli", "rate"),
    "bill": ("come.billing.cli", "bill"),
    "order": ("come.order.cli", "order"),
    "ticket": ("come.ticket.cli", "ticket"),
    "token": ("come.staff.cli", "token"),
    "simulate": ("come.edges.network.cli", "simulate"),
}


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands whose module exists."""
        return sorted(name for name, (module, _) in COMMANDS.items() if _exists(module))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command, or None."""
        if cmd_name not in COMMANDS or not _exists(COMMANDS[cmd_name][0]):
            return None
        module_name, attribute = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module_name), attribute)
        return command


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="come")
def main_group() -> None:
    """COME : du devis de flotte à la facture légale. / COME: from a fleet's quote to a legal invoice."""


def main() -> None:
    """Run the command line; anticipated refusals are printed as sentences, with exit code 2."""
    try:
        main_group(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Interrompu. / Interrupted.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        from come.shared import obstacles  # noqa: PLC0415 - only when something went wrong

        if not isinstance(error, obstacles.Refusal):
            raise
        for obstacle in error.obstacles:
            where = f" [{obstacle.path}]" if obstacle.path else ""
            click.echo(f"✗ {obstacle.message}{where}", err=True)
            if obstacle.next_step:
                click.echo(f"  → {obstacle.next_step}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
