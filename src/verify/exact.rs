//! Exact arithmetic of the checker: fractions, checked at every step, rounded only where the plan file prints them.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{CheckedDiv, Signed, ToPrimitive, Zero};
use rust_decimal::Decimal;

use crate::plan::{Amount, Figure};
pub(super) use crate::units::{Overflow, Ratio, ratio};
use crate::units::{add, mul, sub};

/// A fraction, or the news that it does not fit.
pub(super) type Exact = Result<Ratio, Overflow>;

/// Digits after the point of everything that is not rounded to the minor unit.
const PRINTED_DIGITS: u32 = 6;

/// Nothing.
pub(super) fn zero() -> Ratio {
    Ratio::zero()
}

/// A whole number.
pub(super) fn whole(number: i64) -> Ratio {
    Ratio::from_integer(i128::from(number))
}

/// `a + b`.
pub(super) fn plus(a: Ratio, b: Ratio) -> Exact {
    add(a, b)
}

/// `a - b`.
pub(super) fn minus(a: Ratio, b: Ratio) -> Exact {
    sub(a, b)
}

/// `a x b`.
pub(super) fn times(a: Ratio, b: Ratio) -> Exact {
    mul(a, b)
}

/// `a / b`; nothing fits where `b` is 0.
pub(super) fn over(a: Ratio, b: Ratio) -> Exact {
    a.checked_div(&b).ok_or(Overflow)
}

/// The sum of all parts.
pub(super) fn total(parts: impl IntoIterator<Item = Exact>) -> Exact {
    parts.into_iter().try_fold(zero(), |sum, part| plus(sum, part?))
}

/// Adds `part` to `sum` in place.
pub(super) fn gather(sum: &mut Ratio, part: Ratio) -> Result<(), Overflow> {
    *sum = plus(*sum, part)?;
    Ok(())
}

/// `a + b` units.
pub(super) fn more(a: i64, b: i64) -> Result<i64, Overflow> {
    a.checked_add(b).ok_or(Overflow)
}

/// `a - b` units.
pub(super) fn less(a: i64, b: i64) -> Result<i64, Overflow> {
    a.checked_sub(b).ok_or(Overflow)
}

/// The nearest whole number; a half goes away from zero.
pub(super) fn nearest(number: Ratio) -> Result<i128, Overflow> {
    let size = number.numer().checked_abs().ok_or(Overflow)?;
    let (below, rest) = (size / number.denom(), size % number.denom());
    let nearest = if rest < number.denom() - rest { below } else { below + 1 };
    Ok(if number.is_negative() { -nearest } else { nearest })
}

/// The nearest number of units.
pub(super) fn nearest_units(number: Ratio) -> Result<i64, Overflow> {
    nearest(number)?.to_i64().ok_or(Overflow)
}

/// The smallest number of units that is not below `number`.
pub(super) fn units_up(number: Ratio) -> Result<i64, Overflow> {
    number.ceil().to_integer().to_i64().ok_or(Overflow)
}

/// `number` with `digits` after the point, a half away from zero.
pub(super) fn round(number: Ratio, digits: u32) -> Result<Decimal, Overflow> {
    let steps = 10_i128.checked_pow(digits).ok_or(Overflow)?;
    let counted = nearest(times(number, Ratio::from_integer(steps))?)?;
    Decimal::try_from_i128_with_scale(counted, digits).map_err(|_| Overflow)
}

/// `number` as the plan file prints what is not rounded to the minor unit.
pub(super) fn printed(number: Ratio) -> Result<Amount, Overflow> {
    round(number, PRINTED_DIGITS).map(Amount)
}

/// `number` as the plan file prints what must not be rounded down.
pub(super) fn printed_up(number: Ratio) -> Result<Amount, Overflow> {
    let steps = Ratio::from_integer(10_i128.pow(PRINTED_DIGITS));
    let counted = times(number, steps)?.ceil().to_integer();
    Decimal::try_from_i128_with_scale(counted, PRINTED_DIGITS).map(Amount).map_err(|_| Overflow)
}

/// The same fraction without a limit of size: items launched on many different days have daily rates without a
/// common denominator that fits.
pub(super) fn big(number: Ratio) -> BigRational {
    BigRational::new_raw(BigInt::from(*number.numer()), BigInt::from(*number.denom()))
}

/// [`printed`] of a number without a limit of size.
pub(super) fn printed_big(number: &BigRational) -> Result<Amount, Overflow> {
    let steps = BigInt::from(10).pow(PRINTED_DIGITS);
    let counted = (number * steps).round().to_integer().to_i128().ok_or(Overflow)?;
    Decimal::try_from_i128_with_scale(counted, PRINTED_DIGITS).map(Amount).map_err(|_| Overflow)
}

/// `a / b` as a figure; not applicable where `b` is 0.
pub(super) fn quotient(a: Ratio, b: Ratio) -> Result<Figure, Overflow> {
    if b.is_zero() {
        return Ok(Figure::NotApplicable);
    }
    printed(over(a, b)?).map(Figure::Value)
}

/// The least of some fractions.
pub(super) fn least(numbers: impl IntoIterator<Item = Exact>) -> Result<Option<Ratio>, Overflow> {
    numbers.into_iter().try_fold(None, |least: Option<Ratio>, number| {
        let number = number?;
        Ok(Some(least.map_or(number, |least| least.min(number))))
    })
}
