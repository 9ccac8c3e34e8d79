//! A number by bucket, as stated: a scalar, a table of months and weeks, or an amount per month or week.
//!
//! A series keeps what was said. What it means for a bucket depends on whether it is a *flow* (spread by days) or a
//! *level* (taken as it stands): see `model::timeline` for the planner's reading and `verify::clock` for the checker's.

use rust_decimal::Decimal;

use crate::calendar::{Grain, Period};

/// One key of a series: a month or week, or a range of them, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeriesKey {
    /// First month or week.
    pub first: Period,
    /// Last one, of the same grain; the first itself where the key names one period only.
    pub last: Period,
    /// Written as a range, even of one period: a single key beats it.
    pub range: bool,
    /// What holds there, for each period.
    pub value: Decimal,
}

impl SeriesKey {
    /// True where it names `period`.
    #[must_use]
    pub fn covers(&self, period: Period) -> bool {
        self.first.grain() == period.grain() && self.first <= period && period <= self.last
    }
}

/// A number by bucket, as stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Series {
    /// The same in every bucket.
    Scalar(Decimal),
    /// By month or week, with an optional default for the others.
    Table {
        /// What holds where no key does.
        default: Option<Decimal>,
        /// The keys; single ones do not repeat, ranges do not overlap.
        keys: Vec<SeriesKey>,
    },
    /// So much a calendar month or ISO week, spread by days; flows only.
    Per(Grain, Decimal),
    /// Entries of one thing, the narrowest first: each bucket takes the first that states it; levels only.
    Layered(Vec<Series>),
}

impl Series {
    /// All numbers in it, for checks of range.
    #[must_use]
    pub fn values(&self) -> Vec<Decimal> {
        match self {
            Self::Scalar(value) | Self::Per(_, value) => vec![*value],
            Self::Table { default, keys } => default.iter().copied().chain(keys.iter().map(|key| key.value)).collect(),
            Self::Layered(layers) => layers.iter().flat_map(Self::values).collect(),
        }
    }

    /// The key that speaks for `period`: a single one before a range.
    #[must_use]
    pub fn key_for(&self, period: Period) -> Option<&SeriesKey> {
        let Self::Table { keys, .. } = self else { return None };
        let covering = || keys.iter().filter(|key| key.covers(period));
        covering().find(|key| !key.range).or_else(|| covering().next())
    }
}
