"""What looks for secrets in the logs of a test run finds them."""

from pathlib import Path

import pytest

from tests.log_lines import PATTERNS, findings

SAMPLES = {
    "a password of the tests": '{"event": "correct horse battery"}',
    "a session token": '{"token": "q1hJ65y6duQ_26ItQ1Dc-bva__TNqldKSpOX1NFYuoZ"}',
    "a key of Stripe's": "key sk_test_localabc refused",
    "a signing secret": "whsec_abcdef is wrong",
    "a client secret": "seti_1_secret_abc",
    "a card number": "card 4242424242424242 declined",
    "an e-mail address": "account ada@example.com",
    "a password in a URL": "postgresql://app:hunter2@127.0.0.1/appdb",
    "a password's hash": "$argon2id$v=19$m=19456",
}


@pytest.mark.parametrize("what", PATTERNS)
def test_each_kind_is_found(tmp_path: Path, what: str) -> None:
    """With file and line, and without the value."""
    (tmp_path / "logs").mkdir()
    log = tmp_path / "logs" / "api.log"
    log.write_text(f"harmless\n{SAMPLES[what]}\n")

    found = findings(tmp_path)
    log.unlink()  # the run's own search must not find it

    assert any(line.startswith(f"logs/api.log:2: {what}") for line in found)


def test_what_is_masked_is_fine(tmp_path: Path) -> None:
    """Redacted lines, ids and hashes."""
    log = tmp_path / "api.log"
    log.write_text(
        "postgresql://app:***@127.0.0.1/appdb bearer *** ***@example.com\n"
        '{"request_id": "0123456789abcdef0123456789abcdef", "event_id": "evt_49914013dd73f22f29301740"}\n'
    )

    assert findings(tmp_path) == []
