//! Fixed point: fractions as whole numbers of a scale, rounded the way that is asked for.

use crate::units::{Overflow, Ratio};

/// Binary digits behind the point of a price.
pub(super) const PRICE_BITS: u32 = 32;

/// The largest amount that the scales leave room for: prices and sums over levels take what is above.
const ROOM: i128 = 1 << 55;

/// The largest power of ten, up to 10^`digits`, at which `most` has room.
pub(super) fn scale(most: Ratio, digits: u32) -> i64 {
    let whole = most.ceil().to_integer().max(1);
    let mut scale = 1_i64;
    for _ in 0..digits {
        if whole.saturating_mul(i128::from(scale) * 10) > ROOM {
            break;
        }
        scale *= 10;
    }
    scale
}

/// `number x scale`, rounded down.
pub(super) fn down(number: Ratio, scale: i64) -> Result<i64, Overflow> {
    let scaled = number.numer().checked_mul(i128::from(scale)).ok_or(Overflow)?;
    i64::try_from(scaled.div_euclid(*number.denom())).map_err(|_| Overflow)
}

/// `number x scale`, rounded up.
pub(super) fn up(number: Ratio, scale: i64) -> Result<i64, Overflow> {
    down(-number, scale).map(|negative| -negative)
}

/// `amount x price`, rounded down.
pub(super) fn priced_down(amount: i64, price: i64) -> i64 {
    narrow((i128::from(amount) * i128::from(price)) >> PRICE_BITS)
}

/// `amount x price`, rounded up.
pub(super) fn priced_up(amount: i64, price: i64) -> i64 {
    narrow(-((-i128::from(amount) * i128::from(price)) >> PRICE_BITS))
}

/// The nearest number that fits.
pub(super) fn narrow(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN / 4 } else { i64::MAX / 4 })
}
