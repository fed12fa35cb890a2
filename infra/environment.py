"""An environment: every component, and the only place where one's outputs become another's inputs."""

from dataclasses import asdict

import pulumi_aws as aws
import pulumi_stripe as stripe
from pulumi import ComponentResource, Output, ResourceOptions

from infra.app_secrets import AppSecrets, AppSecretsArgs
from infra.database import Database, DatabaseArgs
from infra.encryption_key import EncryptionKey, EncryptionKeyArgs
from infra.fargate_service import FargateService, FargateServiceArgs
from infra.flow_logs import FlowLogs, FlowLogsArgs
from infra.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.naming import Naming
from infra.network import Network, NetworkArgs
from infra.security_groups import SecurityGroups, SecurityGroupsArgs
from infra.settings import Settings
from infra.stripe_billing import StripeBilling, StripeBillingArgs
from infra.task_roles import TaskRoles, TaskRolesArgs

API_PORT = 4000
HEALTH_PATH = "/health"


class Environment(ComponentResource):
    """priceguard:environment:Environment. Everything that one stack owns, in the order of dependence."""

    def __init__(self, name: str, settings: Settings) -> None:
        # One explicit provider: awsx would otherwise start a second one, of the version that it pins.
        # With another account's credentials it refuses to work.
        provider = aws.Provider("aws", region=settings.region, allowed_account_ids=[settings.account])
        # Without a key: it reads the deploy job's STRIPE_API_KEY by itself, so the key gets into no state.
        billing = stripe.Provider("stripe")
        opts = ResourceOptions(providers={"aws": provider, "stripe": billing})
        super().__init__("priceguard:environment:Environment", name, None, opts)
        self.settings = settings
        self._naming = Naming(settings.environment)
        self._child = ResourceOptions(parent=self)
        self.key = self._key()
        self.network = self._network()
        self.flow_logs = self._flow_logs()
        self.groups = self._security_groups()
        self.database = self._database()
        self.stripe = self._stripe()
        self.secrets = self._secrets()
        self.load_balancer = self._load_balancer()
        self.logs = self._logs()
        self.roles = self._roles()
        self.service = self._service()
        self.register_outputs({})

    def _key(self) -> EncryptionKey:
        s = self.settings
        args = EncryptionKeyArgs(naming=self._naming, region=s.region, account=s.account, protect=s.protect)
        return EncryptionKey("key", args, self._child)

    def _network(self) -> Network:
        s = self.settings
        args = NetworkArgs(
            naming=self._naming,
            region=s.region,
            cidr=s.vpc_cidr,
            egress=s.egress,
            protect=s.protect,
        )
        return Network("network", args, self._child)

    def _flow_logs(self) -> FlowLogs:
        args = FlowLogsArgs(
            naming=self._naming,
            vpc_id=self.network.vpc_id,
            retention_days=self.settings.log_retention_days,
            key_arn=self.key.arn,
        )
        return FlowLogs("flow-logs", args, self._child)

    def _security_groups(self) -> SecurityGroups:
        args = SecurityGroupsArgs(naming=self._naming, vpc_id=self.network.vpc_id, api_port=API_PORT)
        return SecurityGroups("security-groups", args, self._child)

    def _database(self) -> Database:
        s, database = self.settings, self.settings.database
        args = DatabaseArgs(
            naming=self._naming,
            subnet_ids=self.network.isolated_subnet_ids,
            security_group_id=self.groups.database_id,
            key_arn=self.key.arn,
            instance_class=database.instance_class,
            allocated_storage=database.allocated_storage,
            multi_az=database.multi_az,
            backup_retention_days=database.backup_retention_days,
            log_retention_days=s.log_retention_days,
            tls=database.tls,
            root_certificates=database.root_certificates,
            protect=s.protect,
        )
        return Database("database", args, self._child)

    def _stripe(self) -> StripeBilling:
        s, plans = self.settings, asdict(self.settings.plans)
        args = StripeBillingArgs(
            environment=s.environment,
            api_domain=s.api_domain,
            slots=s.webhook_slots,
            currency=plans.pop("currency"),
            amounts=plans,
            protect=s.protect,
        )
        return StripeBilling("stripe", args, self._child)

    def _secrets(self) -> AppSecrets:
        args = AppSecretsArgs(
            naming=self._naming,
            key_arn=self.key.arn,
            database_url=self.database.url,
            allowed_origins=self.settings.allowed_origins,
            webhook_secrets=self.stripe.webhook_secrets,
            protect=self.settings.protect,
        )
        return AppSecrets("secrets", args, self._child)

    def _load_balancer(self) -> LoadBalancer:
        args = LoadBalancerArgs(
            naming=self._naming,
            vpc_id=self.network.vpc_id,
            subnet_ids=self.network.public_subnet_ids,
            security_group_id=self.groups.load_balancer_id,
            certificate_arn=self.settings.certificate_arn,
            target_port=API_PORT,
            health_path=HEALTH_PATH,
            protect=self.settings.protect,
        )
        return LoadBalancer("load-balancer", args, self._child)

    def _logs(self) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            "api",
            name=self._naming.path("api"),
            retention_in_days=self.settings.log_retention_days,
            kms_key_id=self.key.arn,
            tags=self._naming.tags("api"),
            opts=self._child,
        )

    def _roles(self) -> TaskRoles:
        args = TaskRolesArgs(
            naming=self._naming,
            region=self.settings.region,
            account=self.settings.account,
            log_group_arn=self.logs.arn,
            secret_arns=self.secrets.arns,
            key_arn=self.key.arn,
        )
        return TaskRoles("roles", args, self._child)

    def _service(self) -> FargateService:
        s, balancer = self.settings, self.load_balancer
        args = FargateServiceArgs(
            naming=self._naming,
            region=s.region,
            image=s.image,
            port=API_PORT,
            environment={
                "ENVIRONMENT": s.environment,
                "REVISION": s.revision,
                "LOG_LEVEL": s.log_level,
                "HOST": "0.0.0.0",  # noqa: S104 - inside the task, whose security group admits the load balancer only
                "PORT": str(API_PORT),
                "STRIPE_API_URL": s.stripe_api_url,
                "STRIPE_PRICES": self.stripe.prices,
            },
            secrets=self.secrets.references,
            execution_role_arn=self.roles.execution_role_arn,
            task_role_arn=self.roles.task_role_arn,
            log_group_name=self.logs.name,
            subnet_ids=self.network.task_subnet_ids,
            security_group_id=self.groups.task_id,
            assign_public_ip=s.egress == "public-ip",
            target_group_arn=balancer.target_group_arn,
            capacity=s.capacity,
            min_count=s.min_count,
            max_count=s.max_count,
            request_metric=Output.concat(balancer.arn_suffix, "/", balancer.target_group_arn_suffix),
            container_insights=s.protect,
            # ECS refuses a target group that no listener uses, and tasks that may not read their secrets.
            waits_for=[balancer.https_listener, self.roles.execution_policy],
        )
        return FargateService("service", args, self._child)
