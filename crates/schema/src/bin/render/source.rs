//! The schema's data as it stands in mappings/, unchecked.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::dashboards::{ColorsFile, DashboardFile};
use crate::monitors::MonitorFile;
use crate::noise::NoiseFile;

/// The file of mappings/fields/ whose fields every document has.
const SHARED: &str = "12-ingest.yml";

/// All data of one schema.
#[derive(Debug)]
pub(crate) struct Source {
    /// The field files, in the order of their names.
    pub files: Vec<(String, FieldFile)>,
    pub promoted: PromotedFile,
    pub settings: SettingsFile,
    pub noise: NoiseFile,
    pub colors: ColorsFile,
    /// The dashboards, by the names of their files, in their order.
    pub dashboards: Vec<(String, DashboardFile)>,
    /// The monitors, by their ids, sorted.
    pub monitors: Vec<(String, MonitorFile)>,
}

/// One file of mappings/fields/.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldFile {
    pub title: String,
    pub intro: String,
    pub part: Part,
    /// The source of every field that names none itself.
    pub source: String,
    pub fields: Vec<FieldEntry>,
}

/// Whether CloudTrail writes the fields of a file or trailsearch adds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Part {
    Record,
    Added,
}

/// One field.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FieldEntry {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: String,
    pub meaning: String,
    pub example: String,
    pub source: Option<String>,
    /// Whether the bare words of a search look here.
    pub search: bool,
    /// Whether the field can be counted, grouped and sorted by; a keyword only.
    /// An id that is looked up and never counted is cheaper without.
    pub counted: Option<bool>,
    /// How Dashboards shows it: `bytes`, or `history`, a link to everything about an id.
    pub format: Option<String>,
    /// ECS names that are aliases of the field.
    pub ecs: Vec<String>,
    /// ECS names that are aliases of the field's keyword sub-field.
    pub ecs_keyword: Vec<String>,
    /// Keys below a flat_object that are kept and not indexed.
    pub unsearched: Vec<String>,
}

/// mappings/promoted.yml.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromotedFile {
    pub request: Vec<PromotedEntry>,
    pub response: Vec<PromotedEntry>,
}

/// One promoted leaf name. Further keys hold the figures behind the choice.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct PromotedEntry {
    pub name: String,
    #[serde(default)]
    pub why: String,
}

/// mappings/settings.yml.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsFile {
    pub version: u32,
    pub settings: Vec<Setting>,
}

/// One index setting.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Setting {
    /// Its name below `index`, dotted.
    pub name: String,
    pub value: serde_json::Value,
    pub why: String,
}

/// Data that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is not as expected", path.display())]
    Yaml { path: PathBuf, source: Box<serde_saphyr::Error> },
}

/// Reads the schema of CloudTrail's events: mappings/ but for the folder access-log.
pub(crate) fn read(mappings: &Path) -> Result<Source, SourceError> {
    let monitors = read_folder(&mappings.join("monitors"))?;
    Ok(Source {
        files: read_folder(&mappings.join("fields"))?,
        promoted: read_yaml(&mappings.join("promoted.yml"))?,
        settings: read_yaml(&mappings.join("settings.yml"))?,
        noise: read_yaml(&mappings.join("noise.yml"))?,
        colors: read_yaml(&mappings.join("colors.yml"))?,
        dashboards: read_folder(&mappings.join("dashboards"))?,
        monitors: monitors
            .into_iter()
            .map(|(file, monitor)| (file.trim_end_matches(".yml").to_owned(), monitor))
            .collect(),
    })
}

/// Reads the schema of S3 server access logs: mappings/access-log/, and the fields that every document has.
pub(crate) fn read_access_log(mappings: &Path) -> Result<Source, SourceError> {
    let folder = mappings.join("access-log");
    let mut files = read_folder(&folder.join("fields"))?;
    files.push((SHARED.to_owned(), read_yaml(&mappings.join("fields").join(SHARED))?));
    Ok(Source {
        files,
        promoted: PromotedFile::default(),
        settings: read_yaml(&folder.join("settings.yml"))?,
        noise: NoiseFile::default(),
        colors: ColorsFile::default(),
        dashboards: Vec::new(),
        monitors: Vec::new(),
    })
}

/// Every file of a folder by its name, sorted.
fn read_folder<T: DeserializeOwned>(folder: &Path) -> Result<Vec<(String, T)>, SourceError> {
    let mut files = Vec::new();
    for path in yaml_files(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        files.push((name.unwrap_or_default(), read_yaml(&path)?));
    }
    Ok(files)
}

fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, SourceError> {
    let failed = |source| SourceError::Read { path: folder.to_owned(), source };
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut paths: Vec<_> = entries.map_err(failed)?.iter().map(std::fs::DirEntry::path).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "yml"));
    paths.sort();
    Ok(paths)
}

fn read_yaml<T: DeserializeOwned>(path: &Path) -> Result<T, SourceError> {
    let read = |source| SourceError::Read { path: path.to_owned(), source };
    let yaml = |source| SourceError::Yaml { path: path.to_owned(), source: Box::new(source) };
    let text = std::fs::read_to_string(path).map_err(read)?;
    serde_saphyr::from_str(&text).map_err(yaml)
}
