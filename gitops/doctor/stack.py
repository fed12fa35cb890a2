"""The stack of the template: whether it is there, and of this template."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gitops.doctor.account import Account
from gitops.doctor.errors import DoctorError, MissingError, UnreadError
from gitops.doctor.report import Row, good, shown, wrong
from gitops.doctor.template import PATH, Template, TemplateError, read_template

NAME = "priceguard-bootstrap"
_README = PATH.with_name("README.md")
_TAGS = "Project=priceguard ManagedBy=bootstrap"
# An update or an import that was rolled back has left what was there before.
_MADE = {f"{kind}_COMPLETE" for kind in ("CREATE", "UPDATE", "UPDATE_ROLLBACK", "IMPORT", "IMPORT_ROLLBACK")}
_NEVER_MADE = {"CREATE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The stack as CloudFormation describes it, and the template for it; `current` says whether it is of this one."""

    described: dict[str, Any]
    template: Template
    changed: Sequence[str]

    @property
    def parameters(self) -> dict[str, str]:
        """What it was deployed with."""
        return _values(self.described, "Parameter")

    @property
    def current(self) -> bool:
        """Whether the checkout's template is the one that was deployed."""
        return not self.changed


def find_stack(account: Account, environments: Sequence[str]) -> Stack | Row:
    """The stack, or why there is nothing to compare.

    Raises:
        DoctorError: it cannot be read.
    """
    place = f"{NAME} in {account.id}, {account.region}"
    try:
        (described,) = account.call("cloudformation", "describe_stacks", StackName=NAME)["Stacks"]
        if (status := described["StackStatus"]) in _NEVER_MADE:
            delete = f"aws cloudformation delete-stack --stack-name {NAME} --region {account.region}"
            fix = f"{delete}\n{deploy(account.region, environments)}"
            return wrong("stack", expected=place, found=f"it was never made ({status})", fix=fix)
        body = account.call("cloudformation", "get_template", StackName=NAME, TemplateStage="Original")["TemplateBody"]
    except MissingError:
        fix = deploy(account.region, environments)
        return wrong("stack", expected=place, found="there is none", fix=f"{fix}\n# {_README} says more")
    except UnreadError as error:
        raise DoctorError(f"the stack {place} {error}; {error.fix}") from error
    document, deployed = read_template(), read_template(body) if isinstance(body, str) else body
    template = Template(
        document,
        parameters=_values(described, "Parameter"),
        outputs=_values(described, "Output"),
        account=account.id,
        region=account.region,
    )
    return Stack(described=described, template=template, changed=_changed(document, deployed))


def check_stack(stack: Stack) -> Iterator[Row]:
    """Rows about the stack itself."""
    region, drift = stack.template.region, stack.described.get("DriftInformation", {})
    command, place = "aws cloudformation", f"--stack-name {NAME} --region {region}"
    status = stack.described["StackStatus"]
    checks = (
        (
            "stack",
            status in _MADE,
            ("deployed", status),
            f"{command} describe-stack-events {place} # why; wait for its end, or deploy again",
        ),
        (
            "stack.Template",
            stack.current,
            (f"{PATH} of this checkout", f"another; not the same are {', '.join(stack.changed)}"),
            deploy(region),
        ),
        (
            "stack.TerminationProtection",
            bool(stack.described.get("EnableTerminationProtection")),
            ("on", "off"),
            f"{command} update-termination-protection {place} --enable-termination-protection",
        ),
        (
            "stack.Drift",
            drift.get("StackDriftStatus") != "DRIFTED",
            (
                "no drift that CloudFormation knows of",
                f"drift, as CloudFormation saw {drift.get('LastCheckTimestamp')}",
            ),
            f"{command} describe-stack-resource-drifts {place}\n{command} detect-stack-drift {place} # looks again",
        ),
    )
    for check, holds, (expected, found), fix in checks:
        yield good(check, expected) if holds else wrong(check, expected=expected, found=shown(found), fix=fix)


def check_outputs(stack: Stack) -> Iterator[Row]:
    """The one row without which nothing can be compared: the stack says which keys it made."""
    try:
        stack.template.resources()
    except TemplateError as error:
        fix = deploy(stack.template.region)
        yield wrong("stack.Outputs", expected="those of the template", found=str(error), fix=fix)


def deploy(region: str, environments: Sequence[str] = ()) -> str:
    """The command that deploys the template; a new stack holds `environments`, another keeps its parameters."""
    new = f"Environments={','.join(environments)} Owner=<owner> OwnerId=<number> "
    return (
        f"aws cloudformation deploy --stack-name {NAME} --region {region} --template-file {PATH} "
        f"--capabilities CAPABILITY_NAMED_IAM --tags {_TAGS}"
        + (f" --parameter-overrides {new}Repository=<name> RepositoryId=<number>" if environments else "")
    )


def revert(stack: Stack) -> str:
    """The commands that bring everything back to the template. To deploy it again does not: nothing in it changed."""
    parameters = " ".join(f"ParameterKey={name},UsePreviousValue=true" for name in stack.parameters)
    place = f"--stack-name {NAME} --region {stack.template.region}"
    return (
        f"aws cloudformation create-change-set {place} --change-set-name revert --deployment-mode REVERT_DRIFT "
        f"--use-previous-template --capabilities CAPABILITY_NAMED_IAM --parameters {parameters}\n"
        f"aws cloudformation describe-change-set {place} --change-set-name revert # what it would do\n"
        f"aws cloudformation execute-change-set {place} --change-set-name revert"
    )


def _changed(document: dict[str, Any], deployed: dict[str, Any]) -> list[str]:
    """Names of what differs, such as `Resources.DriftRole`; comments and layout are not part of a template."""
    one, other = _parts(document), _parts(deployed)
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def _parts(template: dict[str, Any]) -> dict[str, Any]:
    sections = {name: section if isinstance(section, dict) else {"": section} for name, section in template.items()}
    return {f"{name}.{part}".rstrip("."): each for name, parts in sections.items() for part, each in parts.items()}


def _values(described: dict[str, Any], kind: str) -> dict[str, str]:
    """Parameters or outputs by their names."""
    return {each[f"{kind}Key"]: each[f"{kind}Value"] for each in described.get(f"{kind}s", [])}
