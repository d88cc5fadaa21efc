//! Standard output: each command gives one answer, written as a table for people or as JSON for programs.

mod csv;
mod table;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::Value;

use crate::error::CliError;

use table::streamed;
pub(crate) use table::{bar, columns, printable, rows};

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Table,
    /// For programs: one line
    Json,
    /// For programs: one line for each record
    Ndjson,
    /// For spreadsheets: one row for each record, nested members as columns
    Csv,
}

/// What a command answers; serialized, it is the JSON form.
pub(crate) trait Answer: Serialize {
    /// The form for people: whole lines.
    fn table(&self, style: Style) -> String;

    /// What it lists, one by one; the whole answer where it is no list.
    fn records(&self) -> serde_json::Result<Vec<Value>> {
        Ok(match serde_json::to_value(self)? {
            Value::Array(items) => items,
            other => vec![other],
        })
    }

    /// What the process ends with.
    fn exit_code(&self) -> u8 {
        0
    }
}

/// Whether words are set off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Style {
    colored: bool,
}

impl Style {
    /// Set off on a terminal, unless the user wants none of it (<https://no-color.org>).
    fn of_stdout() -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colored: io::stdout().is_terminal() && !unwanted }
    }

    /// `text`, set off.
    pub(crate) fn bold(self, text: &str) -> String {
        self.set(text, "1")
    }

    /// `text`, less visible.
    pub(crate) fn dim(self, text: &str) -> String {
        self.set(text, "2")
    }

    /// `text` with the attribute of a terminal (<https://ecma-international.org/publications-and-standards/standards/ecma-48/>).
    fn set(self, text: &str, attribute: &str) -> String {
        if self.colored && !text.is_empty() { format!("\x1b[{attribute}m{text}\x1b[0m") } else { text.to_owned() }
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

    /// Whether only what the answer lists is written, one by one.
    pub(crate) fn lists_records(self) -> bool {
        matches!(self.format, Format::Ndjson | Format::Csv)
    }

    /// Writes the answer of a command.
    fn print(self, answer: &impl Answer) -> io::Result<()> {
        match self.format {
            Format::Table => self.text(&answer.table(self.style)),
            Format::Json => self.text(&(serde_json::to_string(answer)? + "\n")),
            Format::Ndjson => {
                self.text(&answer.records()?.iter().map(|record| format!("{record}\n")).collect::<String>())
            }
            Format::Csv => self.text(&csv::text(&answer.records()?)?),
        }
    }

    /// Writes the answer of a command and tells what the process ends with.
    pub(crate) fn answer(self, answer: &impl Answer) -> Result<ExitCode, CliError> {
        self.print(answer)?;
        Ok(ExitCode::from(answer.exit_code()))
    }

    /// Writes one of many answers as it comes: its cells, each as wide as its column at least, or its record. What has no
    /// record is a heading.
    pub(crate) fn stream(self, cells: &[String], widths: &[usize], record: Option<&Value>) -> io::Result<()> {
        match (self.format, record) {
            (Format::Table, None) => self.text(&self.style.bold(&streamed(cells, widths))),
            (Format::Table, Some(_)) => self.text(&streamed(cells, widths)),
            (_, Some(record)) => self.text(&format!("{record}\n")),
            (_, None) => Ok(()),
        }
    }

    /// Whether answers can be written one by one.
    pub(crate) fn streams(self) -> bool {
        matches!(self.format, Format::Table | Format::Ndjson)
    }

    /// Writes text as it is.
    pub(crate) fn text(self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_set_off_only_where_asked_for() {
        assert_eq!(Style::default().bold("x"), "x");
        assert_eq!(Style { colored: true }.bold("x"), "\x1b[1mx\x1b[0m");
    }
}
