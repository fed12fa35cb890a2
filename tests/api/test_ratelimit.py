"""Rate limits: shared by all tasks, looked at before any hashing, used up by failures only."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quart import Quart

from api import ratelimit
from api.db import Database
from api.errors import RateLimitedError
from api.ratelimit import Limit, network
from tests.api.conftest import PASSWORD, Client, log_in, register

LOGIN = "/api/auth/login"


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a test can reach."""
    monkeypatch.setattr(ratelimit, "LOGIN_ACCOUNT", Limit("login-account", 3, timedelta(minutes=5)))
    monkeypatch.setattr(ratelimit, "LOGIN_ADDRESS", Limit("login-address", 5, timedelta(minutes=5)))
    monkeypatch.setattr(ratelimit, "REGISTER_ADDRESS", Limit("register-address", 2, timedelta(minutes=5)))
    monkeypatch.setattr(ratelimit, "PASSWORD_ACCOUNT", Limit("password-account", 2, timedelta(minutes=5)))


@pytest.mark.usefixtures("_few")
@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
async def test_guessing_passwords_ends(client: Client, email: str) -> None:
    """429 after a few, with the time to wait; the same whether there is an account or not."""
    await register(client)
    body = {"email": email, "password": "wrong password"}
    answers = [await client.post(LOGIN, json=body) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert (await answers[-1].get_json())["code"] == "rate_limited"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 300
    spelt_otherwise = await client.post(LOGIN, json=body | {"email": email.upper()})
    assert spelt_otherwise.status_code == 429


@pytest.mark.usefixtures("_few")
async def test_an_address_cannot_try_many_accounts(client: Client) -> None:
    """And another address still can."""
    statuses = [
        (await client.post(LOGIN, json={"email": f"a{n}@example.com", "password": "x"})).status_code for n in range(6)
    ]
    assert statuses == [401] * 5 + [429]
    # What a client writes there comes before what the load balancer adds: only the last address counts.
    statuses = []
    for n in range(6):
        headers = {"X-Forwarded-For": f"198.51.100.{n}, 203.0.113.9"}
        body = {"email": f"b{n}@example.com", "password": "x"}
        statuses.append((await client.post(LOGIN, json=body, headers=headers)).status_code)
    assert statuses == [401] * 5 + [429]


@pytest.mark.usefixtures("_few")
async def test_logging_in_uses_nothing_up(client: Client) -> None:
    """Only failures count: who knows the password may come as often as they like."""
    await register(client)
    for _ in range(8):
        await log_in(client)


@pytest.mark.usefixtures("_few")
async def test_registration_and_changing_the_password_are_limited(client: Client) -> None:
    """One by the address, the other by the account."""
    for name, status in (("ada", 201), ("bob", 201), ("eve", 429)):
        body = {"email": f"{name}@example.com", "password": PASSWORD}
        assert (await client.post("/api/auth/register", json=body)).status_code == status
    session = await log_in(client)
    change = {"current_password": "wrong", "new_password": "another password"}
    statuses = [
        (await client.post("/api/auth/change-password", json=change, headers=session)).status_code for _ in range(3)
    ]
    assert statuses == [401, 401, 429]


@pytest.mark.usefixtures("_few")
async def test_two_tasks_count_together(database: str, client: Client) -> None:
    """The counts stand in the database, not in a process."""
    other = Database(database)
    other.start()
    await other.ready()
    use = ratelimit.LOGIN_ACCOUNT.of("ada@example.com")
    for _ in range(2):
        await ratelimit.use(other, use)
    assert (await client.post(LOGIN, json={"email": "ada@example.com", "password": "x"})).status_code == 401
    with pytest.raises(RateLimitedError):
        await ratelimit.use(other, use)
    await other.stop()


async def test_many_at_once_get_no_more_than_there_is(app: Quart) -> None:
    """Also the very first ones, when there is no row to lock."""
    limit = Limit("test", 7, timedelta(hours=1))
    database = app.extensions["database"]

    async def attempt() -> bool:
        try:
            await ratelimit.use(database, limit.of("somebody"), limit.of("somebody else"))
        except RateLimitedError:
            return False
        return True

    assert sum(await asyncio.gather(*(attempt() for _ in range(40)))) == 7


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(burst=st.integers(1, 10), used=st.integers(0, 12), rested=st.integers(0, 12))
async def test_what_is_free_after_a_rest(
    app: Quart, db: asyncpg.Connection, burst: int, used: int, rested: int
) -> None:
    """One more for each interval, and never more than the burst."""
    await db.execute("DELETE FROM rate_limits")
    limit = Limit("test", burst, timedelta(hours=1)).of("somebody")
    database = app.extensions["database"]

    async def take(times: int) -> int:
        free = 0
        for _ in range(times):
            try:
                await ratelimit.use(database, limit)
            except RateLimitedError:
                continue
            free += 1
        return free

    assert await take(used) == min(used, burst)
    await db.execute("UPDATE rate_limits SET free_at = free_at - $1::interval", timedelta(hours=rested))
    assert await take(30) == min(burst, burst - min(used, burst) + rested)


async def test_the_database_knows_no_address(client: Client, db: asyncpg.Connection) -> None:
    """Only hashes."""
    await client.post(LOGIN, json={"email": "ada@example.com", "password": "x"})
    rows = [str(dict(row)) for row in await db.fetch("SELECT * FROM rate_limits")]
    assert len(rows) == 2
    assert not any("ada" in row or "127." in row or "local" in row for row in rows)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("<local>", "<local>"),
    ],
)
def test_a_customer_of_a_provider_is_one_caller(address: str, expected: str) -> None:
    """A whole IPv6 network belongs to one."""
    assert network(address) == expected
