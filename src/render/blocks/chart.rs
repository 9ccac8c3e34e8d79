//! Numbers by bucket: what a chart shows, in words and as a table.

use rust_decimal::Decimal;

use super::{Set, Sheet, Words};
use crate::plan::Amount;
use crate::render::number;

/// What charts are over unless they say otherwise: time, with a beginning and an end.
pub(in crate::render) const BUCKET: &str = "Bucket";

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::render) enum Mark {
    /// Columns, those of several series side by side.
    Column,
    /// Columns, those of several series upon each other.
    Stack,
    /// Columns of which each begins where the one before it ended: what adds up to a sum.
    Bridge,
    /// A line from bucket to bucket.
    Line,
    /// A dotted line from bucket to bucket: what was before.
    Was,
    /// A dashed step in each bucket: what may not be passed.
    Limit,
    /// Not at all: it stands in the table.
    Table,
}

/// A number for each bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Series {
    pub(in crate::render) name: Words,
    pub(in crate::render) mark: Mark,
    /// Which of the page's colours, by meaning: see `style.css`.
    pub(in crate::render) ink: &'static str,
    /// By bucket; absent where there is none.
    pub(in crate::render) values: Vec<Option<Decimal>>,
}

/// Series over the same buckets, in one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::render) struct Chart {
    /// What it shows; unique on its page.
    pub(in crate::render) title: Words,
    /// What the numbers count: a currency, units, m3.
    pub(in crate::render) unit: Words,
    /// True of money, which is shown with two digits.
    pub(in crate::render) money: bool,
    /// True of one of many, which stands beside a table of its own: lower, without hints, and nothing to those who do not see it.
    pub(in crate::render) small: bool,
    /// What the labels are: `Bucket`, or what else numbers stand side by side for.
    pub(in crate::render) over: &'static str,
    /// The buckets.
    pub(in crate::render) labels: Vec<String>,
    pub(in crate::render) series: Vec<Series>,
}

impl Chart {
    /// A number as it stands in the table.
    pub(super) fn shown(&self, value: Decimal) -> String {
        if self.money { number::money(Amount(value)) } else { number::quantity(Amount(value)) }
    }

    /// The series that are drawn.
    pub(super) fn drawn(&self) -> impl Iterator<Item = &Series> {
        self.series.iter().filter(|one| one.mark != Mark::Table)
    }

    /// The numbers, a bucket a row.
    pub(super) fn sheet(&self) -> Sheet {
        let numbers = self.series.iter().map(|one| (one.name.clone(), Set::Number));
        let columns = std::iter::once((Words::of(self.over), Set::Fixed)).chain(numbers).collect();
        let row = |(at, label): (usize, &String)| {
            let numbers = self.series.iter().map(|one| one.values.get(at).copied().flatten());
            let cells = numbers.map(|value| Words::of(value.map_or("-".to_owned(), |value| self.shown(value))));
            std::iter::once(Words::named(label.clone())).chain(cells).collect()
        };
        let rows = self.labels.iter().enumerate().map(row).collect();
        let caption = self.title.clone().say(", in ").list([self.unit.clone()], "");
        Sheet { caption, columns, rows, total: false }
    }

    /// What the drawing shows, for those who do not see it: of each series where it begins and ends, and its extremes.
    pub(super) fn told(&self) -> Words {
        let told = self.drawn().filter_map(|one| self.told_of(one));
        Words::default().list(told, ". ").say(".")
    }

    fn told_of(&self, series: &Series) -> Option<Words> {
        let known = || {
            let values = self.labels.iter().zip(&series.values);
            values.filter_map(|(label, value)| value.map(|value| (label, value)))
        };
        let (first, last) = (known().next()?, known().next_back()?);
        // Of several that are as low, the first.
        let lowest = known().reduce(|best, one| if one.1 < best.1 { one } else { best })?;
        let highest = known().reduce(|best, one| if one.1 > best.1 { one } else { best })?;
        let at = |words: Words, (label, value): (&String, Decimal)| {
            words.say(self.shown(value)).say(" in ").name(label.clone())
        };
        let words = series.name.clone().say(": ");
        if self.over != BUCKET {
            let told = known().map(|(label, value)| Words::named(label.clone()).say(" ").say(self.shown(value)));
            return Some(words.list(told, ", "));
        }
        if lowest.1 == highest.1 {
            return Some(words.say(format!("{} throughout", self.shown(first.1))));
        }
        let words = at(at(words, first).say(" at first, "), last).say(" at last; lowest ");
        Some(at(at(words, lowest).say(", highest "), highest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(values: &[Option<i64>]) -> Chart {
        let values: Vec<Option<Decimal>> = values.iter().map(|value| value.map(Decimal::from)).collect();
        let labels = (1..=values.len()).map(|at| format!("2026-0{at}")).collect();
        let series = vec![Series { name: Words::of("sold"), mark: Mark::Line, ink: "sold", values }];
        Chart {
            title: Words::of("Sales"),
            unit: Words::of("units"),
            money: false,
            small: false,
            over: BUCKET,
            labels,
            series,
        }
    }

    fn said(words: &Words) -> String {
        words
            .0
            .iter()
            .map(|piece| match piece {
                super::super::Piece::Own(text) | super::super::Piece::Name(text) => text.as_str(),
                super::super::Piece::Aside(_) => "",
            })
            .collect()
    }

    #[test]
    fn the_text_names_ends_and_extremes() {
        let text = said(&chart(&[Some(5), Some(-2), None, Some(7), Some(6)]).told());
        assert_eq!(
            text,
            "sold: 5 in 2026-01 at first, 6 in 2026-05 at last; lowest -2 in 2026-02, highest 7 in 2026-04."
        );
        assert_eq!(said(&chart(&[Some(3), Some(3)]).told()), "sold: 3 throughout.");
        assert_eq!(said(&chart(&[None]).told()), ".");
    }

    #[test]
    fn the_table_has_every_bucket() {
        let sheet = chart(&[Some(1), None]).sheet();
        assert_eq!(sheet.rows.len(), 2);
        assert_eq!(said(&sheet.rows[1][1]), "-");
    }
}
