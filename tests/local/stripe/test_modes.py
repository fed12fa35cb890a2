"""Test mode and live mode: which keys are taken, and what the objects say of themselves."""

import httpx
import pytest

from local.stripe.stand_in import StandIn


@pytest.mark.parametrize(
    ("live", "key", "status"),
    [
        (False, "sk_test_x", 200),
        (False, "sk_live_local1", 401),
        (False, "sk_live_51real", 401),
        (True, "sk_live_local1", 200),
        (True, "sk_test_x", 401),
        (True, "sk_live_51real", 401),
    ],
)
async def test_each_mode_takes_its_own_keys(live: bool, key: str, status: int) -> None:  # noqa: FBT001
    """A real live key is refused in both: it does not belong on this machine."""
    async with StandIn(live=live) as stripe, httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"{stripe.url}/v1/customers", headers={"Authorization": f"Bearer {key}"})

    assert answer.status_code == status
    if "_live_51" in key:
        assert "Take the live key out of this environment." in answer.json()["error"]["message"]


@pytest.mark.parametrize(("live", "key"), [(False, "sk_test_x"), (True, "sk_live_local1")])
async def test_objects_and_events_say_their_mode(live: bool, key: str) -> None:  # noqa: FBT001
    """The API refuses events of the other mode."""
    headers = {"Authorization": f"Bearer {key}"}
    async with StandIn(live=live) as stripe, httpx.AsyncClient(trust_env=False, headers=headers) as client:
        customer = (await client.post(f"{stripe.url}/v1/customers", data={"email": "a@example.com"})).json()
        (event,) = (await client.get(f"{stripe.url}/v1/events")).json()["data"]

    assert customer["livemode"] is event["livemode"] is event["data"]["object"]["livemode"] is live
