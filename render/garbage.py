"""Python looks for garbage seldom in processes that import Pulumi's SDKs.

Those make a million objects that stay to the end, so looking for garbage among them finds none, and takes a third of
a command's time; the search at the very end takes as long again.
"""

import atexit
import gc

OBJECTS = 200_000
"""New objects between two searches; Python's own figure is 700."""


def collect_seldom() -> None:
    """From now on, and not at all when the process ends."""
    gc.set_threshold(OBJECTS, 20, 100)
    atexit.register(gc.freeze)
