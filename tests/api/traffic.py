"""Records as an ordinary account's trail has them: the same callers make the same calls over and over.

The shares of a record's bytes follow public records: a third for the identity, a sixth each for the user agent and the errors, an
eighth for the two variable parts; a read has no answer, and a session's keys, tokens and request ids are always new.
"""
from __future__ import annotations

import json
import random
import re

import values
from envelope import envelope
from records import Profile, parts

# What such a trail is full of; RARE other operations share the rest.
COMMON = (
    "sts:AssumeRole", "kms:Decrypt", "kms:GenerateDataKey", "s3:ListObjectsV2",
    "s3:GetBucketAcl", "ec2:DescribeInstances", "ec2:DescribeSecurityGroups", "ec2:DescribeVolumes", "ec2:DescribeSubnets",
    "ec2:RunInstances", "ec2:TerminateInstances", "ec2:CreateTags", "ec2:CreateNetworkInterface", "ec2:DescribeLaunchTemplateVersions",
    "ec2:AuthorizeSecurityGroupIngress", "logs:CreateLogStream", "logs:DescribeLogGroups", "ssm:UpdateInstanceInformation",
    "ssm:GetParameter", "ssm:ListInstanceAssociations", "lambda:GetFunction", "lambda:CreateFunction", "lambda:Invoke",
    "dynamodb:DescribeTable", "dynamodb:GetItem", "iam:GetRole", "iam:ListRoles", "iam:CreateRole", "iam:AttachRolePolicy",
    "secretsmanager:GetSecretValue", "cloudwatch:DescribeAlarms", "elbv2:DescribeTargetHealth", "autoscaling:DescribeAutoScalingGroups",
    "ecs:DescribeTasks", "ecs:RunTask", "ecr:BatchGetImage", "eks:DescribeCluster", "rds:DescribeDBInstances", "sqs:GetQueueAttributes",
    "cloudformation:DescribeStacks", "cloudtrail:DescribeTrails", "config:PutEvaluations", "organizations:DescribeAccount",
)
COMMON_SHARE = 0.9
# The data events of a bucket or two.
DATA = ("s3:GetObject", "s3:PutObject", "s3:HeadObject")
DATA_SHARE = 1 / 3
RARE = 100

# So many callers the account has, so many sessions each of them in a month, and so many calls are made over and over, of which a
# share has new parameters each time.
CALLERS = 80
SESSIONS = 30
JOBS = 2000
NEW_SHARE = 0.25
ORDINARY = Profile(leaf_budgets=(1, 2, 3, 5, 8, 30), optional=0.4, big_parts=0, answered_reads=0, answered_writes=0.9, pool=300)
TLS_SHARE = 0.94

# Values that no two events share.
UNIQUE = re.compile("(?i)^(sessiontoken|requestid|sharedeventid|x-amz-id-2|clienttoken|clientrequesttoken|nexttoken|continuation-token)$")
SESSION_TOKEN_BYTES = (480, 700)
RESOURCE_ID = re.compile(r"\b([a-z]{1,10}-)([0-9a-f]{8,17})\b")


def traffic(operations: list, count: int, seed: str):
    """`count` records in the mix of an ordinary account."""
    rng = random.Random(f"{seed}:traffic")
    names = {f"{operation.service}:{operation.name}": operation for operation in operations}
    common, data = ([names[name] for name in some if name in names] for some in (COMMON, DATA))
    rare = rng.sample(operations, min(RARE, len(operations)))
    for number in range(count):
        job = int(JOBS * rng.random() ** 3)
        operation = usual_operation(random.Random(f"{seed}:job:{job}"), data, common, rare)
        parameters = number if rng.random() < NEW_SHARE else f"job {job}"
        made = parts(random.Random(f"{seed}:{parameters}:{operation.name}"), operation, ORDINARY)
        made = event(rng, operation, f"{seed}:caller:{job % CALLERS}") | fresh(rng, made)
        yield data_event(made) if operation in data else made


def in_month(record: dict) -> dict:
    """A real record on the same day of November 2026: one index holds them all, as it does an account's month."""
    time = record.get("eventTime", "")
    return record | {"eventTime": f"2026-11-{min(int(time[8:10]), 30):02d}{time[10:]}"} if time else record


def repeated(real: list, count: int, seed: str):
    """`count` repetitions of real records, each with its own ids, time and session, and in part with other resources."""
    rng = random.Random(f"{seed}:repeated")
    for _ in range(count):
        made = fresh(rng, rng.choice(real))
        if rng.random() < NEW_SHARE:
            made = json.loads(RESOURCE_ID.sub(lambda found: found[1] + values.token(rng, len(found[2]), values.HEX), json.dumps(made)))
        session = random.Random(f"{made.get('userIdentity')}:{rng.randrange(SESSIONS)}")
        if made.get("userIdentity", {}).get("accessKeyId"):
            made["userIdentity"]["accessKeyId"] = "ASIA" + values.token(session, 16, values.BASE32)
        yield made | {"eventID": values.uuid(rng), "eventTime": f"{values.moment(rng):%Y-%m-%dT%H:%M:%SZ}"}


def data_event(made: dict) -> dict:
    """The record as S3's data events are: with the object and its bucket beside it."""
    bucket, key = (made["requestParameters"].get(name, "") for name in ("bucketName", "key"))
    resources = [
        {"type": "AWS::S3::Object", "ARN": f"arn:aws:s3:::{bucket}/{key}"},
        {"accountId": made["recipientAccountId"], "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"},
    ]
    return made | {"eventCategory": "Data", "managementEvent": False, "resources": resources}


def usual_operation(rng: random.Random, data: list, common: list, rare: list):
    """A data event, one of the common operations, the first ones most often, or now and then a rare one."""
    if data and rng.random() < DATA_SHARE:
        return rng.choice(data)
    if common and rng.random() < COMMON_SHARE:
        return rng.choices(common, [1 / (rank + 3) for rank in range(len(common))])[0]
    return rng.choice(rare)


def event(rng: random.Random, operation, caller: str) -> dict:
    """What is around the parts: the caller with the session of the hour, over TLS, with S3's notes where it is S3."""
    made = envelope(rng, operation, random.Random(caller))
    who = made["userIdentity"]
    if "sessionContext" in who:
        who["accessKeyId"] = "ASIA" + values.token(random.Random(f"{caller}:{rng.randrange(SESSIONS)}"), 16, values.BASE32)
    if "invokedBy" not in who:
        made["userAgent"] = agent(random.Random(f"{caller}:agent"), operation)
    if rng.random() < TLS_SHARE:
        host = f"{operation.event_source.split('.')[0]}.{made['awsRegion']}.amazonaws.com"
        made["tlsDetails"] = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host}
    if operation.service == "s3":
        made["additionalEventData"] = {
            "SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "bytesTransferredIn": 0, "AuthenticationMethod": "AuthHeader",
            "x-amz-id-2": values.blob(rng, 60), "bytesTransferredOut": rng.randint(0, 10**6),
        }
    return made


def agent(rng: random.Random, operation) -> str:
    """A caller's software: an SDK says of itself where it runs, and which client it is."""
    go, sdk, runtime = rng.randint(1, 40), rng.randint(1, 40), rng.randint(0, 12)
    return rng.choice((
        f"aws-sdk-go-v2/1.{go}.{sdk} ua/2.1 os/linux lang/go#1.25.{runtime} md/GOOS#linux md/GOARCH#amd64 api/{operation.service}#1.{sdk}.0 m/E,g",
        f"Boto3/1.{go}.{sdk} md/Botocore#1.{go}.{sdk} ua/2.1 os/linux#6.1.{sdk} md/arch#x86_64 lang/python#3.13.{runtime} md/pyimpl#CPython "
        f"cfg/retry-mode#standard Botocore/1.{go}.{sdk}",
        f"APN/1.0 HashiCorp/1.0 Terraform/1.13.{runtime} terraform-provider-aws/6.{sdk}.0 aws-sdk-go-v2/1.{go}.0 ua/2.1 os/linux lang/go#1.25.1 "
        f"md/GOOS#linux md/GOARCH#amd64 api/{operation.service}#1.{go}.0",
    ))


def fresh(rng: random.Random, value, name: str = ""):
    """The value with all those made anew that no two events share."""
    if isinstance(value, dict):
        return {key: fresh(rng, child, key) for key, child in value.items()}
    if isinstance(value, list):
        return [fresh(rng, child, name) for child in value]
    if not isinstance(value, str) or not UNIQUE.match(name):
        return value
    return values.blob(rng, rng.randint(*SESSION_TOKEN_BYTES)) if name.lower() == "sessiontoken" else values.uuid(rng)
