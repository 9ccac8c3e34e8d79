//! Exact numbers: decimals as they are written, and fractions for what days divide.
//!
//! Money and shares are [`Decimal`]s. A month spread over weeks is a fraction with a small denominator, so flows,
//! cash and figures are [`Ratio`]s until they are printed. Units are `i64`. No float anywhere.

mod fraction;

use num_traits::{Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

/// A fraction of 128-bit integers, always reduced.
pub type Ratio = num_rational::Ratio<i128>;

/// Largest amount of money: 10^12.
pub const MAX_MONEY: i64 = 1_000_000_000_000;
/// Largest number of units: 10^9.
pub const MAX_UNITS: i64 = 1_000_000_000;
/// Digits after the point that money may have in an input.
pub const MONEY_DIGITS: u32 = 6;

/// A result did not fit: the inputs are absurd together, although each is within its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overflow;

/// The same number as a fraction.
#[must_use]
pub fn ratio(decimal: Decimal) -> Ratio {
    fraction::of(decimal.mantissa(), 10_i128.pow(decimal.scale()))
}

/// A whole number as a fraction.
#[must_use]
pub fn whole(number: i64) -> Ratio {
    Ratio::from_integer(i128::from(number))
}

/// `a + b`.
///
/// # Errors
/// Where the sum does not fit.
pub fn add(a: Ratio, b: Ratio) -> Result<Ratio, Overflow> {
    fraction::plus(&a, &b).ok_or(Overflow)
}

/// `a - b`.
///
/// # Errors
/// Where the difference does not fit.
pub fn sub(a: Ratio, b: Ratio) -> Result<Ratio, Overflow> {
    fraction::minus(&a, &b).ok_or(Overflow)
}

/// `a x b`.
///
/// # Errors
/// Where the product does not fit.
pub fn mul(a: Ratio, b: Ratio) -> Result<Ratio, Overflow> {
    fraction::times(&a, &b).ok_or(Overflow)
}

/// Sum of all.
///
/// # Errors
/// Where it does not fit.
pub fn sum(parts: impl IntoIterator<Item = Ratio>) -> Result<Ratio, Overflow> {
    parts.into_iter().try_fold(Ratio::zero(), add)
}

/// The nearest integer, halves away from zero ("half up" for amounts of either sign).
#[must_use]
pub fn round_half_up(number: Ratio) -> i128 {
    let (numerator, denominator) = (number.numer().abs(), *number.denom());
    let (quotient, rest) = (numerator / denominator, numerator % denominator);
    let rounded = quotient + i128::from(rest >= denominator - rest);
    if number.is_negative() { -rounded } else { rounded }
}

/// The number with `digits` after the point, half up.
///
/// # Errors
/// Where it does not fit.
pub fn round_to(number: Ratio, digits: u32) -> Result<Decimal, Overflow> {
    let scaled = mul(number, Ratio::from_integer(10_i128.pow(digits)))?;
    Decimal::try_from_i128_with_scale(round_half_up(scaled), digits).map_err(|_| Overflow)
}

/// The smallest integer not below the number.
///
/// # Errors
/// Where it is not a number of units.
pub fn ceil_units(number: Ratio) -> Result<i64, Overflow> {
    number.ceil().to_integer().to_i64().ok_or(Overflow)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_away_from_zero() {
        let half = |n: i128| round_half_up(Ratio::new(n, 2));
        assert_eq!([half(1), half(3), half(-1), half(-3), half(2)], [1, 2, -1, -2, 1]);
        assert_eq!(round_to(Ratio::new(1000, 31), 6).unwrap().to_string(), "32.258065");
    }
}
