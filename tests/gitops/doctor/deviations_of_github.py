"""What people do to the settings of a repository; each is one finding, or advice."""

from gitops.doctor.report import State
from tests.gitops.doctor.astray import Astray, all_of, more, of_app, put, without
from tests.gitops.doctor.world import NAME

WORKFLOW = "/actions/permissions/workflow"
RULES = "/rules/branches/main"
RULESET = f"gh api --method PUT repos/{NAME}/rulesets/7 --input - <<'JSON'"

NO_APP = all_of(
    of_app("variables", name="PROMOTION_APP_CLIENT_ID"), of_app("secrets", name="PROMOTION_APP_PRIVATE_KEY")
)
OF_REPOSITORY = (
    Astray(
        "github-repository.default_branch",
        "trunk",
        f"gh api --method PATCH repos/{NAME} -f default_branch=main",
        put("", "default_branch", value="trunk"),
    ),
    Astray(
        "github-repository.private", "public", "--visibility private", put("", "private", value=False), State.ADVICE
    ),
    Astray("github-repository.merge", "neither", "allow_squash_merge=true", put("", "allow_squash_merge", value=False)),
    Astray("github-actions.enabled", "false", "-F enabled=true", put("/actions/permissions", "enabled", value=False)),
    Astray(
        "github-actions.allowed_actions",
        "local_only",
        "-f allowed_actions=all",
        put("/actions/permissions", "allowed_actions", value="local_only"),
    ),
    Astray(
        "github-actions.sha_pinning_required",
        "false",
        "-F sha_pinning_required=true",
        put("/actions/permissions", "sha_pinning_required", value=False),
    ),
    Astray(
        "github-actions.default_workflow_permissions",
        "write",
        "-f default_workflow_permissions=read",
        put(WORKFLOW, "default_workflow_permissions", value="write"),
    ),
    Astray(
        "github-actions.can_approve_pull_request_reviews",
        "on: jobs may approve",
        "-F can_approve_pull_request_reviews=false",
        put(WORKFLOW, "can_approve_pull_request_reviews", value=True),
    ),
    Astray(
        "github-promotion.app", "jobs may not open pull requests", "gh variable set PROMOTION_APP_CLIENT_ID", NO_APP
    ),
    Astray("github-promotion.app", "jobs may not", "-F can_approve_pull_request_reviews=true", NO_APP),
    Astray(
        "github-promotion.app",
        "only when a person closes and reopens",
        "gh secret set PROMOTION_APP_PRIVATE_KEY --env follow-up",
        all_of(NO_APP, put(WORKFLOW, "can_approve_pull_request_reviews", value=True)),
        State.ADVICE,
    ),
    Astray(
        "github-promotion.app",
        "PROMOTION_APP_PRIVATE_KEY is missing",
        "gh secret set",
        of_app("secrets", name="PROMOTION_APP_PRIVATE_KEY"),
    ),
    Astray(
        "github-promotion.app",
        "PROMOTION_APP_CLIENT_ID is missing",
        "gh variable set",
        of_app("variables", name="PROMOTION_APP_CLIENT_ID"),
    ),
    Astray(
        "github-oidc.use_default",
        "false",
        "-F use_default=true",
        put("/actions/oidc/customization/sub", "use_default", value=False),
    ),
    Astray(
        "github-workflows.drift.yml",
        "disabled_inactivity",
        f"gh workflow enable drift.yml --repo {NAME}",
        put("/actions/workflows", "workflows", 6, "state", value="disabled_inactivity"),
    ),
    Astray(
        "github-workflows.promote.yml",
        "nothing",
        "merge .github/workflows/promote.yml into main",
        without("/actions/workflows", "workflows", path=".github/workflows/promote.yml"),
    ),
    Astray(
        "github-secrets.repository",
        "STRIPE_API_KEY: every job can read it",
        f"gh secret delete STRIPE_API_KEY --repo {NAME}",
        more("/actions/secrets", "secrets", name="STRIPE_API_KEY"),
    ),
    Astray(
        "github-secrets.organization",
        "NETLIFY_AUTH_TOKEN: every job",
        "gh secret delete NETLIFY_AUTH_TOKEN --org example",
        more("/actions/organization-secrets", "secrets", name="NETLIFY_AUTH_TOKEN"),
    ),
)
