"""The preview of a commit, as the job of a pull request makes it: with which program, against what."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gitops.engine import EngineError, Report
from gitops.engine_result import Result
from gitops.previews.basis import program_of, revision_of
from gitops.previews.preview import Preview, examine
from gitops.previews.rendered import compare, manifest_of
from gitops.promotion.stack_file import StackFileError, pair
from gitops.release.checkout import checkout, git
from gitops.release.target import Previews
from render.configuration import ROOT, read_configuration
from render.manifest import Manifest


@dataclass(frozen=True, kw_only=True)
class Examined:
    """A preview, and what it came from.

    Args:
        preview: what was found.
        config: the configuration that the program ran with.
        root: the checkout that holds the program; gone when the context that gave it has ended.
    """

    preview: Preview
    config: Mapping[str, str] = field(repr=False)
    root: Path


def base_of(root: Path, head: str) -> str | None:
    """What a pull request goes onto, when its merge is checked out, as GitHub does for its jobs; else None.

    What the event tells may be hours old, and then somebody else's change would look like this one's.
    """
    parents = git(root, "rev-list", "--parents", "--max-count=1", "HEAD", check=False).split()[1:]
    return parents[0] if parents[1:] == [head] else None


@contextmanager
def previewed(
    stack: str, target: Previews | None, *, base: str | None, report: Report, root: Path = ROOT
) -> Generator[Examined]:
    """What an update to the checkout `root` would do.

    Args:
        stack: the environment.
        target: the same; None for the rendered diff, which asks nobody.
        base: the commit that the change goes onto; None when nobody knows, and then nothing can be rendered.
        report: told of each resource that the engine has seen.
        root: a clone with the change checked out.

    Raises:
        EngineError: the engine could not, for another reason than that it refuses the update.
        CheckoutError: a commit cannot be had.
        StackFileError: prod's file is none.
        ConfigurationError: likewise, of any stack.
        RenderedError: a program could not be run.
    """
    name = f"Pulumi.{stack}.yaml"
    from_ = git(root, "merge-base", base, "HEAD").strip() if base else None
    before = (git(root, "show", f"{from_}:{name}", check=False) or None) if from_ else None
    after = read_text(root / name)
    revision = revision_of(stack, before, after)
    program = program_of(stack, revision)
    with _program(root, revision, name, after) as place:
        config = read_configuration(stack, place)
        if target is None:
            then = None if before is None or from_ is None else _then(stack, root, from_, name, before, revision)
            now = manifest_of(place, stack)
            preview = examine(stack, compare(then, now), config, declared=lambda: now, rendered=True, program=program)
        else:
            found, config = _asked(target, place, report, config)
            declared = (lambda: manifest_of(place, stack)) if revision else None
            preview = examine(stack, found, config, declared=declared, program=program)
        yield Examined(preview=preview, config=config, root=place)


def read_text(path: Path) -> str:
    """A stack's file.

    Raises:
        StackFileError: it cannot be read.
    """
    try:
        return path.read_text()
    except OSError as error:
        raise StackFileError(f"{path.name} cannot be read: {error.strerror}") from None


@contextmanager
def _program(root: Path, revision: str | None, name: str, text: str) -> Generator[Path]:
    """The checkout itself, or one of another commit with this checkout's file of the stack."""
    if revision is None:
        yield root
        return
    with checkout(root, revision, {name: text}) as place:
        yield place


def _then(stack: str, root: Path, base: str, name: str, text: str, revision: str | None) -> Manifest | None:
    """What the stack declared before the change, by the same decision; None when nothing was promoted to it yet."""
    if revision is not None and not pair(text).exists:
        return None
    with checkout(root, pair(text).revision if revision else base, {name: text}) as place:
        return manifest_of(place, stack)


def _asked(target: Previews, root: Path, report: Report, config: dict[str, str]) -> tuple[Result, dict[str, str]]:
    """What the engine finds; also an update that it refuses, for a reason that its result tells."""
    try:
        return target.preview(root, report)
    except EngineError as error:
        config = getattr(error, "config", None) or config
        if error.result is None or not Preview(stack=target.stack, result=error.result, cost=None).refused:
            raise
        return error.result, config
