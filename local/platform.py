"""The platform: its parts, in the order in which they need each other, and the real program between them.

PostgreSQL, the local AWS and the Stripe stand-in first, then the Pulumi program, which makes everything else in them,
then the load balancer and the tasks that it described. `up` does the same thing whether nothing runs yet or
everything does: a part that is there is kept, one that is gone is started again.
"""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

from local import status
from local.api_image import ApiImage, PreparedImage, image_of
from local.database import DatabaseError, LocalDatabase, choose_database
from local.ecs_agent import EcsAgent
from local.failure import FailureError
from local.image.tool import ImageError
from local.logs import prune_task_logs
from local.ports import PortTakenError
from local.postgres import PostgresError
from local.program import EMBEDDED, PULUMI, Changes, ProgramError, ProgramProcess
from local.program_engine import ProgramEngine
from local.server_process import ServerError
from local.service import RunningService, ServiceError
from local.shop_actions import ShopActions
from local.shop_build import Build
from local.shop_site import USUAL_PORT, ShopSite
from local.stand_ins import StandIns
from local.state import State
from local.step import Report, completed, step
from local.update import Update
from render.configuration import ConfigurationError

EXPECTED = (
    *(ConfigurationError, DatabaseError, ImageError, PortTakenError, PostgresError, ProgramError, ServerError),
    ServiceError,
)

ENGINE_ONLY = "only Pulumi's engine can; install Pulumi, then `priceguard local down` and `up`"


class PlatformError(FailureError):
    """The platform could not do it."""


class Platform:
    """Everything that runs in one directory, for the checkout that it was last brought up from.

    Args:
        root: the first checkout.
        directory: data, logs and state; mode 0700.
        stack: whose program it runs, `dev` or `prod`.
        port: local port of the HTTPS listener; 0 takes a free one.
        on_event: told what happens to tasks, one line each.
    """

    def __init__(self, root: Path, directory: Path, stack: str, port: int, on_event: Callable[[str], None]) -> None:
        self._root = root
        self._stack = stack
        self._directory = directory
        self._logs = directory / "logs"
        self._logs.mkdir(mode=0o700, exist_ok=True)
        prune_task_logs(directory)
        self._database: LocalDatabase = choose_database(os.environ.get("DATABASE_URL"), directory / "postgres")
        self._stand_ins = StandIns(directory, stack)
        self._image = ApiImage(directory / "images")
        self._prepared: PreparedImage | None = None
        self._service = RunningService(self._stand_ins, port, self._image.files, self._logs / "tasks", on_event)
        actions = ShopActions(self._service.operate)
        self._shop = ShopSite(directory / "shop" / "port", USUAL_PORT if port else 0, actions)
        self._program = ProgramEngine(directory, stack, self._stand_ins, self._shop)
        self.outputs: dict[str, Any] = {}

    async def up(self, update: Update, report: Report) -> dict[str, Any]:
        """Bring everything up, or up to date; `report` takes one event per part and per resource.

        Returns:
            `status()`, and `changes`: the operations that were not `same`.

        Raises:
            PlatformError: with the reason and the remedy.
        """
        async with self._running(update.engine, update.root) as program:
            if update.refresh and self._program.name != PULUMI:
                raise ProgramError(f"--refresh: {ENGINE_ONLY}")
            self._root = update.root
            changes = await self._bring_up(program, update, report)
        return {**self.status(), "changes": changes.real}

    async def ask(self, operation: str, assignments: dict[str, str], root: Path, report: Report) -> dict[str, Any]:
        """Have something else done on what runs: `drift`, or by the engine `preview` or `destroy`.

        Args:
            operation: which of them.
            assignments: configuration keys that are set for this run.
            root: a checkout, whose update a preview shows.
            report: takes one event per resource.

        Returns:
            `result`, the engine's as plain data, and `config`, the configuration that it was asked with.

        Raises:
            PlatformError: with the reason and the remedy; also where the embedded runner cannot do it.
        """
        if self._program.name == EMBEDDED and operation != "drift":
            raise PlatformError(f"{operation}: {ENGINE_ONLY}")
        async with self._running(self._program.name or PULUMI, root) as program:
            image = self._prepared if self._prepared and self._prepared.built else image_of(root)
            job = self._program.job(operation, root, image, self._database, assignments)
            try:
                changes = await program.run(job, report)
            except ProgramError as error:
                raise PlatformError(str(error), error.result, job["config"]) from error
            finally:
                if operation == "destroy":  # also when it got half-way only
                    await completed(program.end())
                    await completed(self._follow_destruction(job["config"]["priceguard:apiDomain"]))
        return {"result": changes.result, "config": job["config"]}

    async def _follow_destruction(self, api_domain: str) -> None:
        self.outputs = {}
        self._shop.publish(None)
        await self._service.configure(api_domain)
        with contextlib.suppress(ServiceError):  # what is left of it may not be enough to serve
            await self._service.deploy()

    @contextlib.asynccontextmanager
    async def _running(self, engine: str, root: Path) -> AsyncGenerator[ProgramProcess]:
        """A process that carries out the program of `root`; what is expected to go wrong is a PlatformError."""
        try:
            self._service.check_port()
            self._program.choose(engine)
            program = await self._program.start(root, self._logs / "program.log")
            try:
                yield program
            finally:
                await completed(program.end())
        except EXPECTED as error:
            raise PlatformError(str(error), getattr(error, "result", None)) from error
        except OSError as error:
            raise PlatformError(f"{error.filename or self._directory}: {error.strerror or error}") from error

    async def down(self, report: Report) -> None:
        """Stop everything, the last one started first; requests in flight end."""
        for part, runs, stop in (
            ("shop", bool(self._shop.origin), self._shop.close),
            ("service", bool(self.agent.tasks()), self.agent.close),
            ("load-balancer", bool(self._service.url), self._service.balancer.close),
            ("stripe", self._stand_ins.stripe.pid is not None, self._stand_ins.stop_stripe),
            ("netlify", self._stand_ins.netlify.pid is not None, self._stand_ins.stop_netlify),
            ("aws", self._stand_ins.aws.pid is not None, self._stand_ins.stop_aws),
            ("postgresql", self._database.running, self._stop_database),
        ):
            if runs:
                async with step(part, report, ready="stopped"):
                    await stop()
        self._program.forget_surroundings()

    @property
    def agent(self) -> EcsAgent:
        """Who runs the tasks."""
        return self._service.agent

    @property
    def serves(self) -> bool:
        """Whether a task is there to answer, where the program makes a service at all."""
        return self._service.serves

    def status(self) -> dict[str, Any]:
        """What runs: `state`, `stack`, `checkout`, `api_url`, `outputs`, `parts` and `made` (see there)."""
        database = "{}:{}".format(*self._database.address) if self._database.running else None
        there, balancer = self._stand_ins, self._service.url
        here = ("load-balancer", balancer), ("shop", self._shop.origin)  # in this process
        servers = ("aws", there.aws), ("netlify", there.netlify), ("stripe", there.stripe)
        rows = [
            ("platform", True, None, os.getpid()),
            ("postgresql", self._database.running, database, self._database.pid),
            *((name, s.pid is not None, s.endpoint if s.pid else None, s.pid) for name, s in servers),
            *((name, bool(address), address or None, os.getpid() if address else None) for name, address in here),
        ]
        parts = status.parts(rows, self.agent.tasks())
        healthy = self.serves and all(part["state"] in status.RUNNING for part in parts)
        return {
            "state": "healthy" if healthy else "degraded",
            "stack": self._stack,
            "checkout": str(self._root),
            "engine": self._program.name,
            "api_url": balancer or None,
            "shop_url": self._shop.origin or None,
            "outputs": self.outputs,
            "parts": parts,
            "made": status.made(State.load(self._stand_ins.state_file)),
        }

    async def _bring_up(self, program: ProgramProcess, update: Update, report: Report) -> Changes:
        async with step("postgresql", report) as said:
            await self._database.start()
            said("{}:{}".format(*self._database.address))
        async with step("aws", report) as said:
            await self._stand_ins.start_aws()
            said(self._stand_ins.aws.endpoint)
        async with step("netlify", report) as said:
            await self._stand_ins.start_netlify()
            said(self._stand_ins.netlify.endpoint)
        async with step("stripe", report) as said:
            await self._stand_ins.start_stripe()
            said(self._stand_ins.stripe.endpoint)
        self._prepared = image = await self._prepare(update, report)
        async with step("program", report) as said:
            await self._shop.start()  # the API is told its origin
            job = self._program.job(update.operation, update.root, image, self._database, update.assignments)
            await self._program.take_over(job)
            await self._stand_ins.have_zone(job["config"])
            await self._service.receive_webhooks(job["config"]["priceguard:apiDomain"])
            changes = await program.run(job, report)
            said(str(changes))
        self.outputs = changes.outputs
        async with step("load-balancer", report) as said:
            await self._service.configure(job["config"]["priceguard:apiDomain"])
            said(self._service.url)
        async with step("service", report) as said:
            said(await self._service.deploy(waits=update.awaits_service))
        async with step("shop", report) as said:
            self._shop.publish(self._shop_build())
            said(self._shop.origin)
        self._image.forget_all_but({image.digest, *self.agent.digests()})
        return changes

    def _shop_build(self) -> Build | None:
        environment, stripe = self.outputs.get("netlifyEnvironment"), self._stand_ins.stripe.endpoint
        return Build(environment=environment, api=self._service.url, stripe=stripe) if environment else None

    async def _prepare(self, update: Update, report: Report) -> PreparedImage:
        if not update.with_image:
            return await asyncio.to_thread(self._image.checkout, update.root)
        roots = self._database.settings.get("rootCertificates")
        self._image.shared = [Path(roots)] if roots else []
        async with step("image", report) as said:
            image = await self._image.build(update.root)
            said(image.words)
        return image

    async def _stop_database(self) -> None:
        self._database.stop()
