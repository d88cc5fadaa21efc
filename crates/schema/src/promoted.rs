//! The leaf names whose values get a field of their own, gathered from any depth
//! of a variable part: `request.*`, `response.*` and `additional.*`.

use crate::names::check_leaf;
pub use crate::rendered::{ADDITIONAL, REQUEST, RESPONSE};
use crate::{FIELD_COUNT, MAX_FIELDS, NameError};

/// The most names that `request.*` and `response.*` may have together, those
/// that users add included.
pub const MAX: usize = 200;

/// Whether one of the lists of this module has this leaf name.
#[must_use]
pub fn contains(list: &[&str], leaf: &[u8]) -> bool {
    list.binary_search_by(|name| crate::field::order(name.as_bytes(), leaf)).is_ok()
}

/// A list of names to promote that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PromoteError {
    /// An entry that names no part.
    #[error("{0:?} does not say which part it is promoted from: write request.{0} or response.{0}")]
    Part(String),
    /// An entry whose leaf cannot be a field's name.
    #[error("a promoted name is not usable")]
    Leaf(#[from] NameError),
    /// More names than fit.
    #[error("{added} names are too many to promote: {} are built in, which leaves room for {}", built_in(), room())]
    TooMany {
        /// How many the user asked for beyond those built in.
        added: usize,
    },
}

/// Names that a user promotes beyond those built in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    request: Vec<String>,
    response: Vec<String>,
}

impl Extra {
    /// Reads names such as `request.fleetId` or `response.fleetId`; those that
    /// are built in, and repetitions, are left out.
    ///
    /// # Errors
    /// [`PromoteError`] for a name without a part, one that cannot be a field's
    /// name, or more names than there is [`room`] for.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, PromoteError> {
        let mut extra = Self::default();
        for name in names {
            extra.add(name)?;
        }
        let added = extra.request.len() + extra.response.len();
        if added > room() {
            return Err(PromoteError::TooMany { added });
        }
        Ok(extra)
    }

    /// The leaf names to gather from the request, sorted.
    #[must_use]
    pub fn request(&self) -> &[String] {
        &self.request
    }

    /// The leaf names to gather from the response, sorted.
    #[must_use]
    pub fn response(&self) -> &[String] {
        &self.response
    }

    fn add(&mut self, name: &str) -> Result<(), PromoteError> {
        let (list, built_in, leaf) = match name.split_once('.') {
            Some(("request", leaf)) => (&mut self.request, REQUEST, leaf),
            Some(("response", leaf)) => (&mut self.response, RESPONSE, leaf),
            _ => return Err(PromoteError::Part(name.to_owned())),
        };
        check_leaf(leaf)?;
        if contains(built_in, leaf.as_bytes()) {
            return Ok(());
        }
        if let Err(place) = list.binary_search_by(|known| known.as_str().cmp(leaf)) {
            list.insert(place, leaf.to_owned());
        }
        Ok(())
    }
}

/// How many names users may add: what [`MAX`] and [`MAX_FIELDS`] both leave.
#[must_use]
pub const fn room() -> usize {
    let names = MAX - built_in();
    let fields = MAX_FIELDS - FIELD_COUNT;
    if names < fields { names } else { fields }
}

const fn built_in() -> usize {
    REQUEST.len() + RESPONSE.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_names_are_found() {
        assert!(contains(REQUEST, b"instanceType"));
        assert!(contains(RESPONSE, b"instanceId"));
        assert!(contains(ADDITIONAL, b"MFAUsed"));
        assert!(!contains(REQUEST, b"noSuchParameter"));
    }

    #[test]
    fn extra_names_are_sorted_and_unique() {
        let names = ["request.zeta", "response.fleetShape", "request.alpha", "request.zeta", "request.instanceType"];
        let extra = Extra::parse(names).unwrap();
        assert_eq!(extra.request(), ["alpha", "zeta"]);
        assert_eq!(extra.response(), ["fleetShape"]);
    }

    #[test]
    fn a_name_must_say_its_part() {
        let error = Extra::parse(["fleetShape"]).unwrap_err();
        assert!(matches!(&error, PromoteError::Part(name) if name == "fleetShape"));
        assert!(error.to_string().contains("request.fleetShape"));
        assert!(matches!(Extra::parse(["request.a.b"]), Err(PromoteError::Leaf(_))));
    }

    #[test]
    fn no_more_names_than_there_is_room_for() {
        let names: Vec<String> = (0..=room()).map(|n| format!("request.extra{n}")).collect();
        let error = Extra::parse(names.iter().map(String::as_str)).unwrap_err();
        assert!(matches!(error, PromoteError::TooMany { added } if added == names.len()));
        assert!(Extra::parse(names.iter().skip(1).map(String::as_str)).is_ok());
    }
}
