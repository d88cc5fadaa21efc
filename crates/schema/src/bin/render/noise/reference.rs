//! The reference of the noise rules, docs/noise.md.

use std::fmt::Write as _;

use super::{ConditionEntry, NoiseFile, RuleEntry};

const HEAD: &str = "\
<!-- Rendered from mappings/noise.yml by the render binary: change the data, not this file. -->
# Noise

";

/// The text of docs/noise.md.
pub(crate) fn render(file: &NoiseFile) -> String {
    let mut text = format!("{HEAD}{}\n\n| rule | which events |\n|---|---|\n", file.intro.trim());
    for rule in &file.rules {
        let _ = writeln!(text, "| [`{0}`](#{0}) | {1} |", rule.name, rule.meaning.trim());
    }
    for rule in &file.rules {
        text += &section(rule);
    }
    text
}

fn section(rule: &RuleEntry) -> String {
    let mut text = format!("\n## {}\n\n{} {}\n\n", rule.name, rule.meaning.trim(), rule.why.trim());
    let sources: Vec<_> = rule.sources.iter().map(|source| format!("<{source}>")).collect();
    let _ = writeln!(text, "Sources: {}\n", sources.join(", "));
    for condition in &rule.when {
        let _ = writeln!(text, "- {}", told(condition));
    }
    for condition in &rule.unless {
        let _ = writeln!(text, "- but not: {}", told(condition));
    }
    text += "\n| for example | noise |\n|---|---|\n";
    for case in &rule.cases {
        let _ = writeln!(text, "| {} | {} |", case.what, if case.noise { "yes" } else { "no" });
    }
    text
}

/// A condition in words.
fn told(condition: &ConditionEntry) -> String {
    match &condition.at {
        Some(path) => format!("`{path}` {}", tests(condition).join(", or ")),
        None if condition.machine => "no person made the call (`actor.human` is false)".to_owned(),
        None => "`requestParameters.bucketName` is the bucket of the log itself (`ingest.bucket`)".to_owned(),
    }
}

fn tests(condition: &ConditionEntry) -> Vec<String> {
    let told = condition.tests().map(|(_, words, texts)| {
        let texts: Vec<_> = texts.iter().map(|text| format!("`{text}`")).collect();
        format!("{words} {}", texts.join(", "))
    });
    told.chain(condition.absent.then(|| "is absent".to_owned())).collect()
}
