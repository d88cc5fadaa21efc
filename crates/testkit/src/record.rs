//! One record as text, put together from layers of fields.

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Fields by name, each with its JSON as written.
pub(crate) type Fields = BTreeMap<String, Box<RawValue>>;

/// The top-level fields in the order in which CloudTrail writes them.
///
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
const ORDER: [&str; 36] = [
    "eventVersion",
    "eventId",
    "accountId",
    "timeWindow",
    "summary",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "readOnly",
    "resources",
    "eventType",
    "apiVersion",
    "managementEvent",
    "recipientAccountId",
    "sharedEventID",
    "serviceEventDetails",
    "insightDetails",
    "addendum",
    "edgeDeviceDetails",
    "eventContext",
    "vpcEndpointId",
    "vpcEndpointAccountId",
    "eventCategory",
    "tlsDetails",
    "sessionCredentialFromConsole",
];

/// Writes one minified record. Later layers replace the fields of earlier
/// ones; names that are no field of a record are left out.
pub(crate) fn compose(layers: &[&Fields]) -> String {
    let mut text = String::from("{");
    for name in ORDER {
        let Some(value) = layers.iter().rev().find_map(|layer| layer.get(name)) else {
            continue;
        };
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&format!("\"{name}\":"));
        text.push_str(&minify(value.get()));
    }
    text.push('}');
    text
}

/// The same JSON without the blanks between its tokens.
pub(crate) fn minify(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    json.chars()
        .filter(|&c| {
            let keep = in_string || !c.is_ascii_whitespace();
            in_string ^= c == '"' && !escaped;
            escaped = c == '\\' && in_string && !escaped;
            keep
        })
        .collect()
}

/// The text of a field that holds a string without escapes.
pub(crate) fn string<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    serde_json::from_str(fields.get(name)?.get()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minify_leaves_strings_alone() {
        let json = "{ \"a b\" : [ 1 , \"c \\\" d\" ,\n\t\"\\\\\" , { } ] }";
        assert_eq!(minify(json), "{\"a b\":[1,\"c \\\" d\",\"\\\\\",{}]}");
    }

    #[test]
    fn later_layers_win_and_the_order_is_cloudtrails() {
        let first: Fields = serde_json::from_str(r#"{"eventName":"A","eventVersion":"1.11","weight":3}"#).unwrap();
        let second: Fields = serde_json::from_str(r#"{ "eventName" : "B" }"#).unwrap();
        assert_eq!(compose(&[&first, &second]), r#"{"eventVersion":"1.11","eventName":"B"}"#);
        assert_eq!(string(&first, "eventName"), Some("A"));
    }
}
