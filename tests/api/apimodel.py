"""The AWS API as CloudTrail writes it: botocore's service models under CloudTrail's names.

`operations()` yields every API operation; `Operation.request()` and `.response()` give the tree of names and shapes that
stands in `requestParameters` and `responseElements`. Both the record generator beside this file and mappings/rank_leaves.py
walk that tree, so the names they use are the same.

What CloudTrail does to names is written down nowhere in one place; the rules here were read off the examples in
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html and of the services' own guides:

- members are lowerCamelCase: the first letter is lowered and nothing else (`DBInstanceIdentifier` -> `dBInstanceIdentifier`);
- EC2 writes wire names, lists as `{"items": [...]}`, and in requests a list `VpcId` is named `vpcSet`;
- EC2's younger operations keep the wire's PascalCase within `{"<Operation>Request": {...}}`, items numbered by `tag`;
- S3 calls the bucket `bucketName`, keeps header and query names, and shows a sub-resource as an empty string (`"acl": ""`);
- Lambda's and CloudFront's event names end in the API's date (`CreateFunction20150331`, `CreateDistribution2020_05_31`).
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

try:
    from botocore.loaders import Loader
    from botocore.model import ServiceModel
except ImportError as error:
    raise SystemExit(
        "botocore is missing: python3 -m venv target/api/venv && "
        "target/api/venv/bin/pip install -r tests/api/requirements.txt, then run with target/api/venv/bin/python"
    ) from error

# Verbs of calls that change nothing; a capital or the end must follow (`CheckpointDurableExecution` is no `Check`).
READ_VERBS = re.compile(
    "(BatchDescribe|BatchGet|Check|Count|Describe|Detect|Estimate|Evaluate|Filter|Get|Head|List|Lookup|Preview|Query|Scan|"
    "Search|Simulate|Test|Validate|Verify|View)(?![a-z])"
)

# Event sources that are not their service's endpoint prefix.
EVENT_SOURCES = {
    "api.ecr": "ecr", "api.ecr-public": "ecr-public", "api.sagemaker": "sagemaker", "api.pricing": "pricing",
    "api.mediatailor": "mediatailor", "api.detective": "detective", "email": "ses", "portal.sso": "sso",
    "streams.dynamodb": "dynamodb", "models.lex": "lex", "models-v2-lex": "lexv2", "runtime.sagemaker": "sagemaker",
    "s3-control": "s3",
}

# Lambda's first API names got a second version of the event name when their answers changed.
LAMBDA_V2 = {
    "AddPermission", "GetFunction", "GetFunctionConfiguration", "GetPolicy", "RemovePermission", "UpdateFunctionCode",
    "UpdateFunctionConfiguration",
}


def lower_first(name: str) -> str:
    """CloudTrail's lowerCamelCase: only the first letter changes (`VPCId` -> `vPCId`)."""
    return name[:1].lower() + name[1:]


@dataclass(frozen=True)
class Node:
    """One place of a part's tree.

    kind is `struct`, `list`, `map` or `scalar`; `expand()` gives a struct's `{key: Node}`, and the item's or value's Node of
    a list or map. `name` tells what the value is: the key under which it stands, and for a list's items the list's key.
    `number` is the key that numbers a list's items, where the service does that (`tag`); of a `lone` list a single item
    stands without the list.
    """

    kind: str
    name: str
    shape: Any
    expand: Callable[[], Any] = lambda: {}
    required: frozenset = frozenset()
    number: str = ""
    lone: bool = False


def fields_node(name: str, shape: Any, expand: Callable[[], dict], required=frozenset()) -> Node:
    """A struct with the fields that `expand` returns."""
    return Node("struct", name, shape, expand, frozenset(required))


class Style:
    """How a service's names and lists come out; this base is what nearly all services do."""

    def key(self, member: str, shape: Any) -> str:
        """The key CloudTrail writes for a member."""
        return lower_first(member)

    def node(self, shape: Any, name: str) -> Node:
        """The tree below a shape that stands under `name`."""
        if shape.type_name == "structure":
            return self.struct(shape, name)
        if shape.type_name == "list":
            return self.list(shape, name)
        if shape.type_name == "map":
            return Node("map", name, shape, lambda: self.node(shape.value, name))
        return Node("scalar", name, shape)

    def struct(self, shape: Any, name: str) -> Node:
        """A structure's place."""
        required = (self.key(m, shape.members[m]) for m in shape.required_members if m in shape.members)
        return fields_node(name, shape, lambda: self.fields(shape), required)

    def list(self, shape: Any, name: str) -> Node:
        """A list's place; services differ most here."""
        return Node("list", name, shape, lambda: self.node(shape.member, name))

    def fields(self, shape: Any) -> dict:
        """The members of a structure that CloudTrail records: no event streams, no payload bytes."""
        payload = shape.serialization.get("payload")
        found = {}
        for member, child in shape.members.items():
            streams = child.serialization.get("eventstream") or child.serialization.get("streaming")
            if streams or (member == payload and child.type_name == "blob"):
                continue
            key = self.key(member, child)
            found[key] = self.node(child, key)
        return found


class WireStyle(Style):
    """Names of the wire (`locationName`), first letter lowered."""

    def key(self, member, shape):
        return lower_first(shape.serialization.get("name", member))


class Ec2Response(WireStyle):
    """EC2's answers: `reservationSet: {"items": [...]}`; `return` is written `_return`."""

    def key(self, member, shape):
        name = super().key(member, shape)
        return "_return" if name == "return" else name

    def list(self, shape, name):
        items = Node("list", name, shape, lambda: self.item(shape, name))
        return fields_node(name, shape, lambda: {"items": items}, ["items"])

    def item(self, shape, name):
        """The place of a list's items."""
        return self.node(shape.member, name)


class Ec2WrappedResponse(Ec2Response):
    """The answers of EC2's younger operations: XML turned to JSON, `{"item": ...}`."""

    def list(self, shape, name):
        items = Node("list", name, shape, lambda: self.item(shape, name), lone=True)
        return fields_node(name, shape, lambda: {"item": items}, ["item"])


class Ec2Request(Ec2Response):
    """EC2's classic requests: `vpcSet: {"items": [{"vpcId": ...}]}`, `filterSet: {"items": [{"name", "valueSet"}]}`."""

    SETS = {"instanceId": "instancesSet", "imageId": "imagesSet", "owner": "ownersSet", "bundleId": "bundlesSet"}
    PLAIN = {"ipPermissions", "blockDeviceMapping"}

    def key(self, member, shape):
        name = super().key(member, shape)
        if shape.type_name != "list" or name in self.PLAIN or name.endswith("Set"):
            return name
        return self.SETS.get(name) or re.sub("Id$", "", name) + "Set"

    def item(self, shape, name):
        """A list's item; a bare value is put under the wire's name for it."""
        node = self.node(shape.member, name)
        if node.kind != "scalar":
            return node
        wire = lower_first(shape.serialization.get("name") or name)
        key = wire if not wire.endswith("Set") else wire[:-3]
        return fields_node(name, shape, lambda: {key: self.node(shape.member, key)}, [key])


class Ec2Wrapped(Style):
    """EC2's younger requests: PascalCase; items carry their number as `tag`, bare values stand in `content`."""

    def key(self, member, shape):
        return shape.serialization.get("name", member)

    def list(self, shape, name):
        return Node("list", name, shape, lambda: self.item(shape, name), number="tag", lone=True)

    def item(self, shape, name):
        node = self.node(shape.member, name)
        if node.kind == "struct":
            return node
        return fields_node(name, shape, lambda: {"content": node}, ["content"])


class S3Style(Style):
    """S3: `bucketName`, wire names of headers and query, PascalCase bodies."""

    def key(self, member, shape):
        if member == "Bucket":
            return "bucketName"
        where = shape.serialization.get("location")
        if where in ("header", "querystring", "headers"):
            return shape.serialization.get("name", member)
        return lower_first(member) if where == "uri" else member


def ec2_style(model: Any) -> Style:
    """Old EC2 operations have members named in lowerCamelCase on the wire; those without are written PascalCase."""
    members = model.input_shape.members.items() if model.input_shape else ()
    wire = [child.serialization.get("name", member) for member, child in members]
    return Ec2Request() if any(name[:1].islower() for name in wire) else Ec2Wrapped()


class Operation:
    """One API operation of one service."""

    def __init__(self, service: str, service_model: ServiceModel, name: str):
        self.service = service
        self.name = name
        self.model = service_model.operation_model(name)
        self.api_version = service_model.api_version
        self.namespace = service_model.metadata.get("xmlNamespace", "")
        prefix = service_model.metadata["endpointPrefix"]
        self.event_source = EVENT_SOURCES.get(prefix, prefix) + ".amazonaws.com"

    @property
    def event_name(self) -> str:
        """The name in `eventName`, with the API's date where CloudTrail appends it."""
        date = re.match(r"/(201[4-8])-(\d\d)-(\d\d)/", self.model.http.get("requestUri", ""))
        if self.service != "lambda" or not date:
            return self.model.wire_name
        return self.name + "".join(date.groups()) + ("v2" if self.name in LAMBDA_V2 else "")

    @property
    def read_only(self) -> bool:
        """Whether the call changes nothing, judged by its verb."""
        return bool(READ_VERBS.match(self.name))

    @property
    def errors(self) -> list:
        """Error codes of the model, without duplicates, in the model's order."""
        codes = [s.metadata.get("error", {}).get("code", s.name) for s in self.model.error_shapes]
        return list(dict.fromkeys(codes))

    def request(self) -> Node:
        """The tree of `requestParameters`."""
        style = self._style("request")
        root = style.node(self.model.input_shape, "") if self.model.input_shape else fields_node("", None, dict)
        if self.service == "s3":
            return self._with_s3_flags(root)
        if isinstance(style, Ec2Wrapped):
            return wrap(f"{self.name}Request", root)
        return root

    def response(self) -> Node:
        """The tree of `responseElements`."""
        if not self.model.output_shape:
            return fields_node("", None, dict)
        root = self._style("response").node(self.model.output_shape, "")
        if isinstance(self._style("response"), Ec2WrappedResponse):
            return wrap(f"{self.name}Response", root)
        return root

    def _style(self, side: str) -> Style:
        if self.service == "ec2":
            asked = ec2_style(self.model)
            answers = Ec2WrappedResponse() if isinstance(asked, Ec2Wrapped) else Ec2Response()
            return asked if side == "request" else answers
        return S3Style() if self.service == "s3" else Style()

    def _with_s3_flags(self, root: Node) -> Node:
        """Adds the sub-resource of the address (`/{Bucket}?acl`) as a key that is always there."""
        query = self.model.http.get("requestUri", "").partition("?")[2]
        flags = [flag for flag in query.split("&") if flag and "=" not in flag]
        return fields_node(
            "", root.shape, lambda: {**root.expand(), **{flag: Node("scalar", flag, None) for flag in flags}},
            root.required | set(flags),
        )


def wrap(key: str, root: Node) -> Node:
    """A part whose only key holds the whole tree."""
    return fields_node("", root.shape, lambda: {key: Node("struct", key, root.shape, root.expand, root.required)}, [key])


def services() -> list:
    """Names of all services of the installed botocore, sorted."""
    return sorted(Loader().list_available_services("service-2"))


def operations(only: str = "") -> Iterator[Operation]:
    """Every operation, sorted by service and name; `only` names one service."""
    loader = Loader()
    for service in [only] if only else services():
        model = ServiceModel(loader.load_service_model(service, "service-2"), service)
        for name in sorted(model.operation_names):
            yield Operation(service, model, name)
