"""Topics, their policies and subscriptions: aws:sns/... The emulator sends no mail."""

from local.providers.naming import Named
from local.providers.rows import Call, Lookup, Read, Row, Service, Update, document, tagging

SNS = Service(
    "sns",
    tagging(
        Call("tag_resource", {"ResourceArn": "arn", "Tags": "added.tags"}),
        Call("untag_resource", {"ResourceArn": "arn", "TagKeys": "removed.tags"}),
    ),
    Lookup(Call("list_tags_for_resource", {"ResourceArn": "arn"}), {"tags": "pairs(Tags, 'Key', 'Value')"}),
)


def _attribute(name: str, value: str) -> Call:
    """AWS takes one attribute at a time; an empty one is none."""
    return Call("set_topic_attributes", {"AttributeName": f"'{name}'", "AttributeValue": value})


ROWS = {
    "aws:sns/topic:Topic": Row(
        service=SNS,
        create=Call("create_topic"),
        id="TopicArn",
        outputs={"arn": "TopicArn", "owner": "account"},
        key={"TopicArn": "id"},
        read=Read(
            Call("get_topic_attributes"),
            {"kmsMasterKeyId": "KmsMasterKeyId", "displayName": "DisplayName"},
            "Attributes",
        ),
        updates=(
            Update((_attribute("KmsMasterKeyId", "kmsMasterKeyId || ''"),), {"kmsMasterKeyId"}),
            Update((_attribute("DisplayName", "displayName || ''"),), {"displayName"}),
        ),
        replaces={"name", "namePrefix"},
        delete=(Call("delete_topic"),),
        named=Named(most=256),
    ),
    # Deleting does nothing: what AWS falls back to then goes with the topic.
    "aws:sns/topicPolicy:TopicPolicy": Row(
        service=Service("sns"),
        create=_attribute("Policy", "policy"),
        id="arn",
        outputs={"owner": "account"},
        names={"arn": "TopicArn"},
        key={"TopicArn": "arn"},
        read=Read(Call("get_topic_attributes"), {"policy": "Policy"}, "Attributes"),
        updates=(Update((_attribute("Policy", "policy"),), {"policy"}),),
        replaces={"arn"},
        normal={"policy": document},
    ),
    "aws:sns/topicSubscription:TopicSubscription": Row(
        service=Service("sns"),
        create=Call("subscribe", {"ReturnSubscriptionArn": "`true`"}),
        id="SubscriptionArn",
        outputs={"arn": "SubscriptionArn", "ownerId": "account"},
        names={"topic": "TopicArn"},
        read=Read(Call("get_subscription_attributes", {"SubscriptionArn": "id"})),
        replaces={"topic", "protocol", "endpoint"},
        delete=(Call("unsubscribe", {"SubscriptionArn": "id"}),),
    ),
}
