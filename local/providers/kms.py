"""Keys: aws:kms/..."""

from local.providers.naming import Named
from local.providers.rows import Call, Lookup, Read, Row, Service, Update, document, switch, tagging

KMS = Service(
    "kms",
    tagging(
        Call("tag_resource", {"KeyId": "keyId", "Tags": "added.tags"}),
        Call("untag_resource", {"KeyId": "keyId", "TagKeys": "removed.tags"}),
    ),
    Lookup(Call("list_resource_tags", {"KeyId": "keyId"}), {"tags": "pairs(Tags, 'TagKey', 'TagValue')"}),
)

ROWS = {
    "aws:kms/key:Key": Row(
        service=KMS,
        create=Call("create_key"),
        answer="KeyMetadata",
        id="KeyId",
        outputs={"keyId": "KeyId", "arn": "Arn"},
        defaults={"isEnabled": True, "enableKeyRotation": False, "keyUsage": "ENCRYPT_DECRYPT"}
        | {"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "multiRegion": False},
        key={"KeyId": "id"},
        read=Read(
            Call("describe_key"),
            {"isEnabled": "Enabled", "description": "Description"},
            found="KeyMetadata.KeyState != 'PendingDeletion' && KeyMetadata",
            more=(
                Lookup(Call("get_key_rotation_status"), {"enableKeyRotation": "KeyRotationEnabled"}),
                Lookup(Call("get_key_policy", {"PolicyName": "'default'"}), {"policy": "Policy"}),
            ),
            filled={"policy"},
        ),
        updates=(
            switch("isEnabled", "enable_key", "disable_key"),
            switch("enableKeyRotation", "enable_key_rotation", "disable_key_rotation"),
            Update((Call("put_key_policy", {"PolicyName": "'default'"}),), {"policy"}),
            Update((Call("update_key_description"),), {"description"}),
        ),
        replaces={"customerMasterKeySpec", "keyUsage", "multiRegion", "customKeyStoreId", "xksKeyId"},
        delete=(Call("schedule_key_deletion", {"PendingWindowInDays": "deletionWindowInDays"}),),
        recorded={"deletionWindowInDays", "bypassPolicyLockoutSafetyCheck"},
        normal={"policy": document},
    ),
    "aws:kms/alias:Alias": Row(
        service=Service("kms"),
        create=Call("create_alias"),
        id="name",
        arn="{name}",
        names={"name": "AliasName"},
        key={"AliasName": "id"},
        read=Read(Call("describe_key", {"KeyId": "name"}), {"targetKeyId": "KeyId"}, "KeyMetadata"),
        updates=(Update((Call("update_alias"),), {"targetKeyId"}),),
        replaces={"name", "namePrefix"},
        delete=(Call("delete_alias"),),
        named=Named(start="alias/"),
    ),
}
