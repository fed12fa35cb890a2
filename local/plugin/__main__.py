"""What the executable of a package runs: `python -P -m local.plugin <package> <file> [<engine>]`."""

import sys

from render.garbage import collect_seldom

collect_seldom()

from local.plugin.server import main  # noqa: E402 - what it imports takes most of a plugin's time

main(*sys.argv[1:])
