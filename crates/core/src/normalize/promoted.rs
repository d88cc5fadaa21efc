//! Promoted parameters: the values of a leaf name, gathered from any depth.

use super::bounds::{MAX_TERM_BYTES, MAX_TERMS};
use super::json::Object;
use super::names::Names;

/// The part of a record that a value stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Request,
    Response,
    Additional,
}

impl Side {
    pub(super) const ALL: [Self; 3] = [Self::Request, Self::Response, Self::Additional];

    /// The side that a top-level member belongs to.
    pub(super) fn of(member: &str) -> Option<Self> {
        match member {
            "requestParameters" => Some(Self::Request),
            "responseElements" => Some(Self::Response),
            "additionalEventData" => Some(Self::Additional),
            _ => None,
        }
    }

    /// The field that gathers the side's promoted values.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Additional => "additional",
        }
    }
}

/// The promoted values of one record, as they were written.
#[derive(Debug, Default)]
pub(super) struct Promoted {
    text: Vec<u8>,
    /// For each promoted name's number where in the text its values stand.
    values: Vec<Vec<(usize, usize)>>,
    /// The numbers that have values.
    seen: Vec<u16>,
    /// The numbers of which a bound left something out.
    cut: Vec<u16>,
}

impl Promoted {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.cut.clear();
        for number in self.seen.drain(..) {
            self.values[number as usize].clear();
        }
    }

    /// Adds a scalar, in JSON as it was written, to the values of a promoted name.
    pub(super) fn add(&mut self, number: u16, raw: &str) {
        if self.values.len() <= number as usize {
            self.values.resize_with(number as usize + 1, Vec::new);
        }
        let values = &mut self.values[number as usize];
        if raw == "\"\"" || values.iter().any(|&(start, end)| self.text[start..end] == *raw.as_bytes()) {
            return;
        }
        if raw.len() > MAX_TERM_BYTES || values.len() >= MAX_TERMS {
            return self.cut.push(number);
        }
        if values.is_empty() {
            self.seen.push(number);
        }
        let start = self.text.len();
        self.text.extend_from_slice(raw.as_bytes());
        values.push((start, self.text.len()));
    }

    /// The numbers of the names that a bound left values of out; some more than once.
    pub(super) fn cut(&self) -> &[u16] {
        &self.cut
    }

    /// Writes `request`, `response` and `additional`.
    pub(super) fn write(&mut self, names: &Names, to: &mut Object<'_>) {
        self.seen.sort_unstable();
        for side in Side::ALL {
            to.object(side.field(), |to| {
                for &number in &self.seen {
                    if let Some(known) = names.promoted(number).filter(|known| known.side == side) {
                        self.write_values(number, to.key(&known.name));
                    }
                }
            });
        }
    }

    fn write_values(&self, number: u16, out: &mut Vec<u8>) {
        out.push(b'[');
        for (index, &(start, end)) in self.values[number as usize].iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&self.text[start..end]);
        }
        out.push(b']');
    }
}
