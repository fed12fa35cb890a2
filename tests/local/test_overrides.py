"""The configuration of the local environment."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.overrides import OverrideError, image_here, local_configuration, parse_assignments
from render.configuration import ROOT, ConfigurationError, read_configuration

DIGEST = "sha256:" + "0123456789abcdef" * 4
OTHER = "sha256:" + "f" * 64
SHOP = "http://localhost:8888"


def test_a_built_image_is_not_named_as_well() -> None:
    """One of them would be ignored."""
    with pytest.raises(OverrideError, match="leave one of them out"):
        parse_assignments(["image=localhost/other:1"], builds_image=True)

    assert parse_assignments(["image=localhost/other:1"]) == {"priceguard:image": "localhost/other:1"}


def here(stack: str = "dev", root: Path = ROOT, **more: Any) -> dict[str, str]:
    """The configuration of a stack on this machine."""
    given: dict[str, Any] = {"database": {}, "stripe_url": "http://127.0.0.1:1", "shop": SHOP, "assignments": {}}
    given |= more
    return local_configuration(root, stack=stack, digest=DIGEST, **given)


@pytest.mark.parametrize(
    ("stack", "more"), [("dev", set[str]()), ("prod", {"priceguard:image"})], ids=["builds", "is-given-an-image"]
)
def test_only_what_must_differs_from_the_stack(stack: str, more: set[str]) -> None:
    """Everything else is the stack's own file."""
    own = read_configuration(stack)

    found = here(stack, database={"tls": "require"})

    assert {key for key in found if found[key] != own.get(key)} == more | {
        "priceguard:account",
        "priceguard:revision",
        "priceguard:database",
        "priceguard:stripeApiUrl",
        "priceguard:stripePublishableKey",
        "priceguard:allowedOrigins",
    }
    assert json.loads(found["priceguard:allowedOrigins"]) == [*json.loads(own["priceguard:allowedOrigins"]), SHOP]
    assert json.loads(found["priceguard:database"]) == {**json.loads(own["priceguard:database"]), "tls": "require"}


def test_a_stack_that_is_given_an_image_has_what_runs_here() -> None:
    """In its own repository of the account that the emulator plays; its revision goes with the content."""
    found = here("prod")

    assert found["priceguard:image"] == f"000000000000.dkr.ecr.us-east-1.amazonaws.com/priceguard-prod@{DIGEST}"
    assert found["priceguard:revision"] == "0123456789abcdef" * 2 + "01234567"


def test_who_names_the_commit_and_the_image_is_believed() -> None:
    """As the pipeline does, which runs what is committed."""
    named = {"priceguard:revision": "c" * 40, "priceguard:image": image_here(here("prod"), "prod", OTHER)}

    found = here("prod", assignments=named)

    assert found["priceguard:revision"] == "c" * 40
    assert found["priceguard:image"] == f"000000000000.dkr.ecr.us-east-1.amazonaws.com/priceguard-prod@{OTHER}"


@pytest.mark.parametrize("image", ["build", "none"])
def test_a_stack_that_builds_or_has_none_is_left_so(tmp_path: Path, image: str) -> None:
    """The program does with it what it does elsewhere."""
    (tmp_path / "Pulumi.dev.yaml").write_text(f"config: {{aws:region: us-east-1, priceguard:image: {image}}}")

    assert here(root=tmp_path)["priceguard:image"] == image


def test_a_certificate_of_another_account_is_left_out(tmp_path: Path) -> None:
    """The program makes one."""
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {priceguard:certificateArn: arn:aws:acm:x}")

    assert "priceguard:certificateArn" not in here(root=tmp_path)


def test_what_a_person_sets_wins_also_inside_an_object() -> None:
    """Numbers and booleans arrive as text, as they do from the engine."""
    found = here(assignments=parse_assignments(["logLevel=DEBUG", "priceguard:database.multiAz=true", "x:y=a=b"]))

    assert found["priceguard:logLevel"] == "DEBUG"
    assert json.loads(found["priceguard:database"])["multiAz"] == "true"
    assert found["x:y"] == "a=b"


@pytest.mark.parametrize("assignment", ["logLevel", "=x", ""])
def test_an_assignment_without_key_or_value_is_refused(assignment: str) -> None:
    """With an example of a right one."""
    with pytest.raises(OverrideError, match="write key=value, such as"):
        parse_assignments([assignment])


def test_a_path_into_what_is_no_object_is_refused() -> None:
    """With the key, and nothing crashes."""
    for key in ("priceguard:logLevel.x", "priceguard:minCount.x", "priceguard:database.multiAz.x"):
        with pytest.raises(ConfigurationError, match=key):
            here(assignments={key: "1"})


@pytest.mark.parametrize("given", ["not json", '"https://example.com"', "null"])
def test_origins_that_the_program_refuses_are_left_to_it(tmp_path: Path, given: str) -> None:
    """It says what is wrong with them, here as elsewhere."""
    (tmp_path / "Pulumi.dev.yaml").write_text(json.dumps({"config": {"priceguard:allowedOrigins": given}}))

    assert here(root=tmp_path)["priceguard:allowedOrigins"] == given


@pytest.mark.parametrize(("stack", "key"), [("dev", "pk_test_local"), ("prod", "pk_live_local")])
def test_pages_have_a_key_of_the_stand_in(stack: str, key: str) -> None:
    """Whoever sets one of Stripe's own gets it."""
    own = {"priceguard:stripePublishableKey": "pk_test_51Abc"}

    assert here(stack)["priceguard:stripePublishableKey"] == key
    assert here(stack, assignments=own)["priceguard:stripePublishableKey"] == "pk_test_51Abc"
