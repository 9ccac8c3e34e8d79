//! Stock against sales: turnover, cover, sell-through, return on inventory, open-to-buy.

use num_traits::{CheckedDiv, Zero};

use super::{Measured, quotient};
use crate::units::{Overflow, Ratio, add, mul, sum, whole};

/// The average inventory of some buckets that follow each other: the mean of (opening + closing) / 2. `closing` has one value
/// for each bucket, `opening` is that of the first. Undefined without buckets.
///
/// Source: the two-point average of <https://calculator.7search.cc/calc/inventory-turnover-and-days-calculator.php>,
/// for each bucket.
///
/// ```
/// # use sopc::{metrics::formula::average_of_ends, units::whole};
/// assert_eq!(average_of_ends(whole(100_000), &[whole(150_000)]), Ok(Some(whole(125_000))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn average_of_ends(opening: Ratio, closing: &[Ratio]) -> Measured {
    let Some((last, before)) = closing.split_last() else { return Ok(None) };
    let ends = add(opening, *last)?;
    let between = mul(sum(before.iter().copied())?, whole(2))?;
    quotient(add(ends, between)?, whole(2 * i64::try_from(closing.len()).map_err(|_| Overflow)?))
}

/// The average inventory as the plain mean of all month-ends and the first opening. Undefined without closing values.
///
/// It weighs the first opening and the last closing like all others, which [`average_of_ends`] counts half.
///
/// Source: thirteen points of a year, <http://the-retail-advisor.com/gmroii.html>.
///
/// ```
/// # use sopc::{metrics::formula::average_of_points, units::whole};
/// let ends = [125, 140, 170, 245, 194, 134, 116, 149, 140, 155, 149, 126].map(|thousands| whole(thousands * 1_000));
/// assert_eq!(average_of_points(whole(146_000), &ends), Ok(Some(whole(153_000))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn average_of_points(opening: Ratio, closing: &[Ratio]) -> Measured {
    if closing.is_empty() {
        return Ok(None);
    }
    let points = i64::try_from(closing.len() + 1).map_err(|_| Overflow)?;
    quotient(add(opening, sum(closing.iter().copied())?)?, whole(points))
}

/// Inventory turnover: cost of goods sold, a year / average inventory at cost. `years` is the length of the time in which
/// they were sold: 1/4 for a quarter. Undefined without stock.
///
/// Source: <https://calculator.7search.cc/calc/inventory-turnover-and-days-calculator.php>.
///
/// ```
/// # use sopc::{metrics::formula::inventory_turnover, units::{Ratio, whole}};
/// let turns = inventory_turnover(whole(600_000), whole(125_000), whole(1));
/// assert_eq!(turns, Ok(Some(Ratio::new(48, 10))));
/// // A quarter of that year turns as fast.
/// assert_eq!(inventory_turnover(whole(150_000), whole(125_000), Ratio::new(1, 4)), turns);
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn inventory_turnover(cost_of_sales: Ratio, average_inventory: Ratio, years: Ratio) -> Measured {
    match quotient(cost_of_sales, years)? {
        Some(yearly) => quotient(yearly, average_inventory),
        None => Ok(None),
    }
}

/// Days of inventory: average inventory at cost / cost of goods sold x days in which they were sold. Undefined without
/// sales.
///
/// Source: <https://calculator.7search.cc/calc/inventory-turnover-and-days-calculator.php>, 365 / 4.8 = 76.04.
///
/// ```
/// # use sopc::{metrics::formula::days_of_inventory, units::{round_to, whole}};
/// let days = days_of_inventory(whole(125_000), whole(600_000), whole(365)).unwrap().unwrap();
/// assert_eq!(round_to(days, 2).unwrap().to_string(), "76.04");
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn days_of_inventory(average_inventory: Ratio, cost_of_sales: Ratio, days: Ratio) -> Measured {
    quotient(mul(average_inventory, days)?, cost_of_sales)
}

/// Sell-through: units sold / units there were to sell. With opening stock and receipts as `available` it is the share of what
/// could be sold; with receipts alone the variant *of receipts*. Units that came back are not sold. Undefined where there
/// was nothing.
///
/// Source: 350 of 500, <https://www.inventoryhero.ai/tools/sell-through-rate-calculator>.
///
/// ```
/// # use sopc::{metrics::formula::sell_through, units::{Ratio, whole}};
/// assert_eq!(sell_through(whole(350), whole(500)), Ok(Some(Ratio::new(70, 100))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn sell_through(sold: Ratio, available: Ratio) -> Measured {
    quotient(sold, available)
}

/// Sell-through as a rate: units shipped in 90 days / units on hand on average then. Unlike [`sell_through`] it may exceed 1.
/// Undefined without stock.
///
/// Source: <https://sellersasksellers.com/t/improving-sell-through-for-inventory-with-1-unit-per-sku/2723>: a unit that
/// sells after 30 of 90 days was there a third of the time.
///
/// ```
/// # use sopc::{metrics::formula::sell_through_rate, units::{Ratio, whole}};
/// assert_eq!(sell_through_rate(whole(1), Ratio::new(30, 90)), Ok(Some(whole(3))));
/// assert_eq!(sell_through_rate(whole(1), Ratio::new(180, 90)), Ok(Some(Ratio::new(1, 2))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn sell_through_rate(shipped: Ratio, average_units: Ratio) -> Measured {
    quotient(shipped, average_units)
}

/// Gross margin return on inventory: gross margin, a year / average inventory at cost. With `years` 1 it is that of the time
/// itself, the variant *of the period*. Undefined without stock.
///
/// Sources: sales of 500,000 that cost 260,000, stock of 100,000, <https://scribd.com/document/67179751/GMROI>; a margin of
/// 435,000 on 153,000, <http://the-retail-advisor.com/gmroii.html>.
///
/// ```
/// # use sopc::{metrics::formula::gmroi, units::{Ratio, round_to, whole}};
/// assert_eq!(gmroi(whole(500_000 - 260_000), whole(100_000), whole(1)), Ok(Some(Ratio::new(24, 10))));
/// let year = gmroi(whole(435_000), whole(153_000), whole(1)).unwrap().unwrap();
/// assert_eq!(round_to(year, 2).unwrap().to_string(), "2.84");
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn gmroi(gross_margin: Ratio, average_inventory: Ratio, years: Ratio) -> Measured {
    inventory_turnover(gross_margin, average_inventory, years)
}

/// Open-to-buy: planned sales + planned markdowns + planned closing stock - opening stock - on order. All on one basis. Negative
/// where more is bought than is wanted: the sign is kept. What is on order counts when it is to arrive.
///
/// Source: the worked example of linenow.co, 14,000.
///
/// ```
/// # use sopc::{metrics::formula::open_to_buy, units::whole};
/// let open = open_to_buy(whole(20_000), whole(1_000), whole(15_000), whole(18_000), whole(4_000));
/// assert_eq!(open, Ok(whole(14_000)));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn open_to_buy(
    sales: Ratio,
    markdowns: Ratio,
    closing: Ratio,
    opening: Ratio,
    on_order: Ratio,
) -> Result<Ratio, Overflow> {
    sum([sales, markdowns, closing, -opening, -on_order])
}

/// Excess: what stock has beyond the most that is wanted; 0 below it.
///
/// Source: the overflow level of <https://learn.microsoft.com/dynamics365/business-central/design-details-planning-parameters>: a
/// most of 100, stock that comes to 130.
///
/// ```
/// # use sopc::{metrics::formula::excess, units::whole};
/// assert_eq!(excess(whole(130), whole(100)), Ok(whole(30)));
/// assert_eq!(excess(whole(80), whole(100)), Ok(whole(0)));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn excess(stock: Ratio, most: Ratio) -> Result<Ratio, Overflow> {
    add(stock, -most).map(|beyond| beyond.max(Ratio::zero()))
}

/// Demand of some days, evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Days.
    pub days: i64,
    /// What is wanted in all of them, in the measure of the stock: units, or their cost.
    pub wanted: Ratio,
}

/// Weeks of supply: the weeks of demand ahead that stock covers, a part of the last one counted as such. 0 without stock;
/// undefined where all of `ahead` does not use it up.
///
/// Source: <https://www.scribd.com/document/364515010/Inventory-Cover-Calculations>, 500 in stock: 7.461538 weeks.
///
/// ```
/// # use sopc::{metrics::formula::{Stretch, weeks_of_supply}, units::{round_to, whole}};
/// let ahead = [80, 76, 72, 68, 64, 60, 56, 52].map(|units| Stretch { days: 7, wanted: whole(units) });
/// let weeks = weeks_of_supply(whole(500), &ahead).unwrap().unwrap();
/// assert_eq!(round_to(weeks, 6).unwrap().to_string(), "7.461538");
/// assert_eq!(weeks_of_supply(whole(2_000), &ahead), Ok(None));
/// assert_eq!(weeks_of_supply(whole(-3), &ahead), Ok(Some(whole(0))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn weeks_of_supply(stock: Ratio, ahead: &[Stretch]) -> Measured {
    let mut left = stock.max(Ratio::zero());
    let mut days = 0;
    for stretch in ahead {
        if left.is_zero() {
            break;
        }
        if stretch.wanted >= left {
            let part = mul(left.checked_div(&stretch.wanted).ok_or(Overflow)?, whole(stretch.days))?;
            return quotient(add(whole(days), part)?, whole(7));
        }
        left = add(left, -stretch.wanted)?;
        days += stretch.days;
    }
    if left.is_zero() { quotient(whole(days), whole(7)) } else { Ok(None) }
}

/// Weeks of supply at a mean: stock / mean weekly demand. Blind to seasons. Undefined without demand.
///
/// Source: 500 at 50 a week, <https://atxholiday.austintexas.org/how-to-calculate-weeks-of-supply>.
///
/// ```
/// # use sopc::{metrics::formula::weeks_at_mean, units::whole};
/// assert_eq!(weeks_at_mean(whole(500), whole(50)), Ok(Some(whole(10))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn weeks_at_mean(stock: Ratio, mean_weekly_demand: Ratio) -> Measured {
    quotient(stock.max(Ratio::zero()), mean_weekly_demand)
}
