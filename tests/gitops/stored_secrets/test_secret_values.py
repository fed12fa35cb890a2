"""The secret that a person writes, put on an emulated AWS."""

import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.stub import Stubber

from gitops.stored_secrets.secrets_manager import SecretError
from gitops.stored_secrets.values import BY_A_PERSON, COMPOSED, check_name, put
from tests.gitops.stored_secrets.secrets_bench import KEY, PLACE, Account, emulated


@pytest.fixture
def account() -> Iterator[Account]:
    """With nothing in it."""
    with emulated() as made:
        yield made


def refusal(code: str, said: str, operation: str = "PutSecretValue") -> ClientError:
    """What boto3 raises for AWS's refusal."""
    return ClientError({"Error": {"Code": code, "Message": said}}, operation)


def raising(error: Exception) -> Any:
    """A call that fails."""

    def fail(**_: Any) -> None:
        raise error

    return fail


def test_a_value_becomes_the_current_version(account: Account) -> None:
    """The first one, and one after it; the same one again writes nothing."""
    account.make(BY_A_PERSON)

    first = account.put("one")
    again = account.put("one")
    second = account.put("two")

    assert again is None
    assert account.versions() == {first: ["AWSPREVIOUS"], second: ["AWSCURRENT"]}
    assert account.value() == "two"


def test_going_back_is_a_new_version(account: Account) -> None:
    """Only the current value counts as there already."""
    account.make(BY_A_PERSON, "one", "two")

    assert account.put("one")
    assert account.value() == "one"


def test_who_may_not_read_can_write(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the same value makes a new version."""
    account.make(BY_A_PERSON, "one")
    denied = refusal("AccessDeniedException", "not authorized: secretsmanager:GetSecretValue", "GetSecretValue")
    monkeypatch.setattr(account.clients.secrets, "get_secret_value", raising(denied))

    assert account.put("one")
    assert len(account.versions()) == 2


@pytest.mark.parametrize("name", COMPOSED)
def test_what_the_program_composes_is_refused(name: str) -> None:
    """With what it is composed from, and how it changes."""
    with pytest.raises(SecretError, match=f"{name} is composed by the program from .*, then `pulumi up`"):
        check_name(name)


def test_an_unknown_name_is_not_repeated() -> None:
    """It may be the value in the wrong place."""
    with pytest.raises(SecretError, match="a person writes stripe-secret-key only") as refused:
        check_name(KEY)

    assert KEY not in str(refused.value)


def test_without_the_secret_the_message_says_what_makes_it(account: Account) -> None:
    """The program does."""
    with pytest.raises(SecretError, match=r"no secret priceguard/dev/stripe-secret-key in us-east-1 yet: `pulumi up`"):
        account.put(KEY)


def test_a_secret_that_is_about_to_go_is_not_written(account: Account) -> None:
    """It can be brought back first."""
    account.make(BY_A_PERSON, "one")
    account.clients.secrets.delete_secret(SecretId=PLACE.secret(BY_A_PERSON))

    with pytest.raises(SecretError, match="marked for deletion; `aws secretsmanager restore-secret --region us-east-1"):
        account.put(KEY)


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        ("AccessDeniedException", "not authorized: secretsmanager:PutSecretValue", "may not do this: .*; use a role"),
        ("ThrottlingException", "Rate exceeded", r"AWS refuses PutSecretValue \(ThrottlingException\): Rate exceeded"),
        ("ExpiredTokenException", "expired", "does not take these credentials .*aws sso login"),
        ("ValidationException", f"{KEY} is too long", r"\(ValidationException\): \*\*\* is too long"),
    ],
)
def test_a_refusal_says_what_to_do_and_not_the_value(account: Account, code: str, said: str, words: str) -> None:
    """Neither does the trace, whatever AWS repeats of what was sent."""
    with Stubber(account.clients.secrets) as stub:
        stub.add_client_error("put_secret_value", code, said)
        with pytest.raises(SecretError, match=words) as refused:
            put(PLACE, account.clients, BY_A_PERSON, KEY, None)

    assert KEY not in "".join(traceback.format_exception(refused.value))


def test_without_credentials_the_message_says_how_to_get_them(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not a trace."""
    monkeypatch.setattr(account.clients.secrets, "describe_secret", raising(NoCredentialsError()))

    with pytest.raises(SecretError, match=r"no credentials for AWS .*aws sso login"):
        account.put(KEY)
