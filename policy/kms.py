"""Keys: who may use them, and how long one version encrypts."""

from collections.abc import Iterator

from policy.documents import statements
from policy.iam import EVERYTHING, granted
from policy.rule import Finding, Rule
from policy.stack import Stack

KEY = "aws:kms/key:Key"
KEY_POLICY = "aws:kms/keyPolicy:KeyPolicy"
DECRYPTS = {"kms:decrypt", "kms:decrypt*", "kms:reencryptfrom", "kms:reencrypt*", "kms:*", EVERYTHING}
# What narrows "everybody" down to this account; anything else may not.
NARROWING = {"kms:calleraccount", "aws:principalaccount", "aws:principalorgid", "aws:sourceaccount"}


def unrotated(stack: Stack) -> Iterator[Finding]:
    """A symmetric key with one version for ever; others cannot be rotated."""
    for key in stack.of_type(KEY):
        symmetric = key.value("customerMasterKeySpec") in {"SYMMETRIC_DEFAULT", None}
        if symmetric and key.differs("enableKeyRotation", (True,)):
            yield Finding("enableKeyRotation is not true", key)


def decrypts_everything(stack: Stack) -> Iterator[Finding]:
    """A policy that allows to decrypt with every key of the account."""
    for policy, one in granted(stack):
        wide = [resource for resource in one.resources if resource == EVERYTHING or resource.endswith(":key/*")]
        if wide and DECRYPTS.intersection(one.actions):
            yield Finding(f"allows to decrypt with {wide[0]}", policy)


def public_keys(stack: Stack) -> Iterator[Finding]:
    """A key whose policy lets anyone in."""
    for key in stack.of_type(KEY, KEY_POLICY):
        for one in statements(key, "policy"):
            keys = {name.lower() for condition in one.condition.values() for name in condition}
            if one.allows and EVERYTHING in one.principals and not keys & NARROWING:
                yield Finding("its policy lets every AWS account use it (Principal *)", key)


RULES = (
    Rule(
        name="key-rotation",
        controls=("KMS.4",),
        why="One version of the key encrypts everything for ever, so one leak opens everything.",
        fix="Set enableKeyRotation to true; what is encrypted stays readable.",
        check=unrotated,
    ),
    Rule(
        name="key-decrypt-everything",
        controls=("KMS.1",),
        why="The holder reads whatever any key of the account protects, also that of other environments.",
        fix="Name the ARN of the environment's key as Resource.",
        check=decrypts_everything,
    ),
    Rule(
        name="key-public",
        controls=("KMS.5",),
        why="Any AWS account of the world may use the key.",
        fix="Name principals, or add a condition on kms:CallerAccount.",
        check=public_keys,
    ),
)
