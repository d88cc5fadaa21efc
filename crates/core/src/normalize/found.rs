//! What the walk over a record gathers.

use super::bounds::{MAX_CUT, MAX_EMBEDDED, MAX_EMBEDDED_BYTES, MAX_LEAVES, MAX_NUMBER_BYTES, MAX_TERM_BYTES};
use super::embedded::Document;
use super::json::Object;
use super::names::Names;
use super::promoted::{Promoted, Side};
use super::redact;
use super::resource::Resources;
use super::terms::Terms;
use crate::tape::{Kind, Value};

/// Stands last in `ingest.truncated` when there are more paths than it can list; `ingest.full` has them all.
const AND_MORE: &str = "*";

/// All that one record brings to light; the memory is kept from record to record.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) resources: Resources,
    pub(super) promoted: Promoted,
    /// Access key ids that the event handed out.
    pub(super) issued: Terms,
    pub(super) truncated: Terms,
    pub(super) moved: Terms,
    pub(super) redacted: Terms,
    /// Values that belong under `unmapped`.
    pub(super) unmapped: Vec<Moved>,
    /// JSON documents that stood in strings, each with the string's path.
    pub(super) embedded: Vec<(String, Document)>,
    /// Scalars of free shape so far.
    pub(super) leaves: usize,
    /// Values that were cut so far.
    cut: usize,
    /// Whole values that are kept and not indexed: a JSON array without its brackets.
    full: Vec<u8>,
    bucket: String,
    key: String,
}

/// A value that does not stay where it is.
#[derive(Debug)]
pub(super) struct Moved {
    /// Its path in the record.
    pub(super) path: String,
    /// Where in the path its own name starts; names may hold dots.
    pub(super) name_at: usize,
    /// Where the value starts in the record.
    pub(super) start: u32,
}

impl Moved {
    /// The name of the member that holds it.
    pub(super) fn name(&self) -> &str {
        self.path.get(self.name_at..).unwrap_or_default()
    }
}

impl Found {
    pub(super) fn clear(&mut self) {
        self.resources.clear();
        self.promoted.clear();
        for terms in [&mut self.issued, &mut self.truncated, &mut self.moved, &mut self.redacted] {
            terms.clear();
        }
        self.unmapped.clear();
        self.embedded.clear();
        self.leaves = 0;
        self.cut = 0;
        self.full.clear();
        self.bucket.clear();
        self.key.clear();
    }

    /// Looks at a scalar of a typed field.
    pub(super) fn see_field(&mut self, path: &str, value: &Value<'_>) {
        match path {
            "resources.ARN" | "resources.ARNPrefix" => self.see(value, |found, text| found.resources.see_arn(text)),
            "summary.primaryDimension.statistics.name" | "summary.details.statistics.name" => {
                self.see(value, |found, text| found.resources.see_arn(text));
            }
            "resources.accountId" | "vpcEndpointAccountId" => {
                self.see(value, |found, text| found.resources.see_account(text))
            }
            "errorMessage" => self.see(value, Self::see_denial),
            "vpcEndpointId" => self.see(value, |found, text| found.resources.see(None, text)),
            _ => {}
        }
    }

    fn see(&mut self, value: &Value<'_>, then: impl FnOnce(&mut Self, &str)) {
        if let Some(text) = value.str() {
            then(self, &text);
        }
    }

    /// "User: ARN is not authorized to perform: ACTION on resource: ARN …" names what was to be touched.
    fn see_denial(&mut self, message: &str) {
        let Some((_, rest)) = message.split_once(" on resource: ") else { return };
        let arn = rest.split([' ', ',']).next().unwrap_or_default();
        self.resources.see_arn(arn.trim_matches(['"', '.']));
    }

    /// Looks at a string of a variable part.
    pub(super) fn see_leaf(&mut self, side: Option<Side>, path: &str, name: &str, kind: Option<&str>, text: &str) {
        match name {
            // The one parameter of many subnets in one string.
            "vPCZoneIdentifier" => text.split(',').for_each(|subnet| self.resources.see(kind, subnet.trim())),
            _ => self.resources.see(kind, text),
        }
        match (side, path) {
            (Some(Side::Response), _) if name == "accessKeyId" => self.issued.insert(text),
            (Some(Side::Request), "requestParameters.bucketName") => text.clone_into(&mut self.bucket),
            (Some(Side::Request), "requestParameters.key") => text.clone_into(&mut self.key),
            _ => {}
        }
    }

    /// Keeps the whole value of a member `name`, not indexed.
    pub(super) fn keep(&mut self, path: &str, name: &str, value: &Value<'_>, redact: bool) {
        let without = if redact { redact::value(name, value) } else { None };
        if without.is_some() {
            self.redact(path);
        }
        let raw = without.as_deref().unwrap_or(value.raw());
        match value.kind() {
            Kind::Object | Kind::Array => self.keep_json(path, raw),
            Kind::Number if !is_plain_number(raw) => self.entry(path, |entry| entry.string("value", raw)),
            _ => self.entry(path, |entry| entry.raw("value", raw.as_bytes())),
        }
    }

    /// Keeps a text whole, not indexed.
    pub(super) fn keep_text(&mut self, path: &str, text: &str) {
        self.entry(path, |entry| entry.string("value", text));
    }

    /// Keeps an object or a list as text: OpenSearch's parser refuses what is too deep or has duplicate
    /// names, even where nothing is indexed.
    pub(super) fn keep_json(&mut self, path: &str, json: &str) {
        self.entry(path, |entry| entry.string("json", json));
    }

    fn entry(&mut self, path: &str, value: impl FnOnce(&mut Object<'_>)) {
        if !self.full.is_empty() {
            self.full.push(b',');
        }
        let mut entry = Object::open(&mut self.full);
        entry.string("path", path);
        value(&mut entry);
        entry.close();
    }

    /// Lists the path of what was cut to stay within the bounds.
    pub(super) fn truncate(&mut self, path: &str) {
        self.cut += 1;
        self.list_truncated(path);
    }

    /// Lists the path of what cannot be searched, though it stays where it is.
    pub(super) fn list_truncated(&mut self, path: &str) {
        self.truncated.insert(listed(path));
    }

    /// Lists the path of what belongs under `unmapped`.
    pub(super) fn list_moved(&mut self, path: &str) {
        self.moved.insert(listed(path));
    }

    /// Lists the path of what held a secret.
    pub(super) fn redact(&mut self, path: &str) {
        self.redacted.insert(listed(path));
    }

    /// Whether no more can be indexed, or cut one by one.
    pub(super) fn is_full(&self) -> bool {
        self.leaves >= MAX_LEAVES || self.cut >= MAX_CUT
    }

    /// Takes note of a JSON document in a string.
    pub(super) fn embed(&mut self, path: &str, document: Document) {
        if self.embedded.len() < MAX_EMBEDDED && document.value().raw().len() <= MAX_EMBEDDED_BYTES {
            self.embedded.push((path.to_owned(), document));
        }
    }

    /// Ends the gathering: what needs more than one leaf.
    pub(super) fn finish(&mut self, names: &Names) {
        if !self.bucket.is_empty() && !self.key.is_empty() {
            self.resources.see_object(&self.bucket, &self.key);
        }
        if self.resources.overflowed() {
            self.truncated.insert("resource");
        }
        for known in self.promoted.cut().iter().filter_map(|&number| names.promoted(number)) {
            self.truncated.insert(&format!("{}.{}", known.side.field(), known.name));
        }
        if self.truncated.overflowed() {
            self.truncated.replace_last(AND_MORE);
        }
    }

    /// Writes what of `ingest` is about the record.
    pub(super) fn write_notes(&self, to: &mut Object<'_>) {
        to.terms("truncated", &self.truncated);
        to.terms("moved", &self.moved);
        to.terms("redacted", &self.redacted);
        if !self.full.is_empty() {
            let out = to.key("full");
            out.push(b'[');
            out.extend_from_slice(&self.full);
            out.push(b']');
        }
    }
}

/// As much of a path as a term can hold; none is empty.
fn listed(path: &str) -> &str {
    const NAMELESS: &str = "\"\"";
    if path.is_empty() {
        return NAMELESS;
    }
    let end = (0..=path.len().min(MAX_TERM_BYTES)).rev().find(|at| path.is_char_boundary(*at));
    path.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// Whether the server takes the number as one: `1e400` it does not, nor thousands of digits.
pub(super) fn is_plain_number(raw: &str) -> bool {
    let short = raw.len() < MAX_NUMBER_BYTES;
    short && (!raw.contains(['e', 'E']) || raw.parse::<f64>().is_ok_and(f64::is_finite))
}
