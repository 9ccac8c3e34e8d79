//! Items that one location feeds to others, by echelons: the root's program is about all there is of the item, wherever it lies.
//!
//! With stock of the whole echelon in the root's program, purchases are held against all demand, and a price on what moves between locations has
//! nothing to say about when to buy (Clark and Scarf 1960). What lies in the root is the difference between the echelon's stock and what the leaves
//! have or is on its way there. That it is not negative is a row, and so is that the echelon loses what leaves sell; costs of the root's stock are
//! those of the echelon less those of the leaves.

use super::fixed::{down, up};
use super::program::{Draw, Program, Slot};
use super::rows::{Rows, SendRows, Slack};
use super::sizes::Sizes;
use crate::model::Model;
use crate::network::PoolId;
use crate::units::{Overflow, add};

/// Rows of an echelon.
#[derive(Debug, Clone)]
pub(super) struct EchelonRows {
    /// By leaf: that the echelon loses what it sells, and no more.
    pub(super) leaves: Vec<(usize, SendRows)>,
    /// First row of: what leaves have, or is on its way there, is no more than there is.
    pub(super) held: usize,
    /// First row of the last stock's cover, which counts in the last bucket.
    pub(super) last: usize,
    /// What a unit counts for.
    pub(super) unit: i64,
}

impl Rows {
    /// Rows of the echelon of a root.
    pub(super) fn push_echelon(&mut self, model: &Model<'_>, sizes: &Sizes, root: usize) -> Result<(), Overflow> {
        let most = sizes.most[root];
        let unit = self.unit_of(most);
        let mut leaves = Vec::new();
        for leaf in self.items.leaves(root) {
            let mut push = || {
                let first = self.push(vec![0; self.buckets], unit);
                self.limit_prices(first, most.saturating_mul(unit));
                first
            };
            let (taken, sent) = (push(), push());
            leaves.push((leaf, SendRows { taken, sent, unit }));
            // A unit is worth about what it costs.
            let cost = self.price_of(model.pools[root].standard_cost, unit)?;
            self.starts.push((taken, cost));
        }
        // What is under way at as-of is the echelon's, and at no location.
        let under_way = model.pools[root].under_way.iter();
        let held = self.push(under_way.map(|units| -units * unit).collect(), unit);
        // What leaves have is held in every bucket anew.
        let buckets = i64::try_from(self.buckets).unwrap_or(i64::MAX);
        self.limit_prices(held, most.saturating_mul(unit).saturating_mul(buckets));
        let pool = &model.pools[root];
        let last = self.push(Vec::new(), unit);
        let row = last + self.buckets - 1;
        self.available[row] = pool.end_cover.saturating_mul(unit);
        let lost = add(pool.worth_within, -pool.worth_beyond)?;
        let cost = self.price_of(lost, unit)?;
        let most = most.saturating_mul(unit);
        self.slack.push(Slack { row, most, of: None, unit: 0, cost });
        self.limit_prices(last, most);
        self.echelons[root] = Some(EchelonRows { leaves, held, last, unit });
        Ok(())
    }

    /// The rows of the echelon that a pool belongs to.
    pub(super) fn echelon_of(&self, pool: usize) -> Option<&EchelonRows> {
        self.echelons[self.items.root[pool]?].as_ref()
    }

    /// The rows by which a leaf's sales are the echelon's.
    pub(super) fn lost_by(&self, leaf: usize) -> Option<SendRows> {
        let echelon = self.echelon_of(leaf)?;
        echelon.leaves.iter().find(|(pool, _)| *pool == leaf).map(|(_, rows)| *rows)
    }
}

impl Program {
    /// Makes the program of a root that of its echelon, and that of a leaf a part of one.
    pub(super) fn by_echelon(&mut self, model: &Model<'_>, rows: &Rows) -> Result<(), Overflow> {
        let Some(root) = rows.items.root[self.pool] else { return Ok(()) };
        let Some(echelon) = rows.echelon_of(root) else { return Ok(()) };
        let bearing = &rows.bearings[root];
        let facts = &model.pools[root];
        let holding = facts.holding.iter().map(|&cost| down(cost, rows.money)).collect::<Result<Vec<_>, _>>()?;
        let (held, last) = (self.group(echelon.held), self.group(echelon.last));
        if root == self.pool {
            let pools = std::iter::once(root).chain(rows.items.leaves(root));
            self.on_hand = pools.map(|pool| model.network.pool(PoolId::from(pool)).on_hand).sum();
            let open = model.network.open_transfers.iter().filter(|open| open.source.index() == root);
            self.on_hand += open.map(|open| open.units).sum::<i64>();
            self.receipts.clone_from(&facts.open_receipts);
            self.worth_beyond = self.worth_within;
            // What is under way from the beginning on is in the echelon's stock, and in what is sure.
            for (units, cost) in facts.under_way.iter().zip(&holding) {
                self.shortage -= cost.checked_mul(*units).ok_or(Overflow)?;
            }
            self.most.iter_mut().zip(&facts.under_way).for_each(|(most, units)| *most += units);
            let peak = std::mem::take(&mut self.uses.available);
            let outbound = std::mem::take(&mut self.uses.outbound);
            self.uses.closing.extend(peak.iter().copied());
            let sold: Vec<usize> = (0..self.sales.len()).filter(|sale| self.is_sale(*sale)).collect();
            for &(group, unit) in peak.iter().chain(&outbound) {
                let draw = |&sale: &usize| Draw { group, bucket: sale / self.slots.len(), sale, unit };
                self.draws.extend(sold.iter().map(draw));
            }
            self.draws.sort_by_key(|draw| (draw.group, draw.bucket, draw.sale));
            self.uses.closing.extend([(held, -echelon.unit), (last, echelon.unit)]);
            return Ok(());
        }
        let uses = bearing.closing.iter().chain(&bearing.available).map(|&(first, unit)| (self.group(first), -unit));
        let uses: Vec<_> = uses.collect();
        self.uses.closing.extend(uses);
        self.uses.closing.extend([(held, echelon.unit), (last, -echelon.unit)]);
        self.holding.iter_mut().zip(&holding).for_each(|(own, root)| *own -= root);
        let worth = up(facts.worth_within, rows.money)?;
        self.worth_within -= worth;
        self.worth_beyond -= worth;
        Ok(())
    }

    /// True for what is sold by a way of the pool's own.
    fn is_sale(&self, sale: usize) -> bool {
        matches!(self.slots[sale % self.slots.len()], Slot::Sale(..))
    }
}
