"""Everything of a record around its two variable parts: who called, from where, with what outcome."""
from __future__ import annotations

import random

from values import ACCOUNTS, BASE32, PEOPLE, REGIONS, UNICODE, WORDS, blob, ip, moment, sentence, token, uuid

AGENTS = (
    "aws-cli/2.31.8 md/awscrt#0.27.6 ua/2.1 os/linux#6.1.0 lang/python#3.13.7 cfg/retry-mode#standard",
    "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.8.0 lang/python#3.12.3 Botocore/1.44.5",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 terraform-provider-aws/6.17.0 aws-sdk-go-v2/1.39.2",
    "aws-sdk-java/2.34.0 Linux/5.10.0 OpenJDK_64-Bit_Server_VM/21.0.8+9-LTS", "console.amazonaws.com",
)
CALLERS = ("config.amazonaws.com", "cloudformation.amazonaws.com", "autoscaling.amazonaws.com", "lambda.amazonaws.com")

# Codes of services whose models name no errors, and of every service.
COMMON_ERRORS = ("AccessDenied", "ThrottlingException", "ValidationException", "UnrecognizedClientException")
EC2_ERRORS = ("Client.UnauthorizedOperation", "Client.DryRunOperation", "Client.InvalidParameterValue", "Server.InternalError")


def key_id(rng: random.Random, prefix: str) -> str:
    """An access key or principal id: four letters and sixteen more (`AKIA…`, `ASIA…`, `AROA…`, `AIDA…`)."""
    return prefix + token(rng, 16, BASE32)


def _session(rng: random.Random, account: str, role: str) -> dict:
    issuer = {
        "type": "Role", "principalId": key_id(rng, "AROA"), "arn": f"arn:aws:iam::{account}:role/{role}", "accountId": account,
        "userName": role,
    }
    session = {
        "sessionIssuer": issuer, "webIdFederationData": {},
        "attributes": {"creationDate": f"{moment(rng):%Y-%m-%dT%H:%M:%SZ}", "mfaAuthenticated": rng.choice(("true", "false"))},
    }
    if rng.random() < 0.1:
        session["sourceIdentity"] = rng.choice(PEOPLE)
    return session


def assumed_role(rng: random.Random, account: str) -> dict:
    """A role session, of a person, a deployment or an instance."""
    role, name = f"{rng.choice(WORDS)}-{token(rng, 4)}", rng.choice(PEOPLE + (f"i-0{token(rng, 16, '0123456789abcdef')}",))
    return {
        "type": "AssumedRole", "principalId": f"{key_id(rng, 'AROA')}:{name}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}", "accountId": account, "accessKeyId": key_id(rng, "ASIA"),
        "sessionContext": _session(rng, account, role),
    }


def iam_user(rng: random.Random, account: str) -> dict:
    """An IAM user with a long-lived key."""
    name = rng.choice(PEOPLE)
    return {
        "type": "IAMUser", "principalId": key_id(rng, "AIDA"), "arn": f"arn:aws:iam::{account}:user/{name}", "accountId": account,
        "accessKeyId": key_id(rng, "AKIA"), "userName": name,
    }


def root(rng: random.Random, account: str) -> dict:
    """The account's root user, signed in to the console: its access key id is empty."""
    return {"type": "Root", "principalId": account, "arn": f"arn:aws:iam::{account}:root", "accountId": account, "accessKeyId": ""}


def service(rng: random.Random, account: str) -> dict:
    """An AWS service acting for itself."""
    return {"type": "AWSService", "invokedBy": rng.choice(CALLERS)}


def nameless(rng: random.Random, account: str) -> dict:
    """A service event's identity, which has no type."""
    return {"accountId": account, "invokedBy": rng.choice(CALLERS)}


def other_account(rng: random.Random, account: str) -> dict:
    """A caller of another account, or an anonymous one."""
    other = rng.choice(ACCOUNTS + ("ANONYMOUS_PRINCIPAL",))
    return {"type": "AWSAccount", "principalId": key_id(rng, "AIDA"), "accountId": other}


def role(rng: random.Random, account: str) -> dict:
    """A role named directly, without a session."""
    name = f"{rng.choice(WORDS)}-{token(rng, 4)}"
    return {"type": "Role", "principalId": key_id(rng, "AROA"), "arn": f"arn:aws:iam::{account}:role/{name}", "accountId": account}


def federated(rng: random.Random, account: str) -> dict:
    """A session of GetFederationToken."""
    name = rng.choice(PEOPLE)
    issuer = {key: value for key, value in iam_user(rng, account).items() if key != "accessKeyId"}
    return {
        "type": "FederatedUser", "principalId": f"{account}:{name}", "arn": f"arn:aws:sts::{account}:federated-user/{name}",
        "accountId": account, "accessKeyId": key_id(rng, "ASIA"), "sessionContext": {"sessionIssuer": issuer},
    }


def directory(rng: random.Random, account: str) -> dict:
    """A user of a directory service."""
    return {"type": "Directory", "principalId": token(rng, 10), "accountId": account, "userName": rng.choice(PEOPLE)}


def saml(rng: random.Random, account: str) -> dict:
    """A caller with a SAML assertion."""
    name = f"{rng.choice(PEOPLE)}@example.com"
    return {
        "type": "SAMLUser", "principalId": f"{blob(rng, 24)}:{name}", "userName": name, "identityProvider": blob(rng, 24),
    }


def web_identity(rng: random.Random, account: str) -> dict:
    """A caller with a token of an OpenID Connect provider."""
    provider = rng.choice(("accounts.google.com", "oidc.eks.eu-west-1.amazonaws.com/id/" + token(rng, 32, "0123456789ABCDEF")))
    subject = f"{rng.choice(PEOPLE)}-{token(rng, 6)}"
    return {"type": "WebIdentityUser", "principalId": f"{provider}:app:{subject}", "userName": subject, "identityProvider": provider}


def identity_center(rng: random.Random, account: str) -> dict:
    """A user of IAM Identity Center."""
    store = f"arn:aws:identitystore::{account}:identitystore/d-{token(rng)}"
    return {
        "type": "IdentityCenterUser", "accountId": account, "credentialId": blob(rng, 40),
        "onBehalfOf": {"userId": uuid(rng), "identityStoreArn": store},
    }


def unknown(rng: random.Random, account: str) -> dict:
    """An identity that CloudTrail could not tell."""
    return {"type": "Unknown", "principalId": account, "accountId": account, "userName": rng.choice(PEOPLE)}


# Every userIdentity type with its weight.
IDENTITIES = {
    assumed_role: 45, iam_user: 15, service: 8, root: 4, other_account: 4, role: 3, federated: 3, directory: 2, saml: 3,
    web_identity: 4, identity_center: 4, unknown: 1, nameless: 2,
}


def identity(rng: random.Random, account: str) -> dict:
    """A userIdentity of any type."""
    make = rng.choices(list(IDENTITIES), weights=list(IDENTITIES.values()))[0]
    return make(rng, account)


def _source(rng: random.Random, who: dict) -> str:
    if "invokedBy" in who:
        return who["invokedBy"]
    return "AWS Internal" if rng.random() < 0.05 else ip(rng)


def envelope(rng: random.Random, operation, caller: random.Random) -> dict:
    """A record without parts: all fields that every API call has, and those that many have; `caller` decides who calls."""
    account, region = caller.choice(ACCOUNTS), rng.choice(REGIONS)
    who = identity(caller, account)
    record = {
        "eventVersion": rng.choice(("1.08", "1.09", "1.10", "1.11")), "userIdentity": who, "eventTime": f"{moment(rng):%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": operation.event_source, "eventName": operation.event_name, "awsRegion": region,
        "sourceIPAddress": _source(caller, who), "userAgent": who.get("invokedBy") or rng.choice(AGENTS),
        "requestParameters": None, "responseElements": None, "requestID": uuid(rng), "eventID": uuid(rng),
        "readOnly": operation.read_only, "eventType": "AwsApiCall", "managementEvent": True, "recipientAccountId": account,
        "eventCategory": "Management",
    }
    record.update(_extras(rng, operation, account, region))
    return record


def _extras(rng: random.Random, operation, account: str, region: str) -> dict:
    """Fields that only some records have."""
    host = f"{operation.event_source.split('.')[0]}.{region}.amazonaws.com"
    resource = f"arn:aws:{operation.service}:{region}:{account}:{rng.choice(WORDS)}/{token(rng)}"
    sent = rng.randint(0, 10 ** 6)
    options = (
        (0.5, {"tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host}}),
        (0.2, {"apiVersion": operation.api_version}),
        (0.1, {"vpcEndpointId": f"vpce-0{token(rng, 16, '0123456789abcdef')}", "vpcEndpointAccountId": account}),
        (0.1, {"sessionCredentialFromConsole": "true"}),
        (0.1, {"sharedEventID": uuid(rng)}),
        (0.2, {"resources": [{"accountId": account, "type": "AWS::S3::Object", "ARN": resource}]}),
        (0.15, {"additionalEventData": {"SignatureVersion": "SigV4", "x-amz-id-2": blob(rng, 60), "bytesTransferredOut": sent}}),
        (0.1, {"eventCategory": "Data", "managementEvent": False}),
    )
    return {key: value for chance, fields in options if rng.random() < chance for key, value in fields.items()}


def failure(rng: random.Random, operation) -> dict:
    """errorCode and errorMessage of a refused call, out of the errors that the operation's model names."""
    common = EC2_ERRORS if operation.service == "ec2" else COMMON_ERRORS
    code = rng.choice(tuple(operation.errors) or common) if rng.random() < 0.7 else rng.choice(common)
    who = f"arn:aws:iam::{rng.choice(ACCOUNTS)}:user/{rng.choice(PEOPLE)}"
    action = f"{operation.event_source.split('.')[0]}:{operation.name}"
    denied = f"User: {who} is not authorized to perform: {action} because no identity-based policy allows the {action} action"
    message = denied if "Denied" in code or "Unauthorized" in code else f"{sentence(rng)} {rng.choice(UNICODE + ('',))}"
    return {"errorCode": code, "errorMessage": message}
