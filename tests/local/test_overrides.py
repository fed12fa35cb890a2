"""The configuration of the local environment."""

import json
from pathlib import Path

import pytest

from local.overrides import OverrideError, fingerprint, local_configuration, parse_assignments
from render.configuration import ROOT, ConfigurationError, read_configuration


def test_a_built_image_is_not_named_as_well() -> None:
    """One of them would be ignored."""
    with pytest.raises(OverrideError, match="leave one of them out"):
        parse_assignments(["image=localhost/other:1"], builds_image=True)

    assert parse_assignments(["image=localhost/other:1"]) == {"priceguard:image": "localhost/other:1"}


def test_only_what_must_differs_from_the_dev_stack() -> None:
    """Everything else is the stack's own file."""
    dev = read_configuration("dev")

    here = local_configuration(
        ROOT,
        certificate_arn="arn:x",
        database={"tls": "require"},
        image=None,
        stripe_url="http://127.0.0.1:1",
        assignments={},
    )

    assert {key for key in here if here[key] != dev.get(key)} == {
        "priceguard:certificateArn",
        "priceguard:image",
        "priceguard:revision",
        "priceguard:database",
        "priceguard:stripeApiUrl",
    }
    assert json.loads(here["priceguard:database"]) == {**json.loads(dev["priceguard:database"]), "tls": "require"}


def test_what_a_person_sets_wins_also_inside_an_object() -> None:
    """Numbers and booleans arrive as text, as they do from the engine."""
    assignments = parse_assignments(["logLevel=DEBUG", "priceguard:database.multiAz=true", "x:y=a=b"])

    here = local_configuration(
        ROOT, certificate_arn="arn:x", database={}, image=None, stripe_url="http://127.0.0.1:1", assignments=assignments
    )

    assert here["priceguard:logLevel"] == "DEBUG"
    assert json.loads(here["priceguard:database"])["multiAz"] == "true"
    assert here["x:y"] == "a=b"


@pytest.mark.parametrize("assignment", ["logLevel", "=x", ""])
def test_an_assignment_without_key_or_value_is_refused(assignment: str) -> None:
    """With an example of a right one."""
    with pytest.raises(OverrideError, match="write key=value, such as"):
        parse_assignments([assignment])


def test_a_path_into_what_is_no_object_is_refused() -> None:
    """With the key, and nothing crashes."""
    for key in ("priceguard:logLevel.x", "priceguard:minCount.x", "priceguard:database.multiAz.x"):
        with pytest.raises(ConfigurationError, match=key):
            local_configuration(
                ROOT, certificate_arn="arn:x", database={}, image=None, stripe_url="", assignments={key: "1"}
            )


def test_changed_code_is_a_changed_image(tmp_path: Path) -> None:
    """And byte code is not code."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "api.txt").write_text("quart")
    (tmp_path / "api" / "__pycache__").mkdir(parents=True)
    code = tmp_path / "api" / "app.py"
    code.write_text("1")
    before = fingerprint(tmp_path)

    (tmp_path / "api" / "__pycache__" / "app.pyc").write_text("1")
    assert fingerprint(tmp_path) == before
    code.write_text("2")
    assert fingerprint(tmp_path) != before
