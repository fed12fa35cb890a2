"""Log groups: aws:cloudwatch/logGroup:LogGroup."""

from local.providers.naming import Named
from local.providers.rows import Call, Lookup, Read, Row, Service, Update, tagging

LOGS = Service(
    "logs",
    tagging(
        Call("tag_resource", {"resourceArn": "arn", "tags": "added.tags"}),
        Call("untag_resource", {"resourceArn": "arn", "tagKeys": "removed.tags"}),
    ),
    Lookup(Call("list_tags_for_resource", {"resourceArn": "arn"}), {"tags": "tags"}),
)

ROWS = {
    "aws:cloudwatch/logGroup:LogGroup": Row(
        service=LOGS,
        create=Call("create_log_group"),
        id="name",
        arn="log-group:{name}",
        defaults={"retentionInDays": 0, "logGroupClass": "STANDARD"},
        names={"name": "logGroupName"},
        key={"logGroupName": "name"},
        read=Read(
            Call("describe_log_groups", {"logGroupNamePrefix": "name"}),
            {"retentionInDays": "retentionInDays || `0`", "kmsKeyId": "kmsKeyId"},
            "where(logGroups, 'logGroupName', name)",
        ),
        updates=(
            Update(
                (
                    # Without a number of days, or with 0, AWS keeps what is written for ever.
                    Call(
                        "put_retention_policy",
                        {"retentionInDays": "retentionInDays"},
                        when="retentionInDays > `0`",
                    ),
                    Call("delete_retention_policy", when="!(retentionInDays > `0`)"),
                ),
                {"retentionInDays"},
            ),
            Update(
                (
                    Call("associate_kms_key", {"kmsKeyId": "kmsKeyId"}, when="kmsKeyId"),
                    Call("disassociate_kms_key", when="!kmsKeyId"),
                ),
                {"kmsKeyId"},
            ),
        ),
        replaces={"name", "namePrefix", "logGroupClass"},
        delete=(Call("delete_log_group", when="!skipDestroy"),),
        recorded={"skipDestroy"},
        named=Named(most=512),
    ),
}
