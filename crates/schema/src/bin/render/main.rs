//! The generator: reads the schema's data in mappings/ and writes what is
//! rendered from it.
//!
//! ```text
//! cargo run -p trailsearch-schema --bin render -- write   # writes what changed
//! cargo run -p trailsearch-schema --bin render -- check   # fails and names what is stale
//! cargo run -p trailsearch-schema --bin render -- diff    # shows what write would change
//! ```

mod check;
mod dashboards;
mod diff;
mod index_pattern;
mod mapping;
mod model;
mod monitors;
mod noise;
mod query;
mod reference;
mod source;
mod table;
mod templates;
#[cfg(test)]
mod testing;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use model::Schema;
use serde_json::json;

/// What to do with the rendered files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Write,
    Check,
    Diff,
}

/// Why the generator stopped.
#[derive(Debug, thiserror::Error)]
enum RenderError {
    #[error("usage: render write|check|diff")]
    Usage,
    #[error(transparent)]
    Source(#[from] source::SourceError),
    #[error("{} in mappings/:\n{}", count(.0.len(), "mistake"), lines(.0))]
    Schema(Vec<check::Problem>),
    #[error("cannot {action} {}", path.display())]
    File { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("cannot make JSON")]
    Json(#[from] serde_json::Error),
    #[error("stale, run `cargo run -p trailsearch-schema --bin render -- write`:\n{}", lines(.0))]
    Stale(Vec<String>),
}

/// The schemas: each for the documents of one index.
struct Schemas {
    /// Of CloudTrail's events.
    events: Schema,
    /// Of the lines of S3 server access logs.
    access_log: Schema,
}

/// A rendered file: its path below the project's root, and its text.
struct Output {
    path: String,
    text: String,
}

impl Output {
    fn new(path: impl Into<String>, text: String) -> Self {
        Self { path: path.into(), text }
    }

    fn json(path: impl Into<String>, value: &serde_json::Value) -> serde_json::Result<Self> {
        Ok(Self::new(path, serde_json::to_string_pretty(value)? + "\n"))
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(report) => say(&mut std::io::stdout(), &report, ExitCode::SUCCESS),
        Err(error) => say(&mut std::io::stderr(), &chain(&error), ExitCode::FAILURE),
    }
}

fn run() -> Result<String, RenderError> {
    let mode = mode(std::env::args().nth(1).as_deref())?;
    let root = root();
    let stale = stale(&root, render(&load(&root)?)?)?;
    match mode {
        Mode::Write => write(&root, &stale),
        Mode::Check => check_stale(&stale),
        Mode::Diff => diff_stale(&root, &stale),
    }
}

fn mode(argument: Option<&str>) -> Result<Mode, RenderError> {
    match argument {
        Some("write") => Ok(Mode::Write),
        Some("check") => Ok(Mode::Check),
        Some("diff") => Ok(Mode::Diff),
        _ => Err(RenderError::Usage),
    }
}

/// The project's root: two folders above this crate, which cargo names.
fn root() -> PathBuf {
    match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(manifest) => Path::new(&manifest).join("../.."),
        None => PathBuf::from("."),
    }
}

fn load(root: &Path) -> Result<Schemas, RenderError> {
    let mappings = root.join("mappings");
    let checked = |source| check::check(source).map_err(RenderError::Schema);
    Ok(Schemas {
        events: checked(source::read(&mappings)?)?,
        access_log: checked(source::read_access_log(&mappings)?)?,
    })
}

fn render(schemas: &Schemas) -> Result<Vec<Output>, RenderError> {
    let Schemas { events: schema, access_log } = schemas;
    let mut outputs = templates::render(schema, "")?;
    outputs.extend(templates::render(access_log, "access-log/")?);
    outputs.push(Output::new("mappings/rendered/dashboards.ndjson", dashboards::ndjson(schema)?));
    for (id, monitor) in &schema.monitors {
        outputs.push(Output::json(format!("mappings/rendered/monitors/{id}.json"), &monitors::body(monitor))?);
    }
    let expected = json!({"dashboards": dashboards::expected(schema), "monitors": monitors::cases(schema)});
    outputs.push(Output::json("mappings/rendered/expected.json", &expected)?);
    outputs.push(Output::new("docs/fields.md", reference::render(schema)));
    outputs.push(Output::new("docs/access-log-fields.md", reference::access_log(access_log)));
    outputs.push(Output::new("docs/noise.md", noise::reference::render(&schema.noise)));
    outputs.push(Output::new("docs/dashboards.md", dashboards::reference::render(schema)));
    outputs.push(Output::new("crates/schema/src/rendered.rs", table::render(schema, access_log)));
    Ok(outputs)
}

/// Those outputs that differ from what is on disk.
fn stale(root: &Path, outputs: Vec<Output>) -> Result<Vec<Output>, RenderError> {
    let mut stale = Vec::new();
    for output in outputs {
        if current(root, &output)?.as_deref() != Some(output.text.as_str()) {
            stale.push(output);
        }
    }
    Ok(stale)
}

fn current(root: &Path, output: &Output) -> Result<Option<String>, RenderError> {
    let path = root.join(&output.path);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RenderError::File { action: "read", path, source }),
    }
}

fn write(root: &Path, stale: &[Output]) -> Result<String, RenderError> {
    for output in stale {
        let path = root.join(&output.path);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, &output.text)).map_err(|source| RenderError::File {
            action: "write",
            path,
            source,
        })?;
    }
    Ok(format!("{} written\n", count(stale.len(), "file")))
}

fn check_stale(stale: &[Output]) -> Result<String, RenderError> {
    if stale.is_empty() {
        return Ok("all rendered files are fresh\n".to_owned());
    }
    Err(RenderError::Stale(stale.iter().map(|output| output.path.clone()).collect()))
}

fn diff_stale(root: &Path, stale: &[Output]) -> Result<String, RenderError> {
    let mut report = String::new();
    for output in stale {
        let old = current(root, output)?.unwrap_or_default();
        report += &diff::diff(&output.path, &old, &output.text);
    }
    Ok(report)
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ") + "\n"
}

fn say(to: &mut dyn std::io::Write, text: &str, code: ExitCode) -> ExitCode {
    match to.write_all(text.as_bytes()) {
        Ok(()) => code,
        Err(_) => ExitCode::FAILURE,
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn lines<T: ToString>(items: &[T]) -> String {
    items.iter().map(|item| format!("  {}", item.to_string())).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_own_data_has_no_mistakes_and_is_rendered() {
        let root = root();
        let stale = stale(&root, render(&load(&root).unwrap()).unwrap()).unwrap();
        let paths: Vec<_> = stale.iter().map(|output| output.path.as_str()).collect();
        assert_eq!(paths, [] as [&str; 0], "stale");
    }

    #[test]
    fn check_names_what_is_stale() {
        let stale = [Output::new("docs/fields.md", String::new())];
        let error = check_stale(&stale).unwrap_err().to_string();
        assert!(error.contains("docs/fields.md") && error.contains("-- write"), "{error}");
        assert!(check_stale(&[]).unwrap().contains("fresh"));
    }

    #[test]
    fn modes() {
        assert_eq!(mode(Some("diff")).unwrap(), Mode::Diff);
        assert!(mode(Some("wirte")).unwrap_err().to_string().contains("write|check|diff"));
        assert!(mode(None).is_err());
    }
}
