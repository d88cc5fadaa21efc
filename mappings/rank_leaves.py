#!/usr/bin/env python3
"""Ranks the leaf names of the AWS API and writes mappings/promoted.yml.

A leaf's name is the last segment of its path, as CloudTrail writes it: lowerCamelCase. EC2's younger operations and S3 begin
some names with a capital (`InstanceId`); these are counted under the lower-case one.

Two sources are counted: botocore's service models (operations, writing operations and services whose request or response has
the name anywhere) and, with --corpus, real log objects (records that have it). Names asked for in security and platform work
are always in (ASKED), names that say nothing when they are counted never (USELESS); the rank fills the places between.

Run with the Python of tests/api: see tests/api/README.md.
"""
from __future__ import annotations

import argparse
import gzip
import json
import math
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/api"))

import apimodel  # noqa: E402  (found by the line above)

PARTS = {"request": "requestParameters", "response": "responseElements"}

# Names chosen per side. Together 156 of the 200 that the schema allows: the others are the users' own.
PLACES = {"request": 100, "response": 56}

# How much more a name counts that identifies something.
IDENTIFIER_WEIGHT = 1.5
IDENTIFIER = re.compile("(Id|Ids|ID|Arn|ARN|Name|Identifier|Type|Url)$")

# Only these characters can stand in a field's name; map keys with others (dots, slashes, blanks) are never promoted.
FIELD_NAME = re.compile("[A-Za-z0-9_-]+")

USELESS = {
    "(?i)(next|continuation|pagination|page)?token$|marker$|cursor": "pages and one-time tokens: a new value in every call",
    "(?i)^(max|min)|limit$|pagesize|sort|^order$": "how a listing is cut and sorted",
    "(?i)clientrequest|idempotency|callerreference|requestid|^dryrun$|x-amz-id": "belongs to the call, not to a resource",
    "(Time|Date|Timestamp|At|Period|Duration|Seconds)$|^(created|updated|lastModified|start|end|period|duration|time|date|timestamp)$":
        "a time or a span: no groups",
    "(?i)(description|message|reason|comment|title|label|text|body|content|contenttype|data|displayname)$": "prose",
    "(?i)^values?$|^defaultvalue|stringvalue|parametervalue|attributevalue|^expression$|^unit$|^threshold$":
        "says nothing without its key",
    "^(_return|success|xmlns|tag|active|count|size|weight|priority|version|code|format|force)$": "the same few values everywhere",
    "(?i)password|secretkey|signature|credential$|policydocument|^policy$|definition": "secret, or as long as a document",
    "^(name|key|enabled|type|from|to|mode|scope|source|target|domain|path|email|url|uri|host|port|field|language|locale|country)s?$":
        "too many meanings to count together",
    "(?i)error|failure|status(code|reason)|statemessage": "the event's own errorCode tells it",
    "(?i)querystring|endpoint$|address$|^location$|^operator$|etag$|revisionid$|s3uri$|^timeout$":
        "hardly two alike, or another name tells it",
}

# What people count and group by, and the question. A name listed here is taken whatever its rank.
ASKED = {
    "request": """
        instanceId            what happened to an instance
        instanceIds           which instances a command reached
        instanceType          sizes that are launched; miners' favourites
        imageId               images that are launched
        subnetId              where things are launched
        subnetIds             where things are launched
        vpcId                 what changes in a network
        groupId               whose security group rules change
        groupName             who joins a group of users or a security group
        securityGroupIds      which security groups are attached
        keyName               key pairs in use
        autoScalingGroupName  groups that grow
        cidrIp                rules open to the world: 0.0.0.0/0
        cidrIpv6              rules open to the world: ::/0
        destinationCidrBlock  routes that change
        gatewayId             where routes lead
        ipProtocol            rules by protocol
        fromPort              ports that are opened
        toPort                ports that are opened
        volumeId              what happened to a volume
        snapshotId            snapshots copied or shared
        networkInterfaceId    what happened to an interface
        routeTableId          routes that change
        networkAclId          network ACLs that change
        internetGatewayId     networks that get a way out
        natGatewayId          networks that get a way out
        allocationId          what happened to an address
        associationId         what was attached, and to what
        vpcEndpointId         private ways that change
        availabilityZone      where things are launched
        launchTemplateId      templates in use
        launchTemplateName    templates in use
        attributeType         which attribute of an image or snapshot changes
        userId                with which account an image or snapshot is shared
        roleArn               which role is assumed or handed over
        roleName              whose role changes
        roleSessionName       who assumes roles
        userName              whose user changes
        policyArn             policies attached: AdministratorAccess
        policyName            inline policies written
        instanceProfileName   roles handed to instances
        accessKeyId           keys created, disabled, deleted
        sourceIdentity        who stands behind a role session
        externalId            third parties that assume roles
        serialNumber          second factors that change
        principalArn          who is let into a cluster
        principal             who is let in by a resource's policy
        sourceAccount         who is let in by a resource's policy
        action                what a resource's policy allows
        permissionSetArn      permission sets assigned
        principalId           who gets a permission set
        aWSServiceName        services that get a role of their own
        sAMLProviderArn       identity providers that change
        openIDConnectProviderArn  identity providers that change
        bucketName            what happened to a bucket
        key                   objects that are read; tags that are set
        prefix                folders that are listed
        x-amz-acl             objects and buckets made public
        keyId                 keys used, disabled, scheduled for deletion
        kmsKeyId              with which key things are encrypted
        aliasName             keys by their alias
        granteePrincipal      who may use a key
        secretId              secrets that are read
        name                  parameters, trails, rules and many more that change
        names                 parameters that are read
        documentName          commands run on instances
        target                instances that sessions are opened on
        functionName          what happened to a function
        runtime               runtimes in use
        layerName             layers that change
        stackName             what happened to a stack
        templateURL           where templates come from
        cluster               what happens in a container cluster
        clusterName           what happens in a cluster
        taskDefinition        what containers are run
        dBInstanceIdentifier  what happened to a database
        dBClusterIdentifier   what happened to a database cluster
        dBSnapshotIdentifier  database snapshots copied or shared
        publiclyAccessible    databases made public
        tableName             tables that are read or deleted
        streamName            streams that change
        topicArn              who publishes and subscribes
        queueUrl              who sends and receives
        logGroupName          logs that are read or deleted
        repositoryName        images pushed and pulled
        s3BucketName          where logs and exports go
        loadBalancerArn       what happened to a load balancer
        hostedZoneId          names that change
        modelId               models that are called
        detectorId            threat detection switched off
        resourceArn           what is tagged or shared
        resourceId            what is tagged
        resourceType          kinds of things asked for
        tagKeys               tags that are removed
        accountId             accounts that are asked about or moved
        region                regions that are enabled or asked about
        status                keys and rules switched on and off
    """,
    "response": """
        instanceId            who launched an instance
        imageId               who made an image
        instanceType          sizes that are launched
        vpcId                 where something was made
        subnetId              where something was made
        groupId               who made a security group
        securityGroupRuleId   who opened a rule
        volumeId              who made a volume
        snapshotId            who made a snapshot
        networkInterfaceId    who made an interface
        privateIpAddress      who had an address
        publicIp              who had an address
        allocationId          who took an address
        associationId         who attached it
        routeTableId          who made a route table
        internetGatewayId     who made a way out
        natGatewayId          who made a way out
        vpcEndpointId         who made a private way
        launchTemplateId      who made a template
        accessKeyId           from which call a session stems
        assumedRoleId         from which call a session stems
        arn                   what was made, or who was assumed
        aRN                   what was made, as Secrets Manager and others spell it
        userId                who made a user
        userName              who made a user
        roleName              who made a role
        roleArn               which role something runs as
        policyArn             who made a policy
        keyId                 who made a key
        kmsKeyId              with which key it is encrypted
        secretArn             who made a secret
        functionArn           who made a function
        functionName          who made a function
        stackId               who made a stack
        clusterArn            who made a cluster
        taskArn               who ran a task
        dBInstanceIdentifier  who made a database
        tableArn              who made a table
        trailARN              who made a trail
        topicArn              who made a topic
        queueUrl              who made a queue
        loadBalancerArn       who made a load balancer
        executionArn          who started a workflow
        commandId             who ran a command
        sessionId             who opened a session
        resourceArn           what was made
        accountId             who made an account
        ownerId               in whose account it stands
        status                how far it came
        state                 how far it came
        ConsoleLogin          sign-ins that fail
        SwitchRole            role switches that fail
        CheckMfa              second factors that fail
    """,
}


@dataclass
class Count:
    """How often a leaf name is used on one side."""

    operations: int = 0
    writes: int = 0
    records: int = 0
    services: set = field(default_factory=set)

    def score(self, name: str) -> float:
        """Writing operations count twice, identifiers one and a half times, and real use by its order of magnitude."""
        spread = math.sqrt((self.operations + self.writes) * max(1, len(self.services)))
        return spread * (IDENTIFIER_WEIGHT if IDENTIFIER.search(name) else 1) * (1 + math.log2(1 + self.records))

    def numbers(self) -> str:
        """The counts in words, as they stand in promoted.yml."""
        used = f"{many(self.operations, 'operation')} ({self.writes} writing), {many(len(self.services), 'service')}"
        real = [many(self.records, "real record")] if self.records else []
        return ", ".join(([used] if self.operations else ["in no API model"]) + real)


def many(number: int, thing: str) -> str:
    """A number of things: `1 service`, `2 services`."""
    return f"{number} {thing}" + ("" if number == 1 else "s")


def leaf_names(root: apimodel.Node) -> set:
    """The names of all leaves of a part; every shape is entered once, so recursion ends."""
    names, seen, todo = set(), set(), [("", root)]
    while todo:
        key, node = todo.pop()
        if node.kind == "scalar":
            names.add(apimodel.lower_first(key))
        visit = (node.kind, key, getattr(node.shape, "name", None))
        if visit in seen or node.kind in ("scalar", "map"):
            continue
        seen.add(visit)
        inner = node.expand()
        todo.extend(inner.items() if node.kind == "struct" else [(key, inner)])
    return names


def count_models(counts: dict) -> None:
    """Adds the names of every operation of every service."""
    for operation in apimodel.operations():
        for side, tree in (("request", operation.request()), ("response", operation.response())):
            for name in leaf_names(tree):
                count = counts[side].setdefault(name, Count())
                count.operations += 1
                count.writes += not operation.read_only
                count.services.add(operation.service)


def value_names(value, key: str = "") -> set:
    """The names of the leaves of a real part that have a value."""
    if isinstance(value, dict):
        return set().union(*(value_names(child, name) for name, child in value.items()))
    if isinstance(value, list):
        return set().union(*(value_names(child, key) for child in value))
    return {key[:1].lower() + key[1:]} if key and value not in (None, "") else set()


def count_corpus(counts: dict, folder: Path) -> int:
    """Adds the records of a folder's log objects (`*.json.gz`, `{"Records": [...]}`); returns how many they are."""
    total = 0
    for file in sorted(folder.rglob("*.json.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as stream:
            records = json.load(stream)["Records"]
        total += len(records)
        for record in records:
            for side, part in PARTS.items():
                for name in value_names(record.get(part)):
                    counts[side].setdefault(name, Count()).records += 1
    return total


def useless(name: str) -> str:
    """Why a name is never promoted, or an empty string."""
    if not FIELD_NAME.fullmatch(name):
        return "holds characters that no field name may have"
    return next((reason for pattern, reason in USELESS.items() if re.search(pattern, name)), "")


def ranked(counts: dict) -> list:
    """(name, count) of one side, best first."""
    return sorted(counts.items(), key=lambda item: (-item[1].score(item[0]), item[0]))


def asked(side: str) -> dict:
    """{name: question} of the names that are always in."""
    lines = (line.strip() for line in ASKED[side].strip().splitlines())
    return dict(re.split(r"\s{2,}", line, maxsplit=1) for line in lines)


def choose(counts: dict, side: str) -> dict:
    """{name: why} for one side: what is asked for, then the best of the rank until the places are taken."""
    chosen = {}
    for name, question in asked(side).items():
        chosen[name] = f"{question}; {counts.get(apimodel.lower_first(name), Count()).numbers()}"
    for name, count in ranked(counts):
        if len(chosen) >= PLACES[side]:
            break
        if name not in chosen and not useless(name):
            chosen[name] = f"by rank; {count.numbers()}"
    return chosen


def rendered(chosen: dict, records: int) -> str:
    """The text of promoted.yml."""
    lines = HEADER.format(total=sum(map(len, chosen.values())), records=records).splitlines()
    lines += [f"#   {reason}: {readable(pattern)}" for pattern, reason in USELESS.items()]
    for side, names in chosen.items():
        lines.append(f"{side}:")
        lines += [f"  - {{name: {name}, why: {json.dumps(why)}}}" for name, why in names.items()]
    return "\n".join(lines) + "\n"


def readable(pattern: str) -> str:
    """A pattern without its flag, for the comment."""
    return pattern.replace("(?i)", "")


HEADER = """\
# The promoted parameters: leaf names whose values are gathered from any depth of requestParameters (`request.<name>`) and of
# responseElements (`response.<name>`) into keyword fields that can be counted and grouped by.
#
# name  the leaf's name, in CloudTrail's own spelling
# why   what people ask with it, and how much it is used
#
# At most 200 in all, those that users add by a setting included; {total} stand here. Written by mappings/rank_leaves.py from
# botocore's models of the AWS API and {records} real records: change the lists in that script, not this file.
#
# Never promoted, whatever their rank, unless asked for by name (as regular expressions):"""


def print_table(counts: dict, chosen: dict, rows: int) -> None:
    """The best names of both sides, and whether and why they are in."""
    for side, names in counts.items():
        heads = "".join(f"{head:>12}" for head in ("operations", "writes", "services", "records"))
        print(f"\n{side:40} {'score':>7}{heads}")
        for name, count in ranked(names)[:rows]:
            verdict = "promoted" if name in chosen[side] else useless(name) or "no place left"
            numbers = (count.operations, count.writes, len(count.services), count.records)
            print(f"{name:40} {count.score(name):7.0f}" + "".join(f"{number:12}" for number in numbers), verdict, sep="  ")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="a folder of real log objects to count, too")
    parser.add_argument("--rows", type=int, default=60, help="rows of the printed table (default: %(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "mappings/promoted.yml", help="(default: %(default)s)")
    options = parser.parse_args()
    counts = {side: {} for side in PARTS}
    count_models(counts)
    records = count_corpus(counts, options.corpus) if options.corpus else 0
    chosen = {side: choose(names, side) for side, names in counts.items()}
    print_table(counts, chosen, options.rows)
    options.out.write_text(rendered(chosen, records), encoding="utf-8")
    print(f"\n{len(chosen['request'])} of request, {len(chosen['response'])} of response written to {options.out}")


if __name__ == "__main__":
    main()
