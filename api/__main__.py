"""`python -m api`: the container's command.

Exit codes: 0 after SIGTERM or SIGINT, 78 (EX_CONFIG) when the environment is not complete, 1 when the port is
taken. One process, one event loop: a task is scaled by running more of them.
"""

import asyncio
import gc
import logging
import signal
import sys
from typing import Final

import uvloop
from hypercorn.asyncio import serve
from hypercorn.config import Config
from hypercorn.typing import ASGIFramework

from api import logs
from api.app import create_app
from api.settings import Settings, SettingsError

_CONFIGURATION_ERROR: Final = 78  # sysexits.h
# The load balancer keeps idle connections for 60 s. It must be the one that closes them: a request that meets
# our closing would end as a 502.
_KEEP_ALIVE_SECONDS: Final = 75
# For requests in flight after SIGTERM; with closing the database less than the 30 s that ECS waits.
_GRACEFUL_SECONDS: Final = 20


def main() -> int:
    """Serve until told to stop; returns the exit code."""
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return _CONFIGURATION_ERROR
    logs.configure(settings)
    try:
        uvloop.run(_serve(create_app(settings), settings))
    except OSError as error:
        logging.getLogger(__name__).error("cannot listen on %s port %s: %s", settings.host, settings.port, error)  # noqa: TRY400
        return 1
    return 0


async def _serve(app: ASGIFramework, settings: Settings) -> None:
    config = Config()
    config.bind = [f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"]
    config.accesslog = None
    config.errorlog = logging.getLogger("hypercorn.error")
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    config.graceful_timeout = _GRACEFUL_SECONDS
    config.include_date_header = False
    config.include_server_header = False
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # What start-up made stays for good: the collector need not look at it again, nor run after every 700 objects.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)
    await serve(app, config, shutdown_trigger=stop.wait)


if __name__ == "__main__":
    sys.exit(main())
