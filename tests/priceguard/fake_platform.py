"""In place of the platform that runs: what a target tells it, and hears of it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from priceguard import local_service, local_target
from render.configuration import ROOT
from render.manifest import Manifest, ManifestResource
from tests.gitops.golden_preview.samples import PREVIEWS

LEVEL = PREVIEWS["log_level"].result
OUTPUTS = {
    "cluster": "priceguard-dev",
    "service": "priceguard-server",
    "revision": "c" * 40,
    "logGroup": "/api",
    "taskDefinition": "arn:api:2",
    "image": f"registry/api@sha256:{'a' * 64}",
    "apiUrl": "https://api.example",
}
STATUS = {
    "engine": "pulumi",
    "checkout": "/before",
    "outputs": OUTPUTS,
    "api_url": "http://localhost:1",
    "parts": [{"name": "stripe", "address": "http://127.0.0.1:2"}],
}


@dataclass
class Platform:
    """In place of the one that runs.

    Attributes:
        status: what it tells of itself; empty when nothing runs.
        services: what it tells of its services.
        refusal: what it says instead of carrying out anything.
        asked: what it was asked for.
    """

    status: dict[str, Any] = field(default_factory=lambda: dict(STATUS))
    services: dict[str, Any] = field(default_factory=dict[str, Any])
    refusal: Exception | None = None
    asked: list[Any] = field(default_factory=list[Any])

    def told(self, stack: str, command: str, **arguments: Any) -> Any:
        """As `local.engine_client.told`."""
        assert stack in {"dev", "prod"}
        if self.refusal:
            raise self.refusal
        return (self.status or None) if command == "status" else self.services.get(arguments["service"])

    def ask(self, operation: str, assignments: dict[str, str], report: Any, *, checkout: Path = ROOT) -> Any:
        """As `local.engine_client.ask`."""
        assert report
        self.asked.append((operation, assignments, checkout))
        return LEVEL, {"asked": operation}

    def update(self, stack: str, assignments: dict[str, str], report: Any, checkout: Path, *, port: int) -> Any:
        """As `local.engine_client.update_local`."""
        if self.refusal:
            raise self.refusal
        self.asked.append((f"up {stack}", assignments, checkout))
        report({"part": "program", "state": "starting"})
        report({"op": "create", "name": "logs"})
        self.status = {**STATUS, "engine": self.status.get("engine", "embedded"), "checkout": str(checkout)}
        assert port == 0
        return self.status

    def render(self, root: Path, stack: str, overrides: dict[str, str]) -> Manifest:
        """As `gitops.previews.rendered.manifest_of`: declares one thing, whose input is what a file there says."""
        assert "priceguard:image" not in overrides, "the one of the stack's file is right"
        said = {"say": (root / "say").read_text(), "revision": overrides["priceguard:revision"]}
        where = {"urn": "urn:a", "type": "aws:x/y:Y", "name": "a", "parent": ""}
        return Manifest(stack, (ManifestResource(**where, custom=True, inputs=said, options={}),), {})


def installed(monkeypatch: pytest.MonkeyPatch, directory: Path) -> Platform:
    """One that runs dev on the engine, its data in `directory`."""
    platform = Platform()
    monkeypatch.setenv("PRICEGUARD_LOCAL", str(directory))
    for name, action in (("ask", platform.ask), ("update_local", platform.update), ("manifest_of", platform.render)):
        monkeypatch.setattr(local_target, name, action)
    for module in (local_target, local_service):
        monkeypatch.setattr(module, "told", platform.told)
    return platform


def nobody(_: dict[str, Any]) -> None:
    """Hears nothing."""
