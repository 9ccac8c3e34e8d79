//! Workflow commands of GitHub Actions: `::error file=sales/demand.toml,line=3,col=7,title=SOP2001 unknown-name::message`.
//!
//! GitHub shows ten errors and ten warnings of a step beside their lines, so the worst come first; every one stands in the log besides.

use super::place::locate;
use crate::diagnostic::{Diagnostic, Severity};
use crate::render::safe;
use crate::source::Sources;

/// Lines of text of all, in their order; then commands, the worst first.
pub(super) fn render(list: &[Diagnostic], sources: &Sources) -> String {
    let text: String = list.iter().map(|one| safe::log(line(one, sources).trim_end()) + "\n").collect();
    let mut sorted: Vec<&Diagnostic> = list.iter().collect();
    sorted.sort_by_key(|one| one.severity);
    text + &sorted.into_iter().map(|one| command(one, sources)).collect::<String>()
}

fn line(one: &Diagnostic, sources: &Sources) -> String {
    super::short::render(std::slice::from_ref(one), sources)
}

fn command(one: &Diagnostic, sources: &Sources) -> String {
    let name = match one.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let place = one.primary().and_then(|span| locate(sources, span));
    let place = place.map_or(String::new(), |place| {
        let ((line, column), (end_line, end_column)) = (place.start, place.end);
        let within = if line == end_line { format!(",col={column},endColumn={end_column}") } else { String::new() };
        format!("file={},line={line},endLine={end_line}{within},", property(&place.file.path))
    });
    let title = property(&format!("{} {}", one.code, one.code.alias));
    let help = one.help.iter().map(|help| format!("\nhelp: {help}"));
    let message: String = std::iter::once(one.message.clone()).chain(help).collect();
    format!("::{name} {place}title={title}::{}\n", data(&message))
}

/// The message of a command: one line, whatever it holds.
fn data(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(safe::line).collect();
    // A log is also searched for commands of the old form, wherever they stand.
    lines.join("\n").replace("##[", "#\\u{23}[").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command, which `,` and `:` end.
fn property(text: &str) -> String {
    data(&safe::line(text)).replace(':', "%3A").replace(',', "%2C")
}
