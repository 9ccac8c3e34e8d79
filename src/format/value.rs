//! Values: on one line where they fit, lists on several where not.

use std::ops::Range;

use toml_edit::{Array, Datetime, InlineTable, Item, Table, Time, Value};
use unicode_width::UnicodeWidthStr;

/// Columns of a line.
const WIDTH: usize = 100;
/// Columns that the elements of a list stand in.
const INDENT: usize = 2;

/// `key = value`, and comments from inside of it that have to stand above.
pub(super) fn entry(text: &str, key: &str, value: &Value) -> (String, Vec<String>) {
    let mut above = Vec::new();
    let written = Writer { text }.value(value, key.width() + " = ".len(), 0, &mut above);
    (format!("{key} = {written}"), above)
}

/// Writes values of a text.
#[derive(Clone, Copy)]
struct Writer<'a> {
    text: &'a str,
}

/// What stands between two values of a list or table.
#[derive(Default)]
struct Gap {
    /// The comment on the line of the value before.
    behind: Vec<String>,
    /// Comments on lines of their own.
    above: Vec<String>,
    /// Where the key of the next value begins.
    end: usize,
}

impl Writer<'_> {
    /// The value behind `used` columns of a line, below which elements are indented by `indent`; comments that find no
    /// place in it go `above`.
    fn value(self, value: &Value, used: usize, indent: usize, above: &mut Vec<String>) -> String {
        if let Value::Array(array) = value
            && (self.wants_lines(array) || used + self.one_line(value, &mut Vec::new()).width() > WIDTH)
            && !(array.is_empty() && self.comments_at_end(array).is_empty())
        {
            return self.lines(array, indent);
        }
        self.one_line(value, above)
    }

    /// True for a list that its author broke into lines for good: it ends in a comma or holds comments.
    fn wants_lines(self, array: &Array) -> bool {
        let inside = array.iter().any(|element| match element {
            Value::Array(below) => self.wants_lines(below),
            Value::InlineTable(_) => {
                let mut comments = Vec::new();
                self.one_line(element, &mut comments);
                !comments.is_empty()
            }
            _ => false,
        });
        let between = || self.gaps(array).iter().any(|gap| !gap.behind.is_empty() || !gap.above.is_empty());
        array.trailing_comma() || inside || between()
    }

    fn comments_at_end(self, array: &Array) -> Vec<String> {
        self.gaps(array).pop().map(|gap| [gap.behind, gap.above].concat()).unwrap_or_default()
    }

    /// What stands before each element and before the closing bracket.
    fn gaps(self, array: &Array) -> Vec<Gap> {
        let Range { start, end } = array.span().unwrap_or_default();
        let mut at = start + 1;
        let mut gaps = Vec::new();
        for element in array.iter().filter_map(Value::span) {
            gaps.push(self.gap(at, element.start));
            at = element.end;
        }
        gaps.push(self.gap(at, end.saturating_sub(1)));
        gaps
    }

    fn gap(self, from: usize, to: usize) -> Gap {
        let mut gap = Gap { end: from, ..Gap::default() };
        let mut same_line = true;
        while let Some(rest) = self.text.get(gap.end..to)
            && let Some(first) = rest.chars().next()
        {
            match first {
                '#' => {
                    let comment = rest.lines().next().unwrap_or_default();
                    let list = if same_line { &mut gap.behind } else { &mut gap.above };
                    list.push(comment.trim_end().to_owned());
                    gap.end += comment.len();
                }
                '\n' | ' ' | '\t' | ',' => {
                    same_line &= first != '\n';
                    gap.end += 1;
                }
                _ => break,
            }
        }
        gap
    }

    /// A list with a line for each element.
    fn lines(self, array: &Array, indent: usize) -> String {
        let margin = " ".repeat(indent + INDENT);
        let mut written = "[\n".to_owned();
        let mut line = |text: &str| {
            written.push_str(&margin);
            written.push_str(text);
            written.push('\n');
        };
        let mut gaps = self.gaps(array).into_iter();
        let first = gaps.next().unwrap_or_default();
        // What stands behind the opening bracket is about what follows.
        let mut above = [first.behind, first.above].concat();
        for (element, gap) in array.iter().zip(gaps) {
            let element = self.value(element, indent + INDENT + ",".len(), indent + INDENT, &mut above);
            above.drain(..).for_each(|comment| line(&comment));
            let mut behind = gap.behind.into_iter();
            line(&match behind.next() {
                Some(comment) => format!("{element},  {comment}"),
                None => format!("{element},"),
            });
            above = behind.chain(gap.above).collect();
        }
        above.iter().for_each(|comment| line(comment));
        written.push_str(&" ".repeat(indent));
        written.push(']');
        written
    }

    fn one_line(self, value: &Value, comments: &mut Vec<String>) -> String {
        match value {
            Value::Array(array) => {
                let elements = array.iter().zip(self.gaps(array)).map(|(element, gap)| {
                    comments.extend(gap.behind.into_iter().chain(gap.above));
                    self.one_line(element, comments)
                });
                let elements: Vec<_> = elements.collect();
                comments.extend(self.comments_at_end(array));
                format!("[{}]", elements.join(", "))
            }
            Value::InlineTable(table) => self.inline_table(table, comments),
            Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => {
                self.scalar(value)
            }
        }
    }

    fn inline_table(self, table: &InlineTable, comments: &mut Vec<String>) -> String {
        let Range { start, end } = table.span().unwrap_or_default();
        let mut values: Vec<_> =
            table.get_values().into_iter().filter_map(|(_, value)| Some((value.span()?, value))).collect();
        values.sort_by_key(|(place, _)| place.start);
        let mut at = start + 1;
        let mut written = Vec::new();
        for (place, value) in values {
            let gap = self.gap(at, place.start);
            let key = super::keys(&self.text[gap.end..place.start]);
            comments.extend(gap.behind.into_iter().chain(gap.above));
            written.push(format!("{key} = {}", self.one_line(value, comments)));
            at = place.end;
        }
        let gap = self.gap(at, end.saturating_sub(1));
        comments.extend(gap.behind.into_iter().chain(gap.above));
        if written.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", written.join(", ")) }
    }

    /// A single value as it is written, if TOML 1.0 has it.
    fn scalar(self, value: &Value) -> String {
        let written = &self.text[value.span().unwrap_or_default()];
        match value {
            Value::String(text) if written.starts_with('"') && has_new_escapes(written) => {
                Value::from(text.value().as_str()).to_string()
            }
            Value::Datetime(day) if day.value().time.is_some_and(|time| time.second.is_none()) => {
                with_seconds(*day.value()).to_string()
            }
            _ => written.to_owned(),
        }
    }
}

/// True for text in double quotes with an escape that TOML 1.0 does not have.
pub(super) fn has_new_escapes(written: &str) -> bool {
    let mut letters = written.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' && matches!(letters.next(), Some('e' | 'x')) {
            return true;
        }
    }
    false
}

fn with_seconds(day: Datetime) -> Datetime {
    let time = day.time.map(|time| Time { second: time.second.or(Some(0)), ..time });
    Datetime { time, ..day }
}

/// True where two tables state the same in the same order, numbers as they are written.
pub(super) fn same_table(text: &str, table: &Table, other_text: &str, other: &Table) -> bool {
    let same = |((key, item), (other_key, other_item)): ((&str, &Item), (&str, &Item))| {
        key == other_key
            && match (item, other_item) {
                (Item::Value(value), Item::Value(other)) => same_value(text, value, other_text, other),
                (Item::Table(table), Item::Table(other)) => same_table(text, table, other_text, other),
                (Item::ArrayOfTables(list), Item::ArrayOfTables(other)) => {
                    list.len() == other.len()
                        && list.iter().zip(other).all(|(table, other)| same_table(text, table, other_text, other))
                }
                _ => false,
            }
    };
    table.len() == other.len() && table.iter().zip(other.iter()).all(same)
}

fn same_value(text: &str, value: &Value, other_text: &str, other: &Value) -> bool {
    match (value, other) {
        (Value::String(value), Value::String(other)) => value.value() == other.value(),
        (Value::Datetime(value), Value::Datetime(other)) => {
            with_seconds(*value.value()) == with_seconds(*other.value())
        }
        (Value::Array(list), Value::Array(other)) => {
            list.len() == other.len()
                && list.iter().zip(other.iter()).all(|(value, other)| same_value(text, value, other_text, other))
        }
        (Value::InlineTable(table), Value::InlineTable(other)) => {
            table.len() == other.len()
                && table.iter().zip(other.iter()).all(|((key, value), (other_key, other))| {
                    key == other_key && same_value(text, value, other_text, other)
                })
        }
        (Value::Integer(_), Value::Integer(_))
        | (Value::Float(_), Value::Float(_))
        | (Value::Boolean(_), Value::Boolean(_)) => {
            value.span().map(|span| &text[span]) == other.span().map(|span| &other_text[span])
        }
        _ => false,
    }
}
