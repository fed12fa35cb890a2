"""`priceguard accounts`: taking over the accounts of the set-up before, and a new password for who has none.

Each command runs `api.operations` as a one-off task of the service's own image, as `priceguard webhooks` does;
`docs/cutover.md` says when.

Exit codes: 0 it worked; 1 it failed, or something was left (`import`: a row that is no account, an account that nobody
can log in to); 2 the command line is wrong; 3 nothing runs here; 5 the task did not end within ten minutes; 130 Ctrl-C,
which ends the task.
"""

import secrets
import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any

import typer
from argon2 import PasswordHasher
from rich.console import Console
from rich.text import Text

from gitops.aws.one_off_task import Line
from gitops.previews.words import numbered
from local.ending import FAILED
from priceguard.one_off_task import Stack
from priceguard.webhooks import AsJson, Where, answer_of, of, output, plain, print_json

MOST_ROWS = 20
PASSWORD_BYTES = 16
HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)  # as the API's own
COUNTS = ("made", "with_customer", "there_already")
LEFT = {
    "account_refused": "no account",
    "account_cannot_log_in": "nobody can log in",
    "account_left_out": "left out",
}
SHOWN = ("row", "customer", "account_id", "reason")

app = typer.Typer(name="accounts", help="Accounts of the API.", no_args_is_help=True)


@app.command("import")
def import_accounts(
    *,
    table: Annotated[str, typer.Option(help="Table or view, `schema.table` or one of `public`.", show_default=False)],
    email: Annotated[str, typer.Option(help="Its column with the address.", show_default=False)],
    password_hash: Annotated[str, typer.Option(help="Its column with the hash, Argon2.", show_default=False)],
    customer: Annotated[str, typer.Option(help="Its column with the customer at Stripe, cus_...", show_default=False)],
    created_at: Annotated[
        str | None, typer.Option(help="Its column with the time of registration; without a zone it is UTC.")
    ] = None,
    rows: Annotated[
        list[str] | None, typer.Option("--row", help="Of several with one address, the one that counts.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Undo everything in the end.")] = False,
    stack: Where = Stack.LOCAL,
    as_json: AsJson = False,
) -> None:
    """Make an account of each row of an old table in the API's database; repeating it is harmless."""
    columns = {"table": table, "email": email, "password-hash": password_hash, "customer": customer}
    columns |= {"created-at": created_at} if created_at else {}
    # With a sign of equality: a name may begin with a dash.
    arguments = [f"--{name}={value}" for name, value in columns.items()] + [f"--row={row}" for row in rows or ()]
    result = answer_of(stack, ["import-accounts", *arguments, *(["--dry-run"] if dry_run else [])])
    done = next(of(result, "done"))
    found = {event: [{name: line.get(name) for name in SHOWN} for line in of(result, event)] for event in LEFT}
    if as_json:
        lists = {event.removeprefix("account_"): lines for event, lines in found.items()}
        print_json(stack, result, dry_run=dry_run, **{name: done[name] for name in COUNTS}, **lists)
    else:
        show(done, found, stack, dry_run=dry_run)
    raise typer.Exit(min(result.exit_code, FAILED))


@app.command("set-password")
def set_password(
    *,
    account_id: Annotated[uuid.UUID, typer.Argument(help="Which account.", show_default=False)],
    stack: Where = Stack.LOCAL,
    as_json: AsJson = False,
) -> None:
    """Give an account a new password, shown once, and end its sessions; its owner changes it after the first login.

    The password stays on this machine: the task gets its hash.
    """
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    result = answer_of(stack, ["set-password", str(account_id), HASHER.hash(password)])
    if as_json:
        print_json(stack, result, account_id=str(account_id), password=password)
    else:
        output().print(f"the password of {account_id} is now", password, highlight=False, markup=False)


def show(done: Line, found: dict[str, list[dict[str, Any]]], stack: Stack, *, dry_run: bool) -> None:
    """The counts, then what was left, by its reason, and what comes next."""
    console = output()
    words = "would be made" if dry_run else "made"
    console.print(
        Text("✓ ", "green")
        + f"{numbered(done['made'], 'account')} {words}, {done['with_customer']} with a customer at Stripe; "
        f"{done['there_already']} there already"
    )
    for event, heading in LEFT.items():
        lines = sorted(found[event], key=lambda line: line["reason"])
        for reason, group in groupby(lines, key=lambda line: line["reason"]):
            mark = Text("  ") if event == "account_left_out" else Text("✗ ", "red")
            show_rows(console, mark + Text(f"{heading}: {plain(reason)}"), list(group))
    where = "" if stack is Stack.LOCAL else f" --stack {stack}"
    if any(line["reason"].startswith("several") for line in found["account_refused"]):
        say_next(console, "choose the row that counts, and run this again with --row for each")
    if found["account_cannot_log_in"] and not dry_run:
        say_next(console, f"`priceguard accounts set-password{where} <account>` when its owner asks")
    if done["made"] and not dry_run:
        say_next(console, f"`priceguard webhooks reconcile{where}` books what they have at Stripe")


def show_rows(console: Console, heading: Text, lines: Sequence[dict[str, Any]]) -> None:
    """Some rows that share a reason."""
    console.print(Text.assemble(heading, f" ({numbered(len(lines), 'row')})"), soft_wrap=True)
    for line in lines[:MOST_ROWS]:
        facts = [f"row {line['row']}", line["customer"], line["account_id"] and f"account {line['account_id']}"]
        console.print(Text(f"    {'  '.join(plain(fact) for fact in facts if fact)}"), soft_wrap=True)
    if len(lines) > MOST_ROWS:
        console.print(f"    and {len(lines) - MOST_ROWS} more, see --json", highlight=False)


def say_next(console: Console, words: str) -> None:
    """What to do now."""
    console.print(Text(words, "dim"), soft_wrap=True)
