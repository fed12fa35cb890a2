"""Which URNs are compared, and where they are written down."""

from pathlib import Path

from render.manifest import Manifest

ENVIRONMENTS = ("dev", "prod")
BUILT = "docker-build:index:Image"
"""An image's resource is named by the commit: another one with every deployment, on purpose."""


def listed(environment: str) -> Path:
    """The file with the URNs of one environment, one a line."""
    return Path(__file__).with_name(f"{environment}.urns")


def urns(manifest: Manifest) -> list[str]:
    """The URNs of everything in `manifest`, sorted, but for the image that a commit names."""
    return sorted(r.urn for r in manifest.resources if r.type != BUILT)
