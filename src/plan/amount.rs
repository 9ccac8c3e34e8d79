//! Decimals in plan files: strings, so that no reader rounds them.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::units::{Overflow, Ratio, mul, round_to};

/// Digits after the point of amounts that are not rounded to cents.
const DIGITS: u32 = 6;

/// An exact decimal; a string of 2 to 6 digits after the point in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(pub Decimal);

impl Amount {
    /// The number with six digits, half up.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn rounded(number: Ratio) -> Result<Self, Overflow> {
        round_to(number, DIGITS).map(Self)
    }

    /// The number with six digits, rounded up.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn rounded_up(number: Ratio) -> Result<Self, Overflow> {
        let steps = Ratio::from_integer(10_i128.pow(DIGITS));
        let counted = mul(number, steps)?.ceil().to_integer();
        Decimal::try_from_i128_with_scale(counted, DIGITS).map(Self).map_err(|_| Overflow)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.normalize();
        if shown.scale() < 2 {
            shown.rescale(2);
        }
        // A zero has no sign, however it came about.
        let shown = if shown.is_zero() { shown.abs() } else { shown };
        f.pad(&shown.to_string())
    }
}

impl FromStr for Amount {
    type Err = rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Decimal::from_str_exact(text).map(Self)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Amount {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Amount".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An exact decimal, as a string.",
            "type": "string",
            "pattern": r"^-?[0-9]+\.[0-9]{2,6}$",
        })
    }
}

/// A figure that may not exist: an [`Amount`], or `"n/a"` where it would divide by nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// It exists.
    Value(Amount),
    /// Not applicable.
    NotApplicable,
}

impl Figure {
    /// `numerator / denominator` with six digits; not applicable where the denominator is 0.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn quotient(numerator: Ratio, denominator: Ratio) -> Result<Self, Overflow> {
        use num_traits::{CheckedDiv, Zero};
        if denominator.is_zero() {
            return Ok(Self::NotApplicable);
        }
        Amount::rounded(numerator.checked_div(&denominator).ok_or(Overflow)?).map(Self::Value)
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(amount) => amount.fmt(f),
            Self::NotApplicable => f.pad("n/a"),
        }
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "n/a" => Ok(Self::NotApplicable),
            text => text.parse().map(Self::Value).map_err(de::Error::custom),
        }
    }
}

impl JsonSchema for Figure {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Figure".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "An exact decimal, as a string, or \"n/a\" where it would divide by nothing.",
            "type": "string",
            "pattern": r"^(-?[0-9]+\.[0-9]{2,6}|n/a)$",
        })
    }
}
