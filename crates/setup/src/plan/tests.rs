use super::*;

fn settings(promote: &str) -> Settings {
    settings_with("TRAILSEARCH_PROMOTE", promote)
}

fn settings_with(variable: &str, value: &str) -> Settings {
    let lookup = |name: &str| match name {
        "OPENSEARCH_ENDPOINT" => Some("https://abc.eu-central-1.aoss.amazonaws.com".to_owned()),
        "TRAILSEARCH_INDEX_PREFIX" => Some("audit".to_owned()),
        name if name == variable => Some(value.to_owned()),
        _ => None,
    };
    Settings::read(lookup, std::iter::empty()).unwrap()
}

fn sent(promote: &str, choices: &Choices) -> Vec<Request> {
    Plan::new(&settings(promote), choices).unwrap().requests().unwrap()
}

fn count(requests: &[Request], method: &str, path: &str) -> usize {
    requests.iter().filter(|request| request.method == method && request.path.contains(path)).count()
}

#[test]
fn the_endpoint_tells_the_flavor_unless_it_is_chosen() {
    let serverless = sent("", &Choices::default());
    assert_eq!((count(&serverless, "PUT", "/"), count(&serverless, "POST", monitors::PATH)), (3, 0));
    let chosen = sent("", &Choices { flavor: Some(Flavor::OpenSearch), ..Choices::default() });
    assert_eq!(count(&chosen, "PUT", "/"), 4);
    assert!(count(&chosen, "POST", monitors::PATH) > 10);
}

#[test]
fn monitors_may_be_unwanted() {
    let choices = Choices { flavor: Some(Flavor::OpenSearch), monitors: Some(false), ..Choices::default() };
    assert_eq!(count(&sent("", &choices), "POST", monitors::PATH), 0);
}

#[test]
fn dashboards_are_imported_beside_the_endpoint_or_where_it_is_said() {
    let path = "/_dashboards/api/saved_objects/_import?overwrite=true";
    assert_eq!(count(&sent("", &Choices::default()), "POST", path), 1);
    let elsewhere = Choices { dashboards: Some("http://127.0.0.1:5601".to_owned()), ..Choices::default() };
    assert_eq!(count(&sent("", &elsewhere), "POST", "http://127.0.0.1:5601/api/saved_objects/_import"), 1);
}

#[test]
fn choices_and_promoted_names_reach_the_template() {
    let flavor = Some(Flavor::OpenSearch);
    let choices = Choices { shards: Some(3), replicas: Some(0), flavor, ..Choices::default() };
    let requests = sent("request.fleetShape", &choices);
    let at = |path: &str, pointer: &str| match &requests.iter().find(|request| request.path == path).unwrap().body {
        Body::Json(body) => body.pointer(pointer).cloned(),
        Body::Lines(_) => None,
    };
    let settings = "/_component_template/audit-settings";
    assert_eq!(at(settings, "/template/settings/index/number_of_shards"), Some(3.into()));
    assert_eq!(at(settings, "/template/settings/index/number_of_replicas"), Some(0.into()));
    let promoted = "/template/mappings/properties/request/properties/fleetShape/type";
    assert_eq!(at("/_component_template/audit-promoted", promoted), Some("keyword".into()));
}

#[test]
fn retention_is_a_policy_for_the_indices_of_months() {
    let choices = Choices {
        flavor: Some(Flavor::OpenSearch),
        retention_days: Some(365),
        monitors: Some(false),
        dashboards: None,
        ..Choices::default()
    };
    let requests = sent("", &choices);
    let policy = requests.iter().find(|request| request.path == "/_plugins/_ism/policies/audit-retention").unwrap();
    let Body::Json(body) = &policy.body else { panic!("{policy:?}") };
    let at = |pointer: &str| body.pointer(pointer).unwrap().clone();
    assert_eq!(at("/policy/ism_template/0/index_patterns/0"), "audit-20*");
    // The last event of a month comes 31 days after its index was made.
    assert_eq!(at("/policy/states/0/transitions/0/conditions/min_index_age"), "396d");
    assert_eq!(at("/policy/states/1/actions/0"), serde_json::json!({"delete": {}}));
    assert_eq!(count(&requests, "POST", "/_plugins/_ism/add/audit-20*"), 1);

    let by_account =
        Plan::new(&settings_with("TRAILSEARCH_INDEX_BY", "account"), &choices).unwrap().requests().unwrap();
    assert_eq!(count(&by_account, "POST", "/_plugins/_ism/add/audit-20*,audit-*-20*"), 1);

    let collection = Choices { flavor: None, ..choices.clone() };
    assert_eq!(count(&sent("", &collection), "PUT", "_ism"), 0);
    assert_eq!(count(&sent("", &Choices { retention_days: None, ..choices }), "PUT", "_ism"), 0);
}

#[test]
fn access_logs_have_a_template_where_there_are_any() {
    let settings = settings_with("TRAILSEARCH_ACCESS_LOGS", "example-logs/access/");
    let choices = Choices { flavor: Some(Flavor::OpenSearch), shards: Some(3), ..Choices::default() };
    let requests = Plan::new(&settings, &choices).unwrap().requests().unwrap();
    assert_eq!(count(&requests, "PUT", "/_index_template/s3-access"), 1);
    let shards = |request: &&Request| matches!(&request.body, Body::Json(body) if body.to_string().contains("\"number_of_shards\":3"));
    assert_eq!(requests.iter().filter(shards).count(), 2, "of both");
    assert_eq!(count(&sent("", &choices), "PUT", "s3-access"), 0);
}
