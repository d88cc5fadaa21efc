"""Leaf values that look like those of real CloudTrail records, each with a random token where that is natural."""
from __future__ import annotations

import base64
import json
import random
import re
import string
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

HEX = "0123456789abcdef"
ALNUM = string.ascii_lowercase + string.digits
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"
# How many leaves have numbers and bools always as text, and how many values are unlike the others of their leaf.
TEXT_SHARE = 0.05
ODD_SHARE = 0.005

MONTH_START = datetime(2026, 11, 1, tzinfo=timezone.utc)
MONTH_SECONDS = 30 * 86400 - 1

ACCOUNTS = ("111122223333", "444455556666", "777788889999")
REGIONS = ("us-east-1", "us-west-2", "eu-central-1", "eu-west-1", "ap-southeast-2", "sa-east-1")
PEOPLE = ("alice", "bob", "carol", "deploy-bot")
CONTENT = ("application/json", "application/octet-stream", "text/plain; charset=utf-8", "en", "gzip", "attachment", "bytes 0-1023/4096")
WORDS = ("blue", "edge", "ledger", "night", "orders", "payments", "prod", "report", "stage", "vault")
UNICODE = ("Größe", "naïve café", "日本語テスト", "данные", "🚀 launch", "ångström")

# Id prefixes by the end of a leaf's name, 17 hex digits following.
ID_PREFIXES = {
    "instanceid": "i", "imageid": "ami", "subnetid": "subnet", "vpcid": "vpc", "groupid": "sg", "securitygroup": "sg",
    "securitygroups": "sg", "securitygroupids": "sg", "subnetids": "subnet", "subnets": "subnet", "instanceids": "i", "volumeid": "vol",
    "snapshotid": "snap", "networkinterfaceid": "eni", "routetableid": "rtb", "internetgatewayid": "igw", "natgatewayid": "nat",
    "associationid": "rtbassoc",
    "allocationid": "eipalloc", "networkaclid": "acl", "vpcendpointid": "vpce", "launchtemplateid": "lt", "filesystemid": "fs",
    "transitgatewayid": "tgw", "dhcpoptionsid": "dopt", "keypairid": "key", "flowlogid": "fl",
}


# IAM's unique ids: four letters that tell the kind, and sixteen more.
IAM_PREFIXES = {"groupid": "AGPA", "userid": "AIDA", "roleid": "AROA", "policyid": "ANPA", "instanceprofileid": "AIPA"}
GLOBAL_SERVICES = {"iam", "cloudfront", "route53", "organizations", "globalaccelerator", "sts"}
BASE32 = string.ascii_uppercase + "234567"


def token(rng: random.Random, size: int = 10, letters: str = ALNUM) -> str:
    """A random word of `size` letters."""
    return "".join(rng.choices(letters, k=size))


def uuid(rng: random.Random) -> str:
    """A random GUID in the usual form."""
    digits = f"{rng.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def moment(rng: random.Random) -> datetime:
    """A UTC time within November 2026, to the millisecond."""
    return MONTH_START + timedelta(seconds=rng.randint(0, MONTH_SECONDS), milliseconds=rng.randint(0, 999))


def _clock(time: datetime) -> str:
    return f"{(time.hour - 1) % 12 + 1}:{time:%M:%S %p}"


# The ways in which services write a time.
TIME_FORMATS = (
    lambda t: int(t.timestamp()),
    lambda t: round(t.timestamp(), 3),
    lambda t: int(t.timestamp() * 1000),
    lambda t: f"{t:%Y-%m-%dT%H:%M:%SZ}",
    lambda t: f"{t:%Y-%m-%dT%H:%M:%S}.{t.microsecond // 1000:03d}Z",
    lambda t: f"{t:%b} {t.day}, {t.year} {_clock(t)}",
    lambda t: f"{t:%b} {t.day}, {t.year}, {_clock(t)}",
    lambda t: f"{t:%a, %d %b %Y %H:%M:%S} GMT",
    lambda t: f"{t:%Y-%m-%dT%H:%M:%S}.{t.microsecond // 1000:03d}+0000",
    lambda t: f"{t:%Y-%m-%dT%H:%M:%S}+00:00",
    lambda t: f"{t:%a %b %d %H:%M:%S} UTC {t.year}",
    lambda t: f"{t:%Y-%m-%d}",
)


def ip(rng: random.Random) -> str:
    """An address of the documentation ranges; now and then IPv6."""
    if rng.random() < 0.1:
        return f"2001:db8::{rng.getrandbits(16):x}:{rng.getrandbits(16):x}"
    return f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randint(1, 254)}"


def arn(rng: random.Random, service: str, kind: str = "resource") -> str:
    """An ARN in one of the sample accounts; global services have no region in theirs."""
    region = "" if service in GLOBAL_SERVICES else rng.choice(REGIONS)
    return f"arn:aws:{service}:{region}:{rng.choice(ACCOUNTS)}:{kind}/{rng.choice(WORDS)}-{token(rng)}"


def iam_arn(rng: random.Random, kind: str) -> str:
    """An IAM ARN (`role`, `user`, `policy`…), which has no region."""
    return f"arn:aws:iam::{rng.choice(ACCOUNTS)}:{kind}/{rng.choice(WORDS)}-{token(rng, 6)}"


def policy(rng: random.Random, encoded: bool) -> str:
    """A policy document as JSON in a string; IAM's answers carry it URL-encoded."""
    statement = {
        "Sid": f"Allow{token(rng, 6)}", "Effect": rng.choice(("Allow", "Deny")),
        "Principal": {"AWS": iam_arn(rng, "role")}, "Action": ["s3:GetObject", "kms:Decrypt"],
        "Resource": f"arn:aws:s3:::{rng.choice(WORDS)}-{token(rng)}/*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": rng.choice(WORDS)}},
    }
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement] * rng.randint(1, 2)}, indent=rng.choice((None, 2)))
    return quote(text, safe="") if encoded else text


def sentence(rng: random.Random) -> str:
    """A few words as people write them, some outside ASCII."""
    words = rng.choices(WORDS, k=rng.randint(2, 8)) + [token(rng, 8)]
    if rng.random() < 0.15:
        words.append(rng.choice(UNICODE))
    return " ".join(words)


def map_key(rng: random.Random) -> str:
    """A key chosen by users: tags, labels, headers, URLs, with all the characters people use. Some are used far more than others."""
    if rng.random() < 0.01:
        return f"{rng.choice(WORDS)}.enabled"
    word, other = WORDS[int(rng.random() ** 6 * len(WORDS))], f"{int(rng.random() ** 6 * 100):02d}"
    return rng.choice((
        word, word.upper(), f"{word}-{other}", f"app.kubernetes.io/{word}", f"aws:cloudformation:{word}-{other}", f"{word} {other}",
        f"https://{word}.example.com/{other}?v=1", f"com.example.{word}.{other}", f"/{word}/{other}", f"{word}_{other}",
        f"integration.request.header.X-{word}", rng.choice(UNICODE), f"{word}={other}", other,
    ))


def long_text(rng: random.Random, size: int) -> str:
    """A text of about `size` characters, such as a template or a script, in which every line differs."""
    lines = (f"{rng.choice(WORDS)}-{token(rng, 8)}: {sentence(rng)}" for _ in range(size // 48 + 1))
    return "\n".join(lines)[:size]


def certificate(rng: random.Random) -> str:
    """A certificate or public key in PEM, with random bytes in it."""
    body = base64.b64encode(rng.getrandbits(8 * 600).to_bytes(600, "big")).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"


def url(rng: random.Random) -> str:
    """An HTTPS address."""
    return f"https://{rng.choice(WORDS)}-{token(rng, 6)}.example.com/{rng.choice(WORDS)}?id={token(rng, 6)}"


def person(rng: random.Random) -> str:
    """A user's name."""
    return f"{rng.choice(PEOPLE)}-{token(rng, 4)}"


def blob(rng: random.Random, most: int = 90) -> str:
    """Random bytes in base64."""
    size = rng.randint(9, most)
    return base64.b64encode(rng.getrandbits(8 * size).to_bytes(size, "big")).decode()


class Place(NamedTuple):
    """Where a value stands: the service's name and the side, `request` or `response`."""

    service: str
    side: str


# What a leaf's name says about its value; the first pattern found in the lower-cased name decides.
BY_NAME = tuple((re.compile(pattern), make) for pattern, make in (
    (r"policydocument$|^policy$|policytext$|resourcepolicy$", lambda r, p: policy(r, p == ("iam", "response"))),
    (r"rolearn$|^role$|executionrole$|servicerole$", lambda r, p: iam_arn(r, "role")),
    (r"policyarn$", lambda r, p: iam_arn(r, "policy")),
    (r"kms.*(arn|id)$|^keyid$", lambda r, p: f"arn:aws:kms:{r.choice(REGIONS)}:{r.choice(ACCOUNTS)}:key/{uuid(r)}"),
    (r"topicarn$", lambda r, p: f"arn:aws:sns:{r.choice(REGIONS)}:{r.choice(ACCOUNTS)}:{r.choice(WORDS)}-{token(r, 6)}"),
    (r"arns?$", lambda r, p: arn(r, p.service)),
    (r"email", lambda r, p: f"{person(r)}@example.com"),
    (r"cidr", lambda r, p: f"10.{r.randint(0, 255)}.{r.randint(0, 255)}.0/{r.choice((16, 24, 28))}"),
    (r"ipaddress|publicip|privateip|^ip$", lambda r, p: ip(r)),
    (r"accountid|ownerid|awsaccount|owner$", lambda r, p: r.choice(ACCOUNTS)),
    (r"availabilityzone", lambda r, p: r.choice(REGIONS) + r.choice("abc")),
    (r"region(name)?s?$", lambda r, p: r.choice(REGIONS)),
    (r"queueurl", lambda r, p: f"https://sqs.{r.choice(REGIONS)}.amazonaws.com/{r.choice(ACCOUNTS)}/{r.choice(WORDS)}-{token(r, 6)}"),
    (r"ur[il]$|endpoint$|website", lambda r, p: url(r)),
    (r"instancetype|instanceclass", lambda r, p: f"{r.choice(('t3', 'm7g', 'c7i', 'r6a'))}.{r.choice(('micro', 'large', '2xlarge'))}"),
    (r"bucket", lambda r, p: f"{r.choice(WORDS)}-{r.choice(ACCOUNTS)}-{token(r, 6)}"),
    (r"loggroup", lambda r, p: f"/aws/{p.service}/{r.choice(WORDS)}-{token(r, 6)}"),
    (r"accesskeyid", lambda r, p: r.choice(("AKIA", "ASIA")) + token(r, 16, BASE32)),
    (r"user(name)?$|createdby$|modifiedby$", lambda r, p: person(r)),
    (r"certificate(body|chain|pem)?$|publickey", lambda r, p: certificate(r)),
    (r"token$", lambda r, p: blob(r, 240)),
    (r"requestid$|clientrequesttoken|idempotency", lambda r, p: uuid(r)),
    (r"etag|sha256|md5|hash|checksum|fingerprint", lambda r, p: token(r, 32, HEX)),
    (r"description|comment|message|reason|notes?$|title", lambda r, p: sentence(r)),
    (r"content-?(type|language|encoding|disposition|range)$", lambda r, p: r.choice(CONTENT)),
    (r"templatebody|definition|userdata|script|content$|body|document", lambda r, p: long_text(r, r.randint(80, 1200))),
    (r"version$", lambda r, p: f"{r.randint(1, 9)}.{r.randint(0, 20)}.{r.randint(0, 99)}"),
))


def text(rng: random.Random, name: str, place: Place) -> str:
    """A string that fits the leaf's name."""
    lower = name.lower()
    if place.service == "iam" and lower in IAM_PREFIXES:
        return IAM_PREFIXES[lower] + token(rng, 16, BASE32)
    if lower in ID_PREFIXES:
        return f"{ID_PREFIXES[lower]}-0{token(rng, 16, HEX)}"
    for pattern, make in BY_NAME:
        if pattern.search(lower):
            return make(rng, place)
    if lower.endswith("id"):
        return uuid(rng) if len(name) % 2 else f"{name[0]}-{token(rng, 12)}"
    return f"{rng.choice(WORDS)}-{token(rng, 8)}" if rng.random() > 0.05 else sentence(rng)


def integer(rng: random.Random, shape) -> int:
    """A whole number within the model's bounds; long ones go beyond 32 bits now and then."""
    low = int(shape.metadata.get("min", 0))
    high = int(shape.metadata.get("max", low + 10 ** rng.randint(1, 4)))
    if shape.type_name == "long" and "max" not in shape.metadata and rng.random() < 0.2:
        high = 2 ** 53
    return rng.randint(low, max(low, high))


def free_document(rng: random.Random, depth: int = 0):
    """JSON without a model: what services take as a document, nested lists and nulls included."""
    if depth > 3 or rng.random() < 0.35:
        return rng.choice((None, True, rng.randint(0, 9999), round(rng.random(), 4), f"{rng.choice(WORDS)}-{token(rng, 8)}", ""))
    if rng.random() < 0.3:
        return [free_document(rng, depth + 1) for _ in range(rng.randint(0, 3))]
    return {map_key(rng): free_document(rng, depth + 1) for _ in range(rng.randint(0, 3))}


def scalar(rng: random.Random, shape, name: str, place: Place):
    """A value for a scalar shape; `shape` None is an S3 sub-resource, which is always an empty string."""
    if shape is None:
        return ""
    if shape.metadata.get("sensitive") and rng.random() < 0.8:
        return HIDDEN
    value = _typed(rng, shape, name, place)
    as_text = habit(place, name, "text") < TEXT_SHARE or rng.random() < ODD_SHARE
    return json.dumps(value) if as_text and isinstance(value, (bool, int, float)) else value


def _typed(rng: random.Random, shape, name: str, place: Place):
    kind = shape.type_name
    if kind == "boolean":
        return rng.random() < 0.5
    if kind in ("integer", "long", "short", "byte"):
        return integer(rng, shape)
    if kind in ("double", "float"):
        return round(rng.uniform(0, 1000), rng.randint(1, 4))
    if kind == "timestamp":
        return timestamp(rng, name, place)
    if kind == "blob":
        return blob(rng)
    return _string(rng, shape, name, place)


def timestamp(rng: random.Random, name: str, place: Place):
    """A time, in the format that this leaf always has, but for a few."""
    usual = TIME_FORMATS[int(habit(place, name, "time") * len(TIME_FORMATS))]
    return (rng.choice(TIME_FORMATS) if rng.random() < ODD_SHARE else usual)(moment(rng))


@cache
def habit(place: Place, name: str, what: str) -> float:
    """A number below 1 that is always the same for a leaf: a service writes the same leaf the same way each time."""
    return random.Random(f"{place.service}:{place.side}:{name}:{what}").random()


def _string(rng: random.Random, shape, name: str, place: Place) -> str:
    if getattr(shape, "enum", None):
        return rng.choice(shape.enum)
    if rng.random() < 0.01:
        return ""
    return text(rng, name, place)[: shape.metadata.get("max", 1 << 20) or None]
