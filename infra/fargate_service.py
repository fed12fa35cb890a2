"""The service: the API's tasks on Fargate, rolled on change and scaled with load."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.naming import Naming

SERVICE = "priceguard-server"
CONTAINER = "api"
CPU_UNITS, MEMORY_MIB = 256, 512
UNPRIVILEGED_USER = "10001:10001"


@dataclass(frozen=True, kw_only=True)
class FargateServiceArgs:
    """What the service is made from.

    Args:
        naming: names and tags of the environment.
        region: region of the log group.
        image: reference of the container image.
        port: TCP port that the container listens on.
        environment: environment variables of the container.
        secrets: environment variable -> `valueFrom` of the secret's version.
        execution_role_arn, task_role_arn: roles of the tasks.
        log_group_name: where the container's output goes.
        subnet_ids, security_group_id: where the tasks' network interfaces are.
        assign_public_ip: give each task a public address, for subnets without NAT.
        target_group_arn: target group that the tasks are registered in.
        capacity: FARGATE or FARGATE_SPOT.
        min_count, max_count: bounds of autoscaling, in tasks.
        request_metric: `ResourceLabel` of ALBRequestCountPerTarget.
        container_insights: metrics per task, at a price.
        waits_for: what must exist before the first task starts.
    """

    naming: Naming
    region: str
    image: Input[str]
    port: int
    environment: Mapping[str, Input[str]]
    secrets: Mapping[str, Input[str]]
    execution_role_arn: Input[str]
    task_role_arn: Input[str]
    log_group_name: Input[str]
    subnet_ids: Input[list[str]]
    security_group_id: Input[str]
    assign_public_ip: bool
    target_group_arn: Input[str]
    capacity: str
    min_count: int
    max_count: int
    request_metric: Input[str]
    container_insights: bool
    waits_for: Sequence[pulumi.Resource]


class FargateService(ComponentResource):
    """priceguard:fargate_service:FargateService.

    Makes the cluster with its capacity providers, the task definition, the service and its autoscaling.

    Attributes:
        cluster_name, name: of the cluster and of the service.
        task_definition_arn: with its revision.
    """

    def __init__(self, name: str, args: FargateServiceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("priceguard:fargate_service:FargateService", name, None, opts)
        self._args = args
        cluster, capacity = self._cluster()
        task_definition = self._task_definition()
        service = self._service(cluster, task_definition, capacity)
        self._scale(cluster, service)
        self.cluster_name: Output[str] = cluster.name
        self.name: Output[str] = service.name
        self.task_definition_arn: Output[str] = task_definition.arn
        self.register_outputs({"taskDefinition": self.task_definition_arn})

    def _cluster(self) -> tuple[aws.ecs.Cluster, aws.ecs.ClusterCapacityProviders]:
        args = self._args
        insights = "enabled" if args.container_insights else "disabled"
        cluster = aws.ecs.Cluster(
            "api",
            name=args.naming.physical(),
            settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value=insights)],
            tags=args.naming.tags(),
            opts=ResourceOptions(parent=self),
        )
        capacity = aws.ecs.ClusterCapacityProviders(
            "api",
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            opts=ResourceOptions(parent=self),
        )
        return cluster, capacity

    def _task_definition(self) -> aws.ecs.TaskDefinition:
        args = self._args
        return aws.ecs.TaskDefinition(
            "api",
            family=args.naming.physical(),
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(CPU_UNITS),
            memory=str(MEMORY_MIB),
            runtime_platform=aws.ecs.TaskDefinitionRuntimePlatformArgs(
                cpu_architecture="ARM64", operating_system_family="LINUX"
            ),
            execution_role_arn=args.execution_role_arn,
            task_role_arn=args.task_role_arn,
            container_definitions=Output.json_dumps([container(args)]),
            tags=args.naming.tags(),
            # The last revision must still be there when a deployment is rolled back to it.
            opts=ResourceOptions(parent=self, retain_on_delete=True),
        )

    def _service(
        self, cluster: aws.ecs.Cluster, task: aws.ecs.TaskDefinition, capacity: pulumi.Resource
    ) -> aws.ecs.Service:
        args = self._args
        return aws.ecs.Service(
            "api",
            name=SERVICE,
            cluster=cluster.arn,
            task_definition=task.arn,
            desired_count=args.min_count,
            capacity_provider_strategies=[
                aws.ecs.ServiceCapacityProviderStrategyArgs(capacity_provider=args.capacity, weight=1)
            ],
            # The provider refuses another capacity without it. Only updates force one, and most roll the tasks anyway.
            force_new_deployment=True,
            platform_version="LATEST",
            network_configuration=aws.ecs.ServiceNetworkConfigurationArgs(
                subnets=args.subnet_ids,
                security_groups=[args.security_group_id],
                assign_public_ip=args.assign_public_ip,
            ),
            load_balancers=[
                aws.ecs.ServiceLoadBalancerArgs(
                    target_group_arn=args.target_group_arn, container_name=CONTAINER, container_port=args.port
                )
            ],
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker=aws.ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
            # Longer than the first start at a quarter of a processor, migrations included.
            health_check_grace_period_seconds=60,
            wait_for_steady_state=True,
            enable_execute_command=False,
            propagate_tags="SERVICE",
            tags=args.naming.tags(),
            # Autoscaling owns the count once the service exists; naming it again would fight.
            opts=ResourceOptions(parent=self, depends_on=[capacity, *args.waits_for], ignore_changes=["desiredCount"]),
        )

    def _scale(self, cluster: aws.ecs.Cluster, service: aws.ecs.Service) -> None:
        args = self._args
        target = aws.appautoscaling.Target(
            "api",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=Output.concat("service/", cluster.name, "/", service.name),
            min_capacity=args.min_count,
            max_capacity=args.max_count,
            tags=args.naming.tags(),
            opts=ResourceOptions(parent=self),
        )
        self._policy("cpu", target, 60, "ECSServiceAverageCPUUtilization", None)
        self._policy("requests", target, 1000, "ALBRequestCountPerTarget", args.request_metric)

    def _policy(
        self,
        name: str,
        target: aws.appautoscaling.Target,
        value: float,
        metric: str,
        label: Input[str] | None,
    ) -> None:
        """Keep `metric` at `value`: percent for the processor, a minute's requests per task for the load balancer."""
        policy = aws.appautoscaling
        policy.Policy(
            name,
            name=self._args.naming.physical(name),
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration=policy.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                target_value=value,
                predefined_metric_specification=(
                    policy.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                        predefined_metric_type=metric, resource_label=label
                    )
                ),
            ),
            opts=ResourceOptions(parent=self),
        )


def container(args: FargateServiceArgs) -> dict[str, Any]:
    """The one container of a task, in the shape of ECS's `containerDefinitions`, lists in a fixed order."""
    return {
        "name": CONTAINER,
        "image": args.image,
        "essential": True,
        "command": ["python", "-m", "api"],
        "portMappings": [{"containerPort": args.port, "hostPort": args.port, "protocol": "tcp"}],
        "environment": [{"name": n, "value": v} for n, v in sorted(args.environment.items())],
        "secrets": [{"name": n, "valueFrom": v} for n, v in sorted(args.secrets.items())],
        "user": UNPRIVILEGED_USER,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True},
        # -S leaves out installed packages: the check needs none, and a quarter of a processor feels them.
        "healthCheck": {
            "command": ["CMD", "python", "-S", "-m", "api.healthcheck"],
            "interval": 30,
            "timeout": 5,
            "retries": 3,
            "startPeriod": 30,
        },
        "stopTimeout": 30,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": args.log_group_name,
                "awslogs-region": args.region,
                "awslogs-stream-prefix": CONTAINER,
            },
        },
    }
