//! What a source can send to the other locations of its item, where it cannot send what it is asked for.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::program::{Decision, Program, Slot};
use crate::network::Route;

/// What pools may count on, as far as that is known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Grants {
    /// By row of what is taken or held: units that a source gives.
    pub(super) rows: BTreeMap<usize, i64>,
    /// By pool and option: the largest line.
    pub(super) lines: BTreeMap<(usize, usize), i64>,
}

impl Grants {
    /// True where nothing is known.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.lines.is_empty()
    }
}

impl Draft<'_> {
    /// Enters what a source can give by a decision.
    pub(super) fn grant(&self, pool: usize, decision: &Decision, grants: &mut Grants) {
        let (program, rows) = (&self.programs[pool], self.rows);
        for (index, units) in decision.sales.iter().enumerate() {
            let (bucket, slot) = (index / program.slots.len(), program.slots[index % program.slots.len()]);
            let taken = match slot {
                Slot::Sent => rows.sends[pool].map(|send| send.taken),
                Slot::Taken(leaf) => rows.lost_by(leaf).map(|lost| lost.taken),
                Slot::Sale(..) => None,
            };
            if let Some(taken) = taken {
                grants.rows.insert(taken + bucket, *units);
            }
        }
        if let Some(echelon) = &rows.echelons[pool] {
            for (bucket, units) in program.closing(decision).iter().enumerate() {
                let row = echelon.held + bucket;
                grants.rows.insert(row, units + rows.available[row] / echelon.unit);
            }
        }
    }

    /// Holds lines that leave a source to what lies there, the earliest first, while it buys and sells as it decided; what it does is
    /// possible then.
    pub(super) fn curtailed(&self, source: usize, decision: &Decision, asked: &[(usize, Decision)]) -> Grants {
        let program = &self.programs[source];
        let mut left = self.lies(source, decision);
        let mut lines: Vec<(usize, usize, usize, i64)> = Vec::new();
        for (pool, asked) in asked {
            for (index, option) in self.programs[*pool].options.iter().enumerate() {
                let Route::Transfer(lane) = option.lane else { continue };
                if self.rows.items.sends[source].contains(&lane.index()) {
                    lines.push((option.release_bucket, *pool, index, asked.lines[index]));
                }
            }
        }
        lines.sort_unstable();
        let mut grants = Grants::default();
        for (release, pool, index, units) in lines {
            let option = &self.programs[pool].options[index];
            let there = left[release.min(program.buckets() - 1)..].iter().copied().min().unwrap_or(0);
            let units = units.min(there.max(0)) / option.multiple * option.multiple;
            let units = if units < option.smallest { 0 } else { units };
            left.iter_mut().skip(release).for_each(|left| *left -= units);
            grants.lines.insert((pool, index), units);
        }
        grants
    }

    /// What lies in a source at the end of each bucket if nothing more is sent.
    fn lies(&self, source: usize, decision: &Decision) -> Vec<i64> {
        let (program, mut away) = (&self.programs[source], 0);
        if self.rows.echelons[source].is_some() {
            let leaves = self.rows.items.leaves(source);
            let of_leaf = |leaf: &Program| leaf.on_hand + leaf.receipts.iter().sum::<i64>();
            away = leaves.iter().map(|&leaf| of_leaf(&self.programs[leaf])).sum();
        }
        let mut sent = 0;
        let at = |(bucket, closing): (usize, i64)| {
            let leaves = program
                .sales_of(bucket)
                .filter(|index| matches!(program.slots[index % program.slots.len()], Slot::Sent | Slot::Taken(_)));
            sent += leaves.map(|index| decision.sales[index]).sum::<i64>();
            closing + sent - away
        };
        program.closing(decision).into_iter().enumerate().map(at).collect()
    }
}
