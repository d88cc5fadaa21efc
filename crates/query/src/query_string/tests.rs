use serde_json::{Value, json};

use super::*;
use crate::Document;

fn read(text: &str) -> Result<Query, QueryError> {
    let default_fields = ["eventName", "errorMessage", "requestParameters"].map(str::to_owned);
    parse(text, Context { now: "2026-11-21T12:00:00Z".parse().unwrap(), default_fields: &default_fields })
}

fn event() -> Value {
    json!({
        "@timestamp": "2026-11-20T08:52:40Z", "eventName": "RunInstances", "eventSource": "ec2.amazonaws.com", "readOnly": false,
        "errorMessage": "You are not authorized to perform this operation.", "sourceIPAddress": "203.0.113.7",
        "requestParameters": {"instanceType": "t3.micro", "a/b": "x:y", "text": "two words"}, "additional": {"bytesTransferredIn": 500},
    })
}

#[test]
fn queries_match_as_lucene_has_it() {
    let event = event();
    for (text, expected) in [
        ("eventName:RunInstances", true),
        ("eventName: RunInstances", true),
        ("eventName:runinstances", false),
        ("event.action:RunInstances", true),
        ("RunInstances", true),
        ("authorized", true),
        ("AUTHORIZED", true),
        ("t3.micro", true),
        ("t3", false),
        ("eventName:Run* AND readOnly:false", true),
        ("eventName:Run* AND readOnly:true", false),
        ("eventName:Run* && !readOnly:true", true),
        ("eventName:Run* NOT readOnly:false", false),
        ("eventName:Stop* OR eventName:Run*", true),
        ("eventName:Stop* || eventName:Run*", true),
        // OR counts for nothing beside AND.
        ("eventName:Run* OR eventName:Stop* AND readOnly:false", false),
        ("(eventName:Run* OR eventName:Stop*) AND readOnly:false", true),
        ("+eventName:Run* -readOnly:true", true),
        ("+eventName:Run* +readOnly:true", false),
        ("eventName:Run* readOnly:true", true),
        ("-readOnly:true", true),
        ("NOT readOnly:false", false),
        ("eventName:Run* AND (NOT readOnly:true)", true),
        ("eventName:(StopInstances OR RunInstances)", true),
        ("eventName:(Run* AND NOT *Scheduled*)", true),
        // Words side by side are one text.
        ("eventName:(StopInstances RunInstances)", false),
        ("requestParameters.text:(two words)", true),
        ("errorMessage:(never authorized)", true),
        ("eventName:RunInstances nowhere", true),
        ("\"not authorized\"", true),
        ("\"authorized not\"", false),
        ("errorMessage:\"YOU are\"", true),
        ("requestParameters.text:\"two words\"", true),
        ("requestParameters.text:two\\ words", true),
        ("requestParameters.a\\/b:x\\:y", true),
        ("requestParameters.a\\/b:\"x:y\"", true),
        ("eventName:R?nInst*s", true),
        ("eventName:Run\\*", false),
        ("errorMessage:*THOR*", true),
        ("errorMessage:auth*", true),
        ("eventName:[R TO S]", true),
        ("eventName:{RunInstances TO S}", false),
        ("eventName:[* TO RunInstances]", true),
        ("additional.bytesTransferredIn:>=500", true),
        ("additional.bytesTransferredIn:>500", false),
        ("additional.bytesTransferredIn:[1 TO 500}", false),
        ("@timestamp:[2026-11-20 TO now]", true),
        ("@timestamp:>2026-11-20", false),
        ("@timestamp:<now-1d\\/d", false),
        ("@timestamp:\"2026-11-20T08:52:40Z\"", true),
        ("sourceIPAddress:203.0.113.0\\/24", true),
        ("sourceIPAddress:\"203.0.114.0/24\"", false),
        ("_exists_:errorMessage", true),
        ("_exists_:errorCode", false),
        ("errorMessage:*", true),
        ("noise:*", false),
        ("_id:a", true),
        ("*", true),
        ("*:*", true),
        ("eventName:RunInstances^2", true),
        ("no.such:x", false),
        ("eventName:\"\"", false),
        ("", false),
        ("  ", false),
    ] {
        let query = read(text).unwrap();
        assert_eq!(query.matches(&Document { id: "a", body: &event }), expected, "{text}: {query:?}");
    }
}

#[test]
fn wrong_syntax_is_said() {
    for text in [
        "eventName:((",
        "()",
        "(a",
        "a)",
        "AND",
        "a AND",
        "a AND OR b",
        "a:",
        ":a",
        "a:b:c",
        "a/b",
        "\"a",
        "a^",
        "[a TO b",
    ] {
        let error = read(text).unwrap_err();
        assert!(matches!(error, QueryError::Syntax { .. }), "{text}: {error:?}");
        assert!(error.to_string().starts_with(&format!("Failed to parse query [{text}]: ")), "{error}");
    }
}

#[test]
fn what_is_left_out_is_said() {
    for (text, what) in [
        ("Runinstance~", "(~)"),
        ("eventName:Runinstance~2", "(~)"),
        ("\"not authorized\"~3", "(~)"),
        ("eventName:/Run.*/", "regular expression"),
        ("actor.\\*:alice", "name of a field"),
        ("*:alice", "name of a field"),
        ("actor.*:alice", "name of a field"),
    ] {
        let error = read(text).unwrap_err();
        assert!(matches!(&error, QueryError::Unsupported(said) if said.contains(what)), "{text}: {error:?}");
    }
}

#[test]
fn a_value_that_a_field_cannot_have_is_said() {
    for text in [
        "readOnly:yes",
        "sourceIPAddress:host",
        "@timestamp:soon",
        "additional.bytesTransferredIn:>many",
        "sourceIPAddress:203.*",
    ] {
        assert!(matches!(read(text), Err(QueryError::Value { .. } | QueryError::NoText(_))), "{text}");
    }
}
