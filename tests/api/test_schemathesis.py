"""Schemathesis against the running API: every check that it has, with a session and without.

`make test` sends some hundred requests, `make fuzz` thousands.
"""

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import stripe as sdk

from api.stripe_gateway import VERSION
from local.stripe.stand_in import StandIn
from tests.api.api_process import ROOT, ApiProcess
from tests.api.billing.shop import Stripe, make_prices

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "3"))  # of each route, beside those that always run
ADA = {"email": "ada@example.com", "password": "nobody guesses this"}

CONFIGURATION = """
headers = {{ X-Forwarded-For = "203.0.113.7" }} # failed logins are counted for this address, not for the one of below

[auth]
auto-signup = false

[dictionaries.prices]
values = {prices}

[parameters]
"body.price_id" = {{ dictionary = "prices", probability = 0.5 }}
"""
# A new token whenever the session has ended: logging out is among the routes.
SESSION = """
[auth.dynamic.openapi.session]
path = "/api/auth/login"
payload = {{ email = "{email}", password = "{password}" }}
extract_selector = "/token"
"""


@pytest.fixture
async def stripe() -> AsyncGenerator[Stripe]:
    """A Stripe with prices."""
    async with StandIn() as server:
        http = sdk.HTTPXClient(verify_ssl_certs=False)
        addresses: Any = {"api": server.url}
        api = sdk.StripeClient("sk_test_x", stripe_version=VERSION, base_addresses=addresses, http_client=http)
        yield Stripe(server, api, await make_prices(api))
        await http.close_async()


@pytest.fixture
def api(database: str, tmp_path: Path, stripe: Stripe) -> Generator[ApiProcess]:
    """The API as a process of its own."""
    names = ("id", "plan", "interval", "unit_amount", "currency")
    prices = json.dumps([{name: getattr(price, name) for name in names} for price in stripe.prices])
    with ApiProcess(database, tmp_path, STRIPE_API_URL=stripe.server.url, STRIPE_PRICES=prices).wait() as api:
        yield api


@pytest.fixture
async def without_limits(db: asyncpg.Connection) -> AsyncGenerator[None]:
    """Forgets what has been counted all the time: 429 would hide what is behind it. Some remain."""

    async def forget() -> None:
        while True:
            await db.execute("DELETE FROM rate_limits")
            await asyncio.sleep(0.2)

    forgetting = asyncio.create_task(forget())
    yield
    forgetting.cancel()
    await asyncio.wait([forgetting])


async def ada_with_a_card(api: ApiProcess, stripe: Stripe) -> None:
    """An account that could subscribe."""

    async def post(path: str, body: dict[str, str], token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        return (await asyncio.to_thread(api.request, "POST", path, body, headers))[2]

    await post("/api/auth/register", ADA)
    token = (await post("/api/auth/login", ADA))["token"]
    intent = await post("/api/billing/create-setup-intent", {"email": ADA["email"]}, token)
    confirm: Any = {"payment_method": "pm_card_visa"}
    confirmed = await stripe.api.v1.setup_intents.confirm_async(intent["setup_intent_id"], confirm)
    method = str(confirmed.to_dict()["payment_method"])
    saved = await post("/api/billing/save-payment-method", {"payment_method_id": method}, token)
    assert saved["payment_method"]["id"] == method


@pytest.mark.usefixtures("without_limits")
@pytest.mark.parametrize("who", ["ada", "a stranger"])
async def test_every_answer_is_a_documented_one(api: ApiProcess, stripe: Stripe, tmp_path: Path, who: str) -> None:
    """Valid requests, broken ones, wrong methods, missing headers, and sequences of them."""
    await ada_with_a_card(api, stripe)
    configuration, report = tmp_path / "schemathesis.toml", tmp_path / "report.json"
    session = SESSION.format(**ADA) if who == "ada" else ""
    needed = CONFIGURATION.format(prices=json.dumps([p.id for p in stripe.prices])) + session
    configuration.write_text(f"{needed}\n{(ROOT / 'schemathesis.toml').read_text()}")

    command = f"--config-file {configuration} run http://127.0.0.1:{api.port}/openapi.json --checks all --no-color"
    options = f"--max-examples {EXAMPLES} --continue-on-failure --report json --report-json-path {report}"
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"),
        *f"{command} {options}".split(),
        cwd=tmp_path,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = (await process.communicate())[0].decode()

    assert process.returncode == 0, output
    found = json.loads(report.read_text())
    assert (found["failures"], found["errors"], found["operations"]["tested"]) == ([], [], 17), output
    sys.stdout.write(f"{who}: {found['test_cases']['generated']} cases in {found['running_time']:.0f} s\n")
    assert {line["level"] for line in api.lines()} <= {"debug", "info", "warning"}
