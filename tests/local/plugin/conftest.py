"""The plugins of a project, started as the engine starts them: an executable that says its port."""

import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from local.project import Project
from local.providers import Surroundings
from render.configuration import ROOT
from render.registration import encode

WITHIN = 30  # seconds for one answer
NOWHERE = Surroundings(
    aws_endpoint="http://127.0.0.1:9",
    region="us-east-1",
    database_admin_dsn=None,
    database_address=("127.0.0.1", 9),
)
"""For what asks nobody."""


@dataclass(frozen=True)
class Plugin:
    """A plugin that runs.

    Attributes:
        process: what the engine has started.
        stub: Pulumi's own way to ask it.
    """

    process: subprocess.Popen[str]
    stub: provider_pb2_grpc.ResourceProviderStub

    def ask(self, method: str, type_: str = "", name: str = "sample", **fields: Any) -> Any:
        """Ask for something about a resource; properties are plain data."""
        sent = {key: encode(value) if isinstance(value, Mapping) else value for key, value in fields.items()}
        request = getattr(provider_pb2, f"{method.removesuffix('Config')}Request")(urn=urn(type_, name), **sent)
        return getattr(self.stub, method)(request, timeout=WITHIN)


@dataclass(frozen=True)
class Plugins:
    """The executables of a project.

    Args:
        folder: holds them.
    """

    folder: Path

    def command(self, package: str) -> list[str]:
        """How the engine starts one: with its own address, of which the stand-ins need nothing."""
        return [str(self.folder / f"pulumi-resource-{package}"), "127.0.0.1:9"]

    @contextmanager
    def start(self, package: str) -> Generator[Plugin]:
        """A plugin for as long as it is needed."""
        with subprocess.Popen(
            self.command(package), cwd="/", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            try:
                assert process.stdout
                with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                    yield Plugin(process, provider_pb2_grpc.ResourceProviderStub(channel))
            finally:
                process.kill()


def urn(type_: str, name: str) -> str:
    """What the engine calls a resource."""
    return f"urn:pulumi:dev::priceguard::{type_}::{name}"


def written(directory: Path, surroundings: Surroundings) -> Plugins:
    """The plugins of a project in these surroundings."""
    project = Project(ROOT, directory, "dev")
    project.write({}, surroundings)
    return Plugins(project.directory / "plugins")


@pytest.fixture(scope="session")
def plugins(tmp_path_factory: pytest.TempPathFactory) -> Plugins:
    """Plugins that ask nobody."""
    return written(tmp_path_factory.mktemp("plugins"), NOWHERE)


@pytest.fixture(scope="session")
def plugins_here(tmp_path_factory: pytest.TempPathFactory, surroundings: Surroundings) -> Plugins:
    """Plugins on the emulators."""
    return written(tmp_path_factory.mktemp("plugins"), surroundings)
