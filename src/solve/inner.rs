//! Prices of rows that pools of one item share, where there are too many of them for the master: every item finds its own.
//!
//! At the prices of all other rows an item's part of the dual function is convex in these. Each item has a master of its own, which goes on from visit to visit:
//! what a pool proposed once is a plan of it at any prices, so that its cuts are known again where other prices have moved. Any of these prices
//! give a bound, so that the best ones are kept.

use std::sync::Arc;

use super::dynamic::Workspace;
use super::effect::{Choice, Effect};
use super::fixed::PRICE_BITS;
use super::master::{Frame, Master, Proposal, real, scaled};
use super::program::{Aim, Decision, Program};
use super::reduced::{OwnPrices, Prices};
use super::rows::Rows;

/// What an item's master remembers a proposal by: what a pool does; none where rows are passed, which other prices change.
type From = Option<Arc<Choice>>;

/// What all items know of their own prices.
#[derive(Debug, Clone)]
pub(super) struct Inner {
    /// By row, the first own one first.
    pub(super) row: Vec<i64>,
    /// By item: its master.
    masters: Vec<Option<Master<From>>>,
    /// Steps of a visit.
    pub(super) steps: usize,
}

/// What an item comes to at prices.
#[derive(Debug)]
pub(super) struct Visit {
    /// What it earns, what there is of its own rows included.
    pub(super) value: i128,
    /// What its pools do.
    pub(super) choices: Vec<Choice>,
    /// Its own prices.
    pub(super) own: OwnPrices,
    /// By row, its own and those of levels: what is used by passing own rows.
    pub(super) passed: Vec<(usize, i128)>,
    /// By pool, and last for rows that are passed: its part.
    parts: Vec<i128>,
    /// Its master.
    master: Option<Master<From>>,
}

/// Steps of an item's first visit.
const FIRST_STEPS: usize = 40;
/// An item is content where its cuts expect less than this part of its value.
const TOLERANCE: f64 = 1e-4;
/// Lengths of a step that are tried.
const TRIES: usize = 2;
/// Cuts that are kept of each pool.
const CUTS: usize = 12;

/// What there is of a row that limits nothing, in its size.
const PLENTY: f64 = 1e9;

impl Inner {
    /// No prices yet.
    pub(super) fn new(rows: &Rows, steps: usize) -> Self {
        let items = rows.items.pools.len();
        let mut masters = Vec::with_capacity(items);
        masters.resize_with(items, || None);
        let mut inner = Self { row: vec![0; rows.count - rows.own.start], masters, steps };
        for &(first, price) in rows.starts.iter().filter(|_| rows.items_price()) {
            inner.row[first - rows.own.start..][..rows.buckets].fill(price);
        }
        inner
    }

    /// Goes on from known prices.
    pub(super) fn begin(&mut self, rows: &Rows, prices: &Prices) {
        self.row.copy_from_slice(&prices.row[rows.own.start..]);
    }

    /// Goes on from known prices with nothing else known: what was learned at other prices may stand in the way.
    pub(super) fn begin_anew(&mut self, rows: &Rows, prices: &Prices) {
        self.begin(rows, prices);
        self.masters.fill_with(|| None);
    }

    /// Takes what a visit found.
    pub(super) fn learn(&mut self, rows: &Rows, item: usize, visit: Visit) {
        for (first, prices) in &visit.own.rows {
            let at = first - rows.own.start;
            self.row[at..at + prices.len()].copy_from_slice(prices);
        }
        self.masters[item] = visit.master;
    }

    /// Visits an item; `None` where a pool has no decision at all.
    pub(super) fn visit(
        &self,
        workspace: &mut Workspace,
        (programs, index): (&[Program], usize),
        rows: &Rows,
        prices: &Prices,
    ) -> Option<Visit> {
        let pools = &rows.items.pools[index];
        let mut own = OwnPrices::default();
        for first in pools.iter().flat_map(|&pool| &programs[pool].groups).filter(|first| rows.is_own(**first)) {
            if own.rows.iter().all(|(known, _)| known != first) {
                let at = first - rows.own.start;
                own.rows.push((*first, self.row[at..at + rows.buckets].to_vec()));
            }
        }
        let item = Item { programs, pools, rows, prices };
        let mut best = item.at(workspace, own)?;
        let steps = if best.own.rows.is_empty() { 1 } else { self.steps.max(1) };
        if steps == 1 {
            return Some(best);
        }
        let (known, steps) = match &self.masters[index] {
            Some(master) => (Some(master.clone()), steps),
            None => (None, FIRST_STEPS),
        };
        let mut master = item.master(known, &best);
        for _ in 1..steps {
            if !master.look(TOLERANCE, TRIES) {
                break;
            }
            let own = item.own(&best.own, &master.wanted());
            master.ask(&own.rows.iter().flat_map(|(_, prices)| prices).copied().collect::<Vec<_>>());
            let visit = item.at(workspace, own)?;
            let used = item.used(&visit);
            master.learn(visit.value, visit.proposals(&used));
            if visit.value < best.value {
                best = visit;
            }
        }
        Some(Visit { master: Some(master), ..best })
    }
}

impl Visit {
    fn proposals<'u>(&self, used: &'u [Vec<i128>]) -> Vec<Proposal<'u, From>> {
        let from = self.choices.iter().map(|choice| Some(Arc::new(choice.clone()))).chain([None]);
        let each = self.parts.iter().zip(used).zip(from);
        each.map(|((&value, used), from)| Proposal { value, used, from }).collect()
    }
}

/// An item at the prices of rows that it shares with others.
struct Item<'a> {
    programs: &'a [Program],
    pools: &'a [usize],
    rows: &'a Rows,
    prices: &'a Prices,
}

impl Item<'_> {
    /// What it comes to at its own prices.
    fn at(&self, workspace: &mut Workspace, own: OwnPrices) -> Option<Visit> {
        let Self { programs, pools, rows, prices } = *self;
        let aim = pools.first().map_or(Aim::Money, |&pool| programs[pool].aim);
        let (mut worth, mut passing) = (0, 0);
        let mut passed = Vec::new();
        for (first, prices_of) in &own.rows {
            for (row, price) in (*first..).zip(prices_of) {
                worth += -((-(i128::from(*price) * i128::from(rows.available[row]))) >> PRICE_BITS);
                let tell = |row, amount| passed.push((row, amount));
                passing += super::dual::pass_row(aim, rows, prices, (row, *price), tell);
            }
        }
        workspace.reduced.own = own;
        let mut choices = Vec::with_capacity(pools.len());
        let mut parts = Vec::with_capacity(pools.len() + 1);
        for &pool in pools {
            let program = &programs[pool];
            workspace.reduced.set(program, prices);
            workspace.caps.free(program);
            let mut decision = Decision::default();
            parts.push(i128::from(workspace.solve(program, &mut decision)?) + i128::from(workspace.reduced.constant));
            let effect = Effect::of(program, rows, &decision);
            choices.push(Choice { decision, effect });
        }
        parts.push(passing);
        let own = std::mem::take(&mut workspace.reduced.own);
        Some(Visit { value: worth + parts.iter().sum::<i128>(), choices, own, passed, parts, master: None })
    }

    /// The item's master at the prices of a visit.
    fn master(&self, known: Option<Master<From>>, visit: &Visit) -> Master<From> {
        let used = self.used(visit);
        let own: Vec<i64> = visit.own.rows.iter().flat_map(|(_, prices)| prices).copied().collect();
        let Some(mut master) = known else {
            let frame = self.frame(visit, &used);
            let centre = scaled(&own, &frame.size);
            return Master::within(frame, visit.value, visit.proposals(&used), centre);
        };
        let others = |group: usize, from: &From| {
            let (pool, choice) = (*self.pools.get(group)?, from.as_ref()?);
            Some(real(i128::from(choice.effect.objective)) - self.paid(&self.programs[pool], choice))
        };
        master.go_on(&own, (visit.value, &visit.parts), others);
        for (group, proposal) in visit.proposals(&used).into_iter().enumerate() {
            master.cut(group, proposal);
        }
        master
    }

    /// What a choice of a pool pays for rows that others share.
    fn paid(&self, program: &Program, choice: &Choice) -> f64 {
        let buckets = self.rows.buckets;
        let mut paid = 0_i128;
        for (group, &first) in program.groups.iter().enumerate().filter(|(_, first)| !self.rows.is_own(**first)) {
            let used = &choice.effect.used[group * buckets..(group + 1) * buckets];
            let prices = &self.prices.row[first..first + buckets];
            paid += used.iter().zip(prices).map(|(used, price)| i128::from(*used) * i128::from(*price)).sum::<i128>();
        }
        real(paid >> PRICE_BITS)
    }

    /// By pool, and last by passing: what is used of own rows, in the order of their prices.
    fn used(&self, visit: &Visit) -> Vec<Vec<i128>> {
        let buckets = self.rows.buckets;
        let of_pool = |(&pool, choice): (&usize, &Choice)| -> Vec<i128> {
            let mut all = Vec::with_capacity(visit.own.rows.len() * buckets);
            for (first, _) in &visit.own.rows {
                let group = self.programs[pool].groups.iter().position(|known| known == first);
                let own = group.map(|group| &choice.effect.used[group * buckets..(group + 1) * buckets]);
                all.extend((0..buckets).map(|bucket| own.map_or(0, |own| i128::from(own[bucket]))));
            }
            all
        };
        let mut used: Vec<Vec<i128>> = self.pools.iter().zip(&visit.choices).map(of_pool).collect();
        let mut passing = vec![0; visit.own.rows.len() * buckets];
        for (row, amount) in &visit.passed {
            let at = visit.own.rows.iter().position(|(first, _)| (*first..first + buckets).contains(row));
            if let Some(at) = at {
                passing[at * buckets + row - visit.own.rows[at].0] += amount;
            }
        }
        used.push(passing);
        used
    }

    /// Own rows as a master sees them: those that say the same of all buckets have one size.
    fn frame(&self, visit: &Visit, used: &[Vec<i128>]) -> Frame {
        let buckets = self.rows.buckets;
        let (mut size, mut available) = (Vec::new(), Vec::new());
        for (at, (first, _)) in visit.own.rows.iter().enumerate() {
            let there = |bucket: usize| {
                Some(first + bucket).filter(|row| self.rows.is_limited(*row)).map(|row| self.rows.available[row])
            };
            let most = |bucket: usize| {
                let used = used.iter().map(|used| used[at * buckets + bucket].abs()).max().unwrap_or(0);
                used.max(i128::from(there(bucket).unwrap_or(0).abs())).max(i128::from(self.rows.scale[first + bucket]))
            };
            let most = real((0..buckets).map(most).max().unwrap_or(1));
            size.extend(std::iter::repeat_n(most, buckets));
            available.extend(
                (0..buckets).map(|bucket| there(bucket).map_or(PLENTY, |units| real(i128::from(units)) / most)),
            );
        }
        Frame { size, available, least: 1.0, cuts: CUTS * used.len() }
    }

    /// Wanted prices, as high as they may be.
    fn own(&self, like: &OwnPrices, wanted: &[i64]) -> OwnPrices {
        let mut wanted = wanted.iter();
        let prices = |&(first, ref old): &(usize, Vec<i64>)| {
            let new = (first..first + old.len()).zip(&mut wanted);
            (first, new.map(|(row, price)| (*price).clamp(0, self.rows.dearest[row])).collect())
        };
        OwnPrices { rows: like.rows.iter().map(prices).collect() }
    }
}
