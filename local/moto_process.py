"""moto's server, in a process that looks for garbage seldom: `python -m local.moto_process <its arguments>`."""

from render.garbage import collect_seldom

collect_seldom()

from moto.server import main  # noqa: E402 - what it imports makes most of the objects

main()
