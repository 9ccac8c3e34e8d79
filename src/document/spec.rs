//! The language as data: every table, its keys and what each takes.
//!
//! One [`TableSpec`] drives the reader, "did you mean", and (through the same fields) schemas and reference pages.

use rust_decimal::Decimal;

use crate::units::{MAX_MONEY, MAX_UNITS};

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `[plan]`: once in a project; keys merge over files.
    Single,
    /// `[item.X]`: once an id; keys merge over files.
    Named,
    /// `[[lane]]`: any number of entries.
    List,
    /// `{ ... }` inside another table.
    Inline,
}

/// A table of the language.
#[derive(Debug)]
pub struct TableSpec {
    /// Its name in TOML.
    pub name: &'static str,
    /// How it is written.
    pub form: Form,
    /// What it states.
    pub doc: &'static str,
    /// Its keys, in the order of the reference.
    pub fields: &'static [FieldSpec],
}

/// A key of a table.
#[derive(Debug)]
pub struct FieldSpec {
    /// As written.
    pub key: &'static str,
    /// What it takes.
    pub kind: Kind,
    /// Whether it must be there.
    pub need: Need,
    /// What it states.
    pub doc: &'static str,
}

/// Whether a key must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The table means nothing without it.
    Required,
    /// May be left out.
    Optional,
    /// May be left out; this holds then.
    Default(&'static str),
}

/// Something that has a name in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// `[item.X]`
    Item,
    /// `[location.X]`
    Location,
    /// `[channel.X]`
    Channel,
    /// `[supplier.X]`
    Supplier,
    /// The category of an item.
    Category,
    /// The class of an item.
    Class,
    /// The brand of an item.
    Brand,
    /// The mode of a lane.
    Mode,
    /// The id of a promotion.
    Promotion,
    /// An item's `attributes`: in a selector a table of names and values.
    Attribute,
}

impl Entity {
    /// As selectors and messages name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Location => "location",
            Self::Channel => "channel",
            Self::Supplier => "supplier",
            Self::Category => "category",
            Self::Class => "class",
            Self::Brand => "brand",
            Self::Mode => "mode",
            Self::Promotion => "promotion",
            Self::Attribute => "attributes",
        }
    }
}

/// What a number counts, and between what it must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// Money of either sign, to 10^12, 6 digits after the point.
    Money,
    /// Money, not below 0.
    Price,
    /// A share, 0 to 1.
    Share,
    /// A rate, 0 to 1,000.
    Rate,
    /// Exchange rate, above 0.
    Exchange,
    /// Units, not below 0, to 10^9; fractions are kept until demand becomes whole.
    Units,
    /// Volume in m3, not below 0.
    Volume,
    /// Capacity units, not below 0.
    Capacity,
    /// Whole days, 0 to 3,650.
    Days,
    /// A factor, 0 to 1,000.
    Factor,
    /// A share by which something grows, -1 to 1,000.
    Growth,
    /// Units of either sign, to 10^9.
    Change,
    /// Anything that fits: an assumption may stand for any number.
    Any,
}

impl Quantity {
    /// Least and greatest value, and digits after the point.
    #[must_use]
    pub fn limits(self) -> (Decimal, Decimal, u32) {
        let money = Decimal::from(MAX_MONEY);
        let (low, high, digits) = match self {
            Self::Money | Self::Any => (-money, money, 6),
            Self::Price | Self::Volume | Self::Capacity => (Decimal::ZERO, money, 6),
            Self::Share => (Decimal::ZERO, Decimal::ONE, 9),
            Self::Rate | Self::Factor => (Decimal::ZERO, Decimal::from(1_000), 9),
            Self::Growth => (-Decimal::ONE, Decimal::from(1_000), 9),
            Self::Change => (-Decimal::from(MAX_UNITS), Decimal::from(MAX_UNITS), 6),
            Self::Exchange => (Decimal::new(1, 9), Decimal::from(1_000_000), 9),
            Self::Units => (Decimal::ZERO, Decimal::from(MAX_UNITS), 6),
            Self::Days => (Decimal::ZERO, Decimal::from(3_650), 0),
        };
        (low, high, digits)
    }

    /// In words with both limits: `a share from 0 to 1`.
    #[must_use]
    pub fn range_words(self) -> String {
        let (low, high, _) = self.limits();
        let what = match self {
            Self::Price => "an amount of money",
            Self::Share => "a share",
            other => other.words(),
        };
        format!("{what} from {} to {}", grouped(low), grouped(high))
    }

    /// In words, for messages.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Money => "an amount of money",
            Self::Price => "an amount of money, not negative",
            Self::Share => "a share from 0 to 1",
            Self::Rate => "a rate",
            Self::Exchange => "an exchange rate",
            Self::Units => "a number of units",
            Self::Volume => "a volume in m3",
            Self::Capacity => "a capacity",
            Self::Days => "a whole number of days",
            Self::Factor => "a factor",
            Self::Growth => "a rate of growth",
            Self::Change => "a number of units of either sign",
            Self::Any => "a number",
        }
    }
}

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Words for people.
    Text,
    /// The id of an entity.
    Name(Entity),
    /// A list of ids.
    Names(Entity),
    /// A day, `2026-02-14`.
    Date,
    /// `true` or `false`.
    Flag,
    /// A whole number between both, ends included.
    Whole(i64, i64),
    /// One number.
    Number(Quantity),
    /// A number by bucket, taken as it stands.
    Level(Quantity),
    /// A number by bucket, spread by days.
    Flow(Quantity),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A month, a week or a range of them.
    During,
    /// A selector with these keys.
    Selector(&'static [Entity]),
    /// A list of inline tables.
    Rows(&'static TableSpec),
    /// One inline table.
    Table(&'static TableSpec),
    /// One month or week.
    Period,
    /// The first bucket something holds in: a month, a week, or `"start"` for all.
    From,
    /// `"month"`, `"week"`, or `[{ weeks = 13 }, { months = 6 }]`.
    Buckets,
    /// A level a unit, or `{ per-m3 = 72 }`.
    Freight,
    /// A table from words to words.
    Words,
}

/// A number with its digits in groups of three.
#[must_use]
pub fn grouped(number: Decimal) -> String {
    let text = number.normalize().to_string();
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let digits = whole.trim_start_matches('-');
    let mut out = whole[..whole.len() - digits.len()].to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    fraction.map_or(out.clone(), |fraction| format!("{out}.{fraction}"))
}

impl Kind {
    /// In words, for a cell of a CSV file, which holds no table.
    #[must_use]
    pub fn cell_words(self) -> String {
        match self {
            Self::Level(quantity) | Self::Flow(quantity) => quantity.words().into(),
            Self::Freight => Quantity::Price.words().into(),
            Self::Flag => "true or false".into(),
            Self::Name(entity) => format!("the name of one {}", entity.name()),
            other => other.words(),
        }
    }

    /// In words with both limits, for numbers.
    #[must_use]
    pub fn range_words(self) -> String {
        match self {
            Self::Whole(low, high) => {
                format!("a whole number from {} to {}", grouped(low.into()), grouped(high.into()))
            }
            Self::Number(quantity) | Self::Level(quantity) | Self::Flow(quantity) => quantity.range_words(),
            Self::Freight => Quantity::Price.range_words(),
            other => other.words(),
        }
    }

    /// In words, for messages: "expected ...".
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Text => "text in quotes".into(),
            Self::Name(entity) => format!("the name of one {}, in quotes", entity.name()),
            Self::Names(entity) => format!("a list of {} names", entity.name()),
            Self::Date => "a date such as 2026-02-14".into(),
            Self::Flag => "true or false".into(),
            Self::Whole(low, high) if high >= MAX_UNITS => format!("a whole number from {low}"),
            Self::Whole(low, high) => format!("a whole number from {low} to {high}"),
            Self::Number(quantity) => quantity.words().into(),
            Self::Level(quantity) => format!("{}, or a table of them by bucket", quantity.words()),
            Self::Flow(quantity) => {
                format!("{}, or a table of them by bucket, or {{ per-month = ... }}", quantity.words())
            }
            Self::Choice(words) => words.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" or "),
            Self::During => "a month, a week or a range such as \"2026-04..2026-06\"".into(),
            Self::Selector(_) => "a selector such as { category = \"kitchen\" }".into(),
            Self::Rows(_) => "a list of inline tables".into(),
            Self::Buckets => "\"month\", \"week\" or [{ weeks = 13 }, { months = 6 }]".into(),
            Self::Freight => "an amount of money a unit, or { per-m3 = ... }".into(),
            Self::Words => "a table of words".into(),
            Self::Period => "a month or week such as \"2026-04\" or \"2026-W15\"".into(),
            Self::From => "a month or week such as \"2026-04\", or \"start\"".into(),
            Self::Table(spec) => {
                let keys: Vec<_> = spec.fields.iter().map(|field| field.key).collect();
                format!("an inline table of {}", keys.join(", "))
            }
        }
    }
}

impl TableSpec {
    /// As a header is written: `[plan]`, `[item.X]`, `[[lane]]`.
    #[must_use]
    pub fn header(&self) -> String {
        match self.form {
            Form::Single => format!("[{}]", self.name),
            Form::Named => format!("[{}.X]", self.name),
            Form::List => format!("[[{}]]", self.name),
            Form::Inline => self.name.to_owned(),
        }
    }

    /// The field of a key.
    #[must_use]
    pub fn field(&self, key: &str) -> Option<&'static FieldSpec> {
        self.fields.iter().find(|field| field.key == key)
    }
}

/// The word of `known` that `wrong` was most likely meant to be.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let fold = |text: &str| text.to_lowercase().replace('_', "-");
    let folded = fold(wrong);
    let close = |word: &str| strsim::damerau_levenshtein(&folded, &fold(word));
    let limit = (wrong.chars().count() / 3).clamp(1, 4);
    // A long list of ids is not searched for a long wrong word of another length.
    let near = |word: &&str| word.len().abs_diff(wrong.len()) <= limit * 4;
    known
        .into_iter()
        .filter(near)
        .map(|word| (close(word), word))
        .filter(|&(far, _)| far <= limit)
        .min()
        .map(|(_, w)| w)
}

#[cfg(test)]
mod tests {
    use super::did_you_mean;

    #[test]
    fn near_words_are_offered_and_far_ones_are_not() {
        let known = ["lead-days", "unit-cost", "moq"];
        assert_eq!(did_you_mean("lead_days", known), Some("lead-days"));
        assert_eq!(did_you_mean("leaddays", known), Some("lead-days"));
        assert_eq!(did_you_mean("mqo", known), Some("moq"));
        assert_eq!(did_you_mean("colour", known), None);
    }
}
