"""Each rule refuses and accepts what its example says, judges nothing unknown, and says what to do."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from policy.check import check
from policy.rule import Level, Rule, Violation
from policy.rules import RULES
from policy.stack import UNKNOWN, Resource, canonical
from policy.taggable import TAGGABLE
from tests.policy.examples import containers, databases, load_balancing, networks, permissions, records
from tests.policy.examples.example import Example
from tests.policy.sdk import input_names

TODAY = date(2026, 11, 24)
EXAMPLES: dict[str, Example] = {
    **load_balancing.EXAMPLES,
    **containers.EXAMPLES,
    **databases.EXAMPLES,
    **permissions.EXAMPLES,
    **networks.EXAMPLES,
    **records.EXAMPLES,
}
# As AWS Security Hub calls what the rules are for.
CONTROLS = {
    *(f"ELB.{n}" for n in (1, 4, 5, 6, 12, 13, 16, 17, 18, 21, 22)),
    *(f"ECS.{n}" for n in (1, 2, 3, 4, 5, 8, 9, 10, 12, 16, 17, 20)),
    *(f"RDS.{n}" for n in (2, 3, 5, 6, 8, 9, 10, 11, 13, 17, 25, 36, 38, 46)),
    *("SecretsManager.1", "SecretsManager.4", "ECR.1", "ECR.2", "ECR.3", "IAM.1", "IAM.21"),
    *("KMS.1", "KMS.4", "KMS.5", "CloudWatch.15", "CloudWatch.16", "CloudWatch.17", "WAF.10", "WAF.11", "WAF.12"),
    *(f"EC2.{n}" for n in (2, 6, 15, 18, 19, 55, 56)),
    *(f"S3.{n}" for n in (1, 5, 8, 9, 13, 14)),
    *("ACM.1", "ACM.2"),
}


def judged(rule: Rule, resources: list[Resource], environment: str) -> list[Violation]:
    """What one rule says."""
    return check(resources, environment, TODAY, rules=(rule,), exceptions=())


def example_resources() -> Iterator[Resource]:
    """Every resource of every example."""
    for example in EXAMPLES.values():
        for stack in (*example.bad, *example.good):
            yield from stack


def test_every_rule_has_an_example_and_every_control_a_rule() -> None:
    """Names are unique, nothing is left out, and nothing is claimed beyond the list."""
    assert sorted(EXAMPLES) == sorted(rule.name for rule in RULES)
    assert {control for rule in RULES for control in rule.controls} == CONTROLS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_refuses_what_breaks_it(rule: Rule) -> None:
    """Each bad stack, in a message with cause, reason and way out."""
    example = EXAMPLES[rule.name]
    for number, resources in enumerate(example.bad):
        violations = judged(rule, resources, example.environment)

        assert violations, f"bad example {number} passes"
        for violation in violations:
            assert violation.message.startswith(f"{violation.name or 'stack'}: {violation.what}. ")
            assert violation.message.endswith(f"{rule.why} {rule.fix}")
            assert violation.controls == rule.controls


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_accepts_what_keeps_it(rule: Rule) -> None:
    """Each good stack."""
    example = EXAMPLES[rule.name]

    assert [judged(rule, resources, example.environment) for resources in example.good] == [[]] * len(example.good)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_does_not_judge_what_is_unknown(rule: Rule) -> None:
    """The good stacks once more, while only the provider knows what is in them."""
    example = EXAMPLES[rule.name]
    for resources in example.good:
        unknown = [replace(one, inputs=dict.fromkeys(one.inputs, UNKNOWN), references={}) for one in resources]

        assert judged(rule, unknown, example.environment) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_explains_itself(rule: Rule) -> None:
    """One sentence each, and names that the engine takes."""
    for sentence in (rule.why, rule.fix):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert not re.search(r"\. [A-Z]", sentence)
    assert re.fullmatch(r"[a-z][a-z0-9-]*", rule.name)
    assert rule.level("prod") is not Level.OFF
    assert rule.level("anything else") is rule.level("prod")


def test_messages_never_quote_secrets() -> None:
    """The name of a variable is enough to find it."""
    rule = next(rule for rule in RULES if rule.name == "container-secrets-in-environment")
    messages = [v.message for it in EXAMPLES[rule.name].bad for v in judged(rule, it, "prod")]

    assert not any(secret in message for message in messages for secret in ("hidden", "live_x", "whsec_x"))


@pytest.mark.parametrize(
    ("days", "environment", "kept"),
    [(7, "dev", True), (6, "dev", False), (7, "prod", False), (35, "dev", True), (36, "dev", False)],
)
def test_backups_are_kept_longer_in_prod(days: int, environment: str, kept: bool) -> None:  # noqa: FBT001
    """Seven days in dev, two weeks in prod, and never more than RDS can."""
    rule = next(rule for rule in RULES if rule.name == "database-backups")
    instance = replace(EXAMPLES[rule.name].good[0][0], inputs={"backupRetentionPeriod": days})

    assert (judged(rule, [instance], environment) == []) is kept


@pytest.mark.parametrize(("days", "kept"), [(13, False), (14, True), (30, True), (31, False), (365, False), (0, False)])
def test_logs_of_dev_are_kept_for_weeks(days: int, kept: bool) -> None:  # noqa: FBT001
    """Longer costs money, shorter loses what is being looked for."""
    rule = next(rule for rule in RULES if rule.name == "log-retention")
    group = replace(EXAMPLES[rule.name].good[0][0], inputs={"retentionInDays": days})

    assert (judged(rule, [group], "dev") == []) is kept


# Pulumi's package warns of its own old names when it is imported.
@pytest.mark.filterwarnings(r"ignore:s3\..* has been deprecated:DeprecationWarning")
def test_examples_use_inputs_that_providers_have() -> None:
    """A misspelt input would be accepted by a rule that looks for it."""
    used: dict[str, set[str]] = {}
    for one in example_resources():
        if one.type.startswith("aws:"):
            used.setdefault(canonical(one.type), set()).update(one.inputs)

    assert {type_: unknown for type_, names in used.items() if (unknown := names - input_names(type_))} == {}


@pytest.mark.filterwarnings(r"ignore:s3\..* has been deprecated:DeprecationWarning")
def test_taggable_types_have_tags() -> None:
    """As far as the SDK says."""
    assert [type_ for type_ in TAGGABLE if "tags" not in input_names(type_)] == []
