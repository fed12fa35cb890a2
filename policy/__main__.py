"""The pack: what `pulumi preview --policy-pack policy` starts. It answers the engine until the engine goes."""

import gc

gc.disable()  # it lives for seconds, and the SDK makes every resource anew for every policy

from pulumi_policy import EnforcementLevel, PolicyPack  # noqa: E402 - it counts from here on

from policy.pack import NAME, environment, policies  # noqa: E402

PolicyPack(NAME, policies(environment()), EnforcementLevel.MANDATORY)
