"""Buckets and what closes them: aws:s3/..."""

from dataclasses import replace
from typing import Any

from local.providers.aws_resource import AwsResource
from local.providers.naming import Named
from local.providers.resource import Kind, World
from local.providers.rows import TAGS, Call, Lookup, Read, Row, Service, Update, document

S3 = Service(
    "s3",
    Update(
        (
            Call("put_bucket_tagging", {"Tagging": "{TagSet: tags}"}, when="tags"),
            Call("delete_bucket_tagging", when="!tags"),
        ),
        {TAGS},
    ),
    Lookup(Call("get_bucket_tagging"), {"tags": "pairs(TagSet, 'Key', 'Value')"}),
)

_BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

# Where AWS knows no place for a bucket, because it was there first.
_WITHOUT_PLACE = "us-east-1"


class Bucket(AwsResource):
    """A bucket, which is made in the region of the session only when that is said once more."""

    def sent(self, world: World, properties: dict[str, Any]) -> dict[str, Any]:
        """Return the properties with the region, where it must be said."""
        region = world.surroundings.region
        place = None if region == _WITHOUT_PLACE else {"locationConstraint": region}
        return {**properties, "createBucketConfiguration": place}


def setting(put: str, delete: Call, read: Read, /, **names: str) -> Row:
    """A setting of a bucket: it is always put as a whole, and a bucket has it once.

    Args:
        put: operation that sets it.
        delete: what takes it back.
        read: tells what is set.
        names: property -> parameter, where they differ.
    """
    return Row(
        service=Service("s3"),
        create=Call(put),
        id="bucket",
        names=names,
        key={"Bucket": "bucket"},
        read=read,
        updates=(Update((Call(put),), whole=True),),
        replaces={"bucket"},
        delete=(delete,),
    )


ROWS: dict[str, Row | Kind] = {
    "aws:s3/bucket:Bucket": Bucket(
        Row(
            service=S3,
            create=Call("create_bucket"),
            id="bucket",
            outputs={
                "arn": "join('', ['arn:aws:s3:::', bucket])",
                "bucketDomainName": "join('', [bucket, '.s3.amazonaws.com'])",
            },
            key={"Bucket": "bucket"},
            read=Read(Call("get_bucket_location")),
            replaces={"bucket", "bucketPrefix", "objectLockEnabled"},
            delete=(Call("delete_bucket"),),
            recorded={"forceDestroy"},
            named=Named("bucket", most=63),
        )
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": setting(
        "put_public_access_block",
        Call("delete_public_access_block"),
        Read(
            Call("get_public_access_block"),
            {name: f"spelt(@).{name}" for name in _BLOCKS},
            "PublicAccessBlockConfiguration",
        ),
        **{name: f"PublicAccessBlockConfiguration.{name}" for name in _BLOCKS},
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": setting(
        "put_bucket_ownership_controls",
        Call("delete_bucket_ownership_controls"),
        Read(Call("get_bucket_ownership_controls"), {"rule": "spelt(OwnershipControls.Rules[0])"}),
        rule="OwnershipControls.Rules",
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": setting(
        "put_bucket_encryption",
        Call("delete_bucket_encryption"),
        Read(Call("get_bucket_encryption"), {"rules": "spelt(ServerSideEncryptionConfiguration.Rules)"}),
        rules="ServerSideEncryptionConfiguration.Rules",
    ),
    "aws:s3/bucketVersioning:BucketVersioning": setting(
        # AWS cannot forget that there were versions.
        "put_bucket_versioning",
        Call("put_bucket_versioning", {"VersioningConfiguration": "{Status: 'Suspended'}"}),
        Read(Call("get_bucket_versioning"), {"versioningConfiguration": "{status: Status, mfaDelete: MFADelete}"}),
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": setting(
        "put_bucket_lifecycle_configuration",
        Call("delete_bucket_lifecycle"),
        Read(Call("get_bucket_lifecycle_configuration"), {"rules": "spelt(Rules)"}),
        rules="LifecycleConfiguration.Rules",
    ),
    "aws:s3/bucketPolicy:BucketPolicy": replace(
        setting(
            "put_bucket_policy", Call("delete_bucket_policy"), Read(Call("get_bucket_policy"), {"policy": "Policy"})
        ),
        normal={"policy": document},
    ),
}
