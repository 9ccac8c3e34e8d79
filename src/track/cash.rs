//! Cash at the end of the last bucket looked at: what the plan has, and what differs by then.
//!
//! Sales that differ bring more or less as far as they are paid out by then; of a bucket that is running, as it is projected to end. Where
//! payments are told, what was paid beyond what is due by then is gone, and what is due and not paid yet is paid by then.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use rust_decimal::Decimal;

use super::actuals::Facts;
use super::file::{CashEnd, Projection, SalesRow};
use super::payments::by_supplier;
use super::planned::{Names, Rows, Span};
use super::supply::Matched;
use crate::calendar::Bucket;
use crate::model::timeline::level;
use crate::network::{ChannelId, ItemId, Network, Offer};
use crate::plan::{Amount, Plan};
use crate::units::{Overflow, Ratio, add, mul, ratio, round_to, whole};

/// What cash is found in.
pub(super) struct Looked<'t> {
    pub(super) network: &'t Network,
    pub(super) plan: &'t Plan,
    pub(super) planned: &'t Rows,
    pub(super) sales: &'t [SalesRow],
    pub(super) projection: Option<&'t Projection>,
    pub(super) matched: &'t Matched<'t, 't>,
    pub(super) facts: &'t Facts,
    /// False where no payment is told: purchases are paid as planned.
    pub(super) payments_told: bool,
    pub(super) names: &'t Names<'t>,
    pub(super) span: &'t Span,
}

/// Units and what they bring at their prices.
type Sold = (Ratio, Ratio);

impl Looked<'_> {
    /// Cash at the end of the last bucket; absent where none is planned.
    pub(super) fn end(&self) -> Result<Option<CashEnd>, Overflow> {
        let Some(last) = self.span.buckets.last() else { return Ok(None) };
        let label = last.period.to_string();
        let Some(row) = self.plan.cash.iter().find(|row| row.bucket == label) else { return Ok(None) };
        let by_sales = round_to(self.by_sales(last.end)?, self.network.minor_digits)?;
        let by_purchases = if self.payments_told { self.by_purchases(last.end)? } else { Decimal::ZERO };
        let projected = row.closing.0.checked_add(by_sales).and_then(|sum| sum.checked_add(by_purchases));
        Ok(Some(CashEnd {
            bucket: label,
            planned: row.closing,
            by_sales: Amount(by_sales),
            by_purchases: Amount(by_purchases),
            projected: Amount(projected.ok_or(Overflow)?),
            minimum: row.minimum,
        }))
    }

    /// What sales bring by a day beyond plan.
    fn by_sales(&self, end: NaiveDate) -> Result<Ratio, Overflow> {
        let mut actual: BTreeMap<(ItemId, ChannelId, usize), Sold> = BTreeMap::new();
        let labels: BTreeMap<String, usize> =
            self.span.buckets.iter().enumerate().map(|(at, bucket)| (bucket.period.to_string(), at)).collect();
        let goes_on = self.goes_on();
        for row in self.sales {
            let ids = self.names.items.get(row.item.as_str()).zip(self.names.channels.get(row.channel.as_str()));
            let (Some((item, channel)), Some(bucket)) = (ids, labels.get(&row.bucket)) else { continue };
            let times = match self.span.running() {
                Some(running) if running == *bucket => goes_on.get(row.item.as_str()).copied().unwrap_or(whole(1)),
                _ => whole(1),
            };
            actual
                .insert((*item, *channel, *bucket), (mul(whole(row.sold), times)?, mul(ratio(row.revenue.0), times)?));
        }
        let offers: BTreeMap<(ItemId, ChannelId), &Offer> =
            self.network.offers.iter().map(|offer| ((offer.item, offer.channel), offer)).collect();
        let keys: BTreeSet<_> = actual.keys().chain(self.planned.keys()).copied().collect();
        let mut sum = whole(0);
        for key in keys {
            let (item, channel, bucket) = key;
            let planned = self.planned.get(&key).copied().unwrap_or_default();
            let planned = (whole(planned.units), mul(whole(planned.units), ratio(planned.price))?);
            let (units, revenue) = actual.get(&key).copied().unwrap_or_default();
            let bucket = &self.span.buckets[bucket];
            let source = offers.get(&(item, channel)).and_then(|offer| offer.sources.first());
            let (rate, fee) = source.map_or((whole(0), whole(0)), |source| {
                (ratio(level(&source.fee_rate, bucket)), ratio(level(&source.fulfilment_fee, bucket)))
            });
            let more = add(mul(add(revenue, -planned.1)?, whole(1) - rate)?, -mul(fee, add(units, -planned.0)?)?)?;
            sum = add(sum, mul(more, paid_out(bucket, self.network.channel(channel).payout_days, end))?)?;
        }
        Ok(sum)
    }

    /// How many times what was sold so far the running bucket sells, by item.
    fn goes_on(&self) -> BTreeMap<&str, Ratio> {
        let items = self.projection.iter().flat_map(|projection| &projection.items).filter(|item| item.sold > 0);
        items.map(|item| (item.item.as_str(), Ratio::new(item.projected.into(), item.sold.into()))).collect()
    }

    /// What purchases leave by a day beyond plan: below 0 where more is paid.
    fn by_purchases(&self, end: NaiveDate) -> Result<Decimal, Overflow> {
        let sums = by_supplier(self.matched, self.facts, self.network, end)?;
        sums.values().try_fold(Decimal::ZERO, |left, sum| {
            let beyond = sum.paid.checked_sub(sum.due).ok_or(Overflow)?.max(Decimal::ZERO);
            left.checked_sub(beyond).ok_or(Overflow)
        })
    }
}

/// The part of a bucket's sales that a channel has paid out by a day.
fn paid_out(bucket: &Bucket, payout_days: i64, end: NaiveDate) -> Ratio {
    let wait = Days::new(u64::try_from(payout_days).unwrap_or(0));
    let days = bucket.start.iter_days().take_while(|day| *day <= bucket.end);
    let paid = days.filter(|day| day.checked_add_days(wait).is_some_and(|paid| paid <= end)).count();
    Ratio::new(i128::try_from(paid).unwrap_or(0), bucket.days().into())
}
