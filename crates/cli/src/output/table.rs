//! Tables for people.

use super::Style;

/// Lines of a label and a value, the values aligned.
pub(crate) fn rows<'a>(rows: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let rows: Vec<(&str, String)> = rows.into_iter().collect();
    let width = rows.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    rows.iter().map(|(label, value)| format!("{label:width$}  {}\n", printable(value))).collect()
}

/// Lines of cells below their header, aligned. A column without any value is left out, and so is an empty table.
pub(crate) fn columns(header: &[&str], rows: &[Vec<String>], style: Style) -> String {
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|cell| printable(cell)).collect()).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<(usize, usize)> = (0..header.len())
        .map(|column| (column, width(column).unwrap_or(0)))
        .filter(|(_, width)| *width > 0)
        .map(|(column, width)| (column, width.max(header.get(column).map_or(0, |head| head.len()))))
        .collect();
    if widths.is_empty() {
        return String::new();
    }
    let head: Vec<String> = header.iter().map(|head| (*head).to_owned()).collect();
    let head = format!("{}\n", style.bold(&padded(&head, &widths)));
    head + &rows.iter().map(|row| padded(row, &widths) + "\n").collect::<String>()
}

/// One line of cells, each as wide as its column at least.
pub(super) fn streamed(row: &[String], widths: &[usize]) -> String {
    let row: Vec<String> = row.iter().map(|cell| printable(cell)).collect();
    let widths: Vec<(usize, usize)> = widths.iter().copied().enumerate().collect();
    padded(&row, &widths) + "\n"
}

/// The widest bar, in characters.
const BAR: u64 = 24;

/// A bar as long as `part` is to `most`; what is there is never without any.
pub(crate) fn bar(part: u64, most: u64) -> String {
    let length = (part * BAR).checked_div(most).unwrap_or(0).max(u64::from(part > 0));
    (0..length).map(|_| '█').collect()
}

/// The cells of the columns, each as wide as its column.
fn padded(row: &[String], widths: &[(usize, usize)]) -> String {
    let cell = |column: &usize| row.get(*column).map_or("", String::as_str);
    let cells: Vec<String> = widths.iter().map(|(column, width)| format!("{:width$}", cell(column))).collect();
    cells.join("  ").trim_end().to_owned()
}

/// What an event holds was written by whoever made the call: a user agent must not steer the terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: [&str; 3]) -> Vec<String> {
        cells.map(str::to_owned).to_vec()
    }

    #[test]
    fn values_are_aligned() {
        let text = rows([("who", "alice".to_owned()), ("where", "eu-central-1".to_owned())]);
        assert_eq!(text, "who    alice\nwhere  eu-central-1\n");
        assert_eq!(rows([]), "");
    }

    #[test]
    fn columns_are_as_wide_as_their_cells_and_empty_ones_left_out() {
        let rows = [row(["alice", "", "1"]), row(["bö", "", ""])];
        assert_eq!(columns(&["WHO", "ERROR", "N"], &rows, Style::default()), "WHO    N\nalice  1\nbö\n");
        assert_eq!(columns(&["WHO"], &[], Style::default()), "");
    }

    #[test]
    fn a_streamed_line_keeps_its_columns() {
        assert_eq!(streamed(&row(["alice", "", "\x07"]), &[8, 3, 1]), "alice          \u{fffd}\n");
        assert_eq!(streamed(&row(["alice", "", ""]), &[8, 3, 1]), "alice\n");
    }

    #[test]
    fn a_bar_is_as_long_as_its_part() {
        assert_eq!(bar(4, 4).chars().count(), 24);
        assert_eq!((bar(2, 4).chars().count(), bar(1, 1000).chars().count(), bar(0, 0).as_str()), (12, 1, ""));
    }

    #[test]
    fn an_event_cannot_steer_the_terminal() {
        assert_eq!(rows([("from", "\x1b[2Jx\ny".to_owned())]), "from  \u{fffd}[2Jx\u{fffd}y\n");
        assert_eq!(columns(&["A"], &[vec!["\x07".to_owned()]], Style::default()), "A\n\u{fffd}\n");
    }
}
