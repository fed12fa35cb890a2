"""`priceguard preview --base … --result …`: the preview of a pull request, handed to the job that may write on it.

The file is written whatever happens, so that the comment says what went wrong instead of standing there with what was
true before.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from gitops.engine import EngineError, Report
from gitops.previews.commit import base_of, previewed
from gitops.previews.preview import Preview
from gitops.previews.rendered import RenderedError
from gitops.previews.result import of_failure, of_preview, write
from gitops.promotion.stack_file import StackFileError
from gitops.release.checkout import CheckoutError
from gitops.revision import REVISION
from local.client import ClientError
from local.ending import INTERRUPTED, failed
from priceguard.targets import previews_of
from render.configuration import ROOT, ConfigurationError

EXPECTED = (EngineError, ClientError, ConfigurationError, CheckoutError, RenderedError, StackFileError)


def commit(value: str | None) -> str | None:
    """Refuse what git might take for something else."""
    if value is not None and not REVISION.fullmatch(value):
        raise typer.BadParameter("a commit has 40 hex digits")
    return value


Base = Annotated[
    str | None, typer.Option("--base", metavar="SHA", callback=commit, help="The commit that a pull request goes onto.")
]
Head = Annotated[
    str | None, typer.Option("--head", metavar="SHA", callback=commit, help="The pull request's own commit.")
]
ResultFile = Annotated[
    Path | None,
    typer.Option("--result", metavar="FILE", dir_okay=False, help="For `priceguard comment`; needs --head."),
]
Rendered = Annotated[
    bool, typer.Option("--rendered", help="Compare only what the programs of --base and of here declare.")
]


@dataclass(frozen=True, kw_only=True)
class Of:
    """The pull request that a preview is of, as far as the command line tells.

    Args:
        base: the commit that it goes onto.
        rendered: whether only programs are compared.
        result: where the result is written.
        head: its own commit, which need not be what is checked out: that may be its merge with the base.
    """

    base: str | None
    rendered: bool
    result: Path | None
    head: str | None

    def __post_init__(self) -> None:
        if self.rendered and not self.onto:
            raise typer.BadParameter("compared with which commit? Give --base", param_hint="--rendered")
        if bool(self.result) != bool(self.head):
            raise typer.BadParameter("--result and --head go together")

    @property
    def onto(self) -> str | None:
        """The commit that it goes onto: as told, or as git knows where the pull request's merge is checked out."""
        return self.base or (base_of(ROOT, self.head) if self.head else None)

    @property
    def is_commit(self) -> bool:
        """Whether there is one."""
        return bool(self.base or self.result)


def of_commit(stack: str, of: Of, *, local: bool, watched: Callable[[str], AbstractContextManager[Report]]) -> Preview:
    """The preview, its result written; or the end, with the reason written there too."""
    try:
        target = None if of.rendered else previews_of(stack, local=local)
        with watched(stack) as report, previewed(stack, target, base=of.onto, report=report, root=ROOT) as found:
            if of.result and of.head:
                write(of_preview(found.preview, of.head, found.config, found.root), of.result)
            return found.preview
    except EXPECTED as error:
        _fail(stack, of, str(error))
        raise failed(str(error)) from None
    except KeyboardInterrupt:
        raise failed("interrupted; a preview changes nothing", INTERRUPTED) from None
    except Exception as error:
        _fail(stack, of, f"{type(error).__name__}: {error}")
        raise


def _fail(stack: str, of: Of, words: str) -> None:
    if of.result and of.head:
        write(of_failure(stack, of.head, words), of.result)
