"""What IAM is asked for a recorded call: its action and its resource."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote

from gateway import Call
from policy import Access

S3_OBJECT = {"GET": "GetObject", "HEAD": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject"}
SQS = {
    "ReceiveMessage": "ReceiveMessage",
    "DeleteMessage": "DeleteMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "GetQueueAttributes": "GetQueueAttributes",
}
"""What Lambda calls for an event source mapping. The poller that stands for it looks the queue up by name besides."""


def of_aws(call: Call, region: str, account: str, keys: dict[str, str]) -> list[Access]:
    """What one call to AWS asks for. `keys` are the KMS keys of encrypted buckets, for which S3 asks in the caller's name."""
    if call.service == "s3":
        return of_s3(call, region, keys)
    if call.service == "sqs" and call.target in SQS:
        name = call.json()["QueueUrl"].rpartition("/")[2]
        return [Access(f"sqs:{SQS[call.target]}", f"arn:aws:sqs:{region}:{account}:{name}")]
    if call.service == "sqs" and call.target == "GetQueueUrl":
        return []
    return [Access(f"{call.service}:{call.target}", "*")]


def of_s3(call: Call, region: str, keys: dict[str, str]) -> list[Access]:
    """A path of S3's: `/bucket?list-type=2` or `/bucket/key`."""
    bucket, _, key = unquote(call.path).lstrip("/").partition("/")
    arn = f"arn:aws:s3:::{bucket}"
    if not key:
        return [Access("s3:ListBucket", arn)]
    version = "Version" if "versionId" in parse_qs(call.query) else ""
    found = [Access(f"s3:{S3_OBJECT[call.method]}{version}", f"{arn}/{key}")]
    if call.method in ("GET", "HEAD"):
        found += [Access("s3:ListBucket", arn)] if "/checkpoints/" in key else []
    if bucket in keys and call.method in ("GET", "PUT"):
        action = "kms:Decrypt" if call.method == "GET" else "kms:GenerateDataKey"
        found.append(Access(action, keys[bucket], {"kms:ViaService": f"s3.{region}.amazonaws.com"}))
    return found


def of_domain(call: Call, domain: str) -> Access:
    """What one request to a domain asks for: OpenSearch Service names an action for each HTTP method."""
    return Access(f"es:ESHttp{call.method.capitalize()}", f"{domain}{unquote(call.path)}")
