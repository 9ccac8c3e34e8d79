//! The very model that is planned, in the MPS format that other solvers read, so that anyone can check a plan or a bound.
//!
//! It has what `docs/planner.md` calls the problem: whole units sold, lines that are absent or multiples between smallest and
//! largest, stock, promises, and a row for every limit and bucket. Constants stand in the objective's right-hand side. Payments are
//! exact shares here; a plan's are rounded to the minor unit, which moves cash by less than a unit a line.

mod lines;
mod program;
mod promises;

use std::collections::BTreeMap;

use num_traits::Zero;

use crate::model::given::Given;
use crate::model::{LimitKind, Model};
use crate::network::PoolId;
use crate::plan::chosen_use;
use crate::solve::{Steering, Unsolved, solve};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

use program::Program;

/// Levels are settled one after the other, and each is a model of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// What is given, as little as can be.
    Given,
    /// What is earned. Where plans differ in what they use of what is given, none may use more than the plan that is found.
    Money,
}

/// A program in the making.
struct Builder<'m> {
    model: &'m Model<'m>,
    given: &'m Given,
    /// By pool, then bucket: the most closing stock, where a cover says so.
    most_closing: Vec<Vec<Option<i64>>>,
    program: Program,
    /// Rows by limit, then bucket of the horizon.
    limits: Vec<Vec<usize>>,
    /// Rows of cash by bucket of the horizon; empty where none is planned.
    cash: Vec<usize>,
    /// Columns of sales by offer, then bucket.
    sold: Vec<Vec<usize>>,
    /// Column and row of purchase orders that have a minimum, by minimum and bucket of release.
    orders: BTreeMap<(usize, usize), (usize, usize)>,
}

/// A level of the model in free MPS.
///
/// # Errors
/// Where numbers do not fit together, or no plan is found that tells how much of what is given has to be used.
pub fn mps(model: &Model<'_>, level: Level) -> Result<String, Unsolved> {
    let given = &model.given;
    let mut builder = Builder {
        model,
        most_closing: given.most_closing(model),
        given,
        program: Program::default(),
        limits: Vec::new(),
        cash: Vec::new(),
        sold: vec![Vec::new(); model.offers.len()],
        orders: BTreeMap::new(),
    };
    builder.limit_rows()?;
    builder.cash_rows()?;
    for index in 0..model.pools.len() {
        builder.pool(index)?;
    }
    builder.group_floors()?;
    let Builder { mut program, .. } = builder;
    match level {
        Level::Given => program.aim_at_given(model.forced),
        Level::Money if program.has_given() => {
            let outcome = solve(model, &Steering::default())?;
            program.hold_given(chosen_use(model, &outcome)?)?;
        }
        Level::Money => {}
    }
    Ok(program.write(&model.network.project)?)
}

impl Builder<'_> {
    fn label(&self, bucket: usize) -> String {
        self.model.buckets()[bucket].period.to_string()
    }

    /// An item and a location, as names of rows and columns have them.
    fn pool_name(&self, index: usize) -> String {
        let network = self.model.network;
        let facts = network.pool(PoolId::from(index));
        format!("{},{}", network.item(facts.item).id, network.location(facts.location).id)
    }

    fn limit_rows(&mut self) -> Result<(), Overflow> {
        let model = self.model;
        for (index, limit) in model.limits.iter().enumerate() {
            let mut rows = Vec::with_capacity(model.horizon);
            for bucket in 0..model.horizon {
                let mut right = add(limit.available[bucket], self.given.limits[index][bucket])?;
                if let LimitKind::Budget { open_orders, .. } = &limit.kind {
                    for &index in open_orders.iter().filter(|&&index| model.open_lines[index].receipt == Some(bucket)) {
                        let order = &model.network.open_orders[index];
                        let value = mul(model.pools[order.pool.index()].standard_cost, whole(order.units))?;
                        right = add(right, -value)?;
                    }
                }
                let name = format!("{}[{},{}]", limit.kind.name(), limit.of, self.label(bucket));
                rows.push(self.program.row(name, 'L', right));
            }
            self.limits.push(rows);
        }
        Ok(())
    }

    fn cash_rows(&mut self) -> Result<(), Overflow> {
        let Some(cash) = &self.model.cash else { return Ok(()) };
        let mut balance = cash.opening;
        for bucket in 0..self.model.horizon {
            balance = add(balance, add(cash.other[bucket], -cash.open_payments[bucket])?)?;
            let row =
                self.program.row(format!("cash[{}]", self.label(bucket)), 'L', add(balance, -cash.minimum[bucket])?);
            self.cash.push(row);
            let most = self.given.cash[bucket];
            if most > Ratio::zero() {
                let name = format!("given-cash[{}]", self.label(bucket));
                let missing = self.program.given(name, most, whole(1));
                self.program.enter(missing, row, whole(-1))?;
            }
        }
        Ok(())
    }

    /// Money paid in a bucket lowers the balance of all from there on.
    fn pay(&mut self, column: usize, bucket: usize, amount: Ratio) -> Result<(), Overflow> {
        self.cash.iter().skip(bucket).try_for_each(|&row| self.program.enter(column, row, amount))
    }

    fn pool(&mut self, index: usize) -> Result<(), Overflow> {
        let model = self.model;
        let (facts, pool) = (model.network.pool(PoolId::from(index)), &model.pools[index]);
        let name = self.pool_name(index);
        let mut before: Option<usize> = None;
        for bucket in 0..model.buckets().len() {
            let start = if bucket == 0 { facts.on_hand } else { 0 };
            let at = self.label(bucket);
            // closing + sold - ordered - closing before = on hand + open receipts
            let balance =
                self.program.row(format!("stock[{name},{at}]"), 'E', whole(start + pool.open_receipts[bucket]));
            let most = self.most_closing[index][bucket].map(whole);
            let closing = self.program.column(format!("closing[{name},{at}]"), most, -pool.holding[bucket]);
            self.program.enter(closing, balance, whole(1))?;
            if let Some(before) = before {
                self.program.enter(before, balance, whole(-1))?;
            }
            let mut sold = Vec::with_capacity(pool.ways.len());
            for &way in &pool.ways {
                sold.push(self.sale(way, bucket)?);
            }
            let mut ordered = Vec::new();
            for &lane in &pool.lanes {
                if let Some(opportunity) = &model.lanes[lane][bucket] {
                    ordered.extend(self.lines((index, lane, bucket), opportunity)?);
                }
            }
            sold.iter().try_for_each(|&column| self.program.enter(column, balance, whole(1)))?;
            ordered.iter().try_for_each(|&(column, multiple)| self.program.enter(column, balance, whole(-multiple)))?;
            self.shortfall((index, bucket), closing, &sold)?;
            if bucket < model.horizon {
                self.limit_stock((index, bucket), closing, &sold, &ordered)?;
            }
            before = Some(closing);
        }
        before.map_or(Ok(()), |last| self.last_stock(index, last))
    }

    /// What stock, sales and receipts of a pool take of limits.
    fn limit_stock(
        &mut self,
        (index, bucket): (usize, usize),
        closing: usize,
        sold: &[usize],
        ordered: &[(usize, i64)],
    ) -> Result<(), Overflow> {
        let Self { model, program, limits, .. } = self;
        let (facts, pool) = (model.network.pool(PoolId::from(index)), &model.pools[index]);
        let volume = ratio(model.network.item(facts.item).unit_volume);
        for (limit, rows) in model.limits.iter().zip(limits.iter()) {
            let row = rows[bucket];
            match &limit.kind {
                LimitKind::InventoryValue(pools) if pools.contains(&PoolId::from(index)) => {
                    program.enter(closing, row, pool.standard_cost)?;
                }
                LimitKind::StorageClosing(location) if *location == facts.location => {
                    program.enter(closing, row, volume)?;
                }
                LimitKind::StoragePeak(location) if *location == facts.location => {
                    // Stock before sales is closing stock and what is sold.
                    program.enter(closing, row, volume)?;
                    sold.iter().try_for_each(|&column| program.enter(column, row, volume))?;
                }
                LimitKind::Inbound(location) if *location == facts.location => {
                    program.lower(row, whole(pool.open_receipts[bucket]))?;
                    ordered.iter().try_for_each(|&(column, multiple)| program.enter(column, row, whole(multiple)))?;
                }
                LimitKind::Outbound(location) if *location == facts.location => {
                    sold.iter().try_for_each(|&column| program.enter(column, row, whole(1)))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The last stock is worth one thing up to its cover and another beyond.
    fn last_stock(&mut self, index: usize, last: usize) -> Result<(), Overflow> {
        let (pool, name) = (&self.model.pools[index], self.pool_name(index));
        let row = self.program.row(format!("last-stock[{name}]"), 'E', Ratio::zero());
        self.program.enter(last, row, whole(1))?;
        for (kind, upper, worth) in [
            ("within-cover", Some(whole(pool.end_cover)), pool.worth_within),
            ("beyond-cover", None, pool.worth_beyond),
        ] {
            let column = self.program.column(format!("{kind}[{name}]"), upper, worth);
            self.program.enter(column, row, whole(-1))?;
        }
        Ok(())
    }

    fn sale(&mut self, way: usize, bucket: usize) -> Result<usize, Overflow> {
        let offer = self.model.ways[way].offer;
        let (network, sale) = (self.model.network, &self.model.offers[offer]);
        let facts = &network.offers[offer];
        let name =
            format!("{},{},{}", network.item(facts.item).id, network.channel(facts.channel).id, self.label(bucket));
        let (demand, net) = (whole(sale.demand[bucket]), self.model.ways[way].net[bucket]);
        let earns = add(net, sale.shortage_cost[bucket])?;
        let column = self.program.whole_column(format!("sold[{name}]"), demand, earns);
        self.program.at_least(column, whole(sale.floors.held[bucket]));
        self.program.earn(-mul(demand, sale.shortage_cost[bucket])?)?;
        if let Some(cash) = &self.model.cash {
            for (arrives, share) in &cash.payout[facts.channel.index()][bucket] {
                self.pay(column, *arrives, -mul(net, *share)?)?;
            }
        }
        self.early_floor(&name, (offer, bucket), column)?;
        self.sold[offer].push(column);
        Ok(column)
    }
}
