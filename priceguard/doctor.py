"""`priceguard doctor`: whether the AWS account is what its bootstrap makes of it; reads, and changes nothing.

Exit codes: 0 all is well; 1 something is wrong or could not be read; 2 nothing could be looked at (no credentials,
another account, no network), or the command line is wrong.
"""

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gitops.doctor.account import DoctorError
from gitops.doctor.examination import ENVIRONMENTS, examine
from gitops.doctor.report import Report, Row, State

SICK, NOT_SEEN = 1, 2
MARKS = {State.GOOD: Text("✓", "green"), State.WRONG: Text("✗", "red"), State.UNREAD: Text("?", "yellow")}


def doctor(
    environment: Annotated[
        Literal["dev", "prod"] | None,
        typer.Argument(help="Without one both, when they share an account.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002
) -> None:
    """Compare the AWS account to bootstrap/account.yaml, and say what to do about each difference. Only reads.

    Exit codes: 0 all is well; 1 findings; 2 nothing could be looked at (no credentials, wrong account, no network).
    """
    try:
        with Console(stderr=True).status("asking AWS") as status:
            report = examine(
                [environment] if environment else ENVIRONMENTS,
                progress=lambda question: status.update(f"asking AWS: {question}"),
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
    console.print(f"account {report.account}, {report.region}: {' and '.join(report.environments)}", highlight=False)
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(no_wrap=True)
    table.add_column("words", overflow="fold")
    for subject, rows in groupby(report.rows, lambda row: row.subject):
        for cells in lines(subject, list(rows)):
            table.add_row(*cells)
    console.print(table)
    for fix, ids in remedies(report.findings):
        console.print(Text(f"\n# {ids}", "dim"), soft_wrap=True)
        console.print(Text(fix), soft_wrap=True)
    count = len(report.findings)
    console.print(f"\n{len(report.rows)} checks, {count or 'no'} finding{'' if count == 1 else 's'}", highlight=False)


def lines(subject: str, rows: list[Row]) -> Iterator[tuple[Text, Text, Text]]:
    """What is astray in one subject; one line when nothing is. What could not be read for one reason is one line."""
    unread: dict[str, list[str]] = {}
    for row in rows:
        if row.state is State.UNREAD:
            unread.setdefault(row.found, []).append(row.id.partition(".")[2])
        elif row.state is State.WRONG:
            yield MARKS[row.state], Text(row.id), Text(f"expected {row.expected}\nfound    {row.found}")
    for reason, names in unread.items():
        yield MARKS[State.UNREAD], Text(subject), Text(f"{', '.join(names)} {reason}")
    if all(row.state is State.GOOD for row in rows):
        yield MARKS[State.GOOD], Text(subject), Text("as expected", "dim")


def remedies(findings: Iterable[Row]) -> Iterator[tuple[str, str]]:
    """Each remedy once, with the ids of what it is for."""
    by_fix: dict[str, list[str]] = {}
    for row in findings:
        by_fix.setdefault(row.fix, []).append(row.id if row.state is State.WRONG else row.subject)
    for fix, ids in by_fix.items():
        yield fix, ", ".join(dict.fromkeys(ids))
