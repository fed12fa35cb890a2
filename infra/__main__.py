"""The program: what `pulumi up` runs for the selected stack."""

import atexit
import gc

# What the SDKs make stays to the end, and looking for garbage among it takes a third of the program's time. (Processes
# of ours that run the program do the same by `render/garbage.py`, which is not to be imported here.)
gc.set_threshold(200_000, 20, 100)
atexit.register(gc.freeze)

from infra import outputs, settings  # noqa: E402 - it counts from here on
from infra.environment import Environment  # noqa: E402

outputs.export(Environment("priceguard", settings.load()))
