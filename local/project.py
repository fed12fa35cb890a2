"""The project that the engine runs on this machine: the real program, the real stack files with what differs here.

All of it stands in one folder of its own, beside the platform's data: the state, the plugins, a passphrase, what the
engine keeps of its own. Nothing in the checkout is changed, and nothing of a developer's own Pulumi is used.
"""

import json
import secrets
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from gitops.engine import Workspace
from local.private_file import write_private
from local.providers import Surroundings

PACKAGES = ("aws", "awsx", "docker-build", "random", "stripe")
"""Those that the program uses; each is served by an executable of its own."""
EXECUTABLE = """#!/bin/sh
exec {python} -P -m local.plugin {package} {surroundings} "$@"
"""
FOLDER = "pulumi"
SURROUNDINGS = "surroundings.json"
PACK = """import runpy

runpy.run_path({folder!r}, run_name="__main__")
"""
KEPT = 20
"""Files of each kind that the engine writes anew with every run: its own logs, and the history of the stack."""
SALT = "encryptionsalt"
"""The line of a stack file that the engine has written: without it, it could not read its own secrets any more."""


class Project:
    """The folder.

    Args:
        root: the checkout.
        directory: of the platform; mode 0700.
        stack: `dev` or `prod`.
    """

    def __init__(self, root: Path, directory: Path, stack: str) -> None:
        self._root, self._stack = root, stack
        self.directory = directory / FOLDER
        self.policy_pack = self.directory / "policy"

    def write(self, config: Mapping[str, str], surroundings: Surroundings) -> None:
        """Write everything that the engine reads, for a configuration as text and what the stand-ins work on."""
        for folder in ("home", "plugins", "state"):
            (self.directory / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        passphrase = self.directory / "passphrase"
        if not passphrase.exists():
            write_private(passphrase, secrets.token_urlsafe(32))
        self._prune()
        write_private(self.directory / SURROUNDINGS, msgspec.json.encode(surroundings).decode())
        for package in PACKAGES:
            self._write_plugin(package)
        self._write_yaml("Pulumi.yaml", self._settings())
        self._write_policy_pack()
        self._write_yaml(self._stack_file.name, {**self._salt(), "config": {k: _value(v) for k, v in config.items()}})

    @property
    def exists(self) -> bool:
        """Whether it has been written."""
        return self._stack_file.exists()

    def workspace(self, surroundings: Surroundings | None = None, policy_packs: tuple[Path, ...] = ()) -> Workspace:
        """How the engine is started on it; the program's own resources find their stand-in by its variables."""
        own = {"NETLIFY_API_URL": surroundings.netlify_url or ""} if surroundings else {}
        own |= {"NETLIFY_AUTH_TOKEN": surroundings.netlify_token} if surroundings else {}
        return Workspace(
            directory=self.directory,
            stack=self._stack,
            policy_packs=policy_packs,
            creates=True,
            local=True,
            environment={
                # The program, its policy pack and the plugins are the checkout's, wherever Python was installed for.
                "PYTHONPATH": str(self._root),
                "PULUMI_HOME": str(self.directory / "home"),
                "PULUMI_BACKEND_URL": (self.directory / "state").as_uri(),
                "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.directory / "passphrase"),
                # Nobody but the stand-ins is asked, for anything.
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
                "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
                **own,
            },
        )

    @property
    def _stack_file(self) -> Path:
        return self.directory / f"Pulumi.{self._stack}.yaml"

    def _settings(self) -> dict[str, Any]:
        """The real Pulumi.yaml, seen from here, with the plugins."""
        settings = yaml.safe_load((self._root / "Pulumi.yaml").read_text())
        settings["main"] = str(self._root / settings["main"])
        settings["runtime"]["options"]["virtualenv"] = sys.prefix
        settings["plugins"] = {"providers": [{"name": name, "path": "plugins"} for name in PACKAGES]}
        return settings

    def _write_policy_pack(self) -> None:
        """The real one, which expects its packages beside it: a checkout need not have them."""
        pack = self._root / "policy"
        self.policy_pack.mkdir(mode=0o700, exist_ok=True)
        settings = yaml.safe_load((pack / "PulumiPolicy.yaml").read_text())
        settings["runtime"]["options"]["virtualenv"] = sys.prefix
        self._write_yaml("policy/PulumiPolicy.yaml", settings)
        write_private(self.policy_pack / "__main__.py", PACK.format(folder=str(pack)))

    def _salt(self) -> dict[str, str]:
        found = yaml.safe_load(self._stack_file.read_text()) if self._stack_file.exists() else {}
        return {SALT: found[SALT]} if SALT in found else {}

    def _prune(self) -> None:
        """Remove all but the newest of what nobody reads but after an accident."""
        for pattern in ("home/logs/*", "state/.pulumi/history/**/*.json"):
            files = sorted(filter(Path.is_file, self.directory.glob(pattern)), key=lambda file: file.stat().st_mtime)
            for file in files[:-KEPT]:
                file.unlink(missing_ok=True)

    def _write_plugin(self, package: str) -> None:
        file = self.directory / "plugins" / f"pulumi-resource-{package}"
        surroundings = shlex.quote(str(self.directory / SURROUNDINGS))
        text = EXECUTABLE.format(python=shlex.quote(sys.executable), package=package, surroundings=surroundings)
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
            file.chmod(0o700)

    def _write_yaml(self, name: str, document: Mapping[str, Any]) -> None:
        write_private(self.directory / name, yaml.safe_dump(dict(document), sort_keys=False))


def forget_surroundings(directory: Path) -> None:
    """Remove what names the stand-ins, with their passwords, below a platform's directory: they have gone."""
    (directory / FOLDER / SURROUNDINGS).unlink(missing_ok=True)


def _value(text: str) -> Any:
    """A value as a stack file has it: lists and objects as such, all else as text."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, list | dict) else text
