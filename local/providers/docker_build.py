"""Images: docker-build:index:Image.

Nothing is built here. Whoever runs the program has prepared what its tasks run in, the files of the checkout or of an
image, and says so by a manifest. That is pushed: the emulator's registry keeps manifests, tags and digests.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from local.providers.errors import Refusal, unless_gone
from local.providers.resource import Diff, Made, Resource, World, compare

_MANIFEST, _CONFIGURATION = "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.config.v1+json"


def manifest_of(content: str) -> str:
    """The manifest that stands for `content`: the same for the same, another for another.

    Args:
        content: names what tasks run in, and changes with it.
    """
    configuration = {"mediaType": _CONFIGURATION, "digest": digest_of(content), "size": len(content)}
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": configuration, "layers": []}
    return json.dumps(manifest)


def digest_of(text: str) -> str:
    """`sha256:<64 hex digits>`: how a registry knows a manifest."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


class Image:
    """An image in a repository of the emulator. How it is to be built is kept and never looked at."""

    sensitive = frozenset({"registries"})

    def check(self, world: World, name: str, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG002 - Kind's
        """Add what the content is known by, so that a change of the files is a change of the resource."""
        return {**inputs, "contextHash": digest_of(_prepared(world))}

    def diff(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> Diff:
        """Nothing forces a replacement; credentials change all the time and are no change."""
        return Diff(compare(_without_passwords(old), _without_passwords(new)), frozenset())

    def create(self, world: World, name: str, inputs: Mapping[str, Any]) -> Made:  # noqa: ARG002 - Kind's
        """Push the manifest under every tag; one that is there with this digest is left as it is.

        A repository whose tags are immutable refuses a tag that another image has.
        """
        manifest = _prepared(world)
        digest, references = digest_of(manifest), _references(inputs)
        for repository, tag in references:
            if _found(world, repository, {"imageTag": tag}) != digest:
                image = {"imageManifest": manifest, "imageTag": tag, "imageDigest": digest}
                world.aws.call("ecr", "put_image", {"repositoryName": repository, **image})
        reference = f"{inputs['tags'][0]}@{digest}"
        return Made(digest, {**inputs, "digest": digest, "ref": reference, "id": digest})

    def read(self, world: World, resource: Resource) -> Resource | None:
        """It is as it was pushed, or gone: from one of its repositories, or with it."""
        image, repositories = {"imageDigest": resource.outputs["digest"]}, _repositories(resource.inputs)
        there = unless_gone(lambda: all(_found(world, repository, image) for repository in repositories))
        return resource if there else None

    def update(self, world: World, old: Resource, inputs: Mapping[str, Any]) -> Made:
        """Push what there is now, as docker-build does: what was pushed before stays."""
        return self.create(world, old.name, inputs)

    def delete(self, world: World, resource: Resource) -> None:
        """Remove the image, by its digest, from every repository that it was pushed to."""
        for repository in _repositories(resource.inputs):
            image = [{"imageDigest": resource.outputs["digest"]}]
            world.aws.call("ecr", "batch_delete_image", {"repositoryName": repository, "imageIds": image})


def _prepared(world: World) -> str:
    manifest = world.surroundings.image_manifest
    if manifest is None:
        raise Refusal("nothing has been prepared that could be pushed: whoever runs the program names a manifest")
    return manifest


def _references(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Repository and tag of each of `tags`, which are `<registry>/<repository>:<tag>`."""
    if not inputs.get("push"):
        raise Refusal("must be true: an image that is not pushed is nowhere", "push")
    found = [tag.partition("/")[2].rpartition(":") for tag in inputs.get("tags") or ()]
    if not found or not all(repository and tag for repository, _, tag in found):
        raise Refusal("must name a registry, a repository and a tag", "tags")
    return [(repository, tag) for repository, _, tag in found]


def _repositories(inputs: Mapping[str, Any]) -> set[str]:
    return {repository for repository, _ in _references(inputs)}


def _found(world: World, repository: str, image: dict[str, str]) -> str | None:
    """Digest of an image that is there; None when it is not."""
    asked = {"repositoryName": repository, "imageIds": [image]}
    images = world.aws.call("ecr", "batch_get_image", asked)["images"]
    return images[0]["imageId"]["imageDigest"] if images else None


def _without_passwords(inputs: Mapping[str, Any]) -> dict[str, Any]:
    registries = inputs.get("registries")
    if not isinstance(registries, list):
        return dict(inputs)
    known = [{k: v for k, v in r.items() if k != "password"} if isinstance(r, Mapping) else r for r in registries]
    return {**inputs, "registries": known}


ROWS = {"docker-build:index:Image": Image()}
