"""The platform: its parts, in the order in which they need each other, and the real program between them.

PostgreSQL, the local AWS and the Stripe stand-in first, then the Pulumi program, which makes everything else in them,
then the load balancer and the tasks that it described. `up` does the same thing whether nothing runs yet or
everything does: a part that is there is kept, one that is gone is started again.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local import aws, deployment, status
from local.api_image import ApiImage, PreparedImage
from local.database import DatabaseError, LocalDatabase, choose_database
from local.ecs_agent import EcsAgent
from local.ecs_model import task_state
from local.health import unhealthy
from local.image.tool import ImageError
from local.job import program_job
from local.load_balancer import LoadBalancer
from local.logs import prune_task_logs
from local.ports import PortTakenError, listen
from local.postgres import PostgresError
from local.program import Changes, ProgramError, ProgramProcess
from local.server_process import ServerError
from local.stand_ins import StandIns
from local.state import State
from local.step import Report, step
from render.configuration import ConfigurationError

HTTPS = 443
EXPECTED = (ConfigurationError, DatabaseError, ImageError, PortTakenError, PostgresError, ProgramError, ServerError)


class PlatformError(Exception):
    """The platform could not come up; the message says why and what to do."""


class Platform:
    """Everything that runs for one checkout.

    Args:
        root: the checkout.
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
        self._port = port
        self._balancer = LoadBalancer({HTTPS: port})
        self._image = ApiImage(root, directory / "images")
        self._agent = self._new_agent(on_event)
        self._has_service = True
        self.outputs: dict[str, Any] = {}

    async def up(self, *, assignments: dict[str, str], with_image: bool, report: Report) -> dict[str, Any]:
        """Bring everything up, or up to date.

        Args:
            assignments: configuration keys that are set for this run.
            with_image: whether the tasks run from the API's image, if it can be built here.
            report: takes one event per part and per resource.

        Returns:
            `status()`, and `changes`: the operations that were not `same`.

        Raises:
            PlatformError: with the reason and the remedy.
        """
        self._check_port()
        program = await ProgramProcess.start(log=self._logs / "program.log", root=self._root)
        try:
            changes = await self._bring_up(program, assignments, report, with_image=with_image)
        except EXPECTED as error:
            raise PlatformError(str(error)) from error
        except OSError as error:
            raise PlatformError(f"{error.filename or self._directory}: {error.strerror or error}") from error
        finally:
            await program.end()
        return {**self.status(), "changes": changes.real}

    async def down(self, report: Report) -> None:
        """Stop everything, the last one started first; requests in flight end."""
        for part, runs, stop in (
            ("service", bool(self._agent.tasks()), self._agent.close),
            ("load-balancer", bool(self.api_url), self._balancer.close),
            ("stripe", self._stand_ins.stripe.pid is not None, self._stand_ins.stop_stripe),
            ("netlify", self._stand_ins.netlify.pid is not None, self._stand_ins.stop_netlify),
            ("aws", self._stand_ins.aws.pid is not None, self._stand_ins.stop_aws),
            ("postgresql", self._database.running, self._stop_database),
        ):
            if runs:
                async with step(part, report, ready="stopped"):
                    await stop()

    @property
    def agent(self) -> EcsAgent:
        """Who runs the tasks."""
        return self._agent

    @property
    def api_url(self) -> str:
        """Where the API answers; empty before the load balancer listens."""
        return self._balancer.urls.get(HTTPS, "")

    @property
    def serves(self) -> bool:
        """Whether a task is there to answer, where the program makes a service at all."""
        return not self._has_service or any(task_state(task) == "healthy" for task in self._agent.tasks())

    def status(self) -> dict[str, Any]:
        """What runs: `state`, `stack`, `api_url`, `outputs`, `parts` (see there) and `made` (see there)."""
        database, balancer = "{}:{}".format(*self._database.address) if self._database.running else None, self.api_url
        there = self._stand_ins
        servers = ("aws", there.aws), ("netlify", there.netlify), ("stripe", there.stripe)
        rows = [
            ("platform", True, None, os.getpid()),
            ("postgresql", self._database.running, database, self._database.pid),
            *((name, s.pid is not None, s.endpoint if s.pid else None, s.pid) for name, s in servers),
            ("load-balancer", bool(balancer), balancer or None, os.getpid() if balancer else None),
        ]
        parts = status.parts(rows, self._agent.tasks())
        healthy = self.serves and all(part["state"] in status.RUNNING for part in parts)
        return {
            "state": "healthy" if healthy else "degraded",
            "stack": self._stack,
            "api_url": balancer or None,
            "outputs": self.outputs,
            "parts": parts,
            "made": status.made(State.load(self._stand_ins.state_file)),
        }

    async def _bring_up(
        self, program: ProgramProcess, assignments: dict[str, str], report: Report, *, with_image: bool
    ) -> Changes:
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
        image = await self._build(report) if with_image else self._image.checkout()
        async with step("program", report) as said:
            job = program_job(self._root, self._stack, image, self._database, self._stand_ins, assignments)
            await self._stand_ins.have_zone(job["config"])
            await self._receive_webhooks(job)
            changes = await program.run(job, report)
            said(str(changes))
        self.outputs = changes.outputs
        async with step("load-balancer", report) as said:
            await self._configure_balancer()
            await self._receive_webhooks(job)
            said(self.api_url)
        async with step("service", report) as said:
            said(await self._deploy())
        self._image.forget_all_but(image)
        return changes

    async def _build(self, report: Report) -> PreparedImage:
        roots = self._database.settings.get("rootCertificates")
        self._image.shared = [Path(roots)] if roots else []
        async with step("image", report) as said:
            image = await self._image.build()
            said(image.words)
        return image

    def _check_port(self) -> None:
        """Find out now rather than when everything else is up."""
        if self.api_url:
            return
        try:
            for opened in listen(self._port):
                opened.close()
        except PortTakenError as error:
            other = error.port + 1
            message = f"{error}: stop that program, or choose another: --port {other} (make up PORT={other})"
            raise PlatformError(message) from error

    def _new_agent(self, on_event: Callable[[str], None]) -> EcsAgent:
        async def read_secret(value_from: str) -> str:
            return await aws.read_secret(self._stand_ins.aws.endpoint, value_from)

        return EcsAgent(
            load_balancer=self._balancer,
            read_secret=read_secret,
            files=self._image.files,
            log_directory=self._logs / "tasks",
            on_event=on_event,
        )

    async def _stop_database(self) -> None:
        self._database.stop()

    async def _configure_balancer(self) -> None:
        state = State.load(self._stand_ins.state_file)
        await self._balancer.configure(deployment.listeners(state), deployment.target_groups(state))

    async def _receive_webhooks(self, job: dict[str, Any]) -> None:
        """Webhooks for the API's domain go to the load balancer, once it listens."""
        if self.api_url:
            await self._stand_ins.deliver(job["config"]["priceguard:apiDomain"], self.api_url)

    async def _deploy(self) -> str:
        """Roll every service, stop those that are gone; then ask the API through the load balancer."""
        services = deployment.services(State.load(self._stand_ins.state_file))
        for name in {task.service for task in self._agent.tasks()} - {service.name for service in services}:
            await self._agent.delete(name)
        self._has_service = bool(services)
        if not services:
            return "none: the program makes none"
        for service in services:
            result = await self._agent.deploy(service)
            if not result.completed:
                log = "\n".join(f"    {line}" for line in result.log_tail)
                raise PlatformError(f"{service.name}: {result.reason}\n{log}".rstrip())
        if said := await unhealthy(self.api_url):
            raise PlatformError(f"{self.api_url}/health answers {said}; `priceguard local logs api` says why")
        tasks = [task for task in self._agent.tasks() if task.state == "RUNNING"]
        return f"{len(tasks)} healthy, {tasks[0].task_definition}"
