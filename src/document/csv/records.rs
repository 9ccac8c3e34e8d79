//! From text to records: where each cell begins and ends, and what it says.

use super::MAX_COLUMNS;
use super::cell::{Cell, CsvFormat};
use crate::source::{FileId, Span};

/// A cell as it stands in the text.
#[derive(Debug, Clone, Copy)]
struct Raw {
    start: usize,
    end: usize,
    /// Its text is not a stretch of the file, since quotes are doubled in it, but this one of [`Records::unescaped`].
    unescaped: Option<usize>,
    quoted: bool,
}

/// Walks over the records of a text; blank lines are none. A quote counts at the start of a cell only, and what stands
/// behind a closing one belongs to the cell as it is.
pub(super) struct Records<'a> {
    text: &'a str,
    at: usize,
    format: &'a CsvFormat,
    /// Bytes that end a cell without quotes.
    ends_cell: [bool; 256],
    /// Cells of the current record.
    cells: Vec<Raw>,
    unescaped: Vec<String>,
}

/// Where a record is.
pub(super) struct Extent {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the quotes open that swallowed the rest of the file.
    pub(super) open: Option<usize>,
    /// It has more cells than a row may have.
    pub(super) too_wide: bool,
}

impl<'a> Records<'a> {
    pub(super) fn new(text: &'a str, format: &'a CsvFormat) -> Self {
        let mut ends_cell = [false; 256];
        for byte in [format.delimiter, b'\r', b'\n'] {
            ends_cell[usize::from(byte)] = true;
        }
        let at = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
        Self { text, at, format, ends_cell, cells: Vec::new(), unescaped: Vec::new() }
    }

    /// Goes to the next record; `None` behind the last one.
    pub(super) fn advance(&mut self) -> Option<Extent> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b'\r' | b'\n')) {
            self.at += 1;
        }
        if self.at >= bytes.len() {
            return None;
        }
        self.cells.clear();
        self.unescaped.clear();
        let start = self.at;
        loop {
            let open = self.cell(bytes);
            let more = bytes.get(self.at) == Some(&self.format.delimiter);
            let too_wide = more && self.cells.len() == MAX_COLUMNS;
            if !more || too_wide {
                return Some(Extent { start, end: self.at, open, too_wide });
            }
            self.at += 1;
        }
    }

    /// Goes over one cell; where its quotes are not closed, where they open.
    fn cell(&mut self, bytes: &[u8]) -> Option<usize> {
        let start = self.at;
        if bytes.get(start) != Some(&self.format.quote) {
            self.at = self.end_of_cell(bytes, start);
            self.cells.push(Raw { start, end: self.at, unescaped: None, quoted: false });
            return None;
        }
        let mut at = start + 1;
        let mut doubled = false;
        let closed = loop {
            match bytes[at..].iter().position(|&byte| byte == self.format.quote).map(|found| at + found) {
                Some(quote) if bytes.get(quote + 1) == Some(&self.format.quote) => {
                    doubled = true;
                    at = quote + 2;
                }
                Some(quote) => break Some(quote),
                None => break None,
            }
        };
        self.at = closed.map_or(bytes.len(), |quote| self.end_of_cell(bytes, quote + 1));
        let inside = &self.text[start + 1..closed.unwrap_or(bytes.len())];
        let behind = &self.text[closed.map_or(bytes.len(), |quote| quote + 1)..self.at];
        let plain = !doubled && behind.is_empty() && closed.is_some();
        let unescaped = (!plain).then_some(self.unescaped.len());
        if !plain {
            let quote = char::from(self.format.quote);
            let inside = inside.replace(&format!("{quote}{quote}"), quote.encode_utf8(&mut [0; 4]));
            self.unescaped.push(inside + behind);
        }
        self.cells.push(Raw { start, end: self.at, unescaped, quoted: true });
        closed.is_none().then_some(start)
    }

    fn end_of_cell(&self, bytes: &[u8], from: usize) -> usize {
        let ends = |&byte: &u8| self.ends_cell[usize::from(byte)];
        bytes[from..].iter().position(ends).map_or(bytes.len(), |found| from + found)
    }

    /// The text of a cell of the current record, without quotes and space around it; empty where there is none.
    pub(super) fn text(&self, index: usize) -> &str {
        let text = match self.cells.get(index) {
            None => "",
            Some(Raw { unescaped: Some(at), .. }) => &self.unescaped[*at],
            Some(raw) if raw.quoted => &self.text[raw.start + 1..(raw.end - 1).max(raw.start + 1)],
            Some(raw) => &self.text[raw.start..raw.end],
        };
        // Nearly no cell has space around it, and most are asked for their ends only here.
        let bare = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
        if bare(text.as_bytes().first()) && bare(text.as_bytes().last()) { text } else { text.trim() }
    }

    /// A cell of the current record; an empty one behind it where there is none.
    pub(super) fn make(&self, file: FileId, index: usize) -> Cell<'_> {
        let (start, end) = self.cells.get(index).map_or((self.at, self.at), |raw| (raw.start, raw.end));
        Cell { text: self.text(index), format: self.format, span: Span::new(file, start, end) }
    }

    /// How many cells the current record has.
    pub(super) fn width(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn is_blank(&self) -> bool {
        (0..self.cells.len()).all(|index| self.text(index).is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(delimiter: u8, quote: u8) -> CsvFormat {
        CsvFormat { delimiter, quote, decimal_comma: false, date: String::new() }
    }

    /// The cells of all records, and whether the last quotes were left open.
    fn cells(text: &str, format: &CsvFormat) -> (Vec<Vec<String>>, bool) {
        let mut records = Records::new(text, format);
        let mut all = Vec::new();
        while let Some(extent) = records.advance() {
            assert!(text.is_char_boundary(extent.start) && text.is_char_boundary(extent.end), "{text:?}");
            if extent.open.is_some() {
                return (all, true);
            }
            all.push((0..records.width()).map(|index| records.text(index).to_owned()).collect());
        }
        (all, false)
    }

    /// Another reader's opinion.
    fn cells_by_csv(text: &str, format: &CsvFormat) -> Vec<Vec<String>> {
        let mut reader = ::csv::ReaderBuilder::new();
        reader.delimiter(format.delimiter).quote(format.quote).flexible(true).has_headers(false);
        let records = reader.from_reader(text.as_bytes()).into_records();
        records.map(|record| record.expect("text").iter().map(|cell| cell.trim().to_owned()).collect()).collect()
    }

    #[test]
    fn records_are_those_of_another_reader() {
        let mut state = 0x5eed_u64;
        let mut below = |end: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 8) % end
        };
        let pieces = ["a", "bc", "\"", "\"\"", ",", ";", "\n", "\r\n", "\r", " ", "ä", "'", "\u{301}"];
        let (mut compared, mut open) = (0, 0);
        for _ in 0..20_000 {
            let text: String = (0..below(14)).map(|_| pieces[usize::try_from(below(13)).unwrap()]).collect();
            let format = if below(2) == 0 { format(b',', b'"') } else { format(b';', b'\'') };
            let (found, left_open) = cells(&text, &format);
            if left_open {
                open += 1;
                continue;
            }
            assert_eq!(found, cells_by_csv(&text, &format), "{text:?}");
            compared += 1;
        }
        assert!(compared > 5_000 && open > 1_000, "{compared} {open}");
    }

    #[test]
    fn cells_know_where_they_stand() {
        let text = "\u{feff}a, \"b\"\r\n\n\"x \"\"y\"\"\",é\n";
        let format = format(b',', b'"');
        let mut records = Records::new(text, &format);
        records.advance().unwrap();
        let under = |records: &Records<'_>, index| {
            let span = records.make(FileId(0), index).span();
            text[span.start as usize..span.end as usize].to_owned()
        };
        assert_eq!((under(&records, 0), under(&records, 1)), ("a".into(), " \"b\"".into()));
        let second = records.advance().unwrap();
        assert_eq!(&text[second.start..second.end], "\"x \"\"y\"\"\",é");
        assert_eq!((records.text(0), records.text(1), records.text(2)), ("x \"y\"", "é", ""));
        assert_eq!((under(&records, 0), under(&records, 1)), ("\"x \"\"y\"\"\"".into(), "é".into()));
        assert!(records.advance().is_none());
    }
}
