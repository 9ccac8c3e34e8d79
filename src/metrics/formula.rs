//! The formulas of all metrics, as functions of plain numbers.
//!
//! Numbers are exact fractions; a result is `None` where the metric is undefined - divided by no stock, no sales - and
//! never a stand-in such as 0, 999 or infinity. Amounts of one formula are in one currency and on one basis, cost
//! or price, as its words say. `Overflow` means that a number does not fit 128 bits.

mod forecast;
mod service;
mod stability;
mod stock;

use num_traits::{CheckedDiv, Zero};

use crate::units::{Overflow, Ratio};

pub use forecast::{Pair, bias, forecast_accuracy, mape, tracking_signal, wape};
pub use service::{fill_rate, line_fill_rate, order_fill_rate, value_fill_rate};
pub use stability::{
    Changed, OrderOutcome, changed_lines, nervousness, order_adherence, plan_adherence, volume_adherence,
};
pub use stock::{
    Stretch, average_of_ends, average_of_points, days_of_inventory, excess, gmroi, inventory_turnover, open_to_buy,
    sell_through, sell_through_rate, weeks_at_mean, weeks_of_supply,
};

/// A metric's value, or `None` where it has none.
pub type Measured = Result<Option<Ratio>, Overflow>;

/// `numerator / denominator`; undefined where the denominator is 0.
fn quotient(numerator: Ratio, denominator: Ratio) -> Measured {
    if denominator.is_zero() {
        return Ok(None);
    }
    numerator.checked_div(&denominator).map(Some).ok_or(Overflow)
}
