//! Names that users choose: the index prefix and promoted leaf names.

/// The index prefix where none is set.
pub const DEFAULT_PREFIX: &str = "cloudtrail";

/// The index prefix of S3 server access logs where none is set.
pub const DEFAULT_ACCESS_LOG_PREFIX: &str = "s3-access";

/// The longest index prefix, in bytes. OpenSearch allows index names of 255
/// bytes; this leaves room for the month and for the names of the templates.
const MAX_PREFIX: usize = 128;

/// The longest promoted name, in bytes. The longest parameter name of the AWS
/// APIs is well below.
const MAX_LEAF: usize = 128;

/// A name that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// An index prefix that OpenSearch would refuse.
    #[error(
        "{0:?} is no index prefix: use 1 to {MAX_PREFIX} lowercase letters, digits, '-', '_' and '.', beginning with a letter or a digit"
    )]
    Prefix(String),
    /// A leaf name that cannot be a field's name.
    #[error("{0:?} cannot be promoted: use 1 to {MAX_LEAF} letters, digits, '-', '_', ':' and '/', as in instanceType")]
    Leaf(String),
}

/// Checks an index prefix: indices are named `<prefix>-YYYY.MM`.
///
/// # Errors
/// [`NameError::Prefix`] where OpenSearch would refuse the index's name.
pub fn check_prefix(prefix: &str) -> Result<(), NameError> {
    let body = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-_.".contains(&c);
    let head = |c: &u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    let fits = prefix.len() <= MAX_PREFIX && prefix.bytes().all(body);
    if fits && prefix.as_bytes().first().is_some_and(head) {
        return Ok(());
    }
    Err(NameError::Prefix(prefix.to_owned()))
}

/// Checks a leaf name that is to be promoted. A dot would make it a path.
///
/// # Errors
/// [`NameError::Leaf`] where it cannot be the name of one field.
pub fn check_leaf(leaf: &str) -> Result<(), NameError> {
    let body = |c: u8| c.is_ascii_alphanumeric() || b"-_:/".contains(&c);
    if !leaf.is_empty() && leaf.len() <= MAX_LEAF && leaf.bytes().all(body) {
        return Ok(());
    }
    Err(NameError::Leaf(leaf.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_prefixes() {
        for good in ["cloudtrail", "a", "team-1_audit.eu"] {
            assert_eq!(check_prefix(good), Ok(()), "{good}");
        }
        for bad in ["", "-x", ".x", "_x", "Cloud", "a b", "a*", "ä", &"x".repeat(129)] {
            assert_eq!(check_prefix(bad), Err(NameError::Prefix(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn promoted_leaves() {
        for good in ["instanceType", "x-amz-acl", "aws:PrincipalTag/team"] {
            assert_eq!(check_leaf(good), Ok(()), "{good}");
        }
        for bad in ["", "a.b", "a b", "tag*", &"x".repeat(129)] {
            assert_eq!(check_leaf(bad), Err(NameError::Leaf(bad.to_owned())), "{bad}");
        }
    }

    #[test]
    fn errors_say_what_is_allowed() {
        let text = NameError::Prefix("A".to_owned()).to_string();
        assert!(text.contains("\"A\"") && text.contains("lowercase"), "{text}");
    }
}
