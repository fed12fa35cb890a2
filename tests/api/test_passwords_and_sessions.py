"""Change the password, log out everywhere."""

import asyncio

import pytest
from quart import Quart

from tests.api.conftest import PASSWORD, Client, log_in, register

CHANGE, LOGOUT_ALL, ME = (f"/api/auth/{name}" for name in ("change-password", "logout-all", "me"))
NEW = "another horse battery"


async def test_a_changed_password_counts_and_others_are_logged_out(client: Client) -> None:
    """This session stays, every other one ends, and only the new password opens more."""
    await register(client)
    here, elsewhere = await log_in(client), await log_in(client)

    answer = await client.post(CHANGE, json={"current_password": PASSWORD, "new_password": NEW}, headers=here)

    assert (answer.status_code, await answer.get_data()) == (204, b"")
    assert (await client.get(ME, headers=here)).status_code == 200
    assert (await client.get(ME, headers=elsewhere)).status_code == 401
    for password, status in ((PASSWORD, 401), (NEW, 200)):
        body = {"email": "ada@example.com", "password": password}
        assert (await client.post("/api/auth/login", json=body)).status_code == status


@pytest.mark.parametrize(
    ("current", "new", "status", "code"),
    [
        ("wrong password", NEW, 401, "invalid_credentials"),
        (PASSWORD, "short", 422, "invalid_fields"),
        (PASSWORD, "12345678\0", 422, "invalid_fields"),
    ],
)
async def test_a_refused_change_changes_nothing(client: Client, current: str, new: str, status: int, code: str) -> None:
    """The old password still counts, and nobody is logged out."""
    await register(client)
    here, elsewhere = await log_in(client), await log_in(client)
    answer = await client.post(CHANGE, json={"current_password": current, "new_password": new}, headers=here)
    assert (answer.status_code, (await answer.get_json())["code"]) == (status, code)
    assert (await client.get(ME, headers=elsewhere)).status_code == 200
    await log_in(client)


async def test_logout_all_ends_every_session_of_this_account_only(client: Client) -> None:
    """The lost phone, too; other people stay."""
    await register(client)
    await register(client, "bob@example.com")
    sessions = [await log_in(client) for _ in range(3)]
    bob = await log_in(client, "bob@example.com")

    answer = await client.post(LOGOUT_ALL, headers=sessions[0])

    assert answer.status_code == 204
    assert [(await client.get(ME, headers=s)).status_code for s in sessions] == [401] * 3
    assert (await client.get(ME, headers=bob)).status_code == 200


async def test_a_login_that_is_overtaken_by_a_change_opens_no_session(
    client: Client, monkeypatch: pytest.MonkeyPatch, app: Quart
) -> None:
    """Who knew the old password is out, also when it was checked just before."""
    await register(client)
    here = await log_in(client)
    passwords = app.extensions["passwords"]
    verify, checked, go_on = passwords.verify, asyncio.Event(), asyncio.Event()

    async def verify_and_wait(password: str, stored: str | None) -> bool:
        matches = await verify(password, stored)
        monkeypatch.setattr(passwords, "verify", verify)
        checked.set()
        await go_on.wait()
        return matches

    monkeypatch.setattr(passwords, "verify", verify_and_wait)
    thief = asyncio.create_task(client.post("/api/auth/login", json={"email": "ada@example.com", "password": PASSWORD}))
    await asyncio.wait_for(checked.wait(), 5)
    changed = await client.post(CHANGE, json={"current_password": PASSWORD, "new_password": NEW}, headers=here)
    go_on.set()

    assert changed.status_code == 204
    assert (await thief).status_code == 401
