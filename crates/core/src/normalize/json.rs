//! Writing JSON, for the little that trailsearch adds to a record.

/// Appends `text` as a JSON string.
pub(super) fn string(out: &mut Vec<u8>, text: &str) {
    let special = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
    // Without an early exit, many bytes are looked at a time.
    if !text.bytes().fold(false, |found, byte| found | special(byte)) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        // Writing a string into a Vec cannot fail.
        let _ = serde_json::to_writer(out, text);
    }
}

/// `text` as a JSON string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len() + 2);
    string(&mut out, text);
    String::from_utf8(out).unwrap_or_default()
}

/// Appends the members of one JSON object; the braces come with it.
pub(super) struct Object<'o> {
    out: &'o mut Vec<u8>,
    first: bool,
}

impl<'o> Object<'o> {
    /// Opens an object.
    pub(super) fn open(out: &'o mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true }
    }

    /// Goes on with an object whose brace, and perhaps members, are there already.
    pub(super) fn resume(out: &'o mut Vec<u8>) -> Self {
        // A record may have blanks behind its brace.
        let first = out.iter().rev().find(|byte| **byte != b' ') == Some(&b'{');
        Self { out, first }
    }

    /// Starts a member; the caller writes its value to the buffer returned.
    pub(super) fn key(&mut self, name: &str) -> &mut Vec<u8> {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
        string(self.out, name);
        self.out.push(b':');
        self.out
    }

    /// A member whose value is a string.
    pub(super) fn string(&mut self, name: &str, value: &str) {
        string(self.key(name), value);
    }

    /// Members that are JSON already, without braces.
    pub(super) fn members(&mut self, json: &[u8]) {
        if !self.first && !json.is_empty() {
            self.out.push(b',');
        }
        self.first &= json.is_empty();
        self.out.extend_from_slice(json);
    }

    /// A member whose value is a string, where there is one.
    pub(super) fn optional(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.string(name, value);
        }
    }

    /// A member whose value is JSON already.
    pub(super) fn raw(&mut self, name: &str, json: &[u8]) {
        self.key(name).extend_from_slice(json);
    }

    /// A member that lists terms, where there are any.
    pub(super) fn terms(&mut self, name: &str, terms: &super::terms::Terms) {
        if !terms.is_empty() {
            terms.write(self.key(name));
        }
    }

    /// A member that is an object, left out where `fill` adds nothing.
    pub(super) fn object(&mut self, name: &str, fill: impl FnOnce(&mut Object<'_>)) {
        let (length, first) = (self.out.len(), self.first);
        let mut inner = Object::open(self.key(name));
        fill(&mut inner);
        if inner.first {
            self.out.truncate(length);
            self.first = first;
        } else {
            self.out.push(b'}');
        }
    }

    /// Closes the object.
    pub(super) fn close(self) {
        self.out.push(b'}');
    }
}
