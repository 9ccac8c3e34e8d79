//! One item solved anew within what the others leave: pool by pool, what is sent for before what sends.
//!
//! A pool that others send to takes what it wants at the prices of what is sent; whoever sends then has to. Where that cannot be, the
//! source tells what it can send, and all are solved again with no more than that; at last lines are cut to what lies there. The root of an echelon also
//! says first what it would give ([`super::joint`]), and the better of both ways is taken.

use super::draft::Draft;
use super::dynamic::{Caps, Workspace};
use super::effect::Choice;
use super::grants::Grants;
use super::program::{Decision, Program};
use super::reduced::{OwnPrices, Prices};
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

/// A source cannot send what it is asked for.
struct Refused {
    source: usize,
    /// What it would do instead.
    decision: Decision,
    /// What the others asked for.
    asked: Vec<(usize, Decision)>,
    /// What it can give.
    grants: Grants,
}

/// Times that sources tell what they can send, before lines are cut.
const ROUNDS: usize = 3;
/// Times that what a pool does is trimmed to what its item has.
const TRIMS: usize = 6;
/// A line that is placed in a smaller part of a mean is left out beside it.
const HARDLY: f64 = 0.3;
/// How near a mean is followed, in parts of the largest stock, and whether room is kept to.
const FOLLOWED: [(i64, bool); 4] = [(60, true), (12, true), (1, true), (1, false)];
/// Levels on either side within which nothing is gained by looking at less.
const NARROW: i64 = 60;

/// Keeps a program near a decision: within two of its smallest lines, and a part of its largest stock.
pub(super) fn corridor(program: &Program, decision: &Decision, caps: &mut Caps) {
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
        let by_leaves = self.agreed(workspace, item, prices, manner, Grants::default());
        let Some(offered) = self.offered(workspace, item, prices, manner) else { return by_leaves };
        let by_root = self.agreed(workspace, item, prices, manner, offered);
        let earned = |found: &Vec<(usize, Choice)>| self.change_at(found, prices);
        by_leaves.into_iter().chain(by_root).max_by_key(earned)
    }

    /// What the pools of an item do anew where they may count on what is granted.
    fn agreed(
        &self,
        workspace: &mut Workspace,
        item: usize,
        prices: &Prices,
        manner: Manner<'_>,
        mut grants: Grants,
    ) -> Option<Vec<(usize, Choice)>> {
        let mut failed = None;
        for _ in 0..ROUNDS {
            match self.round(workspace, item, prices, manner, &grants) {
                Ok(found) => return Some(found),
                Err(Some(told)) if told.grants != grants => {
                    grants.clone_from(&told.grants);
                    failed = Some(told);
                }
                Err(other) => {
                    failed = other.or(failed);
                    break;
                }
            }
        }
        let Refused { source, decision, asked, .. } = *failed?;
        let curtailed = self.curtailed(source, &decision, &asked);
        self.round(workspace, item, prices, manner, &curtailed).ok()
    }

    /// The same once; where a source cannot send what it is asked for, what it can.
    fn round(
        &self,
        workspace: &mut Workspace,
        item: usize,
        prices: &Prices,
        manner: Manner<'_>,
        grants: &Grants,
    ) -> Result<Vec<(usize, Choice)>, Option<Box<Refused>>> {
        let pools = &self.rows.items.pools[item];
        let mut room = Room::new(self, pools, grants);
        let mut found: Vec<(usize, Choice)> = Vec::with_capacity(pools.len());
        for &pool in pools {
            room.leave(pool);
            let program = &self.programs[pool];
            let Some(decision) = self.decide(workspace, &room, pool, prices, (manner, false)) else {
                let decision = self.decide(workspace, &room, pool, prices, (manner, true)).ok_or(None)?;
                let mut told = grants.clone();
                self.grant(pool, &decision, &mut told);
                let asked = found.into_iter().map(|(pool, choice)| (pool, choice.decision)).collect();
                return Err(Some(Box::new(Refused { source: pool, decision, asked, grants: told })));
            };
            let choice = Choice::of(program, self.rows, decision);
            room.enter(pool, &choice.effect);
            found.push((pool, choice));
        }
        Ok(found)
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
        workspace.reduced.own = room.settled(pool, prices);
        workspace.reduced.set(program, prices);
        workspace.reduced.own = OwnPrices::default();
        let mut within = |near: &dyn Fn(&mut Caps), now: Option<&Choice>, scope: Scope| {
            workspace.caps.free(program);
            near(&mut workspace.caps);
            room.bound(pool, now, scope, &mut workspace.caps);
            if less {
                room.send_less(pool, &mut workspace.caps);
            }
            let mut decision = Decision::default();
            workspace.solve(program, &mut decision)?;
            // What is held back in one place may ask for more in another.
            for trim in 0..TRIMS {
                let all = trim + 2 >= TRIMS;
                if !room.trim(pool, &decision, &workspace.reduced.worth, all, &mut workspace.caps) {
                    break;
                }
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
pub(super) fn follow(program: &Program, path: &[i64], mean: &Mean, part: i64, caps: &mut Caps) {
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
