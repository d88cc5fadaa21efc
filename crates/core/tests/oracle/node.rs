//! A JSON reader that is slow and obvious: strict for documents, lenient for records.

use std::collections::HashSet;

/// A JSON value that keeps duplicate names, the order, and numbers as they are written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    /// A string, decoded.
    Text(String),
    /// A number, `true`, `false` or `null`, as written.
    Literal(String),
}

impl Node {
    /// Reads a document: no duplicate names, no control characters, no broken escapes, nothing behind it.
    pub(crate) fn strict(bytes: &[u8]) -> Self {
        let text = std::str::from_utf8(bytes).expect("the document is UTF-8");
        assert!(!bytes.iter().any(|byte| *byte < 0x20), "the document holds a control character");
        Reader { rest: text.chars().collect(), at: 0, strict: true }.whole()
    }

    /// Reads a record, whatever stands in its strings; what is no character becomes U+FFFD.
    pub(crate) fn lenient(bytes: &[u8]) -> Self {
        Reader { rest: String::from_utf8_lossy(bytes).chars().collect(), at: 0, strict: false }.whole()
    }

    /// The member `name` of an object, the first one.
    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        let Self::Object(members) = self else { return None };
        members.iter().find(|(key, _)| key == name).map(|(_, node)| node)
    }

    /// The strings of a list.
    pub(crate) fn texts(&self) -> Vec<&str> {
        let Self::Array(items) = self else { return Vec::new() };
        items.iter().filter_map(|item| if let Self::Text(text) = item { Some(text.as_str()) } else { None }).collect()
    }

    /// Every scalar but null, and every empty container, with its dotted path; array items share a path.
    pub(crate) fn scalars(&self, path: &str, out: &mut Vec<(String, String)>) {
        match self {
            Self::Object(members) if members.is_empty() => out.push((path.to_owned(), "{}".to_owned())),
            Self::Array(items) if items.is_empty() => out.push((path.to_owned(), "[]".to_owned())),
            Self::Object(members) => members.iter().for_each(|(name, node)| node.scalars(&join(path, name), out)),
            Self::Array(items) => items.iter().for_each(|item| item.scalars(path, out)),
            Self::Text(text) => out.push((path.to_owned(), text.clone())),
            Self::Literal(text) if text == "null" => {}
            Self::Literal(text) => out.push((path.to_owned(), text.clone())),
        }
    }
}

/// A member's path.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

struct Reader {
    rest: Vec<char>,
    at: usize,
    strict: bool,
}

impl Reader {
    fn whole(mut self) -> Node {
        let node = self.value();
        self.blank();
        assert_eq!(self.at, self.rest.len(), "something follows the value");
        node
    }

    fn peek(&self) -> char {
        self.rest.get(self.at).copied().expect("the text goes on")
    }

    fn take(&mut self) -> char {
        let taken = self.peek();
        self.at += 1;
        taken
    }

    fn expect(&mut self, wanted: char) {
        let found = self.take();
        assert_eq!(found, wanted, "at character {}", self.at - 1);
    }

    fn blank(&mut self) {
        while matches!(self.rest.get(self.at), Some(' ' | '\n' | '\r' | '\t')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Node {
        self.blank();
        match self.peek() {
            '{' => self.object(),
            '[' => self.array(),
            '"' => Node::Text(self.string()),
            _ => self.literal(),
        }
    }

    fn object(&mut self) -> Node {
        let mut members = Vec::new();
        let mut names = HashSet::new();
        self.expect('{');
        self.blank();
        while self.peek() != '}' {
            if !members.is_empty() {
                self.expect(',');
                self.blank();
            }
            let name = self.string();
            assert!(names.insert(name.clone()) || !self.strict, "the name {name:?} occurs twice");
            self.blank();
            self.expect(':');
            members.push((name, self.value()));
            self.blank();
        }
        self.expect('}');
        Node::Object(members)
    }

    fn array(&mut self) -> Node {
        let mut items = Vec::new();
        self.expect('[');
        self.blank();
        while self.peek() != ']' {
            if !items.is_empty() {
                self.expect(',');
            }
            items.push(self.value());
            self.blank();
        }
        self.expect(']');
        Node::Array(items)
    }

    fn literal(&mut self) -> Node {
        let start = self.at;
        while matches!(self.rest.get(self.at), Some('a'..='z' | 'E' | '0'..='9' | '-' | '+' | '.')) {
            self.at += 1;
        }
        let text: String = self.rest[start..self.at].iter().collect();
        let number = text.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        assert!(number || ["true", "false", "null"].contains(&text.as_str()), "{text:?} is no value");
        Node::Literal(text)
    }

    fn string(&mut self) -> String {
        let mut text = String::new();
        self.expect('"');
        loop {
            match self.take() {
                '"' => return text,
                '\\' => text.push_str(&self.escape()),
                other => text.push(other),
            }
        }
    }

    fn escape(&mut self) -> String {
        match self.take() {
            plain @ ('"' | '\\' | '/') => plain.to_string(),
            'b' => "\u{8}".to_owned(),
            'f' => "\u{c}".to_owned(),
            'n' => "\n".to_owned(),
            'r' => "\r".to_owned(),
            't' => "\t".to_owned(),
            'u' if self.unit(self.at).is_some() => self.unicode(),
            other => {
                assert!(!self.strict, "\\{other} is no escape");
                // The backslash stands for itself, and what follows is read as it is.
                self.at -= 1;
                "\\".to_owned()
            }
        }
    }

    /// The UTF-16 unit whose four hexadecimal digits stand at `at`.
    fn unit(&self, at: usize) -> Option<u32> {
        let digits: String = self.rest.get(at..at + 4)?.iter().collect();
        let hex = digits.chars().all(|digit| digit.is_ascii_hexdigit());
        if hex { u32::from_str_radix(&digits, 16).ok() } else { None }
    }

    /// The character of an escape whose digits are ahead; both halves of a pair.
    fn unicode(&mut self) -> String {
        let first = self.unit(self.at).expect("four digits");
        self.at += 4;
        let pair = self.rest[self.at..].starts_with(&['\\', 'u']) && (0xd800..0xdc00).contains(&first);
        let second = if pair { self.unit(self.at + 2) } else { None };
        let code = match second {
            Some(second @ 0xdc00..0xe000) => {
                self.at += 6;
                0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            _ => first,
        };
        let character = char::from_u32(code);
        assert!(character.is_some() || !self.strict, "half a surrogate pair");
        character.unwrap_or(char::REPLACEMENT_CHARACTER).to_string()
    }
}
