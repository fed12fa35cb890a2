"""The image and its repository: what is made, and which images expire."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra import image
from render.monitor import Monitor, run_program
from render.program import NamedUnknowns
from render.registration import Registration

COMMIT = "0123456789abcdef0123456789abcdef01234567"
REFERENCE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/priceguard-dev@sha256:" + "0" * 64
PROGRAM = """
import pulumi
from infra.image import Image, ImageArgs
from infra.naming import Naming

naming = Naming("dev", "o", "c")
given = dict(image={image!r}, revision={revision!r}, source={source!r}, protect={protect})
made = Image("image", ImageArgs(naming=naming, **given))
for name in ("reference", "revision"):
    pulumi.export(name, getattr(made, name))
"""

Run = Callable[..., Monitor]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a program with nothing but an image."""

    def run_with(
        given: str = "build", *, revision: str = COMMIT, source: str | None = None, protect: bool = False
    ) -> Monitor:
        text = PROGRAM.format(image=given, revision=revision, source=source, protect=protect)
        (tmp_path / "__main__.py").write_text(text)
        return run_program("dev", {}, NamedUnknowns("us-east-1"), tmp_path)

    return run_with


def one(monitor: Monitor, type_: str) -> Registration:
    """The only resource of a type."""
    (found,) = [r for r in monitor.registrations if r.type == type_]
    return found


def lifecycle_rules(monitor: Monitor) -> list[dict[str, Any]]:
    """The rules of the repository's lifecycle policy."""
    return json.loads(one(monitor, "aws:ecr/lifecyclePolicy:LifecyclePolicy").inputs["policy"])["rules"]


@dataclass(frozen=True)
class Pushed:
    """An image in a repository."""

    tags: tuple[str, ...]
    at: int


def expired(rules: list[dict[str, Any]], images: list[Pushed]) -> list[Pushed]:
    """What ECR would remove: of the images that have a tag for each prefix of a rule, those beyond its newest."""
    found: list[Pushed] = []
    for rule in rules:
        selection = rule["selection"]
        assert (selection["tagStatus"], selection["countType"]) == ("tagged", "imageCountMoreThan")
        prefixes = selection["tagPrefixList"]
        matched = [i for i in images if all(any(tag.startswith(p) for tag in i.tags) for p in prefixes)]
        found += sorted(matched, key=lambda image: -image.at)[selection["countNumber"] :]
    return found


class TestRepository:
    """What every environment has, whatever its image."""

    @pytest.mark.parametrize("given", ["build", "none", REFERENCE])
    def test_tags_do_not_move_and_images_are_scanned(self, run: Run, given: str) -> None:
        """Its name is the environment's."""
        inputs = one(run(given), "aws:ecr/repository:Repository").inputs

        assert inputs["name"] == "priceguard-dev"
        assert inputs["imageTagMutability"] == "IMMUTABLE"
        assert inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert inputs["tags"]["CostCentre"] == "c"

    @pytest.mark.parametrize("protect", [True, False])
    def test_it_is_protected_or_goes_with_its_images(self, run: Run, protect: bool) -> None:  # noqa: FBT001
        """Through the component: that is where the option stands, and its children have it."""
        repository = one(run("none", protect=protect), "aws:ecr/repository:Repository")

        assert repository.options.get("protect", False) is protect
        assert repository.inputs["forceDelete"] is not protect

    def test_old_builds_expire_and_releases_never(self, run: Run) -> None:
        """Sixty of each, pushed in turn: the ten oldest builds go."""
        builds = [Pushed((f"sha-{n}",), 2 * n) for n in range(60)]
        releases = [Pushed((f"release-{n}",), 2 * n + 1) for n in range(60)]

        assert expired(lifecycle_rules(run()), [*builds, *releases]) == builds[:10][::-1]


class TestBuild:
    """What is asked of awsx, and what that makes of it."""

    def test_it_is_built_for_the_tasks_processor_and_pushed_under_its_commit(self, run: Run) -> None:
        """From the checkout, with the arguments of the image's own workflow."""
        child = one(run(source="https://github.com/a/b"), "docker-build:index:Image")

        assert child.name == f"sha-{COMMIT}"
        assert child.inputs["tags"] == ["${aws:ecr/repository:Repository::api.repositoryUrl}:" + child.name]
        assert child.inputs["platforms"] == ["linux/arm64"]
        assert child.inputs["context"] == {"location": ".."}
        assert child.inputs["dockerfile"] == {"location": "../Dockerfile"}
        labels = {"REVISION": COMMIT, "SOURCE": "https://github.com/a/b"}
        assert child.inputs["buildArgs"] == {**labels, "SOURCE_DATE_EPOCH": "0"}

    def test_a_source_that_is_not_known_is_left_out(self, run: Run) -> None:
        """The label is empty then."""
        assert "SOURCE" not in one(run(), "docker-build:index:Image").inputs["buildArgs"]

    def test_the_image_of_the_last_commit_stays(self, run: Run) -> None:
        """The child of another commit replaces it."""
        assert one(run(), "docker-build:index:Image").options["retainOnDelete"] is True

    def test_tasks_are_given_its_digest(self, run: Run) -> None:
        """Not its tag."""
        repository = "${aws:ecr/repository:Repository::api.repositoryUrl}"

        assert run().outputs == {
            "reference": f"{repository}@${{docker-build:index:Image::sha-{COMMIT}.digest}}",
            "revision": COMMIT,
        }

    @pytest.mark.parametrize(("given", "reference"), [(REFERENCE, REFERENCE), ("none", None)])
    def test_an_image_that_exists_or_none_is_not_built(self, run: Run, given: str, reference: str | None) -> None:
        """There is nothing but the repository."""
        monitor = run(given, revision="unreleased")

        assert monitor.outputs.get("reference") == reference
        assert monitor.outputs["revision"] == "unreleased"
        assert not [r for r in monitor.registrations if r.type.startswith(("awsx:ecr:Image", "docker-build:"))]

    def test_what_is_rendered_depends_on_no_commit(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nor on whether there is git."""
        monkeypatch.setattr(image, "git", None)

        assert one(run(revision="unreleased"), "docker-build:index:Image").name == "sha-unreleased"
