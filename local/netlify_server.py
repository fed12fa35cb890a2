"""The Netlify stand-in of the local platform: `local.netlify`, as a process of its own.

What it knows is in memory: a new process has no zone. Nothing but 127.0.0.1 can reach it.
"""

import secrets
from pathlib import Path
from typing import Any

from local.loopback import direct_session
from local.netlify.server import API
from local.server_process import ServerError, ServerProcess

__all__ = ["NetlifyServer", "NetlifyServerError"]

_ANSWER_SECONDS = 10


class NetlifyServerError(ServerError):
    """The stand-in cannot run, or does not answer; the message says why."""


class NetlifyServer(ServerProcess):
    """One stand-in, on a free port at every start.

    Args:
        log_file: where the server writes; its folder is made, what it held is overwritten.

    Attributes:
        token: a random one, the only one that it lets in. A developer's own token never comes near it.
    """

    def __init__(self, log_file: Path) -> None:
        self.token = f"nfp_local{secrets.token_hex(16)}"
        super().__init__(
            "the Netlify stand-in",
            ("-m", "local.netlify"),
            log_file=log_file,
            environment={"NETLIFY_AUTH_TOKEN": self.token},
            error=NetlifyServerError,
        )

    @property
    def api_url(self) -> str:
        """What NETLIFY_API_URL has to be."""
        return f"{self.endpoint}{API}"

    def have_zone(self, name: str) -> None:
        """Make the zone `name`, unless there is one.

        Raises:
            NetlifyServerError: the stand-in does not answer, or refuses.
        """
        if name not in {zone["name"] for zone in self._ask("GET")}:
            self._ask("POST", {"name": name})

    def _ask(self, method: str, body: dict[str, Any] | None = None) -> Any:
        try:
            with direct_session() as session:
                answer = session.request(
                    method,
                    f"{self.api_url}/dns_zones",
                    json=body,
                    headers={"Authorization": f"Bearer {self.token}"},
                    timeout=_ANSWER_SECONDS,
                )
            answer.raise_for_status()
        except OSError as error:  # what requests raises
            said = f"{type(error).__name__}; `priceguard local logs netlify` says why"
            raise NetlifyServerError(f"the Netlify stand-in does not take the zone: {said}") from error
        return answer.json()
