"""`python -m local.netlify --port 0`: the stand-in as a process of its own, its token in NETLIFY_AUTH_TOKEN."""

import argparse
import asyncio
import os
import signal
import sys

from local.netlify.server import StandIn
from local.ports import PortTakenError


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; 1 when it cannot start, with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m local.netlify", description="A Netlify for one machine.")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 is a free one")
    options = parser.parse_args(arguments)
    token = os.environ.get("NETLIFY_AUTH_TOKEN")
    if not token:
        sys.stderr.write("NETLIFY_AUTH_TOKEN is not set: whoever asks this stand-in must show it\n")
        return 1
    try:
        asyncio.run(_run(token, options.port))
    except PortTakenError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _run(token: str, port: int) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with StandIn(token, port=port) as netlify:
        sys.stdout.write(f"Running on {netlify.url}\n")
        sys.stdout.flush()
        await ended.wait()


if __name__ == "__main__":
    sys.exit(main())
