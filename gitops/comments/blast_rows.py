"""A row for each type of resource whose loss somebody notices: the words of `blast_radius`."""

from collections.abc import Mapping
from dataclasses import dataclass

BOTH = frozenset({"delete", "replace"})
REPLACED = frozenset({"replace"})


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the loss of a resource of one type means.

    Args:
        replace: when another takes its place.
        delete: when none does.
        stateful: whether it holds what the program alone cannot make again.
        harmless: operations that nobody has to allow, because no request fails and nothing is lost for good.
    """

    replace: str
    delete: str
    stateful: bool = False
    harmless: frozenset[str] = frozenset()


_BACKUPS = "dev keeps no backup of it; prod keeps a final snapshot and its automated backups."
_RECOVERY = "In dev it is gone at once; in prod it can be brought back for 30 days, and its name stays taken as long."
_ALL_REQUESTS = "every request of every customer fails"
_WATCHING = "No request fails and no data is lost; nobody is warned by it"

_DATA: Mapping[str, Row] = {
    "aws:rds/instance:Instance": Row(
        stateful=True,
        replace="The API has no database for 10 to 30 minutes: every request that needs one fails. The new database is "
        f"EMPTY: accounts, payments and whatever customers saved are gone from the service. {_BACKUPS}",
        delete="The API has no database any more: every request that needs one fails, for good. All accounts, payments "
        f"and whatever customers saved are gone. {_BACKUPS}",
    ),
    "aws:secretsmanager/secret:Secret": Row(
        stateful=True,
        replace="Its value and all former versions are gone; what a person put there has to be put again. Until then "
        f"no new task of the API starts; those that run go on with what they have. {_RECOVERY}",
        delete="Its value and all former versions are gone, and no new task of the API starts that needs it; those "
        f"that run go on with what they have. {_RECOVERY}",
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": Row(
        harmless=REPLACED,
        replace="The secret gets a new value, and the API's tasks are replaced by ones that have it. The former value "
        "stays readable.",
        delete="The secret loses this value; a new task of the API that names it does not start.",
    ),
    "random:index/randomPassword:RandomPassword": Row(
        stateful=True,
        replace="The database gets another password. Tasks that still have the former one cannot open a connection "
        "until new ones have taken over: requests may fail for some minutes. No data is lost.",
        delete="The password is forgotten; what still uses it works until it changes, but nobody can read it again.",
    ),
    "aws:kms/key:Key": Row(
        stateful=True,
        replace="What the former key encrypted (database, secrets, images, logs) cannot be read from the moment it is "
        "deleted: every request fails. Only to cancel the deletion helps: within 7 days in dev, 30 in prod.",
        delete="Database, secrets, images and logs cannot be read any more: every request fails at once, and all of it "
        "is lost for good after 7 days in dev, 30 in prod, unless the deletion is cancelled before.",
    ),
    "aws:s3/bucket:Bucket": Row(
        stateful=True,
        replace="No request fails. The access logs of the load balancer so far are gone: in dev the bucket is emptied; "
        "in prod AWS refuses to delete one that is not empty, and the update stops half way.",
        delete="No request fails, but access logs are written nowhere any more, and those so far are gone: in dev the "
        "bucket is emptied; in prod AWS refuses to delete one that is not empty, and the update stops half way.",
    ),
    "aws:ecr/repository:Repository": Row(
        stateful=True,
        replace="All images are gone. Tasks that run go on; until an image is pushed again no new one starts, so that "
        "nothing scales, recovers or rolls back. In prod AWS refuses while there are images.",
        delete="All images are gone. Tasks that run go on, but no new one starts: nothing scales, recovers or rolls "
        "back. In prod AWS refuses while there are images.",
    ),
    "stripe:index/webhookEndpoint:WebhookEndpoint": Row(
        stateful=True,
        replace="Stripe signs with a new secret, and the API refuses its events until new tasks have that secret, some "
        "minutes later; Stripe sends them again. What the former endpoint had not delivered has to be resent by hand.",
        delete="Stripe tells the API nothing any more: payments and cancellations of customers are not booked. Events "
        "of that time have to be resent by hand.",
    ),
    "stripe:index/product:Product": Row(
        stateful=True,
        replace="The plan cannot be bought until its new prices are there; those who subscribed keep the old one. "
        "Stripe refuses to delete a product that has prices, and the update stops half way.",
        delete="The plan cannot be bought any more; those who subscribed keep it. Stripe refuses to delete a product "
        "that has prices, and the update stops half way.",
    ),
    "stripe:index/price:Price": Row(
        harmless=REPLACED,
        replace="Who buys from now on pays the new price; who subscribed keeps paying the old one. Nothing is lost.",
        delete="It cannot be bought any more; those who subscribed keep paying it, because Stripe keeps it.",
    ),
    "aws:cloudwatch/logGroup:LogGroup": Row(
        replace="No request fails. Every log line so far is gone.",
        delete="No request fails. Every log line so far is gone, and what writes there may write nowhere.",
    ),
}
_SERVING: Mapping[str, Row] = {
    "aws:ecs/service:Service": Row(
        replace=f"No task of the API runs between the old service's end and the new one's health: {_ALL_REQUESTS} "
        "for 2 to 5 minutes. No data is lost.",
        delete=f"No task of the API runs any more: {_ALL_REQUESTS}. No data is lost.",
    ),
    "aws:ecs/cluster:Cluster": Row(
        replace=f"The service moves with it, and no task of the API runs meanwhile: {_ALL_REQUESTS} for 5 to 10 "
        "minutes. No data is lost.",
        delete=f"No task of the API can run: {_ALL_REQUESTS}. AWS refuses while a service is in it.",
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Row(
        harmless=REPLACED,
        replace="The API rolls: new tasks start and take over before the old ones stop. No request fails when they are "
        "healthy; otherwise the roll is undone.",
        delete="What runs goes on, but a service that names it cannot start a task.",
    ),
    "aws:lb/loadBalancer:LoadBalancer": Row(
        replace=f"The new one has another address: {_ALL_REQUESTS} until it serves and DNS names it everywhere, 5 to "
        "10 minutes and longer where the old address is cached. No data is lost.",
        delete=f"Nothing receives requests any more: {_ALL_REQUESTS}. No data is lost.",
    ),
    "aws:lb/listener:Listener": Row(
        replace=f"Nothing listens on its port meanwhile: {_ALL_REQUESTS} for some seconds. No data is lost.",
        delete="Nothing listens on its port any more: every request that comes there fails. No data is lost.",
    ),
    "aws:lb/targetGroup:TargetGroup": Row(
        replace=f"Until the tasks are registered and healthy in the new one, {_ALL_REQUESTS}: 1 to 3 minutes.",
        delete=f"The load balancer has nowhere to send to: {_ALL_REQUESTS}. AWS refuses while a listener names it.",
    ),
    "aws:acm/certificate:Certificate": Row(
        replace="The new certificate is made and proven first; no request fails when its DNS record is right.",
        delete="Browsers and Stripe cannot connect safely: every HTTPS request fails. AWS refuses while it is in use.",
    ),
    "pulumi-python:dynamic/netlify:DnsRecord": Row(
        replace="A record cannot change in place: the name is unknown for moments, and as long as resolvers remember "
        "that. New visitors fail meanwhile; a certificate's record matters at its next renewal only.",
        delete="The name leads nowhere once caches forget it: requests of every customer fail; for a certificate's "
        "record, its next renewal.",
    ),
    "aws:wafv2/webAcl:WebAcl": Row(
        replace="Requests go on, unfiltered and without a rate limit until the new firewall is attached.",
        delete="Requests go on, unfiltered and without a rate limit.",
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Row(
        replace="Requests go on, unfiltered for some seconds.",
        delete="Requests go on, unfiltered and without a rate limit.",
    ),
}
_NETWORK: Mapping[str, Row] = {
    "aws:ec2/vpc:Vpc": Row(
        replace="Everything inside is made anew in another network, the database too: every request fails for 30 "
        "minutes or more, and the new database is empty.",
        delete="Nothing can run without a network: every request fails. AWS refuses while something is inside.",
    ),
    "aws:ec2/subnet:Subnet": Row(
        replace="What stands inside (load balancer, tasks, database) has to move first; AWS refuses to delete it "
        "before, and the update stops half way. Requests may fail meanwhile.",
        delete="One zone less: what stands inside moves to the others. AWS refuses while something is inside.",
    ),
    "aws:ec2/natGateway:NatGateway": Row(
        replace="Tasks behind it cannot reach Stripe for 2 to 5 minutes: payments fail, other requests go on. No data "
        "is lost.",
        delete="Tasks behind it cannot reach Stripe any more: payments fail.",
    ),
    "aws:ec2/eip:Eip": Row(
        replace="Outgoing requests come from another address; whoever allows only the old one refuses them. The old "
        "address cannot be had back.",
        delete="The address cannot be had back; whoever allows only it refuses our requests.",
    ),
    "aws:ec2/internetGateway:InternetGateway": Row(
        replace=f"The network is cut off for 1 to 2 minutes: {_ALL_REQUESTS}. No data is lost.",
        delete=f"The network is cut off: {_ALL_REQUESTS}.",
    ),
    "aws:ec2/route:Route": Row(
        replace="What its traffic goes to is out of reach for some seconds.",
        delete="What its traffic goes to is out of reach: with the route to the internet, requests or payments fail.",
    ),
    "aws:ec2/securityGroup:SecurityGroup": Row(
        replace="What carries it takes the new one first; connections that only the old rules allow are cut. No data "
        "is lost.",
        delete="What only it allows is refused from then on. AWS refuses to delete it while it is in use.",
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": Row(
        replace="Connections that only it allows may be refused for some seconds.",
        delete="Connections that only it allows are refused from then on.",
    ),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": Row(
        replace="Connections that only it allows may be refused for some seconds.",
        delete="Connections that only it allows are refused from then on.",
    ),
    "aws:rds/subnetGroup:SubnetGroup": Row(
        replace="The database has to move to the new one; AWS refuses to delete the old one before.",
        delete="AWS refuses while the database is in it, and the update stops half way.",
    ),
    "aws:rds/parameterGroup:ParameterGroup": Row(
        replace="The database takes the new one; settings that need a restart wait for one, in which requests fail for "
        "1 to 2 minutes. No data is lost.",
        delete="AWS refuses while the database uses it, and the update stops half way.",
    ),
    "aws:iam/role:Role": Row(
        replace="What works with this role is refused by AWS until it has the new one: for the API's own roles, no "
        "new task starts for some minutes. Tasks that run go on.",
        delete="What works with this role is refused by AWS from then on: for the API's own roles, no task starts.",
    ),
    "aws:iam/rolePolicy:RolePolicy": Row(
        replace="The role lacks these permissions for some seconds.",
        delete="The role lacks these permissions from then on: what needs them is refused.",
    ),
}
_WATCHED: Mapping[str, Row] = {
    type_: Row(replace=f"{_WATCHING} for some seconds.", delete=f"{_WATCHING} any more.", harmless=BOTH)
    for type_ in (
        "aws:budgets/budget:Budget",
        "aws:cloudwatch/dashboard:Dashboard",
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
    )
}
_ALARMS: Mapping[str, Row] = {
    "aws:sns/topic:Topic": Row(
        replace=f"{_WATCHING} until each e-mail address has confirmed again.",
        delete=f"{_WATCHING} any more: no alarm reaches a person.",
    ),
    "aws:sns/topicSubscription:TopicSubscription": Row(
        replace=f"{_WATCHING} until the e-mail address has confirmed again.",
        delete=f"{_WATCHING} any more at that address.",
    ),
}
ROWS: Mapping[str, Row] = {**_DATA, **_SERVING, **_NETWORK, **_WATCHED, **_ALARMS}
"""Type token -> what the loss of such a resource means."""
UNKNOWN = Row(
    replace="Nobody has written down what depends on this: it is gone until the new one works, and with it whatever "
    "only the old one holds.",
    delete="Nobody has written down what depends on this: it is gone, and with it whatever only it holds.",
)
"""For every other type; it names none, because a type may be a stranger's word."""
