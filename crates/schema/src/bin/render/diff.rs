//! What a write would change, in a few lines.

/// The lines that differ between two texts, without what they share at their
/// beginning and end. Enough to see what a change of the schema does.
pub(crate) fn diff(path: &str, old: &str, new: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let head = shared(old.iter().zip(&new));
    let (old_rest, new_rest) = (old.get(head..).unwrap_or(&[]), new.get(head..).unwrap_or(&[]));
    let tail = shared(old_rest.iter().rev().zip(new_rest.iter().rev()));
    let removed = old_rest.iter().take(old_rest.len() - tail).map(|line| format!("-{line}\n"));
    let added = new_rest.iter().take(new_rest.len() - tail).map(|line| format!("+{line}\n"));
    format!("{path}:{}\n", head + 1) + &removed.chain(added).collect::<String>()
}

fn shared<'a>(pairs: impl Iterator<Item = (&'a &'a str, &'a &'a str)>) -> usize {
    pairs.take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_only_what_differs() {
        assert_eq!(diff("f", "a\nb\nc\n", "a\nx\ny\nc\n"), "f:2\n-b\n+x\n+y\n");
        assert_eq!(diff("f", "", "a\n"), "f:1\n+a\n");
        assert_eq!(diff("f", "a\na\n", "a\n"), "f:2\n-a\n");
    }
}
