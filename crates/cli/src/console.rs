//! Standard error: messages, and a progress bar that they do not disturb.

use std::error::Error;
use std::io::{self, Write};

use indicatif::ProgressBar;
use trailsearch_core::ack::with_causes;

/// Standard error. Clones share one progress bar, which is hidden until a command shows it.
#[derive(Debug, Clone)]
pub(crate) struct Console {
    pub(crate) bar: ProgressBar,
}

impl Default for Console {
    fn default() -> Self {
        Self { bar: ProgressBar::hidden() }
    }
}

impl Console {
    /// Says what failed, with all causes.
    pub(crate) fn error(&self, error: &dyn Error) {
        self.say(&format!("error: {}", with_causes(error)));
    }

    /// Says one line.
    pub(crate) fn say(&self, line: &str) {
        // In one piece, so that the bar does not come between the line and its end. Where standard error is closed,
        // nobody is left to be told.
        let _ = (&*self).write_all(format!("{line}\n").as_bytes());
    }
}

/// Writes between two drawings of the bar.
impl Write for &Console {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bar.suspend(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
