"""Permissions: nobody may do everything, and roles are lent to those who were meant."""

from collections.abc import Iterator

from policy.documents import Statement, parsed, statement, statements
from policy.rule import Finding, Rule
from policy.stack import Resource, Stack, as_list, value_at

ROLE = "aws:iam/role:Role"
POLICIES = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
)
ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
)
ADMINISTRATOR = ":policy/AdministratorAccess"
EVERYTHING = "*"
PASS_ROLE = ("iam:passrole", "iam:pass*", "iam:*", EVERYTHING)


def granted(stack: Stack) -> Iterator[tuple[Resource, Statement]]:
    """Every statement that allows something to the holders of a policy."""
    for policy in stack.of_type(*POLICIES):
        yield from ((policy, one) for one in statements(policy, "policy") if one.allows)
    for role in stack.of_type(ROLE):
        for inline in role.items("inlinePolicies"):
            for raw in as_list(value_at(parsed(value_at(inline, "policy")), "Statement")):
                if isinstance(raw, dict) and (one := statement(raw)).allows:
                    yield role, one


def almighty(stack: Stack) -> Iterator[Finding]:
    """Allow * on *, by hand or by AWS's own policy."""
    for policy, one in granted(stack):
        if EVERYTHING in one.actions and EVERYTHING in one.resources:
            yield Finding("allows every action on every resource", policy)
    for attachment in stack.of_type(*ATTACHMENTS):
        if str(attachment.value("policyArn")).endswith(ADMINISTRATOR):
            yield Finding("attaches AdministratorAccess", attachment)
    for role in stack.of_type(ROLE):
        if any(str(arn).endswith(ADMINISTRATOR) for arn in role.items("managedPolicyArns")):
            yield Finding("attaches AdministratorAccess", role)


def whole_services(stack: Stack) -> Iterator[Finding]:
    """Allow `service:*`."""
    for policy, one in granted(stack):
        for action in one.actions:
            if action.endswith(":*"):
                yield Finding(f"allows {action}", policy)


def lends_any_role(stack: Stack) -> Iterator[Finding]:
    """Allow iam:PassRole on every role."""
    for policy, one in granted(stack):
        wide = [resource for resource in one.resources if resource == EVERYTHING or resource.endswith(":role/*")]
        if wide and any(action in PASS_ROLE for action in one.actions):
            yield Finding(f"allows iam:PassRole on {wide[0]}", policy)


def trusts_anyone(stack: Stack) -> Iterator[Finding]:
    """A role that every AWS account may assume."""
    for role in stack.of_type(ROLE):
        for one in statements(role, "assumeRolePolicy"):
            if one.allows and EVERYTHING in one.principals:
                yield Finding("trusts every principal (Principal *)", role)


RULES = (
    Rule(
        name="iam-administrator",
        controls=("IAM.1",),
        why="Whoever gets hold of these permissions owns the account.",
        fix="Name the actions and the resources that are needed.",
        check=almighty,
    ),
    Rule(
        name="iam-whole-service",
        controls=("IAM.21",),
        why="A permission for a whole service grows with every feature that AWS adds to it.",
        fix="Name the actions that are needed instead of the whole service.",
        check=whole_services,
    ),
    Rule(
        name="iam-pass-role",
        controls=("IAM.21",),
        why="Whoever may pass any role may start something that runs with the mightiest one.",
        fix="Give iam:PassRole the ARNs of the roles that are passed.",
        check=lends_any_role,
    ),
    Rule(
        name="iam-open-trust",
        controls=("IAM.21",),
        why="Any AWS account of the world may assume the role.",
        fix="Name the service or the accounts that may assume it.",
        check=trusts_anyone,
    ),
)
