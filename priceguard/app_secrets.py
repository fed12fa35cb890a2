"""`priceguard secrets`: put the one secret that a person writes, see how all of them stand; no command shows a value.

`dev` and `prod` are on AWS, `local` is the platform of this checkout, whichever of the two it runs.

Exit codes: 0 it worked (`set`: also when the value was there already); 1 it was refused or failed; 2 the command line
is wrong; 3 nothing runs here; 130 Ctrl-C.
"""

import contextlib
import datetime as dt
import getpass
import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from gitops.aws.one_off_task import SERVICE
from gitops.stored_secrets.secrets_manager import Clients, Place, SecretError, connect, place_of
from gitops.stored_secrets.stripe_key import StripeKeyError, check_form, check_with_stripe
from gitops.stored_secrets.values import BY_A_PERSON, check_name, put, version_to_replace
from gitops.stored_secrets.versions import Secret, State, look
from local import client, control
from local.ending import INTERRUPTED, failed
from priceguard.one_off_task import NOTHING_RUNS, Stack
from priceguard.webhooks import output

MOST_BYTES = 4096  # of what is read; a key is far shorter, and more is none
SHORT = 8
WORDS = {
    State.MISSING: "does not exist yet: `pulumi up` makes it",
    State.DELETED: "is marked for deletion",
    State.EMPTY: "has no value yet",
    State.UNUSED: "no service uses it yet",
    State.CURRENT: "current",
    State.WAITING: "rolls with the next up",
}
NEVER_AN_ARGUMENT = (
    "the value is never an argument: others on this machine can read it there, and the shell keeps it. Leave it out, "
    "then paste it when asked, or pipe it in; roll the key that stood there, as if it had leaked"
)

app = typer.Typer(name="secrets", help="The API's secrets, without their values.", no_args_is_help=True)


def stack_of(word: str) -> Stack:
    """Take one of the three words, and do not repeat another one: it may be a value in the wrong place."""
    if word in set(Stack):
        return Stack(word)
    raise typer.BadParameter("local, dev or prod")


Where = Annotated[
    Stack,
    typer.Argument(
        help="The environment, or the platform on this machine.",
        metavar="local|dev|prod",
        parser=stack_of,
        show_default=False,
    ),
]


@app.command("set")
def set_value(
    stack: Where,
    name: Annotated[str, typer.Argument(help=f"{BY_A_PERSON}; the program composes the others.", show_default=False)],
    values: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    *,
    check: Annotated[bool, typer.Option(help="Ask Stripe first whether it knows the key.")] = True,
) -> None:
    """Put a new value: asked for without showing it, or read from standard input."""
    if values:
        raise failed(NEVER_AN_ARGUMENT, 2)
    try:
        check_name(name)
        place, clients = reached(stack)
        current = version_to_replace(place, clients, name)
        value = read_value(place.secret(name))
        check_form(value, place.environment)
        if check and stack is not Stack.LOCAL:  # the stand-in takes every key of test mode
            check_with_stripe(value)
        version = put(place, clients, name, value, current)
    except (SecretError, StripeKeyError) as error:
        raise failed(str(error)) from None
    except KeyboardInterrupt:
        raise failed(f"interrupted; `priceguard secrets list {stack}` shows what was written", INTERRUPTED) from None
    show_put(stack, place, name, version)


@app.command("list")
def list_secrets(
    stack: Where, *, as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False
) -> None:
    """Who writes each secret, its current version, and whether the service uses that one."""
    try:
        found = look(*reached(stack))
    except SecretError as error:
        raise failed(str(error)) from None
    if as_json:
        secrets = [asdict(one) | {"changed": one.changed and one.changed.isoformat()} for one in found]
        typer.echo(json.dumps({"stack": stack, "secrets": secrets}, indent=2))
    else:
        show_secrets(found)


def reached(stack: Stack) -> tuple[Place, Clients]:
    """Where the secrets of a stack are, and who is asked for them; the end of the program when nothing runs here.

    Raises:
        SecretError: AWS does not let us in.
    """
    if stack is not Stack.LOCAL:
        place = place_of(stack)
        return place, connect(place)
    from local.providers.aws import Aws  # noqa: PLC0415 - boto3 takes a tenth of a second

    environment, address = running_here()
    place = place_of(environment)
    aws = Aws(address, place.region)
    return place, Clients(*(aws.client(service) for service in ("secretsmanager", "ecs", "sts")))


def running_here() -> tuple[str, str]:
    """The stack of the platform on this machine, and the URL of its AWS; the end of the program without one."""
    try:
        if connection := control.connect(client.platform_directory()):
            with connection:
                status = next(event["done"] for event in connection.request("status") if "done" in event)
            address = next((part["address"] for part in status["parts"] if part["name"] == "aws"), None)
            if address:
                return status["stack"], address
    except (client.ClientError, control.SilentError) as error:
        raise failed(str(error)) from None
    raise failed("nothing runs here; `make up` starts the platform", NOTHING_RUNS)


def read_value(full_name: str) -> str:
    """What a person types unseen, or standard input; without the line's end."""
    if sys.stdin.isatty():
        with contextlib.suppress(EOFError):
            return getpass.getpass(f"{full_name} (not shown): ").rstrip("\r\n")
        return ""
    return sys.stdin.buffer.read(MOST_BYTES).decode(errors="replace").rstrip("\r\n")


def show_put(stack: Stack, place: Place, name: str, version: str | None) -> None:
    """What was written, and what makes it take effect."""
    console, full_name = output(), place.secret(name)
    if version is None:
        console.print(f"{full_name} has this value already; nothing was written", highlight=False)
        return
    console.print(Text("✓ ", "green") + Text(f"{full_name} has a new version, {version[:SHORT]}"), soft_wrap=True)
    then, afterwards = f"The deploy workflow of {stack}, or `pulumi up --stack {stack}`,", " Then revoke the old key."
    if stack is Stack.LOCAL:
        then, afterwards = "`make up`", ""
    console.print(
        f"  Running tasks keep the old one, which their task definition names. {then} makes a new task definition, and "
        f"that rolls the service {SERVICE} of cluster {place.cluster}.{afterwards}",
        highlight=False,
        soft_wrap=True,
    )


def show_secrets(secrets: list[Secret]) -> None:
    """A table."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("secret", "written by", "version", "changed (UTC)", "service uses", "state"):
        table.add_column(heading, no_wrap=heading != "state")
    for one in secrets:
        changed = one.changed.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M") if one.changed else ""
        style = "" if one.state is State.CURRENT else "yellow"
        version, pinned = (text[:SHORT] if text else "" for text in (one.version, one.pinned))
        table.add_row(one.name, one.written_by, version, changed, pinned, Text(WORDS[one.state], style))
    output().print(table)
