"""Which properties a step of the engine changes, with what was there and what comes."""

from gitops.engine_diff import shown
from gitops.engine_result import SECRET, UNKNOWN, PropertyChange
from render.registration import SECRET_SIGNATURE, SIGNATURE
from tests.gitops.test_engine_events import A, B, collected, diff, steps

NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def test_a_difference_has_both_values() -> None:
    """As deep as the provider tells it; outputs where the program says nothing; words for what cannot be shown."""
    old = {"tags": {"a.b": "1"}, "ingress": [{"port": 80}], "password": "[secret]"}
    new = {"tags": {"a.b": NOT_KNOWN}, "ingress": [{"port": 81}, {"port": 82}], "name": {"deep": [NOT_KNOWN]}}
    kinds = {
        'tags["a.b"]': "update",
        "ingress[0].port": "update",
        "ingress[1]": "add",
        "name": "add-replace",
        "password": "delete",
        "status": "update",
    }

    event = steps("update", "net", old, new, detailedDiff=diff(**kinds))[1]
    event["resOutputsEvent"]["metadata"]["old"]["outputs"] = {"status": "open"}
    (change,) = collected(event)[0].changes

    assert [(one.path, one.kind, one.before, one.after) for one in change.diff] == [
        ('tags["a.b"]', "update", "1", UNKNOWN),
        ("ingress[0].port", "update", 80, 81),
        ("ingress[1]", "add", None, {"port": 82}),
        ("name", "add", None, {"deep": [UNKNOWN]}),
        ("password", "delete", SECRET, None),
        ("status", "update", "open", None),
    ]
    assert change.reasons == ("name",)


def test_a_provider_without_details_has_its_properties_told() -> None:
    """Those that force a replacement as such."""
    (change,) = collected(*steps("replace", "net", A, B, diffs=["cidrBlock"], keys=["cidrBlock"]))[0].changes

    expected = PropertyChange(path="cidrBlock", kind="update", before="10.0.0.0/16", after="10.1.0.0/16", replaces=True)
    assert change.diff == (expected,)


def test_marks_become_words() -> None:
    """At any depth: that of a secret, even laid open, and that of what is not known."""
    secret = {SIGNATURE: SECRET_SIGNATURE, "plaintext": '"hunter2"'}

    told = shown({"a": [secret, NOT_KNOWN, 1], "b": {"c": secret, "d": None}})

    assert told == {"a": [SECRET, UNKNOWN, 1], "b": {"c": SECRET, "d": None}}
