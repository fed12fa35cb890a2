"""Checkouts whose program only declares a network of the size in `network`, and tells what its settings say."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

CONFIGURATION = "class ConfigurationError(Exception): pass\n"
PROGRAM = """
import json, pathlib
import yaml
from render.configuration import ConfigurationError

ROOT = pathlib.Path(__file__).parent.parent


class Declared:
    def __init__(self, told): self.told = told
    def to_json(self): return json.dumps(self.told)


def run(stack, overrides):
    size = (ROOT / "network").read_text()
    if size == "none": raise ConfigurationError("the network has no size")
    config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]
    root = f"urn:pulumi:{stack}::priceguard::pulumi:pulumi:Stack::priceguard-{stack}"
    network = {
        "urn": f"urn:pulumi:{stack}::priceguard::aws:ec2/vpc:Vpc::network", "type": "aws:ec2/vpc:Vpc",
        "name": "network", "parent": root, "custom": True,
        "inputs": {"cidrBlock": size, "tags": {"Level": config["priceguard:logLevel"], **overrides}}, "options": {},
    }
    return Declared({"stack": stack, "resources": [network], "outputs": {}})
"""
NONE = "0" * 40


def stack_file(revision: str = NONE, level: str = "INFO") -> str:
    """A `Pulumi.prod.yaml`; without a commit nothing was promoted yet."""
    image = f"r@sha256:{revision[0] * 64}"
    lines = (f"  priceguard:image: {image}", f'  priceguard:revision: "{revision}"', f"  priceguard:logLevel: {level}")
    return "\n".join(["config:", *lines, ""])


def git(root: Path, *arguments: str) -> str:
    """What git says."""
    who = ["-c", "user.name=ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=root, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def begin(root: Path) -> str:
    """A repository with a first commit, which is returned."""
    git(root, "init", "--quiet", "--initial-branch=main", "--template=")
    files = {"__init__.py": "", "configuration.py": CONFIGURATION, "program.py": PROGRAM}
    (root / "render").mkdir()
    for name, text in files.items():
        (root / "render" / name).write_text(text)
    (root / "requirements").mkdir()
    (root / "requirements" / "dev.txt").write_text("pulumi==3\n")
    (root / ".venv").mkdir()  # so that nothing is installed for a commit with the same lock
    return commit(root, {"network": "10.0.0.0/16", "Pulumi.dev.yaml": stack_file(), "Pulumi.prod.yaml": stack_file()})


def commit(root: Path, files: Mapping[str, str]) -> str:
    """A commit with these files; its name."""
    for name, text in files.items():
        (root / name).write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "A change")
    return git(root, "rev-parse", "HEAD")
