"""What replaces a resource, as the stand-ins know: `python -m tests.gitops.previews.rendered_replacing` writes it."""

import json
from collections.abc import Iterable

from gitops.previews.rendered_changes import ALL, OWN, TABLE
from infra.netlify_dns import WHAT_IT_IS
from local.providers import KINDS
from local.providers.aws_resource import AwsResource
from local.providers.dynamic import Dynamic
from local.providers.rows import EVERYTHING
from local.providers.stripe import StripeResource
from render.manifest import Manifest
from render.program import run

ANY = "anyProperty"


def replacing(type_: str) -> list[str]:
    """Properties of a type that cannot change in place."""
    kind = KINDS[type_]
    if isinstance(kind, Dynamic):
        return sorted(WHAT_IT_IS)
    if isinstance(kind, AwsResource | StripeResource) and kind.row.replaces is not EVERYTHING:
        return sorted(kind.row.replaces)
    # The rest says so property by property, and alike for all of them.
    return [ALL] if kind.diff({ANY: 1}, {ANY: 2}).replaces else []


def table(manifests: Iterable[Manifest]) -> dict[str, list[str]]:
    """For every type that a provider makes."""
    types = {one.type for manifest in manifests for one in manifest.resources if not one.type.startswith(OWN)}
    return {type_: replacing(type_) for type_ in sorted(types)}


def text(manifests: Iterable[Manifest]) -> str:
    """As it is written down."""
    return json.dumps(table(manifests), indent=2) + "\n"


if __name__ == "__main__":
    TABLE.write_text(text(map(run, ("dev", "prod"))))
