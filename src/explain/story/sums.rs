//! Sums over all items of a set: what promises need of a limit at least, and how much there is of it.
//!
//! Nothing is told where the sums leave room: then it is sizes or prices that contradict, and no sum shows it.

use std::collections::BTreeSet;

use num_traits::Zero;

use super::Teller;
use crate::explain::member::Member;
use crate::explain::words::{cash, count, label, number};
use crate::model::{LimitKind, Opportunity};
use crate::units::{Overflow, Ratio, add, mul, ratio, sum, whole};

/// What pools need together until some bucket.
struct Need {
    /// Pools that need anything.
    pools: Vec<usize>,
    units: i64,
    /// In the measure of the limit.
    amount: Ratio,
}

impl Teller<'_> {
    /// The sums of each limit in the set that promises alone pass, one bucket each: the one in which they pass it most.
    pub(super) fn sums(&self) -> Result<Vec<String>, Overflow> {
        let mut told = Vec::new();
        if !self.model.network.rules.is_empty() {
            // Rules stand at their limits: how much there is then is no sum of what is stated.
            return Ok(told);
        }
        for member in self.set {
            told.extend(match member {
                Member::SupplierCapacity(at) => self.of_supplier(*at)?,
                Member::Outbound(at) => self.of_outbound(*at)?,
                Member::Budget(at) => self.of_budget(*at)?,
                _ => None,
            });
        }
        Ok(told)
    }

    /// By bucket: how much there is of a limit.
    fn available(&self, wanted: impl Fn(&LimitKind, &str) -> bool) -> Option<&[Ratio]> {
        self.model.limits.iter().find(|limit| wanted(&limit.kind, &limit.of)).map(|limit| limit.available.as_slice())
    }

    /// Units that must be bought of a pool until the end of a bucket: floors that nothing else can serve, beyond what is there.
    fn lacking(&self, pool: usize, until: usize) -> i64 {
        let facts = &self.model.pools[pool];
        if !facts.transfers.is_empty() || !facts.premium.is_empty() || !facts.premium_transfers.is_empty() {
            return 0;
        }
        let alone = |way: &&usize| self.model.ways_of(self.model.ways[**way].offer).count() == 1;
        let held =
            |way: &usize| -> i64 { self.model.offers[self.model.ways[*way].offer].floors.held[..=until].iter().sum() };
        let promised: i64 = facts.ways.iter().filter(alone).map(held).sum();
        let there: i64 = facts.open_receipts[..=until].iter().chain(&facts.open_transfers[..=until]).sum();
        promised - there - self.model.network.pools[pool].on_hand
    }

    /// What pools need until a bucket, each unit counting for what `unit` says; pools of which it says nothing do not count.
    fn need(&self, until: usize, unit: impl Fn(usize) -> Result<Option<Ratio>, Overflow>) -> Result<Need, Overflow> {
        let mut need = Need { pools: Vec::new(), units: 0, amount: Ratio::zero() };
        for pool in 0..self.model.pools.len() {
            let lacks = self.lacking(pool, until);
            if lacks <= 0 {
                continue;
            }
            if let Some(unit) = unit(pool)? {
                need.pools.push(pool);
                need.units += lacks;
                need.amount = add(need.amount, mul(unit, whole(lacks))?)?;
            }
        }
        Ok(need)
    }

    /// What lanes of a pool can bring until the end of a bucket.
    fn brings(&self, pool: usize, until: usize) -> impl Iterator<Item = (usize, &Opportunity)> {
        let lanes = self.model.pools[pool].lanes.iter();
        lanes.flat_map(move |&lane| self.model.lanes[lane][..=until].iter().flatten().map(move |one| (lane, one)))
    }

    /// Items of pools, counted.
    fn items_of(&self, pools: &[usize]) -> usize {
        pools.iter().map(|&pool| self.model.network.pools[pool].item).collect::<BTreeSet<_>>().len()
    }

    fn of_supplier(&self, at: usize) -> Result<Option<String>, Overflow> {
        let network = self.model.network;
        let own = |lane: usize| network.lanes[lane].supplier.index() == at;
        let wanted = |kind: &LimitKind, _: &str| matches!(kind, LimitKind::Supplier(id) if id.index() == at);
        let Some(available) = self.available(wanted) else { return Ok(None) };
        let mut worst: Option<(Ratio, String)> = None;
        for until in 0..self.model.horizon {
            let unit = |pool: usize| {
                let lanes = &self.model.pools[pool].lanes;
                let uses = lanes.iter().map(|&lane| ratio(network.lanes[lane].capacity_use)).min();
                Ok(uses.filter(|_| lanes.iter().all(|&lane| own(lane))))
            };
            let need = self.need(until, unit)?;
            let released: BTreeSet<usize> = (0..self.model.pools.len())
                .flat_map(|pool| self.brings(pool, until))
                .filter(|(lane, _)| own(*lane))
                .map(|(_, one)| one.release_bucket)
                .collect();
            let there = sum(released.iter().filter_map(|&bucket| available.get(bucket)).copied())?;
            let over = add(need.amount, -there)?;
            if over > worst.as_ref().map_or(Ratio::zero(), |(over, _)| *over) {
                let when = match (released.first(), released.last()) {
                    (Some(first), Some(last)) if first == last => format!("in {}", label(self.model, *first)),
                    (Some(first), Some(last)) => {
                        format!("from {} to {}", label(self.model, *first), label(self.model, *last))
                    }
                    _ => "in no bucket".to_owned(),
                };
                let text = format!(
                    "beyond what is there, floors until {} need {} of {}, which take {} of `{}`; what is released for them {when} takes \
                     {} at most",
                    label(self.model, until),
                    count(need.units),
                    items(self.items_of(&need.pools)),
                    number(need.amount),
                    network.suppliers[at].id,
                    number(there)
                );
                worst = Some((over, text));
            }
        }
        Ok(worst.map(|(_, text)| text))
    }

    fn of_budget(&self, at: usize) -> Result<Option<String>, Overflow> {
        let budget = &self.stated.budgets[at];
        let wanted = |kind: &LimitKind, of: &str| matches!(kind, LimitKind::Budget { .. }) && of == budget.name;
        let Some(available) = self.available(wanted) else { return Ok(None) };
        let covered: BTreeSet<usize> = budget.lanes.iter().map(|lane| lane.index()).collect();
        let mut worst: Option<(Ratio, String)> = None;
        for until in 0..self.model.horizon {
            let unit = |pool: usize| {
                if self.model.pools[pool].lanes.iter().any(|lane| !covered.contains(lane)) {
                    return Ok(None);
                }
                let costs: Vec<Ratio> =
                    self.brings(pool, until).map(|(_, one)| one.terms.cheapest_unit()).collect::<Result<_, _>>()?;
                Ok(costs.into_iter().min())
            };
            let need = self.need(until, unit)?;
            let there = sum(available[..=until].iter().copied())?;
            let over = add(need.amount, -there)?;
            if over > worst.as_ref().map_or(Ratio::zero(), |(over, _)| *over) {
                let network = self.model.network;
                let text = format!(
                    "beyond what is there, floors until {} need {} of {}, which land for {} at least; the budget until then comes to {}",
                    label(self.model, until),
                    count(need.units),
                    items(self.items_of(&need.pools)),
                    cash(network, need.amount),
                    cash(network, there)
                );
                worst = Some((over, text));
            }
        }
        Ok(worst.map(|(_, text)| text))
    }

    fn of_outbound(&self, at: usize) -> Result<Option<String>, Overflow> {
        let network = self.model.network;
        let wanted = |kind: &LimitKind, _: &str| matches!(kind, LimitKind::Outbound(id) if id.index() == at);
        let Some(available) = self.available(wanted) else { return Ok(None) };
        let mut worst: Option<(Ratio, String)> = None;
        for (bucket, there) in available.iter().enumerate() {
            let mut held = 0_i64;
            let mut pools = Vec::new();
            for (index, offer) in self.model.offers.iter().enumerate() {
                let mut ways = self.model.ways_of(index);
                let (Some((_, way)), None) = (ways.next(), ways.next()) else { continue };
                let here = network.pools[way.pool.index()].location.index() == at;
                if here && offer.floors.held[bucket] > 0 {
                    held += offer.floors.held[bucket];
                    pools.push(way.pool.index());
                }
            }
            let over = add(whole(held), -*there)?;
            if over > worst.as_ref().map_or(Ratio::zero(), |(over, _)| *over) {
                let text = format!(
                    "floors ask for {} of {} out of `{}` in {}, where {} may leave",
                    count(held),
                    items(self.items_of(&pools)),
                    network.locations[at].id,
                    label(self.model, bucket),
                    number(*there)
                );
                worst = Some((over, text));
            }
        }
        Ok(worst.map(|(_, text)| text))
    }
}

fn items(number: usize) -> String {
    format!("{number} {}", if number == 1 { "item" } else { "items" })
}
