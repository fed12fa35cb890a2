"""The service: ECS, its autoscaling, images and roles."""

from tests.infra.schemas.conversion import choice, data, document, each, inside, only, parsed, within
from tests.infra.schemas.row import Row, Rows

PUBLIC_ADDRESS = {"assignPublicIp": choice("AssignPublicIp", "ENABLED", "DISABLED")}
# The options of a log driver have the driver's names.
CONTAINER = {"logConfiguration": each("LogConfiguration", {"options": data("Options")})}

SERVICE: Rows = {
    "aws:appautoscaling/policy:Policy": Row("AWS::ApplicationAutoScaling::ScalingPolicy", {"name": "PolicyName"}),
    "aws:appautoscaling/target:Target": Row("AWS::ApplicationAutoScaling::ScalableTarget"),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": Row(
        "AWS::ECR::Repository", {"policy": inside("LifecyclePolicy", "LifecyclePolicyText")}, ("repository",)
    ),
    "aws:ecr/repository:Repository": Row(
        "AWS::ECR::Repository",
        {
            "name": "RepositoryName",
            "encryptionConfigurations": only("EncryptionConfiguration"),
            "forceDelete": "EmptyOnDelete",
        },
    ),
    "aws:ecs/cluster:Cluster": Row("AWS::ECS::Cluster", {"name": "ClusterName", "settings": "ClusterSettings"}),
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": Row("AWS::ECS::Cluster", absent=("clusterName",)),
    "aws:ecs/service:Service": Row(
        "AWS::ECS::Service",
        {
            "name": "ServiceName",
            "capacityProviderStrategies": "CapacityProviderStrategy",
            "networkConfiguration": within("NetworkConfiguration", each("AwsvpcConfiguration", PUBLIC_ADDRESS)),
            "deploymentCircuitBreaker": inside("DeploymentConfiguration", "DeploymentCircuitBreaker"),
            "forceNewDeployment": inside("ForceNewDeployment", "EnableForceNewDeployment"),
            "deploymentMaximumPercent": inside("DeploymentConfiguration", "MaximumPercent"),
            "deploymentMinimumHealthyPercent": inside("DeploymentConfiguration", "MinimumHealthyPercent"),
        },
        ("waitForSteadyState",),
    ),
    "aws:ecs/taskDefinition:TaskDefinition": Row(
        "AWS::ECS::TaskDefinition", {"containerDefinitions": parsed("ContainerDefinitions", CONTAINER)}
    ),
    "aws:iam/role:Role": Row(
        "AWS::IAM::Role", {"name": "RoleName", "assumeRolePolicy": document("AssumeRolePolicyDocument")}
    ),
    "aws:iam/rolePolicy:RolePolicy": Row(
        "AWS::IAM::RolePolicy",
        {"role": "RoleName", "policy": document("PolicyDocument")},
        ("name",),
        {"PolicyName": "terraform-20261124120000000000000000"},
    ),
}
