"""Everything around a release, without a cloud: GitHub over a real git repository, an environment, a frontend."""

import subprocess
from copy import copy, deepcopy
from datetime import UTC, datetime
from pathlib import Path

import httpx

from gitops.github.client import GitHub
from gitops.promotion.stack_file import with_pair
from gitops.release import proof
from gitops.release.promotion import Promotion
from gitops.release.proof import Proof, Stage
from gitops.release.record import JOURNAL, VERDICT, Records
from gitops.release.stages import Release
from gitops.seals.pack import pack
from gitops.seals.seal import seal
from gitops.verification.verify import Waiting
from local.github.repository import Repository
from local.github.store import Store
from local.github.transport import transport
from tests.gitops.killing import Calls
from tests.gitops.release.environment import Environment, Site, digest_of

RUN_URL = "https://github.com/example/platform/actions/runs/7"
DEV, PROD = (f"123456789012.dkr.ecr.us-east-1.amazonaws.com/priceguard-{stack}" for stack in ("dev", "prod"))
SETTINGS = """# The settings of prod.
config:
  aws:region: us-east-1
  priceguard:image: {image}
  priceguard:revision: "{revision}"  # written by promotions
  priceguard:maxCount: 4
"""
NOTHING = SETTINGS.format(image=f"{PROD}@sha256:{'0' * 64}", revision="0" * 40)
FILE, LOCK = "Pulumi.prod.yaml", "requirements/dev.txt"


class World:
    """A repository at GitHub, a clone of it, prod, and the site. `transport` leads to GitHub."""

    def __init__(self, folder: Path) -> None:
        files = {FILE: NOTHING, LOCK: "pulumi==3\n", "infra.txt": "0"}
        self.repository = Repository.make(folder / "bare.git", files)
        self.store = Store(self.repository)
        self.store.allow("job")
        self.transport = transport(self.store)
        self.prod, self.site = Environment(), Site()
        self.clone = folder / "clone"
        subprocess.run(["git", "clone", "--quiet", self.repository.path, self.clone], check=True, timeout=30)
        (self.clone / ".venv").mkdir()
        self.github = GitHub("example/platform", "job", transport=self.transport)
        self.said: list[str] = []

    def twin(self) -> "World":
        """As it is now, and apart from now on, but for the repository: a release writes nothing there."""
        twin = copy(self)
        twin.store = Store(self.repository)
        own = {"repository", "_lock", "now"}
        vars(twin.store).update(deepcopy({name: value for name, value in vars(self.store).items() if name not in own}))
        twin.transport = transport(twin.store)
        twin.prod, twin.site, twin.said = deepcopy(self.prod), deepcopy(self.site), []
        return twin

    def change(self, text: str) -> str:
        """A commit of main that dev has proved."""
        commit = self.repository.commit("main", {"infra.txt": text}, f"Change {text}")
        self.prove(commit)
        return commit

    def prove(self, commit: str, at: datetime | None = None) -> Proof:
        """Ran well in dev."""
        done = Proof(
            stack="dev",
            revision=commit,
            digest=digest_of(commit),
            image=f"{DEV}@{digest_of(commit)}",
            run_url=RUN_URL,
            at=at or datetime.now(UTC),
            stages=(Stage(name="verify", seconds=3, said="2 tasks run it"),),
            soaked=120,
        )
        proof.record(self.github, done)
        return done

    def settings(self, commit: str = "main") -> str:
        """prod's, at a commit."""
        text = self.repository.file(commit, FILE)
        assert text
        return text.decode()

    def merge(self, text: str, *labels: str, branch: str = "promote/prod") -> str:
        """A pull request with other settings of prod, previewed and merged; the commit of main."""
        self.repository.move(branch, self.repository.head("main") or "")
        head = self.repository.commit(branch, {FILE: text}, "Change prod")
        number = self.store.open_pull(branch, title="Promote")
        self.store.label(number, *labels)
        self.approve(head)
        commit = self.store.merge(number)
        self.fetch()
        return commit

    def promotion(self, revision: str, *labels: str) -> str:
        """The merge of a pull request that promotes a commit."""
        text = with_pair(self.settings(), digest_of(revision), revision)
        return self.merge(text, *(labels or ("promotion",)))

    def approve(self, head: str) -> None:
        """The preview of a pull request, as it is kept in its check."""
        self.fetch()
        text = self.settings(head)
        root = self.clone.parent / f"preview-{head[:7]}"
        root.mkdir()
        (root / FILE).write_text(text)
        found, config = self.prod.preview(root, lambda _: None)
        made = seal(found, revision=head, configuration=config, requirements="pulumi==3\n", wildcard_image=False)
        said = {"title": "seen", "summary": "seen", "text": pack(made), "external_id": made.digest}
        self.github.check(head, "preview (prod)", conclusion="success", **said)

    def fetch(self) -> None:
        """Have in the clone what is at GitHub."""
        subprocess.run(["git", "-C", self.clone, "fetch", "--quiet", "origin"], check=True, timeout=30)

    def here(self, commit: str, calls: Calls | None = None) -> Promotion:
        """What a promotion of a commit works on; every call to the outside is counted."""
        calls = calls or Calls(self.transport)
        github = GitHub("example/platform", "job", transport=calls)
        target, site = calls.wrap(self.prod), calls.wrap(self.site)
        return Promotion(
            github=github,
            records=Records(github, "prod", RUN_URL),
            repository=self.clone,
            commit=commit,
            target=target,
            release=lambda root, revision: self.release(target, site, root, revision),
        )

    def release(self, target: Environment, site: Site, root: Path, revision: str) -> Release:
        """One whose waiting costs no time."""
        return Release(
            target=target,
            frontend=site,
            root=root,
            revision=revision,
            run_id="7",
            run_url=RUN_URL,
            progress=self.said.append,
            waiting=fast(),
            http=httpx.Client(transport=httpx.MockTransport(self.prod.answer)),
        )

    def checks(self, commit: str, name: str = JOURNAL) -> list[tuple[str | None, str]]:
        """How the newest check of that name ended, and its title; the older ones count no more."""
        found = self.store.checks(commit, name.format(stack="prod"))
        return [(check["conclusion"], check["output"]["title"]) for check in found[-1:]]

    def verdict(self, revision: str) -> list[tuple[str | None, str]]:
        """Of a commit whose program was promoted."""
        return self.checks(revision, VERDICT)


def fast() -> Waiting:
    """A clock that only sleeping moves."""
    time = [0.0]

    def sleep(seconds: float) -> None:
        time[0] += seconds

    return Waiting(most=60, soak=10, pause=5, now=lambda: time[0], sleep=sleep)
