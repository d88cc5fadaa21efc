//! What could not stay in its place, and what was opened: `unmapped` and `embedded`.

use super::Normalizer;
use super::found::Moved;
use super::json::Object;
use super::walk::Walk;
use crate::tape::Value;

impl Normalizer {
    /// Writes what the schema does not know, as one object of free shape whose names are paths.
    pub(super) fn write_unmapped(&mut self, record: &Value<'_>) {
        let mut moved = std::mem::take(&mut self.found.unmapped);
        moved.sort_by(|a, b| a.path.cmp(&b.path));
        moved.retain(|moved| self.has_room(moved, record));
        let Self { rules, found, body, .. } = self;
        grouped(
            "unmapped",
            &moved,
            |moved| &moved.path,
            body,
            |moved, out| {
                if let Some(value) = record.starting_at(moved.start) {
                    Walk::new(&value, rules, found, out).variable(&moved.path, moved.name(), &value);
                }
            },
        );
    }

    /// Whether a moved value can still be indexed; else it is kept aside.
    fn has_room(&mut self, moved: &Moved, record: &Value<'_>) -> bool {
        self.found.leaves += 1;
        if !self.found.is_full() {
            return true;
        }
        if let Some(value) = record.starting_at(moved.start) {
            self.found.truncate(&moved.path);
            self.found.keep(&moved.path, moved.name(), &value, self.rules.redact);
        }
        false
    }

    /// Writes the JSON documents that stood in strings, so that what is in them can be found.
    pub(super) fn write_embedded(&mut self) {
        let mut documents = std::mem::take(&mut self.found.embedded);
        documents.sort_by(|a, b| a.0.cmp(&b.0));
        let Self { rules, found, body, .. } = self;
        grouped(
            "embedded",
            &documents,
            |(path, _)| path,
            body,
            |(path, document), out| {
                let value = document.value();
                Walk::new(&value, rules, found, out).variable(path, "", &value);
            },
        );
    }
}

/// A member `name`: an object with one member for each path of the items, which are sorted by it. Several
/// values of one path become a list, since a name may stand only once.
fn grouped<T>(
    name: &str,
    items: &[T],
    path: impl Fn(&T) -> &str,
    out: &mut Vec<u8>,
    mut write: impl FnMut(&T, &mut Vec<u8>),
) {
    if items.is_empty() {
        return;
    }
    Object::resume(out).key(name).push(b'{');
    for group in items.chunk_by(|a, b| path(a) == path(b)) {
        let many = group.len() > 1;
        Object::resume(out).key(path(&group[0])).extend(many.then_some(b'['));
        for (index, item) in group.iter().enumerate() {
            out.extend((index > 0).then_some(b','));
            write(item, out);
        }
        out.extend(many.then_some(b']'));
    }
    out.push(b'}');
}
