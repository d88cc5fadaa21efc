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
    values: Vec<(Side, u16, usize, usize)>,
    overflow: bool,
}

impl Promoted {
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.values.clear();
        self.overflow = false;
    }

    /// Adds a scalar, in JSON as it was written.
    pub(super) fn add(&mut self, side: Side, name: u16, raw: &str) {
        let same = |value: &&(Side, u16, usize, usize)| value.0 == side && value.1 == name;
        if raw == "\"\"" || self.values.iter().filter(same).any(|value| self.text[value.2..value.3] == *raw.as_bytes())
        {
            return;
        }
        if raw.len() > MAX_TERM_BYTES || self.values.iter().filter(same).count() >= MAX_TERMS {
            self.overflow = true;
            return;
        }
        let start = self.text.len();
        self.text.extend_from_slice(raw.as_bytes());
        self.values.push((side, name, start, self.text.len()));
    }

    /// Whether a bound left something out.
    pub(super) fn overflowed(&self) -> bool {
        self.overflow
    }

    /// Writes `request`, `response` and `additional`.
    pub(super) fn write(&mut self, names: &Names, to: &mut Object<'_>) {
        self.values.sort_by_key(|value| (value.0 as u8, value.1));
        for side in Side::ALL {
            let values = self.values.iter().filter(|value| value.0 == side);
            to.object(side.field(), |object| self.write_side(values, names, object));
        }
    }

    fn write_side<'v>(
        &self,
        values: impl Iterator<Item = &'v (Side, u16, usize, usize)>,
        names: &Names,
        to: &mut Object<'_>,
    ) {
        let mut values = values.peekable();
        while let Some(&(_, name, start, end)) = values.next() {
            let out = to.key(names.promoted(name));
            out.push(b'[');
            out.extend_from_slice(&self.text[start..end]);
            while let Some(&(_, _, start, end)) = values.next_if(|value| value.1 == name) {
                out.push(b',');
                out.extend_from_slice(&self.text[start..end]);
            }
            out.push(b']');
        }
    }
}
