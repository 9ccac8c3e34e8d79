//! The rows of a few pools, as those of a project of their own.

use std::sync::Arc;

use super::{FloorRows, Rows, SendRows, Slack};
use crate::solve::echelon::EchelonRows;
use crate::solve::items::Items;

impl Rows {
    /// Those rows that begin at `firsts`, which rise, for `pools`, which are numbered anew. What only the making of programs asks for is left out.
    pub(in crate::solve) fn part(&self, firsts: &[usize], pools: &[usize], available: Vec<i64>) -> Self {
        let at = |first: usize| firsts.binary_search(&first).ok().map(|group| group * self.buckets);
        let sent = |rows: &SendRows| Some(SendRows { taken: at(rows.taken)?, sent: at(rows.sent)?, ..*rows });
        let echelon = |rows: &EchelonRows| {
            let leaf = |(leaf, lost): &(usize, SendRows)| Some((place(pools, *leaf)?, sent(lost)?));
            let leaves = rows.leaves.iter().map(leaf).collect::<Option<_>>()?;
            Some(EchelonRows { leaves, held: at(rows.held)?, last: at(rows.last)?, unit: rows.unit })
        };
        let slack = |slack: &Slack| {
            let first = at(slack.row / self.buckets * self.buckets)?;
            Some(Slack { row: first + slack.row % self.buckets, ..*slack })
        };
        let floor = |floor: &FloorRows| Some(FloorRows { first: at(floor.first)?, ..floor.clone() });
        let each = |all: &[i64]| firsts.iter().flat_map(|&first| &all[first..first + self.buckets]).copied().collect();
        let scale: Vec<i64> = each(&self.scale);
        let shared = firsts.iter().filter(|first| !self.is_own(**first)).count();
        let count = firsts.len() * self.buckets;
        Self {
            buckets: self.buckets,
            horizon: self.horizon,
            count,
            cash: self.cash.and_then(at),
            items: Arc::new(self.items.part(pools)),
            own: shared * self.buckets..count,
            priced: count,
            demand: self.demand.iter().map(|rows| rows.and_then(|(first, unit)| Some((at(first)?, unit)))).collect(),
            sends: pools.iter().map(|&pool| self.sends[pool].as_ref().and_then(sent)).collect(),
            starts: Vec::new(),
            echelons: pools.iter().map(|&pool| self.echelons[pool].as_ref().and_then(echelon)).collect(),
            pins: Vec::new(),
            floors: self.floors.iter().filter_map(floor).collect(),
            orders: Vec::new(),
            order_least: Vec::new(),
            levels: self.levels.iter().map(|level| level.and_then(at)).collect(),
            slack: self.slack.iter().filter_map(slack).collect(),
            premium: Vec::new(),
            sure: 0,
            magnitude: self.magnitude,
            money: self.money,
            minor: self.minor,
            size: available.iter().zip(&scale).map(|(amount, scale)| amount.abs().max(*scale)).collect(),
            available,
            scale,
            dearest: each(&self.dearest),
            bearings: Vec::new(),
            budgets: Vec::new(),
            supplier: Vec::new(),
            payout: self.payout.clone(),
            most_closing: Vec::new(),
        }
    }
}

/// The number that a pool has among a few.
pub(in crate::solve) fn place(pools: &[usize], pool: usize) -> Option<usize> {
    pools.iter().position(|&one| one == pool)
}

impl Items {
    /// One item of these pools.
    fn part(&self, pools: &[usize]) -> Self {
        Self {
            pools: vec![(0..pools.len()).collect()],
            of: vec![0; pools.len()],
            sends: pools.iter().map(|&pool| self.sends[pool].clone()).collect(),
            root: pools.iter().map(|&pool| self.root[pool].and_then(|root| place(pools, root))).collect(),
        }
    }
}
