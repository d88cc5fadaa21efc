//! What the walk over a record gathers.

use super::json::Object;
use super::promoted::{Promoted, Side};
use super::resource::Resources;
use super::terms::Terms;

use crate::tape::Value;

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
    /// Where values lie that belong under `unmapped`: path, start, end.
    pub(super) unmapped: Vec<(String, u32, u32)>,
    /// JSON documents that stood in strings: path and text.
    pub(super) embedded: Vec<(String, String)>,
    /// Whole values that are kept and not indexed: a JSON array without its brackets.
    full: Vec<u8>,
    bucket: String,
    key: String,
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
        self.full.clear();
        self.bucket.clear();
        self.key.clear();
    }

    /// Looks at a scalar of a typed field.
    pub(super) fn see_field(&mut self, path: &str, value: &Value<'_>) {
        match path {
            "resources.ARN" => self.see(value, |found, text| found.resources.see_arn(text)),
            "resources.accountId" => self.see(value, |found, text| found.resources.see_account(text)),
            "errorMessage" => self.see(value, Self::see_denial),
            "vpcEndpointId" => self.see(value, |found, text| found.resources.see("vpcEndpointId", text)),
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
        self.resources.see_arn(arn.trim_end_matches('.'));
    }

    /// Looks at a string of a variable part.
    pub(super) fn see_leaf(&mut self, side: Option<Side>, name: &str, text: &str) {
        self.resources.see(name, text);
        match (side, name) {
            (Some(Side::Response), "accessKeyId") => self.issued.insert(text),
            (Some(Side::Request), "bucketName") => text.clone_into(&mut self.bucket),
            (Some(Side::Request), "key") => text.clone_into(&mut self.key),
            _ => {}
        }
    }

    /// Keeps a whole value, not indexed.
    pub(super) fn keep(&mut self, path: &str, raw: &str) {
        if !self.full.is_empty() {
            self.full.push(b',');
        }
        let mut entry = Object::open(&mut self.full);
        entry.string("path", path);
        entry.raw("value", raw.as_bytes());
        entry.close();
    }

    /// Lists the path of what was cut to stay within the bounds.
    pub(super) fn truncate(&mut self, path: &str) {
        let end = (0..=path.len().min(super::bounds::MAX_TERM_BYTES)).rev().find(|at| path.is_char_boundary(*at));
        self.truncated.insert(&path[..end.unwrap_or(0)]);
    }

    /// Takes a JSON document out of a string; URL-encoded ones are decoded.
    pub(super) fn embed(&mut self, path: &str, text: &str) {
        let text = match text.starts_with('%') {
            true => percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned(),
            false => text.to_owned(),
        };
        self.embedded.push((path.to_owned(), text));
    }

    /// Ends the gathering: what needs more than one leaf.
    pub(super) fn finish(&mut self) {
        if !self.bucket.is_empty() && !self.key.is_empty() {
            self.resources.see_object(&self.bucket, &self.key);
        }
        if self.resources.overflowed() {
            self.truncated.insert("resource");
        }
        if self.promoted.overflowed() {
            self.truncated.insert("request, response");
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
