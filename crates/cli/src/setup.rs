//! `setup`: the index template, made, compared and installed, and what comes with it: dashboards and monitors.

mod dashboards;
mod monitors;

use serde::Serialize;
use serde_json::Value;
use trailsearch_ingest::Settings;
use trailsearch_schema::{Flavor, Put, SCHEMA_VERSION, Template, saved_objects};
use trailsearch_search::{AwsService, SearchError};

use crate::args::{FlavorChoice, SetupArgs};
use crate::connect::{Cluster, aws_service};
use crate::console::Console;
use crate::error::CliError;
use crate::output::{Answer, Style, rows};

/// What trailsearch writes into `_meta.product` of its index templates.
const PRODUCT: &str = "trailsearch";

/// What was done to the index template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Created,
    Updated,
    Unchanged,
}

/// What `setup` did.
#[derive(Debug, Serialize)]
pub(crate) struct Setup {
    #[serde(flatten)]
    template: Installed,
    dashboards: dashboards::Outcome,
    monitors: monitors::Outcome,
}

/// What was done to the index template.
#[derive(Debug, Serialize)]
pub(crate) struct Installed {
    index_template: String,
    state: State,
    digest: String,
    /// The paths that were written, in this order.
    requests: Vec<String>,
}

/// What `setup --dry-run` would send.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Requests(Vec<Request>);

#[derive(Debug, Serialize)]
struct Request {
    method: &'static str,
    /// Of Dashboards, the whole address.
    path: String,
    body: Body,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Body {
    Json(Value),
    /// JSON objects, one a line.
    Lines(String),
}

/// What an index template of the cluster says about itself.
struct Meta(Value);

impl Meta {
    fn is(&self, name: &str, value: impl Into<Value>) -> bool {
        self.0.get(name) == Some(&value.into())
    }
}

/// The template that settings and options ask for.
///
/// # Errors
/// When the index prefix is unusable.
fn template(settings: &Settings, args: &SetupArgs) -> Result<Template, CliError> {
    let promoted = settings.ingest.normalization.promoted.clone();
    let template = Template::new(flavor(settings, args.flavor), &settings.ingest.index_prefix)?.with_promoted(promoted);
    let template = args.shards.into_iter().fold(template, Template::with_shards);
    Ok(args.replicas.into_iter().fold(template, Template::with_replicas))
}

fn flavor(settings: &Settings, choice: FlavorChoice) -> Flavor {
    match choice {
        FlavorChoice::Serverless => Flavor::Serverless,
        FlavorChoice::Auto if aws_service(&settings.endpoint) == Some(AwsService::Aoss) => Flavor::Serverless,
        FlavorChoice::Auto | FlavorChoice::Opensearch => Flavor::OpenSearch,
    }
}

/// The requests that `setup` would send to a cluster that has nothing of it yet.
///
/// # Errors
/// When the index prefix is unusable, or this build embeds broken JSON.
pub(crate) fn requests(settings: &Settings, args: &SetupArgs) -> Result<Requests, CliError> {
    let prefix = &settings.ingest.index_prefix;
    let put = |Put { path, body }| Request { method: "PUT", path, body: Body::Json(body) };
    let mut requests: Vec<_> = template(settings, args)?.puts()?.into_iter().map(put).collect();
    if let Some(path) = dashboards::import_address(&settings.endpoint, args.dashboards.as_deref())? {
        requests.push(Request { method: "POST", path, body: Body::Lines(saved_objects(prefix)?) });
    }
    if flavor(settings, args.flavor) == Flavor::OpenSearch {
        let post = |body| Request { method: "POST", path: monitors::PATH.to_owned(), body: Body::Json(body) };
        requests.extend(trailsearch_schema::monitors(prefix)?.into_iter().map(post));
    }
    Ok(Requests(requests))
}

/// Installs the index template, and the dashboards and monitors where there is somebody to take them.
///
/// # Errors
/// When the cluster or the Dashboards that is given does not take them, or the cluster has somebody else's template of
/// that name.
pub(crate) async fn run(cluster: &Cluster, args: &SetupArgs) -> Result<Setup, CliError> {
    let settings = &cluster.settings;
    Ok(Setup {
        template: install(cluster, &template(settings, args)?).await?,
        dashboards: dashboards::install(settings, args.dashboards.as_deref()).await?,
        monitors: monitors::install(cluster, flavor(settings, args.flavor)).await?,
    })
}

/// Installs `template`, whether or not it is there already.
///
/// # Errors
/// When the cluster does not take it, or has somebody else's template of that name.
async fn install(cluster: &Cluster, template: &Template) -> Result<Installed, CliError> {
    let digest = template.digest();
    let state = match installed(cluster).await? {
        None => State::Created,
        Some(meta) if meta.is("digest", digest.as_str()) => State::Unchanged,
        Some(_) => State::Updated,
    };
    let mut requests = Vec::new();
    for Put { path, body } in template.puts()? {
        cluster.index.put_json(&path, &body).await?;
        requests.push(path);
    }
    Ok(Installed { index_template: cluster.index_prefix().to_owned(), state, digest, requests })
}

/// Sees to it that there is an index template: where it is missing, it is installed if that is `wanted`. Where
/// it is another version's, this is said.
///
/// # Errors
/// When it is missing and not wanted, is somebody else's, or the cluster does not answer.
pub(crate) async fn ensure(cluster: &Cluster, wanted: bool, console: &Console) -> Result<(), CliError> {
    let name = cluster.index_prefix();
    match installed(cluster).await? {
        Some(meta) if meta.is("schema", SCHEMA_VERSION) => Ok(()),
        Some(_) => {
            console.say(&format!("warning: the index template {name} is of another version of trailsearch: run `trailsearch setup --index-prefix {name}`"));
            Ok(())
        }
        None if wanted => install(cluster, &template(&cluster.settings, &SetupArgs::default())?).await.map(drop),
        None => Err(CliError::NoTemplate(name.to_owned())),
    }
}

/// The index template that the cluster has, where it has one.
async fn installed(cluster: &Cluster) -> Result<Option<Meta>, CliError> {
    let name = cluster.index_prefix();
    let reply = match cluster.index.get(&format!("/_index_template/{name}")).await {
        Ok(reply) => reply,
        Err(SearchError::NotFound { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let meta = Meta(reply.pointer("/index_templates/0/index_template/_meta").cloned().unwrap_or_default());
    if meta.is("product", PRODUCT) { Ok(Some(meta)) } else { Err(CliError::ForeignTemplate(name.to_owned())) }
}

impl Answer for Setup {
    fn table(&self, style: Style) -> String {
        let more = [("dashboards", self.dashboards.told()), ("monitors", self.monitors.told())];
        self.template.table(style) + &rows(more)
    }
}

impl Installed {
    fn table(&self, style: Style) -> String {
        let (state, more) = match self.state {
            State::Created => ("created", ""),
            State::Updated => ("updated", "; indices that exist keep the mapping they have"),
            State::Unchanged => ("unchanged", ""),
        };
        let head = format!("index template {} {}{more}\n", style.bold(&self.index_template), style.bold(state));
        head + &rows(self.requests.iter().map(|path| ("PUT", path.clone())))
    }
}

impl Answer for Requests {
    fn table(&self, style: Style) -> String {
        let request = |Request { method, path, body }: &Request| {
            let body = match body {
                Body::Json(body) => format!("{body:#}"),
                Body::Lines(lines) => {
                    format!("{} saved objects, one a line; --output json has them", lines.lines().count())
                }
            };
            format!("{}\n{body}\n", style.bold(&format!("{method} {path}")))
        };
        self.0.iter().map(request).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(promote: &str) -> Settings {
        let lookup = |name: &str| match name {
            "OPENSEARCH_ENDPOINT" => Some("https://abc.eu-central-1.aoss.amazonaws.com".to_owned()),
            "TRAILSEARCH_INDEX_PREFIX" => Some("audit".to_owned()),
            "TRAILSEARCH_PROMOTE" => Some(promote.to_owned()),
            _ => None,
        };
        Settings::read(lookup, std::iter::empty()).unwrap()
    }

    fn sent(promote: &str, args: &SetupArgs) -> Vec<Request> {
        requests(&settings(promote), args).unwrap().0
    }

    fn count(requests: &[Request], method: &str, path: &str) -> usize {
        requests.iter().filter(|request| request.method == method && request.path.contains(path)).count()
    }

    #[test]
    fn the_endpoint_tells_the_flavor_unless_it_is_given() {
        let serverless = sent("", &SetupArgs::default());
        assert_eq!((count(&serverless, "PUT", "/"), count(&serverless, "POST", monitors::PATH)), (3, 0));
        let given = sent("", &SetupArgs { flavor: FlavorChoice::Opensearch, ..SetupArgs::default() });
        assert_eq!(count(&given, "PUT", "/"), 4);
        assert!(count(&given, "POST", monitors::PATH) > 10);
    }

    #[test]
    fn dashboards_are_imported_beside_the_endpoint_or_where_it_is_said() {
        let path = "/_dashboards/api/saved_objects/_import?overwrite=true";
        assert_eq!(count(&sent("", &SetupArgs::default()), "POST", path), 1);
        let elsewhere = SetupArgs { dashboards: Some("http://127.0.0.1:5601".to_owned()), ..SetupArgs::default() };
        assert_eq!(count(&sent("", &elsewhere), "POST", "http://127.0.0.1:5601/api/saved_objects/_import"), 1);
    }

    #[test]
    fn options_and_promoted_names_reach_the_template() {
        let flavor = FlavorChoice::Opensearch;
        let args = SetupArgs { shards: Some(3), replicas: Some(0), flavor, ..SetupArgs::default() };
        let requests = sent("request.fleetShape", &args);
        let at = |path: &str, pointer: &str| match &requests.iter().find(|request| request.path == path).unwrap().body {
            Body::Json(body) => body.pointer(pointer).cloned(),
            Body::Lines(_) => None,
        };
        let settings = "/_component_template/audit-settings";
        assert_eq!(at(settings, "/template/settings/index/number_of_shards"), Some(3.into()));
        assert_eq!(at(settings, "/template/settings/index/number_of_replicas"), Some(0.into()));
        let promoted = "/template/mappings/properties/request/properties/fleetShape/type";
        assert_eq!(at("/_component_template/audit-promoted", promoted), Some("keyword".into()));
        let meta = at("/_index_template/audit", "/_meta").map(Meta).unwrap();
        assert!(meta.is("product", PRODUCT) && meta.is("schema", SCHEMA_VERSION));
    }

    #[test]
    fn the_table_says_what_was_done() {
        let installed = Installed {
            index_template: "audit".to_owned(),
            state: State::Updated,
            digest: "0f".to_owned(),
            requests: vec!["/_index_template/audit".to_owned()],
        };
        let table = "index template audit updated; indices that exist keep the mapping they have\nPUT  /_index_template/audit\n";
        assert_eq!(installed.table(Style::default()), table);
    }
}
