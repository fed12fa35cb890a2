"""Register, log in, see who is logged in, log out."""

import asyncio
import math
import re
import time
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from argon2 import PasswordHasher

from tests.api.conftest import PASSWORD, Client, log_in, register

REGISTER, LOGIN, LOGOUT, ME = (f"/api/auth/{name}" for name in ("register", "login", "logout", "me"))


async def test_the_way_from_registration_to_logout(client: Client) -> None:
    """Each answer has the documented shape, and the token works until logout."""
    answer = await client.post(REGISTER, json={"email": "Ada@Example.com", "password": PASSWORD})
    assert answer.status_code == 201
    account = (await answer.get_json())["account"]
    assert set(account) == {"id", "email", "created_at", "billing"}
    assert account["email"] == "Ada@Example.com"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", account["created_at"])

    answer = await client.post(LOGIN, json={"email": "ada@example.COM", "password": PASSWORD})
    assert answer.status_code == 200
    login = await answer.get_json()
    assert set(login) == {"token", "expires_at", "account"}
    assert login["account"] == account
    days_left = datetime.fromisoformat(login["expires_at"]) - datetime.now(UTC)
    assert timedelta(days=89) < days_left <= timedelta(days=90)

    session = {"Authorization": f"Bearer {login['token']}"}
    answer = await client.get(ME, headers=session)
    assert (answer.status_code, await answer.get_json()) == (200, {"account": account})

    answer = await client.post(LOGOUT, headers=session)
    assert (answer.status_code, await answer.get_data()) == (204, b"")
    answer = await client.get(ME, headers=session)
    assert (answer.status_code, (await answer.get_json())["code"]) == (401, "session_required")


async def test_logout_ends_only_this_session(client: Client) -> None:
    """The phone stays logged in when the laptop logs out."""
    await register(client)
    laptop, phone = await log_in(client), await log_in(client)
    await client.post(LOGOUT, headers=laptop)
    assert (await client.get(ME, headers=laptop)).status_code == 401
    assert (await client.get(ME, headers=phone)).status_code == 200


@pytest.mark.parametrize("again", ["ada@example.com", "ADA@example.COM"])
async def test_an_address_has_one_account(client: Client, again: str) -> None:
    """Whatever the case of its letters."""
    await register(client, "Ada@example.com")
    answer = await client.post(REGISTER, json={"email": again, "password": PASSWORD})
    assert (answer.status_code, (await answer.get_json())["code"]) == (409, "email_taken")


async def test_simultaneous_registrations_make_one_account(client: Client) -> None:
    """A double click, for instance."""
    body = {"email": "ada@example.com", "password": PASSWORD}
    answers = await asyncio.gather(*(client.post(REGISTER, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ada"),
        ("email", "ada@localhost"),
        ("email", "a@b@example.com"),
        ("email", " ada@example.com"),
        ("email", "ada@example..com"),
        ("email", "a\0da@example.com"),
        ("email", "a\u200bda@example.com"),
        ("email", "a" * 65 + "@example.com"),
        ("email", "ada@" + "a" * 250 + ".com"),
        ("password", "1234567"),
        ("password", "x" * 1025),
        ("password", "1234567\0"),
    ],
)
async def test_registration_names_the_wrong_field(client: Client, field: str, value: str) -> None:
    """422 with the field, and nothing is stored."""
    body = {"email": "ada@example.com", "password": PASSWORD} | {field: value}
    answer = await client.post(REGISTER, json=body)
    problem = await answer.get_json()
    assert (answer.status_code, problem["code"], set(problem["fields"])) == (422, "invalid_fields", {field})


async def test_long_and_foreign_input_is_welcome(client: Client) -> None:
    """Passphrases, other scripts, and the same password typed on another keyboard."""
    composed, decomposed = "Gr\u00fc\u00dfe, \u4f60\u597d " * 50, "Gru\u0308\u00dfe, \u4f60\u597d " * 50
    email = "ada+shop@b\u00fccher.example"
    answer = await client.post(REGISTER, json={"email": email, "password": composed})
    assert answer.status_code == 201
    answer = await client.post(LOGIN, json={"email": email, "password": decomposed})
    assert answer.status_code == 200


async def test_unknown_account_and_wrong_password_look_the_same(client: Client) -> None:
    """The same status, body and headers, and the same time: nobody learns which addresses have accounts."""
    await register(client)

    async def attempt(email: str) -> tuple[float, int, dict[str, str], dict[str, str]]:
        started = time.perf_counter()
        answer = await client.post(LOGIN, json={"email": email, "password": "wrong password"})
        body, headers = await answer.get_json(), dict(answer.headers)
        del body["request_id"], headers["x-request-id"]
        return time.perf_counter() - started, answer.status_code, body, headers

    # The fastest of each, since other programs slow some down; without hashing the unknown would take a tenth, however
    # often it is tried.
    fastest = [math.inf, math.inf]
    for _ in range(30):
        known, unknown = await attempt("ada@example.com"), await attempt("bob@example.com")
        assert known[1:] == unknown[1:]
        assert (known[1], known[2]["code"]) == (401, "invalid_credentials")
        fastest = [min(fastest[0], known[0]), min(fastest[1], unknown[0])]
        if 0.7 < fastest[0] / fastest[1] < 1.4:
            return
    assert 0.5 < fastest[0] / fastest[1] < 2


@pytest.mark.parametrize("email", ["", "nonsense", "a\0@example.com", "x" * 5000])
async def test_login_with_an_impossible_address_is_a_wrong_login(client: Client, email: str) -> None:
    """Not an error of its own: nothing tells it from any other wrong login."""
    answer = await client.post(LOGIN, json={"email": email, "password": "\0"})
    assert (answer.status_code, (await answer.get_json())["code"]) == (401, "invalid_credentials")


async def test_too_many_logins_at_once_are_turned_away(client: Client) -> None:
    """The queue for hashing is short: who does not fit gets 503 at once, everybody else an answer."""
    body = {"email": "ada@example.com", "password": PASSWORD}
    answers = await asyncio.gather(*(client.post(LOGIN, json=body) for _ in range(40)))
    refused = [answer for answer in answers if answer.status_code == 503]
    assert {answer.status_code for answer in answers} == {401, 503}
    assert (await refused[0].get_json())["code"] == "busy"
    assert int(refused[0].headers["Retry-After"]) > 0
    assert len(answers) - len(refused) >= 17
    assert (await client.post(LOGIN, json=body)).status_code == 401


async def test_a_login_brings_an_old_hash_up_to_date(client: Client, db: asyncpg.Connection) -> None:
    """Accounts from before the parameters rose; the session comes all the same."""
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    await db.execute("INSERT INTO accounts (email, password_hash) VALUES ('ada@example.com', $1)", weak)
    await log_in(client)
    stored = await db.fetchval("SELECT password_hash FROM accounts")
    assert str(stored).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    await log_in(client)


async def test_the_database_holds_neither_passwords_nor_tokens(client: Client, db: asyncpg.Connection) -> None:
    """A copy of it opens no session."""
    await register(client)
    token = (await log_in(client))["Authorization"].removeprefix("Bearer ")
    rows = [
        *await db.fetch("SELECT accounts::text FROM accounts"),
        *await db.fetch("SELECT sessions::text FROM sessions"),
    ]
    stored = "".join(row[0] for row in rows)
    assert PASSWORD not in stored
    assert token not in stored
    assert token.encode().hex() not in stored
