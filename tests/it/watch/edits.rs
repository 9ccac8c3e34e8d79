//! Small shops, and edits of them at random: numbers of every kind, rows that come and go, mistakes and what undoes them.

use std::collections::BTreeMap;

use super::shop::{Calendar, Shop, files};
use crate::random::Random;
use crate::support::Memory;

/// Months that a small shop plans.
const MONTHS: usize = 4;

/// What a small shop states besides limits, by its number: promises, floors on groups, rules for each of them, and a budget.
const STATED: [&str; 8] = [
    "",
    "[[service]]\nwhere = { channel = \"amazon\" }\nfill-rate = 0.3\n\n\
     [[cover]]\nwhere = { item = \"SKU-00000\" }\nsafety-stock = { weeks = 2 }\n",
    "[[service]]\nwhere = { channel = \"amazon\" }\nfill-rate = 0.6\nper = \"group\"\n\n\
     [[rule]]\nid = \"fill\"\nrelax = \"fill-rate\"\nup-to = { floor = 0.1 }\n",
    "[[service]]\nwhere = { channel = \"dtc\" }\nfill-rate = 0.2\nper = \"group\"\n",
    "[[service]]\nfill-rate = 0.5\n\n\
     [[rule]]\nid = \"fill\"\nrelax = \"fill-rate\"\nup-to = { floor = 0 }\n\n\
     [[rule]]\nid = \"room\"\nrelax = \"storage-capacity\"\nup-to = { share = 0.2 }\n\n\
     [[rule]]\nid = \"overdraw\"\nrelax = \"cash-minimum\"\nup-to = { amount = 900 }\n",
    "[[limit]]\ninventory-value = 1200\n",
    "[[cover]]\nsafety-stock = { weeks = 3 }\nhard = true\n\n\
     [[rule]]\nid = \"thin\"\nrelax = \"safety-stock\"\nup-to = { share = 1 }\n",
    "[[budget]]\nid = \"buying\"\npurchases = { per-month = 2500 }\n\n\
     [[service]]\nfill-rate = 0.2\n\n\
     [[rule]]\nid = \"fill\"\nrelax = \"fill-rate\"\nup-to = { floor = 0 }\n\n\
     [[rule]]\nid = \"more\"\nrelax = \"budget\"\nup-to = { share = 0.3 }\n",
];

/// A small shop by its number.
pub(super) fn project(seed: u64) -> BTreeMap<String, String> {
    let of = |number: u64| usize::try_from(number).unwrap_or(0);
    let (items, room) = (3 + of(seed / 8 % 2), [80, 110, 140][of(seed / 3 % 3)]);
    let mut project = files(Shop { items, calendar: Calendar::Months, room, seed, two_places: seed % 40 == 5 });
    let mut change = |path: &str, by: &dyn Fn(&str) -> String| {
        let text = project.get_mut(path).expect("a file");
        *text = by(text);
    };
    change("sop.toml", &|text| text.replace("horizon = 12", &format!("horizon = {MONTHS}")));
    let behind = |month: &str| month.starts_with("2026-") && month > "2026-04";
    let is_planned = |line: &&str| !line.split(',').nth(2).is_some_and(behind);
    change("data/demand.csv", &|text| text.lines().filter(is_planned).flat_map(|line| [line, "\n"]).collect());
    if seed % 8 == 3 {
        let least = "minimum-order = { value = 400 }\npayment";
        change("operations/places.toml", &|text| text.replace("payment", least));
    }
    if seed % 8 == 5 {
        // What is there at first fills more than there is.
        let small = |line: &str| match line.strip_prefix("storage-capacity") {
            Some(_) => "storage-capacity = 0.2\n".to_owned(),
            None => format!("{line}\n"),
        };
        change("operations/places.toml", &|text| text.lines().map(small).collect());
    }
    project.insert("sales/promises.toml".to_owned(), STATED[of(seed % 8)].to_owned());
    project
}

/// Edits a project at random, and undoes some of that.
pub(super) struct Edits {
    random: Random,
    before: Option<Memory>,
}

impl Edits {
    pub(super) fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), before: None }
    }

    /// Edits once; tells what.
    pub(super) fn edit(&mut self, files: &mut Memory) -> String {
        if let Some(before) = self.before.take() {
            *files = before;
            return "the mistake is undone".to_owned();
        }
        match self.random.below(11) {
            0..=3 => self.number(files, "data/demand.csv"),
            4 => self.number(files, "operations/lanes.toml"),
            5 => self.number(files, "data/stock.csv"),
            6 => self.number(files, "finance/cash.toml"),
            7 => self.number(files, "operations/places.toml"),
            8 => self.number(files, "sales/promises.toml"),
            9 => self.row(files),
            _ => self.mistake(files),
        }
    }

    /// Another number in place of one that stands somewhere in a file.
    fn number(&mut self, files: &mut Memory, path: &str) -> String {
        let Some(text) = files.0.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned()) else {
            return format!("{path} is not there");
        };
        // Numbers that stand by themselves: no part of a name, a date or a fraction.
        let begins = |at: &usize| matches!(text[..*at].chars().next_back(), Some(' ' | ','));
        let digits = text.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at);
        let starts: Vec<usize> = digits.filter(begins).collect();
        let Some(&start) = starts.get(self.random.below(starts.len())) else { return format!("{path} has no number") };
        let length = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
        let behind = text[start + length..].chars().next().unwrap_or('\n');
        if !matches!(behind, '\n' | ',' | ' ' | '.') {
            return format!("{path} stays");
        }
        let number: u64 = text[start..start + length].parse().unwrap_or(1);
        let other = match self.random.below(4) {
            0 => number + 1 + number / 10,
            1 => number * 3 / 2,
            2 => number * 3 / 4,
            _ => number.saturating_sub(1).max(1),
        };
        let edited = format!("{}{other}{}", &text[..start], &text[start + length..]);
        files.0.insert(path.to_owned(), edited.into_bytes());
        format!("{path}: {number} is {other}")
    }

    /// A row of demand goes, or a comment comes before all others.
    fn row(&mut self, files: &mut Memory) -> String {
        let path = if self.random.below(2) == 0 { "data/demand.csv" } else { "operations/lanes.toml" };
        let text = String::from_utf8_lossy(&files.0[path]).into_owned();
        if path == "operations/lanes.toml" {
            files.0.insert(path.to_owned(), format!("# looked at again\n{text}").into_bytes());
            return "a comment".to_owned();
        }
        let mut lines: Vec<&str> = text.lines().collect();
        let at = 1 + self.random.below(lines.len().saturating_sub(1));
        let gone = lines.remove(at.min(lines.len() - 1)).to_owned();
        files.0.insert(path.to_owned(), (lines.join("\n") + "\n").into_bytes());
        format!("the row {gone} is gone")
    }

    /// Something that is no project any more, until it is undone.
    fn mistake(&mut self, files: &mut Memory) -> String {
        self.before = Some(files.clone());
        match self.random.below(3) {
            0 => {
                files.0.remove("data/stock.csv");
                "data/stock.csv is gone".to_owned()
            }
            1 => {
                let text = files.0.get_mut("operations/lanes.toml").expect("lanes");
                text.extend_from_slice(b"\n[[lane]\nwhere = {");
                "a lane is half written".to_owned()
            }
            _ => {
                let text = files.0.get_mut("data/demand.csv").expect("demand");
                text.extend_from_slice(b"SKU-UNKNOWN,amazon,2026-03,5\n");
                "an unknown item is asked for".to_owned()
            }
        }
    }
}
