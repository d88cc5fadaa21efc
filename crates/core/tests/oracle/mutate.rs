//! Random changes to a record.

use crate::dice::Dice;
use crate::node::Node;

/// What a mutated record is written with instead of these characters, which no record holds.
const BROKEN: [(char, &[u8]); 6] = [
    ('\u{e000}', b"\\ud800"),
    ('\u{e001}', b"\xff"),
    ('\u{e002}', b"\\q"),
    ('\u{e003}', b"\x01"),
    ('\u{e004}', b"\n"),
    ('\u{e005}', b"\\u0041"),
];

const NAMES: [&str; 16] = [
    "a",
    "",
    ".",
    "a.b",
    " ",
    "eventName",
    "requestParameters",
    "value",
    "items",
    "instanceId",
    "key",
    "x-amz-id-2",
    "@timestamp",
    "\u{e000}",
    "\u{e001}\u{e002}",
    "k\u{e003}",
];

const TEXTS: [&str; 14] = [
    "",
    "text",
    "true",
    "i-0abc1234def567890",
    "arn:aws:iam::444455556666:role/Admin",
    "{\"a\":[1,\"x\"]}",
    "[]",
    "%7B%22a%22%3A1%7D",
    "2026-11-20T09:14:27Z",
    "x\u{e000}y",
    "\u{e001}",
    "\u{e002}\u{e005}",
    "a\u{e003}b\u{e004}",
    "{\"a\":\"\u{e000}\"}",
];

const LITERALS: [&str; 9] = ["null", "true", "false", "0", "-1.5e3", "1e400", "12345678901234567890", "7", "1E-9"];

/// Makes one change somewhere in a value.
pub(crate) fn once(node: &mut Node, dice: &mut Dice) {
    let place = descend(node, dice);
    match (dice.below(8), place) {
        (0, Node::Object(members)) if !members.is_empty() => {
            let copy = members[dice.below(members.len())].clone();
            members.insert(dice.below(members.len() + 1), copy);
        }
        (1, Node::Object(members)) if !members.is_empty() => {
            members.remove(dice.below(members.len()));
        }
        (2, Node::Object(members)) if !members.is_empty() => {
            let member = dice.below(members.len());
            members[member].0 = (*dice.pick(&NAMES)).to_owned();
        }
        (3 | 4, Node::Object(members)) => {
            let member = ((*dice.pick(&NAMES)).to_owned(), value(dice, 0));
            members.insert(dice.below(members.len() + 1), member);
        }
        (3 | 4, Node::Array(items)) => items.insert(dice.below(items.len() + 1), value(dice, 0)),
        (5, place) => *place = Node::Array(vec![place.clone(), value(dice, 0)]),
        (6, place) => *place = Node::Object(vec![((*dice.pick(&NAMES)).to_owned(), place.clone())]),
        (_, place) => *place = value(dice, 0),
    }
    // A record stays an object.
    if !matches!(node, Node::Object(_)) {
        *node = Node::Object(vec![("eventID".to_owned(), node.clone())]);
    }
}

/// A random place: mostly not the value itself.
fn descend<'n>(node: &'n mut Node, dice: &mut Dice) -> &'n mut Node {
    let children = match node {
        Node::Object(members) => members.len(),
        Node::Array(items) => items.len(),
        _ => 0,
    };
    if children == 0 || dice.below(4) == 0 {
        return node;
    }
    let child = dice.below(children);
    match node {
        Node::Object(members) => descend(&mut members[child].1, dice),
        Node::Array(items) => descend(&mut items[child], dice),
        leaf => leaf,
    }
}

fn value(dice: &mut Dice, depth: usize) -> Node {
    match dice.below(if depth > 3 { 4 } else { 7 }) {
        0 => Node::Literal((*dice.pick(&LITERALS)).to_owned()),
        1..=2 => Node::Text((*dice.pick(&TEXTS)).to_owned()),
        3 => Node::Text("long ".repeat(dice.below(1_500))),
        4 => Node::Array((0..dice.below(4)).map(|_| value(dice, depth + 1)).collect()),
        5 => Node::Object(
            (0..dice.below(4)).map(|_| ((*dice.pick(&NAMES)).to_owned(), value(dice, depth + 1))).collect(),
        ),
        _ => (0..dice.below(70)).fold(value(dice, 4), |inner, _| Node::Array(vec![inner])),
    }
}

/// The value as JSON, with blanks here and there, and with broken characters.
pub(crate) fn written(node: &Node, dice: &mut Dice) -> Vec<u8> {
    let mut text = String::new();
    let styles: [&[&str]; 3] = [&[""], &["", "", " "], &["", " ", "\n", "\r\n\t"]];
    let blanks = styles[dice.below(styles.len())];
    write(node, blanks, dice, &mut text);
    text.chars().fold(Vec::new(), |mut bytes, character| {
        match BROKEN.iter().find(|(broken, _)| *broken == character) {
            Some((_, with)) => bytes.extend_from_slice(with),
            None => bytes.extend_from_slice(character.to_string().as_bytes()),
        }
        bytes
    })
}

fn write(node: &Node, blanks: &[&str], dice: &mut Dice, out: &mut String) {
    match node {
        Node::Text(text) => out.push_str(&serde_json::to_string(text).expect("a string")),
        Node::Literal(text) => out.push_str(text),
        Node::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                padded(item, blanks, dice, out);
            }
            out.push(']');
        }
        Node::Object(members) => {
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                padded(&Node::Text(name.clone()), blanks, dice, out);
                out.push(':');
                padded(value, blanks, dice, out);
            }
            out.push_str(dice.pick::<&str>(blanks));
            out.push('}');
        }
    }
}

fn padded(node: &Node, blanks: &[&str], dice: &mut Dice, out: &mut String) {
    out.push_str(dice.pick::<&str>(blanks));
    write(node, blanks, dice, out);
    out.push_str(dice.pick::<&str>(blanks));
}
