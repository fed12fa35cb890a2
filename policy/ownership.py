"""Our own rules for what is there: whose it is, what it costs, and what it takes to lose it."""

from collections.abc import Iterator

from policy.rds import INSTANCE
from policy.rule import ONLY_IN_PROD, Finding, Rule, shown
from policy.secrets_manager import SECRET
from policy.stack import Resource, Stack, canonical, is_known
from policy.taggable import TAGGABLE

BUDGET = "aws:budgets/budget:Budget"
# What cannot be made again from the program alone. The database has a rule of its own.
STATEFUL = (
    "aws:kms/key:Key",
    "aws:s3/bucket:Bucket",
    "aws:ecr/repository:Repository",
    "stripe:index/product:Product",
    "stripe:index/webhookEndpoint:WebhookEndpoint",
)
TAGS = ("Project", "Environment", "Owner", "CostCentre", "ManagedBy")


def untagged(stack: Stack) -> Iterator[Finding]:
    """A resource that nobody is known to own."""
    for resource in stack:
        if canonical(resource.type) not in TAGGABLE or not is_known(resource.value("tags")):
            continue
        tags = {**(resource.value("tagsAll") or {}), **(resource.value("tags") or {})} if tags_known(resource) else {}
        missing = [tag for tag in TAGS if not tags.get(tag)]
        if missing:
            yield Finding(f"has no tag {', '.join(missing)}", resource)
        elif is_known(tags["Environment"]) and tags["Environment"] != stack.environment:
            yield Finding(f"its tag Environment is {tags['Environment']} instead of {stack.environment}", resource)


def tags_known(resource: Resource) -> bool:
    """Whether the tags that the provider adds are known too, or there are none."""
    return is_known(resource.value("tagsAll"))


def easily_lost(stack: Stack) -> Iterator[Finding]:
    """Something with state that an update may delete."""
    for resource in stack.of_type(*STATEFUL):
        if not resource.protect:
            yield Finding("the resource option protect is not set", resource)
    for secret in stack.of_type(SECRET):
        if secret.value("recoveryWindowInDays") == 0 and not secret.protect:
            yield Finding("a deleted secret cannot be brought back: recoveryWindowInDays is 0", secret)


def without_points_in_time(stack: Stack) -> Iterator[Finding]:
    """A database that can only be restored to its last snapshot, or loses its backups with itself."""
    for instance in stack.of_type(INSTANCE):
        days = instance.value("backupRetentionPeriod")
        if not days:
            yield Finding(f"backupRetentionPeriod is {shown(days)}", instance)
        if stack.is_prod and instance.differs("deleteAutomatedBackups", (False,)):
            yield Finding("deleteAutomatedBackups is not false", instance)


def unbudgeted(stack: Stack) -> Iterator[Finding]:
    """An environment whose bill nobody watches."""
    budgets = stack.of_type(BUDGET)
    if not budgets and list(stack):
        yield Finding("there is no budget")
    for budget in budgets:
        if budget.lacks("notifications"):
            yield Finding("tells nobody: notifications is empty", budget)


RULES = (
    Rule(
        name="mandatory-tags",
        why="Nobody can tell whose it is, which environment it belongs to, nor what it costs.",
        fix=f"Set the tags {', '.join(TAGS)}; infra/naming.py makes them.",
        check=untagged,
    ),
    Rule(
        name="stateful-protected",
        why="An update that removes or replaces it destroys what nobody can make again.",
        fix="Set the resource option protect, so that a removal needs a deliberate change before it; keep deleted "
        "secrets for 30 days.",
        levels=ONLY_IN_PROD,
        check=easily_lost,
    ),
    Rule(
        name="point-in-time-recovery",
        why="After a mistake, everything since the last snapshot is lost, or the backups go with the instance.",
        fix="Set backupRetentionPeriod, and in prod deleteAutomatedBackups to false.",
        check=without_points_in_time,
    ),
    Rule(
        name="budget",
        why="A mistake that costs money is noticed with the bill.",
        fix="Add a budgets.Budget with notifications to somebody who reads them.",
        check=unbudgeted,
    ),
)
