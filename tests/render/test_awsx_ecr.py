"""awsx's repository and image expand into what awsx's provider was seen to register under the real engine.

`observed_awsx_ecr.json` holds every child of four programs with type, name, parent, inputs and dependencies, as seen
with awsx 3.8. An image without `imageName` is not known here, so the one that awsx made up there is given.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from render.monitor import Monitor
from render.program import NamedUnknowns
from render.registration import Registration, Secret, make_urn, plain

OBSERVED = json.loads((Path(__file__).parent / "observed_awsx_ecr.json").read_text())
URL = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app"
REPOSITORY, IMAGE = "awsx:ecr:Repository", "awsx:ecr:Image"
RULES = [
    {"description": "untagged 7d", "tagStatus": "untagged", "maximumAgeLimit": 7},
    {"tagStatus": "any", "maximumNumberOfImages": 20},
]
GIVEN: dict[str, dict[str, dict[str, Any]]] = {
    "c-repo": {
        REPOSITORY: {
            "imageTagMutability": "IMMUTABLE",
            "imageScanningConfiguration": {"scanOnPush": True},
            "tags": {"project": "obs"},
            "lifecyclePolicy": {"rules": RULES[::-1]},
        }
    },
    "c-repo-default": {REPOSITORY: {}},
    "c-repo-skip": {REPOSITORY: {"lifecyclePolicy": {"skip": True}}},
    "d-image": {
        REPOSITORY: {},
        IMAGE: {
            "repositoryUrl": URL,
            "context": "./app",
            "platform": "linux/arm64",
            "imageName": "af18274c-container",
        },
    },
}
"""Case -> what its program gives to the component of each type."""
TOLD = {
    "${aws:ecr/repository:Repository::app.name}": "app",
    **{
        f"${{aws:ecr/getAuthorizationToken:getAuthorizationToken.{name}}}": f"<getAuthorizationToken.{name}>"
        for name in ("proxyEndpoint", "userName", "password")
    },
}
"""What render names -> what the observation has in its place."""


def component(type_: str, inputs: dict[str, Any], **options: Any) -> Registration:
    """The registration that the program sends."""
    name = {REPOSITORY: "app", IMAGE: "img"}[type_]
    urn = make_urn("dev", "priceguard", "", type_, name)
    return Registration(urn=urn, type=type_, name=name, parent="", custom=False, inputs=inputs, options=options)


def expanded(*components: Registration) -> Monitor:
    """The monitor that has taken these."""
    monitor = Monitor(NamedUnknowns("us-east-1"), "dev")
    for registration in components:
        monitor.register(registration)
    return monitor


def short_key(urn: str) -> str:
    """`type::name` of a URN."""
    _, _, types, name = urn.split("::", 3)
    return f"{types.rsplit('$', 1)[-1]}::{name}"


def as_observed(child: Registration) -> dict[str, Any]:
    """A child in the shape of the observation, where what AWS tells is known."""
    inputs = plain(child.inputs)
    if policy := inputs.get("policy"):
        inputs["policy"] = json.loads(policy)
    text = json.dumps(inputs)
    for name, told in TOLD.items():
        text = text.replace(name, told)
    return {
        "parent": short_key(child.parent),
        "inputs": json.loads(text),
        "dependencies": sorted(short_key(urn) for urn in child.options["dependsOn"]),
    }


@pytest.mark.parametrize("case", OBSERVED)
def test_the_children_are_those_that_were_observed(case: str) -> None:
    """Same children, same names, parents, inputs and dependencies."""
    observed = {
        f"{r['type']}::{r['name']}": {k: r[k] for k in ("parent", "inputs", "dependencies")}
        for r in OBSERVED[case]
        if not r["type"].startswith("awsx:")
    }
    monitor = expanded(*(component(type_, inputs) for type_, inputs in GIVEN[case].items()))

    assert {r.key: as_observed(r) for r in monitor.registrations if r.custom} == observed


def test_what_the_program_adds_reaches_the_child() -> None:
    """A name, a forced deletion, a Dockerfile, build arguments: none of the observed programs has them."""
    repository = component(REPOSITORY, {"name": "shop", "forceDelete": True})
    image = component(
        IMAGE, {"repositoryUrl": URL, "imageName": "sha-1", "dockerfile": "../Dockerfile", "args": {"REVISION": "1"}}
    )

    made = {r.type: r.inputs for r in expanded(repository, image).registrations}

    assert made["aws:ecr/repository:Repository"] == {"name": "shop", "forceDelete": True}
    assert made["aws:ecr/lifecyclePolicy:LifecyclePolicy"]["repository"] == "shop"
    build = made["docker-build:index:Image"]
    assert build["tags"] == [f"{URL}:sha-1"]
    assert build["dockerfile"] == {"location": "../Dockerfile"}
    assert build["buildArgs"] == {"REVISION": "1"}


def test_the_outputs_are_the_address_and_the_digest() -> None:
    """An image is named by what it is, not by its tag."""
    image = component(IMAGE, {"repositoryUrl": URL, "imageName": "sha-1"})
    repository = component(REPOSITORY, {})

    made = expanded(repository, image).made

    assert made[repository.urn].outputs == {"url": "${aws:ecr/repository:Repository::app.repositoryUrl}"}
    assert made[image.urn].outputs == {"imageUri": f"{URL}@${{docker-build:index:Image::sha-1.digest}}"}


def test_protection_and_retention_reach_the_children() -> None:
    """As the real provider was seen to hand them on."""
    monitor = expanded(
        component(REPOSITORY, {}, protect=True),
        component(IMAGE, {"repositoryUrl": URL, "imageName": "sha-1"}, retainOnDelete=True),
    )

    options = {r.type: r.options for r in monitor.registrations if r.custom}

    assert options["aws:ecr/repository:Repository"]["protect"] is True
    assert options["docker-build:index:Image"]["retainOnDelete"] is True
    assert "retainOnDelete" not in options["aws:ecr/repository:Repository"]


def test_the_registrys_password_is_a_secret() -> None:
    """Wherever the child is shown."""
    (image,) = expanded(component(IMAGE, {"repositoryUrl": URL, "imageName": "sha-1"})).registrations[1:]

    assert isinstance(image.inputs["registries"][0]["password"], Secret)


@pytest.mark.parametrize(
    ("type_", "inputs", "unknown"),
    [
        (REPOSITORY, {"encryptionConfigurations": []}, "encryptionConfigurations"),
        (REPOSITORY, {"lifecyclePolicy": {"other": 1}}, "other"),
        (REPOSITORY, {"lifecyclePolicy": {"rules": [{"tagStatus": "any", "tagPatternList": []}]}}, "tagPatternList"),
        (IMAGE, {"repositoryUrl": URL, "imageName": "a", "imageTag": "b"}, "imageTag"),
        (IMAGE, {"repositoryUrl": URL}, "without imageName"),
    ],
)
def test_an_argument_that_is_not_known_is_refused(type_: str, inputs: dict[str, Any], unknown: str) -> None:
    """Rather that than a manifest that shows something else than awsx would make."""
    with pytest.raises(ValueError, match=rf"^{type_}::\w+: render/awsx_ecr.py knows no .*{unknown}"):
        expanded(component(type_, inputs))
