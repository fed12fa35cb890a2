"""Webhook rule 1: verified on the raw bytes, before anything else."""

import hashlib
import hmac
import json
import time

import pytest

from api.errors import BadSignatureError
from api.stripe_gateway.signatures import verified_event
from tests.api.billing.events import event
from tests.api.billing.shop import content, deliver
from tests.api.conftest import Client
from tests.api.sample_settings import WEBHOOK_SECRET

HOOK = "/api/stripe/webhook"


class TestSignatures:
    """Rule 1: on the raw bytes, before anything else."""

    async def test_a_good_one_is_taken(self, client: Client) -> None:
        """With one of several `v1`, too, as while a secret is rolled."""
        assert await content(await deliver(client, json.dumps(event()).encode())) == (200, {"received": True})

    @pytest.mark.parametrize(
        "header",
        [None, "", "nonsense", "t=1", "v1=abc", "t=x,v1=y", "t=1,v1=\xe4\xf6", "t=" + "9" * 5000 + ",v1=00"],
    )
    async def test_no_signature_that_is_one(self, client: Client, header: str | None) -> None:
        """400, never a 500."""
        headers = {"Stripe-Signature": header} if header is not None else {}
        status, problem = await content(await client.post(HOOK, data=json.dumps(event()), headers=headers))
        assert (status, problem["code"]) == (400, "bad_signature")

    async def test_another_byte_is_another_body(self, client: Client) -> None:
        """Also when it means the same: whoever parsed and wrote it again is not Stripe."""
        body = json.dumps(event()).encode()
        good = await deliver(client, body)
        signature = {"Stripe-Signature": _signature(body)}
        for other in (body.replace(b"updated", b"deleted"), json.dumps(event(), indent=1).encode()):
            status, problem = await content(await client.post(HOOK, data=other, headers=signature))
            assert (status, problem["code"]) == (400, "bad_signature")
        assert good.status_code == 200

    def test_several_secrets_while_one_is_rotated(self) -> None:
        """The newest first, and the older one as well, until it is gone."""
        body, newer = json.dumps(event()).encode(), "whsec_theNewerSecretOfOurs"
        signature = _signature(body)  # by the older one
        assert verified_event(body, signature, [newer, WEBHOOK_SECRET]).id == "evt_1"
        with pytest.raises(BadSignatureError):
            verified_event(body, signature, [newer])

    async def test_an_old_one_is_refused(self, client: Client) -> None:
        """Somebody sends again what they overheard."""
        body = json.dumps(event()).encode()
        assert (await deliver(client, body, at=int(time.time()) - 290)).status_code == 200
        assert (await deliver(client, body, at=int(time.time()) - 310)).status_code == 400

    async def test_a_wrong_secret(self, client: Client) -> None:
        """Another endpoint's."""
        assert (await deliver(client, b"{}", "whsec_another")).status_code == 400

    @pytest.mark.parametrize("body", [b"\xff\xfe", b"not json", b"[]", b"{}", b'{"id": "evt_1", "created": 1e99}'])
    async def test_what_stripe_would_never_say(self, client: Client, body: bytes) -> None:
        """400 whatever it is."""
        signature = {"Stripe-Signature": _signature(body)}
        answer = await client.post(HOOK, data=body, headers=signature)
        assert answer.status_code == 400

    async def test_the_largest_body(self, client: Client) -> None:
        """1 MiB, while other routes take 64 KiB."""
        for size, status in ((1024 * 1024 - 1, 200), (1024 * 1024 + 1, 413)):
            body = json.dumps(event(padding="")).encode()
            body = json.dumps(event(padding="x" * (size - len(body)))).encode()
            assert len(body) == size
            assert (await deliver(client, body)).status_code == status
        big = await client.post("/api/auth/login", json={"email": "x" * 70_000, "password": ""})
        assert big.status_code == 413


def _signature(body: bytes) -> str:
    at = int(time.time())
    mac = hmac.new(WEBHOOK_SECRET.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={'0' * 64},v1={mac}"
