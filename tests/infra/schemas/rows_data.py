"""What keeps data: database, secrets, keys, buckets."""

from tests.infra.schemas.conversion import document, each, flat, inside, prefix, within
from tests.infra.schemas.row import Row, Rows

BUCKET = "AWS::S3::Bucket"
# What is a resource of its own to the provider is a property of the bucket in CloudFormation.
PART = ("bucket",)
DATABASE = {
    "identifier": "DBInstanceIdentifier",
    "instanceClass": "DBInstanceClass",
    "username": "MasterUsername",
    "password": "MasterUserPassword",
    "parameterGroupName": "DBParameterGroupName",
    "snapshotIdentifier": "DBSnapshotIdentifier",
    "vpcSecurityGroupIds": "VPCSecurityGroups",
    "backupWindow": "PreferredBackupWindow",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "performanceInsightsEnabled": "EnablePerformanceInsights",
}
ENCRYPTION = {"applyServerSideEncryptionByDefault": "ServerSideEncryptionByDefault"}
EXPIRY = {
    "filter": flat({}),
    "expiration": flat({"days": "ExpirationInDays"}),
}

DATA: Rows = {
    "aws:kms/alias:Alias": Row("AWS::KMS::Alias", {"name": "AliasName"}),
    "aws:kms/key:Key": Row(
        "AWS::KMS::Key", {"policy": document("KeyPolicy"), "deletionWindowInDays": "PendingWindowInDays"}
    ),
    "aws:rds/instance:Instance": Row(
        "AWS::RDS::DBInstance", DATABASE, ("finalSnapshotIdentifier", "skipFinalSnapshot")
    ),
    "aws:rds/parameterGroup:ParameterGroup": Row(
        "AWS::RDS::DBParameterGroup",
        {
            "namePrefix": prefix("DBParameterGroupName"),
            "parameters": lambda _, parameters: {"Parameters": {each["name"]: each["value"] for each in parameters}},
        },
    ),
    "aws:rds/subnetGroup:SubnetGroup": Row(
        "AWS::RDS::DBSubnetGroup", {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"}
    ),
    "aws:s3/bucket:Bucket": Row(BUCKET, {"bucket": "BucketName"}, ("forceDestroy",)),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": Row(
        BUCKET, {"rules": within("LifecycleConfiguration", each("Rules", EXPIRY))}, PART
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Row(
        BUCKET, {"rule": inside("OwnershipControls", "Rules[]")}, PART
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Row("AWS::S3::BucketPolicy", {"policy": document("PolicyDocument")}),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Row(
        BUCKET,
        {
            name: inside("PublicAccessBlockConfiguration", name)
            for name in ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        },
        PART,
    ),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Row(
        BUCKET,
        {"rules": within("BucketEncryption", each("ServerSideEncryptionConfiguration", ENCRYPTION))},
        PART,
    ),
    "aws:s3/bucketVersioning:BucketVersioning": Row(BUCKET, absent=PART),
    "aws:secretsmanager/secret:Secret": Row("AWS::SecretsManager::Secret", absent=("recoveryWindowInDays",)),
}
