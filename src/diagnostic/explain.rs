//! The texts behind the codes: a little Markdown, taken apart.
//!
//! A text is paragraphs, list items and fenced blocks; [`parts`] knows nothing else. A paragraph may begin with a few
//! words in bold; words in backticks are code. Blocks that show inputs say whether they stand `before` or `after` the
//! problem is mended: ```` ```toml before ````. Tests compile them, so an example is a piece of a project: whatever it
//! leaves out is taken from [`SHOP`], and `docs/add-a-check.md` says how.

/// The project that examples are pieces of: a shop that buys a mug in Porto and sells it on the web.
pub const SHOP: &str = include_str!("explain/shop.toml");

/// A side of an example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The problem is there.
    Before,
    /// It is mended.
    After,
}

impl Side {
    fn caption(self) -> &'static str {
        match self {
            Self::Before => "Before:",
            Self::After => "After:",
        }
    }
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words, on one line; `lead` is what of them stands first and in bold.
    Paragraph {
        /// Without the asterisks; empty where nothing is bold.
        lead: String,
        /// The rest.
        words: String,
    },
    /// An item of a list, on one line.
    Item(String),
    /// A fenced block.
    Block {
        /// What it is written in: `toml`, `csv`, `console`.
        language: String,
        /// On which side of an example it stands.
        side: Option<Side>,
        /// Its lines.
        text: String,
    },
}

impl Part {
    /// What stands above it behind `before`: blocks of one side share a caption.
    #[must_use]
    pub fn caption(&self, before: Option<&Self>) -> Option<&'static str> {
        let side = |part: &Self| if let Self::Block { side, .. } = part { *side } else { None };
        side(self).filter(|_| before.and_then(side) != side(self)).map(Side::caption)
    }

    /// True for an item of a list that goes on.
    #[must_use]
    pub fn continues(&self, before: Option<&Self>) -> bool {
        matches!((self, before), (Self::Item(_), Some(Self::Item(_))))
    }
}

/// The line that says which file of an example follows.
const FILE: &str = "# file: ";

/// The file that a line of an example announces.
#[must_use]
pub fn announced(line: &str) -> Option<&str> {
    line.strip_prefix(FILE).map(str::trim)
}

/// A text, piece by piece.
#[must_use]
pub fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut lines = text.lines();
    let mut words: Vec<&str> = Vec::new();
    while let Some(line) = lines.next() {
        let fence = line.strip_prefix("```");
        if fence.is_some() || line.is_empty() || line.starts_with("- ") {
            parts.extend(paragraph(&words.split_off(0)));
        }
        match fence {
            Some(info) => parts.push(block(info, &mut lines)),
            None if line.is_empty() => {}
            None => words.push(line.trim()),
        }
    }
    parts.extend(paragraph(&words));
    parts
}

fn paragraph(lines: &[&str]) -> Option<Part> {
    let words = lines.join(" ");
    if let Some(item) = words.strip_prefix("- ") {
        return Some(Part::Item(item.to_owned()));
    }
    let (lead, rest) = words.strip_prefix("**").and_then(|rest| rest.split_once("**")).unwrap_or(("", &words));
    let paragraph = Part::Paragraph { lead: lead.to_owned(), words: rest.trim_start().to_owned() };
    (!words.is_empty()).then_some(paragraph)
}

fn block<'a>(info: &str, lines: &mut impl Iterator<Item = &'a str>) -> Part {
    let mut words = info.split_whitespace();
    let language = words.next().unwrap_or_default().to_owned();
    let side = match words.next() {
        Some("before") => Some(Side::Before),
        Some("after") => Some(Side::After),
        _ => None,
    };
    let text = lines.take_while(|line| *line != "```").flat_map(|line| [line, "\n"]).collect();
    Part::Block { language, side, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_taken_apart() {
        let text = "One\ntwo.\n\n**Why.** Because.\n- a\n  b\n- c\n\n```toml before\n[x]\n\ny = 1\n```\nEnd";
        let paragraph = |lead: &str, words: &str| Part::Paragraph { lead: lead.to_owned(), words: words.to_owned() };
        let block =
            Part::Block { language: "toml".to_owned(), side: Some(Side::Before), text: "[x]\n\ny = 1\n".to_owned() };
        let expected = [
            paragraph("", "One two."),
            paragraph("Why.", "Because."),
            Part::Item("a b".to_owned()),
            Part::Item("c".to_owned()),
            block,
            paragraph("", "End"),
        ];
        assert_eq!(parts(text), expected);
        assert_eq!(parts(""), []);
        assert_eq!(announced("# file: data/demand.csv"), Some("data/demand.csv"));
    }
}
