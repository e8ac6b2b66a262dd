"""Tell the simulators how to behave: `come simulate network --fail-next 2 --code SIM_NOT_PROVISIONED`."""

from __future__ import annotations

import dataclasses

import click

from come.shared import clock, runtime


@click.group(
    help=runtime.both(
        "Dit aux simulateurs des systèmes extérieurs comment se comporter.", "Tell the simulators of outside systems how to behave."
    )
)
def simulate() -> None:
    """Group of the simulators."""
    runtime.setup_django()


def _command(system: str, french: str, english: str) -> click.Command:
    @click.option(
        "--fail-next", type=click.IntRange(0), help=runtime.both("Refuser les N prochaines demandes.", "Refuse the next N commands.")
    )
    @click.option("--code", default="", help=runtime.both("Code du refus.", "Refusal code."))
    @click.option("--latency-ms", type=click.IntRange(0, 60_000), help=runtime.both("Attente par appel.", "Wait per call."))
    @click.option("--error-permille", type=click.IntRange(0, 1000), help=runtime.both("Refus, pour mille.", "Refusals per thousand."))
    @click.option(
        "--lost-answer-permille",
        type=click.IntRange(0, 1000),
        help=runtime.both("Réponses perdues, pour mille.", "Lost answers per thousand."),
    )
    @click.option(
        "--duplicate-permille",
        type=click.IntRange(0, 1000),
        help=runtime.both("Demandes livrées deux fois, pour mille.", "Commands delivered twice per thousand."),
    )
    @click.option(
        "--ignored-permille",
        type=click.IntRange(0, 1000),
        help=runtime.both("Demandes acceptées sans effet, pour mille.", "Accepted without effect, per thousand."),
    )
    @click.option("--seed", type=int, help=runtime.both("Graine du hasard.", "Seed of chance."))
    @click.option("--down/--up", "is_down", default=None, help=runtime.both("Mettre en panne, remettre en marche.", "Take down, bring up."))
    @click.option("--reset", is_flag=True, help=runtime.both("Revenir au comportement normal.", "Behave normally again."))
    @click.option("--json", "as_json", is_flag=True, help="JSON")
    def command(*, code: str, reset: bool, as_json: bool, **given: int | bool | None) -> None:
        from come.edges.network import simulator  # noqa: PLC0415 - needs Django, set up by the group

        simulated = simulator.SYSTEMS[system]()
        present = simulator.Behaviour() if reset else simulated.behaviour()
        changes = {name: value for name, value in given.items() if value is not None}
        if code:
            changes["fail_code"] = code  # type: ignore[assignment]  # the only text among numbers
        simulated.behave(dataclasses.replace(present, **changes))  # type: ignore[arg-type]  # named options of the same types
        _show(dataclasses.asdict(simulated.behaviour()), as_json=as_json)

    command.__doc__ = runtime.both(french, english)
    return click.command(system)(command)


def _show(behaviour: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        runtime.print_json(behaviour)
        return
    for name, value in behaviour.items():
        click.echo(f"{name:>22} {value}")


simulate.add_command(_command("network", "Le réseau : activation, options, suspension.", "The network: activation, options, suspension."))
simulate.add_command(_command("logistics", "Le transporteur.", "The carrier."))
simulate.add_command(_command("portability", "Le guichet de portabilité.", "The number portability desk."))


@simulate.command(
    "load", help=runtime.both("Charge dans le réseau simulé le parc existant.", "Load the existing fleet into the simulated network.")
)
def load() -> None:
    """Load the inventory's lines into the simulated network."""
    from come.edges.network import simulator  # noqa: PLC0415 - needs Django, set up by the group

    click.echo(simulator.load_inventory(at=clock.now()))


@simulate.command("compare", help=runtime.both("Compare le parc et le réseau simulé.", "Compare the inventory and the simulated network."))
@click.option("--json", "as_json", is_flag=True, help="JSON")
def compare(*, as_json: bool) -> None:
    """Print every line on which the inventory and the network disagree; exit code 1 when there is one."""
    from come.edges.network import reconciliation  # noqa: PLC0415 - needs Django, set up by the group

    found = reconciliation.differences()
    if as_json:
        runtime.print_json([dataclasses.asdict(difference) for difference in found])
    for difference in found if not as_json else ():
        click.echo(f"{difference.line_id}\n  parc   : {difference.inventory or '—'}\n  réseau : {difference.network or '—'}")
    if not as_json and not found:
        click.echo(runtime.both("Le parc et le réseau sont d’accord.", "The inventory and the network agree."))
    raise click.exceptions.Exit(1 if found else 0)
