//! A line each, as compilers have always written them.

use super::place::locate;
use crate::diagnostic::Diagnostic;
use crate::render::safe;
use crate::source::Sources;

/// All of them.
pub(super) fn render(list: &[Diagnostic], sources: &Sources) -> String {
    list.iter().map(|one| line(one, sources)).collect()
}

fn line(one: &Diagnostic, sources: &Sources) -> String {
    let place = one.primary().and_then(|span| locate(sources, span));
    let place = place.map_or(String::new(), |place| format!("{}: ", place.named()));
    format!("{place}{}[{}]: {}\n", one.severity.name(), one.code, safe::line(&one.message))
}
