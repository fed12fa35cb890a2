"""A preview over the copy of a state, without secrets, on Pulumi's engine: it finds what one over the state does."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from moto import mock_aws

from gitops.engine import Engine
from gitops.previews.state_copy import Copy, fetch, place, publish
from gitops.previews.workspace import preview_workspace
from local.project import Project
from render.configuration import ROOT
from tests.gitops.previews.state_bench import opened
from tests.journey.platform import Commands

pytestmark = pytest.mark.usefixtures("pulumi")
BUCKET = "priceguard-state-123456789012-us-east-1"
RANDOM, VERSION, ENDPOINT = (
    "random:index/randomPassword:RandomPassword",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "stripe:index/webhookEndpoint:WebhookEndpoint",
)


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """dev, made by the engine."""
    commands = Commands(tmp_path_factory.mktemp("masked") / "local", engine="pulumi")
    commands.up()
    yield commands
    commands.run("down", "--reset")


@pytest.fixture(scope="module")
def state(platform: Commands) -> dict[str, Any]:
    """What the engine remembers, secrets laid open."""
    return Engine(Project(ROOT, platform.directory, "dev").workspace()).export()


@pytest.fixture(scope="module")
def copy(state: dict[str, Any]) -> Copy:
    """As a deployment publishes it, and a preview fetches it."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        at = place(f"s3://{BUCKET}?region=us-east-1&awssdk=v2")
        at.s3.create_bucket(Bucket=BUCKET)
        at.s3.put_object(Bucket=BUCKET, Key=".pulumi/stacks/priceguard/dev.json", Body=b"encrypted")
        publish("dev", lambda: state, at)
        found = fetch("dev", at)
    assert found
    return found


@pytest.fixture
def root(platform: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A checkout whose providers are the platform's: the files that the platform has written for the engine."""
    written = platform.directory / "pulumi"
    project = yaml.safe_load((written / "Pulumi.yaml").read_text())
    for plugin in project["plugins"]["providers"]:
        plugin["path"] = str(written / plugin["path"])
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    (root / "Pulumi.dev.yaml").write_text((written / "Pulumi.dev.yaml").read_text())
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    for name in ("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "PULUMI_DISABLE_REGISTRY_RESOLVE"):
        monkeypatch.setenv(name, "true")
    yield root
    shutil.rmtree(tmp_path / "home")  # the engine's own logs, which are no text


def secrets(state: dict[str, Any]) -> dict[str, str]:
    """What nobody may see: what the providers made up, and what is composed from it."""
    made = {one["urn"].rpartition("::")[2]: one for one in opened(state)["resources"] if one["type"] == VERSION}
    (password,) = [one["outputs"]["result"] for one in opened(state)["resources"] if one["type"] == RANDOM]
    (signing,) = [one["outputs"]["secret"] for one in opened(state)["resources"] if one["type"] == ENDPOINT]
    return {"password": password, "signing": signing, "url": made["database-url"]["inputs"]["secretString"]}


def test_the_preview_finds_no_difference_and_no_secret(
    copy: Copy, state: dict[str, Any], root: Path, tmp_path: Path
) -> None:
    """Everything is as it was, in the rules' eyes, too; and no file of the preview holds a secret."""
    workspace = preview_workspace(root, "dev", copy, tmp_path / "work", [ROOT / "policy"])

    result = Engine(workspace).preview()

    assert result.changes == ()
    assert result.unchanged > 100
    assert [one for one in result.diagnostics if one.severity in {"error", "warning"}] == []
    assert not [one for one in result.policy if one.mandatory]
    texts = [
        file.read_bytes() for folder in ("work", "home") for file in (tmp_path / folder).rglob("*") if file.is_file()
    ]
    remembered = json.dumps(opened(Engine(workspace).export()))
    for name, value in secrets(state).items():
        assert value in json.dumps(opened(state)), name
        assert value not in remembered, name
        assert not [text for text in texts if value.encode() in text], name


def test_what_changes_is_what_changes_over_the_state_itself(
    copy: Copy, platform: Commands, root: Path, tmp_path: Path
) -> None:
    """A setting, and what stands in a secret: neither more nor less, and nothing hides behind a placeholder."""
    changed = {"priceguard:maxCount": "9", "priceguard:allowedOrigins": ["https://other.example"]}
    file = root / "Pulumi.dev.yaml"
    settings = yaml.safe_load(file.read_text())
    settings["config"] |= changed
    file.write_text(yaml.safe_dump(settings))

    result = Engine(preview_workspace(root, "dev", copy, tmp_path / "work")).preview()

    found = {(one.op, one.type, one.name) for one in result.changes}
    assert {
        ("update", "aws:appautoscaling/target:Target", "api"),
        ("replace", VERSION, "allowed-origins"),
    } < found
    assignments = [f"{key}={value if isinstance(value, str) else json.dumps(value)}" for key, value in changed.items()]
    told = platform.preview("dev", *(word for one in assignments for word in ("--set", one)))
    assert found == {(one["op"], one["type"], one["name"]) for one in told["changes"]}
