"""Where an environment's secrets are, and who is let in."""

from dataclasses import replace
from pathlib import Path

import pytest
from moto import mock_aws

from gitops.stored_secrets.secrets_manager import Place, SecretError, connect, place_of
from tests.gitops.stored_secrets.secrets_bench import PLACE


def test_another_account_is_refused() -> None:
    """Before anything is asked of it."""
    with mock_aws(), pytest.raises(SecretError, match=r"of account 123456789012, and dev is in 999999999999 \(priceg"):
        connect(replace(PLACE, account="999999999999"))


def test_the_place_is_that_of_the_stack(tmp_path: Path) -> None:
    """In the file that the program reads too."""
    config = 'config:\n  aws:region: eu-central-1\n  priceguard:account: "000000000001"\n'
    (tmp_path / "Pulumi.dev.yaml").write_text(config)
    (tmp_path / "Pulumi.bare.yaml").write_text("config:\n  aws:region: eu-central-1\n")

    assert place_of("dev", tmp_path) == Place(environment="dev", region="eu-central-1", account="000000000001")
    with pytest.raises(SecretError, match=r"Pulumi.bare.yaml names no priceguard:account"):
        place_of("bare", tmp_path)
    with pytest.raises(SecretError, match=r"there is no stack 'prod'.*there are: bare, dev"):
        place_of("prod", tmp_path)
