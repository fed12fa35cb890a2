"""Which CloudFormation type each AWS resource of the program is, and where its inputs are called something else."""

from tests.infra.schemas.row import Rows
from tests.infra.schemas.rows_data import DATA
from tests.infra.schemas.rows_network import NETWORK
from tests.infra.schemas.rows_service import SERVICE
from tests.infra.schemas.rows_watch import WATCH

ROWS: Rows = {**NETWORK, **SERVICE, **DATA, **WATCH}
NO_TWIN = {
    "aws:acm/certificateValidation:CertificateValidation": "waits, and makes nothing",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": "CloudFormation cannot change what AWS makes with a VPC",
    "aws:ec2/vpcSecurityGroupRulesExclusive:VpcSecurityGroupRulesExclusive": "takes away, and makes nothing",
    "aws:secretsmanager/secretVersion:SecretVersion": "CloudFormation has versions of generated values only",
}
"""AWS types without a twin -> why."""
