//! Shared limits as rows in fixed point: what there is of each, and what takes of it.
//!
//! There is a row for every limit and bucket, one for every floor on a group, whose use is negative, and one for the cash of every bucket,
//! whose use is what the balance is lower by. Behind the horizon nothing is limited. Some rows have *slack*: they may be passed by so much,
//! which is then a use of the level that is settled; what all use of that is a row too. Amounts are whole numbers of a scale, uses rounded down and what there is rounded up: a relaxation by less than anything that
//! is paid, and exact for decimals.

mod own;
mod part;

use std::ops::Range;
use std::sync::Arc;

use num_traits::{ToPrimitive, Zero};

use super::SMALL;
use super::echelon::EchelonRows;
use super::fixed::{PRICE_BITS, down, narrow, scale, up};
use super::items::Items;
use super::program::GIVEN;
use super::sizes::Sizes;
use crate::model::baseline::committed_use;
use crate::model::given::Given;
use crate::model::{LimitKind, Model, breaches, relief};
use crate::network::{PoolId, UpTo};
use crate::units::{Overflow, Ratio, add, ceil_units, mul, ratio, whole};

pub(super) use own::{PinRows, SendRows};
pub(super) use part::place;

/// How the limits bear on one pool: first rows, and what a unit uses.
#[derive(Debug, Clone, Default)]
pub(super) struct Bearing {
    /// Value or volume of closing stock.
    pub(super) closing: Vec<(usize, i64)>,
    /// Value of closing stock alone, which what is under way has too.
    pub(super) value: Vec<(usize, i64)>,
    /// Volume of closing stock alone.
    pub(super) volume: Vec<(usize, i64)>,
    /// Of opening stock and receipts.
    pub(super) available: Vec<(usize, i64)>,
    /// Of receipts.
    pub(super) inbound: Vec<(usize, i64)>,
    /// Of sales.
    pub(super) outbound: Vec<(usize, i64)>,
}

/// What a line takes of its supplier's capacity.
#[derive(Debug, Clone, Copy)]
pub(super) struct SupplierUse {
    /// First row.
    pub(super) first: usize,
    /// A unit.
    pub(super) unit: i64,
    /// A line.
    pub(super) line: i64,
}

/// A share of something that days divide.
#[derive(Debug, Clone, Copy)]
pub(super) struct Share {
    /// The bucket it falls into.
    pub(super) bucket: usize,
    /// Numerator and denominator.
    pub(super) part: (i64, i64),
}

/// Rows of a floor that ways share: that of a group, or of an offer which is served from several locations.
#[derive(Debug, Clone)]
pub(super) struct FloorRows {
    /// Offers, each with the first bucket in which it belongs to the floor; none where it never does.
    pub(super) members: Vec<(usize, Option<usize>)>,
    /// True where those count that do not belong to it yet.
    pub(super) early: bool,
    /// First row.
    pub(super) first: usize,
    /// What a unit sold gives.
    pub(super) unit: i64,
}

/// How far a row may be passed, and what that uses of a level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slack {
    /// Which row.
    pub(super) row: usize,
    /// At most.
    pub(super) most: i64,
    /// Of which level; none where it is free.
    pub(super) of: Option<usize>,
    /// Use of that by what the row is passed by, as a price.
    pub(super) unit: i64,
    /// Money that it costs, as a price.
    pub(super) cost: i64,
}

impl Slack {
    /// What passing a row by a part uses of the level.
    pub(super) fn used(&self, part: i128) -> i128 {
        (part * i128::from(self.unit)) >> PRICE_BITS
    }
}

/// What passing rows comes to.
#[derive(Debug, Clone)]
pub(super) struct SlackUse {
    /// Use of each level.
    pub(super) levels: Vec<i128>,
    /// Money.
    pub(super) money: i128,
}

/// The rows of a model.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// Buckets, those of the tail included.
    pub(super) buckets: usize,
    /// Buckets in which something is limited.
    pub(super) horizon: usize,
    /// Number of rows.
    pub(super) count: usize,
    /// First cash row, where cash is planned.
    pub(super) cash: Option<usize>,
    /// Pools that are decided together.
    pub(super) items: Arc<Items>,
    /// Rows that pools of one item share and no others touch: the last ones.
    pub(super) own: Range<usize>,
    /// So many rows have prices from the master; those behind them have prices that each item finds by itself.
    pub(super) priced: usize,
    /// By offer that can be served in several ways: the first row of its demand, and what a unit takes of it.
    pub(super) demand: Vec<Option<(usize, i64)>>,
    /// By pool from which transfers leave, where that is not planned by echelons.
    pub(super) sends: Vec<Option<SendRows>>,
    /// First rows that pools of one item share and whose prices are about known from the beginning, with these.
    pub(super) starts: Vec<(usize, i64)>,
    /// By root of an echelon.
    pub(super) echelons: Vec<Option<EchelonRows>>,
    /// Pins on lanes that place several lines for a bucket.
    pub(super) pins: Vec<PinRows>,
    /// Floors that ways share.
    pub(super) floors: Vec<FloorRows>,
    /// First rows of minimum orders by bucket of release, whose uses are negative: what is ordered.
    pub(super) orders: Vec<usize>,
    /// By minimum order, then bucket: how much that has to be, where there is an order.
    pub(super) order_least: Vec<Vec<i64>>,
    /// By level: the row of what is used of it, where anything can be; as many rows as buckets belong to it, of which the first counts.
    pub(super) levels: Vec<Option<usize>>,
    /// By row number: parts that rows may be passed by, those of one row in the order in which they are taken.
    pub(super) slack: Vec<Slack>,
    /// By rule: the first row of how far it goes in each bucket, and what a unit takes of it where that is no money.
    pub(super) premium: Vec<Option<(usize, Option<i64>)>>,
    /// What is earned besides, whatever is decided.
    pub(super) sure: i128,
    /// A part of what the project can move in money, in the scale of money.
    pub(super) magnitude: i128,
    /// Scale of money.
    pub(super) money: i64,
    /// A minor unit of the currency.
    pub(super) minor: i64,
    /// What pools may use in all: with what is given, less what facts use whatever is decided.
    pub(super) available: Vec<i64>,
    /// The size of each row, for comparing them.
    pub(super) size: Vec<i64>,
    /// Scale of each row.
    pub(super) scale: Vec<i64>,
    /// The highest price of each row: where uses are negative, what they earn at it has room.
    pub(super) dearest: Vec<i64>,
    /// By pool.
    pub(super) bearings: Vec<Bearing>,
    /// First rows of budgets by lane.
    pub(super) budgets: Vec<Vec<usize>>,
    /// By lane.
    pub(super) supplier: Vec<Option<SupplierUse>>,
    /// By channel, then bucket of sale: when its cash arrives.
    pub(super) payout: Vec<Vec<Vec<Share>>>,
    /// By pool, then bucket: the most closing stock that its cover and what facts bring allow, where it says so.
    pub(super) most_closing: Vec<Vec<Option<i64>>>,
}

/// Digits behind the point of volumes and capacities, where they fit.
const DIGITS: u32 = 9;
/// What a project can move is far more than what it does: by so much.
const MOVED: i128 = 4096;
/// Loss by passing a row by its size, where rows are elastic.
const PASSING: i64 = 1 << 32;
/// The highest price of any row.
const MOST_PRICE: i64 = 1 << 52;
/// The most that may be earned by what is given to a row.
const EARNED: i128 = 1 << 57;
/// What there is of a row that limits nothing.
const UNLIMITED: i64 = i64::MAX / 8;

impl Rows {
    /// The rows of a model.
    pub(super) fn new(model: &Model<'_>, items: Items, sizes: &Sizes) -> Result<Self, Overflow> {
        let (buckets, given) = (model.buckets().len(), &model.given);
        let mut rows = Self {
            buckets,
            horizon: model.horizon,
            count: 0,
            cash: None,
            items: Arc::new(items),
            own: 0..0,
            priced: 0,
            demand: vec![None; model.offers.len()],
            sends: vec![None; model.pools.len()],
            starts: Vec::new(),
            echelons: vec![None; model.pools.len()],
            pins: Vec::new(),
            floors: Vec::new(),
            orders: Vec::new(),
            order_least: Vec::new(),
            levels: vec![None; 1 + model.relief.levels.len()],
            slack: Vec::new(),
            premium: vec![None; model.network.rules.len()],
            sure: 0,
            magnitude: i128::from(sizes.turnover) * i128::from(sizes.money) / MOVED,
            money: sizes.money,
            minor: (sizes.money / 10_i64.pow(model.network.minor_digits)).max(1),
            available: Vec::new(),
            size: Vec::new(),
            scale: Vec::new(),
            dearest: Vec::new(),
            bearings: vec![Bearing::default(); model.pools.len()],
            budgets: vec![Vec::new(); model.network.lanes.len()],
            supplier: vec![None; model.network.lanes.len()],
            payout: payout(model)?,
            most_closing: given.most_closing(model),
        };
        for (index, limit) in model.limits.iter().enumerate() {
            let most = most_used(model, sizes, &limit.kind)?;
            let scale = most.map_or(sizes.money, |most| scale(most, DIGITS));
            let facts = facts_use(model, &rows.items, &limit.kind)?;
            let left = |(bucket, fact): (usize, &Ratio)| {
                let is_forced = given.is_forced(model, index, bucket);
                let passed = if is_forced { given.limits[index][bucket] } else { Ratio::zero() };
                Ok(fit(add(add(limit.available[bucket], passed)?, -*fact)?, scale))
            };
            let available = facts.iter().enumerate().map(left).collect::<Result<_, _>>()?;
            let first = rows.push(available, scale);
            rows.bear(model, &limit.kind, first, scale)?;
            for (bucket, stated) in limit.available.iter().enumerate() {
                if !given.is_forced(model, index, bucket) {
                    rows.let_pass(given.limits[index][bucket], first + bucket)?;
                }
                rows.ease(model, &model.relief.limits[index], *stated, first + bucket)?;
            }
        }
        rows.push_floors(model, sizes)?;
        rows.push_pins(model, sizes);
        rows.push_orders(model, sizes.turnover)?;
        rows.push_cash(model, given)?;
        rows.push_premium(model, sizes)?;
        rows.push_levels(model, sizes.money);
        let first = rows.count;
        rows.push_own(model, sizes)?;
        rows.own = first..rows.count;
        rows.priced = if model.pools.len() > SMALL { first } else { rows.count };
        rows.size = rows.available.iter().zip(&rows.scale).map(|(amount, scale)| amount.abs().max(*scale)).collect();
        Ok(rows)
    }

    /// What a unit counts for in rows of so many.
    pub(super) fn unit_of(&self, most: i64) -> i64 {
        scale(whole(most), DIGITS)
    }

    /// Appends a row for each bucket, without a limit where none is told; the first of them.
    pub(super) fn push(&mut self, available: Vec<i64>, scale: i64) -> usize {
        let first = self.count;
        self.count += self.buckets;
        self.available.extend(available);
        self.available.resize(self.count, UNLIMITED);
        self.scale.resize(self.count, scale);
        self.dearest.resize(self.count, MOST_PRICE);
        first
    }

    /// First row of a limit of the model.
    pub(super) fn limit(&self, index: usize) -> usize {
        index * self.buckets
    }

    /// Keeps prices of rows so low that `most`, all that can be given to one of them, earns no more than has room.
    pub(super) fn limit_prices(&mut self, first: usize, most: i64) {
        let dearest = narrow((EARNED << PRICE_BITS) / i128::from(most.max(1)));
        self.dearest[first..].iter_mut().for_each(|price| *price = dearest.clamp(1, MOST_PRICE));
    }

    /// Money a unit, where a unit counts for so much in a row, as a price; rounded down.
    pub(super) fn price_of(&self, money: Ratio, unit: i64) -> Result<i64, Overflow> {
        down(mul(money, Ratio::new(1 << PRICE_BITS, i128::from(unit)))?, self.money)
    }

    /// Lets a row be passed by what facts alone pass it by, where another plan may do with less.
    fn let_pass(&mut self, passed: Ratio, row: usize) -> Result<(), Overflow> {
        let most = fit(passed, self.scale[row]);
        let unit = self.price_of(whole(1), self.scale[row])?;
        if most > 0 {
            self.slack.push(Slack { row, most, of: Some(GIVEN), unit, cost: 0 });
        }
        Ok(())
    }

    /// Lets a row be passed as rules allow where there is `stated` of it.
    fn ease(&mut self, model: &Model<'_>, rules: &[usize], stated: Ratio, row: usize) -> Result<(), Overflow> {
        for &rule in rules {
            let facts = &model.network.rules[rule];
            let most = fit(relief::amount(facts, stated)?, self.scale[row]);
            let of = model.relief.level(rule);
            // What overflows without a cost counts as it is.
            let price = |money: Ratio| self.price_of(money, self.scale[row]);
            let cost = facts.cost.map_or(Ok(0), |cost| price(ratio(cost)))?;
            let unit = if facts.cost.is_some() { cost } else { price(whole(1))? };
            if most > 0 {
                self.slack.push(Slack { row, most, of, unit, cost });
            }
        }
        Ok(())
    }

    /// Rows of how far premium lanes may be used in each bucket.
    fn push_premium(&mut self, model: &Model<'_>, sizes: &Sizes) -> Result<(), Overflow> {
        for rule in 0..model.network.rules.len() {
            let network = model.network;
            let lanes = (0..network.lanes.len()).filter(|lane| model.relief.premium[*lane] == Some(rule));
            let sent = (0..network.transfers.len()).filter(|lane| model.relief.premium_transfers[*lane] == Some(rule));
            let to: Vec<PoolId> = lanes
                .map(|lane| network.lanes[lane].pool)
                .chain(sent.map(|lane| network.transfers[lane].pool))
                .collect();
            if to.is_empty() {
                continue;
            }
            let facts = &model.network.rules[rule];
            let is_units = matches!(facts.up_to, UpTo::Units(_));
            let total: i64 = to.iter().map(|pool| sizes.most[pool.index()]).sum();
            let scale = if is_units { scale(whole(total), DIGITS) } else { self.money };
            let most = fit(relief::amount(facts, Ratio::zero())?, scale);
            let first = self.push(vec![most; self.horizon], scale);
            self.premium[rule] = Some((first, is_units.then_some(scale)));
        }
        Ok(())
    }

    /// Rows of what is used of each level, where anything can be.
    fn push_levels(&mut self, model: &Model<'_>, money: i64) {
        let relief = &model.relief;
        let mut used = vec![false; self.levels.len()];
        let by_rules = [&relief.offers, &relief.short, &relief.over].into_iter().flatten().flatten();
        for rule in by_rules.chain(relief.premium.iter().chain(&relief.premium_transfers).flatten()) {
            if let Some(level) = relief.level(*rule) {
                used[level] = true;
            }
        }
        self.slack.iter().filter_map(|slack| slack.of).for_each(|level| used[level] = true);
        let is_early = |pool: &crate::model::PoolModel| pool.cover.early.iter().any(|early| *early);
        used[GIVEN] |= model.offers.iter().any(|offer| offer.floors.early.iter().any(Option::is_some));
        used[GIVEN] |= model.pools.iter().any(is_early);
        let avoidable = |(index, pool): (usize, &crate::model::PoolModel)| {
            let most = pool.cover.most.iter().enumerate();
            most.filter_map(|(bucket, most)| Some(model.given.avoidable(index, bucket, (*most)?))).any(|over| over > 0)
        };
        used[GIVEN] |= model.pools.iter().enumerate().any(avoidable);
        for (level, _) in used.into_iter().enumerate().filter(|(_, used)| *used) {
            self.levels[level] = Some(self.push(Vec::new(), money));
        }
    }

    fn push_floors(&mut self, model: &Model<'_>, sizes: &Sizes) -> Result<(), Overflow> {
        for (of, floor) in model.group_floors.iter().enumerate() {
            let units = |(offer, _): &(usize, Option<usize>)| model.offers[*offer].demand.iter().sum::<i64>();
            let total: i64 = floor.members.iter().map(units).sum();
            let unit = scale(whole(total), DIGITS);
            for (early, least) in [(false, &floor.held), (true, &floor.early)] {
                if least.iter().all(|least| *least == 0) {
                    continue;
                }
                let first = self.push(least.iter().map(|least| -least * unit).collect(), unit);
                self.limit_prices(first, total.max(sizes.largest()).saturating_mul(unit));
                self.floors.push(FloorRows { members: floor.members.clone(), early, first, unit });
                for (bucket, &least) in least.iter().enumerate().filter(|(_, least)| early && **least > 0) {
                    let (row, used) = (first + bucket, self.price_of(floor.early_price[bucket], unit)?);
                    self.slack.push(Slack { row, most: least * unit, of: Some(GIVEN), unit: used, cost: 0 });
                }
                for bucket in (0..least.len()).filter(|&bucket| !early && least[bucket] > 0) {
                    self.ease_group(model, of, bucket, (first + bucket, unit))?;
                }
            }
        }
        Ok(())
    }

    /// Lets a floor on a group go as rules allow: those that let it sink, and those that lower demand of its members.
    fn ease_group(
        &mut self,
        model: &Model<'_>,
        of: usize,
        bucket: usize,
        (row, unit): (usize, i64),
    ) -> Result<(), Overflow> {
        let group = &model.group_floors[of];
        let mut rate = group.rate[bucket];
        let mut left = group.held[bucket];
        let demand: i64 = group.members_in(bucket, true).map(|offer| model.offers[offer].demand[bucket]).sum();
        for rule in breaches::group_rules(model, of) {
            let level = model.relief.level(rule);
            let mut push = |size: i64, price: Ratio| {
                let size = size.min(left);
                left -= size;
                let used = self.price_of(price, unit)?;
                if size > 0 {
                    self.slack.push(Slack { row, most: size * unit, of: level, unit: used, cost: 0 });
                }
                Ok::<(), Overflow>(())
            };
            if let UpTo::Floor(to) = model.network.rules[rule].up_to {
                let lower = ceil_units(mul(rate.min(ratio(to)), whole(demand))?)?;
                push(group.held[bucket] - lower, group.price[bucket])?;
                rate = rate.min(ratio(to));
            } else {
                for (offer, most) in breaches::lowered_in(model, group, rule, bucket)? {
                    // Less demand by a unit is less to be sold by the rate, rounded in favour of who plans.
                    push(ceil_units(mul(rate, whole(most))?)?, ratio(model.offers[offer].price[bucket]))?;
                }
            }
        }
        Ok(())
    }

    fn push_orders(&mut self, model: &Model<'_>, turnover: i64) -> Result<(), Overflow> {
        for floor in &model.order_floors {
            let first = self.push(vec![0; self.buckets], self.money);
            self.limit_prices(first, turnover.saturating_mul(self.money));
            self.orders.push(first);
            self.order_least.push(floor.least.iter().map(|&least| down(least, self.money)).collect::<Result<_, _>>()?);
        }
        Ok(())
    }

    fn push_cash(&mut self, model: &Model<'_>, given: &Given) -> Result<(), Overflow> {
        let Some(cash) = &model.cash else { return Ok(()) };
        let mut balance = cash.opening;
        let mut available = Vec::with_capacity(model.horizon);
        for bucket in 0..model.horizon {
            balance = add(balance, add(cash.other[bucket], -cash.open_payments[bucket])?)?;
            available.push(fit(add(balance, -cash.minimum[bucket])?, self.money));
        }
        let first = self.push(available, self.money);
        self.cash = Some(first);
        for (bucket, missing) in given.cash.iter().enumerate() {
            if *missing > Ratio::zero() {
                let most = fit(*missing, self.money);
                self.slack.push(Slack { row: first + bucket, most, of: Some(GIVEN), unit: 1 << PRICE_BITS, cost: 0 });
            }
            self.ease(model, &model.relief.cash, cash.minimum[bucket], first + bucket)?;
        }
        Ok(())
    }

    /// What passing a row uses of each level, and what it costs, where all use `used` of it, `times` that.
    pub(super) fn add_slack(&self, row: usize, used: i128, times: i128, sums: &mut SlackUse) {
        let mut over = used - i128::from(self.available[row]);
        for slack in self.slack_in(row) {
            if over <= 0 {
                return;
            }
            let part = over.min(i128::from(slack.most));
            over -= part;
            if let Some(level) = slack.of {
                sums.levels[level] += times * slack.used(part);
            }
            sums.money += times * ((part * i128::from(slack.cost)) >> PRICE_BITS);
        }
    }

    /// Parts that a row may be passed by.
    pub(super) fn slack_in(&self, row: usize) -> impl Iterator<Item = &Slack> {
        let from = self.slack.partition_point(|slack| slack.row < row);
        self.slack[from..].iter().take_while(move |slack| slack.row == row)
    }

    /// What passing rows uses of each level, and last what it costs, where all use `used` of them.
    pub(super) fn slack_used(&self, used: &[i128]) -> SlackUse {
        let mut sums = SlackUse { levels: vec![0; self.levels.len()], money: 0 };
        let mut over = (usize::MAX, 0);
        for slack in &self.slack {
            if over.0 != slack.row {
                over = (slack.row, (used[slack.row] - i128::from(self.available[slack.row])).max(0));
            }
            let part = over.1.min(i128::from(slack.most));
            over.1 -= part;
            if let Some(level) = slack.of {
                sums.levels[level] += slack.used(part);
            }
            sums.money += (part * i128::from(slack.cost)) >> PRICE_BITS;
        }
        sums
    }

    /// True for rows that pools of one item share and no others touch.
    pub(super) fn is_own(&self, row: usize) -> bool {
        self.own.contains(&row)
    }

    /// True for a row that limits something.
    pub(super) fn is_limited(&self, row: usize) -> bool {
        self.available[row] < UNLIMITED
    }

    /// True for the first row of demand that can be served in several ways.
    pub(super) fn is_demand(&self, first: usize) -> bool {
        self.demand.iter().flatten().any(|(known, _)| *known == first)
    }

    /// True for the first row of what a pool and others of its item have to agree about: demand, what is sent, what is held.
    pub(super) fn is_between(&self, pool: usize, first: usize) -> bool {
        let of_echelon = |echelon: &EchelonRows| {
            let lost = echelon.leaves.iter().any(|(_, lost)| lost.taken == first || lost.sent == first);
            lost || echelon.held == first
        };
        self.is_demand(first) || self.echelon_of(pool).is_some_and(of_echelon)
    }

    /// True where items find prices of the rows that only their pools share by themselves.
    pub(super) fn items_price(&self) -> bool {
        self.priced < self.count
    }

    /// How far a row may be passed.
    pub(super) fn slack_of(&self, row: usize) -> i64 {
        self.slack_in(row).map(|slack| slack.most).sum()
    }

    /// The level that a row is the use of.
    pub(super) fn level_of(&self, row: usize) -> Option<usize> {
        self.levels.iter().position(|level| *level == Some(row))
    }

    /// The same rows where no more than `most` is used of a level.
    pub(super) fn with_use(&self, level: usize, most: i128) -> Self {
        let mut rows = self.clone();
        if let Some(row) = rows.levels[level] {
            rows.available[row] = narrow(most);
            rows.size[row] = narrow(most).max(rows.scale[row]);
        }
        rows
    }

    /// The same rows where what one of these levels would be used by may not be passed.
    pub(super) fn without_slack(&self, levels: impl Fn(usize) -> bool) -> Self {
        let mut rows = self.clone();
        let mut held = usize::MAX;
        rows.slack.retain(|slack| {
            // No part of a row is passed behind one that is held.
            if slack.of.is_some_and(&levels) {
                held = slack.row;
            }
            slack.row != held
        });
        rows
    }

    /// The same rows where each may be passed by several times its size, at a loss that is the same for all in parts of their sizes. What
    /// may be passed anyway is free. Something sure is earned besides, so that values have a size.
    pub(super) fn elastic(&self) -> Self {
        let mut rows = self.clone();
        for slack in &self.slack {
            rows.available[slack.row] += slack.most;
        }
        let limited = (0..rows.count).filter(|&row| rows.is_limited(row));
        let unit = |size: i64| narrow((i128::from(PASSING) << PRICE_BITS) / i128::from(size)).clamp(1, 1 << 50);
        rows.slack = limited
            .map(|row| {
                let most = rows.size[row].saturating_mul(4);
                Slack { row, most, of: Some(GIVEN), unit: unit(rows.size[row]), cost: 0 }
            })
            .collect();
        (rows.sure, rows.magnitude) = (i128::from(PASSING) * 8, 0);
        rows
    }

    /// What there is with `part` / 10^9 of each row kept free, where exact books found one passed. What pools of one item share is units, and what there is
    /// nothing of leaves nothing free.
    pub(super) fn with_margin(&self, part: i64) -> Vec<i64> {
        let margin = |(row, (available, size)): (usize, (&i64, &i64))| {
            if self.is_own(row) || *available == 0 {
                return *available;
            }
            available - narrow(i128::from(*size) * i128::from(part) / 1_000_000_000) - 1
        };
        self.available.iter().zip(&self.size).enumerate().map(margin).collect()
    }

    /// Enters a limit, whose first row is `first`, where it bears.
    fn bear(&mut self, model: &Model<'_>, kind: &LimitKind, first: usize, scale: i64) -> Result<(), Overflow> {
        let network = model.network;
        let at = |location| {
            let all = network.pools.iter().enumerate();
            all.filter(move |(_, pool)| pool.location == location).map(|(index, pool)| (index, pool.item))
        };
        let volume = |item| down(ratio(network.item(item).unit_volume), scale);
        match kind {
            LimitKind::Budget { lanes, .. } => lanes.iter().for_each(|lane| self.budgets[lane.index()].push(first)),
            LimitKind::InventoryValue(pools) => {
                for pool in pools {
                    let value = down(model.pools[pool.index()].standard_cost, scale)?;
                    self.bearings[pool.index()].closing.push((first, value));
                    self.bearings[pool.index()].value.push((first, value));
                }
            }
            LimitKind::StoragePeak(location) => {
                for (index, item) in at(*location) {
                    self.bearings[index].available.push((first, volume(item)?));
                }
            }
            LimitKind::StorageClosing(location) => {
                for (index, item) in at(*location) {
                    self.bearings[index].closing.push((first, volume(item)?));
                    self.bearings[index].volume.push((first, volume(item)?));
                }
            }
            LimitKind::Inbound(location) => {
                at(*location).for_each(|(index, _)| self.bearings[index].inbound.push((first, scale)));
            }
            LimitKind::Outbound(location) => {
                at(*location).for_each(|(index, _)| self.bearings[index].outbound.push((first, scale)));
            }
            LimitKind::Supplier(supplier) => {
                for (index, lane) in network.lanes.iter().enumerate().filter(|(_, lane)| lane.supplier == *supplier) {
                    let unit = down(ratio(lane.capacity_use), scale)?;
                    let line = down(ratio(lane.capacity_setup), scale)?;
                    self.supplier[index] = Some(SupplierUse { first, unit, line });
                }
            }
        }
        Ok(())
    }
}

/// An amount in fixed point, rounded up; what is beyond all use is as good as none.
fn fit(amount: Ratio, scale: i64) -> i64 {
    up(amount, scale).unwrap_or_else(|_| narrow(amount.to_integer())).clamp(-UNLIMITED, UNLIMITED)
}

/// What facts use of a limit, by bucket, whatever is decided about pools.
fn facts_use(model: &Model<'_>, items: &Items, kind: &LimitKind) -> Result<Vec<Ratio>, Overflow> {
    let mut used = vec![Ratio::zero(); model.horizon];
    for (bucket, amount) in committed_use(model, kind)?.into_iter().filter(|(bucket, _)| *bucket < model.horizon) {
        used[bucket] = add(used[bucket], amount)?;
    }
    if let LimitKind::Budget { open_orders, .. } = kind {
        for &index in open_orders {
            if let Some(bucket) = model.open_lines[index].receipt.filter(|&bucket| bucket < model.horizon) {
                let order = &model.network.open_orders[index];
                let value = mul(model.pools[order.pool.index()].standard_cost, whole(order.units))?;
                used[bucket] = add(used[bucket], value)?;
            }
        }
    }
    if let LimitKind::InventoryValue(pools) = kind {
        // An echelon has what is under way in its own stock.
        let apart = pools.iter().filter(|pool| items.root[pool.index()].is_none());
        for pool in apart.map(|pool| &model.pools[pool.index()]) {
            for (used, units) in used.iter_mut().zip(&pool.under_way).filter(|(_, units)| **units > 0) {
                *used = add(*used, mul(pool.standard_cost, whole(*units))?)?;
            }
        }
    }
    if let LimitKind::StoragePeak(location) | LimitKind::StorageClosing(location) = kind {
        let all = model.network.pools.iter().enumerate().filter(|(_, pool)| pool.location == *location);
        for (index, pool) in all.filter(|(index, _)| items.root[*index] == Some(*index)) {
            let volume = ratio(model.network.item(pool.item).unit_volume);
            let under_way = &model.pools[index].under_way;
            for (used, units) in used.iter_mut().zip(under_way).filter(|(_, units)| **units > 0) {
                *used = add(*used, -mul(volume, whole(*units))?)?;
            }
        }
    }
    Ok(used)
}

/// The most that pools can use of a limit that is no money.
fn most_used(model: &Model<'_>, sizes: &Sizes, kind: &LimitKind) -> Result<Option<Ratio>, Overflow> {
    let network = model.network;
    let levels = |location| {
        let all = network.pools.iter().enumerate();
        all.filter(move |(_, pool)| pool.location == location)
            .map(|(index, pool)| (whole(sizes.most[index]), pool.item))
    };
    // Each term rounded up by itself: sums of many denominators would not fit.
    let total = |mut parts: Box<dyn Iterator<Item = Result<Ratio, Overflow>> + '_>| {
        let add_up = |sum: i64, part: Result<Ratio, Overflow>| {
            part?.ceil().to_integer().to_i64().and_then(|part| sum.checked_add(part)).ok_or(Overflow)
        };
        parts.try_fold(0_i64, add_up).map(|sum| Some(whole(sum)))
    };
    match kind {
        LimitKind::Budget { .. } | LimitKind::InventoryValue(_) => Ok(None),
        LimitKind::StoragePeak(location) | LimitKind::StorageClosing(location) => {
            total(Box::new(levels(*location).map(|(units, item)| mul(ratio(network.item(item).unit_volume), units))))
        }
        LimitKind::Inbound(location) | LimitKind::Outbound(location) => {
            total(Box::new(levels(*location).map(|(units, _)| Ok(units))))
        }
        LimitKind::Supplier(supplier) => {
            let lanes = network.lanes.iter().filter(|lane| lane.supplier == *supplier);
            let each = |lane: &crate::network::Lane| {
                let units = mul(ratio(lane.capacity_use), whole(sizes.most[lane.pool.index()]))?;
                let buckets = i64::try_from(model.buckets().len()).map_err(|_| Overflow)?;
                let lines = mul(ratio(lane.capacity_setup), whole(buckets.checked_mul(lane.lines).ok_or(Overflow)?))?;
                add(units, lines)
            };
            total(Box::new(lanes.map(each)))
        }
    }
}

fn payout(model: &Model<'_>) -> Result<Vec<Vec<Vec<Share>>>, Overflow> {
    let Some(cash) = &model.cash else { return Ok(Vec::new()) };
    let share = |(bucket, share): &(usize, Ratio)| {
        let part = (share.numer().to_i64().ok_or(Overflow)?, share.denom().to_i64().ok_or(Overflow)?);
        Ok(Share { bucket: *bucket, part })
    };
    let of_bucket = |shares: &Vec<(usize, Ratio)>| shares.iter().map(share).collect();
    cash.payout.iter().map(|channel| channel.iter().map(of_bucket).collect()).collect()
}
