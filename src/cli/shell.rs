//! Where words go: data to stdout, all else to stderr, each laid out for whoever reads it.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::write::refused;
use super::{Color, Stop};
use crate::diagnostic::{Diagnostic, Severity, codes, has_errors};
use crate::render::{DiagnosticFormat, Style, diagnostics, explain_hint, safe};
use crate::source::Sources;

/// Columns of what is no terminal.
const WIDTH: usize = 80;

/// Stdout and stderr, and how they are to be written to.
pub(super) struct Shell {
    format: DiagnosticFormat,
    out: Style,
    err: Style,
    /// Where the project's folder is in its repository; of use to hosts, which show problems beside the lines of that.
    below: String,
    /// True where stdout is a terminal.
    terminal: bool,
    /// True once nobody reads stdout any more.
    closed: bool,
    /// True once something was told that the environment is to blame for.
    kept_from_reading: bool,
}

impl Shell {
    /// Looks at the environment, once.
    pub(super) fn new(format: DiagnosticFormat, color: Color) -> Self {
        let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        let (out, err) = (io::stdout(), io::stderr());
        let out = Screen { terminal: out.is_terminal(), size: terminal_size::terminal_size_of(&out) };
        let err = Screen { terminal: err.is_terminal(), size: terminal_size::terminal_size_of(&err) };
        let (terminal, below) = (out.terminal, String::new());
        Self {
            format,
            out: out.style(color, &variable),
            err: err.style(color, &variable),
            below,
            terminal,
            closed: false,
            kept_from_reading: false,
        }
    }

    /// Tells which project problems are told of.
    pub(super) fn at(&mut self, root: &Path) {
        use DiagnosticFormat::{Github, Gitlab, Sarif};
        let repository = root.ancestors().find(|folder| folder.join(".git").exists());
        let below = repository.and_then(|repository| root.strip_prefix(repository).ok());
        if let (Some(below), Github | Gitlab | Sarif) = (below, self.format) {
            let parts = below.components().map(|part| part.as_os_str().to_string_lossy().into_owned() + "/");
            self.below = parts.collect();
        }
    }

    /// True where stdout is a terminal.
    pub(super) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// True once nobody reads stdout any more.
    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// True once a file or folder was told of that could not be read, and that no line of an input asks for.
    pub(super) fn is_kept_from_reading(&self) -> bool {
        self.kept_from_reading
    }

    /// How stdout is written to.
    pub(super) fn style(&self) -> &Style {
        &self.out
    }

    /// True where stderr is read by people, who like to be told things.
    pub(super) fn talks(&self) -> bool {
        use DiagnosticFormat::{Gitlab, Json, Jsonl, Sarif};
        !matches!(self.format, Json | Jsonl | Sarif | Gitlab)
    }

    /// Writes data to stdout. A reader who has seen enough is no error.
    pub(super) fn data(&mut self, text: &str) -> Result<(), Stop> {
        let mut out = io::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(refused(format!("stdout cannot be written to: {error}")).into())
            }
            result => {
                self.closed |= result.is_err();
                Ok(())
            }
        }
    }

    /// Writes problems to stdout: they are what was asked for.
    pub(super) fn findings(&mut self, list: &[Diagnostic], sources: &Sources, outcome: &str) -> Result<(), Stop> {
        self.kept_from_reading |= list.iter().any(blames_environment);
        let text = diagnostics(list, &self.placed(sources), self.format, &self.out, outcome);
        let hint = self.hint(list, &self.out);
        self.data(&(text + &hint))
    }

    /// The files as the reader of this format finds them.
    fn placed<'s>(&self, sources: &'s Sources) -> Cow<'s, Sources> {
        if self.below.is_empty() { Cow::Borrowed(sources) } else { Cow::Owned(sources.below(&self.below)) }
    }

    /// Writes problems to stderr; people are not told that there are none.
    pub(super) fn report(&mut self, list: &[Diagnostic], sources: &Sources, outcome: &str) {
        self.kept_from_reading |= list.iter().any(blames_environment);
        if !list.is_empty() || !self.talks() {
            let text = diagnostics(list, &self.placed(sources), self.format, &self.err, outcome);
            // Beside a plan it would be in the way.
            let hint = if has_errors(list) { self.hint(list, &self.err) } else { String::new() };
            complain(&(text + &hint));
        }
    }

    /// Where to read more, for people who look at a terminal.
    fn hint(&self, list: &[Diagnostic], style: &Style) -> String {
        if self.format == DiagnosticFormat::Human { explain_hint(list, style) } else { String::new() }
    }

    /// Tells people something on stderr, on a line of its own.
    pub(super) fn tell(&mut self, text: &str) {
        if self.talks() {
            complain(&format!("{}\n", safe::line(text)));
        }
    }
}

/// True for files and folders that cannot be read; where a line of an input asks for one, that line is to blame.
fn blames_environment(one: &Diagnostic) -> bool {
    one.severity == Severity::Error
        && (one.code == &codes::UNREADABLE || one.code == &codes::OUTSIDE_ROOT)
        && one.primary().is_none()
}

/// Writes to stderr. Where even that fails, nobody can be told.
fn complain(text: &str) {
    let mut err = io::stderr().lock();
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}

/// What is known of a stream.
struct Screen {
    terminal: bool,
    size: Option<(terminal_size::Width, terminal_size::Height)>,
}

impl Screen {
    fn style(&self, color: Color, variable: &dyn Fn(&str) -> Option<String>) -> Style {
        let width = self.size.filter(|_| self.terminal).map_or(WIDTH, |(width, _)| usize::from(width.0));
        Style { width, color: self.color(color, variable), unicode: self.unicode(variable) }
    }

    fn color(&self, color: Color, variable: &dyn Fn(&str) -> Option<String>) -> bool {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        match color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto if set("NO_COLOR").is_some() => false,
            Color::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            Color::Auto => self.terminal && !dumb(variable),
        }
    }

    /// The locale says so; where there is none, a terminal of today is taken to.
    fn unicode(&self, variable: &dyn Fn(&str) -> Option<String>) -> bool {
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(|name| variable(name).filter(|v| !v.is_empty()));
        match locale {
            Some(locale) => ["utf-8", "utf8"].iter().any(|utf8| locale.to_ascii_lowercase().contains(utf8)),
            None => self.terminal && !dumb(variable),
        }
    }
}

fn dumb(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    variable("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn style(terminal: bool, color: Color, variables: &[(&str, &str)]) -> (bool, bool) {
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        let style = Screen { terminal, size: None }.style(color, &variable);
        (style.color, style.unicode)
    }

    #[test]
    fn the_environment_is_honoured() {
        assert_eq!(style(true, Color::Auto, &[]), (true, true));
        assert_eq!(style(false, Color::Auto, &[]), (false, false));
        assert_eq!(style(true, Color::Auto, &[("TERM", "dumb")]), (false, false));
        assert_eq!(style(true, Color::Auto, &[("NO_COLOR", "1"), ("LANG", "C")]), (false, false));
        assert_eq!(style(true, Color::Auto, &[("NO_COLOR", ""), ("LANG", "de_DE.UTF-8")]), (true, true));
        assert_eq!(style(true, Color::Always, &[("NO_COLOR", "1"), ("LC_ALL", "C.utf8"), ("LANG", "C")]), (true, true));
        assert_eq!(style(false, Color::Auto, &[("CLICOLOR_FORCE", "1")]), (true, false));
        assert_eq!(style(true, Color::Never, &[]), (false, true));
    }
}
