"""Who carries out the program: Pulumi's engine where its command is there, or the embedded runner."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from gitops.engine import EngineMissingError, available
from local.api_image import PreparedImage
from local.database import LocalDatabase
from local.job import program_job
from local.private_file import write_private
from local.program import EMBEDDED, MODULES, PULUMI, ProgramError, ProgramProcess
from local.project import forget_surroundings
from local.providers import ProviderError, Providers, Surroundings
from local.shop_site import ShopSite
from local.stand_ins import StandIns, at_stripe
from local.state import State

AUTO = "auto"
ENGINES = (AUTO, *MODULES)
FILE = "engine"
"""Which of them made what is here: each has a memory of its own."""


class ProgramEngine:
    """The choice, which holds as long as the platform runs.

    Args:
        directory: of the platform.
        stack: `dev` or `prod`.
        stand_ins: what the program's resources are made in.
        shop: whose pages the API lets in.
    """

    def __init__(self, directory: Path, stack: str, stand_ins: StandIns, shop: ShopSite) -> None:
        self._directory, self._stack = directory, stack
        self._stand_ins, self._shop = stand_ins, shop
        self.name = ""

    def choose(self, wanted: str) -> None:
        """Settle who it is; `auto` prefers the engine.

        Raises:
            ProgramError: the other one runs, or there is no engine.
        """
        if self.name:
            if wanted not in {AUTO, self.name}:
                raise ProgramError(f"{self.name} runs here; to change that, stop it first: `priceguard local down`")
        elif wanted == PULUMI and not available():
            raise ProgramError(f"{EngineMissingError()}; or use --engine {EMBEDDED}")
        else:
            self.name = (PULUMI if available() else EMBEDDED) if wanted == AUTO else wanted

    def forget_surroundings(self) -> None:
        """What names the stand-ins, with their passwords, goes when they have gone."""
        forget_surroundings(self._directory)

    async def start(self, root: Path, log: Path) -> ProgramProcess:
        """A process of the checkout `root` that waits for a job."""
        return await ProgramProcess.start(self.name, log=log, root=root)

    def job(
        self, operation: str, root: Path, image: PreparedImage, database: LocalDatabase, assignments: Mapping[str, str]
    ) -> dict[str, Any]:
        """What that process is given; it holds secrets."""
        shop = self._shop.origin
        job = program_job(root, self._directory, self._stack, image, database, self._stand_ins, shop, assignments)
        return {**job, "operation": operation}

    async def take_over(self, job: Mapping[str, Any]) -> None:
        """Before the first job: what the other one has left at Stripe goes, and what it remembers."""
        file = self._directory / FILE
        if self._other(file):
            providers = Providers(msgspec.convert(job["surroundings"], Surroundings))
            await asyncio.to_thread(self._forget_the_other, providers)
        write_private(file, self.name)

    def _other(self, file: Path) -> bool:
        """Whether somebody else made what is here; before there was a choice, that was the embedded runner."""
        before = file.read_text() if file.exists() else EMBEDDED
        return before != self.name and self._stand_ins.state_file.exists()

    def _forget_the_other(self, providers: Providers) -> None:
        state = State.load(self._stand_ins.state_file)
        try:
            for entry in reversed(state.entries.values()):
                if at_stripe(entry.resource) and providers.read(entry.resource):
                    providers.delete(entry.resource)
        except ProviderError as error:
            raise ProgramError(f"what the other engine made cannot be removed: {error}") from error
        self._stand_ins.state_file.unlink(missing_ok=True)
        shutil.rmtree(self._directory / "pulumi" / "state", ignore_errors=True)
