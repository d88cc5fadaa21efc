"""The module's choices, each taken at least once. Words in capitals stand for what `surroundings` has made."""

from __future__ import annotations

from typing import Any

from surroundings import ACCESS_LOGS, LOGS, STATE

EXISTING_BUCKET = {"create": False, "name": LOGS}
UNMANAGED_BUCKET = {**EXISTING_BUCKET, "manage_notifications": False}
EXISTING_DOMAIN = {"arn": "arn:aws:es:us-east-1:123456789012:domain/existing", "endpoint": "https://existing.example.com"}
EXISTING_COLLECTION = {"arn": "arn:aws:aoss:us-east-1:123456789012:collection/a1b2", "endpoint": "https://a1b2.example.com"}
NO_KEY = {"create_key": False}

COMBINATIONS: dict[str, dict[str, Any]] = {
    "organization, topic, collection": {
        "trail": {
            "organization_id": "o-a1b2c3d4e5",
            "insights": ["ApiCallRateInsight", "ApiErrorRateInsight"],
            "data_events": [{"name": "Deliveries", "arns": ["arn:aws:s3:::example-flow-logs/"], "read_only": False}],
        },
        "log_bucket": {"prefix": "organization", "expiration_days": 2555, "access_log_bucket": ACCESS_LOGS},
        "delivery": {"from": "topic"},
        "target": {"new_collection": {"reader_arns": ["arn:aws:iam::123456789012:role/analyst"]}},
        "access_logs": {"sources": [{"bucket": ACCESS_LOGS, "prefix": "s3/"}]},
    },
    "existing bucket and domain, function at once": {
        "log_bucket": {**EXISTING_BUCKET, "kms_key_arn": "KEY"},
        "trail": {"create": False},
        "delivery": {"to": "function", "maximum_event_seconds": 3600},
        "target": {"domain": EXISTING_DOMAIN},
        "encryption": NO_KEY,
        "state": {"bucket": STATE, "prefix": "trailsearch/a"},
        "access_logs": {"create": False},
        "function": {"architecture": "x86_64", "reserved_concurrency": 5, "tracing": "PassThrough"},
        "setup": {"enabled": False},
        "alarms": {"topic_arn": "ALARMS", "watched": [{"account": "111122223333", "region": "eu-central-1"}]},
    },
    "existing topic, endpoint with a secret, VPC": {
        "log_bucket": UNMANAGED_BUCKET,
        "trail": {"create": False},
        "delivery": {"from": "topic", "topic_arn": "TOPIC", "batch_size": 100, "batch_window_seconds": 5},
        "target": {"endpoint": {"url": "https://search.example.com", "secret_arn": "SECRET", "secret_kms_key_arn": "KEY"}},
        "vpc": {"subnet_ids": ["SUBNET"], "security_group_ids": ["GROUP"]},
        "alarms": {"emails": ["alice@example.com"], "silent_hours": 2},
    },
    "topic to the function, search collection": {
        "delivery": {"from": "topic", "to": "function"},
        "target": {"new_collection": {"type": "SEARCH", "standby_replicas": False, "vpc_endpoint_ids": ["vpce-0a1b2c3d"]}},
        "encryption": {"create_key": False, "key_arn": "KEY"},
    },
    "existing topic to the function": {
        "log_bucket": UNMANAGED_BUCKET,
        "trail": {"create": False},
        "delivery": {"from": "topic", "to": "function", "topic_arn": "TOPIC"},
        "target": {"domain": EXISTING_DOMAIN},
    },
    "EventBridge of a bucket with notifications": {
        "log_bucket": UNMANAGED_BUCKET,
        "trail": {"create": False},
        "delivery": {"from": "eventbridge"},
        "target": {"collection": {**EXISTING_COLLECTION, "type": "SEARCH"}},
        "encryption": NO_KEY,
    },
    "EventBridge to the function": {
        "delivery": {"from": "eventbridge", "to": "function"},
        "target": {"endpoint": {"url": "https://search.example.com"}},
        "trail": {"multi_region": False, "log_file_validation": False},
        "function": {"environment": {"TRAILSEARCH_DROP_NOISE": "config-probe", "TRAILSEARCH_INDEX_BY": "account"}},
    },
    "another trail into a new bucket": {
        "trail": {"create": False, "arn": "arn:aws:cloudtrail:eu-central-1:111122223333:trail/organization"},
        "target": {"collection": EXISTING_COLLECTION},
        "setup": {"shards": 2, "replicas": 1, "retention_days": None, "monitors": False},
        "tags": {"owner": "security"},
    },
    "domain of two nodes in a VPC": {
        "target": {
            "new_domain": {
                "instance_count": 2,
                "dedicated_masters": True,
                "subnet_ids": ["SUBNET"],
                "security_group_ids": ["GROUP"],
                "client_arns": ["arn:aws:iam::123456789012:role/analyst"],
                "cognito": {
                    "user_pool_id": "us-east-1_a1b2c3d4e",
                    "identity_pool_id": "us-east-1:11111111-2222-3333-4444-555555555555",
                    "role_arn": "arn:aws:iam::123456789012:role/cognito",
                },
            }
        },
        "vpc": {"subnet_ids": ["SUBNET"], "security_group_ids": ["GROUP"]},
    },
}

QUICK = ["organization, topic, collection", "existing bucket and domain, function at once"]
"""What every run applies beside the default: together they take each kind of bucket, trail, target and delivery at least half ways."""
QUICK_REASON = "an apply takes a minute and a half, most of it the provider's fixed waits; SOAK=1 applies all combinations"

# Those of a variable that looks at another one are asked only where that other one is right.
WRONG: list[tuple[dict[str, Any], list[str]]] = [
    (
        {
            "name": "Trail Search",
            "function": {"architecture": "arm", "timeout_seconds": 5, "memory_mb": 64, "tracing": "On"},
            "log_bucket": {"create": False, "expiration_days": 5, "prefix": "/a"},
            "alarms": {"silent_hours": 48, "watched": [{"account": "production", "region": "eu-central-1"}]},
            "state": {"prefix": "/state/", "dead_letter_days": 0},
            "setup": {"retention_days": 0, "dashboards": "http://a.example.com"},
            "vpc": {"subnet_ids": [], "security_group_ids": []},
            "encryption": {"key_arn": "alias/trail"},
        },
        [
            "name has 3 to 21",
            "architecture is arm64 or x86_64",
            "timeout_seconds is between",
            "memory_mb is between",
            "tracing is Active or PassThrough",
            "log_bucket.name is needed",
            "expiration_days is for a new bucket",
            "log_bucket.prefix has no slash",
            "silent_hours is between",
            "by their 12 digits",
            "state.prefix is",
            "state's days",
            "retention_days is between",
            "dashboards begins with https",
            "at least one subnet",
            "key_arn names a key that exists",
            "not of an alias",
        ],
    ),
    (
        {
            "trail": {"organization_id": "example", "insights": ["Everything"]},
            "delivery": {"from": "mail", "to": "nobody", "maximum_concurrency": 1, "batch_size": 50},
            "target": {
                "new_domain": {"engine_version": "latest", "instance_count": 3, "subnet_ids": ["subnet-0a1b2c3d"]},
                "endpoint": {"url": "http://a.example.com"},
                "collection": {**EXISTING_COLLECTION, "type": "VECTORSEARCH"},
            },
        },
        [
            "organization_id is of the form",
            "insights takes",
            "from is bucket, topic or eventbridge",
            "to is queue or function",
            "maximum_concurrency is between",
            "batch_size is at least 1",
            "exactly one of",
            "holds no login",
            "engine_version is of the form",
            "instance_count is 1 or even",
            "put the domain into a VPC",
            "type is SEARCH or TIMESERIES",
        ],
    ),
    (
        {
            "log_bucket": UNMANAGED_BUCKET,
            "trail": {"create": False},
            "target": {"domain": {**EXISTING_DOMAIN, "endpoint": "existing.example.com"}},
        },
        ["topic (with topic_arn) or eventbridge", "endpoint begins with https"],
    ),
    (
        {
            "trail": {"create": False},
            "delivery": {"topic_arn": "arn:aws:sns:us-east-1:123456789012:a"},
        },
        ["trail.arn is needed", "topic_arn goes with"],
    ),
    (
        {
            "log_bucket": UNMANAGED_BUCKET,
            "trail": {"create": False},
            "delivery": {"from": "topic", "topic_arn": "TOPIC"},
            "access_logs": {"create": True, "index_prefix": "cloudtrail", "sources": [{"bucket": ACCESS_LOGS, "prefix": "access"}]},
        },
        ["access_logs.create goes without", "prefixes end with a slash", "access_logs.index_prefix is"],
    ),
]
"""Choices that are refused, and what is said of each."""
