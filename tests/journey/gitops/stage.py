"""All that a change meets: GitHub over a real repository, two environments on this machine, a runner between them."""

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from local.github.repository import Repository
from local.github.server import GitHubServer
from local.github.store import Store
from tests.journey.gitops.machine import NAME, of_this_checkout, of_this_machine
from tests.journey.gitops.runner import APP, Context, Done, Runner
from tests.journey.gitops.workflow import Event, Job, jobs, read, starts
from tests.journey.platform import Commands

STACKS = ("dev", "prod")
OURS = ("preview", "comment", "deploy", "promote", "drift")
"""The workflows of the way from a change to an environment."""
Tale = Callable[[str, str], None]


@dataclass
class Stage:
    """The world of one journey.

    Args:
        folder: gets everything.
        store: what is at GitHub.
        runner: carries out jobs.
        tale: told what happens: a kind (`act`, `person`, `job`, `look`), and words.

    Attributes:
        done: every job that was carried out.
        events: everything that started some.
        variables: those of the repository and its environments, by name.
    """

    folder: Path
    store: Store
    runner: Runner
    tale: Tale
    done: list[Done] = field(default_factory=list[Done])
    events: list[Event] = field(default_factory=list[Event])
    variables: dict[str, str] = field(
        default_factory=lambda: {
            "API_URL": "",
            "UNAPPROVED": "",
            "PULUMI_BACKEND_URL": "s3://nobody-asks-this-one",
            "NETLIFY_SITE_ID": "the-site-on-this-machine",
            "PROMOTION_APP_CLIENT_ID": "Iv23liPromotions",
        }
    )
    _runs: Iterator[int] = field(default_factory=lambda: count(1))
    _tokens: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def repository(self) -> Repository:
        """Branches and commits."""
        return self.store.repository

    @property
    def main(self) -> str:
        """The newest commit of main."""
        return self.repository.head("main") or ""

    def text(self, path: str, at: str = "main") -> str:
        """A file of the repository."""
        return (self.repository.file(at, path) or b"").decode()

    def platform(self, stack: str) -> Commands:
        """An environment, to be looked at."""
        return Commands(self.folder / stack)

    def outputs(self, stack: str) -> Mapping[str, Any]:
        """What the last update of an environment gave."""
        return self.platform(stack).status()["outputs"]

    # what people do

    def propose(self, branch: str, title: str, changes: Mapping[str, str | None], *, of: str = "") -> int:
        """Push a commit to a branch and open a pull request; its previews run, or that of one stack, and are told."""
        self.repository.commit(branch, changes, title)
        number = self.store.open_pull(branch, title=title)
        self.tale("person", f'alice opens #{number} "{title}"')
        self.previewed(number, of=of)
        return number

    def push(self, number: int, title: str, changes: Mapping[str, str | None], *, of: str = "") -> None:
        """Push one more commit to a pull request's branch."""
        self.repository.commit(self.store.pulls[number]["head_branch"], changes, title)
        self.tale("person", f'alice pushes "{title}" to #{number}')
        self.previewed(number, of=of)

    def approve(self, number: int) -> None:
        """Review a pull request as it is."""
        self.store.review(number, "APPROVED", "bob")
        self.tale("person", f"bob looks at #{number} and approves it")

    def merge(self, number: int) -> list[Done]:
        """Merge a pull request; what came of that."""
        before = self.main
        commit = self.store.merge(number, method="squash")
        self.tale("person", f'bob merges #{number} "{self.store.threads[number]["title"]}"')
        files = tuple(self.repository.git("diff", "--name-only", before, commit).splitlines())
        return self.happen(Event(name="push", commit=commit, files=files))

    # what GitHub makes of it

    def previewed(self, number: int, *, of: str = "") -> list[Done]:
        """The jobs of a pull request that was opened, or has another head: the previews, then what is told of them."""
        pull = self.store.pulls[number]
        head, base = self.store.head_of(number), self.main
        fork = pull["head_repository"] != NAME
        tree = self.repository.git("merge-tree", "--write-tree", base, head).split("\n", 1)[0]
        merged = self.repository.make_commit(tree, [base, head], f"Merge {head} into {base}")
        for name, commit in (("head", head), ("merge", merged)):
            self.repository.git("update-ref", f"refs/pull/{number}/{name}", commit)
        values = {"github.event.pull_request.head.sha": head, "github.event.pull_request.base.sha": base}
        artifacts: dict[str, bytes] = {}
        event = Event(name="pull_request", commit=merged, values=values, fork=fork, artifacts=artifacts)
        found = self.happen(event, of=of)
        told = Event(
            name="workflow_run",
            commit=self.main,
            values={
                "github.event.workflow_run.head_sha": head,
                "github.event.workflow_run.html_url": f"https://github.com/{NAME}/actions/runs/{next(self._runs)}",
            },
            started="preview",
            conclusion="failure" if any(one.code for one in found) else "success",
            artifacts=artifacts,
        )
        return found + self.happen(told, of=of)

    def happen(self, event: Event, *, of: str = "") -> list[Done]:
        """The jobs that an event starts, of every workflow that is ours; as the YAML of the event's commit says it.

        Args:
            event: what happens.
            of: of jobs with a matrix only that of this stack, where the other one would show nothing new.
        """
        found = list[Done]()
        for name in OURS:
            workflow = read(self.runner.clone(event.commit), name)
            if starts(workflow, event):
                wanted = [job for job in jobs(workflow, name) if not (of and job.stack) or job.stack == of]
                found += self._workflow(wanted, event)
        self.events.append(event)
        self.done += found
        return found

    def _workflow(self, all_jobs: list[Job], event: Event) -> list[Done]:
        found, run = list[Done](), str(next(self._runs))
        for job in all_jobs:
            failed = any(one.code for one in found)
            if not job.applies(event) or (failed and job.body.get("needs") and not job.runs_after_failure):
                continue
            context = self._context(job, event, run)
            context.values.update({f"needs.{one.job.name}.result": one.result for one in found})
            done = self.runner.run(job, event, context)
            self.told(done)
            found.append(done)
        return found

    def told(self, done: Done) -> None:
        """Tell what came of a job."""
        last = (done.said if done.said and not done.code else done.told).strip().splitlines()[-1:]
        words = "".join(last).removeprefix("✗ ")
        self.tale("job", f"{'✗' if done.code else '✓'} {done.job.title}, {done.seconds:.0f} s: {words}")

    def _context(self, job: Job, event: Event, run: str) -> Context:
        """What a job is given: a token with its own permissions, and the secrets of an environment where it has one."""
        values = {
            **event.values,
            **{f"vars.{name}": value for name, value in self.variables.items()},
            "inputs.approve": "",
            "inputs.rollback": "",
            "github.run_id": run,
            "github.token": self._token("github-actions", job.permissions),
            "matrix.stack": job.stack,
            "secrets.NETLIFY_AUTH_TOKEN": "",
            "secrets.STRIPE_API_KEY": "",
            "secrets.PROMOTION_APP_PRIVATE_KEY": "",
        }
        return Context(
            values=values,
            artifacts=event.artifacts,  # pyright: ignore[reportArgumentType] - those of a pull request come into it
            app_token=lambda permissions: self._token(APP, permissions),
            permissions=job.permissions,
        )

    def _token(self, app: str, permissions: Mapping[str, str]) -> str:
        return self.store.allow(f"ghs_{next(self._tokens)}", app=app, permissions=permissions)


@contextmanager
def stage(folder: Path, *, engine: str, tale: Tale = lambda *_: None) -> Generator[Stage]:
    """A world that is gone with the `with` block: main has what is checked out here, and nothing runs yet.

    Args:
        folder: an empty one.
        engine: `embedded` or `pulumi`, who carries out the program.
        tale: see `Stage`.
    """
    bare, home = folder / "origin.git", folder / "home"
    home.mkdir()
    repository = of_this_checkout(bare)
    store = Store(repository, NAME)
    with ExitStack() as down, GitHubServer(store) as server:
        for stack in STACKS:
            (folder / stack).mkdir(mode=0o700)
            down.callback(Commands(folder / stack).run, "down", "--reset")
        environment = {**of_this_machine(engine, folder), "HOME": str(home), "GITHUB_API_URL": server.url}
        runner = Runner(folder=folder, origin=bare, environment=environment)
        yield Stage(folder=folder, store=store, runner=runner, tale=tale)
