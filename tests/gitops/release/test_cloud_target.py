"""An environment on AWS as the pipeline has it: which engine is asked, of which checkout, with which key."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gitops.engine import EngineError, Workspace
from gitops.engine_result import Result, Timing
from gitops.previews import copied_state, state_copy
from gitops.previews.copied_state import NONE, OUTDATED, CopiedState
from gitops.previews.state_copy import Copy, StateCopyError
from gitops.release import cloud_target
from gitops.release.cloud_target import CloudTarget
from gitops.stored_secrets.stripe_key import StripeKeyError

FOUND = Result(
    changes=(),
    unchanged=3,
    policy=(),
    diagnostics=(),
    before=(),
    after=(),
    timing=Timing(total=1, start=0, program=0, resources=0, end=0),
)


@dataclass
class Engines:
    """Makes engines that do nothing, and remembers what each was asked of which workspace."""

    asked: list[tuple[str, Workspace]] = field(default_factory=list[tuple[str, Workspace]])
    revision: str = "1"

    def __call__(self, workspace: Workspace) -> "Engines":
        """One for a workspace."""
        self.workspace = workspace
        return self

    def preview(self, _: Any) -> Result:
        """Nothing changes."""
        return self._asked("preview")

    def up(self, _: Any) -> Result:
        """What is deployed is newer."""
        self.revision += "1"
        return self._asked("up")

    def drift(self, _: Any) -> Result:
        """None."""
        return self._asked("drift")

    def outputs(self) -> dict[str, Any]:
        """Of what is deployed."""
        self._asked("outputs")
        return {"revision": self.revision}

    def export(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def _asked(self, what: str) -> Result:
        self.asked.append((what, self.workspace))
        return FOUND


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    """In place of Pulumi's."""
    made = Engines()
    monkeypatch.setattr(cloud_target, "Engine", made)
    monkeypatch.setattr(copied_state, "Engine", made)
    return made


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Another checkout than this one."""
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  priceguard:image: none\n")
    return tmp_path


def silent(_: dict[str, Any]) -> None:
    """Nobody watches."""


def test_the_program_the_rules_and_the_settings_are_those_of_the_checkout(engines: Engines, checkout: Path) -> None:
    """Also where the environment of this process would have the packages of another one imported."""
    prod = CloudTarget("prod")

    found, config = prod.preview(checkout, silent)
    prod.update(checkout, silent)

    assert (found, config) == (FOUND, {"priceguard:image": "none"})
    for what, workspace in engines.asked:
        assert what in {"preview", "up"}
        assert (workspace.directory, workspace.stack) == (checkout, "prod")
        assert workspace.policy_packs == (checkout / "policy",)
        assert workspace.environment["PYTHONPATH"] == str(checkout)


def test_an_image_is_pushed_as_one_manifest_with_nothing_beside_it(engines: Engines, checkout: Path) -> None:
    """Or each build of a commit would have another digest."""
    CloudTarget("prod").update(checkout, silent)

    assert engines.asked[0][1].environment["BUILDX_NO_DEFAULT_ATTESTATIONS"] == "1"


def test_outputs_are_asked_once_and_again_after_an_update(engines: Engines, checkout: Path) -> None:
    """Each question starts the engine."""
    prod = CloudTarget("prod")
    assert prod.outputs() == prod.outputs() == {"revision": "1"}
    prod.update(checkout, silent)

    assert prod.outputs() == {"revision": "11"}
    assert [what for what, _ in engines.asked] == ["outputs", "up", "outputs"]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "there is no key"),
        ("sk_test_" + "a" * 24, "that is a key of test mode"),
        ("pk_live_" + "a" * 24, "that is a publishable key"),
    ],
)
def test_stripe_is_asked_with_a_key_of_the_environments_mode_only(
    monkeypatch: pytest.MonkeyPatch, key: str, words: str
) -> None:
    """And the message names the variable, not the key."""
    monkeypatch.setenv("STRIPE_API_KEY", key)

    with pytest.raises(StripeKeyError, match=f"STRIPE_API_KEY: {words}") as refused:
        CloudTarget("prod").stripe()
    assert not key or key not in str(refused.value)


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch, engines: Engines) -> Callable[[Copy | None], Engines]:
    """Has a copy of the state, or none."""

    def have(copy: Copy | None) -> Engines:
        monkeypatch.setattr(state_copy, "fetch", lambda _: copy)
        made = Workspace(directory=Path("elsewhere"), stack="prod", environment={"AWS_REGION": "us-east-1"})
        monkeypatch.setattr(copied_state, "preview_workspace", lambda *_: made)
        return engines

    return have


@pytest.mark.parametrize(
    ("copy", "words"),
    [
        (None, [NONE]),
        (Copy(stack="prod", checkpoint="1", deployment={}, current=False), [OUTDATED]),
        (Copy(stack="prod", checkpoint="1", deployment={}), []),
    ],
    ids=["none", "out of date", "current"],
)
def test_a_pull_request_is_previewed_over_the_copy_without_secrets(
    copied: Callable[[Copy | None], Engines], checkout: Path, copy: Copy | None, words: list[str]
) -> None:
    """What is wrong with the copy, the reviewer reads."""
    engines = copied(copy)

    found, _ = CopiedState("prod").preview(checkout, silent)

    assert [one.message for one in found.diagnostics] == words
    ((_, workspace),) = engines.asked
    assert workspace.directory == Path("elsewhere")
    assert workspace.environment == {"AWS_REGION": "us-east-1", "PYTHONPATH": str(checkout)}


def test_a_copy_that_cannot_be_read_is_told_as_a_preview_that_failed(
    monkeypatch: pytest.MonkeyPatch, checkout: Path
) -> None:
    """The comment says why."""

    def fetch(_: str) -> Copy | None:
        raise StateCopyError("AWS refuses: allow s3:GetObject")

    monkeypatch.setattr(state_copy, "fetch", fetch)

    with pytest.raises(EngineError, match="allow s3:GetObject"):
        CopiedState("prod").preview(checkout, silent)
