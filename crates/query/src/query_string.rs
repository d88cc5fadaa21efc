//! What people write into the search bar: Lucene's syntax. See
//! <https://docs.opensearch.org/latest/query-dsl/full-text/query-string/>.
//!
//! It follows the classic parser of Lucene also where that surprises: `a OR b AND c` demands b and c, and words side by
//! side without an operator are one text.

mod token;

use crate::error::QueryError;
use crate::field::Field;
use crate::query::{Bool, Context, Query};
use token::{Range, Token, tokens, unescaped};

/// How a clause counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Occur {
    Must,
    Should,
    MustNot,
}

/// Reads a query.
///
/// # Errors
/// Where its syntax is wrong, or asks for more than is known here.
pub(crate) fn parse(text: &str, context: Context<'_>) -> Result<Query, QueryError> {
    let syntax = |reason| QueryError::Syntax { query: text.to_owned(), reason };
    let tokens = tokens(text).map_err(syntax)?;
    if tokens.is_empty() {
        return Ok(Query::None);
    }
    let mut parser = Parser { text, tokens, at: 0, context };
    let query = parser.query(None)?;
    match parser.next() {
        None => Ok(query),
        Some(_) => Err(syntax("a ) closes nothing".to_owned())),
    }
}

struct Parser<'q> {
    text: &'q str,
    tokens: Vec<Token>,
    at: usize,
    context: Context<'q>,
}

impl Parser<'_> {
    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    fn next_if(&mut self, token: &Token) -> bool {
        let is_next = self.peek(0) == Some(token);
        self.at += usize::from(is_next);
        is_next
    }

    fn wrong<T>(&self, reason: &str) -> Result<T, QueryError> {
        Err(QueryError::Syntax { query: self.text.to_owned(), reason: reason.to_owned() })
    }

    fn unsupported<T>(what: &str) -> Result<T, QueryError> {
        Err(QueryError::Unsupported(what.to_owned()))
    }

    fn no_pattern<T>() -> Result<T, QueryError> {
        Self::unsupported("a pattern for the name of a field")
    }

    /// Clauses up to a closing bracket or the end; those without a field of their own are about `field`.
    fn query(&mut self, field: Option<&str>) -> Result<Query, QueryError> {
        let mut clauses: Vec<(Occur, Query)> = Vec::new();
        while clauses.is_empty() || !matches!(self.peek(0), None | Some(Token::Close)) {
            if self.is_text() {
                let text = self.text();
                clauses.push((Occur::Should, self.over(field, |field, context| field.search(&text, context.now))?));
                continue;
            }
            let and = !clauses.is_empty() && self.conjunction();
            let occur = self.modifier().unwrap_or(if and { Occur::Must } else { Occur::Should });
            if let Some((before, _)) = clauses.last_mut().filter(|(before, _)| and && *before != Occur::MustNot) {
                *before = Occur::Must;
            }
            clauses.push((occur, self.clause(field)?));
        }
        Ok(joined(clauses))
    }

    /// Passes over `AND` or `OR`; whether it was the former.
    fn conjunction(&mut self) -> bool {
        let and = self.next_if(&Token::And);
        if !and {
            self.next_if(&Token::Or);
        }
        and
    }

    fn modifier(&mut self) -> Option<Occur> {
        let occur = match self.peek(0)? {
            Token::Plus => Occur::Must,
            Token::Minus | Token::Not => Occur::MustNot,
            _ => return None,
        };
        self.at += 1;
        Some(occur)
    }

    /// Whether several words follow one another that are one text.
    fn is_text(&self) -> bool {
        matches!(self.peek(0), Some(Token::Word(_))) && self.goes_on(1)
    }

    /// Whether the token so far ahead is a word that does not belong to what follows it.
    fn goes_on(&self, ahead: usize) -> bool {
        let apart = matches!(
            self.peek(ahead + 1),
            Some(Token::Colon | Token::Star | Token::Fuzzy | Token::Boost | Token::And | Token::Or)
        );
        matches!(self.peek(ahead), Some(Token::Word(_))) && !apart
    }

    fn text(&mut self) -> String {
        let mut words = Vec::new();
        while let Some(Token::Word(word)) = self.peek(0) {
            words.push(unescaped(word));
            self.at += 1;
            if !self.goes_on(0) {
                break;
            }
        }
        words.join(" ")
    }

    fn clause(&mut self, field: Option<&str>) -> Result<Query, QueryError> {
        let own = match (self.peek(0), self.peek(1)) {
            (Some(Token::Word(name)), Some(Token::Colon)) => Some(unescaped(name)),
            (Some(Token::Star), Some(Token::Colon)) => Some("*".to_owned()),
            (Some(Token::Start(_) | Token::Wildcard(_)), Some(Token::Colon)) => return Self::no_pattern(),
            _ => None,
        };
        if let Some(name) = &own {
            self.at += 2;
            if name.contains('*') && !(name == "*" && self.peek(0) == Some(&Token::Star)) {
                return Self::no_pattern();
            }
        }
        let field = own.as_deref().or(field);
        let query = if self.next_if(&Token::Open) { self.group(field)? } else { self.term(field)? };
        if self.peek(0) == Some(&Token::Fuzzy) {
            return Self::unsupported("a search for what is alike (~)");
        }
        self.next_if(&Token::Boost);
        Ok(query)
    }

    fn group(&mut self, field: Option<&str>) -> Result<Query, QueryError> {
        let query = self.query(field)?;
        if self.next_if(&Token::Close) { Ok(query) } else { self.wrong("a ( is not closed") }
    }

    fn term(&mut self, field: Option<&str>) -> Result<Query, QueryError> {
        match self.next() {
            Some(Token::Word(word)) => self.word(field, &unescaped(&word)),
            Some(Token::Bare(operator)) => self.word(field, &operator.to_string()),
            Some(Token::Quoted(text)) => {
                let text = unescaped(&text);
                self.over(field, |field, context| field.phrase(&text, context.now))
            }
            Some(Token::Star) => {
                Ok(field.filter(|field| *field != "*").map_or(Query::All, |field| Field::resolve(field).exists()))
            }
            Some(Token::Start(start)) => self.over(field, |field, _| field.prefix(&unescaped(&start))),
            Some(Token::Wildcard(pattern)) => self.over(field, |field, _| field.wildcard(&pattern)),
            Some(Token::Range(range)) => self.range(field, &range),
            Some(Token::Regexp) => Self::unsupported("a regular expression (/…/)"),
            None => self.wrong("a term is missing at its end"),
            Some(_) => self.wrong(&format!("a term is missing before its part {}", self.at)),
        }
    }

    /// A word; behind the name of a field it may begin with `<`, `<=`, `>` or `>=`.
    fn word(&self, field: Option<&str>, word: &str) -> Result<Query, QueryError> {
        let compared = field.and_then(|field| {
            let end = |operator: &str, within| {
                word.strip_prefix(operator).filter(|text| !text.is_empty()).map(|text| (text, within))
            };
            let (least, most) =
                (end(">=", true).or_else(|| end(">", false)), end("<=", true).or_else(|| end("<", false)));
            (least.is_some() || most.is_some()).then(|| Field::resolve(field).range(least, most, self.context.now))
        });
        match (compared, field) {
            (Some(range), _) => range,
            (None, Some("_exists_")) => Ok(Field::resolve(word).exists()),
            (None, Some("_id")) => Ok(Query::Ids(vec![word.to_owned()])),
            _ => self.over(field, |field, context| field.search(word, context.now)),
        }
    }

    fn range(&self, field: Option<&str>, range: &Range) -> Result<Query, QueryError> {
        let (from, to) = (unescaped(&range.from), unescaped(&range.to));
        let end = |text| if text == "*" { None } else { Some(text) };
        let (from, to) = (end(from.as_str()), end(to.as_str()));
        let ends = (from.map(|text| (text, range.with_from)), to.map(|text| (text, range.with_to)));
        self.over(field, |field, context| field.range(ends.0, ends.1, context.now))
    }

    /// The query over the field, or over those in which words without a field are searched.
    fn over(
        &self,
        field: Option<&str>,
        query: impl Fn(Field, Context<'_>) -> Result<Query, QueryError>,
    ) -> Result<Query, QueryError> {
        match field {
            Some(name) => query(Field::resolve(name), self.context),
            None => {
                let queries = self.context.default_fields.iter().map(|name| query(Field::resolve(name), self.context));
                Ok(Query::any(queries.collect::<Result<_, _>>()?))
            }
        }
    }
}

/// Clauses as one query. What only excludes, excludes from everything.
fn joined(mut clauses: Vec<(Occur, Query)>) -> Query {
    if let [(Occur::Should | Occur::Must, _)] = clauses.as_slice() {
        return clauses.swap_remove(0).1;
    }
    let mut parts = Bool::default();
    for (occur, query) in clauses {
        match occur {
            Occur::Must => parts.must.push(query),
            Occur::Should => parts.should.push(query),
            Occur::MustNot => parts.must_not.push(query),
        }
    }
    parts.minimum = usize::from(parts.must.is_empty() && !parts.should.is_empty());
    Query::Bool(parts)
}

#[cfg(test)]
mod tests;
