"""The Stripe stand-in of the local platform: `local.stripe`, as a process of its own.

What it knows is in a file, which outlives the process. Nothing but 127.0.0.1 can reach it.
"""

from pathlib import Path

from local.ports import kept_port
from local.private_file import write_private
from local.server_process import ServerError, ServerProcess

__all__ = ["StripeServer", "StripeServerError"]


class StripeServerError(ServerError):
    """The stand-in cannot run; the message says why and shows the end of its log."""


class StripeServer(ServerProcess):
    """One stand-in, on a free port, and on the same one at later starts: links that it has given stay good.

    Args:
        log_file: where the server writes; its folder is made, what it held is overwritten.
        state_file: where it keeps what it knows; its folder is made, for its owner only.
        live: stand for Stripe's live mode.
    """

    def __init__(self, log_file: Path, state_file: Path, *, live: bool = False) -> None:
        self.state_file = state_file
        self._mode = ("--live",) if live else ()
        self._port_file = state_file.with_name("port")
        super().__init__("the Stripe stand-in", (), log_file=log_file, environment={}, error=StripeServerError)

    def start(self) -> None:
        """Run the stand-in with what it knew, and return when it answers."""
        try:
            self.state_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            message = f"the Stripe stand-in cannot keep anything in {self.state_file.parent}: {error.strerror}"
            raise StripeServerError(message) from error
        port = str(kept_port(self._port_file))
        self._arguments = ("-m", "local.stripe", "--port", port, "--state", str(self.state_file), *self._mode)
        super().start()
        write_private(self._port_file, str(self.port))
