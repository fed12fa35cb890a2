"""The programs on this machine, and the workflow files of the checkout."""

import importlib.metadata
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gitops.doctor.github_settings import NAMED_IN_TRUST
from gitops.doctor.program import output_of
from gitops.doctor.report import Row, advice, good, judged, shown, wrong
from gitops.doctor.subject import Case
from gitops.doctor.template import Template, read_template

_VERSION = re.compile(r"(?<![\d.])\d{1,6}(\.\d{1,6})+")

Run = Callable[[Sequence[str]], str | None]
"""What a program says; None when there is none."""


@dataclass(frozen=True, kw_only=True)
class Tool:
    """A program.

    Args:
        name: of the row.
        command: says the version.
        purpose: what it is for, after `for`.
        where: where to get it.
        least: the oldest version that will do.
        needed: whether people cannot do without; what only a part of the work takes, the workflows have.
    """

    name: str
    command: tuple[str, ...]
    purpose: str
    where: str
    least: str
    needed: bool = False


TOOLS = (
    Tool(
        name="pulumi",
        command=("pulumi", "version"),
        purpose="previews and updates",
        where="https://www.pulumi.com/docs/install/",
        least=importlib.metadata.version("pulumi"),  # an older command may not read what the SDK writes
        needed=True,
    ),
    Tool(
        name="git",
        command=("git", "--version"),
        purpose="everything",
        where="https://git-scm.com/downloads",
        least="2.30",
        needed=True,
    ),
    Tool(
        name="docker",
        command=("docker", "--version"),
        purpose="building the image of dev",
        where="https://docs.docker.com/engine/install/",
        least="23.0",
    ),
    Tool(
        name="buildx",
        command=("docker", "buildx", "version"),
        purpose="building the image of dev",
        where="https://docs.docker.com/build/",
        least="0.13",
    ),
    Tool(
        name="skopeo",
        command=("skopeo", "--version"),
        purpose="copying an image when it is promoted",
        where="https://github.com/containers/skopeo/blob/main/install.md",
        least="1.9",
    ),
    Tool(
        name="gh",
        command=("gh", "--version"),
        purpose="what the doctor says to do at GitHub",
        where="https://cli.github.com",
        least="2.40",
    ),
    Tool(
        name="aws",
        command=("aws", "--version"),
        purpose="the bootstrap, and what the doctor says to do at AWS",
        where="https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
        least="1.43",  # reverts drift
    ),
)
"""Those that are used. Node is not."""


def check_tools(case: Case, run: Run = output_of) -> Iterator[Row]:
    """A row for each program and each workflow file that AWS's trust names."""
    for tool in TOOLS:
        yield _check(tool, run(tool.command))
    given = (case.stack.template if case.stack else _defaults()).parameters
    for parameter in NAMED_IN_TRUST:
        path = f".github/workflows/{given[parameter]}"
        fix = f"take {path} from the branch that deploys, or deploy the bootstrap with {parameter}=<file>"
        yield judged(f"workflows.{parameter}", path, "no such file", fix, holds=(case.root / path).is_file())


def _check(tool: Tool, said: str | None) -> Row:
    check, expected = f"tools.{tool.name}", f"{tool.least} or newer, for {tool.purpose}"
    found = _VERSION.search(said or "")
    if found and _numbers(found[0]) >= _numbers(tool.least):
        return good(check, f"{found[0]}, {expected}")
    words = found[0] if found else "not installed" if said is None else shown(said)
    judge = wrong if tool.needed else advice
    return judge(check, expected=expected, found=words, fix=f"{tool.where} # {tool.name}")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def _defaults() -> Template:
    return Template(read_template(), parameters={}, outputs={}, account="", region="")
