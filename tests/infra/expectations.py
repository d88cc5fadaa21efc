"""What has to be there after some choices were applied, read from the emulator and not from Terraform."""

from __future__ import annotations

import json
from typing import Any
from unittest import TestCase
from urllib.parse import unquote_plus

from deployment import Deployment

ALARMS = {"delivery-denied", "degraded", "dead-letters", "failed-records", "unreadable", "silent"}
ALARMS |= {"errors", "throttles", "slow", "dead-letter-queue"}
ACCOUNT = "123456789012"


def check(case: TestCase, made: Deployment) -> None:
    """Everything that the choices speak of."""
    for part in (check_function, check_source, check_queues, check_bucket, check_trail, check_alarms, check_policies):
        part(case, made)


def chosen(made: Deployment, name: str, member: str, default: Any = None) -> Any:
    """One member of one choice."""
    return made.choices.get(name, {}).get(member, default)


def to_queue(made: Deployment) -> bool:
    """Whether there is a queue before the function."""
    return chosen(made, "delivery", "to", "queue") == "queue"


def log_bucket(made: Deployment) -> str:
    """The log bucket's name."""
    return chosen(made, "log_bucket", "name", f"trailsearch-logs-{ACCOUNT}-us-east-1")


def access_bucket() -> str:
    """The bucket that is made for access logs."""
    return f"trailsearch-access-{ACCOUNT}-us-east-1"


def makes_access_bucket(made: Deployment) -> bool:
    """Whether there is one."""
    return chosen(made, "access_logs", "create", "topic_arn" not in made.choices.get("delivery", {}))


def check_function(case: TestCase, made: Deployment) -> None:
    """The function's settings."""
    function = made.configuration()
    settings = function["Environment"]["Variables"]
    case.assertEqual(function["Architectures"], [chosen(made, "function", "architecture", "arm64")])
    case.assertEqual(function["TracingConfig"]["Mode"], chosen(made, "function", "tracing", "Active"))
    case.assertEqual(function["ReservedConcurrency"], chosen(made, "function", "reserved_concurrency"))
    case.assertEqual(function.get("VpcConfig", {}).get("SubnetIds", []), chosen(made, "vpc", "subnet_ids", []))
    case.assertEqual(settings["OPENSEARCH_AUTH"], auth(made))
    case.assertTrue(settings["OPENSEARCH_ENDPOINT"].startswith("https://"), settings)
    case.assertEqual(settings["TRAILSEARCH_DOCUMENT_IDS"], "automatic" if is_time_series(made) else "event")
    case.assertEqual(settings["TRAILSEARCH_STATE_S3_URI"].removeprefix("s3://").partition("/")[2], state_prefix(made))
    case.assertLessEqual(chosen(made, "function", "environment", {}).items(), settings.items())
    access_logs = [f"{access_bucket()}/access/"] if makes_access_bucket(made) else []
    access_logs += [f"{each['bucket']}/{each['prefix']}" for each in chosen(made, "access_logs", "sources", [])]
    case.assertEqual(settings.get("TRAILSEARCH_ACCESS_LOGS", ""), ",".join(access_logs))
    case.assertEqual(settings.get("OPENSEARCH_SECRET_ID"), target(made).get("secret_arn"))
    groups = made.emulator.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/trailsearch")["logGroups"]
    case.assertEqual([group["retentionInDays"] for group in groups], [365])


def target(made: Deployment) -> dict[str, Any]:
    """The chosen target."""
    return next(iter(made.choices.get("target", {"new_domain": {}}).values()))


def auth(made: Deployment) -> str:
    """How the function has to sign."""
    kind = next(iter(made.choices.get("target", {"new_domain": {}})))
    if kind == "endpoint":
        return "basic" if "secret_arn" in target(made) else "none"
    return "aoss" if "collection" in kind else "es"


def is_time_series(made: Deployment) -> bool:
    """Whether the target takes no ids."""
    return auth(made) == "aoss" and target(made).get("type", "TIMESERIES") == "TIMESERIES"


def state_prefix(made: Deployment) -> str:
    """Where state is kept within its bucket."""
    return chosen(made, "state", "prefix", "trailsearch")


def check_source(case: TestCase, made: Deployment) -> None:
    """That a new object's notification gets where it should."""
    if to_queue(made):
        keys, bodies = put_objects(made), received(made)
        for key in keys:
            case.assertIn(key, bodies, "the queue hears of a new object")
        [mapping] = made.emulator.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        case.assertEqual(mapping["FunctionResponseTypes"], ["ReportBatchItemFailures"])
        case.assertEqual(mapping["BatchSize"], chosen(made, "delivery", "batch_size", 10))
        case.assertEqual(mapping["ScalingConfig"]["MaximumConcurrency"], 10)
        return
    policy = json.loads(made.emulator.client("lambda").get_policy(FunctionName="trailsearch")["Policy"])
    services = {"bucket": "s3", "topic": "sns", "eventbridge": "events"}
    service = services[chosen(made, "delivery", "from", "bucket")]
    for statement in policy["Statement"]:
        case.assertEqual(statement["Principal"], {"Service": f"{service}.amazonaws.com"})
        case.assertEqual(set(bound(statement)), {"aws:SourceArn", "aws:SourceAccount"})
    case.assertIn(function_arn(made), told(made), "the source names the function")
    config = made.emulator.client("lambda").get_function_event_invoke_config(FunctionName="trailsearch")
    case.assertTrue(config["DestinationConfig"]["OnFailure"]["Destination"].endswith(":trailsearch-dead-letters"))


def bound(statement: dict[str, Any]) -> list[str]:
    """The keys of a statement's conditions, as they are always written."""
    names = {"aws:sourcearn": "aws:SourceArn", "aws:sourceaccount": "aws:SourceAccount"}
    keys = [key for keys in statement.get("Condition", {}).values() for key in keys]
    return [names.get(key.lower(), key) for key in keys]


def function_arn(made: Deployment) -> str:
    """The function's ARN."""
    return made.configuration()["FunctionArn"]


def told(made: Deployment) -> list[str]:
    """Whom the source tells without a queue."""
    kind = chosen(made, "delivery", "from", "bucket")
    if kind == "bucket":
        config = made.emulator.client("s3").get_bucket_notification_configuration(Bucket=log_bucket(made))
        return [each["LambdaFunctionArn"] for each in config["LambdaFunctionConfigurations"]]
    if kind == "topic":
        found = made.emulator.client("sns").list_subscriptions()["Subscriptions"]
        return [each["Endpoint"] for each in found]
    targets = made.emulator.client("events").list_targets_by_rule(Rule="trailsearch")["Targets"]
    return [each["Arn"] for each in targets]


def put_objects(made: Deployment) -> list[str]:
    """Puts an object where CloudTrail would, and an access log where S3 would; gives their keys."""
    prefix = chosen(made, "log_bucket", "prefix", "")
    key = f"{prefix}/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/11/20/a.json.gz".lstrip("/")
    places = [(log_bucket(made), key)]
    if makes_access_bucket(made):
        places.append((access_bucket(), "access/example/2026-11-20-09-14-00-8C2A7F31D09B4E65"))
    for bucket, key in places:
        made.emulator.client("s3").put_object(Bucket=bucket, Key=key, Body=b"")
    return [key for _, key in places]


def received(made: Deployment) -> str:
    """All that the queue holds. Keys are form-encoded there."""
    sqs = made.emulator.client("sqs")
    url = sqs.get_queue_url(QueueName="trailsearch")["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=2).get("Messages", [])
    return unquote_plus("\n".join(message["Body"] for message in messages))


def check_queues(case: TestCase, made: Deployment) -> None:
    """The queues' times and policies."""
    sqs = made.emulator.client("sqs")
    names = ["trailsearch", "trailsearch-dead-letters"] if to_queue(made) else ["trailsearch-dead-letters"]
    queues = {name: attributes(sqs, name) for name in names}
    if to_queue(made):
        case.assertEqual(int(queues["trailsearch"]["VisibilityTimeout"]), 6 * made.configuration()["Timeout"])
        redrive = json.loads(queues["trailsearch"]["RedrivePolicy"])
        case.assertEqual(redrive["deadLetterTargetArn"], queues["trailsearch-dead-letters"]["QueueArn"])
    for name, queue in queues.items():
        policy = json.loads(queue["Policy"])
        case.assertIn("TlsOnly", sids(policy), name)
        senders = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
        for statement in senders:
            case.assertEqual(set(bound(statement)), {"aws:SourceArn", "aws:SourceAccount"}, name)
        expected = 1 if name == "trailsearch" or chosen(made, "delivery", "from", "bucket") != "bucket" else 0
        case.assertEqual(len(senders), expected, name)


def attributes(sqs, name: str) -> dict[str, str]:
    """A queue's attributes."""
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    return sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]


def sids(policy: dict[str, Any]) -> list[str]:
    """The names of a policy's statements."""
    return [statement["Sid"] for statement in policy["Statement"]]


def check_bucket(case: TestCase, made: Deployment) -> None:
    """A new bucket is closed, and lets one trail write."""
    if not chosen(made, "log_bucket", "create", True):
        return
    s3 = made.emulator.client("s3")
    bucket = log_bucket(made)
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    case.assertTrue(all(block.values()), block)
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    case.assertEqual(sids(policy), ["TrailLooks", "TrailWrites", "TlsOnly", "ModernTlsOnly"])
    writes = policy["Statement"][1]
    case.assertEqual(writes["Condition"]["StringEquals"]["aws:SourceArn"], trail_arn(made))
    organization = chosen(made, "trail", "organization_id")
    case.assertEqual(organization is not None and organization in json.dumps(writes), organization is not None)
    rule = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    keyed = made.choices.get("encryption", {"create_key": True}) != {"create_key": False}
    case.assertEqual(rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"], "aws:kms" if keyed else "AES256")


def trail_arn(made: Deployment) -> str:
    """The ARN of the trail that may write."""
    return chosen(made, "trail", "arn", f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/trailsearch")


def check_trail(case: TestCase, made: Deployment) -> None:
    """The trail is as it was chosen."""
    client = made.emulator.client("cloudtrail")
    trails = client.describe_trails()["trailList"]
    case.assertEqual(len(trails), 1 if chosen(made, "trail", "create", True) else 0)
    for trail in trails:
        case.assertEqual(trail["IsMultiRegionTrail"], chosen(made, "trail", "multi_region", True))
        case.assertEqual(trail["LogFileValidationEnabled"], chosen(made, "trail", "log_file_validation", True))
        case.assertEqual(trail["IsOrganizationTrail"], chosen(made, "trail", "organization_id") is not None)
        case.assertTrue(client.get_trail_status(Name=trail["TrailARN"])["IsLogging"])
        selectors = client.get_event_selectors(TrailName=trail["Name"]).get("AdvancedEventSelectors") or []
        events = chosen(made, "trail", "data_events", [])
        case.assertEqual([each["Name"] for each in selectors], ["Management events"] * bool(events) + [each["name"] for each in events])


def check_alarms(case: TestCase, made: Deployment) -> None:
    """Each alarm tells somebody what to do, and silence is one."""
    found = made.emulator.client("cloudwatch").describe_alarms()["MetricAlarms"]
    alarms = {alarm["AlarmName"].removeprefix("trailsearch-"): alarm for alarm in found}
    watched = {f"silent-{each['account']}-{each['region']}" for each in chosen(made, "alarms", "watched", [])}
    domain = {"cluster-red", "cluster-full"} if "new_domain" in made.choices.get("target", {"new_domain": {}}) else set()
    case.assertEqual(set(alarms), ALARMS | watched | domain | ({"waiting"} if to_queue(made) else set()))
    topic = chosen(made, "alarms", "topic_arn", f"arn:aws:sns:us-east-1:{ACCOUNT}:trailsearch-alarms")
    for name, alarm in alarms.items():
        case.assertEqual(alarm["AlarmActions"], [topic], name)
        case.assertGreater(len(alarm["AlarmDescription"]), 80, name)
        case.assertEqual(alarm["TreatMissingData"], "breaching" if name.startswith("silent") else "notBreaching", name)
    body = made.emulator.client("cloudwatch").get_dashboard(DashboardName="trailsearch")["DashboardBody"]
    named = next(each for each in json.loads(body)["widgets"] if each["type"] == "alarm")["properties"]["alarms"]
    case.assertEqual(set(named), {alarm["AlarmArn"] for alarm in found})


def check_policies(case: TestCase, made: Deployment) -> None:
    """No statement of the function's is wider than AWS makes it."""
    policy = function_policy(made)
    for statement in policy["Statement"]:
        wide = statement["Resource"] == "*"
        case.assertEqual(wide, statement["Sid"] in ("WriteTraces", "SeeNetworkInterfaces"), statement)
        case.assertNotIn("*", "".join(statement["Action"]), statement)
    expected = {"TakeMessages"} if to_queue(made) else {"KeepFailedInvocations"}
    expected |= {"WriteTraces"} if chosen(made, "function", "tracing", "Active") == "Active" else set()
    expected |= {"none": set(), "basic": {"ReadSecret"}, "es": {"PostDocuments"}, "aoss": {"UseCollection"}}[auth(made)]
    expected |= {"MakeNetworkInterfaces"} if "vpc" in made.choices else set()
    optional = {"TakeMessages", "KeepFailedInvocations", "WriteTraces", "ReadSecret", "PostDocuments", "UseCollection", "MakeNetworkInterfaces"}
    case.assertEqual(set(sids(policy)) & optional, expected)


def function_policy(made: Deployment) -> dict[str, Any]:
    """The rendered policy of the function's role."""
    role = made.configuration()["Role"].rpartition("/")[2]
    return made.emulator.client("iam").get_role_policy(RoleName=role, PolicyName="function")["PolicyDocument"]
