"""The load balancer: HTTPS in front of the tasks, and HTTP only to send people there."""

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


@dataclass(frozen=True, kw_only=True)
class LoadBalancerArgs:
    """What the load balancer is made from.

    Args:
        naming: names and tags of the environment.
        vpc_id: the VPC of the targets.
        subnet_ids: public subnets, in two zones.
        security_group_id: the group that lets the internet in.
        certificate_arn: ACM certificate of the HTTPS listener.
        access_logs_bucket: bucket that it may write its access logs to already, because it tries when it is told.
        access_logs_prefix: where in the bucket they go.
        target_port: TCP port that tasks listen on.
        health_path: path that answers 200 when a task can serve.
        protect: refuse deletion.
    """

    naming: Naming
    vpc_id: Input[str]
    subnet_ids: Input[list[str]]
    security_group_id: Input[str]
    certificate_arn: Input[str]
    access_logs_bucket: Input[str]
    access_logs_prefix: str
    target_port: int
    health_path: str
    protect: bool


class LoadBalancer(ComponentResource):
    """priceguard:load_balancer:LoadBalancer.

    Makes the application load balancer, the target group, the HTTP listener that redirects and the HTTPS listener
    that forwards.

    Attributes:
        arn, name, dns_name, arn_suffix: of the load balancer.
        target_group_arn, target_group_arn_suffix: of the target group.
        https_listener: what a service must wait for, because ECS refuses a target group without a listener.
    """

    def __init__(self, name: str, args: LoadBalancerArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:load_balancer:LoadBalancer", name, None, opts)
        self._args = args
        balancer = self._balancer()
        target_group = self._target_group()
        self._redirect_listener(balancer)
        self.https_listener = self._https_listener(balancer, target_group)
        self.arn: Output[str] = balancer.arn
        self.name: Output[str] = balancer.name
        self.dns_name: Output[str] = balancer.dns_name
        self.arn_suffix: Output[str] = balancer.arn_suffix
        self.target_group_arn: Output[str] = target_group.arn
        self.target_group_arn_suffix: Output[str] = target_group.arn_suffix
        self.register_outputs({"dnsName": self.dns_name})

    def _balancer(self) -> aws.lb.LoadBalancer:
        args = self._args
        # Renaming this changes the DNS name that the API's domain points to.
        return aws.lb.LoadBalancer(
            "api",
            name=args.naming.physical(),
            load_balancer_type="application",
            internal=False,
            subnets=args.subnet_ids,
            security_groups=[args.security_group_id],
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_deletion_protection=args.protect,
            access_logs=aws.lb.LoadBalancerAccessLogsArgs(
                enabled=True, bucket=args.access_logs_bucket, prefix=args.access_logs_prefix
            ),
            idle_timeout=60,
            tags=args.naming.tags(),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )

    def _target_group(self) -> aws.lb.TargetGroup:
        args = self._args
        return aws.lb.TargetGroup(
            "api",
            # A prefix (AWS allows six characters), because a group in use by a listener cannot be replaced in place.
            name_prefix="pg-",
            vpc_id=args.vpc_id,
            target_type="ip",
            protocol="HTTP",
            port=args.target_port,
            deregistration_delay=20,
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                path=args.health_path,
                protocol="HTTP",
                matcher="200",
                interval=30,
                timeout=5,
                healthy_threshold=2,
                unhealthy_threshold=3,
            ),
            tags=args.naming.tags(),
            opts=ResourceOptions(parent=self),
        )

    def _redirect_listener(self, balancer: aws.lb.LoadBalancer) -> None:
        redirect = aws.lb.ListenerDefaultActionRedirectArgs(protocol="HTTPS", port="443", status_code="HTTP_301")
        aws.lb.Listener(
            "http",
            load_balancer_arn=balancer.arn,
            port=80,
            protocol="HTTP",
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="redirect", redirect=redirect)],
            tags=self._args.naming.tags("http"),
            opts=ResourceOptions(parent=self),
        )

    def _https_listener(self, balancer: aws.lb.LoadBalancer, group: aws.lb.TargetGroup) -> aws.lb.Listener:
        return aws.lb.Listener(
            "https",
            load_balancer_arn=balancer.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=self._args.certificate_arn,
            default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)],
            tags=self._args.naming.tags("https"),
            opts=ResourceOptions(parent=self),
        )
