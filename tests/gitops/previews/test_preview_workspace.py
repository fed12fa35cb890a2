"""Where a preview over the masked copy runs, up to what the engine is asked; the engine itself has a journey."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gitops.previews import workspace as module
from gitops.previews.masked_state import mask
from gitops.previews.state_copy import Copy, StateCopyError
from gitops.previews.workspace import preview_workspace
from render.configuration import ROOT
from tests.gitops.previews.state_bench import deployment, password

OWN = {"type": "passphrase", "state": {"salt": "v1:own"}}
COPY = Copy(stack="dev", checkpoint="", deployment=mask(deployment(password("a-password-of-the-database"))))


class Engine:
    """Stands for the engine: notes what it is to remember."""

    loaded: list[dict[str, Any]]

    def __init__(self, workspace: Any) -> None:
        assert workspace.creates

    def export(self) -> dict[str, Any]:
        """Of a stack that was just made."""
        return {"secrets_providers": OWN, "metadata": {}}

    def load(self, deployment: dict[str, Any]) -> None:
        """What it is given."""
        Engine.loaded.append(deployment)


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No engine is needed."""
    Engine.loaded = []
    monkeypatch.setattr(module, "Engine", Engine)


def checkout(at: Path, *lines: str) -> Path:
    """One whose stack has a backend with a key."""
    at.mkdir()
    (at / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text())
    encryption = ("secretsprovider: awskms://alias/x", "encryptedkey: QUJD", "encryptionsalt: v1:x")
    (at / "Pulumi.dev.yaml").write_text("\n".join([*encryption, "config:", "  aws:region: us-east-1", *lines]))
    return at


def read(file: Path) -> dict[str, Any]:
    """A file of the workspace."""
    return yaml.safe_load(file.read_text())


def test_the_program_is_that_of_the_checkout_and_the_backend_is_not(tmp_path: Path) -> None:
    """Settings as they are; no key, no other backend, and nothing in the checkout is touched."""
    root = checkout(tmp_path / "root")
    before = {file: file.read_bytes() for file in root.iterdir()}

    workspace = preview_workspace(root, "dev", COPY, tmp_path / "work", [root / "policy"])

    assert {file: file.read_bytes() for file in root.iterdir()} == before
    assert read(tmp_path / "work" / "Pulumi.dev.yaml") == {"config": {"aws:region": "us-east-1"}}
    project = read(tmp_path / "work" / "Pulumi.yaml")
    assert Path(project["main"]) == root / "infra"
    assert project["runtime"]["options"]["virtualenv"] == sys.prefix
    assert (workspace.stack, workspace.directory, workspace.policy_packs) == (
        "dev",
        tmp_path / "work",
        (root / "policy",),
    )
    assert workspace.environment["PULUMI_BACKEND_URL"] == (tmp_path / "work" / "state").as_uri()


def test_the_engine_remembers_the_copy_encrypted_for_this_run(tmp_path: Path) -> None:
    """With a key of its own that nobody knows."""
    root = checkout(tmp_path / "root")
    one, two = (preview_workspace(root, "dev", COPY, tmp_path / name) for name in ("one", "two"))

    assert Engine.loaded == [{**COPY.deployment, "secrets_providers": OWN}] * 2
    keys = {one.environment["PULUMI_CONFIG_PASSPHRASE"], two.environment["PULUMI_CONFIG_PASSPHRASE"]}
    assert len(keys) == 2
    assert not [key for key in keys if key in repr((one, two))]


def test_without_a_copy_everything_is_new(tmp_path: Path) -> None:
    """As before the first deployment."""
    preview_workspace(checkout(tmp_path / "root"), "dev", None, tmp_path / "work")

    assert Engine.loaded == []


@pytest.mark.parametrize(("stack", "mode"), [("dev", "test"), ("prod", "live")])
def test_no_key_of_anybody_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stack: str, mode: str) -> None:
    """Not even where the job has one by mistake; Stripe's provider gets a key that is none."""
    monkeypatch.setenv("STRIPE_API_KEY", "sk_test_of_the_job")
    monkeypatch.setenv("NETLIFY_AUTH_TOKEN", "token-of-the-job")

    environment = preview_workspace(ROOT, stack, None, tmp_path / "work").environment

    assert environment["STRIPE_API_KEY"] == f"sk_{mode}_none_in_a_preview"
    assert environment["NETLIFY_AUTH_TOKEN"] == ""
    assert "of-the-job" not in json.dumps(dict(environment))


def test_plugins_that_the_project_names_are_found_from_there(tmp_path: Path) -> None:
    """As the checkout has them, relative to itself."""
    root = checkout(tmp_path / "root")
    (root / "Pulumi.yaml").write_text(
        (root / "Pulumi.yaml").read_text() + "plugins: {providers: [{name: aws, path: plugins}]}\n"
    )

    preview_workspace(root, "dev", None, tmp_path / "work")

    (plugin,) = read(tmp_path / "work" / "Pulumi.yaml")["plugins"]["providers"]
    assert plugin == {"name": "aws", "path": str(root / "plugins")}


@pytest.mark.parametrize(
    ("project", "lines", "words"),
    [
        ("[]", (), "Pulumi.yaml of the checkout cannot be read as the project's file"),
        ("{", (), "Pulumi.yaml of the checkout cannot be read"),
        ("name: priceguard", (), "Pulumi.yaml of the checkout cannot be read"),
        ("name: priceguard", ("  k: {secure: x}",), r"Pulumi.dev.yaml holds encrypted values \(k\)"),
        ("name: priceguard", ("  }",), "Pulumi.dev.yaml cannot be read as a stack's file"),
    ],
)
def test_a_checkout_that_is_none_is_refused(tmp_path: Path, project: str, lines: tuple[str, ...], words: str) -> None:
    """A pull request may hold anything."""
    root = checkout(tmp_path / "root", *lines)
    (root / "Pulumi.yaml").write_text(project)

    with pytest.raises(StateCopyError, match=words):
        preview_workspace(root, "dev", COPY, tmp_path / "work")
