//! `setup`: the index template and what comes with it, as the command line installs, requires and tells it.

use serde::Serialize;
use trailsearch_core::object::AccessLogs;
use trailsearch_ingest::Settings;
use trailsearch_schema::{Flavor, Template};
use trailsearch_setup::{
    Body, Change, Choices, Installed, Patience, Plan, Prepared, Report, Request, SetupError, TemplateState,
    install_template, template_state,
};

use crate::args::{FlavorChoice, SetupArgs};
use crate::connect::{Cluster, dashboards};
use crate::console::Console;
use crate::error::CliError;
use crate::output::{Answer, Style, rows};

/// What `setup --dry-run` would send.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Requests(Vec<Request>);

impl From<&SetupArgs> for Choices {
    fn from(args: &SetupArgs) -> Self {
        Self {
            flavor: match args.flavor {
                FlavorChoice::Auto => None,
                FlavorChoice::Opensearch => Some(Flavor::OpenSearch),
                FlavorChoice::Serverless => Some(Flavor::Serverless),
            },
            shards: args.shards,
            replicas: args.replicas,
            retention_days: args.retention_days,
            dashboards: args.dashboards.clone(),
            monitors: None,
        }
    }
}

/// The requests that `setup` would send to a cluster that has nothing of it yet.
///
/// # Errors
/// When the index prefix or the address of Dashboards is unusable.
pub(crate) fn requests(settings: &Settings, args: &SetupArgs) -> Result<Requests, CliError> {
    Ok(Requests(Plan::new(settings, &args.into())?.requests()?))
}

/// Installs the index template, and what comes with it where there is somebody to take it.
///
/// # Errors
/// When the cluster or the Dashboards that is given does not take them, or the cluster has somebody else's template of
/// that name.
pub(crate) async fn run(cluster: &Cluster, args: &SetupArgs) -> Result<Report, CliError> {
    let plan = Plan::new(&cluster.settings, &args.into())?;
    let dashboards = match plan.dashboards() {
        Some(place) => Some(dashboards(place).await?),
        None => None,
    };
    Ok(plan.install(&cluster.index, dashboards.as_ref(), &Patience::none()).await?)
}

/// Sees to it that there are the index templates of what is ingested: where one is missing, it is installed if that is
/// `wanted`. Where it is another version's, this is said.
///
/// # Errors
/// When one is missing and not wanted, is somebody else's, or the cluster does not answer.
pub(crate) async fn ensure(cluster: &Cluster, wanted: bool, console: &Console) -> Result<(), CliError> {
    let plan = Plan::new(&cluster.settings, &Choices::default())?;
    if cluster.settings.ingest.access_logs != AccessLogs::All {
        ensure_template(cluster, plan.template(), wanted, console).await?;
    }
    match plan.access_log_template() {
        Some(template) => ensure_template(cluster, template, wanted, console).await,
        None => Ok(()),
    }
}

async fn ensure_template(
    cluster: &Cluster,
    template: &Template,
    wanted: bool,
    console: &Console,
) -> Result<(), CliError> {
    let name = template.name();
    match template_state(&cluster.index, template).await? {
        TemplateState::Current | TemplateState::Differs => {}
        TemplateState::OtherSchema => {
            console.say(&format!("warning: the index template {name} is of another version of trailsearch: run `trailsearch setup` with the same settings"));
        }
        TemplateState::Missing if wanted => drop(install_template(&cluster.index, template).await?),
        TemplateState::Missing => return Err(CliError::NoTemplate(name.to_owned())),
        TemplateState::Foreign => return Err(SetupError::ForeignTemplate(name.to_owned()).into()),
    }
    Ok(())
}

impl Answer for Report {
    fn table(&self, style: Style) -> String {
        let more = [
            ("retention", self.retention.to_string()),
            ("monitors", self.monitors.to_string()),
            ("dashboards", self.dashboards.to_string()),
        ];
        let access_log = self.access_log.iter().map(|Prepared { template, retention }| {
            template_table(template, style) + &rows([("retention", retention.to_string())])
        });
        template_table(&self.template, style) + &rows(more) + &access_log.collect::<String>()
    }
}

fn template_table(template: &Installed, style: Style) -> String {
    let more = match template.state {
        Change::Updated => "; indices that exist keep the mapping they have",
        Change::Created | Change::Unchanged => "",
    };
    let (name, state) = (style.bold(&template.index_template), style.bold(&template.state.to_string()));
    let head = format!("index template {name} {state}{more}\n");
    head + &rows(template.requests.iter().map(|path| ("PUT", path.clone())))
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

    #[test]
    fn the_table_says_what_was_done() {
        let installed = Installed {
            index_template: "audit".to_owned(),
            state: Change::Updated,
            digest: "0f".to_owned(),
            requests: vec!["/_index_template/audit".to_owned()],
        };
        let table = "index template audit updated; indices that exist keep the mapping they have\nPUT  /_index_template/audit\n";
        assert_eq!(template_table(&installed, Style::default()), table);
    }
}
