//! What stands beside the cluster's indices: monitors, Dashboards, dead letters.

use futures::StreamExt;
use trailsearch_core::ack::with_causes;
use trailsearch_ingest::Settings;
use trailsearch_ingest::dead_letters::{FOLDER, SUFFIX};
use trailsearch_schema::{index_pattern, monitors};
use trailsearch_search::{Dashboards, SearchError};
use trailsearch_setup::SetupError;
use trailsearch_setup::monitors::{is_missing, known};

use super::finding::{Asked, Finding, counted};
use crate::connect::{self, Cluster, LazyS3, dashboards_place};
use crate::console::Console;
use crate::error::CliError;
use crate::ingest::Source;
use crate::ingest::progress::Progress;
use crate::ingest::sources::{self, SourceError};
use crate::state::StateLocation;

const MONITORS: Asked = Asked {
    request: "POST _plugins/_alerting/monitors/_search",
    permission: "cluster:admin/opendistro/alerting/monitor/search",
};

const SAVED_OBJECTS: Asked =
    Asked { request: "GET api/saved_objects/index-pattern/ID", permission: "read access to the Dashboards tenant" };

/// How many files of dead letters are counted.
const COUNTED: usize = 1000;

/// Whether the monitors are there.
///
/// # Errors
/// When the index prefix is unusable.
pub(super) async fn alerting(cluster: &Cluster) -> Result<Vec<Finding>, CliError> {
    let wanted = monitors(cluster.index_prefix()).map_err(SetupError::from)?;
    Ok(vec![match known(&cluster.index, &wanted).await {
        Ok(known) => {
            let found = format!("{} of {} monitors are there", known.len(), wanted.len());
            Finding::warning_if(known.len() < wanted.len(), "alerting", found, "run `trailsearch setup`")
        }
        Err(error) if is_missing(&error) => {
            let found =
                "the cluster has no Alerting plugin: nobody is told, so ask `trailsearch delivery` now and then";
            Finding::ok("alerting", found)
        }
        Err(error) => Finding::unanswered("alerting", MONITORS, &error),
    }])
}

/// Whether Dashboards answers and knows the events, where somebody says where it is.
///
/// # Errors
/// When its address is no URL.
pub(super) async fn dashboards(cluster: &Cluster, given: Option<&str>) -> Result<Option<Finding>, CliError> {
    let Some(place) = dashboards_place(&cluster.settings, given)? else { return Ok(None) };
    let dashboards = connect::dashboards(&place).await?;
    let id = index_pattern(cluster.index_prefix()).map_err(SetupError::from)?;
    Ok(Some(match about(&dashboards, &id).await {
        Ok((version, true)) => {
            Finding::ok("dashboards", format!("version {version} at {}, with the saved objects", dashboards.address()))
        }
        Ok((version, false)) => {
            let found = format!("version {version} at {} has no index pattern {id}", dashboards.address());
            Finding::warning("dashboards", found, "run `trailsearch setup --dashboards URL`")
        }
        Err(error @ SearchError::Unauthorized { .. }) => Finding::unanswered("dashboards", SAVED_OBJECTS, &error),
        Err(error) => {
            Finding::warning("dashboards", with_causes(&error), "check --dashboards or TRAILSEARCH_DASHBOARDS_URL")
        }
    }))
}

async fn about(dashboards: &Dashboards, id: &str) -> Result<(String, bool), SearchError> {
    futures::try_join!(dashboards.version(), dashboards.has_index_pattern(id))
}

/// Whether records wait to be brought back, where somebody says where they would be.
pub(super) async fn dead_letters(given: Option<StateLocation>, settings: &Settings) -> Option<Finding> {
    let location = given.or_else(|| settings.state.clone().map(StateLocation::S3))?;
    let source = match location {
        StateLocation::Folder(folder) => Source::Path(folder.join(FOLDER)),
        StateLocation::S3(place) => {
            let prefix = format!("{}/{FOLDER}/", place.prefix).trim_start_matches('/').to_owned();
            Source::Bucket { bucket: place.bucket, prefix }
        }
    };
    let name = source.to_string();
    Some(match count(source).await {
        Ok(0) => Finding::ok("dead letters", format!("there are none in {name}")),
        Ok(files) => {
            let more = if files < COUNTED { "" } else { " or more" };
            let todo = format!("bring them back: `trailsearch replay {name}`");
            Finding::warning(
                "dead letters",
                format!("in {name} {}{more} to be brought back", counted(files as u64, "file waits", "files wait")),
                todo,
            )
        }
        Err(error) => {
            Finding::warning("dead letters", with_causes(&error), "allow s3:ListBucket on the bucket, or check --state")
        }
    })
}

/// The files of dead letters, counted up to a bound.
async fn count(source: Source) -> Result<usize, SourceError> {
    let progress = Progress::endless(&Console::default());
    let mut found = std::pin::pin!(sources::find(vec![source], LazyS3::default(), progress));
    let mut files = 0;
    while let Some(item) = found.next().await {
        match item {
            Ok(found) => files += usize::from(found.object.key.ends_with(SUFFIX)),
            // A folder is made with the first dead letter.
            Err(SourceError::NoSuchPath(_) | SourceError::Empty(_)) => {}
            Err(error) => return Err(error),
        }
        if files == COUNTED {
            break;
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn files_of_dead_letters_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join(FOLDER).join("2026/11/20");
        assert_eq!(count(Source::Path(below.clone())).await.unwrap(), 0);
        std::fs::create_dir_all(&below).unwrap();
        for name in [format!("a{SUFFIX}"), format!("b{SUFFIX}"), "README".to_owned()] {
            std::fs::write(below.join(name), "").unwrap();
        }
        assert_eq!(count(Source::Path(below)).await.unwrap(), 2);
    }
}
