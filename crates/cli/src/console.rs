//! Standard error: messages, and a progress bar that they do not disturb.

use std::error::Error;
use std::io::{self, IsTerminal, Write};

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

    /// Asks whether to go on; `None` where there is no terminal to ask on.
    pub(crate) fn ask(&self, question: &str) -> io::Result<Option<bool>> {
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            return Ok(None);
        }
        (&*self).write_all(question.as_bytes())?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer)?;
        Ok(Some(is_yes(&answer)))
    }
}

/// Whether an answer is a yes.
fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.trim().to_ascii_lowercase().as_str())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_yes_is_one() {
        assert!(["y\n", "Yes\r\n", " YES "].iter().all(|answer| is_yes(answer)));
        assert!(!["", "\n", "n", "yep", "no y"].iter().any(|answer| is_yes(answer)));
    }
}
