//! From the addresses that digests name to those under which the objects are found.

use trailsearch_core::object::{ObjectKey, ObjectRef};

/// Where the objects are that digests speak of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    /// Where CloudTrail wrote them.
    Original,
    /// In a copy: each object lies behind `base`, by its key from `AWSLogs/` on. Such objects have no bucket.
    Copy {
        /// A path that ends in a slash, or nothing.
        base: String,
    },
}

impl Storage {
    /// The storage in which `object` was found.
    pub fn of(object: &ObjectRef) -> Self {
        match object.bucket.as_str() {
            "" => Self::Copy { base: halves(&object.key).0.to_owned() },
            _ => Self::Original,
        }
    }

    /// Where an object is found that CloudTrail wrote to `original`.
    pub fn resolve(&self, original: &ObjectRef) -> ObjectRef {
        match self {
            Self::Original => original.clone(),
            Self::Copy { base } => {
                let key = format!("{base}{}", halves(&original.key).1);
                ObjectRef { bucket: String::new(), key, version_id: None }
            }
        }
    }
}

/// What stands before `AWSLogs/`, and the rest.
fn halves(key: &str) -> (&str, &str) {
    let prefix = ObjectKey::parse(key).prefix;
    let slash = usize::from(key[prefix.len()..].starts_with('/'));
    key.split_at(prefix.len() + slash)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AWSLogs/111122223333/CloudTrail/eu-central-1/2026/10/05/a.json.gz";

    fn object(bucket: &str, key: &str) -> ObjectRef {
        ObjectRef { bucket: bucket.to_owned(), key: key.to_owned(), version_id: None }
    }

    #[test]
    fn in_its_bucket_an_object_is_where_it_was_written() {
        let original = object("example-logs", KEY);
        assert_eq!(Storage::of(&original).resolve(&original), original);
    }

    #[test]
    fn in_a_copy_only_the_layout_counts() {
        for base in ["", "/", "copy/", "/srv/copy/audit/"] {
            let storage = Storage::of(&object("", &format!("{base}{KEY}")));
            assert_eq!(storage, Storage::Copy { base: base.to_owned() });
            for prefix in ["", "audit/"] {
                let found = storage.resolve(&object("example-logs", &format!("{prefix}{KEY}")));
                assert_eq!(found, object("", &format!("{base}{KEY}")));
            }
        }
    }
}
