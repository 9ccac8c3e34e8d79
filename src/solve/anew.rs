//! One item solved anew within what the others leave: pool by pool, what is sent for before what sends.
//!
//! A pool that others send to takes what it wants at the prices of what is sent; whoever sends then has to. Where that cannot be, the
//! source tells what it can send, and all are solved again with no more than that.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::dynamic::{Caps, Workspace};
use super::effect::Choice;
use super::program::{Decision, Program, Slot};
use super::reduced::Prices;
use super::room::{Room, Scope};
use super::split::Mean;

/// How an item is solved anew.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner<'m> {
    /// Near what it does now, and with no more than the others leave beyond that.
    Improve,
    /// With what the others leave.
    Yield,
    /// As if it were alone.
    Want,
    /// Near a mean, which stands in its place, with what the others leave if possible.
    Follow(&'m [Mean]),
}

/// Times that sources tell what they can send.
const ROUNDS: usize = 3;
/// A line that is placed in a smaller part of a mean is left out beside it.
const HARDLY: f64 = 0.3;
/// How near a mean is followed, in parts of the largest stock, and whether room is kept to.
const FOLLOWED: [(i64, bool); 4] = [(60, true), (12, true), (1, true), (1, false)];
/// Levels on either side within which nothing is gained by looking at less.
const NARROW: i64 = 60;

/// Keeps a program near a decision: within two of its smallest lines, and a part of its largest stock.
fn corridor(program: &Program, decision: &Decision, caps: &mut Caps) {
    let smallest = program.options.iter().map(|option| option.smallest + option.multiple).max().unwrap_or(0);
    let reach = smallest.saturating_mul(2).saturating_add(program.peak() / 16).max(NARROW);
    for (bound, at) in caps.closing.iter_mut().zip(program.closing(decision)) {
        *bound = ((at - reach).clamp(0, bound.1), (at + reach).min(bound.1));
    }
}

impl Draft<'_> {
    /// What the pools of an item do anew, in the order in which they are solved; none where no decision is found.
    pub(super) fn anew(
        &self,
        workspace: &mut Workspace,
        item: usize,
        prices: &Prices,
        manner: Manner<'_>,
    ) -> Option<Vec<(usize, Choice)>> {
        let mut granted = BTreeMap::new();
        for _ in 0..ROUNDS {
            let before = granted.clone();
            if let Some(found) = self.round(workspace, item, prices, manner, &mut granted) {
                return Some(found);
            }
            if granted == before {
                break;
            }
        }
        None
    }

    /// The same once; where a source cannot send what it is asked for, it is entered what it can.
    fn round(
        &self,
        workspace: &mut Workspace,
        item: usize,
        prices: &Prices,
        manner: Manner<'_>,
        granted: &mut BTreeMap<usize, i64>,
    ) -> Option<Vec<(usize, Choice)>> {
        let pools = &self.rows.items.pools[item];
        let known = granted.clone();
        let mut room = Room::new(self, pools, &known);
        let mut found = Vec::with_capacity(pools.len());
        for &pool in pools {
            room.leave(pool);
            let program = &self.programs[pool];
            let Some(decision) = self.decide(workspace, &room, pool, prices, (manner, false)) else {
                let decision = self.decide(workspace, &room, pool, prices, (manner, true))?;
                self.grant(pool, &decision, granted);
                return None;
            };
            let choice = Choice::of(program, self.rows, decision);
            room.enter(pool, &choice.effect);
            found.push((pool, choice));
        }
        Some(found)
    }

    /// Enters what a source can give by a decision.
    fn grant(&self, pool: usize, decision: &Decision, granted: &mut BTreeMap<usize, i64>) {
        let (program, rows) = (&self.programs[pool], self.rows);
        let closing = program.closing(decision);
        for (index, units) in decision.sales.iter().enumerate() {
            let (bucket, slot) = (index / program.slots.len(), program.slots[index % program.slots.len()]);
            let taken = match slot {
                Slot::Sent => rows.sends[pool].map(|send| send.taken),
                Slot::Taken(leaf) => rows.lost_by(leaf).map(|lost| lost.taken),
                Slot::Sale(..) => None,
            };
            if let Some(taken) = taken {
                granted.insert(taken + bucket, *units);
            }
        }
        if let Some(echelon) = &rows.echelons[pool] {
            for (bucket, units) in closing.iter().enumerate() {
                let row = echelon.held + bucket;
                granted.insert(row, units + rows.available[row] / echelon.unit);
            }
        }
    }

    /// What a pool does in the room there is; with `less` it may send less than it is asked for.
    fn decide(
        &self,
        workspace: &mut Workspace,
        room: &Room<'_, '_>,
        pool: usize,
        prices: &Prices,
        (manner, less): (Manner<'_>, bool),
    ) -> Option<Decision> {
        let (program, choice) = (&self.programs[pool], &self.choices[pool]);
        workspace.reduced.set(program, prices);
        let mut within = |near: &dyn Fn(&mut Caps), now: Option<&Choice>, scope: Scope| {
            workspace.caps.free(program);
            near(&mut workspace.caps);
            room.bound(pool, now, scope, &mut workspace.caps);
            if less {
                room.send_less(pool, &mut workspace.caps);
            }
            let mut decision = Decision::default();
            workspace.solve(program, &mut decision)?;
            if room.trim(pool, &decision, &workspace.reduced.worth, &mut workspace.caps) {
                workspace.solve(program, &mut decision)?;
            }
            Some(decision)
        };
        match manner {
            Manner::Improve => within(&|caps| corridor(program, &choice.decision, caps), Some(choice), Scope::All),
            Manner::Yield => within(&|_| {}, None, Scope::All),
            Manner::Want => within(&|_| {}, None, Scope::Own),
            Manner::Follow(means) => {
                let path = program.closing(&choice.decision);
                let near = |part: i64, caps: &mut Caps| follow(program, &path, &means[pool], part, caps);
                let kept = |&(part, strict): &(i64, bool)| {
                    within(&|caps| near(part, caps), Some(choice).filter(|_| !strict), Scope::All)
                };
                // A mean is no decision and must not stay. Promises may ask for one that has no room here.
                FOLLOWED.iter().find_map(kept).or_else(|| within(&|_| {}, None, Scope::Own))
            }
        }
    }
}

/// Keeps a program near a path of closing stock.
fn follow(program: &Program, path: &[i64], mean: &Mean, part: i64, caps: &mut Caps) {
    let most = program.options.iter().map(|option| option.multiple).max().unwrap_or(1);
    let reach = most.saturating_add(program.peak() / part);
    for (bound, at) in caps.closing.iter_mut().zip(path) {
        *bound = ((at - reach).clamp(0, bound.1), (at + reach).clamp(0, bound.1));
    }
    for (cap, placed) in caps.line.iter_mut().zip(&mean.placed) {
        if *placed < HARDLY && part > 1 {
            *cap = 0;
        }
    }
}
