//! Why a search cannot be answered.

/// Why a search cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The user's query is not in Lucene's syntax.
    #[error("Failed to parse query [{query}]: {reason}")]
    Syntax {
        /// The whole query.
        query: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// A field is asked for a value that it cannot have.
    #[error("{field} holds {holds}, and {text} is none")]
    Value {
        /// The field.
        field: String,
        /// What it was asked for.
        text: String,
        /// What it has instead.
        holds: &'static str,
    },
    /// A field without text is asked for a part of it.
    #[error(
        "{0} holds no text, of which a part could be searched for: give a whole value, or a range such as [A TO B]"
    )]
    NoText(String),
    /// OpenSearch has it, this crate has not.
    #[error("{0} is not supported where there is no cluster")]
    Unsupported(String),
}
