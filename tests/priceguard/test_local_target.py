"""The platform on this machine as an environment of the pipeline: what it is told to run, and what it would do."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from gitops.engine import EngineError
from gitops.release.target import ImageCopyError, Target
from local.api_image import image_of
from local.engine_client import PlatformEngineError
from priceguard.local_target import LocalTarget
from render.configuration import ROOT
from tests.priceguard.fake_platform import LEVEL, STATUS, Platform, installed, nobody


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Platform:
    """One that runs dev on the engine."""
    return installed(monkeypatch, tmp_path / "local")


def git(root: Path, *arguments: str) -> str:
    """What git prints."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    done = subprocess.run(["git", "-C", root, *who, *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clone with a commit."""
    root = tmp_path / "checkout"
    for name in ("requirements/api.txt", "api/app.py", "say"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("1")
    for stack in ("dev", "prod"):
        shutil.copy(ROOT / f"Pulumi.{stack}.yaml", root)
    git(root, "init", "-q")
    commit(root)
    return root


def commit(root: Path) -> None:
    """Everything."""
    git(root, "add", "-A")
    git(root, "commit", "-qm", "more")


def promote(root: Path, digest: str, revision: str) -> None:
    """Have prod named another image and commit."""
    file = root / "Pulumi.prod.yaml"
    lines = file.read_text().splitlines()
    for number, line in enumerate(lines):
        key = line.strip().partition(": ")[0]
        if key == "priceguard:image":
            lines[number] = f"  {key}: 123456789012.dkr.ecr.us-east-1.amazonaws.com/priceguard-prod@{digest}"
        elif key == "priceguard:revision":
            lines[number] = f'  {key}: "{revision}"'
    file.write_text("\n".join(lines))


def target(stack: str = "dev") -> Target:
    """It is one."""
    return LocalTarget(stack)


def test_dev_runs_the_commit_that_is_checked_out(platform: Platform, checkout: Path) -> None:
    """The API and the outputs tell it; only resources are reported."""
    heard: list[dict[str, Any]] = []

    target().update(checkout, heard.append)

    assert platform.asked == [("up dev", {"priceguard:revision": git(checkout, "rev-parse", "HEAD")}, checkout)]
    assert heard == [{"op": "create", "name": "logs"}]


def test_dev_refuses_what_is_not_committed(platform: Platform, checkout: Path) -> None:
    """The tag of a commit names one content; a file that is not in the image does not matter, nor does a preview."""
    (checkout / "api" / "app.py").write_text("2")
    (checkout / "say").write_text("2")

    with pytest.raises(EngineError, match=r"not committed: api/app.py\. Commit it or put it aside"):
        target().update(checkout, nobody)
    target().preview(checkout, nobody)

    assert [operation for operation, *_ in platform.asked] == ["preview"]


def test_prod_runs_the_promoted_image_and_no_other(platform: Platform, checkout: Path) -> None:
    """Under its digest, in its own repository here, and by the name of the commit that it was made from."""
    digest = image_of(checkout).digest
    promote(checkout, digest, "d" * 40)

    target("prod").update(checkout, nobody)

    here = f"000000000000.dkr.ecr.us-east-1.amazonaws.com/priceguard-prod@{digest}"
    assert platform.asked == [("up prod", {"priceguard:revision": "d" * 40, "priceguard:image": here}, checkout)]
    (checkout / "api" / "app.py").write_text("2")
    with pytest.raises(EngineError, match=rf"names the image {digest}, and the API's files in .* are sha256:"):
        target("prod").update(checkout, nobody)
    assert len(platform.asked) == 1


def test_a_copy_is_of_one_image() -> None:
    """There is nothing to be copied; another image is refused."""
    one, other = "dev/api@sha256:1", "prod/api@sha256:2"

    target("prod").copy_image(one, "prod/api@sha256:1")

    for source, image in ((one, other), ("dev/api:tag", "prod/api:tag")):
        with pytest.raises(ImageCopyError, match="do not name one image by its digest"):
            target("prod").copy_image(source, image)


def test_the_engine_is_asked_where_it_runs(platform: Platform, checkout: Path) -> None:
    """With the same commit and image as an update."""
    assert target().preview(checkout, nobody) == (LEVEL, {"asked": "preview"})
    assert target().drift(nobody) == LEVEL

    (_, given, whose), drift = platform.asked
    assert (given, whose) == ({"priceguard:revision": git(checkout, "rev-parse", "HEAD")}, checkout)
    assert drift == ("drift", {}, ROOT), "what runs may have come from a checkout that is gone"


class TestWithoutTheEngine:
    """What the programs declare is compared."""

    @pytest.fixture(autouse=True)
    def embedded(self, platform: Platform) -> None:
        """The other one runs."""
        platform.status["engine"] = "embedded"

    def test_it_is_compared_with_what_was_last_updated(self, platform: Platform, checkout: Path) -> None:
        """Also when that checkout has gone on since."""
        target().update(checkout, nobody)
        assert target().preview(checkout, nobody)[0].changes == ()
        (checkout / "say").write_text("2")
        commit(checkout)

        result, config = target().preview(checkout, nobody)

        (change,) = result.changes
        assert (change.op, sorted(one.path for one in change.diff)) == ("update", ["revision", "say"])
        assert config["priceguard:revision"] == git(checkout, "rev-parse", "HEAD")
        assert config["priceguard:logLevel"] == "INFO"
        assert [operation for operation, *_ in platform.asked] == ["up dev"]

    def test_what_somebody_brought_up_by_hand_is_compared_with_its_checkout(
        self, platform: Platform, checkout: Path, tmp_path: Path
    ) -> None:
        """What was updated before is no longer there."""
        target().update(checkout, nobody)
        other = tmp_path / "other"
        shutil.copytree(checkout, other)
        (other / "say").write_text("by hand")
        platform.status["checkout"] = str(other)

        (change,) = target().preview(checkout, nobody)[0].changes

        assert [(one.before, one.after) for one in change.diff if one.path == "say"] == [("by hand", "1")]

    @pytest.mark.parametrize("gone", [{}, {**STATUS, "outputs": {}, "engine": "embedded"}])
    def test_where_nothing_runs_everything_is_made(
        self, platform: Platform, checkout: Path, gone: dict[str, Any]
    ) -> None:
        """What was there before ended with the platform."""
        target().update(checkout, nobody)
        platform.status = gone

        (change,) = target().preview(checkout, nobody)[0].changes

        assert change.op == "create"

    def test_what_was_refused_is_not_remembered(self, platform: Platform, checkout: Path) -> None:
        """The error is the platform's."""
        target().update(checkout, nobody)
        platform.refusal = PlatformEngineError("minCount: too many")
        (checkout / "say").write_text("2")

        with pytest.raises(EngineError, match="minCount: too many"):
            target().update(checkout, nobody)

        platform.refusal = None
        assert len(target().preview(checkout, nobody)[0].changes) == 1


def test_a_checkout_without_the_stack_is_refused(platform: Platform, tmp_path: Path) -> None:
    """In the words of whoever reads it."""
    assert platform
    with pytest.raises(EngineError, match="there is no stack 'dev'"):
        target().preview(tmp_path, nobody)
