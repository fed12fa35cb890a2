"""The pack: what `pulumi preview --policy-pack policy` starts. It answers the engine until the engine goes."""

from pulumi_policy import EnforcementLevel, PolicyPack

from policy.pack import NAME, environment, policies

PolicyPack(NAME, policies(environment()), EnforcementLevel.MANDATORY)
