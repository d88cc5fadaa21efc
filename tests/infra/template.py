"""The SAM template's resources with its parameters' defaults, and Terraform's resources, in one form: by type and name, with CloudFormation's property names.

Ids that only AWS knows are words in capitals in both.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from cloudformation import FORMS
from policies import canonical

Resources = dict[tuple[str, str], dict[str, Any]]

PSEUDO = {"AWS::AccountId": "123456789012", "AWS::Region": "us-east-1", "AWS::Partition": "aws"}
NAMES = {
    "AWS::KMS::Alias": "AliasName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::S3::BucketPolicy": "Bucket",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SQS::QueuePolicy": "Queues",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Serverless::Function": "FunctionName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::RolePolicy": "PolicyName",
    "AWS::OpenSearchService::Domain": "DomainName",
    "AWS::Logs::ResourcePolicy": "PolicyName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SNS::TopicPolicy": "Topics",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
}
"""The property that names a resource of a type. Of the others there is one each."""

ARNS = {
    "AWS::SQS::Queue": "arn:aws:sqs:us-east-1:123456789012:{}",
    "AWS::SNS::Topic": "arn:aws:sns:us-east-1:123456789012:{}",
    "AWS::IAM::Role": "arn:aws:iam::123456789012:role/{}",
    "AWS::Serverless::Function": "arn:aws:lambda:us-east-1:123456789012:function:{}",
    "AWS::Logs::LogGroup": "arn:aws:logs:us-east-1:123456789012:log-group:{}:*",
    "AWS::CloudWatch::Alarm": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:{}",
}
ATTRIBUTES = {"Key.Arn": "KEY_ARN", "Domain.DomainEndpoint": "ENDPOINT"}
POLICIES = ("PolicyDocument", "KeyPolicy", "AccessPolicies", "AssumeRolePolicyDocument")
ONLY_CLOUDFORMATION = ("CodeUri", "ServiceTimeout", "CodeVersion")
"""Where the package lies, how long CloudFormation waits, and what makes it call again. Terraform has its own ways."""


def of_terraform(resources: dict[str, dict[str, Any]]) -> Resources:
    """What Terraform has made."""
    key = next(each for address, each in resources.items() if "aws_kms_key." in address)
    domain = next(each for address, each in resources.items() if "aws_opensearch_domain." in address)
    text = json.dumps(resources).replace(key["arn"], "KEY_ARN").replace(f"\"{key['key_id']}\"", '"KEY"')
    text = text.replace(domain["endpoint"], "ENDPOINT")
    text = re.sub(r"http://127\.0\.0\.1:\d+/123456789012/", "", text)
    found: Resources = {}
    for address, each in json.loads(text).items():
        kind = re.search(r"(aws_\w+)\.", address.rpartition("module.")[2])[1]
        for (type_, name), properties in FORMS[kind](each):
            found.setdefault((type_, name), {}).update(properties)
    return found


def of_template(path: Path) -> Resources:
    """What the template makes."""
    whole = yaml.load(path.read_text(), Loader)
    resolver = Resolver(whole)
    found: Resources = {}
    for resource in whole["Resources"].values():
        if "Condition" in resource:
            continue
        properties = resolver.value(resource["Properties"])
        for name in POLICIES:
            if name in properties:
                properties[name] = canonical(properties[name])
        if "DashboardBody" in properties:
            properties["DashboardBody"] = json.loads(properties["DashboardBody"])
        kept = {name: value for name, value in properties.items() if name not in ONLY_CLOUDFORMATION}
        found[(resource["Type"], resolver.name_of(resource))] = kept
    return found


class Loader(yaml.SafeLoader):
    """Reads `!Ref x` as `{"Ref": "x"}` and `!Sub x` as `{"Fn::Sub": "x"}`."""


def intrinsic(loader: Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    """A short form of an intrinsic function."""
    builders = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    value = builders[type(node)](node)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", intrinsic)


class Resolver:
    """Works out the intrinsic functions that the template uses."""

    def __init__(self, template: dict[str, Any]) -> None:
        self.resources = template["Resources"]
        self.parameters = {name: each["Default"] for name, each in template["Parameters"].items()}

    def value(self, value: Any) -> Any:
        """A value without functions. Numbers that stand in parameters are numbers."""
        if isinstance(value, list):
            return [self.value(each) for each in value]
        if not isinstance(value, dict):
            return value
        if set(value) == {"Ref"}:
            return self.reference(value["Ref"])
        if set(value) == {"Fn::GetAtt"}:
            return self.attribute(value["Fn::GetAtt"])
        if set(value) == {"Fn::Sub"}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: str(self.named(found[1])), value["Fn::Sub"])
        return {name: self.value(each) for name, each in value.items()}

    def named(self, name: str) -> Any:
        """What stands in `${…}`."""
        return self.attribute(name) if "." in name else self.reference(name)

    def reference(self, name: str) -> Any:
        """What `Ref` gives."""
        if name in PSEUDO:
            return PSEUDO[name]
        if name in self.parameters:
            return self.parameters[name]
        resource = self.resources[name]
        if resource["Type"] == "AWS::KMS::Key":
            return "KEY"
        if resource["Type"] == "AWS::SNS::Topic":
            return ARNS["AWS::SNS::Topic"].format(self.name_of(resource))
        return self.name_of(resource)

    def attribute(self, path: str) -> str:
        """What `GetAtt` gives."""
        if path in ATTRIBUTES:
            return ATTRIBUTES[path]
        name, _, attribute = path.partition(".")
        resource = self.resources[name]
        text = self.name_of(resource)
        return ARNS[resource["Type"]].format(text) if attribute == "Arn" else text

    def name_of(self, resource: dict[str, Any]) -> str:
        """The name that the resource is given."""
        named = resource["Properties"].get(NAMES.get(resource["Type"], ""))
        named = named[0] if isinstance(named, list) else named
        return "" if named is None else self.value(named)
