//! Stock at the end of the last day told: by plan, and as it is. All locations of an item together, since sales are told by channel and
//! not by location. By plan everything is there that is due by that day, whichever bucket the plan counts it in.

use std::collections::BTreeMap;

use chrono::Days;
use rust_decimal::Decimal;

use super::actuals::Facts;
use super::file::StockRow;
use super::planned::{Names, Rows, Span};
use super::supply::Matched;
use crate::model::standard_costs;
use crate::network::{ItemId, LocationId, Network};
use crate::plan::{Action, Amount, Plan};
use crate::units::{Overflow, Ratio, round_to};

/// Digits of a standard cost.
const DIGITS: u32 = 6;

/// What an item's stock is made of.
#[derive(Debug, Default, Clone)]
pub(super) struct Stock {
    /// Units at as-of, those under way between locations among them.
    pub(super) opening: i64,
    /// Units due by now, and by the end of the last bucket.
    pub(super) due: i64,
    due_at_end: i64,
    /// Units received.
    pub(super) received: i64,
    /// Units sold.
    pub(super) sold: i64,
    /// Units planned to be sold to date, and by the end of the last bucket.
    planned: i64,
    planned_at_end: i64,
    /// Where it is stocked by plan.
    locations: Vec<LocationId>,
}

/// Stock of each item of the plan; `receipts_told` says whether what came is known, else it is what was due.
pub(super) fn all(
    plan: &Plan,
    matched: &Matched<'_, '_>,
    facts: &Facts,
    planned: &Rows,
    names: &Names<'_>,
    span: &Span,
    receipts_told: bool,
) -> Result<BTreeMap<ItemId, Stock>, Overflow> {
    let end = span.buckets.last().map_or(span.through, |bucket| bucket.end);
    let first = plan.buckets.first().map(|bucket| bucket.label.as_str());
    let mut stocks: BTreeMap<ItemId, Stock> = BTreeMap::new();
    for row in plan.inventory.iter().filter(|row| Some(row.bucket.as_str()) == first) {
        let ids = names.items.get(row.item.as_str()).zip(names.locations.get(row.location.as_str()));
        let Some((item, location)) = ids else { continue };
        let stock = stocks.entry(*item).or_default();
        stock.opening += row.opening;
        stock.locations.push(*location);
    }
    for transfer in plan.transfers.iter().filter(|transfer| transfer.action == Action::Open) {
        if let Some(stock) = names.items.get(transfer.item.as_str()).and_then(|item| stocks.get_mut(item)) {
            stock.opening += transfer.units;
        }
    }
    for line in &matched.lines {
        let Some(stock) = line.item.and_then(|item| stocks.get_mut(&item)) else { continue };
        let units = line.order.units;
        stock.due += if line.order.usable_date <= span.through { units } else { 0 };
        stock.due_at_end += if line.order.usable_date <= end { units } else { 0 };
    }
    for received in &facts.receipts {
        stocks.entry(received.item).or_default().received += received.units;
    }
    for ((item, _, _), sold) in &facts.sales {
        stocks.entry(*item).or_default().sold += sold.units;
    }
    for ((item, _, bucket), row) in planned {
        let stock = stocks.entry(*item).or_default();
        stock.planned += span.to_date(row.units, *bucket)?;
        stock.planned_at_end += row.units;
    }
    for stock in stocks.values_mut() {
        stock.received = if receipts_told { stock.received } else { stock.due };
    }
    Ok(stocks)
}

impl Stock {
    /// Units by plan.
    pub(super) fn planned(&self) -> i64 {
        self.opening + self.due - self.planned
    }

    /// Units by plan at the end of the last bucket.
    pub(super) fn planned_closing(&self) -> i64 {
        self.opening + self.due_at_end - self.planned_at_end
    }

    /// Units that opening stock, receipts and sales come to; a stock that sold more than it had is 0.
    pub(super) fn reckoned(&self) -> i64 {
        self.opening + self.received - self.sold
    }

    /// Units counted at all of its locations the morning after the last day told.
    fn counted(&self, item: ItemId, facts: &Facts, span: &Span) -> Option<i64> {
        let morning = span.through + Days::new(1);
        let of_location = |location: &LocationId| {
            facts.counts.get(&(item, *location)).filter(|(day, _)| *day == morning).map(|(_, units)| *units)
        };
        let counts: Option<Vec<i64>> = self.locations.iter().map(of_location).collect();
        counts.filter(|counts| !counts.is_empty()).map(|counts| counts.iter().sum())
    }

    pub(super) fn row(&self, item: ItemId, cost: Decimal, network: &Network, facts: &Facts, span: &Span) -> StockRow {
        let counted = self.counted(item, facts, span);
        StockRow {
            item: network.item(item).id.clone(),
            planned: self.planned(),
            actual: counted.unwrap_or_else(|| self.reckoned().max(0)),
            counted: counted.is_some(),
            unexplained: counted.map_or(0, |units| units - self.reckoned()),
            standard_cost: Amount(cost),
        }
    }
}

/// Standard cost of a unit of each item: where it is stocked first, by location.
pub(super) fn costs(network: &Network) -> Result<Vec<Decimal>, Overflow> {
    let mut costs: Vec<Option<Ratio>> = vec![None; network.items.len()];
    for (pool, cost) in network.pools.iter().zip(standard_costs(network)?) {
        costs[pool.item.index()].get_or_insert(cost);
    }
    costs.into_iter().map(|cost| round_to(cost.unwrap_or_default(), DIGITS)).collect()
}
