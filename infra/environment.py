"""An environment: every component, and the place where one's outputs become another's inputs."""

from dataclasses import asdict

import pulumi_aws as aws
import pulumi_stripe as stripe
from pulumi import ComponentResource, Input, Output, ResourceOptions

from infra.access_logs import AccessLogs, AccessLogsArgs
from infra.app_secrets import AppSecrets, AppSecretsArgs
from infra.certificate import Certificate, CertificateArgs
from infra.database import Database, DatabaseArgs
from infra.encryption_key import EncryptionKey, EncryptionKeyArgs
from infra.fargate_service import FargateService, FargateServiceArgs
from infra.flow_logs import FlowLogs, FlowLogsArgs
from infra.image import Image, ImageArgs
from infra.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.monitoring import Monitoring, MonitoringArgs
from infra.naming import Naming, permissions_boundary
from infra.netlify_dns import DnsRecord, DnsRecordArgs
from infra.network import Network, NetworkArgs
from infra.security_groups import SecurityGroups, SecurityGroupsArgs
from infra.settings import Settings
from infra.stripe_billing import WEBHOOK_PATH, StripeBilling, StripeBillingArgs
from infra.task_roles import TaskRoles, TaskRolesArgs
from infra.web_firewall import WebFirewall, WebFirewallArgs

API_PORT = 4000
HEALTH_PATH = "/health"


class Environment(ComponentResource):
    """priceguard:environment:Environment. Everything that one stack owns, in the order of dependence.

    In the first phase of manual DNS (`Settings.certificate_only`) that is the certificate alone. Without an image
    there is everything but the service.
    """

    def __init__(self, name: str, settings: Settings) -> None:
        # One explicit provider: awsx would otherwise start a second one, of the version that it pins.
        # With another account's credentials it refuses to work.
        provider = aws.Provider("aws", region=settings.region, allowed_account_ids=[settings.account])
        # Without a key: it reads the deploy job's STRIPE_API_KEY by itself, so the key gets into no state.
        billing = stripe.Provider("stripe")
        opts = ResourceOptions(providers={"aws": provider, "stripe": billing})
        super().__init__("priceguard:environment:Environment", name, None, opts)
        self.settings = settings
        self.naming = Naming(settings.environment, settings.owner, settings.cost_centre)
        self._boundary = permissions_boundary(settings.account)
        self._child = ResourceOptions(parent=self)
        self.certificate = None if settings.certificate_arn else self._certificate()
        self.certificate_arn: Input[str] = self.certificate.arn if self.certificate else settings.certificate_arn or ""
        if not settings.certificate_only:
            self._foundation()
            self._data()
            self._entrance()
            self._tasks()
            self._record()
            self._watch()
        self.register_outputs({})

    def _certificate(self) -> Certificate:
        s = self.settings
        args = CertificateArgs(
            naming=self.naming,
            domain=s.api_domain,
            further_names=s.certificate_names,
            zone=s.dns.zone if s.dns.provider == "netlify" else None,
            take_over=s.dns.take_over,
            wait=not s.certificate_only,
        )
        return Certificate("certificate", args, self._child)

    def _foundation(self) -> None:
        """The key, the network and what watches it, and the image."""
        s, naming, child = self.settings, self.naming, self._child
        key = EncryptionKeyArgs(naming=naming, region=s.region, account=s.account, protect=s.protect)
        self.key = EncryptionKey("key", key, child)
        network = NetworkArgs(naming=naming, region=s.region, cidr=s.vpc_cidr, egress=s.egress, protect=s.protect)
        self.network = Network("network", network, child)
        flows = FlowLogsArgs(
            naming=naming,
            vpc_id=self.network.vpc_id,
            retention_days=s.log_retention_days,
            key_arn=self.key.arn,
            permissions_boundary=self._boundary,
        )
        self.flow_logs = FlowLogs("flow-logs", flows, child)
        groups = SecurityGroupsArgs(naming=naming, vpc_id=self.network.vpc_id, api_port=API_PORT)
        self.groups = SecurityGroups("security-groups", groups, child)
        image = ImageArgs(
            naming=naming, image=s.image, revision=s.revision, source=s.source, protect=s.protect, vouched=s.local
        )
        self.image = Image("image", image, child)

    def _data(self) -> None:
        """The database, Stripe, and the secrets that come of them."""
        s, plans = self.settings, asdict(self.settings.plans)
        database = DatabaseArgs(
            naming=self.naming,
            subnet_ids=self.network.isolated_subnet_ids,
            security_group_id=self.groups.database_id,
            key_arn=self.key.arn,
            log_retention_days=s.log_retention_days,
            account=s.account,
            permissions_boundary=self._boundary,
            protect=s.protect,
            **asdict(s.database),
        )
        self.database = Database("database", database, self._child)
        billing = StripeBillingArgs(
            environment=s.environment,
            api_domain=s.api_domain,
            slots=s.webhook_slots,
            currency=plans.pop("currency"),
            amounts=plans,
            protect=s.protect,
        )
        self.stripe = StripeBilling("stripe", billing, self._child)
        secrets = AppSecretsArgs(
            naming=self.naming,
            key_arn=self.key.arn,
            database_url=self.database.url,
            allowed_origins=s.allowed_origins,
            webhook_secrets=self.stripe.webhook_secrets,
            protect=s.protect,
        )
        self.secrets = AppSecrets("secrets", secrets, self._child)

    def _entrance(self) -> None:
        """What a request passes before it reaches a task."""
        s = self.settings
        logs = AccessLogsArgs(
            naming=self.naming,
            region=s.region,
            account=s.account,
            retention_days=s.log_retention_days,
            protect=s.protect,
        )
        self.access_logs = AccessLogs("access-logs", logs, self._child)
        balancer = LoadBalancerArgs(
            naming=self.naming,
            vpc_id=self.network.vpc_id,
            subnet_ids=self.network.public_subnet_ids,
            security_group_id=self.groups.load_balancer_id,
            certificate_arn=self.certificate_arn,
            target_port=API_PORT,
            health_path=HEALTH_PATH,
            access_logs_bucket=self.access_logs.bucket,
            access_logs_prefix=self.access_logs.prefix,
            protect=s.protect,
        )
        self.load_balancer = LoadBalancer("load-balancer", balancer, self._child)
        firewall = WebFirewallArgs(
            naming=self.naming,
            load_balancer_arn=self.load_balancer.arn,
            webhook_path=WEBHOOK_PATH,
            mode=s.firewall_mode,
            retention_days=s.log_retention_days,
            key_arn=self.key.arn,
        )
        self.firewall = WebFirewall("firewall", firewall, self._child)

    def _record(self) -> None:
        """The name by which people find the load balancer; whoever follows it needs the listener behind it."""
        s = self.settings
        if s.dns.zone and s.dns.provider == "netlify":
            args = DnsRecordArgs(
                zone=s.dns.zone,
                hostname=s.api_domain,
                type="CNAME",
                value=self.load_balancer.dns_name,
                ttl=300,  # the way back from a cutover takes as long
                take_over=s.api_domain in s.dns.take_over,
            )
            DnsRecord("api", args, ResourceOptions(parent=self, depends_on=[self.load_balancer.https_listener]))

    def _tasks(self) -> None:
        """What the tasks may do and where they write, and the service that runs them, if there is an image."""
        s = self.settings
        self.logs = aws.cloudwatch.LogGroup(
            "api",
            name=self.naming.path("api"),
            retention_in_days=s.log_retention_days,
            kms_key_id=self.key.arn,
            tags=self.naming.tags("api"),
            opts=self._child,
        )
        roles = TaskRolesArgs(
            naming=self.naming,
            region=s.region,
            account=s.account,
            log_group_arn=self.logs.arn,
            secret_arns=self.secrets.arns,
            key_arn=self.key.arn,
            permissions_boundary=self._boundary,
        )
        self.roles = TaskRoles("roles", roles, self._child)
        self.service = self._service(self.image.reference) if self.image.reference else None

    def _service(self, image: Input[str]) -> FargateService:
        s, balancer = self.settings, self.load_balancer
        args = FargateServiceArgs(
            naming=self.naming,
            region=s.region,
            image=image,
            port=API_PORT,
            environment={
                "ENVIRONMENT": s.environment,
                "REVISION": self.image.revision,
                "LOG_LEVEL": s.log_level,
                "HOST": "0.0.0.0",  # noqa: S104 - inside the task, whose security group admits the load balancer only
                "PORT": str(API_PORT),
                "STRIPE_API_URL": s.stripe_api_url,
                "STRIPE_PRICES": self.stripe.prices,
            },
            secrets=self.secrets.references(),
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

    def _watch(self) -> None:
        """What tells people of all the others."""
        args = MonitoringArgs(
            naming=self.naming,
            settings=self.settings,
            key_arn=self.key.arn,
            certificate_arn=self.certificate_arn,
            log_group_name=self.logs.name,
            load_balancer=self.load_balancer,
            database=self.database,
            service=self.service,
        )
        self.monitoring = Monitoring("monitoring", args, self._child)
