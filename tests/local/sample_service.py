"""The service of the agent's tests: a process that listens where its environment says."""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit


class Handler(BaseHTTPRequestHandler):
    """Answers `/health`, `/environment`, `/slow`, and its version on all other paths."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer by path."""
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        status, path = 200, urlsplit(self.path).path
        if path == "/health":
            status = int(os.environ.get("HEALTH", "200"))
        elif path == "/slow":
            time.sleep(0.5)
        body = os.environ.get("VERSION", "")
        if path == "/environment":
            body = json.dumps(dict(os.environ))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_GET  # noqa: N815 - the name is the library's

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """Ends without waiting for idle connections."""

    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    sys.stdout.write(f"version {os.environ.get('VERSION')} with {os.environ.get('TOKEN', 'no token')}\n")
    if "EXIT" in os.environ:
        sys.stdout.write("cannot go on\n")
        sys.exit(int(os.environ["EXIT"]))
    server = Server((os.environ["HOST"], int(os.environ.get("PORT", "4000"))), Handler)
    Path("-".join(["ready", *(os.environ[name] for name in ("HOST", "PORT") if name in os.environ)])).touch()
    server.serve_forever()
