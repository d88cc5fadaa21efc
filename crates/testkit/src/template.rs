//! Records as text with slots, filled in many times and fast.
//!
//! A slot is `${name argument…}` inside a JSON string; `"#{name argument…}"`,
//! quotes included, is replaced by a bare value. What a slot shows depends on
//! its own text and on the record's seed alone, so a slot written twice in one
//! record shows one value twice; any further word makes it another slot.
//!
//! | slot | shows |
//! |---|---|
//! | `account`, `region` | the record's own |
//! | `iso`, `basic`, `long`, `day`, `path`, `ms`, `secs` | the record's time, see [`Style`]; with `+60` or `-60` seconds later or earlier, with `08:02:11` that time of the record's day |
//! | `guid` | a GUID of the record's own |
//! | `same WORD` | a GUID that `WORD` has in every record of the day |
//! | `hex N`, `token N`, `upper N` | N characters of the record's own: hex, base64, `A-Z2-7` |
//! | `id PREFIX N`, `ID PREFIX N` | PREFIX and N hex or upper-case characters from the account's pool, so that ids come again |
//! | `number N` | a whole number below N |
//! | `ip`, `private` | an address of a documentation network, of 10.0.0.0/16 |
//! | `row TABLE COLUMN` | a cell of the table; slots of one table show one row |

use crate::clock::{Moment, Style, time_of_day};
use crate::rng::{Dice, hash, mix};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

const HEX: &[u8] = b"0123456789abcdef";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Ids of one prefix that an account has; small enough that each has a history.
const POOL: u64 = 150;

/// Rows of cells by the table's name; a cell is the inside of a JSON string.
pub(crate) type Tables = BTreeMap<String, Rows>;
type Rows = Arc<[Vec<String>]>;

/// What the slots of one record draw on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context<'a> {
    /// Decides every random slot.
    pub(crate) seed: u64,
    /// The record's `eventTime`.
    pub(crate) time: Moment,
    /// The account that receives the record.
    pub(crate) account: &'a str,
    /// The record's `awsRegion`.
    pub(crate) region: &'a str,
}

/// A text with slots.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Slot { salt: u64, slot: Slot },
}

#[derive(Debug, Clone)]
enum Slot {
    Account,
    Region,
    Time(Style, Shift),
    Guid,
    Same,
    Own(&'static [u8], usize),
    Pooled(&'static [u8], String, usize),
    Number(u64),
    Public,
    Private,
    Row(Rows, usize),
}

#[derive(Debug, Clone, Copy)]
enum Shift {
    Later(u64),
    Earlier(u64),
    TimeOfDay(u64),
}

impl Template {
    /// Reads a text; the error quotes the slot that is not understood.
    pub(crate) fn parse(text: &str, tables: &Tables) -> Result<Self, String> {
        let (mut pieces, mut rest) = (Vec::new(), text);
        while let Some(start) = next_slot(rest) {
            let (before, after) = rest.split_at(start);
            let (open, close) = if after.starts_with('"') { (3, "}\"") } else { (2, "}") };
            let end = after.find(close).ok_or_else(|| format!("unclosed: {after}"))?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(parse_slot(&after[open..end], tables)?);
            rest = &after[end + close.len()..];
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// Appends the text with its slots filled in to `out`.
    pub(crate) fn render(&self, context: &Context<'_>, out: &mut String) {
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Slot { salt, slot } => slot.render(*salt, context, out),
            }
        }
    }
}

fn next_slot(text: &str) -> Option<usize> {
    let (quoted, bare) = (text.find("${"), text.find("\"#{"));
    quoted.into_iter().chain(bare).min()
}

fn parse_slot(text: &str, tables: &Tables) -> Result<Piece, String> {
    let words: Vec<&str> = text.split(' ').collect();
    let slot = known_slot(&words, tables).ok_or_else(|| format!("unknown slot: {text}"))?;
    let salt = match &slot {
        // The columns of one row share their salt.
        Slot::Row(..) => hash(words[1]) ^ hash(words.get(3).unwrap_or(&"")),
        _ => hash(text),
    };
    Ok(Piece::Slot { salt, slot })
}

fn known_slot(words: &[&str], tables: &Tables) -> Option<Slot> {
    let argument = |index: usize| words.get(index).copied();
    let number = |index: usize| argument(index)?.parse().ok();
    Some(match words[0] {
        "account" => Slot::Account,
        "region" => Slot::Region,
        "guid" => Slot::Guid,
        "same" => argument(1).map(|_| Slot::Same)?,
        "hex" => Slot::Own(HEX, number(1)?),
        "token" => Slot::Own(BASE64, number(1)?),
        "upper" => Slot::Own(UPPER, number(1)?),
        "id" => Slot::Pooled(HEX, argument(1)?.to_owned(), number(2)?),
        "ID" => Slot::Pooled(UPPER, argument(1)?.to_owned(), number(2)?),
        "number" => Slot::Number(argument(1)?.parse().ok().filter(|limit| *limit > 0)?),
        "ip" => Slot::Public,
        "private" => Slot::Private,
        "row" => row_slot(tables.get(argument(1)?)?, number(2)?)?,
        style => Slot::Time(known_style(style)?, shift(argument(1))?),
    })
}

fn row_slot(rows: &Rows, column: usize) -> Option<Slot> {
    let complete = !rows.is_empty() && rows.iter().all(|row| row.len() > column);
    complete.then(|| Slot::Row(Arc::clone(rows), column))
}

fn known_style(name: &str) -> Option<Style> {
    Some(match name {
        "iso" => Style::Iso,
        "basic" => Style::Basic,
        "long" => Style::Long,
        "day" => Style::Day,
        "path" => Style::Path,
        "ms" => Style::Milliseconds,
        "secs" => Style::Seconds,
        _ => return None,
    })
}

fn shift(word: Option<&str>) -> Option<Shift> {
    let Some(word) = word else {
        return Some(Shift::Later(0));
    };
    if let Some(seconds) = word.strip_prefix('+') {
        return seconds.parse().ok().map(Shift::Later);
    }
    if let Some(seconds) = word.strip_prefix('-') {
        return seconds.parse().ok().map(Shift::Earlier);
    }
    time_of_day(word).map(Shift::TimeOfDay)
}

impl Shift {
    fn apply(self, moment: Moment) -> Moment {
        match self {
            Self::Later(seconds) => Moment(moment.0 + seconds),
            Self::Earlier(seconds) => Moment(moment.0.saturating_sub(seconds)),
            Self::TimeOfDay(seconds) => moment.day().at(seconds),
        }
    }
}

impl Slot {
    fn render(&self, salt: u64, context: &Context<'_>, out: &mut String) {
        let own = mix(context.seed ^ salt);
        match self {
            Self::Account => out.push_str(context.account),
            Self::Region => out.push_str(context.region),
            Self::Time(style, shift) => shift.apply(context.time).write(*style, out),
            Self::Guid => push_guid(own, out),
            Self::Same => push_guid(salt ^ mix(context.time.day().at(0).0), out),
            Self::Own(alphabet, length) => push_random(own, alphabet, *length, out),
            Self::Pooled(alphabet, prefix, length) => {
                out.push_str(prefix);
                let member = hash(context.account) ^ hash(prefix) ^ mix(own % POOL);
                push_random(member, alphabet, *length, out);
            }
            Self::Number(limit) => push_number(own % limit, out),
            Self::Public => push_public_ip(own, out),
            Self::Private => push_ip("10.0.", own, out),
            Self::Row(rows, column) => out.push_str(&rows[pick(own, rows.len())][*column]),
        }
    }
}

/// An index below `length`, which is not zero.
pub(crate) fn pick(random: u64, length: usize) -> usize {
    (random % length as u64) as usize
}

fn push_number(number: u64, out: &mut String) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{number}");
}

fn push_public_ip(random: u64, out: &mut String) {
    const NETWORKS: [&str; 3] = ["192.0.2", "198.51.100", "203.0.113"];
    out.push_str(NETWORKS[pick(random >> 32, NETWORKS.len())]);
    out.push('.');
    push_number(1 + random % 254, out);
}

fn push_ip(network: &str, random: u64, out: &mut String) {
    out.push_str(network);
    push_number(random % 32, out);
    out.push('.');
    push_number(1 + (random >> 32) % 254, out);
}

/// `length` characters of an alphabet whose size is a power of two.
fn push_random(state: u64, alphabet: &[u8], length: usize, out: &mut String) {
    let bits = alphabet.len().trailing_zeros();
    let per_roll = (u64::BITS / bits) as usize;
    let (mut dice, mask) = (Dice(state), alphabet.len() - 1);
    for start in (0..length).step_by(per_roll) {
        let mut random = dice.roll();
        for _ in start..length.min(start + per_roll) {
            out.push(char::from(alphabet[random as usize & mask]));
            random >>= bits;
        }
    }
}

/// A version 4 GUID, <https://www.rfc-editor.org/rfc/rfc9562#section-5.4>.
pub(crate) fn push_guid(state: u64, out: &mut String) {
    let mut dice = Dice(state);
    let (high, low) = (dice.roll(), dice.roll());
    let groups = [
        (high >> 32, 8),
        (high >> 16 & 0xFFFF, 4),
        (0x4000 | high & 0x0FFF, 4),
        (0x8000 | low >> 48 & 0x3FFF, 4),
        (low & 0xFFFF_FFFF_FFFF, 12),
    ];
    for (index, (value, digits)) in groups.into_iter().enumerate() {
        if index > 0 {
            out.push('-');
        }
        for digit in (0..digits).rev() {
            out.push(char::from(HEX[(value >> (4 * digit)) as usize & 15]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Day;

    fn render(text: &str, seed: u64) -> String {
        let users = vec![vec!["alice".to_owned(), "AIDA1".to_owned()], vec!["bob".to_owned(), "AIDA2".to_owned()]];
        let tables = Tables::from([("users".to_owned(), users.into())]);
        let context =
            Context { seed, time: Day::new(2026, 11, 20).at(8 * 3600), account: "111122223333", region: "us-east-1" };
        let mut out = String::new();
        Template::parse(text, &tables).unwrap().render(&context, &mut out);
        out
    }

    #[test]
    fn slots_are_filled_and_the_rest_is_kept() {
        assert_eq!(render("a $ {} b", 1), "a $ {} b");
        assert_eq!(render("${account}/${region}", 1), "111122223333/us-east-1");
        assert_eq!(render("${iso} ${iso +61}", 1), "2026-11-20T08:00:00Z 2026-11-20T08:01:01Z");
        assert_eq!(render("${iso -1} ${day}", 1), "2026-11-20T07:59:59Z 2026-11-20");
        assert_eq!(render("${iso 09:14:07}", 1), "2026-11-20T09:14:07Z");
        assert_eq!(render("{\"a\":\"#{number 1}\"}", 1), "{\"a\":0}");
        assert_eq!(render("${hex 40}", 1).len(), 40);
    }

    #[test]
    fn one_slot_has_one_value_in_a_record_and_another_in_the_next() {
        let guids = render("${guid} ${guid} ${guid 2}", 7);
        let guids: Vec<&str> = guids.split(' ').collect();
        assert_eq!(guids[0], guids[1]);
        assert_ne!(guids[0], guids[2]);
        assert_ne!(render("${guid}", 7), render("${guid}", 8));
        assert_eq!(render("${same pair}", 7), render("${same pair}", 8));
    }

    #[test]
    fn the_columns_of_a_table_belong_together() {
        for seed in 0..20 {
            let row = render("${row users 0} ${row users 1}", seed);
            assert!(row == "alice AIDA1" || row == "bob AIDA2", "{row}");
        }
    }

    #[test]
    fn pooled_ids_come_again() {
        let ids: std::collections::BTreeSet<String> = (0..4 * POOL).map(|seed| render("${id i- 17}", seed)).collect();
        assert!(ids.len() as u64 <= POOL);
        assert!(ids.iter().all(|id| id.len() == 19 && id.starts_with("i-")));
    }

    #[test]
    fn a_slot_that_is_not_understood_is_an_error() {
        for text in ["${nonsense}", "${hex}", "${number 0}", "${row users 2}", "${iso 8}", "${guid"] {
            assert!(Template::parse(text, &Tables::new()).is_err(), "{text}");
        }
    }
}
