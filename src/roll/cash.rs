//! Cash at the new day, and what channels still pay out for sales before it.

use std::collections::BTreeMap;

use chrono::Days;

use super::edits::quoted;
use super::{Work, not_rolled};
use crate::calendar::{Grain, Period};
use crate::model::timeline::level;
use crate::network::{Channel, Offer};
use crate::plan::Amount;
use crate::render::number::money;
use crate::series::Series;
use crate::units::{Overflow, Ratio, add, mul, ratio, round_to, whole};

/// Where cash to come is added, if no TOML file has flows of cash.
const FILE: &str = "finance/payouts.toml";

impl Work<'_> {
    pub(super) fn cash(&mut self) {
        let Some(cash) = &self.document.cash else { return };
        let Some(opening) = cash.opening.spanned() else { return };
        let Some(amount) = self.terms.opening_cash else {
            let by_plan = self.plan.cash.iter().rev().find(|row| {
                self.plan.buckets.iter().any(|bucket| bucket.label == row.bucket && bucket.end < self.as_of)
            });
            let diagnostic = not_rolled(format!("cash on {} is not told", self.as_of));
            let mut diagnostic = diagnostic.at(opening.span, "this is of the last cycle");
            if let Some(row) = by_plan {
                let reckoned = self.tracking.cash.as_ref().filter(|cash| cash.bucket == row.bucket);
                let reckoned = reckoned.map_or(String::new(), |cash| {
                    format!("; with what was sold and paid it comes to {}", money(cash.projected))
                });
                diagnostic = diagnostic.with_note(format!(
                    "by plan it was {} at the end of {}{reckoned}",
                    money(row.closing),
                    row.bucket
                ));
            }
            self.problem(diagnostic.help("say what the bank says: `sopc roll --opening-cash AMOUNT`"));
            return;
        };
        self.set(opening.span, Amount(opening.value), Amount(amount), "opening cash");
        match self.payouts() {
            Ok(payouts) => payouts.into_iter().for_each(|(channel, flows)| self.pay_out(&channel, flows)),
            Err(Overflow) => self.problem(not_rolled("numbers of actuals are too large")),
        }
    }

    /// States what a channel still pays out: in the entry that an earlier roll made, else in a new one.
    fn pay_out(&mut self, channel: &str, mut flows: BTreeMap<Period, Amount>) {
        let before = format!("payout of {channel} for sales before ");
        let name = format!("{before}{}", self.as_of);
        let document = self.document;
        let earlier = document.cash_flows.iter().find_map(|flow| {
            let name = flow.name.spanned().filter(|name| name.value.starts_with(&before))?;
            let amount = flow.amount.spanned()?;
            let Series::Table { default: None, keys } = &amount.value.series else { return None };
            keys.iter().all(|key| key.first == key.last).then_some((name.span, amount.span, keys))
        });
        // What an earlier one still expects stays.
        for key in earlier.iter().flat_map(|(_, _, keys)| keys.iter()).filter(|key| key.last.end() >= self.as_of) {
            let sum = flows.entry(key.first).or_default();
            sum.0 = sum.0.saturating_add(key.value);
        }
        let keys: Vec<String> = flows.iter().map(|(period, amount)| format!("\"{period}\" = {amount}")).collect();
        let amount = format!("{{ {} }}", keys.join(", "));
        match earlier {
            Some((name_span, amount_span, _)) => {
                self.edits.replace(name_span, quoted(&name), format!("cash still to come: {name}"));
                self.edits.replace(amount_span, amount.clone(), format!("amount {amount}"));
            }
            None => {
                let path = self.file_with(document.cash_flows.iter().map(|flow| flow.header), FILE);
                let entry = format!("[[cash-flow]]\nname = {}\namount = {amount}\n", quoted(&name));
                self.edits.add(&path, &entry, format!("cash still to come: {name}"));
            }
        }
    }

    /// By channel: what is paid out from the new day on for sales before it. Sales fall evenly on the days of their bucket.
    fn payouts(&self) -> Result<BTreeMap<String, BTreeMap<Period, Amount>>, Overflow> {
        let channels: BTreeMap<&str, &Channel> =
            self.network.channels.iter().map(|channel| (channel.id.as_str(), channel)).collect();
        let offers: BTreeMap<(&str, &str), &Offer> = self
            .network
            .offers
            .iter()
            .map(|offer| {
                let names =
                    (self.network.item(offer.item).id.as_str(), self.network.channel(offer.channel).id.as_str());
                (names, offer)
            })
            .collect();
        let mut sums: BTreeMap<(&str, Period), Ratio> = BTreeMap::new();
        for row in &self.tracking.sales {
            let Some(channel) = channels.get(row.channel.as_str()).filter(|channel| channel.payout_days > 0) else {
                continue;
            };
            let bucket = self.network.calendar.buckets.iter().find(|bucket| bucket.period.to_string() == row.bucket);
            let tracked = self.tracking.buckets.iter().find(|bucket| bucket.label == row.bucket);
            let (Some(bucket), Some(tracked)) = (bucket, tracked) else { continue };
            let source = offers.get(&(row.item.as_str(), row.channel.as_str())).and_then(|offer| offer.sources.first());
            let (rate, fee) = source.map_or((ratio(0.into()), ratio(0.into())), |source| {
                (ratio(level(&source.fee_rate, bucket)), ratio(level(&source.fulfilment_fee, bucket)))
            });
            let net = add(mul(ratio(row.revenue.0), whole(1) - rate)?, -mul(fee, whole(row.sold))?)?;
            let daily = mul(net, Ratio::new(1, tracked.elapsed.into()))?;
            let wait = Days::new(u64::try_from(channel.payout_days).unwrap_or(0));
            for day in 0..tracked.elapsed {
                let arrives = bucket.start + Days::new(u64::try_from(day).unwrap_or(0)) + wait;
                if arrives >= self.as_of {
                    let sum = sums.entry((&channel.id, self.period_of(arrives))).or_default();
                    *sum = add(*sum, daily)?;
                }
            }
        }
        let mut payouts: BTreeMap<String, BTreeMap<Period, Amount>> = BTreeMap::new();
        for ((channel, period), sum) in sums {
            let amount = round_to(sum, self.network.minor_digits)?;
            if !amount.is_zero() {
                payouts.entry(channel.to_owned()).or_default().insert(period, Amount(amount));
            }
        }
        Ok(payouts)
    }

    /// The month or week of a day, as the plan's buckets have it there.
    fn period_of(&self, day: chrono::NaiveDate) -> Period {
        let own = self.network.calendar.buckets.iter().find(|bucket| bucket.contains(day));
        let grain = own.or(self.network.calendar.buckets.last()).map_or(Grain::Month, |bucket| bucket.period.grain());
        Period::of(grain, day)
    }
}
