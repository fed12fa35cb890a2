"""The image: its repository, and the image of what is checked out, where the stack builds one."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pulumi
import pulumi_awsx as awsx
from pulumi import ComponentResource, Output, ResourceOptions
from pulumi.runtime import settings
from pulumi.runtime.mocks import MockMonitor

from infra.naming import Naming

BUILD, NONE, UNRELEASED = "build", "none", "unreleased"
ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""
PLATFORM = "linux/arm64"
PLACEHOLDER = f"@sha256:{'0' * 64}"
KEPT = 50
"""Builds that the repository keeps; ten a day are still there after a working week."""
# What decides the content of the image; .dockerignore lets nothing else in.
INPUTS = ("Dockerfile", ".dockerignore", "api", "requirements/api.txt")
LEFT_OUT = (":(exclude,glob)api/**/__pycache__/**", ":(exclude,glob)api/**/.*")
GIT_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class ImageArgs:
    """What an image is made from.

    Args:
        naming: names and tags of the environment.
        image: `build`, `none`, or the reference of an image that exists.
        revision: commit of the image, 40 hex digits; `unreleased` when it is built from what is checked out.
        source: https address of the repository, for the image's label; None where it is not known.
        protect: refuse that the repository is deleted or replaced; without it, it goes with all its images.
        vouched: whether whoever names the revision answers for what is in the image, committed or not.
    """

    naming: Naming
    image: str
    revision: str
    source: str | None
    protect: bool
    vouched: bool = False


class Image(ComponentResource):
    """priceguard:image:Image.

    Makes the repository, and with `build` an image in it, tagged `sha-<commit>`. Builds beyond the newest fifty expire;
    what a promotion copies there as `release-<n>` never does.

    Attributes:
        repository_url: `<account>.dkr.ecr.<region>.amazonaws.com/<name>`.
        reference: the image that tasks run, by its digest where it was built here; None for `none`.
        revision: the commit that it was built from.

    Raises:
        pulumi.RunError: it is to be built, and there is no commit that says what is in it; or it is still the
            placeholder that the stack's file begins with.
    """

    def __init__(self, name: str, args: ImageArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:image:Image", name, None, opts)
        self._args = args
        refuse_placeholder(args.image)
        self.revision = commit(args.revision) if args.image == BUILD and not args.vouched else args.revision
        self.repository_url: Output[str] = self._repository().url
        self.reference: Output[str] | str | None = None if args.image == NONE else args.image
        if args.image == BUILD:
            self.reference = self._build().image_uri
        self.register_outputs({"repositoryUrl": self.repository_url})

    def _repository(self) -> awsx.ecr.Repository:
        rule = awsx.ecr.LifecyclePolicyRuleArgs(
            description=f"keep the newest {KEPT} builds",
            tag_status=awsx.ecr.LifecycleTagStatus.TAGGED,
            tag_prefix_list=["sha-"],
            maximum_number_of_images=KEPT,
        )
        # Renaming this replaces the repository, and every image that a task may have to be started from again is gone.
        return awsx.ecr.Repository(
            "api",
            name=self._args.naming.physical(),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            force_delete=not self._args.protect,
            lifecycle_policy=awsx.ecr.LifecyclePolicyArgs(rules=[rule]),
            tags=self._args.naming.tags(),
            opts=ResourceOptions(parent=self, protect=self._args.protect),
        )

    def _build(self) -> awsx.ecr.Image:
        source = {"SOURCE": self._args.source} if self._args.source else {}
        return awsx.ecr.Image(
            "api",
            repository_url=self.repository_url,
            # Seen from infra/, where the engine runs the program and its providers.
            context="..",
            dockerfile="../Dockerfile",
            platform=PLATFORM,
            # The name of the child that builds, and the tag: by itself it would be the same for every commit, and a
            # repository whose tags cannot move would refuse the second one.
            image_name=f"sha-{self.revision}",
            # The date of every file is in the Dockerfile; this is that of the image.
            args={"REVISION": self.revision, **source, "SOURCE_DATE_EPOCH": "0"},
            # Another commit is another child. The old one goes, but not its image: tasks may run in it, and a rollback
            # goes back to it. The lifecycle policy removes it.
            opts=ResourceOptions(parent=self, retain_on_delete=True),
        )


def commit(revision: str, root: Path = ROOT) -> str:
    """The commit that an image is built from: `revision`, or what is checked out in `root`.

    A preview takes what it finds. Without an engine nothing is built, and what is shown depends on no commit.

    Raises:
        pulumi.RunError: an update would build what no commit names, or something else than the commit.
    """
    if not has_engine():
        return revision
    found = checked_out(root) if revision == UNRELEASED else revision
    if pulumi.runtime.is_dry_run():
        return found or revision
    changed = uncommitted(root)
    if revision == UNRELEASED and (found is None or changed is None):
        raise pulumi.RunError(
            f"priceguard:image is build, and git names no commit of {root}: run this in a clone, or set "
            "priceguard:revision to the commit"
        )
    if changed:
        raise pulumi.RunError(
            f"priceguard:image is build, and the image would hold what is not committed: {', '.join(changed)}. Commit "
            "it or put it aside (`git stash --include-untracked`): the tag of a commit must name one content"
        )
    return found or revision


def refuse_placeholder(image: str) -> None:
    """Before the first promotion there is no image. A preview shows the service; an update would wait for it in vain.

    Raises:
        pulumi.RunError: an update would start tasks of an image that cannot exist.
    """
    if image.endswith(PLACEHOLDER) and has_engine() and not pulumi.runtime.is_dry_run():
        raise pulumi.RunError(
            "priceguard:image is the placeholder of a stack that no image has been promoted to: "
            "`pulumi config set priceguard:image none` makes everything but the service until one is"
        )


def has_engine() -> bool:
    """Whether Pulumi's engine runs the program, rather than something that stands for it."""
    return not isinstance(settings.get_monitor(), MockMonitor)


def checked_out(root: Path) -> str | None:
    """The commit that is checked out in `root`; None where git knows of none."""
    top, _, head = (git(root, "rev-parse", "--show-toplevel", "HEAD") or "").partition("\n")
    return head if head and Path(top) == root.resolve() else None


def uncommitted(root: Path) -> list[str] | None:
    """Files of the image that are not as in the commit, ignored ones included: the builder gets those, too.

    None where git cannot say.
    """
    status = git(root, "status", "--porcelain", "-z", "--ignored", "--untracked-files=all", "--", *INPUTS, *LEFT_OUT)
    return None if status is None else sorted(entry[3:] for entry in status.split("\0") if entry[2:3] == " ")


def git(root: Path, *arguments: str) -> str | None:
    """What git says of the repository at `root`; None where there is no git or no repository, or git fails."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip("\n") if done.returncode == 0 else None
