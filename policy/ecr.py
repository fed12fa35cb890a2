"""Image repositories: what runs is what was looked at, and stays there as long as it runs."""

from collections.abc import Iterator

from policy.documents import parsed, texts
from policy.rule import Finding, Rule, requires
from policy.stack import Stack, as_list, value_at

REPOSITORY = "aws:ecr/repository:Repository"
LIFECYCLE_POLICY = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
REGISTRY_SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
SELECTION = "selection"


def unscanned(stack: Stack) -> Iterator[Finding]:
    """A repository whose images nobody looks into, neither on push nor by the registry's enhanced scanning."""
    enhanced = any(not registry.differs("scanType", ("ENHANCED",)) for registry in stack.of_type(REGISTRY_SCANNING))
    for repository in stack.of_type(REPOSITORY):
        if not enhanced and repository.differs("imageScanningConfiguration.scanOnPush", (True,)):
            yield Finding("images are not scanned when they are pushed", repository)


def growing_or_forgetful(stack: Stack) -> Iterator[Finding]:
    """A repository that keeps everything, or that may throw away the image that runs."""
    for repository in stack.of_type(REPOSITORY):
        policies = stack.pointing_to(repository, "repository", LIFECYCLE_POLICY)
        if not policies:
            yield Finding("has no lifecycle policy", repository)
        for policy in policies:
            for rule in as_list(value_at(parsed(policy.value("policy")), "rules")):
                if takes_everything(rule):
                    yield Finding("expires images whatever their tags are, so also the one that is deployed", policy)


def takes_everything(rule: object) -> bool:
    """Whether a rule of a lifecycle policy spares no tag."""
    patterns = texts(value_at(rule, f"{SELECTION}.tagPatternList"))
    return value_at(rule, f"{SELECTION}.tagStatus") == "any" or "*" in patterns


RULES = (
    Rule(
        name="repository-scanning",
        controls=("ECR.1",),
        why="Known flaws in the image are deployed without anybody being told.",
        fix="Set imageScanningConfiguration.scanOnPush to true, or make the registry's scanType ENHANCED.",
        check=unscanned,
    ),
    Rule(
        name="repository-immutable-tags",
        controls=("ECR.2",),
        why="A tag that can move names one image in the review and another one in production.",
        fix="Set imageTagMutability to IMMUTABLE.",
        check=requires(REPOSITORY, "imageTagMutability", ("IMMUTABLE",)),
    ),
    Rule(
        name="repository-lifecycle",
        controls=("ECR.3",),
        why="Without a policy old images pile up; with a careless one, a task that restarts finds its image gone.",
        fix="Add an ecr.LifecyclePolicy that expires untagged images, or tagged ones by a prefix that releases lack.",
        check=growing_or_forgetful,
    ),
)
