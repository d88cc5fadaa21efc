//! A cluster with a day of sample events in it.

use trailsearch_testkit::{gzip, story};

use super::server::Cluster;
use super::write;

/// The day in an index, and the folder that it was read from.
pub(crate) struct Day {
    pub(crate) cluster: Cluster,
    pub(crate) folder: tempfile::TempDir,
}

/// The story's day in indices of one test, where there is a cluster.
pub(crate) fn day(test: &str) -> Option<Day> {
    let objects = story::objects(story::DAY);
    let objects: Vec<(&str, Vec<u8>)> =
        objects.iter().map(|object| (object.key.as_str(), gzip(&object.body))).collect();
    with(test, &objects)
}

/// A cluster with these objects in it.
pub(crate) fn with(test: &str, objects: &[(&str, Vec<u8>)]) -> Option<Day> {
    let cluster = Cluster::new(test)?;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), objects);
    let ingest = cluster.run(&["ingest", folder.path().to_str().unwrap(), "--setup"]);
    assert_eq!(ingest.code, Some(0), "{ingest:?}");
    cluster.refresh();
    Some(Day { cluster, folder })
}
