//! Service: how much of what was wanted was there.

use num_traits::Zero;

use super::{Measured, quotient};
use crate::units::{Overflow, Ratio, add, mul, whole};

/// Fill rate by units, or of anything else that adds up: what was served from stock in its own bucket / what was wanted; 1
/// where nothing was wanted. What is delivered later does not count.
///
/// Source: 75 of 80 and 20 of 20, <https://bms.co.in/?p=27047>: 95 %. Without demand 1, as
/// <https://github.com/LarrySnyder/stockpyl> has it.
///
/// ```
/// # use sopc::{metrics::formula::fill_rate, units::{Ratio, whole}};
/// assert_eq!(fill_rate(whole(75 + 20), whole(80 + 20)), Ok(Ratio::new(95, 100)));
/// assert_eq!(fill_rate(whole(0), whole(0)), Ok(whole(1)));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn fill_rate(served: Ratio, wanted: Ratio) -> Result<Ratio, Overflow> {
    quotient(served, wanted).map(|rate| rate.unwrap_or(whole(1)))
}

/// Fill rate by value: each unit counts at its price. `lines` are (price, units served, units wanted).
///
/// The example of [`fill_rate`] at prices of 10 and 30: (750 + 600) / (800 + 600).
///
/// ```
/// # use sopc::{metrics::formula::value_fill_rate, units::{Ratio, whole}};
/// let lines = [(whole(10), 75, 80), (whole(30), 20, 20)];
/// assert_eq!(value_fill_rate(&lines), Ok(Ratio::new(1_350, 1_400)));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn value_fill_rate(lines: &[(Ratio, i64, i64)]) -> Result<Ratio, Overflow> {
    let (mut served, mut wanted) = (Ratio::zero(), Ratio::zero());
    for (price, there, asked) in lines {
        served = add(served, mul(*price, whole(*there))?)?;
        wanted = add(wanted, mul(*price, whole(*asked))?)?;
    }
    fill_rate(served, wanted)
}

/// Line fill rate: order lines served whole / order lines. `lines` are (units served, units wanted). Undefined without
/// lines; a plan has none, so it is a measure of actual orders alone.
///
/// Source: <https://bms.co.in/?p=27047>, one of two lines.
///
/// ```
/// # use sopc::{metrics::formula::line_fill_rate, units::Ratio};
/// assert_eq!(line_fill_rate(&[(75, 80), (20, 20)]), Ok(Some(Ratio::new(1, 2))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn line_fill_rate(lines: &[(i64, i64)]) -> Measured {
    share(lines.iter().map(|(served, wanted)| served >= wanted))
}

/// Order fill rate: orders of which every line was served whole / orders. Undefined without orders.
///
/// Source: <https://bms.co.in/?p=27047>, none of one.
///
/// ```
/// # use sopc::{metrics::formula::order_fill_rate, units::whole};
/// assert_eq!(order_fill_rate(&[&[(75, 80), (20, 20)]]), Ok(Some(whole(0))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn order_fill_rate(orders: &[&[(i64, i64)]]) -> Measured {
    share(orders.iter().map(|lines| lines.iter().all(|(served, wanted)| served >= wanted)))
}

/// The share of those that are met.
pub(super) fn share(met: impl Iterator<Item = bool>) -> Measured {
    let (mut yes, mut all) = (0, 0);
    for one in met {
        yes += i64::from(one);
        all += 1;
    }
    quotient(whole(yes), whole(all))
}
