//! Syntax: what the TOML parser objects to, said as people would say it.
//!
//! A table or key that stands twice is no reason to give a file up: the parser keeps the first key and puts the keys
//! of equal headers together, so the file is read on. Any other problem mutes the file, since what follows it may
//! have been read wrongly.

use super::dialect;
use toml::de::{DeTable, DeValue};

use super::input::toml_span;
use super::spec::{Form, TableSpec};
use crate::diagnostic::{Diagnostic, codes};
use crate::source::{FileId, Span};

/// Most problems shown of one file: behind the first few, they follow from each other.
const MAX_ERRORS: usize = 3;
/// Most keys and headers stated twice that are shown of one file.
const MAX_TWICE: usize = 20;
/// What the parser says of a key or header that stands twice.
const TWICE: &str = "duplicate key";

/// A file after the parser.
pub(super) struct Parsed<'a> {
    /// What could be read.
    pub(super) table: toml::Spanned<DeTable<'a>>,
    /// What could not.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// False where the table may say what the file does not.
    pub(super) usable: bool,
}

/// Something the parser objects to.
struct Problem {
    start: usize,
    end: usize,
    message: String,
}

/// Parses a file; `tables` are the tables of the language.
pub(super) fn parse<'a>(file: FileId, text: &'a str, tables: &[&'static TableSpec]) -> Parsed<'a> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut problems: Vec<_> = errors.iter().map(|error| problem(text, error)).collect();
    problems.sort_by_key(|one| (one.start, one.end));
    let (twice, others): (Vec<_>, Vec<_>) = problems.into_iter().partition(|one| one.message == TWICE);
    if !others.is_empty() {
        return Parsed { table, diagnostics: explain_all(file, text, &others), usable: false };
    }
    let wrong_forms = wrong_forms(file, text, &twice, tables);
    if !wrong_forms.is_empty() {
        return Parsed { table, diagnostics: wrong_forms, usable: false };
    }
    let mut diagnostics = stated_twice(file, text, table.get_ref(), &twice);
    diagnostics.extend(dialect::newer(file, text, table.get_ref()));
    Parsed { table, diagnostics, usable: true }
}

/// The parser's spans may lie inside a character.
fn problem(text: &str, error: &toml::de::Error) -> Problem {
    let span = error.span().unwrap_or(0..0);
    let floor = |at: usize| (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    Problem { start: floor(span.start), end: floor(span.end.max(span.start)), message: error.message().to_owned() }
}

// ---------------------------------------------------------------------------------------------------------------------
// Stated twice

fn stated_twice(file: FileId, text: &str, root: &DeTable<'_>, twice: &[Problem]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for one in twice.iter().take(MAX_TWICE) {
        let name = &text[one.start..one.end];
        let header = Header::at(text, one.start);
        let (message, here, before, help) = match &header {
            Some(header) => {
                let what = &text[header.start..header.end];
                let message = format!("{what} stands twice in this file");
                (message, (header.start, header.end), header.before(text), "put the keys of both under one header")
            }
            None => {
                let message = format!("`{}` is stated twice", name.trim_matches(['"', '\'']));
                (message, (one.start, one.end), first_key(text, root, one), "leave one of them out")
            }
        };
        let span = |(start, end)| Span::new(file, start, end);
        found.push(super::clash::stated_twice(message, span(here), before.map(span)).help(help));
    }
    let more = twice.len().saturating_sub(MAX_TWICE);
    if let Some(last) = found.pop() {
        found.push(if more > 0 { last.with_note(format!("and {more} more in this file")) } else { last });
    }
    found
}

/// A header, `[item.X]` or `[[lane]]`.
struct Header {
    start: usize,
    end: usize,
    path: Vec<String>,
    double: bool,
}

impl Header {
    /// The header on the line of byte `at`, where that line holds one.
    fn at(text: &str, at: usize) -> Option<Self> {
        let (from, line) = line_at(text, at);
        let bare = line.trim_start();
        let start = from + line.len() - bare.len();
        let (table, errors) = DeTable::parse_recoverable(bare);
        if !bare.starts_with('[') || !errors.is_empty() {
            return None;
        }
        let mut path = Vec::new();
        let mut end = bare.len();
        let mut table = table.get_ref();
        while let Some((key, value)) = table.iter().next() {
            path.push(key.get_ref().to_string());
            end = value.span().end;
            table = match value.get_ref() {
                DeValue::Table(inner) => inner,
                DeValue::Array(array) => array.first()?.get_ref().as_table()?,
                _ => return None,
            };
        }
        Some(Self { start, end: start + end, path, double: bare.starts_with("[[") })
    }

    /// The header or key before this one that is called the same.
    fn before(&self, text: &str) -> Option<(usize, usize)> {
        let (root, _) = DeTable::parse_recoverable(&text[..self.start]);
        let mut table = root.get_ref();
        let (last, parents) = self.path.split_last()?;
        for key in parents {
            table = match table.get(key.as_str())?.get_ref() {
                DeValue::Table(inner) => inner,
                DeValue::Array(array) => array.iter().last()?.get_ref().as_table()?,
                _ => return None,
            };
        }
        let span = table.get(last.as_str())?.span();
        Some((span.start, span.end))
    }
}

/// The first of two equal keys: in the innermost inline table around the second, else in the table it stands in.
fn first_key(text: &str, root: &DeTable<'_>, second: &Problem) -> Option<(usize, usize)> {
    let name = text[second.start..second.end].trim_matches(['"', '\'']);
    let mut found: Option<((bool, usize), (usize, usize))> = None;
    let mut look = |table: &DeTable<'_>, span: std::ops::Range<usize>| {
        let inline = text[span.start..].starts_with('{');
        let around = if inline { span.contains(&second.start) } else { span.start <= second.start };
        let Some((key, _)) = table.get_key_value(name).filter(|(key, _)| around && key.span().start < second.start)
        else {
            return;
        };
        let rank = (inline, span.start);
        if found.is_none_or(|(known, _)| known <= rank) {
            found = Some((rank, (key.span().start, key.span().end)));
        }
    };
    look(root, 0..0);
    each_table(root, &mut look);
    found.map(|(_, span)| span)
}

/// Shows every table below `table` to `look`, with its header or braces.
fn each_table(table: &DeTable<'_>, look: &mut impl FnMut(&DeTable<'_>, std::ops::Range<usize>)) {
    table.iter().for_each(|(_, value)| each_value(value, look));
}

fn each_value(value: &toml::Spanned<DeValue<'_>>, look: &mut impl FnMut(&DeTable<'_>, std::ops::Range<usize>)) {
    match value.get_ref() {
        DeValue::Table(table) => {
            look(table, value.span());
            each_table(table, look);
        }
        DeValue::Array(array) => array.iter().for_each(|element| each_value(element, look)),
        _ => {}
    }
}

/// `[lane]` where the language says `[[lane]]`, or the other way, beside the right form or a second time: the parser
/// loses entries over that, so nothing else is said of the file.
fn wrong_forms(file: FileId, text: &str, twice: &[Problem], tables: &[&'static TableSpec]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for header in twice.iter().take(MAX_TWICE).filter_map(|one| Header::at(text, one.start)) {
        let [name] = header.path.as_slice() else { continue };
        let Some(spec) = tables.iter().find(|spec| spec.name == name) else { continue };
        let list = spec.form == Form::List;
        if !list && !header.double {
            continue;
        }
        let here = (header.start, header.end);
        let before = header.before(text);
        let (wrong, other) = if header.double == list { (before.unwrap_or(here), Some(here)) } else { (here, before) };
        let mut diagnostic = wrong_form(spec, Span::new(file, wrong.0, wrong.1));
        if let Some((start, end)) = other.filter(|other| *other != wrong) {
            diagnostic = diagnostic.at(Span::new(file, start, end), "beside this one");
        }
        found.push(diagnostic);
    }
    found
}

/// Reports a header that is not written as its table is.
pub(super) fn wrong_form(spec: &TableSpec, span: Span) -> Diagnostic {
    let message = format!("`{}` is written {}", spec.name, spec.header());
    let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(span, "");
    match spec.form {
        Form::List => diagnostic.help(format!("each entry begins with [[{}]]", spec.name)),
        Form::Named => diagnostic.help(format!("each {} has a table of its own, with its id in the header", spec.name)),
        Form::Single | Form::Inline => diagnostic.help("it stands once, in single brackets"),
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Everything else

/// The first problem of each line; what follows it on the line follows from it.
fn explain_all(file: FileId, text: &str, problems: &[Problem]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut lines = Vec::new();
    for one in problems {
        let line = line_at(text, one.start).0;
        if lines.contains(&line) {
            continue;
        }
        lines.push(line);
        found.push(explain(file, text, one));
        if found.len() == MAX_ERRORS {
            break;
        }
    }
    found
}

/// A problem in the words of people who write plans.
fn explain(file: FileId, text: &str, problem: &Problem) -> Diagnostic {
    let error = |message: String, (start, end): (usize, usize)| {
        Diagnostic::error(&codes::SYNTAX, message).at(Span::new(file, start, end), "")
    };
    let here = (problem.start, problem.end);
    let (start, end) = token_at(text, problem.start);
    let (token, span) = (&text[start..end], Span::new(file, start, end));
    if problem.message.contains("recurs") {
        let message = "lists or tables are nested too deep";
        return Diagnostic::error(&codes::TOO_LARGE, message).at(toml_span(file, here.0..here.1), "");
    }
    if let Some(date) = other_date(token) {
        let help = format!("a date is written year, month, day: {date}");
        return error(format!("`{token}` is no date"), (start, end)).help(help);
    }
    if is_range(token) {
        let help = format!("a range of months or weeks stands in quotes: \"{token}\"");
        return error(format!("the range {token} needs quotes"), (start, end)).help(help).edit(span, quoted(token));
    }
    if matches!(token, "True" | "False" | "TRUE" | "FALSE") {
        let right = token.to_lowercase();
        let help = format!("`{right}` is written in lower case");
        return error(format!("`{token}` is no value"), (start, end)).help(help).edit(span, right);
    }
    if let Some((start, end)) = comma_number(text, problem.start) {
        let number = &text[start..end];
        return error(format!("`{number}` is no number"), (start, end)).help(comma_help(number));
    }
    match problem.message.split([',', '\n']).next().unwrap_or_default() {
        "string values must be quoted" | "invalid boolean" if token.is_empty() => {
            error("a value is missing".into(), here)
        }
        "string values must be quoted" | "invalid boolean" => {
            let help = habit(token, &text[end..]).unwrap_or_else(|| format!("text stands in quotes: \"{token}\""));
            error(format!("`{token}` is no value"), (start, end)).help(help)
        }
        "invalid float" | "invalid integer" | "invalid datetime" if !token.is_empty() => {
            let diagnostic = error(format!("`{token}` is no number and no date"), (start, end));
            match habit(token, &text[end..]) {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            }
        }
        _ if text[problem.start..].starts_with(':') && problem.message.starts_with("invalid unquoted key") => {
            error("`:` does not stand between a key and its value".into(), here).help("`=` does: key = value")
        }
        "unclosed table" | "unclosed array of tables" => unclosed_header(text, problem, error),
        "invalid basic string" | "invalid literal string" if control_at(text, problem.start).is_some() => {
            let code = control_at(text, problem.start).map_or(0, u32::from);
            let help = format!("in double quotes it is written \\u{code:04X}");
            error(format!("the control character U+{code:04X} cannot stand in a text"), here).help(help)
        }
        "invalid basic string" | "invalid literal string" if !text[problem.start..].starts_with('\\') => {
            error("the quotes of this text are not closed".into(), here)
        }
        "unexpected key or value" => {
            let help = "a line holds one key and its value; text stands in quotes";
            error("this does not belong behind a value".into(), (problem.start, end.max(problem.end))).help(help)
        }
        _ => error(problem.message.replace('\n', ", ").replace(", expected nothing", ""), here),
    }
}

/// The character at byte `at`, where it is one that TOML takes in no text.
fn control_at(text: &str, at: usize) -> Option<char> {
    text[at..].chars().next().filter(|one| one.is_ascii_control() && !matches!(one, '\t' | '\n' | '\r'))
}

fn unclosed_header(text: &str, problem: &Problem, error: impl Fn(String, (usize, usize)) -> Diagnostic) -> Diagnostic {
    let (from, line) = line_at(text, problem.start);
    let bracket = line.find(']').map(|at| from + at).filter(|&at| at > problem.start);
    let name = line.trim_start().trim_start_matches('[').split(['#', ']']).next().unwrap_or_default().trim();
    let Some(end) = bracket else {
        return error("this header is not closed: `]` is missing".into(), (problem.start, problem.end));
    };
    let (table, id) = name.split_once('.').unwrap_or(("", name));
    let written = if table.is_empty() { quoted(id) } else { format!("{table}.{}", quoted(id)) };
    let help = format!("a name with spaces or signs stands in quotes: [{written}]");
    error("a name in this header needs quotes".into(), (problem.start, end)).help(help)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Where the line of byte `at` begins, and its text.
fn line_at(text: &str, at: usize) -> (usize, &str) {
    let from = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let to = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
    (from, text[from..to].trim_end_matches('\r'))
}

/// Longest token that is looked at: a longer one is not a slip of the pen.
const MAX_TOKEN: usize = 60;

/// The word around byte `at`; empty where there is none, or a very long one.
fn token_at(text: &str, at: usize) -> (usize, usize) {
    word_at(text, at, |letter| !letter.is_whitespace() && !letter.is_control() && !"=,#\"'[]{}".contains(letter))
}

fn word_at(text: &str, at: usize, belongs: impl Fn(char) -> bool) -> (usize, usize) {
    let before: usize = text[..at].chars().rev().take(MAX_TOKEN).take_while(|&c| belongs(c)).map(char::len_utf8).sum();
    let after: usize = text[at..].chars().take(MAX_TOKEN).take_while(|&c| belongs(c)).map(char::len_utf8).sum();
    if before + after < MAX_TOKEN { (at - before, at + after) } else { (at, at) }
}

/// `2026-04..2026-06`
fn is_range(token: &str) -> bool {
    super::values::read_range(token).is_some() && token.contains("..")
}

/// How something is written here that spreadsheets and other formats write otherwise; `behind` follows on it.
fn habit(token: &str, behind: &str) -> Option<String> {
    const CURLY: [char; 6] = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{201a}'];
    const SIGNS: [char; 4] = ['$', '\u{20ac}', '\u{a3}', '\u{a5}'];
    let plain = |text: &str| text.parse::<rust_decimal::Decimal>().ok();
    if let Some(share) = token.strip_suffix('%').and_then(plain) {
        return Some(format!("{share} % is written {}", (share / rust_decimal::Decimal::ONE_HUNDRED).normalize()));
    }
    if token.starts_with(CURLY) {
        return Some(format!("the quotes around text are straight: {}", quoted(token.trim_matches(CURLY))));
    }
    if matches!(token.to_lowercase().as_str(), "yes" | "no" | "on" | "off") {
        return Some("it is `true` or `false`".into());
    }
    if let Some(amount) = plain(token.trim_matches(SIGNS)).filter(|_| token.contains(SIGNS)) {
        return Some(format!("an amount is a number without a currency: {amount}"));
    }
    let next: String = behind.strip_prefix(' ')?.chars().take_while(char::is_ascii_digit).collect();
    let grouped = next.len() == 3 && token.bytes().all(|byte| byte.is_ascii_digit());
    grouped.then(|| format!("digits are grouped by `_`: {token}_{next}"))
}

/// The right way to write a date such as `01.03.2026`, days first.
fn other_date(token: &str) -> Option<String> {
    let parts: Vec<_> = token.split(['.', '/']).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    let number = |part: &str| part.parse::<u32>().ok();
    let date = chrono::NaiveDate::from_ymd_opt(year.parse().ok()?, number(month)?, number(day)?)?;
    (year.len() == 4).then(|| date.to_string())
}

/// `18,50` or `1,000` around byte `at`.
fn comma_number(text: &str, at: usize) -> Option<(usize, usize)> {
    let (start, end) = word_at(text, at, |letter| letter.is_ascii_digit() || ",.".contains(letter));
    let (line, _) = line_at(text, at);
    let behind_equals = text[line..start].trim_end().ends_with('=');
    let number = &text[start..end];
    let digits = number.starts_with(|c: char| c.is_ascii_digit()) && number.ends_with(|c: char| c.is_ascii_digit());
    (behind_equals && digits && number.contains(',')).then_some((start, end))
}

fn comma_help(number: &str) -> String {
    match number.split_once(',') {
        Some((_, cents)) if cents.len() == 3 => {
            format!("digits are grouped by `_`: {}", number.replace(',', "_"))
        }
        _ => format!("decimals stand behind a point: {}", number.replace('.', "").replace(',', ".")),
    }
}
