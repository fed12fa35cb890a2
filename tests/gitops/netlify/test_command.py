"""`priceguard netlify` against the stand-in: with `--local`, and by the variables that a job sets."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from local.loopback import direct_session
from local.netlify_server import NetlifyServer
from priceguard import netlify as command
from tests.gitops.netlify.world import NEW, OLD, REVISION

OUTPUTS = {"netlifyEnvironment": NEW, "revision": REVISION, "apiUrl": NEW["VITE_API_BASE_URL"]}
app = typer.Typer()
app.command()(command.netlify)


class Environment:
    """As far as the command asks it."""

    def outputs(self) -> dict[str, Any]:
        """Those of the last update."""
        return OUTPUTS


@pytest.fixture
def site(netlify_process: NetlifyServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A new site, at the platform of this machine and named by the variables of a job."""
    with direct_session() as session:
        base = f"{netlify_process.endpoint}/_stand_in"
        name = f"site-{len(session.get(f'{base}/state', timeout=10).json()['sites'])}"
        made = session.post(f"{base}/sites", json={"name": name}, timeout=10).json()
        session.post(f"{base}/builds", json={"outcomes": [], "seconds": 0}, timeout=10).raise_for_status()
    status = {"parts": [{"name": "netlify", "address": netlify_process.endpoint}]}
    monkeypatch.setattr(command, "told", lambda stack, _: status if stack == "prod" else None)
    monkeypatch.setattr(command, "target_of", lambda *_, **__: Environment())
    monkeypatch.setattr(command, "SITE", name)
    for variable, value in (
        ("NETLIFY_API_URL", netlify_process.api_url),
        ("NETLIFY_AUTH_TOKEN", made["token"]),
        ("NETLIFY_SITE_ID", made["id"]),
    ):
        monkeypatch.setenv(variable, value)
    return made


def run(*arguments: str) -> tuple[int, str]:
    """Exit code, and the answer, or why there is none."""
    ended = CliRunner().invoke(app, arguments)
    return ended.exit_code, ended.stderr if ended.exit_code else ended.stdout


@pytest.mark.parametrize("local", [["--local"], []])
def test_the_site_is_brought_to_the_outputs(site: dict[str, Any], local: list[str]) -> None:
    """The dry run says what will be done, the run does it, and another finds nothing to do."""
    code, planned = run("prod", "--dry-run", *local)
    lines = planned.splitlines()
    assert (code, lines[0].split()) == (0, ["variable", "context", "now", "becomes"])
    assert lines[1].split() == ["VITE_API_BASE_URL", "production", "(none)", NEW["VITE_API_BASE_URL"]]
    assert lines[6].startswith("one build, 15 credits of the 150 left this month: priceguard abcdef1: VITE_API_BASE")
    assert json.loads(run("prod", "--dry-run", "--json", *local)[1])["dry_run"] is True

    code, done = run("prod", *local)
    assert (code, "✓ 5 variables written; built and published as" in done) == (0, True)
    again = json.loads(run("prod", "--json", *local)[1])
    assert (again["changes"], again["built"], again["credits"]["used"]) == ([], False, 15)
    with direct_session() as session:
        assert session.get(site["ssl_url"], timeout=10).status_code == 200
    assert run("prod", *local)[1].splitlines() == [
        "every variable is as it should be",
        "no build",
        "✓ every variable was as it should be",
    ]


def test_a_refusal_is_one_line_and_exit_code_1(site: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with what to do."""
    assert site
    code, said = run("prod", "--local", "--budget", "14")
    assert (code, "✗ this month's production deploys have cost 0 of 14 credits" in said) == (1, True)

    code, said = run("dev", "--local")
    assert (code, "✗ nothing runs here" in said) == (1, True)

    monkeypatch.setitem(OUTPUTS, "netlifyEnvironment", {**OLD, "VITE_API_BASE_URL": "sk_live_secret"})
    code, said = run("prod")
    assert (code, "looks like a secret" in said, "sk_live" in said) == (1, True, False)

    monkeypatch.setenv("NETLIFY_SITE_ID", "")
    assert "NETLIFY_SITE_ID is not set" in run("prod")[1]
    monkeypatch.setenv("NETLIFY_AUTH_TOKEN", "nfp_\u00e9")
    assert "NETLIFY_AUTH_TOKEN is not set, or holds what no token has" in run("prod")[1]
    monkeypatch.delenv("NETLIFY_AUTH_TOKEN")
    assert "NETLIFY_AUTH_TOKEN is not set" in run("prod")[1]
    assert run("prod", "--budget", "-1")[0] == 2
