"""The preview of a commit: which program it runs, and what it is compared with."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gitops.engine import EngineError, Report
from gitops.engine_result import Diagnostic, Result
from gitops.previews.commit import base_of, previewed
from gitops.previews.preview import Preview
from gitops.previews.rendered import RenderedError
from gitops.promotion.stack_file import StackFileError
from gitops.release.checkout import CheckoutError
from tests.gitops.golden_preview.samples import LEVEL, PREVIEWS
from tests.gitops.previews.stub_program import begin, commit, git, stack_file

RESULT = replace(PREVIEWS["nothing_changes"].result, policy=(), changes=LEVEL)


class Environment:
    """In place of a target: gives a result, and keeps what it was asked to preview.

    Attributes:
        error: raised instead.
        asked: the network and the stack's file in each checkout.
    """

    stack = "prod"

    def __init__(self) -> None:
        self.error: EngineError | None = None
        self.asked: list[tuple[str, str]] = []

    def preview(self, root: Path, report: Report) -> tuple[Result, dict[str, str]]:  # noqa: ARG002 - the protocol's
        """What the engine found."""
        self.asked.append(((root / "network").read_text(), (root / "Pulumi.prod.yaml").read_text()))
        if self.error:
            raise self.error
        return RESULT, {"priceguard:logLevel": "INFO"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clone; its first commit is `v1`, and promoted; main has another network since, `v2`."""
    first = begin(tmp_path)
    git(tmp_path, "tag", "v1")
    commit(tmp_path, {"network": "10.2.0.0/16", "Pulumi.prod.yaml": stack_file(first)})
    git(tmp_path, "tag", "v2")
    return tmp_path


def look(root: Path, base: str, *, target: Any = None, stack: str = "prod") -> Preview:
    """The preview of what is checked out, onto a base; rendered, without a target."""
    of = git(root, "rev-parse", base)
    with previewed(stack, target, base=of, report=lambda _: None, root=root) as found:
        return found.preview


def networks(found: Preview) -> list[tuple[str, Any, Any]]:
    """What happens to the network: the property, what it was, what it becomes."""
    return [(one.path, one.before, one.after) for change in found.result.changes for one in change.diff]


def test_a_change_of_the_program_is_compared_with_its_base(root: Path) -> None:
    """In prod too, where it is a promotion that would do it; nothing is left behind."""
    commit(root, {"network": "10.3.0.0/16"})
    found = look(root, "v2")

    assert networks(found) == [("cidrBlock", "10.2.0.0/16", "10.3.0.0/16")]
    assert [one.op for one in found.result.changes] == ["replace"]
    assert (found.rendered, found.program) == (True, "promotion")
    assert look(root, "v2", stack="dev").program == ""
    assert git(root, "worktree", "list").count("\n") == 0


def test_what_main_has_meanwhile_is_no_change_of_this(root: Path) -> None:
    """It is compared with where it left main."""
    git(root, "checkout", "--quiet", "-b", "change", "v1")
    commit(root, {"network": "10.3.0.0/16"})

    assert networks(look(root, "v2")) == [("cidrBlock", "10.0.0.0/16", "10.3.0.0/16")]


def test_a_promotion_runs_the_promoted_programs(root: Path) -> None:
    """Before and after, each with its own settings; what main has is nobody's matter."""
    commit(
        root, {"Pulumi.prod.yaml": stack_file(git(root, "rev-parse", "v2"), level="DEBUG"), "network": "10.9.0.0/16"}
    )
    found = look(root, "v2")

    assert networks(found) == [
        ("cidrBlock", "10.0.0.0/16", "10.2.0.0/16"),
        ("tags", {"Level": "INFO"}, {"Level": "DEBUG"}),
    ]
    assert found.program == "revision"


def test_a_first_promotion_makes_everything(root: Path) -> None:
    """Before it there was nothing."""
    first = git(root, "rev-parse", "v1")
    git(root, "checkout", "--quiet", "-b", "change", "v1")
    commit(root, {"Pulumi.prod.yaml": stack_file(first)})

    assert [one.op for one in look(root, "v1").result.changes] == ["create"]


def test_an_environment_is_asked_about_the_same_program(root: Path) -> None:
    """That of the commit in prod's file, with the file as it is here; what the engine finds is the result."""
    text = stack_file(git(root, "rev-parse", "v1"), level="DEBUG")
    commit(root, {"Pulumi.prod.yaml": text, "network": "10.9.0.0/16"})
    target = Environment()
    found = look(root, "v2", target=target)

    assert target.asked == [("10.0.0.0/16", text)]
    assert (found.result, found.rendered, found.program) == (RESULT, False, "revision")


def test_what_the_engine_refuses_is_a_preview(root: Path) -> None:
    """Unless it is for another reason: then there is none."""
    target = Environment()
    refused = replace(RESULT, changes=tuple(replace(one, protect=True) for one in LEVEL))
    target.error = EngineError("refused", refused)
    assert look(root, "v2", target=target).result == refused

    target.error = EngineError(
        "crashed", replace(RESULT, diagnostics=(Diagnostic(severity="error", message="", urn=""),))
    )
    with pytest.raises(EngineError, match="crashed"):
        look(root, "v2", target=target)


def test_what_cannot_be_compared_is_said(root: Path) -> None:
    """A base that the clone lacks, a program that refuses, a file of prod that is none."""
    with (
        pytest.raises(CheckoutError, match="is the clone whole"),
        previewed("dev", None, base="f" * 40, report=lambda _: None, root=root),
    ):
        pass
    commit(root, {"network": "none"})
    with pytest.raises(RenderedError, match="the network has no size"):
        look(root, "v2", stack="dev")
    commit(root, {"Pulumi.prod.yaml": "config: 1"})
    with pytest.raises(StackFileError):
        look(root, "v2")


def test_a_pull_requests_merge_goes_onto_what_main_is_now(root: Path) -> None:
    """What the event told may be hours old, and what was merged since would look like this change."""
    git(root, "checkout", "--quiet", "-b", "feature", "v1")
    commit(root, {"extra": "1"})
    head = git(root, "rev-parse", "HEAD")
    assert base_of(root, head) is None

    git(root, "checkout", "--quiet", "--detach", "v2")
    git(root, "merge", "--quiet", "--no-ff", "--no-edit", "feature")
    assert base_of(root, head) == git(root, "rev-parse", "v2")
    assert base_of(root, "a" * 40) is None
    assert base_of(root.parent, head) is None
