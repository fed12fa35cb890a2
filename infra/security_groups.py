"""Who may talk to whom: internet -> load balancer -> tasks -> database, and nothing else comes in."""

from dataclasses import dataclass, field

import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming

ANYWHERE = "0.0.0.0/0"
POSTGRESQL = 5432
INGRESS, EGRESS = aws.vpc.SecurityGroupIngressRule, aws.vpc.SecurityGroupEgressRule
Direction = type[aws.vpc.SecurityGroupIngressRule | aws.vpc.SecurityGroupEgressRule]


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


@dataclass(frozen=True)
class Group:
    """A group, and the ids of the rules that it has been given."""

    id: Output[str]
    rule_ids: dict[Direction, list[Output[str]]] = field(default_factory=lambda: {INGRESS: [], EGRESS: []})


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
        self._child = ResourceOptions(parent=self)
        load_balancer = self._group("load-balancer", "The load balancer of the API")
        task = self._group("task", "Tasks of the API")
        database = self._group("database", "The database")
        self._rule(INGRESS, "http", load_balancer, 80, "HTTP from anywhere", cidr_ipv4=ANYWHERE)
        self._rule(INGRESS, "https", load_balancer, 443, "HTTPS from anywhere", cidr_ipv4=ANYWHERE)
        self._between("load-balancer-to-task", load_balancer, task, args.api_port)
        self._between("task-to-database", task, database, POSTGRESQL)
        self._rule(EGRESS, "task-to-https", task, 443, "AWS and Stripe over HTTPS", cidr_ipv4=ANYWHERE)
        self._no_other_rules("load-balancer", load_balancer)
        self._no_other_rules("task", task)
        self._no_other_rules("database", database)
        self.load_balancer_id = load_balancer.id
        self.task_id = task.id
        self.database_id = database.id
        self.register_outputs({})

    def _group(self, name: str, description: str) -> Group:
        group = aws.ec2.SecurityGroup(
            name,
            # A prefix, so that a replacement can be made before the old group goes.
            name_prefix=f"{self._args.naming.physical(name)}-",
            description=description,
            vpc_id=self._args.vpc_id,
            tags=self._args.naming.tags(name),
            opts=self._child,
        )
        return Group(group.id)

    def _between(self, name: str, source: Group, target: Group, port: int) -> None:
        """One port from `source` to `target`: out of the one, into the other."""
        self._rule(EGRESS, name, source, port, name, referenced_security_group_id=target.id)
        self._rule(INGRESS, name, target, port, name, referenced_security_group_id=source.id)

    def _rule(
        self, direction: Direction, name: str, group: Group, port: int, description: str, **peer: Input[str]
    ) -> None:
        """One TCP port of `group`, open from or to `peer`."""
        rule = direction(
            name,
            security_group_id=group.id,
            description=description,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            tags=self._args.naming.tags(name),
            opts=self._child,
            **peer,
        )
        group.rule_ids[direction].append(rule.security_group_rule_id)

    def _no_other_rules(self, name: str, group: Group) -> None:
        """Make the rules of `group` all that it has, so that one more is drift, and the next update takes it away."""
        aws.ec2.VpcSecurityGroupRulesExclusive(
            name,
            security_group_id=group.id,
            ingress_rule_ids=group.rule_ids[INGRESS],
            egress_rule_ids=group.rule_ids[EGRESS],
            opts=self._child,
        )
