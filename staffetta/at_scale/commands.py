"""The commands of running at scale. What they stand on is imported when they are called: Kafka's
client and the settings would make every other command slower to start."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.runtime.log import set_up
from staffetta.telemetry import traced
from staffetta.terminal import Data, complain, out, port_of, say, until_stopped, wrong

if TYPE_CHECKING:
    from shared.runtime.kafka.broker import Broker

topics = typer.Typer(
    help="Create or check the topics and rights of the broker.", no_args_is_help=True
)
config = typer.Typer(help="Check the settings of a service's process.", no_args_is_help=True)
WISHED_PORT = 8291
Replicas = Annotated[
    int, typer.Option(min=1, metavar="NUMBER", help="How many brokers keep each record.")
]


def up(
    data: Data = Path("var/up"),
    port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT", help="A port of this machine. Else 8291, or any that is free."
        ),
    ] = None,
) -> None:
    """Bring up everything at scale on this machine, until Ctrl-C.

    A Kafka, a PostgreSQL with a database for each service, and the four services as processes of
    their own, behind one address. Needs Java 17 or later, and Maven the first time. When it
    stops, nothing is left running; the data stays. Where one of them ends by itself, that one is
    named, everything is stopped, and the exit code is 1.
    """
    from staffetta.at_scale.kafka import NoKafka
    from staffetta.at_scale.postgres import NoPostgres
    from staffetta.at_scale.up import Ended, one_address, together

    set_up()
    if data.exists() and not data.is_dir():
        raise typer.BadParameter("that is a file, and no directory", param_hint="--data")
    where = port_of(port, WISHED_PORT)
    say("Bringing up Kafka, PostgreSQL and the four services: about half a minute.")
    try:
        with (
            where,
            together(data, certified=True) as running,
            one_address(running.services, where, running.certified) as address,
        ):
            running.wait_until_they_answer()
            with until_stopped(running.until_one_ends):
                say(f"Serving at {address} (data in {data}). Ctrl-C stops.")
                say(f"A journey over it: staffetta journey --against {address} --data {data}")
    except (NoKafka, NoPostgres) as missing:
        complain(str(missing))
        raise typer.Exit(2) from None
    except Ended as ended:
        complain(str(ended))
        raise typer.Exit(1) from None


def run() -> None:
    """Run one service as this process.

    Its address, its relay, its consumer and its timers, until Ctrl-C or SIGTERM. The settings
    are environment variables, STAFFETTA_…: `staffetta config check` says what is missing.
    """
    from staffetta.at_scale.environment import demanded, settings_of
    from staffetta.at_scale.process import run as run_service
    from staffetta.at_scale.settings import Settings

    set_up()
    with demanded():
        settings = settings_of(Settings)
        with traced(settings.service):
            in_time = run_service(settings)
    if not in_time:
        # A thread that does not end would hold the process for longer than was granted.
        os._exit(1)


def journey(
    against: Annotated[
        str, typer.Option(metavar="URL", help="The address that `staffetta up` says.")
    ],
    data: Data = Path("var/up"),
) -> None:
    """Play one whole journey against running services.

    Ends with 0 only if each step had the effect that it should have had, else with 1. The
    directory holds the key by which the services there check tokens.
    """
    from staffetta.at_scale.visiting import Elsewhere, visit

    try:
        done = visit(against, data, out)
    except Elsewhere as elsewhere:
        wrong(elsewhere.option, elsewhere.why)
        raise typer.Exit(2) from None
    raise typer.Exit(0 if done else 1)


@config.command("check")
def check_config() -> None:
    """Say what is wrong with this environment, or that nothing is.

    Every setting that is missing or wrong, in words; then whether the database, the broker, the
    keys and the other services answer. Ends with 1 where something is wrong. Secrets are never
    shown.
    """
    from staffetta.at_scale.checking import OK, findings, strangers
    from staffetta.at_scale.environment import Faulty, settings_of
    from staffetta.at_scale.settings import Settings

    wrongs = list(strangers(os.environ))
    try:
        found = list(findings(settings_of(Settings)))
    except Faulty as faulty:
        wrongs += faulty.faults
        found = []
    for name, told in found:
        if told == OK:
            say(f"{name}: {told}")
        else:
            wrongs.append((name, told))
    for name, told in wrongs:
        wrong(name, told)
    if wrongs:
        raise typer.Exit(1)
    say("All is well.")


@topics.command("apply")
def apply_topics(replicas: Replicas = 1) -> None:
    """Create what is missing; take away rights that nobody should have.

    What this cannot change is named, and the command ends with 1: the number of a topic's lanes,
    and missing users, whose passwords only you know (kafka-configs.sh --alter --add-config).
    The broker is the one of STAFFETTA_KAFKA, STAFFETTA_KAFKA_USER is its administrator.
    """
    from staffetta.at_scale import topics as broker_topics

    with _administered() as broker:
        _say_what_differs(broker_topics.apply(broker, replicas))


@topics.command("check")
def check_topics(replicas: Replicas = 1) -> None:
    """Compare topics and rights with what they should be.

    Each difference is named; where there is one, the command ends with 1. The broker is the one
    of STAFFETTA_KAFKA, STAFFETTA_KAFKA_USER is its administrator.
    """
    from staffetta.at_scale import topics as broker_topics

    with _administered() as broker:
        _say_what_differs(broker_topics.differences(broker, replicas))


def _say_what_differs(found: Sequence[str]) -> None:
    for difference in found:
        say(difference)
    if found:
        raise typer.Exit(1)
    say("Topics and rights are as they should be.")


@contextmanager
def _administered() -> Iterator["Broker"]:
    """The broker of the environment; what it does not answer or not allow is told."""
    from kafka.errors import AuthorizationError, KafkaError

    from staffetta.at_scale.answering import broker_trouble
    from staffetta.at_scale.environment import Faulty, demanded, settings_of
    from staffetta.at_scale.settings import BrokerSettings

    with demanded():
        broker = settings_of(BrokerSettings).broker
        if trouble := broker_trouble(broker):
            raise Faulty([("STAFFETTA_KAFKA", trouble)])
        try:
            yield broker
        except AuthorizationError:
            rule = "may not do this: it must be an administrator of the broker"
            raise Faulty([("STAFFETTA_KAFKA_USER", rule)]) from None
        except KafkaError as error:
            raise Faulty([("STAFFETTA_KAFKA", f"it answers {type(error).__name__}")]) from None
