//! The fields of a trailsearch document, and what is rendered from them.
//!
//! The fields are data: `mappings/fields/*.yml` and `mappings/promoted.yml`, and so are
//! the noise rules, `mappings/noise.yml`, the dashboards and the monitors. From them the `render` binary writes the index templates,
//! the references, the saved objects of Dashboards and the table in this crate, so that
//! whoever builds a document knows every field without reading YAML:
//!
//! - [`record_fields`]: what CloudTrail writes, as a tree;
//! - [`access_log_fields`]: those of a line of an S3 server access log, whose data is mappings/access-log/;
//! - [`added_fields`]: what trailsearch adds (`actor`, `resource`, `ingest`…);
//! - [`promoted`]: the leaf names gathered into `request.*`, `response.*` and
//!   `additional.*`;
//! - [`noise`]: which records tell nobody anything;
//! - [`Template`]: the requests that install the index template;
//! - [`saved_objects`] and [`monitors`]: what OpenSearch Dashboards and Alerting are given.
//!
//! mappings/README.md tells how to change a field, how fields are counted, and
//! why the mapping is as it is.

mod assets;
mod count;
mod field;
mod names;
pub mod noise;
pub mod promoted;
#[rustfmt::skip]
mod rendered;
mod template;

pub use assets::{index_pattern, monitor_query, monitors, saved_objects};
pub use count::count_fields;
pub use field::{Field, Shape, Type, find, order};
pub use names::{DEFAULT_ACCESS_LOG_PREFIX, DEFAULT_PREFIX, NameError, check_leaf, check_prefix};
pub use rendered::{ACCESS_LOG_FIELD_COUNT, ACCESS_LOG_VERSION, ALIASES, FIELD_COUNT, SCHEMA_VERSION};
pub use template::{Flavor, Put, Template, TemplateError};

/// The most fields a template may map, aliases, objects and sub-fields
/// included. [`count_fields`] has the counting rule.
pub const MAX_FIELDS: usize = 400;

/// The longest text a keyword field indexes, in UTF-16 code units, which is how
/// OpenSearch counts `ignore_above`. A code unit is at most 3 bytes of UTF-8, so
/// no term can reach Lucene's limit of 32,766 bytes, which would reject the
/// whole document. Longer text stays in `_source` and is not found by this field.
///
/// <https://docs.opensearch.org/latest/field-types/supported-field-types/keyword/>
pub const KEYWORD_MAX: usize = 8_191;

/// The fields that CloudTrail writes at the top level of a record, each with its
/// children, ordered for [`find`].
#[must_use]
pub fn record_fields() -> &'static [Field] {
    rendered::RECORD
}

/// The fields that trailsearch adds at the top level of a document, each with
/// its children, ordered for [`find`]. A record that brings one of these names
/// itself does not fill it: it is unknown to [`record_fields`].
#[must_use]
pub fn added_fields() -> &'static [Field] {
    rendered::ADDED
}

/// The fields of a document that was made of a line of an S3 server access log, each with its children, ordered for [`find`].
#[must_use]
pub fn access_log_fields() -> &'static [Field] {
    rendered::ACCESS_LOG
}

/// Finds a field of the document by its dotted path, aliases not included.
///
/// A path below a [`Type::FlatObject`] or [`Type::Stored`] field answers that
/// field, since everything below it is part of it.
#[must_use]
pub fn lookup(path: &str) -> Option<&'static Field> {
    let mut parts = path.split('.').map(str::as_bytes);
    let top = parts.next()?;
    let mut field = find(record_fields(), top).or_else(|| find(added_fields(), top))?;
    for part in parts {
        if matches!(field.ty, Type::FlatObject | Type::Stored) {
            break;
        }
        field = find(field.children, part)?;
    }
    Some(field)
}
