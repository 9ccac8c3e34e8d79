//! Time: buckets are date ranges, months and ISO weeks are periods that name them.

use std::fmt;

use chrono::{Datelike, Days, IsoWeek, NaiveDate, Weekday};

/// A calendar month or an ISO week, as written in keys: `"2026-02"`, `"2026-W07"`. Small, since there are many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// A calendar month.
    Month {
        /// Year.
        year: i16,
        /// 1 to 12.
        month: u8,
    },
    /// An ISO 8601 week, Monday to Sunday.
    Week {
        /// ISO year, which may differ from the calendar year around New Year.
        year: i16,
        /// 1 to 53.
        week: u8,
    },
}

/// Months or weeks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Grain {
    /// Calendar months.
    Month,
    /// ISO weeks.
    Week,
}

impl Period {
    /// Reads `2026-02` or `2026-W07`; `None` where it is neither or does not exist. Years 1900 to 2200.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, rest) = text.split_once('-')?;
        let number = |digits: &str, count: usize| -> Option<i16> {
            (digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_digit())).then(|| digits.parse().ok())?
        };
        let small = |digits: &str| u8::try_from(number(digits, 2)?).ok();
        let year = number(year, 4).filter(|year| (1900..=2200).contains(year))?;
        let period = match rest.strip_prefix('W') {
            Some(week) => Self::Week { year, week: small(week)? },
            None => Self::Month { year, month: small(rest)? },
        };
        match period {
            Self::Month { month, .. } => (1..=12).contains(&month).then_some(period),
            Self::Week { .. } => period.checked_start().map(|_| period),
        }
    }

    fn checked_start(self) -> Option<NaiveDate> {
        match self {
            Self::Month { year, month } => NaiveDate::from_ymd_opt(year.into(), month.into(), 1),
            Self::Week { year, week } => NaiveDate::from_isoywd_opt(year.into(), week.into(), Weekday::Mon),
        }
    }

    /// First day.
    ///
    /// # Panics
    /// Never: a period exists by construction.
    #[must_use]
    pub fn start(self) -> NaiveDate {
        self.checked_start().expect("a period exists by construction")
    }

    /// Last day.
    #[must_use]
    pub fn end(self) -> NaiveDate {
        self.next().start() - Days::new(1)
    }

    /// Days in it.
    #[must_use]
    pub fn days(self) -> i64 {
        days_between(self.start(), self.end()) + 1
    }

    /// Month or week.
    #[must_use]
    pub fn grain(self) -> Grain {
        match self {
            Self::Month { .. } => Grain::Month,
            Self::Week { .. } => Grain::Week,
        }
    }

    /// The one that holds `day`.
    #[must_use]
    pub fn of(grain: Grain, day: NaiveDate) -> Self {
        match grain {
            Grain::Month => Self::Month { year: year_of(day.year()), month: small(day.month()) },
            Grain::Week => Self::from(day.iso_week()),
        }
    }

    /// The one behind it.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Month { year, month: 12 } => Self::Month { year: year + 1, month: 1 },
            Self::Month { year, month } => Self::Month { year, month: month + 1 },
            Self::Week { .. } => Self::of(Grain::Week, self.start() + Days::new(7)),
        }
    }
}

/// A year as periods keep it: plans lie between 1900 and 2200, and a few centuries more do no harm.
fn year_of(year: i32) -> i16 {
    i16::try_from(year).unwrap_or(i16::MAX)
}

/// A month or week as periods keep it.
fn small(number: u32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

impl From<IsoWeek> for Period {
    fn from(week: IsoWeek) -> Self {
        Self::Week { year: year_of(week.year()), week: small(week.week()) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month { year, month } => write!(f, "{year:04}-{month:02}"),
            Self::Week { year, week } => write!(f, "{year:04}-W{week:02}"),
        }
    }
}

/// Days from `a` to `b`; negative where `b` lies before `a`.
#[must_use]
pub fn days_between(a: NaiveDate, b: NaiveDate) -> i64 {
    (b - a).num_days()
}

/// A stretch of the plan: what is planned as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The month or week it is (what is left of).
    pub period: Period,
    /// First day: as-of for the first bucket, else the day after the one before it.
    pub start: NaiveDate,
    /// Last day.
    pub end: NaiveDate,
}

impl Bucket {
    /// Days in it.
    #[must_use]
    pub fn days(&self) -> i64 {
        days_between(self.start, self.end) + 1
    }

    /// The middle day: first day + floor(days / 2).
    #[must_use]
    pub fn middle(&self) -> NaiveDate {
        self.start + Days::new(u64::try_from(self.days() / 2).unwrap_or(0))
    }

    /// True where it is less than its month or week.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.start != self.period.start()
    }

    /// True where `day` lies in it.
    #[must_use]
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.start <= day && day <= self.end
    }
}

/// What `bucket` and `horizon` of the manifest say: so many weeks, then so many months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Week buckets, first.
    pub weeks: usize,
    /// Month buckets behind them.
    pub months: usize,
}

/// The plan's buckets: dates without a gap, the first one begins at as-of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// In order of time.
    pub buckets: Vec<Bucket>,
    /// Weeks and months side by side.
    pub mixed: bool,
}

impl Calendar {
    /// Lays out the buckets from `as_of` on.
    #[must_use]
    pub fn new(as_of: NaiveDate, shape: Shape) -> Self {
        let mut buckets = Vec::with_capacity(shape.weeks + shape.months);
        let mut start = as_of;
        let grains = [(Grain::Week, shape.weeks), (Grain::Month, shape.months)];
        for grain in grains.iter().flat_map(|&(grain, count)| std::iter::repeat_n(grain, count)) {
            let period = Period::of(grain, start);
            let bucket = Bucket { period, start, end: period.end() };
            start = bucket.end + Days::new(1);
            buckets.push(bucket);
        }
        Self { buckets, mixed: shape.weeks > 0 && shape.months > 0 }
    }

    /// `count` buckets that would follow the last one, of its grain.
    #[must_use]
    pub fn beyond(&self, count: usize) -> Vec<Bucket> {
        let Some(last) = self.buckets.last() else { return Vec::new() };
        std::iter::successors(Some(last.period.next()), |period| Some(period.next()))
            .take(count)
            .map(|period| Bucket { period, start: period.start(), end: period.end() })
            .collect()
    }

    /// Number of buckets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// True without buckets.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// The bucket that holds `day`.
    #[must_use]
    pub fn bucket_of(&self, day: NaiveDate) -> Option<usize> {
        self.buckets.iter().position(|bucket| bucket.contains(day))
    }

    /// First day planned.
    ///
    /// # Panics
    /// Without buckets.
    #[must_use]
    pub fn start(&self) -> NaiveDate {
        self.buckets[0].start
    }

    /// Last day planned.
    ///
    /// # Panics
    /// Without buckets.
    #[must_use]
    pub fn end(&self) -> NaiveDate {
        self.buckets[self.len() - 1].end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn periods_parse_and_print() {
        for text in ["2026-02", "2026-W07", "2026-W53"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
        for text in ["2026-13", "2025-W53", "26-02", "2026-2", "2026", "2026-W7", "2026-02-01", "2026-00"] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }

    #[test]
    fn weeks_then_what_is_left_of_the_month() {
        let calendar = Calendar::new(day("2026-01-19"), Shape { weeks: 2, months: 2 });
        let shown: Vec<_> = calendar.buckets.iter().map(|b| format!("{} {} {}", b.period, b.start, b.end)).collect();
        assert_eq!(
            shown,
            [
                "2026-W04 2026-01-19 2026-01-25",
                "2026-W05 2026-01-26 2026-02-01",
                "2026-02 2026-02-02 2026-02-28",
                "2026-03 2026-03-01 2026-03-31"
            ]
        );
        assert!(!calendar.buckets[0].is_partial() && calendar.buckets[2].is_partial());
        assert_eq!(calendar.beyond(1)[0].period.to_string(), "2026-04");
    }

    #[test]
    fn the_middle_day_of_february_is_the_fifteenth() {
        let calendar = Calendar::new(day("2026-02-01"), Shape { weeks: 0, months: 2 });
        assert_eq!(calendar.buckets[0].middle(), day("2026-02-15"));
        assert_eq!(calendar.buckets[1].middle(), day("2026-03-16"));
    }
}
