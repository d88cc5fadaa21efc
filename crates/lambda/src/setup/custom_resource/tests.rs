use super::*;

const URL: &str =
    "https://cloudformation-custom-resource-response-eucentral1.s3.eu-central-1.amazonaws.com/a?X-Amz-Signature=0f0f";

fn request(more: Value) -> Request {
    let mut request = json!({
        "RequestType": "Create",
        "ResponseURL": URL,
        "StackId": "arn:aws:cloudformation:eu-central-1:111122223333:stack/trail/7f3a0d10",
        "RequestId": "5c4cf0d2",
        "ResourceType": "Custom::TrailsearchSetup",
        "LogicalResourceId": "Setup",
        "ResourceProperties": {"ServiceToken": "arn:aws:lambda:eu-central-1:111122223333:function:trail", "Setup": {"shards": "2"}},
    });
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    serde_json::from_value(request).unwrap()
}

fn failed(request: &Request, reason: &str) -> Value {
    let error = MembersError::missing(reason);
    serde_json::to_value(request.response(Err(error.into()))).unwrap()
}

#[test]
fn the_properties_are_those_of_setup() {
    assert_eq!(request(json!({})).choices().unwrap().shards, Some(2));
    let again = json!({"ResourceProperties": {"Setup": "", "Version": "1.2.0"}});
    assert_eq!(request(again).choices().unwrap().shards, None);
    let error = request(json!({"ResourceProperties": {"setup": {}}})).choices().unwrap_err().to_string();
    assert!(error.contains("ResourceProperties.Setup is missing"), "{error}");
}

#[test]
fn the_id_stays_as_it_was_made() {
    let created = failed(&request(json!({})), "x")["PhysicalResourceId"].clone();
    assert_eq!(created, "trailsearch-setup-Setup");
    let update = json!({"RequestType": "Update", "PhysicalResourceId": "trailsearch-setup-Other"});
    assert_eq!(failed(&request(update), "x")["PhysicalResourceId"], "trailsearch-setup-Other");
}

#[test]
fn an_answer_has_what_cloudformation_asks_for_and_is_not_too_long() {
    let response = failed(&request(json!({})), &"very ".repeat(2_000));
    assert_eq!(response["Status"], "FAILED");
    assert!(response["Reason"].as_str().unwrap().ends_with('…'), "{response}");
    assert_eq!(
        (&response["StackId"], &response["RequestId"]),
        (&json!("arn:aws:cloudformation:eu-central-1:111122223333:stack/trail/7f3a0d10"), &json!("5c4cf0d2"))
    );
    assert_eq!(response["LogicalResourceId"], "Setup");
    assert!(response.to_string().len() < 4_096);
}

#[test]
fn the_url_is_a_secret() {
    assert!(!format!("{:?}", request(json!({}))).contains("0f0f"));
}
