"""What people do to the branch that deploys and to environments; each is one finding, or advice."""

from gitops.doctor.report import State
from tests.gitops.doctor.astray import Astray, all_of, code_owners, gone, more, put, without
from tests.gitops.doctor.world import NAME

WORKFLOW = "/actions/permissions/workflow"
RULES = "/rules/branches/main"
RULESET = f"gh api --method PUT repos/{NAME}/rulesets/7 --input - <<'JSON'"

OF_OWNERS = (
    Astray(
        "github-codeowners.file",
        "there is none",
        "echo '/.github/ @<owner>' >> .github/CODEOWNERS",
        gone("/contents/.github/CODEOWNERS"),
    ),
    Astray(
        "github-codeowners.errors",
        "line 3: Unknown owner",
        "correct these lines",
        more("/codeowners/errors", "errors", line=3, kind="Unknown owner"),
    ),
    Astray(
        "github-codeowners.owners",
        "nobody owns infra/",
        "echo '/infra/ @<owner>'",
        code_owners(lambda text: text.replace("infra/", "infrastructure/")),
    ),
    Astray(
        "github-codeowners.owners",
        "nobody owns Pulumi.prod.yaml",
        "echo '/Pulumi.prod.yaml @<owner>'",
        code_owners(lambda text: f"{text}\nPulumi.prod.yaml"),
    ),
)
OF_BRANCH = (
    Astray(
        "github-main.required_approving_review_count",
        "0",
        RULESET,
        put(RULES, 0, "parameters", "required_approving_review_count", value=0),
    ),
    Astray(
        "github-main.require_code_owner_review",
        "off",
        RULESET,
        put(RULES, 0, "parameters", "require_code_owner_review", value=False),
    ),
    Astray(
        "github-main.stale_reviews",
        "off",
        RULESET,
        put(RULES, 0, "parameters", "require_last_push_approval", value=False),
    ),
    Astray(
        "github-main.required_status_checks",
        "preview (dev), test",
        RULESET,
        without(RULES, 1, "parameters", "required_status_checks", context="preview (prod)"),
    ),
    Astray(
        "github-main.strict_required_status_checks_policy",
        "off",
        RULESET,
        put(RULES, 1, "parameters", "strict_required_status_checks_policy", value=False),
    ),
    Astray("github-main.non_fast_forward", "off", RULESET, without(RULES, type="non_fast_forward")),
    Astray(
        "github-main.deletion",
        "off",
        f"gh api --method POST repos/{NAME}/rulesets --input -",
        all_of(without(RULES, type="deletion"), gone("/rulesets")),
    ),
)
OF_ENVIRONMENTS = (
    Astray(
        "github-drift-prod.environment",
        "there is none",
        f"gh api --method PUT repos/{NAME}/environments/drift-prod",
        gone("/environments/drift-prod"),
    ),
    Astray(
        "github-prod.deployment_branch_policy",
        "any branch",
        f"gh api --method POST repos/{NAME}/environments/prod/deployment-branch-policies -f 'name=main'",
        put("/environments/prod", "deployment_branch_policy", value=None),
    ),
    Astray(
        "github-dev.deployment_branch_policy",
        "every protected branch",
        "custom_branch_policies]=true",
        put(
            "/environments/dev",
            "deployment_branch_policy",
            value={"protected_branches": True, "custom_branch_policies": False},
        ),
    ),
    Astray(
        "github-drift-dev.deployment_branch_policy",
        "main, release/*",
        f"gh api --method DELETE repos/{NAME}/environments/drift-dev/deployment-branch-policies/9",
        more("/environments/drift-dev/deployment-branch-policies", "branch_policies", id=9, name="release/*"),
    ),
    Astray(
        "github-preview-dev.deployment_branch_policy",
        "tag refs/pull/*/merge",
        "-f 'name=refs/pull/*/merge'",
        put("/environments/preview-dev/deployment-branch-policies", "branch_policies", 0, "type", value="tag"),
    ),
    Astray(
        "github-prod.required_reviewers",
        "no reviewers",
        "the review of the promotion pull request is the approval",
        put("/environments/prod", "protection_rules", value=[]),
        State.ADVICE,
    ),
    Astray(
        "github-prod.AWS_ROLE_ARN",
        "role/another",
        "gh variable set AWS_ROLE_ARN --env prod",
        put("/environments/prod/variables", "variables", 0, "value", value="arn:aws:iam::1:role/another"),
    ),
    Astray(
        "github-preview-prod.PULUMI_BACKEND_URL",
        "s3://[",
        "--body 's3://priceguard-state-123456789012-us-east-1?region=us-east-1&awssdk=v2'",
        put("/environments/preview-prod/variables", "variables", 1, "value", value="s3://["),
    ),
    Astray(
        "github-dev.NETLIFY_SITE_ID",
        "nothing",
        f"gh variable set NETLIFY_SITE_ID --env dev --repo {NAME} --body <value>",
        without("/environments/dev/variables", "variables", name="NETLIFY_SITE_ID"),
    ),
    Astray(
        "github-prod.STRIPE_API_KEY",
        "no secret",
        f"gh secret set STRIPE_API_KEY --env prod --repo {NAME}",
        without("/environments/prod/secrets", "secrets", name="STRIPE_API_KEY"),
    ),
    Astray(
        "github-drift-prod.STRIPE_API_KEY",
        "no secret",
        f"gh secret set STRIPE_API_KEY --env drift-prod --repo {NAME}",
        without("/environments/drift-prod/secrets", "secrets", name="STRIPE_API_KEY"),
    ),
    Astray(
        "github-follow-up.environment",
        "there is none",
        f"gh api --method PUT repos/{NAME}/environments/follow-up",
        gone("/environments/follow-up"),
    ),
    Astray(
        "github-follow-up.deployment_branch_policy",
        "release",
        "deployment-branch-policies -f 'name=main'",
        put("/environments/follow-up/deployment-branch-policies", "branch_policies", 0, "name", value="release"),
    ),
    Astray(
        "github-follow-up.NETLIFY_AUTH_TOKEN",
        "a secret",
        f"gh secret delete NETLIFY_AUTH_TOKEN --env follow-up --repo {NAME}",
        more("/environments/follow-up/secrets", "secrets", name="NETLIFY_AUTH_TOKEN"),
    ),
    Astray(
        "github-dev.PROMOTION_APP_PRIVATE_KEY",
        "a secret",
        f"gh secret delete PROMOTION_APP_PRIVATE_KEY --env dev --repo {NAME}",
        more("/environments/dev/secrets", "secrets", name="PROMOTION_APP_PRIVATE_KEY"),
    ),
    Astray(
        "github-preview-dev.NETLIFY_AUTH_TOKEN",
        "a secret",
        f"gh secret delete NETLIFY_AUTH_TOKEN --env preview-dev --repo {NAME}",
        more("/environments/preview-dev/secrets", "secrets", name="NETLIFY_AUTH_TOKEN"),
    ),
)
