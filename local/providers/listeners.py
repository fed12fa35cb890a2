"""Listeners of load balancers: aws:lb/listener:Listener."""

from dataclasses import replace
from typing import Any

from local.providers.aws_resource import AwsResource
from local.providers.errors import Refusal
from local.providers.load_balancing import ELB
from local.providers.resource import Kind, Resource, World
from local.providers.rows import Call, Read, Row, Update

_ACTIONS = """DefaultActions[].{
    type: Type, order: Order, targetGroupArn: TargetGroupArn, redirect: spelt(RedirectConfig),
    fixedResponse: spelt(FixedResponseConfig),
    forward: ForwardConfig.{
        targetGroups: TargetGroups[].{arn: TargetGroupArn, weight: Weight},
        stickiness: TargetGroupStickinessConfig | Enabled && {enabled: Enabled, duration: DurationSeconds}
    }
}"""


class Listener(AwsResource):
    """A listener, whose certificate may be one that was made outside of the program."""

    def sent(self, world: World, properties: dict[str, Any]) -> dict[str, Any]:
        """Return the properties with a certificate that the emulator has: it refuses one it has not made itself."""
        arn = properties.get("certificateArn")
        if not arn:
            return properties
        try:
            world.aws.call("acm", "describe_certificate", {"CertificateArn": arn})
        except Refusal:
            # Made once: the token makes AWS answer the same certificate again.
            request = {"DomainName": "stand-in.invalid", "IdempotencyToken": "standin"}
            arn = world.aws.call("acm", "request_certificate", request)["CertificateArn"]
        return {**properties, "certificateArn": arn}

    def read(self, world: World, resource: Resource) -> Resource | None:
        """As in Kind; what stands for the certificate is the certificate."""
        name = "certificateArn"
        found = super().read(world, resource)
        if found is None or found.inputs.get(name) in {None, resource.inputs.get(name)}:
            return found
        if found.inputs[name] != self.sent(world, resource.inputs).get(name):
            return found
        given = {name: resource.inputs[name]}
        return replace(found, inputs={**found.inputs, **given}, outputs={**found.outputs, **given})


ROWS: dict[str, Row | Kind] = {
    "aws:lb/listener:Listener": Listener(
        Row(
            service=ELB,
            create=Call("create_listener", {"Certificates": "certificateArn && [{CertificateArn: certificateArn}]"}),
            answer="Listeners[0]",
            id="ListenerArn",
            outputs={"arn": "ListenerArn"},
            names={
                "defaultActions.fixedResponse": "FixedResponseConfig",
                "defaultActions.forward": "ForwardConfig",
                "defaultActions.forward.stickiness": "TargetGroupStickinessConfig",
                "defaultActions.forward.stickiness.duration": "DurationSeconds",
                "defaultActions.forward.targetGroups.arn": "TargetGroupArn",
                "defaultActions.redirect": "RedirectConfig",
            },
            key={"ListenerArn": "id"},
            read=Read(
                Call("describe_listeners", {"ListenerArns": "[arn]"}),
                {
                    "port": "Port",
                    "protocol": "Protocol",
                    "sslPolicy": "SslPolicy",
                    "certificateArn": "Certificates[0].CertificateArn",
                    "defaultActions": _ACTIONS,
                },
                "Listeners[0]",
                filled={"sslPolicy"},
            ),
            updates=(
                Update(
                    (
                        Call(
                            "modify_listener",
                            {"Certificates": "certificateArn && [{CertificateArn: certificateArn}]"},
                        ),
                    )
                ),
            ),
            replaces={"loadBalancerArn"},
            delete=(Call("delete_listener"),),
        )
    ),
}
