//! Sentences: no drawing, no colour, each line makes sense when it is read aloud alone.

use super::choice::{choose, places};
use super::place::locate;
use super::summary::summarise;
use crate::diagnostic::Diagnostic;
use crate::render::safe;
use crate::source::Sources;

/// The first of them, and what all come to.
pub(super) fn render(list: &[Diagnostic], sources: &Sources, outcome: &str) -> String {
    let choice = choose(list);
    let mut lines = Vec::new();
    for one in &choice.shown {
        lines.extend(told(one, sources));
        lines.push(String::new());
    }
    lines.extend(choice.remainders());
    lines.push(summarise(list, sources).sentence(outcome));
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn told(one: &Diagnostic, sources: &Sources) -> Vec<String> {
    let head = format!("{} {} {}: {}", one.severity.name(), one.code, one.code.alias, safe::line(&one.message));
    let mut lines = vec![head];
    let (labels, rest) = places(one);
    for label in labels {
        let Some(place) = locate(sources, label.span) else { continue };
        let text = safe::line(&label.text);
        let remark = if text.is_empty() { String::new() } else { format!(": {text}") };
        lines.push(format!("  at {}{remark}", place.named()));
    }
    lines.extend(rest.map(|rest| format!("  {rest}")));
    for (word, texts) in [("note", &one.notes), ("help", &one.help)] {
        for text in texts {
            lines.extend(prefixed(word, text));
        }
    }
    lines
}

fn prefixed(word: &str, text: &str) -> Vec<String> {
    let lines = safe::lines(text).into_iter().enumerate();
    lines.map(|(at, line)| if at == 0 { format!("  {word}: {line}") } else { format!("    {line}") }).collect()
}
