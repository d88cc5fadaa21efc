//! Logs: lines for people, on standard error.

use std::io::{self, Write};

use tracing_subscriber::EnvFilter;

use crate::console::Console;
use crate::error::CliError;

/// The variable that says what is logged.
const FILTER: &str = "TRAILSEARCH_LOG";

/// Less than the function logs, since results are the command's own output; and not each place in which the AWS
/// libraries look for a region in vain, nor each object that failed, since the command says so itself.
const DEFAULT_FILTER: &str = "warn,aws_config=error,trailsearch_ingest::pipeline=off";

/// Starts to log; `TRAILSEARCH_LOG` says what.
pub(crate) fn start(console: &Console) -> Result<(), CliError> {
    let text = std::env::var(FILTER).ok().filter(|text| !text.trim().is_empty());
    let filter = EnvFilter::try_new(text.as_deref().unwrap_or(DEFAULT_FILTER))?;
    let console = console.clone();
    let writer = move || Lines(console.clone());
    tracing_subscriber::fmt().with_writer(writer).with_ansi(false).with_target(false).with_env_filter(filter).init();
    Ok(())
}

/// A writer of its own for each line, as tracing wants it.
struct Lines(Console);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&self.0).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&self.0).flush()
    }
}
