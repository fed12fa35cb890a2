"""The manifests of both environments as they are configured: rendered once in each process, for whoever reads them."""

from functools import cache

from render.manifest import Manifest
from render.program import run


@cache
def rendered(stack: str) -> Manifest:
    """What the program asks for in `dev` or `prod`; nobody changes it."""
    return run(stack)
