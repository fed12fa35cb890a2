"""Web application firewalls: aws:wafv2/..."""

from local.providers.naming import Named
from local.providers.rows import Call, Lookup, Read, Row, Service, Update, tagging

WAF = Service(
    "wafv2",
    tagging(
        Call("tag_resource", {"ResourceARN": "arn", "Tags": "added.tags"}),
        Call("untag_resource", {"ResourceARN": "arn", "TagKeys": "removed.tags"}),
    ),
    Lookup(
        Call("list_tags_for_resource", {"ResourceARN": "arn"}),
        {"tags": "pairs(TagInfoForResource.TagList, 'Key', 'Value')"},
    ),
)


ROWS = {
    "aws:wafv2/webAcl:WebAcl": Row(
        service=WAF,
        create=Call("create_web_acl"),
        answer="Summary",
        id="Id",
        outputs={"arn": "ARN"},
        key={"Name": "name", "Scope": "scope", "Id": "id", "LockToken": "lockToken"},
        # Every change and the deletion must show the token of the last one.
        lookups=(Lookup(Call("get_web_acl"), {"lockToken": "LockToken", "capacity": "WebACL.Capacity"}),),
        read=Read(
            Call("get_web_acl"),
            {
                "description": "WebACL.Description",
                **{
                    name: f"spelt(WebACL.{name[0].upper()}{name[1:]})"
                    for name in ("defaultAction", "rules", "visibilityConfig")
                },
            },
            outputs={"lockToken": "LockToken"},
        ),
        updates=(Update((Call("update_web_acl"),), whole=True),),
        replaces={"name", "namePrefix", "scope"},
        delete=(Call("delete_web_acl"),),
        named=Named(most=128),
    ),
    "aws:wafv2/webAclAssociation:WebAclAssociation": Row(
        service=Service("wafv2"),
        create=Call("associate_web_acl"),
        id="join(',', [webAclArn, resourceArn])",
        key={"ResourceArn": "resourceArn"},
        read=Read(Call("get_web_acl_for_resource"), {"webAclArn": "ARN"}, "WebACL"),
        replaces={"webAclArn", "resourceArn"},
        delete=(Call("disassociate_web_acl"),),
    ),
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": Row(
        service=Service("wafv2"),
        create=Call("put_logging_configuration"),
        id="resourceArn",
        names={
            name: f"LoggingConfiguration.{name}"
            for name in ("resourceArn", "logDestinationConfigs", "loggingFilter", "redactedFields")
        },
        key={"ResourceArn": "resourceArn"},
        read=Read(
            Call("get_logging_configuration"),
            {
                "logDestinationConfigs": "LogDestinationConfigs",
                "loggingFilter": "spelt(LoggingFilter)",
                "redactedFields": "spelt(RedactedFields)",
            },
            "LoggingConfiguration",
        ),
        updates=(Update((Call("put_logging_configuration"),), whole=True),),
        replaces={"resourceArn"},
        delete=(Call("delete_logging_configuration"),),
    ),
}
