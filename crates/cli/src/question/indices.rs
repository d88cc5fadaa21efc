//! Which indices a question is put to: `--indices`.

use std::str::FromStr;

/// Patterns of index names, separated by commas; before a colon the name of a remote cluster, or a pattern of such. See
/// <https://docs.opensearch.org/latest/search-plugins/cross-cluster-search/>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Indices(String);

/// Why a text is no list of index patterns.
#[derive(Debug, thiserror::Error)]
#[error("write patterns of index names, such as cloudtrail-* or cloudtrail-*,eu:cloudtrail-*")]
pub(crate) struct IndicesError;

impl Indices {
    /// As it stands in the path of a request.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Indices {
    type Err = IndicesError;

    /// Takes what can stand in the path of a request and be nothing but names.
    fn from_str(text: &str) -> Result<Self, IndicesError> {
        let usual = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.*:".contains(&byte);
        let is_pattern = |name: &str| !name.is_empty() && !name.starts_with('_') && name.bytes().all(usual);
        text.split(',').all(is_pattern).then(|| Self(text.to_owned())).ok_or(IndicesError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_names_and_patterns_of_any_cluster() {
        for good in
            ["cloudtrail-*", "*:cloudtrail-*,cloudtrail-*", "eu-1:audit-2026.11", "cloudtrail-*,-cloudtrail-2025.*"]
        {
            assert_eq!(good.parse::<Indices>().unwrap().as_str(), good);
        }
        for wrong in ["", "a,,b", "_all", "a/_delete_by_query", "a?b", "a b", "a%2F", "ä"] {
            assert!(wrong.parse::<Indices>().is_err(), "{wrong}");
        }
    }
}
