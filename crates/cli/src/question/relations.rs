//! Which ids belong to the life of a thing although later calls do not name the thing itself.
//!
//! `AssociateRouteTable` ties a route table to a subnet and answers an association; `DisassociateRouteTable` names
//! nothing but the association. So the calls that tie are data here, and what they answered is searched for too.

use serde_json::{Value, json};

use super::event::Event;
use super::query::{Order, all, search, succeeded, terms};

/// Calls that tie things together, and the member of the response that holds the id of the tie. See
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/OperationList-query-fcs.html>.
const TIES: [(&str, &str); 20] = [
    ("AssociateAddress", "associationId"),
    ("AssociateIamInstanceProfile", "associationId"),
    ("AssociateRouteTable", "associationId"),
    ("AssociateSubnetCidrBlock", "associationId"),
    ("AssociateTransitGatewayRouteTable", "transitGatewayAttachmentId"),
    ("AssociateVpcCidrBlock", "associationId"),
    ("AttachNetworkInterface", "attachmentId"),
    ("CreateAccessKey", "accessKeyId"),
    ("CreateFlowLogs", "item"),
    ("CreateListener", "listenerArn"),
    ("CreateNetworkInterfacePermission", "networkInterfacePermissionId"),
    ("CreateTransitGatewayPeeringAttachment", "transitGatewayAttachmentId"),
    ("CreateTransitGatewayVpcAttachment", "transitGatewayAttachmentId"),
    ("CreateVpcPeeringConnection", "vpcPeeringConnectionId"),
    ("CreateVpnConnection", "vpnConnectionId"),
    ("ReplaceIamInstanceProfileAssociation", "associationId"),
    ("ReplaceNetworkAclAssociation", "newAssociationId"),
    ("ReplaceRouteTableAssociation", "newAssociationId"),
    ("RunInstances", "attachmentId"),
    ("Subscribe", "subscriptionArn"),
];

/// How many ties are looked at.
const MOST: u32 = 200;

/// The calls that tied what the query finds, the newest first.
pub(super) fn ties(query: &Value) -> Value {
    let calls = terms("eventName", TIES.map(|(call, _)| call));
    let fields = ["@timestamp", "eventID", "eventName", "responseElements"];
    search(MOST, Order::Newest, &fields, &all([query.clone(), calls, succeeded()]))
}

/// The ids of the ties that the calls answered, each once, those of the newest call first.
pub(super) fn tied(events: &[Event]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for event in events {
        for (_, member) in TIES.iter().filter(|(call, _)| *call == event.name()) {
            gather(&event.document()["responseElements"], member, &mut ids);
        }
    }
    ids
}

/// The texts of the members of this name, at any depth.
fn gather(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| match value {
            Value::String(text) if key == name && !found.contains(text) => found.push(text.clone()),
            _ => gather(value, name, found),
        }),
        Value::Array(items) => items.iter().for_each(|item| gather(item, name, found)),
        _ => {}
    }
}

/// An ARN ends in the name that many calls hold alone: the account tells whose it is.
pub(super) fn by_name(arn: &str) -> Option<Value> {
    let mut parts = arn.strip_prefix("arn:")?.splitn(5, ':').skip(3);
    let (account, resource) = (parts.next()?, parts.next()?);
    let name = resource.rsplit(['/', ':']).next().filter(|name| !name.is_empty())?;
    let named = json!({"term": {"resource.id": name}});
    let mut filters = vec![named];
    filters.extend((!account.is_empty()).then(|| json!({"term": {"recipientAccountId": account}})));
    let kind = resource.split(['/', ':']).next().filter(|kind| *kind != resource);
    filters.extend(kind.map(|kind| json!({"term": {"resource.kind": kind}})));
    Some(all(filters))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str, response: Value) -> Event {
        Event::new(json!({"eventName": name, "responseElements": response}))
    }

    #[test]
    fn a_tie_is_the_id_that_the_call_answered() {
        let events = [
            event("AssociateRouteTable", json!({"requestId": "r", "associationId": "rtbassoc-1"})),
            event("CreateAccessKey", json!({"accessKey": {"accessKeyId": "AKIA1", "userName": "alice"}})),
            event("CreateUser", json!({"user": {"accessKeyId": "AKIA2"}})),
            event("AssociateRouteTable", json!({"associationId": "rtbassoc-1"})),
        ];
        assert_eq!(tied(&events), ["rtbassoc-1", "AKIA1"]);
        assert!(tied(&[event("AssociateRouteTable", Value::Null)]).is_empty());
    }

    #[test]
    fn the_calls_are_in_order_and_known_once() {
        assert!(TIES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn the_name_in_an_arn_is_that_of_its_account() {
        let filters = |arn: &str| by_name(arn).map(|query| query["bool"]["filter"].clone());
        let user = filters("arn:aws:iam::111122223333:user/team/alice").unwrap();
        assert_eq!(user[0]["term"]["resource.id"], "alice");
        assert_eq!(user[1]["term"]["recipientAccountId"], "111122223333");
        assert_eq!(user[2]["term"]["resource.kind"], "user");
        assert_eq!(filters("arn:aws:s3:::example-logs").unwrap().as_array().unwrap().len(), 1);
        assert_eq!(filters("alice"), None);
    }
}
