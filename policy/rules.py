"""Every rule."""

from policy import (
    acm,
    cloudwatch,
    ec2,
    ecr,
    ecs,
    iam,
    kms,
    load_balancing,
    ownership,
    rds,
    releases,
    s3,
    secrets_manager,
    security_groups,
    stripe_endpoints,
    waf,
)

RULES = (
    *load_balancing.RULES,
    *ecs.RULES,
    *rds.RULES,
    *secrets_manager.RULES,
    *ecr.RULES,
    *iam.RULES,
    *kms.RULES,
    *cloudwatch.RULES,
    *waf.RULES,
    *ec2.RULES,
    *security_groups.RULES,
    *s3.RULES,
    *acm.RULES,
    *stripe_endpoints.RULES,
    *releases.RULES,
    *ownership.RULES,
)
