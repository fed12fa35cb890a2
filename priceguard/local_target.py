"""The platform on this machine as an environment of the pipeline: `gitops.release.target.Target`.

It differs from the cloud in what stands for a registry: an image is the API's files of a checkout, under a digest of
their own. So nothing is copied, and what is told to run must be what is checked out.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import stripe

from gitops.aws.task_log import parsed
from gitops.engine import EngineError, Report
from gitops.engine_result import Result
from gitops.previews.rendered import RenderedError, compare, manifest_of
from gitops.release.target import ImageCopyError
from gitops.verification import result as verify_result
from gitops.verification.api_log import settles
from gitops.verification.result import Expected
from local.api_image import image_of
from local.client import platform_directory
from local.engine_client import NOTHING_RUNS, PlatformEngineError, ask, told, update_local
from local.git import git
from local.logs import log_files
from local.loopback import direct_session
from local.overrides import ACCOUNT, image_here
from local.private_file import write_private
from local.program import EMBEDDED
from priceguard.local_service import LocalService
from render.configuration import ConfigurationError, read_configuration
from render.manifest import Manifest

MANIFEST = "manifest.json"
"""What was declared when the embedded runner was last updated from here, and by which checkout."""
BUILD, UNRELEASED = "build", "unreleased"
CONTENT = ("Dockerfile", ".dockerignore", "api", "requirements/api.txt")
"""What the image of a checkout holds."""


class LocalTarget:
    """`dev` or `prod` on the platform of this checkout, or of the folder that PRICEGUARD_LOCAL names.

    Args:
        stack: which of them.
        port: local port of a platform that an update has to start; 0 takes a free one.
    """

    def __init__(self, stack: str, *, port: int = 0) -> None:
        self.stack = stack
        self._port = port
        self._declared: dict[Path, Manifest] = {}  # it takes seconds, and a checkout stays as it is meanwhile

    def preview(self, root: Path, report: Report) -> tuple[Result, dict[str, str]]:
        """What an update would do, and the configuration that it would run with.

        Without the engine it is told as `gitops.previews.rendered` knows it. Where nothing runs, all is made.
        """
        config, own = self._settings(root)
        status = self._status()
        if status and status["engine"] != EMBEDDED:
            return ask("preview", own, report, checkout=root)
        before = self._before(status) if status and status["outputs"] else None
        return compare(before, self._manifest(root)), config

    def update(self, root: Path, report: Report) -> None:
        """Bring everything to what the program of the checkout says, and its tasks into its files.

        Raises:
            EngineError: also when these files are not the image that the stack's file names, or not committed.
        """
        _, own = self._settings(root)
        self._refuse_other_files(root)
        done = update_local(
            self.stack, own, lambda event: report(event) if "op" in event else None, root, port=self._port
        )
        if done["engine"] == EMBEDDED:
            manifest = msgspec.to_builtins(self._manifest(root))
            kept = json.dumps({"checkout": str(root.absolute()), "manifest": manifest})
            write_private(platform_directory() / MANIFEST, kept)

    def outputs(self) -> Mapping[str, Any]:
        """The stack outputs of the last update; empty when nothing runs."""
        return self._status().get("outputs", {})

    def expected(self) -> Expected:
        """What the last update promised to run, at the address of this machine."""
        status = self._status()
        promised = verify_result.expected(status.get("outputs", {}))
        return replace(promised, url=str(status["api_url"]))

    def service(self, expected: Expected) -> LocalService:
        """The local ECS."""
        return LocalService(self.stack, expected)

    def booked(self, event_id: str, since: float) -> bool:
        """Whether the log of a task names the event as booked."""
        logs = log_files(platform_directory()) if self._status() else {}
        return any(_settles(file, event_id, since) for name, file in logs.items() if name.startswith("api/"))

    def stripe(self) -> stripe.StripeClient:
        """A client of the stand-in, which takes any key of the right mode.

        Raises:
            EngineError: nothing runs.
        """
        url = next((part["address"] for part in self._status().get("parts", ()) if part["name"] == "stripe"), None)
        if not url:
            raise PlatformEngineError(NOTHING_RUNS)
        key = f"sk_{'live' if self.stack == 'prod' else 'test'}_local"
        http = stripe.RequestsClient(session=direct_session())
        return stripe.StripeClient(key, base_addresses={"api": url}, http_client=http)

    def copy_image(self, source: str, image: str) -> None:
        """Nothing is to be copied: `update` refuses a checkout whose files are another image.

        Raises:
            ImageCopyError: the two are not the same image.
        """
        digests = {reference.partition("@")[2] for reference in (source, image)}
        if len(digests) != 1 or "" in digests:
            raise ImageCopyError(f"{source} and {image} do not name one image by its digest")

    def drift(self, report: Report) -> Result:
        """What somebody changed behind the program's back."""
        if not self._status():
            raise PlatformEngineError(NOTHING_RUNS)
        return ask("drift", {}, report)[0]

    def publish(self) -> None:
        """Previews ask the platform itself."""

    def _status(self) -> dict[str, Any]:
        """What the platform tells of itself; empty when it does not run."""
        return told(self.stack, "status") or {}

    def _settings(self, root: Path) -> tuple[dict[str, str], dict[str, str]]:
        """The configuration of a checkout as the pipeline means it, and what of it the platform is told to take.

        By itself the platform would put the content of a checkout in place of a commit and of a promoted digest.
        """
        try:
            config = read_configuration(self.stack, root)
        except ConfigurationError as error:
            raise EngineError(str(error)) from None
        revision = config.get("priceguard:revision", UNRELEASED)
        own = {"priceguard:revision": (git(root, "rev-parse", "HEAD") or "") if revision == UNRELEASED else revision}
        if digest := config.get("priceguard:image", "").partition("@")[2]:
            own["priceguard:image"] = image_here(config, self.stack, digest)
        own = {key: value for key, value in own.items() if value}
        return {**config, "priceguard:account": ACCOUNT, **own}, own

    def _refuse_other_files(self, root: Path) -> None:
        image = read_configuration(self.stack, root).get("priceguard:image", "")
        named, found = image.partition("@")[2], image_of(root).digest
        if named and named != found:
            raise EngineError(
                f"Pulumi.{self.stack}.yaml names the image {named}, and the API's files in {root} are {found}: "
                "check out the commit that it was made from (priceguard:revision)"
            )
        if image == BUILD and (changed := git(root, "status", "--porcelain", "--", *CONTENT)):
            files = ", ".join(line.split(maxsplit=1)[-1] for line in changed.splitlines())
            raise EngineError(f"the image would hold what is not committed: {files}. Commit it or put it aside")

    def _manifest(self, root: Path) -> Manifest:
        """What the checkout's program declares; the image is as its file names it."""
        own = self._settings(root)[1]
        own.pop("priceguard:image", None)
        try:
            if root not in self._declared:
                self._declared[root] = manifest_of(root, self.stack, own)
        except RenderedError as error:
            raise EngineError(str(error)) from None
        return self._declared[root]

    def _before(self, status: Mapping[str, Any]) -> Manifest:
        """What was declared when the platform was last updated; what its checkout declares, when not from here."""
        file = platform_directory() / MANIFEST
        if file.exists() and (kept := json.loads(file.read_text()))["checkout"] == status["checkout"]:
            return msgspec.convert(kept["manifest"], Manifest)
        return self._manifest(Path(status["checkout"]))


def _settles(file: Path, event_id: str, since: float) -> bool:
    """Whether one of the lines written since then says so."""
    with file.open(errors="replace") as lines:
        return any(event_id in line and _written(line) >= since and settles(line, event_id) for line in lines)


def _written(line: str) -> float:
    """Unix time of a line; of one that tells none, the beginning of time."""
    try:
        return datetime.fromisoformat(str(parsed(line).get("timestamp"))).timestamp()
    except ValueError:
        return 0.0
