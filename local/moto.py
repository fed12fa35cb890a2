"""The AWS emulator of the local platform: moto's server, as a process of its own.

Its state is in memory: a new process is an empty account. Nothing but 127.0.0.1 can reach it.
"""

import contextlib
import http.client
import threading
from pathlib import Path

from local.overrides import ACCOUNT
from local.server_process import ServerError, ServerProcess

__all__ = ["MotoError", "MotoServer"]

_ANSWER_SECONDS = 60

# What the server loads when it is first asked costs about a second for EC2; asking early hides that.
_FIRST_QUESTIONS = {
    "ec2": "Action=DescribeVpcs&Version=2016-11-15",
    "rds": "Action=DescribeDBInstances&Version=2014-10-31",
    "elasticloadbalancing": "Action=DescribeLoadBalancers&Version=2015-12-01",
}

_SETTINGS = {
    "MOTO_ACM_VALIDATION_WAIT": "1",  # seconds until a certificate is issued, instead of a minute
    "MOTO_ACCOUNT_ID": ACCOUNT,
}


class MotoError(ServerError):
    """The emulator cannot run; the message says why and shows the end of its log."""


class MotoServer(ServerProcess):
    """One emulator.

    Args:
        log_file: where the server writes; its folder is made, what it held is overwritten.
        port: the one to listen on; without one, a free port at every start.
    """

    def __init__(self, log_file: Path, *, port: int | None = None) -> None:
        arguments = ["-m", "moto.server", "-H", self.host, "-p", str(port or 0)]
        super().__init__("the AWS emulator", arguments, log_file=log_file, environment=_SETTINGS, error=MotoError)

    def start(self) -> None:
        """Run the emulator and return when it answers, while it gets ready for the slow services."""
        if self.pid is not None:
            return
        super().start()
        threading.Thread(target=self._warm, daemon=True).start()

    def _warm(self) -> None:
        """Ask every slow service something, while the platform still waits for the rest."""
        for service, question in _FIRST_QUESTIONS.items():
            scope = f"local/20200101/us-east-1/{service}/aws4_request"
            headers = {
                "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(self.host, self.port, timeout=_ANSWER_SECONDS)
                connection.request("POST", "/", question, headers)
                connection.getresponse().read()
                connection.close()
