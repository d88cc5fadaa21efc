//! Standard output: each command gives one answer, written as a table for people or as JSON for programs.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use serde::Serialize;

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For programs: one line
    Json,
}

/// What a command answers; serialized, it is the JSON form.
pub(crate) trait Answer: Serialize {
    /// The form for people: whole lines.
    fn table(&self, style: Style) -> String;

    /// What the process ends with.
    fn exit_code(&self) -> u8 {
        0
    }
}

/// Whether words are set off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Style {
    bold: bool,
}

impl Style {
    /// Set off on a terminal, unless the user wants none of it (<https://no-color.org>).
    fn of_stdout() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { bold: io::stdout().is_terminal() && !unwanted }
    }

    /// `text`, set off.
    pub(crate) fn bold(self, text: &str) -> String {
        if self.bold { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Standard output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    format: Format,
    style: Style,
}

impl Output {
    /// Standard output in this format.
    pub(crate) fn new(format: Format) -> Self {
        Self { format, style: Style::of_stdout() }
    }

    /// Writes the answer of a command.
    pub(crate) fn print(self, answer: &impl Answer) -> io::Result<()> {
        match self.format {
            Format::Table => self.text(&answer.table(self.style)),
            Format::Json => self.text(&(serde_json::to_string(answer)? + "\n")),
        }
    }

    /// Writes text as it is.
    pub(crate) fn text(self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }
}

/// Lines of a label and a value, the values aligned.
pub(crate) fn rows<'a>(rows: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let rows: Vec<(&str, String)> = rows.into_iter().collect();
    let width = rows.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    rows.iter().map(|(label, value)| format!("{label:width$}  {value}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_aligned() {
        let text = rows([("who", "alice".to_owned()), ("where", "eu-central-1".to_owned())]);
        assert_eq!(text, "who    alice\nwhere  eu-central-1\n");
        assert_eq!(rows([]), "");
    }

    #[test]
    fn words_are_set_off_only_where_asked_for() {
        assert_eq!(Style::default().bold("x"), "x");
        assert_eq!(Style { bold: true }.bold("x"), "\x1b[1mx\x1b[0m");
    }
}
