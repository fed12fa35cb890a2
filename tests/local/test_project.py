"""The project that the engine runs here: the real files, seen from a folder that is the platform's own."""

import json
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from local.project import PACKAGES, Project
from local.providers import Surroundings
from render.configuration import ROOT

HERE = Surroundings(
    aws_endpoint="http://127.0.0.1:9",
    region="us-east-1",
    database_admin_dsn="postgresql://admin:s3cret@127.0.0.1/postgres",
    database_address=("127.0.0.1", 9),
    netlify_url="http://127.0.0.1:8/api/v1",
    netlify_token="token",
)
CONFIG = {
    "aws:region": "us-east-1",
    "priceguard:account": "123456789012",
    "priceguard:protect": "false",
    "priceguard:minCount": "1",
    "priceguard:revision": "{not JSON",
    "priceguard:certificateNames": "[]",
    "priceguard:plans": '{"basic": {"monthly": 900}}',
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """One of the stack dev, written."""
    made = Project(ROOT, tmp_path, "dev")
    made.write(CONFIG, HERE)
    return made


def read(project: Project, name: str) -> Any:
    """A file of YAML."""
    return yaml.safe_load((project.directory / name).read_text())


def test_the_settings_are_the_real_ones_seen_from_here(project: Project) -> None:
    """The same program, in this environment, with a plugin for each package; the real files stay as they are."""
    real = yaml.safe_load((ROOT / "Pulumi.yaml").read_text())
    before = {path: path.read_bytes() for path in ROOT.glob("Pulumi*.yaml")}
    project.write(CONFIG, HERE)
    settings = read(project, "Pulumi.yaml")

    assert Path(settings.pop("main")) == ROOT / "infra"
    assert settings["runtime"]["options"].pop("virtualenv") == sys.prefix
    plugins = {one["name"]: project.directory / one["path"] for one in settings.pop("plugins")["providers"]}
    del real["main"], real["runtime"]["options"]["virtualenv"]
    assert settings == real
    assert plugins.keys() == {"aws", "awsx", "docker-build", "random", "stripe"}
    assert all((folder / f"pulumi-resource-{name}").is_file() for name, folder in plugins.items())
    assert {path: path.read_bytes() for path in ROOT.glob("Pulumi*.yaml")} == before


def test_another_checkout_brings_all_of_its_own(tmp_path: Path) -> None:
    """Program, policy pack and what they import, with the packages of this Python: it need have none."""
    root = tmp_path / "checkout"
    (root / "policy").mkdir(parents=True)
    for name in ("Pulumi.yaml", "policy/PulumiPolicy.yaml"):
        (root / name).write_text((ROOT / name).read_text())
    (root / "policy" / "__main__.py").write_text("import pack\nprint(pack.__file__)\n")
    (root / "policy" / "pack.py").touch()
    project = Project(root, tmp_path, "dev")

    project.write(CONFIG, HERE)

    assert read(project, "Pulumi.yaml")["main"] == str(root / "infra")
    assert project.workspace().environment["PYTHONPATH"] == str(root)
    options = read(project, "policy/PulumiPolicy.yaml")["runtime"]["options"]
    assert options["virtualenv"] == sys.prefix
    done = subprocess.run([sys.executable, project.policy_pack], capture_output=True, text=True, check=True)
    assert done.stdout == f"{root}/policy/pack.py\n"


def test_the_configuration_stands_as_in_a_stack_file(project: Project) -> None:
    """Lists and objects as such; what looks like a number or a truth value stays text, as the engine has it."""
    assert read(project, "Pulumi.dev.yaml") == {
        "config": {
            **CONFIG,
            "priceguard:certificateNames": [],
            "priceguard:plans": {"basic": {"monthly": 900}},
        }
    }


def test_the_engines_salt_outlives_another_configuration(project: Project) -> None:
    """Without it, the engine could not read what it has encrypted; nothing else of the old file stays."""
    file = project.directory / "Pulumi.dev.yaml"
    file.write_text(f"encryptionsalt: v1:abc\n{file.read_text()}")

    project.write({"aws:region": "eu-west-1"}, HERE)

    assert read(project, "Pulumi.dev.yaml") == {"encryptionsalt": "v1:abc", "config": {"aws:region": "eu-west-1"}}


def test_the_passphrase_is_made_once(project: Project) -> None:
    """Another one could not read what the first has encrypted; no two platforms share one."""
    first = (project.directory / "passphrase").read_text()

    project.write(CONFIG, HERE)
    other = Project(ROOT, project.directory.parent / "other", "dev")
    other.write(CONFIG, HERE)

    assert (project.directory / "passphrase").read_text() == first
    assert len(first) >= 32
    assert (other.directory / "passphrase").read_text() != first


def test_only_the_owner_can_read_what_is_written(project: Project) -> None:
    """Surroundings and configuration hold secrets; the plugins can be started."""
    files = [path for path in project.directory.rglob("*") if path.is_file()]
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files}

    assert modes == {
        **dict.fromkeys(("Pulumi.yaml", "Pulumi.dev.yaml", "passphrase", "surroundings.json"), 0o600),
        **dict.fromkeys(("PulumiPolicy.yaml", "__main__.py"), 0o600),
        **dict.fromkeys((f"pulumi-resource-{name}" for name in PACKAGES), 0o700),
    }
    folders = [project.directory / name for name in ("home", "plugins", "state")]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_other_surroundings_reach_the_plugins(project: Project) -> None:
    """Servers have other ports each time; a plugin reads them when it is started."""
    project.write(CONFIG, replace(HERE, aws_endpoint="http://127.0.0.1:10", image_manifest="{}"))

    executable = (project.directory / "plugins" / "pulumi-resource-aws").read_text()
    file = project.directory / "surroundings.json"
    assert str(file) in executable
    written = msgspec.json.decode(file.read_bytes(), type=Surroundings)
    assert written == replace(HERE, aws_endpoint="http://127.0.0.1:10", image_manifest="{}")


def test_a_plugin_that_has_changed_is_written_again(project: Project) -> None:
    """As after a move to another Python."""
    file = project.directory / "plugins" / "pulumi-resource-aws"
    right = file.read_text()
    file.write_text(right.replace(sys.executable, "/gone/python"))

    project.write(CONFIG, HERE)

    assert file.read_text() == right


def test_the_engine_uses_nothing_of_the_developers_own(project: Project) -> None:
    """Its home, its backend and its passphrase are here, and nobody but the stand-ins is asked for anything."""
    workspace = project.workspace(HERE, (ROOT / "policy",))

    told = dict(workspace.environment)
    assert workspace.directory == project.directory
    assert (workspace.stack, workspace.creates, workspace.policy_packs) == ("dev", True, (ROOT / "policy",))
    assert Path(told["PULUMI_HOME"]).is_relative_to(project.directory)
    assert told["PULUMI_BACKEND_URL"] == f"file://{project.directory}/state"
    assert Path(told["PULUMI_CONFIG_PASSPHRASE_FILE"]).read_text()
    assert (told["NETLIFY_API_URL"], told["NETLIFY_AUTH_TOKEN"]) == (HERE.netlify_url, "token")
    assert HERE.netlify_token not in repr(workspace).replace(str(project.directory), "")
    assert json.loads((project.directory / "surroundings.json").read_text())["netlify_token"] == "token"
