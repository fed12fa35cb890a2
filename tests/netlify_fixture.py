"""A Netlify stand-in for tests: what is in its zones, what it was asked, and how it fails."""

from collections.abc import Generator
from typing import Any

import pytest

from infra import netlify_api
from local.loopback import direct_session
from local.netlify_server import NetlifyServer

ZONE = "example.live"


class Netlify:
    """The stand-in as a test sees it."""

    def __init__(self, server: NetlifyServer) -> None:
        self.server = server
        self._session = direct_session()

    def fill(self, *records: dict[str, Any], **zones: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Begin anew with these records in ZONE; return them as they are kept."""
        self._post("zones", {ZONE: [{"value": "192.0.2.1", "type": "A", **r} for r in records], **zones})
        return self.records()

    def fail(self, match: str, **fault: Any) -> None:
        """Let the next requests that match fail; see `local.stripe.faults.Fault`."""
        self._post("faults", {"match": match, **fault})

    def records(self, zone: str = ZONE) -> list[dict[str, Any]]:
        """What is in a zone."""
        return self._get()["zones"][zone]

    def values(self, hostname: str) -> list[str]:
        """The values of the records of a name."""
        return [record["value"] for record in self.records() if record["hostname"] == hostname]

    def asked(self, method: str = "") -> list[str]:
        """The requests since `fill`, in order."""
        return [request for request in self._get()["asked"] if request.startswith(method)]

    def _get(self) -> Any:
        return self._session.get(f"{self.server.endpoint}/_stand_in/state", timeout=10).json()

    def _post(self, what: str, body: Any) -> None:
        self._session.post(f"{self.server.endpoint}/_stand_in/{what}", json=body, timeout=10).raise_for_status()


@pytest.fixture(scope="session")
def netlify_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[NetlifyServer]:
    """One with an empty zone, for what the providers make; tests that share it use names of their own."""
    with NetlifyServer(tmp_path_factory.mktemp("netlify") / "netlify.log") as server:
        server.have_zone("sample.example")
        yield server


@pytest.fixture(scope="session")
def netlify_process(tmp_path_factory: pytest.TempPathFactory) -> Generator[NetlifyServer]:
    """One that tests empty and break."""
    with NetlifyServer(tmp_path_factory.mktemp("netlify") / "netlify.log") as server:
        yield server


@pytest.fixture
def netlify(netlify_process: NetlifyServer, monkeypatch: pytest.MonkeyPatch) -> Netlify:
    """An empty ZONE at a stand-in that this process would ask, with its token and little patience."""
    monkeypatch.setenv("NETLIFY_API_URL", netlify_process.api_url)
    monkeypatch.setenv("NETLIFY_AUTH_TOKEN", netlify_process.token)
    monkeypatch.setattr(netlify_api, "PATIENCE", 5.0)
    found = Netlify(netlify_process)
    found.fill()
    return found
