//! What pools that are solved anew find of the rows they touch: bounds on stock, sales and lines that follow from it.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::dynamic::Caps;
use super::echelon::EchelonRows;
use super::effect::{Choice, Effect};
use super::fixed::narrow;
use super::grants::Grants;
use super::program::{Decision, Draw, Program, Slot};
use super::reduced::{OwnPrices, Prices};
use super::rows::Rows;

/// What the pools of an item find, one after the other.
pub(super) struct Room<'d, 'a> {
    draft: &'d Draft<'a>,
    /// By group of rows that any of them touches: its first row, and by bucket what is used.
    used: Vec<(usize, Vec<i128>)>,
    /// Pools of the item about which nothing is decided yet, and the one that is next.
    open: Vec<usize>,
    next: usize,
    /// What sources can send, where that is known before they are solved.
    grants: &'d Grants,
}

/// Rows that are kept to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// All of them.
    All,
    /// Those that pools of an item share.
    Own,
}

impl<'d, 'a> Room<'d, 'a> {
    /// The room of an item, whose pools share nothing of what they do now.
    pub(super) fn new(draft: &'d Draft<'a>, item: &[usize], grants: &'d Grants) -> Self {
        let mut room = Self { draft, used: Vec::new(), open: item.to_vec(), next: usize::MAX, grants };
        let buckets = draft.rows.buckets;
        for &pool in item {
            for &first in &draft.programs[pool].groups {
                if room.used.iter().all(|(known, _)| *known != first) {
                    room.used.push((first, draft.used[first..first + buckets].to_vec()));
                }
            }
        }
        for &pool in item {
            room.book(pool, &draft.choices[pool].effect, -1, |own| own);
        }
        room
    }

    /// Takes out what the pool that is next uses now of other rows.
    pub(super) fn leave(&mut self, pool: usize) {
        self.next = pool;
        self.book(pool, &self.draft.choices[pool].effect, -1, |own| !own);
    }

    /// Enters what is decided about a pool.
    pub(super) fn enter(&mut self, pool: usize, effect: &Effect) {
        self.book(pool, effect, 1, |_| true);
        self.open.retain(|open| *open != pool);
    }

    fn book(&mut self, pool: usize, effect: &Effect, times: i128, which: impl Fn(bool) -> bool) {
        let rows = self.draft.rows;
        for (group, &first) in self.draft.programs[pool].groups.iter().enumerate() {
            if !which(rows.is_own(first)) {
                continue;
            }
            let Some((_, used)) = self.used.iter_mut().find(|(known, _)| *known == first) else { continue };
            let own = &effect.used[group * rows.buckets..(group + 1) * rows.buckets];
            used.iter_mut().zip(own).for_each(|(sum, own)| *sum += i128::from(*own) * times);
        }
    }

    /// What is left of a row.
    fn left(&self, first: usize, bucket: usize) -> i64 {
        let used = self.used.iter().find(|(known, _)| *known == first).map_or(0, |(_, used)| used[bucket]);
        let row = first + bucket;
        if let Some(granted) = self.grants.rows.get(&row).filter(|_| self.is_open(first)) {
            let unit = i128::from(self.draft.rows.scale[row]);
            return narrow(i128::from(*granted) * unit - used);
        }
        narrow(i128::from(self.draft.available[row]) + i128::from(self.draft.rows.slack_of(row)) - used)
    }

    /// True where a row waits for what is decided about other pools than the next one: what they send, what they sell for a floor.
    fn is_open(&self, first: usize) -> bool {
        let Draft { rows, programs, .. } = self.draft;
        let others = || self.open.iter().filter(|other| **other != self.next);
        let sends = |other: &usize| {
            let echelon = rows.echelons[*other].as_ref();
            let of_echelon = |echelon: &EchelonRows| {
                let lost = echelon.leaves.iter().any(|(_, lost)| lost.taken == first || lost.sent == first);
                lost || echelon.held == first || echelon.last == first
            };
            rows.sends[*other].is_some_and(|send| send.taken == first || send.sent == first)
                || echelon.is_some_and(of_echelon)
        };
        let is_floor = || rows.floors.iter().any(|floor| floor.first == first);
        others().any(sends) || others().any(|other| programs[*other].groups.contains(&first)) && is_floor()
    }

    /// True where what is left of a row is known.
    fn is_known(&self, first: usize, bucket: usize) -> bool {
        !self.is_open(first) || self.grants.rows.contains_key(&(first + bucket))
    }

    /// Prices of the item's rows for the next pool: nothing where no other pool that waits has a part in one, or where all were told what they
    /// may count on, since the pool is held to what is left; but what may be passed keeps its price.
    pub(super) fn settled(&self, pool: usize, prices: &Prices) -> OwnPrices {
        let Draft { rows, programs, .. } = self.draft;
        let last =
            |first: &usize| self.open.iter().all(|&other| other == pool || !programs[other].groups.contains(first));
        let mut own = OwnPrices::default();
        for &first in programs[pool].groups.iter().filter(|first| rows.is_own(**first)) {
            let settled = last(&first) || !self.grants.is_empty() && rows.is_between(pool, first);
            // Of several sales that share a row the price says which.
            let shared = shared(&programs[pool], first);
            let price = |row: usize| if settled && !shared && rows.slack_of(row) == 0 { 0 } else { prices.row[row] };
            own.rows.push((first, (first..first + rows.buckets).map(price).collect()));
        }
        own
    }

    /// Bounds a program in a pool's place by what is left of rows that not only the item's pools share.
    pub(super) fn bound_shared(&self, program: &Program, now: Option<&Choice>, caps: &mut Caps) {
        let left = |group: usize, bucket: usize| self.left(program.groups[group], bucket);
        bound(program, self.draft.rows, &left, now, caps);
    }

    /// Bounds a pool by what is left; of other rows than its item's never below what it does `now`.
    pub(super) fn bound(&self, pool: usize, now: Option<&Choice>, scope: Scope, caps: &mut Caps) {
        let Draft { rows, programs, .. } = self.draft;
        let program = &programs[pool];
        let left = |group: usize, bucket: usize| self.left(program.groups[group], bucket);
        if scope == Scope::All {
            bound(program, rows, &left, now, caps);
        }
        for draws in program.draws.chunk_by(|a, b| (a.group, a.bucket) == (b.group, b.bucket)) {
            let first = program.groups[draws[0].group];
            if !rows.is_own(first) || !self.is_known(first, draws[0].bucket) {
                continue;
            }
            let left = self.left(first, draws[0].bucket);
            keep(program, draws, left, &|sale| program.sales[sale].most, caps);
            for draw in draws.iter().filter(|draw| draw.unit > 0) {
                caps.most[draw.sale] = caps.most[draw.sale].min((left / draw.unit).max(0));
            }
        }
        for &(group, unit) in &program.uses.closing {
            let first = program.groups[group];
            for bucket in (0..rows.buckets).filter(|&bucket| rows.is_own(first) && self.is_known(first, bucket)) {
                let left = self.left(first, bucket);
                let (least, most) = &mut caps.closing[bucket];
                if unit > 0 {
                    *most = (*most).min((left / unit).max(0));
                } else {
                    *least = (*least).max((-left + -unit - 1).div_euclid(-unit));
                }
            }
        }
        for (&(_, index), &units) in self.grants.lines.range((pool, 0)..(pool + 1, 0)) {
            caps.line[index] = caps.line[index].min(units);
        }
        for (index, option) in program.options.iter().enumerate() {
            for take in option.takes.iter().filter(|take| take.unit > 0) {
                let first = program.groups[take.group];
                if rows.is_own(first) && self.is_known(first, take.bucket) {
                    let cap = (self.left(first, take.bucket) / take.unit).max(0);
                    caps.line[index] = caps.line[index].min(cap);
                }
            }
        }
    }

    /// Lets a pool send less than it is asked for.
    pub(super) fn send_less(&self, pool: usize, caps: &mut Caps) {
        let program = &self.draft.programs[pool];
        for bucket in 0..program.buckets() {
            for sale in program.sales_of(bucket) {
                if !matches!(program.slots[sale % program.slots.len()], Slot::Sale(..)) {
                    caps.least[sale] = 0;
                }
            }
            if self.draft.rows.echelons[pool].is_some() {
                caps.closing[bucket].0 = 0;
            }
        }
    }

    /// Holds sales and lines that together take more of the item's rows than there is to what each may have, the one that is worth most
    /// first; true where any do. If `all`, those that do not are held to what they take, so that none can take more.
    pub(super) fn trim(&self, pool: usize, decision: &Decision, worth: &[i64], all: bool, caps: &mut Caps) -> bool {
        let Draft { rows, programs, .. } = self.draft;
        let program = &programs[pool];
        let mut trimmed = false;
        for draws in program.draws.chunk_by(|a, b| (a.group, a.bucket) == (b.group, b.bucket)) {
            let first = program.groups[draws[0].group];
            if draws.len() < 2 || draws[0].unit < 0 || !rows.is_own(first) || !self.is_known(first, draws[0].bucket) {
                continue;
            }
            let mut left = self.left(first, draws[0].bucket) / draws[0].unit;
            let passed = draws.iter().map(|draw| decision.sales[draw.sale]).sum::<i64>() > left;
            if !passed && !all {
                continue;
            }
            trimmed |= passed;
            let mut order: Vec<usize> = draws.iter().map(|draw| draw.sale).collect();
            order.sort_by_key(|&sale| (std::cmp::Reverse(worth[sale]), sale));
            for sale in order {
                let units = decision.sales[sale].min(left.max(0));
                caps.most[sale] = units;
                left -= units;
            }
        }
        trimmed | self.trim_lines(program, decision, caps)
    }

    fn trim_lines(&self, program: &Program, decision: &Decision, caps: &mut Caps) -> bool {
        let mut left: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        let mut trimmed = false;
        for (index, option) in program.options.iter().enumerate().filter(|(index, _)| decision.lines[*index] > 0) {
            for take in option.takes.iter().filter(|take| take.unit > 0) {
                let first = program.groups[take.group];
                if !self.draft.rows.is_own(first) || !self.is_known(first, take.bucket) {
                    continue;
                }
                let there = self.left(first, take.bucket) / take.unit;
                let left = left.entry((first, take.bucket)).or_insert(there);
                let units = decision.lines[index].min((*left).max(0));
                if units < decision.lines[index] {
                    trimmed = true;
                    caps.line[index] = caps.line[index].min(units);
                }
                *left -= units;
            }
        }
        trimmed
    }
}

/// True where several sales of a program take of one of some rows.
fn shared(program: &Program, first: usize) -> bool {
    let own = program.draws.iter().filter(|draw| program.groups[draw.group] == first && draw.unit > 0);
    let mut buckets: Vec<usize> = own.map(|draw| draw.bucket).collect();
    buckets.sort_unstable();
    buckets.windows(2).any(|two| two[0] == two[1])
}

/// Bounds a program by what is left of rows that many share; never below what it does `now`.
pub(super) fn bound(
    program: &Program,
    rows: &Rows,
    left: &dyn Fn(usize, usize) -> i64,
    now: Option<&Choice>,
    caps: &mut Caps,
) {
    let fits = |left: i64, unit: i64| if unit <= 0 { i64::MAX } else { left.div_euclid(unit) };
    let mut stock = program.on_hand;
    for bucket in 0..rows.buckets {
        let placed = |now: &Choice| now.decision.lines[program.options_of(bucket)].iter().sum::<i64>();
        let leaves = |now: &Choice| now.decision.sales[program.sales_of(bucket)].iter().sum::<i64>();
        let floor = |units: i64| if now.is_some() { units } else { 0 };
        stock += program.receipts[bucket] + now.map_or(0, placed);
        for &(group, unit) in &program.uses.available {
            caps.available[bucket] = caps.available[bucket].min(fits(left(group, bucket), unit).max(floor(stock)));
        }
        let sold = now.map_or(0, leaves);
        for &(group, unit) in &program.uses.outbound {
            caps.sold[bucket] = caps.sold[bucket].min(fits(left(group, bucket), unit).max(sold));
        }
        stock -= sold;
        for &(group, unit) in program.uses.closing.iter().filter(|(group, _)| !rows.is_own(program.groups[*group])) {
            caps.closing[bucket].1 = caps.closing[bucket].1.min(fits(left(group, bucket), unit).max(floor(stock)));
        }
    }
    for draws in program.draws.chunk_by(|a, b| (a.group, a.bucket) == (b.group, b.bucket)) {
        if !rows.is_own(program.groups[draws[0].group]) {
            let most = |sale: usize| now.map_or(program.sales[sale].most, |now| now.decision.sales[sale]);
            let left = left(draws[0].group, draws[0].bucket);
            keep(program, draws, left, &most, caps);
            for draw in draws.iter().filter(|draw| draw.unit > 0) {
                let sold = now.map_or(0, |now| now.decision.sales[draw.sale]);
                caps.most[draw.sale] = caps.most[draw.sale].min(fits(left, draw.unit).max(sold));
            }
        }
    }
    for (index, option) in program.options.iter().enumerate() {
        let mut cap = i64::MAX;
        if let Some(supplier) = option.supplier {
            cap = cap.min(fits(left(supplier.first, option.release_bucket) - supplier.line, supplier.unit));
        }
        for &(group, unit) in &program.uses.inbound {
            cap = cap.min(fits(left(group, option.bucket), unit) - program.receipts[option.bucket]);
        }
        let cheapest = option.pieces.iter().map(|piece| piece.goods.1 + piece.besides.1).min().unwrap_or(0);
        for &group in &option.budgets {
            cap = cap.min(fits(left(group, option.bucket), cheapest));
        }
        if let Some(premium) = option.premium {
            cap = cap.min(fits(left(premium.cap, option.bucket), premium.unit.unwrap_or(cheapest)));
        }
        // What leaves a root gives room there for as long as it is away: that is held against rows as a whole.
        let is_leaf = rows.items.fed_from(program.pool).is_some();
        for take in option.takes.iter().filter(|take| !is_leaf && !rows.is_own(program.groups[take.group])) {
            cap = cap.min(fits(left(take.group, take.bucket), take.unit));
        }
        let bound = &mut caps.line[index];
        *bound = (*bound).min(cap.max(now.map_or(0, |now| now.decision.lines[index])));
    }
}

/// What has to be sold so that a row which sales give to holds, those that earn most first.
fn keep(program: &Program, draws: &[Draw], left: i64, most: &dyn Fn(usize) -> i64, caps: &mut Caps) {
    let unit = -draws[0].unit;
    if unit <= 0 || left >= 0 {
        return;
    }
    let mut units = (-left + unit - 1) / unit;
    let mut sales: Vec<usize> = draws.iter().map(|draw| draw.sale).collect();
    sales.sort_by_key(|&sale| (std::cmp::Reverse(program.sales[sale].net), sale));
    for sale in sales {
        let least = units.min(most(sale));
        caps.least[sale] = caps.least[sale].max(least);
        units -= least;
    }
}
