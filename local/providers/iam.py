"""Roles and their inline policies: aws:iam/..."""

from local.providers.naming import Named
from local.providers.rows import Call, Read, Row, Service, Update, document, tagging

IAM = Service(
    "iam",
    tagging(
        Call("tag_role", {"RoleName": "name", "Tags": "added.tags"}),
        Call("untag_role", {"RoleName": "name", "TagKeys": "removed.tags"}),
    ),
)

ROWS = {
    "aws:iam/role:Role": Row(
        service=IAM,
        create=Call("create_role"),
        answer="Role",
        id="RoleName",
        outputs={"arn": "Arn", "uniqueId": "RoleId", "createDate": "CreateDate"},
        defaults={"path": "/", "maxSessionDuration": 3600},
        names={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
        key={"RoleName": "name"},
        read=Read(
            Call("get_role"),
            {
                "path": "Path",
                "assumeRolePolicy": "to_string(AssumeRolePolicyDocument)",
                "description": "Description",
                "maxSessionDuration": "MaxSessionDuration",
                "permissionsBoundary": "PermissionsBoundary.PermissionsBoundaryArn",
                "tags": "pairs(Tags, 'Key', 'Value')",
            },
            "Role",
        ),
        updates=(
            Update(
                (Call("update_assume_role_policy", {"PolicyDocument": "assumeRolePolicy"}),),
                {"assumeRolePolicy"},
            ),
            Update(
                (
                    Call(
                        "put_role_permissions_boundary",
                        {"PermissionsBoundary": "permissionsBoundary"},
                        when="permissionsBoundary",
                    ),
                    Call("delete_role_permissions_boundary", when="!permissionsBoundary"),
                ),
                {"permissionsBoundary"},
            ),
            # Both, because moto forgets the one that is left out; what is to be nothing must be said.
            Update(
                (
                    Call(
                        "update_role",
                        {"Description": "description || ''", "MaxSessionDuration": "maxSessionDuration"},
                    ),
                ),
                {"description", "maxSessionDuration"},
            ),
        ),
        replaces={"name", "namePrefix", "path"},
        delete=(Call("delete_role"),),
        recorded={"forceDetachPolicies"},
        named=Named(most=64),
        normal={"assumeRolePolicy": document},
    ),
    "aws:iam/rolePolicy:RolePolicy": Row(
        service=Service("iam"),
        create=Call("put_role_policy"),
        id="join(':', [role, name])",
        names={"name": "PolicyName", "role": "RoleName", "policy": "PolicyDocument"},
        key={"RoleName": "role", "PolicyName": "name"},
        read=Read(Call("get_role_policy"), {"policy": "to_string(PolicyDocument)"}),
        updates=(Update((Call("put_role_policy"),), whole=True),),
        replaces={"name", "namePrefix", "role"},
        delete=(Call("delete_role_policy"),),
        named=Named(most=128),
        normal={"policy": document},
    ),
}
