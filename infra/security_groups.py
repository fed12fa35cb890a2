"""Who may talk to whom: internet -> load balancer -> tasks -> database, and nothing else comes in."""

from dataclasses import dataclass

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming

ANYWHERE = "0.0.0.0/0"
POSTGRESQL = 5432


@dataclass(frozen=True, kw_only=True)
class SecurityGroupsArgs:
    """What the groups are made from.

    Args:
        naming: names and tags of the environment.
        vpc_id: the VPC that holds them.
        api_port: TCP port that tasks listen on.
    """

    naming: Naming
    vpc_id: Input[str]
    api_port: int


class SecurityGroups(ComponentResource):
    """priceguard:security_groups:SecurityGroups. Makes three groups; each rule is a resource of its own.

    Attributes:
        load_balancer_id: takes 80 and 443 from anywhere.
        task_id: takes the API's port from the load balancer only; may call out on 443 (AWS, Stripe).
        database_id: takes PostgreSQL from tasks only.
    """

    def __init__(self, name: str, args: SecurityGroupsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:security_groups:SecurityGroups", name, None, opts)
        self._args = args
        load_balancer = self._group("load-balancer", "The load balancer of the API")
        task = self._group("task", "Tasks of the API")
        database = self._group("database", "The database")
        self._from_anywhere("http", load_balancer, 80)
        self._from_anywhere("https", load_balancer, 443)
        self._between("load-balancer-to-task", load_balancer, task, args.api_port)
        self._between("task-to-database", task, database, POSTGRESQL)
        aws.vpc.SecurityGroupEgressRule(
            "task-to-https",
            security_group_id=task.id,
            description="AWS and Stripe over HTTPS",
            cidr_ipv4=ANYWHERE,
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            tags=args.naming.tags("task-to-https"),
            opts=ResourceOptions(parent=self),
        )
        self.load_balancer_id: Output[str] = load_balancer.id
        self.task_id: Output[str] = task.id
        self.database_id: Output[str] = database.id
        self.register_outputs({})

    def _group(self, name: str, description: str) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            name,
            # A prefix, so that a replacement can be made before the old group goes.
            name_prefix=f"{self._args.naming.physical(name)}-",
            description=description,
            vpc_id=self._args.vpc_id,
            tags=self._args.naming.tags(name),
            opts=ResourceOptions(parent=self),
        )

    def _from_anywhere(self, name: str, group: aws.ec2.SecurityGroup, port: int) -> None:
        aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=group.id,
            description=f"{name.upper()} from anywhere",
            cidr_ipv4=ANYWHERE,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self._args.naming.tags(name),
            opts=ResourceOptions(parent=self),
        )

    def _between(self, name: str, source: aws.ec2.SecurityGroup, target: aws.ec2.SecurityGroup, port: int) -> None:
        """One port from `source` to `target`: out of the one, into the other."""
        aws.vpc.SecurityGroupEgressRule(
            name,
            security_group_id=source.id,
            description=name,
            referenced_security_group_id=target.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self._args.naming.tags(name),
            opts=ResourceOptions(parent=self),
        )
        aws.vpc.SecurityGroupIngressRule(
            name,
            security_group_id=target.id,
            description=name,
            referenced_security_group_id=source.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self._args.naming.tags(name),
            opts=ResourceOptions(parent=self),
        )
