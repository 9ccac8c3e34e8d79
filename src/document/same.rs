//! Whether two values say the same, wherever and in whatever order of keys they say it.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::read::Slot;
use super::values::{BucketText, During, Freight, FromBucket, One, Row, Rows, Selector, SeriesText, Terms, Words};
use crate::calendar::Period;
use crate::series::{Series, SeriesKey};
use crate::source::{Span, Spanned};

/// A value that can be held against another statement of it.
pub(crate) trait Same {
    /// True where both say the same.
    fn same(&self, other: &Self) -> bool;

    /// The smallest place of this value that the other does not say; nothing where that is the value itself.
    fn differs_at(&self, _: &Self) -> Option<Span> {
        None
    }

    /// What this says and what the other does, where the text at [`Self::differs_at`] does not tell.
    fn told(&self, _: &Self) -> Option<(String, String)> {
        None
    }
}

/// Values that are equal where they say the same.
macro_rules! same_if_equal {
    ($($plain:ty),*) => {$(
        impl Same for $plain {
            fn same(&self, other: &Self) -> bool {
                self == other
            }
        }
    )*};
}
same_if_equal!(String, bool, i64, Decimal, NaiveDate, BucketText, During, FromBucket, Period);

impl<T> Slot<T> {
    /// True where both say the same, or nothing.
    pub(super) fn same(&self, other: &Self) -> bool
    where
        T: Same,
    {
        match (self.get(), other.get()) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => self.is_bad() == other.is_bad(),
            _ => false,
        }
    }

    /// The place of what this says and the other does not.
    pub(super) fn differs_at(&self, other: &Self) -> Option<Span>
    where
        T: Same,
    {
        let inside = self.get().zip(other.get()).and_then(|(a, b)| a.differs_at(b));
        inside.or(self.span())
    }

    /// What both say, where their text does not tell.
    pub(super) fn told(&self, other: &Self) -> Option<(String, String)>
    where
        T: Same,
    {
        self.get().zip(other.get()).and_then(|(a, b)| a.told(b))
    }
}

/// Buckets of a series that are told one by one.
const TOLD: usize = 2;

/// What one series says of some keys that another says otherwise: `379 in 2026-03, 400 in 2026-04`.
fn said(default: Option<Decimal>, keys: &[&SeriesKey]) -> String {
    let period = |key: &SeriesKey| match key.range {
        true => format!("{}..{}", key.first, key.last),
        false => key.first.to_string(),
    };
    let default = default.map(|value| format!("{} by default", value.normalize()));
    let all: Vec<String> = default
        .into_iter()
        .chain(keys.iter().map(|key| format!("{} in {}", key.value.normalize(), period(key))))
        .collect();
    let told = all[..TOLD.min(all.len())].join(", ");
    match all.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

/// Keys in the order of time, ranges last.
fn sorted(keys: &[SeriesKey]) -> Vec<SeriesKey> {
    let mut keys = keys.to_vec();
    keys.sort_by_key(|key| (key.range, key.first, key.last));
    keys
}

impl Same for SeriesText {
    fn same(&self, other: &Self) -> bool {
        match (&self.series, &other.series) {
            (Series::Table { default: a, keys: own }, Series::Table { default: b, keys: others }) => {
                a == b && (own == others || sorted(own) == sorted(others))
            }
            (a, b) => a == b,
        }
    }

    fn differs_at(&self, other: &Self) -> Option<Span> {
        let (Series::Table { keys, .. }, Series::Table { keys: others, .. }) = (&self.series, &other.series) else {
            return None;
        };
        let mut own = keys.iter().zip(&self.key_spans).filter(|(key, _)| !others.contains(key));
        own.next().map(|(_, span)| *span)
    }

    /// The numbers of those buckets that differ; a key names its bucket and not its number.
    fn told(&self, other: &Self) -> Option<(String, String)> {
        let (Series::Table { default: a, keys }, Series::Table { default: b, keys: others }) =
            (&self.series, &other.series)
        else {
            return None;
        };
        let (keys, others) = (sorted(keys), sorted(others));
        let own: Vec<&SeriesKey> = keys.iter().filter(|key| !others.contains(key)).collect();
        let theirs: Vec<&SeriesKey> = others.iter().filter(|key| !keys.contains(key)).collect();
        // What neither says otherwise is not told.
        let (a, b) = if a == b { (None, None) } else { (*a, *b) };
        match (a, b, &own[..], &theirs[..]) {
            (None, None, [], []) => None,
            // Of one bucket its name need not be said twice.
            (None, None, [one], [other]) if (one.first, one.last) == (other.first, other.last) => {
                Some((one.value.normalize().to_string(), said(None, &theirs)))
            }
            _ => Some((said(a, &own), said(b, &theirs))),
        }
    }
}

impl Same for Freight {
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::PerUnit(a), Self::PerUnit(b)) | (Self::PerVolume(a), Self::PerVolume(b)) => a.same(b),
            _ => false,
        }
    }
}

/// The keys of one side of a selector with their values, in order.
pub(super) fn terms(terms: &Terms) -> Vec<(String, Vec<String>)> {
    let values = |values: &[Spanned<String>]| {
        let mut values: Vec<_> = values.iter().map(|value| value.value.clone()).collect();
        values.sort_unstable();
        values
    };
    let mut keys: Vec<_> = terms.keys.iter().map(|(key, all)| (key.name().to_owned(), values(all))).collect();
    keys.extend(terms.attributes.iter().map(|(name, all)| (format!("attributes.{}", name.value), values(all))));
    keys.sort_unstable();
    keys
}

impl Same for Selector {
    fn same(&self, other: &Self) -> bool {
        terms(&self.met) == terms(&other.met) && terms(&self.not) == terms(&other.not)
    }
}

impl Same for Words {
    fn same(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Same for Vec<Spanned<String>> {
    fn same(&self, other: &Self) -> bool {
        self.iter().map(|one| &one.value).eq(other.iter().map(|one| &one.value))
    }
}

impl<T: Row> Same for One<T> {
    fn same(&self, other: &Self) -> bool {
        self.0.apart(&other.0).is_empty()
    }
}

impl<T: Row> Same for Rows<T> {
    fn same(&self, other: &Self) -> bool {
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(|(a, b)| a.apart(b).is_empty())
    }

    fn differs_at(&self, other: &Self) -> Option<Span> {
        let mut own = self.0.iter().filter(|row| !other.0.iter().any(|known| row.apart(known).is_empty()));
        own.next().map(Row::header)
    }
}
