"""Images in the emulator's registry: pushed once, found by their digest, gone only when somebody deletes them."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.providers import ProviderError, Providers, Resource, Surroundings
from local.providers.docker_build import digest_of, manifest_of
from local.runner import Applier
from local.state import Entry, State
from render.monitor import run_program
from tests.local.conftest import AskAws

IMAGE, REPOSITORY = "docker-build:index:Image", "aws:ecr/repository:Repository"
REVISIONS = [digit * 40 for digit in "abc"]
PROGRAM = """
import pulumi
from infra.image import Image, ImageArgs
from infra.naming import Naming

args = ImageArgs(naming=Naming({unique!r}, "o", "c"), image="build", revision={revision!r}, source=None, protect=False)
pulumi.export("image", Image("image", args).reference)
"""

Deploy = Callable[[str], str]


def inputs(name: str, tag: str = "one", **more: Any) -> dict[str, Any]:
    """An image for the repository `name`."""
    return {"push": True, "tags": [f"registry/{name}:{tag}"], **more}


def holding(surroundings: Surroundings, content: str) -> Providers:
    """The providers, when `content` is what was prepared."""
    return Providers(replace(surroundings, image_manifest=manifest_of(content)))


def pullable(ask_aws: AskAws, repository: str, *digests: str) -> list[str]:
    """Those of the digests that the registry has."""
    asked = [{"imageDigest": digest} for digest in digests]
    found = ask_aws("ecr", "batch_get_image", repositoryName=repository, imageIds=asked)["images"]
    return [image["imageId"]["imageDigest"] for image in found]


@pytest.fixture
def repository(providers: Providers, tmp_path: Path) -> str:
    """An immutable repository of this test."""
    name = tmp_path.name.replace("_", "-").lower()
    providers.create(REPOSITORY, "r", {"name": name, "imageTagMutability": "IMMUTABLE"})
    return name


@pytest.fixture
def deploy(surroundings: Surroundings, tmp_path: Path) -> Deploy:
    """Runs the program for a revision whose content is its own, and returns the image that it names."""

    def run(revision: str) -> str:
        unique = tmp_path.name.replace("_", "-").lower()
        (tmp_path / "__main__.py").write_text(PROGRAM.format(unique=unique, revision=revision))
        providers = holding(surroundings, f"{unique} {revision}")
        applier = Applier(providers, State.load(tmp_path / "state.json"), lambda _: None)
        monitor = run_program("dev", {}, applier, tmp_path)
        applier.remove_the_rest()
        applier.state.save()
        return monitor.outputs["image"]

    return run


def test_three_deployments_leave_three_images(deploy: Deploy, ask_aws: AskAws) -> None:
    """A rollback finds what it goes back to, and a task that restarts finds its own."""
    images = [deploy(revision) for revision in REVISIONS]

    repositories, digests = zip(*(image.split("@") for image in images), strict=True)
    (repository,) = set(repositories)
    name = repository.partition("/")[2]
    assert len(set(digests)) == 3
    assert pullable(ask_aws, name, *digests) == list(digests)
    tags = ask_aws("ecr", "list_images", repositoryName=name)["imageIds"]
    assert {image["imageTag"] for image in tags} == {f"sha-{revision}" for revision in REVISIONS}


def test_without_retention_only_the_last_would_be_left(
    deploy: Deploy, ask_aws: AskAws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test above would notice."""

    def forgetful(resource: Resource, options: dict[str, Any]) -> Entry:
        return Entry(resource, {k: v for k, v in options.items() if k != "retainOnDelete"})

    monkeypatch.setattr("local.runner.Entry", forgetful)

    images = [deploy(revision) for revision in REVISIONS]

    (name,) = {image.split("@")[0].partition("/")[2] for image in images}
    assert pullable(ask_aws, name, *(image.split("@")[1] for image in images)) == [images[-1].split("@")[1]]


def test_the_same_commit_is_not_pushed_twice(deploy: Deploy) -> None:
    """Nothing changes, so nothing is refused."""
    assert deploy(REVISIONS[0]) == deploy(REVISIONS[0])


def test_a_tag_does_not_move(surroundings: Surroundings, repository: str) -> None:
    """As ECR refuses it; the same image again is fine."""
    one, other = holding(surroundings, f"{repository} one"), holding(surroundings, f"{repository} other")
    made = one.create(IMAGE, "i", one.check(IMAGE, "i", inputs(repository), None))

    assert one.create(IMAGE, "i", made.inputs).id == made.id
    with pytest.raises(ProviderError, match="put_image was refused: ImageAlreadyExistsException"):
        other.create(IMAGE, "i", other.check(IMAGE, "i", inputs(repository), None))


def test_other_content_is_a_change(surroundings: Surroundings, repository: str) -> None:
    """Under the same name and tag: then the registry says no, rather than that nothing happens."""
    one, other = holding(surroundings, f"{repository} one"), holding(surroundings, f"{repository} other")
    made = one.create(IMAGE, "i", one.check(IMAGE, "i", inputs(repository), None))
    again = other.check(IMAGE, "i", inputs(repository), made.inputs)

    assert other.diff(IMAGE, made.inputs, again).changed == {"contextHash"}
    with pytest.raises(ProviderError, match="ImageAlreadyExistsException"):
        other.update(made, again)


def test_a_deleted_image_is_gone_and_others_stay(surroundings: Surroundings, repository: str, ask_aws: AskAws) -> None:
    """By its digest."""
    one, other = holding(surroundings, f"{repository} one"), holding(surroundings, f"{repository} other")
    made = [p.create(IMAGE, "i", inputs(repository, tag)) for p, tag in ((one, "one"), (other, "two"))]

    one.delete(made[0])

    assert pullable(ask_aws, repository, *(image.id for image in made)) == [made[1].id]


def test_the_digest_is_that_of_the_manifest(surroundings: Surroundings, repository: str, ask_aws: AskAws) -> None:
    """As in every registry; the reference names it behind the tag."""
    manifest = manifest_of(repository)
    made = holding(surroundings, repository).create(IMAGE, "i", inputs(repository))

    assert made.outputs["digest"] == made.id == digest_of(manifest)
    assert made.outputs["ref"] == f"registry/{repository}:one@{made.id}"
    asked = [{"imageDigest": made.id}]
    (found,) = ask_aws("ecr", "batch_get_image", repositoryName=repository, imageIds=asked)["images"]
    assert json.loads(found["imageManifest"]) == json.loads(manifest)


def test_new_credentials_are_no_change(providers: Providers) -> None:
    """The password is another one at every run."""
    old, new = ({"registries": [{"address": "a", "username": "u", "password": word}]} for word in ("one", "two"))

    assert not providers.diff(IMAGE, old, new).changed
    assert providers.diff(IMAGE, old, {"registries": [{"address": "b"}]}).changed == {"registries"}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"push": False}, "push: must be true"),
        ({"tags": []}, "tags: must name a registry"),
        ({"tags": ["registry/name"]}, "tags: must name a registry"),
        ({"tags": ["name:tag"]}, "tags: must name a registry"),
    ],
)
def test_what_cannot_be_pushed_is_refused(providers: Providers, given: dict[str, Any], why: str) -> None:
    """By the property's name."""
    with pytest.raises(ProviderError, match=f"{IMAGE} i: {why}"):
        providers.create(IMAGE, "i", {**inputs("any"), **given})


def test_without_anything_prepared_there_is_no_image(surroundings: Surroundings) -> None:
    """Rather than one of nothing."""
    providers = Providers(replace(surroundings, image_manifest=None))

    with pytest.raises(ProviderError, match="nothing has been prepared"):
        providers.check(IMAGE, "i", inputs("any"), None)


def test_the_registry_gives_credentials(providers: Providers) -> None:
    """User and password stand in one encoded text; awsx hands them to the build."""
    found = providers.invoke("aws:ecr/getAuthorizationToken:getAuthorizationToken", {"registryId": "000000000000"})

    assert found["proxyEndpoint"] == "https://000000000000.dkr.ecr.us-east-1.amazonaws.com"
    assert (found["userName"], found["password"]) == ("AWS", "000000000000-auth-token")
