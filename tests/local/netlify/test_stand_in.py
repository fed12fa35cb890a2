"""The Netlify stand-in itself: what it lets in, shows, refuses, and how it runs."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from local.loopback import direct_session
from local.netlify_server import NetlifyServer, NetlifyServerError
from render.configuration import ROOT
from tests.netlify_fixture import ZONE, Netlify

Ask = Callable[..., requests.Response]


@pytest.fixture
def ask(netlify: Netlify) -> Ask:
    """One request to the API, with the token unless headers are given."""
    session, server = direct_session(), netlify.server

    def ask_it(method: str, path: str, *, token: str = server.token, **arguments: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return session.request(method, f"{server.api_url}{path}", headers=headers, timeout=10, **arguments)

    return ask_it


@pytest.fixture
def records(ask: Ask) -> str:
    """The path of the records of ZONE."""
    zones = ask("GET", "/dns_zones").json()
    return next(f"/dns_zones/{zone['id']}/dns_records" for zone in zones if zone["name"] == ZONE)


def test_without_the_token_nothing_is_told(ask: Ask, records: str) -> None:
    """Whatever is asked; the error has the form of all of Netlify's."""
    for method, path in (("GET", "/dns_zones"), ("POST", records), ("DELETE", f"{records}/x"), ("GET", "/nothing")):
        for token in ("", "nfp_other"):
            answer = ask(method, path, token=token)
            assert (answer.status_code, answer.json()) == (401, {"code": 401, "message": "Access Denied"})


@pytest.mark.parametrize("path", ["/api/v1/dns_zones", "/_stand_in/state", "/nothing"])
def test_under_another_name_nothing_is_told(netlify: Netlify, path: str) -> None:
    """A page whose name was made to lead here would be of the same origin; nothing is written down either."""
    server = netlify.server
    url = f"{server.api_url.removesuffix('/api/v1')}{path}"
    headers = {"Authorization": f"Bearer {server.token}"}

    with direct_session() as session:
        answer = session.get(url, headers={**headers, "Host": "evil.example"}, timeout=10)
        known = session.get(url, headers={**headers, "Host": "localhost"}, timeout=10)

    assert (answer.status_code, answer.text) == (421, "421: Misdirected Request")
    assert known.status_code == (404 if path == "/nothing" else 200)


def test_a_record_is_made_shown_and_deleted(ask: Ask, records: str) -> None:
    """With the statuses that Netlify answers."""
    made = ask("POST", records, json={"hostname": f"a.{ZONE}", "type": "TXT", "value": "x"})

    assert made.status_code == 201
    assert (
        made.json().items()
        >= {"hostname": f"a.{ZONE}", "type": "TXT", "value": "x", "ttl": 3600, "managed": False}.items()
    )
    assert ask("GET", f"{records}/{made.json()['id']}").json() == made.json()
    assert ask("GET", records).json() == [made.json()]
    assert ask("DELETE", f"{records}/{made.json()['id']}").status_code == 204
    assert ask("GET", f"{records}/{made.json()['id']}").status_code == 404
    assert ask("DELETE", f"{records}/{made.json()['id']}").json() == {"code": 404, "message": "Not Found"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_nothing_changes_a_record(ask: Ask, records: str, method: str) -> None:
    """There is no such operation."""
    made = ask("POST", records, json={"hostname": f"a.{ZONE}", "type": "TXT", "value": "x"}).json()
    answer = ask(method, f"{records}/{made['id']}", json={"value": "y"})

    assert (answer.status_code, answer.json()["code"]) == (405, 405)
    assert ask("GET", records).json() == [made]


@pytest.mark.parametrize(
    "asked",
    [
        {"hostname": f"a.{ZONE}", "type": "NETLIFY", "value": "x"},
        {"hostname": "a.other.example", "type": "A", "value": "192.0.2.1"},
        {"hostname": f"a{ZONE}", "type": "A", "value": "192.0.2.1"},
        {"hostname": f"a.{ZONE}", "type": "A"},
        {"hostname": f"taken.{ZONE}", "type": "CNAME", "value": "b.example"},
        {"hostname": f"taken.{ZONE}", "type": "A", "value": "192.0.2.1"},
    ],
)
def test_what_cannot_be_is_refused(ask: Ask, records: str, asked: dict[str, str]) -> None:
    """Its own types, names of elsewhere, and anything beside a CNAME."""
    ask("POST", records, json={"hostname": f"taken.{ZONE}", "type": "CNAME", "value": "a.example"})
    answer = ask("POST", records, json=asked)

    assert (answer.status_code, answer.json()["code"]) == (422, 422)
    assert len(ask("GET", records).json()) == 1


@pytest.mark.parametrize("body", ["{", "[]", '"x"'])
def test_a_body_that_is_no_object_is_refused(ask: Ask, records: str, body: str) -> None:
    """As JSON, not as a stack trace."""
    assert ask("POST", records, data=body).json()["code"] == 400


def test_long_lists_have_pages(netlify: Netlify, ask: Ask) -> None:
    """A hundred at the most; `Link` leads to the next."""
    netlify.fill(*({"hostname": f"n{number}.{ZONE}"} for number in range(150)))
    zone = ask("GET", "/dns_zones").json()[0]["id"]
    first = ask("GET", f"/dns_zones/{zone}/dns_records?per_page=1000")
    second = ask("GET", first.links["next"]["url"].removeprefix(netlify.server.api_url))

    assert (len(first.json()), len(second.json())) == (100, 50)
    assert "next" not in second.links
    assert first.json() + second.json() == netlify.records()


def test_a_zone_is_made_once(netlify: Netlify, ask: Ask) -> None:
    """At every `up`, whether it is there or not; what is in it stays."""
    (kept,) = netlify.fill({"hostname": f"a.{ZONE}"})
    for _ in range(2):
        netlify.server.have_zone(ZONE)
        netlify.server.have_zone("another.example")

    assert [zone["name"] for zone in ask("GET", "/dns_zones").json()] == [ZONE, "another.example"]
    assert netlify.records() == [kept]
    assert ask("POST", "/dns_zones", json={"name": ZONE}).status_code == 422


def test_the_process_needs_a_token_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one it says so; the platform gives a new one each time, never a developer's."""
    monkeypatch.setenv("NETLIFY_AUTH_TOKEN", "nfp_of_a_developer")
    without = {k: v for k, v in os.environ.items() if k != "NETLIFY_AUTH_TOKEN"}
    ended = subprocess.run(
        [sys.executable, "-m", "local.netlify"], cwd=ROOT, env=without, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr.split(":")[0]) == (1, "NETLIFY_AUTH_TOKEN is not set")

    with NetlifyServer(tmp_path / "netlify.log") as server, direct_session() as session:
        headers = {"Authorization": "Bearer nfp_of_a_developer"}
        assert session.get(f"{server.api_url}/dns_zones", headers=headers, timeout=10).status_code == 401
        server.have_zone(ZONE)
        assert server.token not in server.log_file.read_text()
    assert NetlifyServer(tmp_path / "netlify.log").token != server.token


def test_one_that_does_not_answer_is_an_error_with_the_next_step(tmp_path: Path) -> None:
    """And names what was asked of it."""
    server = NetlifyServer(tmp_path / "netlify.log")
    with server:
        pass

    with pytest.raises(NetlifyServerError, match=r"does not take the zone: .*priceguard local logs netlify"):
        server.have_zone(ZONE)
