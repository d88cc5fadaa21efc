//! Runs the binary and compares what it says with what was recorded.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "helpers of tests, not all used by each"
)]

pub(crate) mod fake;
pub(crate) mod proxy;
pub(crate) mod server;
pub(crate) mod story;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// Where nobody listens.
pub(crate) const NOBODY: &str = "http://127.0.0.1:9";

/// What the binary said.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) line: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary with these arguments and nothing of this environment but what is given.
pub(crate) fn command(arguments: &[&str], environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailsearch"));
    command.args(arguments).env_clear().envs(environment.iter().copied());
    command
}

/// Runs the binary with these arguments.
pub(crate) fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Run {
    let Output { status, stdout, stderr } = command(arguments, environment).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let line = format!("trailsearch {}", arguments.join(" ")).trim_end().to_owned();
    Run { line, code: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

impl Run {
    /// The one line of JSON on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "{self:?}");
        serde_json::from_str(&self.stdout).unwrap()
    }

    /// The same with `from` replaced everywhere: what differs between runs.
    pub(crate) fn replacing(self, from: &str, to: &str) -> Self {
        let replaced = |text: String| text.replace(from, to);
        Self {
            line: replaced(self.line),
            stdout: replaced(self.stdout),
            stderr: replaced(self.stderr),
            code: self.code,
        }
    }

    fn transcript(&self) -> String {
        let code = self.code.map_or("none".to_owned(), |code| code.to_string());
        format!("$ {}\n--- stdout\n{}--- stderr\n{}--- exit code {code}\n", self.line, self.stdout, self.stderr)
    }
}

/// Compares the runs with `tests/output/NAME.txt`; with `UPDATE_OUTPUT=1` it is written.
#[track_caller]
pub(crate) fn assert_recorded(name: &str, runs: &[Run]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/output").join(format!("{name}.txt"));
    let found: Vec<String> = runs.iter().map(Run::transcript).collect();
    let found = found.join("\n");
    if std::env::var_os("UPDATE_OUTPUT").is_some() {
        std::fs::write(&path, &found).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, recorded, "{} differs: look at it, then UPDATE_OUTPUT=1", path.display());
}

/// Writes files below `folder`.
pub(crate) fn write(folder: &Path, files: &[(&str, Vec<u8>)]) {
    for (name, content) in files {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
}
