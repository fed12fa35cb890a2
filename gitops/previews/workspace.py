"""A workspace for previews over the masked copy of a state: a backend of its own, beside nothing that is kept.

The program, its settings and the plugins are those of the checkout; the stack's own backend, and the key of its
secrets, are neither needed nor asked.
"""

import secrets
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from gitops.engine import Engine, Workspace
from gitops.previews.masked_state import PROVIDERS
from gitops.previews.state_copy import Copy, StateCopyError, refuse_encrypted
from gitops.stored_secrets.stripe_key import MODES

ENCRYPTION = ("secretsprovider", "encryptedkey", "encryptionsalt")
"""Lines of a stack's file that say how its secrets are encrypted."""
"""Stack -> mode of its Stripe account; test unless it is here."""


def preview_workspace(
    root: Path, stack: str, copy: Copy | None, directory: Path, policy_packs: Iterable[Path] = ()
) -> Workspace:
    """Make a stack that remembers what the copy holds, for `gitops.engine.Engine`.

    What the environment has of AWS stays; it has no secret of Stripe or Netlify, whose providers need none here.

    Args:
        root: the checkout; nothing in it is changed.
        stack: `dev` or `prod`.
        copy: of its state; without one everything is new.
        directory: for everything that is written; of the caller, who removes it.
        policy_packs: folders of policy packs.

    Raises:
        StateCopyError: the checkout is not one that can be previewed.
        EngineError: the engine is missing, or refuses the copy.
    """
    refuse_encrypted(stack, root)
    state = directory / "state"
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        _write(directory / "Pulumi.yaml", _project(root))
        file = f"Pulumi.{stack}.yaml"
        _write(directory / file, {k: v for k, v in _read(root / file).items() if k not in ENCRYPTION})
    except (OSError, LookupError, TypeError, AttributeError, ValueError, yaml.YAMLError):
        raise StateCopyError("Pulumi.yaml of the checkout cannot be read as the project's file: correct it") from None
    workspace = Workspace(
        directory=directory,
        stack=stack,
        policy_packs=tuple(policy_packs),
        creates=True,
        environment=_environment(stack, state),
    )
    engine = Engine(workspace)
    if copy:
        # The engine takes a state in only with what it is to be encrypted with.
        engine.load({**copy.deployment, PROVIDERS: engine.export()[PROVIDERS]})
    return workspace


def _environment(stack: str, state: Path) -> dict[str, str]:
    return {
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": secrets.token_urlsafe(32),
        "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
        # The provider wants one, and asks nobody with it.
        "STRIPE_API_KEY": f"sk_{MODES.get(stack, 'test')}_none_in_a_preview",
        "NETLIFY_AUTH_TOKEN": "",
    }


def _project(root: Path) -> dict[str, Any]:
    """The checkout's project, seen from elsewhere: the program, this Python with its packages, plugins of its own."""
    project = _read(root / "Pulumi.yaml")
    project["main"] = str(root / project["main"])
    project["runtime"]["options"]["virtualenv"] = sys.prefix
    for one in (plugin for kind in project.get("plugins", {}).values() for plugin in kind):
        one["path"] = str(root / one["path"])
    return project


def _read(file: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(file.read_text()))


def _write(file: Path, document: Mapping[str, Any]) -> None:
    file.write_text(yaml.safe_dump(dict(document), sort_keys=False))
