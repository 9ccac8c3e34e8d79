//! What promises take of a limit at least, and how much there is of it, as sums over all items.
//!
//! Where a sum passes its limit there is no plan, whatever else is decided, and the sum is its own proof: a person can add it up. Sums know of stock,
//! clocks, sizes of lines and costs of units, item by item; they do not know of what one limit makes of another. Whatever a rule lets go of is not
//! asked for in them.

mod cash;
mod limits;
mod needs;

use std::collections::BTreeSet;

use num_traits::Zero;

use super::words::{count, items, label, listed};
use crate::model::Model;
use crate::model::given::nothing_ordered;
use crate::model::ledger::Ledger;
use crate::model::{LimitKind, moves};
use crate::solve::Violation;
use crate::units::{Overflow, Ratio, add, mul, whole};

use needs::{Needs, Share};

/// A limit that promises pass, in the first bucket in which they do.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    /// By how much at least, and where it is stated.
    pub(super) miss: Violation,
    /// That in a few words.
    pub(super) short: String,
    /// The sum in words.
    pub(super) text: String,
    /// The item with the largest part in it.
    pub(super) largest: Option<usize>,
}

/// Every limit whose sum is passed, the shared limits in their order, cash last. Empty where rules could move something: then sums would have to be of
/// all moves.
pub(super) fn passed(model: &Model<'_>) -> Result<Vec<Sum>, Overflow> {
    if !moves::all(model.network).is_empty() || model.limits.is_empty() && model.cash.is_none() {
        return Ok(Vec::new());
    }
    let facts = Ledger::new(model, &nothing_ordered(model))?;
    let sums = Sums { model, needs: Needs::new(model), facts };
    let mut found = Vec::new();
    for at in 0..model.limits.len() {
        found.extend(sums.of_limit(at)?);
    }
    found.extend(sums.of_cash()?);
    Ok(found)
}

/// How much more of a limit each bucket has to have at least, if all get the same; by its kind and name.
pub(super) fn lacking(model: &Model<'_>, kind: &str, of: &str) -> Result<Option<Ratio>, Overflow> {
    let facts = Ledger::new(model, &nothing_ordered(model))?;
    let sums = Sums { model, needs: Needs::new(model), facts };
    match model.limits.iter().position(|limit| limit.kind.name() == kind && limit.of == of) {
        Some(at) => sums.lacking_of(at),
        None => sums.lacking_cash(),
    }
}

/// The sums of one model.
struct Sums<'m, 'n> {
    model: &'m Model<'n>,
    needs: Needs,
    /// What facts come to where nothing is ordered.
    facts: Ledger<'m>,
}

/// A sum that passes its limit: where, by how much, and what it is made of.
struct Passed {
    bucket: usize,
    over: Ratio,
    need: Need,
    there: Ratio,
    /// Buckets that count, where it is a sum over several.
    over_buckets: BTreeSet<usize>,
}

/// What pools need together.
#[derive(Default)]
struct Need {
    /// Each with its units.
    pools: Vec<(usize, i64)>,
    units: i64,
    /// In the measure of the limit.
    amount: Ratio,
}

/// Most items whose part in a sum is told.
const LARGEST: usize = 3;

impl Sums<'_, '_> {
    /// `2026-04`
    fn label(&self, bucket: usize) -> String {
        label(self.model, bucket)
    }

    /// `floors`, `hard covers`, or both.
    fn promises(&self) -> &'static str {
        let network = self.model.network;
        match (network.services.is_empty(), network.covers.iter().any(|cover| cover.hard)) {
            (false, true) => "floors and hard covers",
            (true, true) => "hard covers",
            _ => "floors",
        }
    }

    /// `9,000 units of 500 items`; of more than a few, which are the largest.
    fn told(&self, need: &Need) -> String {
        let network = self.model.network;
        let mut by_item: Vec<(usize, i64)> = Vec::new();
        for &(pool, units) in &need.pools {
            let item = network.pools[pool].item.index();
            match by_item.iter_mut().find(|(known, _)| *known == item) {
                Some((_, sum)) => *sum += units,
                None => by_item.push((item, units)),
            }
        }
        if let [(item, units)] = by_item.as_slice() {
            return format!("{} of `{}`", count(*units), network.items[*item].id);
        }
        by_item.sort_by_key(|(item, units)| (std::cmp::Reverse(*units), *item));
        let largest =
            by_item.iter().take(LARGEST).map(|(item, units)| format!("{units} of `{}`", network.items[*item].id));
        let largest: Vec<String> = largest.collect();
        let rest = by_item.len() - largest.len();
        let parts =
            if rest == 0 { listed(&largest) } else { format!("{}, the rest of {rest} more", largest.join(", ")) };
        format!("{} of {} ({parts})", count(need.units), items(by_item.len()))
    }

    /// The item that needs most.
    fn largest(&self, need: &Need) -> Option<usize> {
        let largest = need.pools.iter().max_by_key(|(pool, units)| (*units, std::cmp::Reverse(*pool)));
        largest.map(|(pool, _)| self.model.network.pools[*pool].item.index())
    }

    /// How much there is of a limit in a bucket for what is decided: with what is given and what rules allow, less what facts use.
    fn room(&self, limit: usize, bucket: usize) -> Result<Ratio, Overflow> {
        add(self.most(limit, bucket)?, -self.facts.used[limit][bucket])
    }

    /// The same, what facts use included.
    fn most(&self, limit: usize, bucket: usize) -> Result<Ratio, Overflow> {
        let model = self.model;
        let stated = model.limits[limit].available[bucket];
        let mut most = add(stated, model.given.limit(limit, bucket))?;
        for &rule in &model.relief.limits[limit] {
            most = add(most, crate::model::relief::amount(&model.network.rules[rule], stated)?)?;
        }
        Ok(most)
    }

    /// What pools need, each by the units of `share` and for what `unit` says; those of which it says nothing do not count.
    fn need(
        &self,
        share: Share,
        bucket: usize,
        unit: impl Fn(usize) -> Result<Option<Ratio>, Overflow>,
    ) -> Result<Need, Overflow> {
        let mut need = Need::default();
        for pool in 0..self.model.pools.len() {
            let units = self.needs.of(pool, share, bucket);
            if units <= 0 {
                continue;
            }
            if let Some(unit) = unit(pool)? {
                need.pools.push((pool, units));
                need.units += units;
                need.amount = add(need.amount, mul(unit, whole(units))?)?;
            }
        }
        Ok(need)
    }

    fn sum(&self, limit: usize, passed: &Passed, short: String, text: String) -> Sum {
        let limit = &self.model.limits[limit];
        let miss = Violation {
            kind: limit.kind.name(),
            of: limit.of.clone(),
            bucket: passed.bucket,
            amount: passed.over,
            origin: limit.origin.clone(),
            proven: true,
        };
        Sum { miss, short, text, largest: self.largest(&passed.need) }
    }

    /// How much more of a limit each bucket has to have at least.
    fn lacking_of(&self, at: usize) -> Result<Option<Ratio>, Overflow> {
        let mut most = Ratio::zero();
        for bucket in 0..self.model.horizon {
            let passed = self.in_bucket(at, bucket)?;
            let buckets = i128::try_from(passed.over_buckets.len().max(1)).map_err(|_| Overflow)?;
            most = most.max(mul(passed.over, Ratio::new(1, buckets))?);
        }
        Ok((most > Ratio::zero()).then_some(most))
    }

    /// The sum of a limit until or in a bucket.
    fn in_bucket(&self, at: usize, bucket: usize) -> Result<Passed, Overflow> {
        match &self.model.limits[at].kind {
            LimitKind::Supplier(supplier) => self.supplier(at, supplier.index(), bucket),
            LimitKind::Budget { lanes, .. } => self.budget(at, lanes, bucket),
            LimitKind::Inbound(location) => self.inbound(at, *location, bucket),
            LimitKind::Outbound(location) => self.outbound(at, *location, bucket),
            LimitKind::StoragePeak(location) => self.storage(at, *location, Share::Before, bucket),
            LimitKind::StorageClosing(location) => self.storage(at, *location, Share::Closing, bucket),
            LimitKind::InventoryValue(pools) => self.value(at, pools, bucket),
        }
    }

    fn of_limit(&self, at: usize) -> Result<Option<Sum>, Overflow> {
        for bucket in 0..self.model.horizon {
            let passed = self.in_bucket(at, bucket)?;
            if passed.over > Ratio::zero() {
                let (short, text) = self.told_of(at, &passed);
                return Ok(Some(self.sum(at, &passed, short, text)));
            }
        }
        Ok(None)
    }
}
