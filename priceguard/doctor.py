"""`priceguard doctor`: whether an environment stands on what it needs: AWS, GitHub, Netlify, Stripe, this machine.

It reads, and changes nothing. What nobody has given a token for is not asked, which is said and is no finding.

Exit codes: 0 all that was asked is well; 1 something is wrong, or could not be read; 2 nothing could be asked (no
credentials, another account, no network), or the command line is wrong.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import groupby
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gitops.doctor.errors import DoctorError
from gitops.doctor.examination import ENVIRONMENTS, examine
from gitops.doctor.report import Report, Row, State

SICK, NOT_SEEN = 1, 2
MARKS = {
    State.GOOD: Text("✓", "green"),
    State.WRONG: Text("✗", "red"),
    State.UNREAD: Text("?", "yellow"),
    State.ADVICE: Text("!", "yellow"),
    State.NOT_ASKED: Text("-", "dim"),
}


class Group(StrEnum):
    """What can be looked at alone."""

    AWS = "aws"
    GITHUB = "github"
    NETLIFY = "netlify"
    STRIPE = "stripe"
    TOOLS = "tools"


def doctor(
    environment: Annotated[
        Literal["dev", "prod"] | None,
        typer.Argument(help="Without one both.", show_default=False),
    ] = None,
    *,
    only: Annotated[list[Group] | None, typer.Option("--only", help="Look at this alone; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Look at AWS, GitHub, Netlify, Stripe and this machine, and say what to do about each difference. Only reads.

    Asks with your AWS credentials, GITHUB_TOKEN, NETLIFY_AUTH_TOKEN with NETLIFY_SITE_ID, and STRIPE_API_KEY.

    Exit codes: 0 all that was asked is well; 1 findings; 2 nothing could be asked (no credentials, wrong account, no
    network).
    """
    try:
        with Console(stderr=True).status("asking") as status:
            report = examine(
                [environment] if environment else ENVIRONMENTS,
                only=only or (),
                progress=lambda question: status.update(f"asking {question}"),
            )
    except DoctorError as error:
        sys.stderr.write(f"✗ {error}\n")
        raise typer.Exit(NOT_SEEN) from None
    if as_json:
        typer.echo(json.dumps(report.as_dict(), indent=2))
    else:
        show(report)
    raise typer.Exit(SICK if report.findings else 0)


def show(report: Report) -> None:
    """A line for each subject and each finding; then what to do, each remedy once."""
    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, 240)  # a file has no right edge
    place = f"account {report.account}, {report.region}: " if report.account else ""
    console.print(f"{place}{' and '.join(report.environments)}", highlight=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column("words", overflow="fold")
    for subject, rows in groupby(report.rows, lambda row: row.subject):
        for cells in lines(subject, list(rows)):
            table.add_row(*cells)
    console.print(table)
    for fix, ids in remedies(row for row in report.rows if row.state is not State.NOT_ASKED and row.fix):
        console.print(Text(f"\n# {ids}", "dim"), soft_wrap=True)
        console.print(Text(fix), soft_wrap=True)
    console.print(f"\n{summary(report)}", highlight=False)


def summary(report: Report) -> str:
    """How many checks came to what."""
    states = [row.state for row in report.rows]
    count, advised, unasked = len(report.findings), states.count(State.ADVICE), states.count(State.NOT_ASKED)
    words = [
        f"{len(states) - unasked} checks",
        f"{count or 'no'} finding{'' if count == 1 else 's'}",
        *([f"{advised} to consider"] if advised else []),
        *([f"{unasked} not asked"] if unasked else []),
    ]
    return ", ".join(words)


def lines(subject: str, rows: list[Row]) -> Iterator[tuple[Text, Text, Text]]:
    """What is astray in one subject; one line when nothing is. What could not be read for one reason is one line."""
    unread: dict[str, list[str]] = {}
    for row in rows:
        if row.state is State.UNREAD:
            unread.setdefault(row.found, []).append(row.id.partition(".")[2])
        elif row.state is State.NOT_ASKED:
            yield MARKS[row.state], Text(row.id), Text(f"not asked: {row.found}; {row.fix}", "dim")
        elif row.state is not State.GOOD:
            yield MARKS[row.state], Text(row.id), Text(f"expected {row.expected}\nfound    {row.found}")
    for reason, names in unread.items():
        yield MARKS[State.UNREAD], Text(subject), Text(f"{', '.join(names)} {reason}".lstrip())
    if all(row.state is State.GOOD for row in rows):
        yield MARKS[State.GOOD], Text(subject), Text("as expected", "dim")


def remedies(rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Each remedy once, with the ids of what it is for."""
    by_fix: dict[str, list[str]] = {}
    for row in rows:
        by_fix.setdefault(row.fix, []).append(row.subject if row.state is State.UNREAD else row.id)
    for fix, ids in by_fix.items():
        yield fix, ", ".join(dict.fromkeys(ids))
