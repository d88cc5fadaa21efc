use std::collections::BTreeSet;

use super::*;
use crate::{ACCESS_LOG_FIELD_COUNT, ALIASES, FIELD_COUNT, MAX_FIELDS, count_fields, lookup, promoted};

fn puts(template: &Template) -> Vec<Put> {
    template.puts().unwrap()
}

fn cloudtrail(flavor: Flavor) -> Template {
    Template::new(flavor, "cloudtrail").unwrap()
}

/// The mapping an index gets: that of the components together.
fn mapping(template: &Template) -> Value {
    let mut all = json!({"properties": {}});
    for put in puts(template) {
        merge(&mut all["properties"], &put.body["template"]["mappings"]["properties"]);
    }
    all
}

/// Adds `from` to `to`, objects by their keys, as the server composes templates.
fn merge(to: &mut Value, from: &Value) {
    for (name, value) in from.as_object().into_iter().flatten() {
        match to.get_mut(name) {
            Some(old) if old.is_object() => merge(old, value),
            _ => to[name] = value.clone(),
        }
    }
}

#[test]
fn the_requests_are_in_order() {
    let paths = |flavor| puts(&cloudtrail(flavor)).into_iter().map(|put| put.path).collect::<Vec<_>>();
    let opensearch = paths(Flavor::OpenSearch);
    assert_eq!(opensearch[0], "/_component_template/cloudtrail-settings");
    assert_eq!(opensearch[1], "/_component_template/cloudtrail-fields");
    assert_eq!(opensearch[2], "/_component_template/cloudtrail-promoted");
    assert_eq!(opensearch[3], "/_index_template/cloudtrail");
    assert_eq!(paths(Flavor::Serverless), opensearch[1..]);
}

#[test]
fn the_prefix_is_everywhere() {
    let put = puts(&Template::new(Flavor::OpenSearch, "audit-eu").unwrap()).pop().unwrap();
    assert_eq!(put.body["index_patterns"], json!(["audit-eu-*"]));
    assert_eq!(put.body["composed_of"], json!(["audit-eu-settings", "audit-eu-fields", "audit-eu-promoted"]));
    assert!(!put.body.to_string().contains(PLACEHOLDER));
    assert!(matches!(Template::new(Flavor::OpenSearch, "Audit"), Err(TemplateError::Prefix(_))));
}

#[test]
fn a_longer_prefix_wins() {
    let priority = |prefix| puts(&Template::new(Flavor::OpenSearch, prefix).unwrap())[3].body["priority"].clone();
    assert_eq!(priority("cloudtrail"), 210);
    assert_eq!(priority("cloudtrail-eu"), 213);
}

#[test]
fn the_count_is_that_of_the_mapping() {
    for flavor in [Flavor::OpenSearch, Flavor::Serverless] {
        assert_eq!(count_fields(&mapping(&cloudtrail(flavor))), FIELD_COUNT);
    }
    const { assert!(FIELD_COUNT <= MAX_FIELDS) };
}

#[test]
fn users_promote_within_the_bound() {
    let names: Vec<_> = (0..promoted::room()).map(|n| format!("response.extra{n}")).collect();
    let extra = Extra::parse(names.iter().map(String::as_str)).unwrap();
    let mapping = mapping(&cloudtrail(Flavor::OpenSearch).with_promoted(extra));
    assert_eq!(mapping["properties"]["response"]["properties"]["extra0"]["type"], "keyword");
    assert_eq!(count_fields(&mapping), FIELD_COUNT + promoted::room());
    assert!(count_fields(&mapping) <= MAX_FIELDS);
}

#[test]
fn shards_and_replicas_are_settings() {
    let put = puts(&cloudtrail(Flavor::OpenSearch).with_shards(3).with_replicas(2)).remove(0);
    let index = &put.body["template"]["settings"]["index"];
    assert_eq!((&index["number_of_shards"], &index["number_of_replicas"]), (&json!(3), &json!(2)));
    assert_eq!(index["mapping.total_fields.limit"], MAX_FIELDS);
}

#[test]
fn serverless_is_sent_no_settings() {
    let template = cloudtrail(Flavor::Serverless).with_shards(3);
    for put in puts(&template) {
        assert_eq!(put.body["template"]["settings"], Value::Null, "{}", put.path);
    }
}

#[test]
fn no_event_can_add_a_field() {
    let puts = puts(&cloudtrail(Flavor::OpenSearch));
    assert_eq!(puts[1].body["template"]["mappings"]["dynamic"], false);
    assert_eq!(puts[2].body["template"]["mappings"]["dynamic"], false);
}

#[test]
fn aliases_point_at_fields_that_hold_values() {
    let mapping = mapping(&cloudtrail(Flavor::OpenSearch));
    for (alias, target) in ALIASES {
        let place = alias.split('.').fold(&mapping, |node, name| &node["properties"][name]);
        assert_eq!(place, &json!({"type": "alias", "path": target}));
        assert!(lookup(target.trim_end_matches(".keyword")).is_some(), "{target}");
    }
    let unique: BTreeSet<_> = ALIASES.iter().map(|(alias, _)| alias).collect();
    assert_eq!(unique.len(), ALIASES.len());
}

#[test]
fn the_digest_tells_what_an_index_was_made_with() {
    let template = cloudtrail(Flavor::OpenSearch);
    let put = puts(&template).pop().unwrap();
    let meta = &put.body["_meta"];
    assert_eq!(meta["digest"], template.digest());
    assert_eq!(meta["product"], "trailsearch");
    assert_eq!(&put.body["template"]["mappings"]["_meta"], meta);
    let other = Template::new(Flavor::OpenSearch, "audit").unwrap();
    assert_eq!(template.digest(), other.digest(), "the prefix is no part of the schema");
    let extra = Extra::parse(["request.fleetShape"]).unwrap();
    for changed in
        [template.clone().with_shards(2), template.clone().with_promoted(extra), cloudtrail(Flavor::Serverless)]
    {
        assert_ne!(template.digest(), changed.digest());
    }
}

#[test]
fn access_logs_have_a_template_of_their_own() {
    for (flavor, components) in [(Flavor::OpenSearch, 2), (Flavor::Serverless, 1)] {
        let template = Template::access_log(flavor, "s3-access").unwrap();
        let puts = puts(&template);
        assert_eq!(puts[components].path, "/_index_template/s3-access");
        assert_eq!(puts[components].body["_meta"]["schema"], template.version());
        assert!(puts.iter().all(|put| !put.body.to_string().contains(PLACEHOLDER)));
        let mapping = mapping(&template);
        assert_eq!(count_fields(&mapping), ACCESS_LOG_FIELD_COUNT);
        assert_eq!(mapping["properties"]["remoteIP"]["type"], "ip");
        assert_ne!(template.digest(), cloudtrail(flavor).digest());
    }
    let limit =
        puts(&Template::access_log(Flavor::OpenSearch, "s3").unwrap()).remove(0).body["template"]["settings"]["index"]
            ["mapping.total_fields.limit"]
            .as_u64();
    assert!(limit.is_some_and(|limit| limit >= ACCESS_LOG_FIELD_COUNT as u64));
}
