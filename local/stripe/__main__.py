"""`python -m local.stripe --port 0 --state FILE [--live]`: the stand-in as a process of its own."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path

from local.ports import PortTakenError
from local.stripe.stand_in import StandIn
from local.stripe.store import StateTakenError


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; 1 when it cannot start, with the reason on standard error."""
    parser = argparse.ArgumentParser(prog="python -m local.stripe", description="A Stripe for one machine.")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 is a free one")
    parser.add_argument("--state", type=Path, help="the file that keeps everything; without it nothing is kept")
    parser.add_argument("--live", action="store_true", help="stand for Stripe's live mode; no money moves in either")
    options = parser.parse_args(arguments)
    try:
        asyncio.run(_run(options.state, options.port, live=options.live))
    except (StateTakenError, PortTakenError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _run(state: Path | None, port: int, *, live: bool) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with StandIn(state, port=port, live=live) as stripe:
        sys.stdout.write(f"Running on {stripe.url}\n")
        sys.stdout.flush()
        await ended.wait()


if __name__ == "__main__":
    sys.exit(main())
