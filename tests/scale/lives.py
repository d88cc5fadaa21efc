"""Instances and chains of roles, each with records of its own and the right answers about it.

A life's ids occur in no other record. Records have the shape of
<https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>.
"""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Record = dict[str, Any]

ACCOUNTS = ("111122223333", "444455556666", "777788889999")
REGION = "eu-central-1"
START = datetime(2026, 10, 2, tzinfo=UTC)
DAYS = 28
PEOPLE = ("alice", "bob", "carol")
ROLES = 5
"""Roles of a chain, one taken from within the other."""


@dataclass
class Instance:
    """An instance's life, and what `who` and `history` must say of it."""

    id: str
    created: str = ""
    last_change: str = ""
    changes: list[str] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)


@dataclass
class Chain:
    """A chain of roles over the accounts, and what `trace` must say of its last key."""

    key: str
    person: str
    records: list[Record] = field(default_factory=list)


class Maker:
    """Makes lives from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def digits(self, count: int) -> str:
        """Random hexadecimal digits."""
        return f"{self.random.getrandbits(4 * count):0{count}x}"

    def key(self, prefix: str) -> str:
        """A random access key id."""
        return prefix + "".join(self.random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", k=16))

    def uuid(self) -> str:
        """A random event id."""
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def moment(self) -> datetime:
        """A random second of the month, a day before its end at the latest."""
        return START + timedelta(seconds=self.random.randrange((DAYS - 1) * 86_400))

    def person(self, name: str, account: str) -> Record:
        """Somebody in a session of the role Admin."""
        issuer = {"type": "Role", "arn": f"arn:aws:iam::{account}:role/Admin", "accountId": account, "userName": "Admin"}
        return {
            "type": "AssumedRole",
            "arn": f"arn:aws:sts::{account}:assumed-role/Admin/{name}",
            "accountId": account,
            "accessKeyId": self.key("ASIA"),
            "sessionContext": {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "true"}},
        }

    def record(self, who: Record, call: str, when: datetime, account: str, **members: Any) -> Record:
        """A management event; `call` is such as `ec2:RunInstances`."""
        service, name = call.split(":")
        return {
            "eventVersion": "1.11",
            "userIdentity": who,
            "eventTime": f"{when:%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": f"{service}.amazonaws.com",
            "eventName": name,
            "awsRegion": REGION,
            "sourceIPAddress": f"203.0.113.{self.random.randrange(1, 255)}",
            "userAgent": "aws-cli/2.31.18 md/awscrt#0.28.2 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.9",
            "requestParameters": None,
            "responseElements": None,
            "requestID": self.uuid(),
            "eventID": self.uuid(),
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": account,
            "eventCategory": "Management",
            **members,
        }

    def instance(self) -> Instance:
        """An instance that is launched, worked on and looked at, and in half of all cases terminated."""
        life, account, when = Instance(f"i-{self.digits(17)}"), self.random.choice(ACCOUNTS), self.moment()
        named = {"instancesSet": {"items": [{"instanceId": life.id}]}}
        self.add(life, account, "ec2:RunInstances", when, self.launch(), {"reservationId": f"r-{self.digits(17)}", **named})
        for _ in range(self.random.randrange(3, 12)):
            when += timedelta(seconds=self.random.randrange(1, 7_000))
            call = self.random.choice(("ec2:CreateTags", "ec2:StopInstances", "ec2:StartInstances", "ec2:DescribeInstances"))
            tags = {"resourcesSet": {"items": [{"resourceId": life.id}]}, "tagSet": {"items": [{"key": "team", "value": "web"}]}}
            self.add(life, account, call, when, tags if call == "ec2:CreateTags" else named, None)
        if self.random.random() < 0.5:
            self.add(life, account, "ec2:TerminateInstances", when + timedelta(seconds=5), named, named)
        return life

    def launch(self) -> Record:
        """What a launch asks for."""
        image = {"imageId": f"ami-{self.digits(17)}", "minCount": 1, "maxCount": 1}
        return {"instancesSet": {"items": [image]}, "instanceType": "m7g.large", "subnetId": f"subnet-{self.digits(17)}"}

    def add(self, life: Instance, account: str, call: str, when: datetime, request: Record, response: Record | None) -> None:
        """Adds a call by somebody to an instance's life."""
        reads = "Describe" in call
        who = self.person(self.random.choice(PEOPLE), account)
        record = self.record(who, call, when, account, requestParameters=request, responseElements=response, readOnly=reads)
        life.records.append(record)
        life.created = life.created or record["eventID"]
        if not reads:
            life.last_change = record["eventID"]
            life.changes.append(record["eventID"])

    def chain(self) -> Chain:
        """A user who takes one role from within the other, over all accounts, and makes something with the last."""
        person, when = self.random.choice(PEOPLE), self.moment()
        chain = Chain("", person)
        account = ACCOUNTS[0]
        who: Record = {
            "type": "IAMUser", "arn": f"arn:aws:iam::{account}:user/{person}", "accountId": account,
            "accessKeyId": self.key("AKIA"), "userName": person,
        }  # fmt: skip
        for number in range(ROLES):
            chain.key, when = self.key("ASIA"), when + timedelta(seconds=self.random.randrange(1, 900))
            there = ACCOUNTS[(number + 1) % len(ACCOUNTS)]
            role = f"arn:aws:iam::{there}:role/hop-{number + 1}"
            chain.records += self.assumption(who, when, (account, there), role, chain.key)
            who, account = self.session(role, there, chain.key), there
        named = {"bucketName": f"example-{self.digits(12)}"}
        chain.records.append(self.record(who, "s3:CreateBucket", when + timedelta(seconds=9), account, requestParameters=named))
        return chain

    def assumption(self, who: Record, when: datetime, accounts: tuple[str, str], role: str, key: str) -> list[Record]:
        """The two records of a role that is taken across accounts: the caller's and the role's."""
        call = {
            "requestParameters": {"roleArn": role, "roleSessionName": "pipeline"},
            "responseElements": {"credentials": {"accessKeyId": key, "expiration": "Oct 30, 2026, 1:00:00 PM"}},
            "readOnly": True,
            "sharedEventID": self.uuid(),
        }
        home, there = accounts
        stranger = {"type": "AWSAccount", "accountId": home, "principalId": f"AROA{self.digits(16).upper()}:pipeline"}
        return [
            self.record(who, "sts:AssumeRole", when, home, **call),
            self.record(stranger, "sts:AssumeRole", when, there, **call),
        ]

    def session(self, role: str, account: str, key: str) -> Record:
        """Who acts with a role's key."""
        name = role.rsplit("/", 1)[1]
        issuer = {"type": "Role", "arn": role, "accountId": account, "userName": name}
        return {
            "type": "AssumedRole", "arn": f"arn:aws:sts::{account}:assumed-role/{name}/pipeline", "accountId": account,
            "accessKeyId": key, "sessionContext": {"sessionIssuer": issuer},
        }  # fmt: skip
