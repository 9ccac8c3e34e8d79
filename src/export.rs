//! The very model that is planned, in the MPS format that other solvers read, so that anyone can check a plan or a bound.
//!
//! It has what `docs/planner.md` calls the problem: whole units sold, lines that are absent or multiples between smallest and
//! largest, stock, and a row for every limit and bucket. Constants stand in the objective's right-hand side. Payments are
//! exact shares here; a plan's are rounded to the minor unit, which moves cash by less than a unit a line.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use num_traits::Zero;

use crate::model::{LimitKind, Model, Opportunity};
use crate::network::{MilestoneDay, PoolId};
use crate::solve::Given;
use crate::units::{Overflow, Ratio, add, mul, ratio, round_to, whole};

/// Digits behind the point of what has no end.
const DIGITS: u32 = 12;

/// A variable.
#[derive(Debug)]
struct Column {
    name: String,
    integer: bool,
    upper: Option<Ratio>,
    binary: bool,
    earns: Ratio,
    entries: Vec<(usize, Ratio)>,
}

/// A row: sum of entries, related to a number.
#[derive(Debug)]
struct Row {
    name: String,
    kind: char,
    right: Ratio,
}

/// A mixed-integer program.
#[derive(Debug, Default)]
struct Program {
    rows: Vec<Row>,
    columns: Vec<Column>,
    constant: Ratio,
}

impl Program {
    fn row(&mut self, name: String, kind: char, right: Ratio) -> usize {
        self.rows.push(Row { name, kind, right });
        self.rows.len() - 1
    }

    fn column(&mut self, name: String, integer: bool, upper: Option<Ratio>, earns: Ratio) -> usize {
        self.columns.push(Column { name, integer, upper, binary: false, earns, entries: Vec::new() });
        self.columns.len() - 1
    }

    fn enter(&mut self, column: usize, row: usize, amount: Ratio) -> Result<(), Overflow> {
        if amount.is_zero() {
            return Ok(());
        }
        let entries = &mut self.columns[column].entries;
        match entries.iter_mut().find(|(known, _)| *known == row) {
            Some((_, sum)) => *sum = add(*sum, amount)?,
            None => entries.push((row, amount)),
        }
        Ok(())
    }
}

/// Rows by what they are about.
struct Rows {
    /// By limit, then bucket.
    limits: Vec<Vec<usize>>,
    /// By bucket; empty without cash.
    cash: Vec<usize>,
}

/// The model in free MPS.
///
/// # Errors
/// Where numbers do not fit together.
pub fn mps(model: &Model<'_>) -> Result<String, Overflow> {
    let given = Given::new(model)?;
    let mut program = Program::default();
    let rows = shared_rows(model, &given, &mut program)?;
    for index in 0..model.pools.len() {
        pool(model, &rows, &mut program, index)?;
    }
    write(model, program)
}

fn label(model: &Model<'_>, bucket: usize) -> String {
    model.buckets()[bucket].period.to_string()
}

fn shared_rows(model: &Model<'_>, given: &Given, program: &mut Program) -> Result<Rows, Overflow> {
    let buckets = model.buckets().len();
    let mut limits = Vec::with_capacity(model.limits.len());
    for (limit, given) in model.limits.iter().zip(&given.limits) {
        let mut rows = Vec::with_capacity(buckets);
        for (bucket, given) in given.iter().enumerate() {
            let mut right = add(limit.available[bucket], *given)?;
            if let LimitKind::Budget { open_orders, .. } = &limit.kind {
                for &index in open_orders.iter().filter(|&&index| model.open_lines[index].receipt == Some(bucket)) {
                    let order = &model.network.open_orders[index];
                    let value = mul(model.pools[order.pool.index()].standard_cost, whole(order.units))?;
                    right = add(right, -value)?;
                }
            }
            rows.push(program.row(format!("{}[{},{}]", limit.kind.name(), limit.of, label(model, bucket)), 'L', right));
        }
        limits.push(rows);
    }
    let mut cash_rows = Vec::new();
    if let Some(cash) = &model.cash {
        let mut balance = cash.opening;
        for bucket in 0..buckets {
            balance = add(balance, add(cash.other[bucket], -cash.open_payments[bucket])?)?;
            let right = add(add(balance, -cash.minimum[bucket])?, given.cash[bucket])?;
            cash_rows.push(program.row(format!("cash[{}]", label(model, bucket)), 'L', right));
        }
    }
    Ok(Rows { limits, cash: cash_rows })
}

/// Money paid in a bucket lowers the balance of all from there on.
fn pay(rows: &Rows, program: &mut Program, column: usize, bucket: usize, amount: Ratio) -> Result<(), Overflow> {
    rows.cash.iter().skip(bucket).try_for_each(|&row| program.enter(column, row, amount))
}

fn pool(model: &Model<'_>, rows: &Rows, program: &mut Program, index: usize) -> Result<(), Overflow> {
    let network = model.network;
    let (facts, pool) = (network.pool(PoolId::from(index)), &model.pools[index]);
    let name = format!("{},{}", network.item(facts.item).id, network.location(facts.location).id);
    let volume = ratio(network.item(facts.item).unit_volume);
    let buckets = model.buckets().len();
    let mut before: Option<usize> = None;
    for bucket in 0..buckets {
        let received = pool.open_receipts[bucket];
        let start = if bucket == 0 { facts.on_hand } else { 0 };
        let at = label(model, bucket);
        // closing + sold - ordered - closing before = on hand + open receipts
        let balance = program.row(format!("stock[{name},{at}]"), 'E', whole(start + received));
        let closing = program.column(format!("closing[{name},{at}]"), false, None, -pool.holding[bucket]);
        program.enter(closing, balance, whole(1))?;
        if let Some(before) = before {
            program.enter(before, balance, whole(-1))?;
        }
        let mut sold = Vec::with_capacity(pool.offers.len());
        for &offer in &pool.offers {
            sold.push(sale(model, rows, program, offer, bucket)?);
        }
        let mut ordered = Vec::new();
        for &lane in &pool.lanes {
            if let Some(opportunity) = &model.lanes[lane][bucket] {
                ordered.extend(line(model, rows, program, (index, lane, bucket), opportunity)?);
            }
        }
        sold.iter().try_for_each(|&column| program.enter(column, balance, whole(1)))?;
        ordered.iter().try_for_each(|&(column, multiple)| program.enter(column, balance, whole(-multiple)))?;
        for (limit, shared) in model.limits.iter().zip(&rows.limits) {
            let row = shared[bucket];
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
                    program.rows[row].right = add(program.rows[row].right, whole(-received))?;
                    ordered.iter().try_for_each(|&(column, multiple)| program.enter(column, row, whole(multiple)))?;
                }
                LimitKind::Outbound(location) if *location == facts.location => {
                    sold.iter().try_for_each(|&column| program.enter(column, row, whole(1)))?;
                }
                _ => {}
            }
        }
        before = Some(closing);
    }
    if let Some(last) = before {
        let row = program.row(format!("last-stock[{name}]"), 'E', Ratio::zero());
        program.enter(last, row, whole(1))?;
        for (kind, upper, worth) in [
            ("within-cover", Some(whole(pool.end_cover)), pool.worth_within),
            ("beyond-cover", None, pool.worth_beyond),
        ] {
            let column = program.column(format!("{kind}[{name}]"), false, upper, worth);
            program.enter(column, row, whole(-1))?;
        }
    }
    Ok(())
}

fn sale(model: &Model<'_>, rows: &Rows, program: &mut Program, offer: usize, bucket: usize) -> Result<usize, Overflow> {
    let network = model.network;
    let (facts, sale) = (&network.offers[offer], &model.offers[offer]);
    let (item, channel) = (&network.item(facts.item).id, &network.channel(facts.channel).id);
    let (demand, net) = (whole(sale.demand[bucket]), sale.net[bucket]);
    let name = format!("sold[{item},{channel},{}]", label(model, bucket));
    let column = program.column(name, true, Some(demand), add(net, sale.shortage_cost[bucket])?);
    program.constant = add(program.constant, -mul(demand, sale.shortage_cost[bucket])?)?;
    if let Some(cash) = &model.cash {
        for (arrives, share) in &cash.payout[facts.channel.index()][bucket] {
            pay(rows, program, column, *arrives, -mul(net, *share)?)?;
        }
    }
    Ok(column)
}

/// The columns of a line, one for each piece of its cost, each with the units that one of it stands for.
fn line(
    model: &Model<'_>,
    rows: &Rows,
    program: &mut Program,
    (pool, index, bucket): (usize, usize, usize),
    opportunity: &Opportunity,
) -> Result<Vec<(usize, i64)>, Overflow> {
    let network = model.network;
    let lane = &network.lanes[index];
    let terms = &opportunity.terms;
    let name = format!(
        "{},{},{},{},{}",
        network.item(lane.item).id,
        network.supplier(lane.supplier).id,
        network.location(lane.location).id,
        lane.mode,
        label(model, bucket)
    );
    // No plan needs a larger line: all demand to come, the last cover, and one line more.
    let demand: i64 = model.pools[pool].offers.iter().flat_map(|&offer| &model.offers[offer].demand[bucket..]).sum();
    let last_break = lane.breaks.last().map_or(0, |one| one.from);
    let enough = demand + lane.smallest_line().max(last_break) + lane.multiple;
    let pieces = terms.goods_pieces()?;
    let placed = (pieces.len() > 1).then(|| program.row(format!("one-of[{name}]"), 'L', whole(1)));
    let mut columns = Vec::with_capacity(pieces.len());
    for (number, piece) in pieces.iter().enumerate() {
        let least = lane.smallest_line().max((piece.from + lane.multiple - 1) / lane.multiple * lane.multiple);
        let most = lane.largest_line().unwrap_or(enough).min(enough).min(piece.to.unwrap_or(i64::MAX)) / lane.multiple;
        if least > most * lane.multiple {
            continue;
        }
        let name = if pieces.len() > 1 { format!("{name},{}", number + 1) } else { name.clone() };
        let unit = whole(lane.multiple);
        let landed = |goods: Ratio, freight: Ratio| add(mul(goods, add(whole(1), terms.duty_rate)?)?, freight);
        let cost = mul(unit, landed(piece.unit, terms.freight)?)?;
        let fixed = add(landed(piece.fixed, Ratio::zero())?, terms.order_cost)?;
        let many = program.column(format!("multiples[{name}]"), true, Some(whole(most)), -cost);
        let one = program.column(format!("placed[{name}]"), true, Some(whole(1)), -fixed);
        program.columns[one].binary = true;
        // least x placed <= units <= most x placed
        let lower = program.row(format!("least[{name}]"), 'G', Ratio::zero());
        program.enter(many, lower, unit)?;
        program.enter(one, lower, whole(-least))?;
        let upper = program.row(format!("most[{name}]"), 'L', Ratio::zero());
        program.enter(many, upper, whole(1))?;
        program.enter(one, upper, whole(-most))?;
        if let Some(row) = placed {
            program.enter(one, row, whole(1))?;
        }
        for (limit, shared) in model.limits.iter().zip(&rows.limits) {
            match &limit.kind {
                LimitKind::Budget { lanes, .. } if lanes.iter().any(|lane| lane.index() == index) => {
                    program.enter(many, shared[bucket], cost)?;
                    program.enter(one, shared[bucket], landed(piece.fixed, Ratio::zero())?)?;
                }
                LimitKind::Supplier(supplier) if *supplier == lane.supplier => {
                    let row = shared[opportunity.release_bucket];
                    program.enter(many, row, mul(unit, ratio(lane.capacity_use))?)?;
                    program.enter(one, row, ratio(lane.capacity_setup))?;
                }
                _ => {}
            }
        }
        for milestone in &network.supplier(lane.supplier).payment {
            let from = match milestone.at {
                MilestoneDay::Order => opportunity.trip.release,
                MilestoneDay::Ship => opportunity.trip.ship,
                MilestoneDay::Receipt => opportunity.trip.usable,
            };
            let days = chrono::Days::new(u64::try_from(milestone.days).map_err(|_| Overflow)?);
            if let Some(paid) = network.calendar.bucket_of(from.checked_add_days(days).ok_or(Overflow)?) {
                let share = ratio(milestone.share);
                pay(rows, program, many, paid, mul(share, mul(unit, piece.unit)?)?)?;
                pay(rows, program, one, paid, mul(share, piece.fixed)?)?;
            }
        }
        if let Some(paid) = network.calendar.bucket_of(opportunity.trip.usable) {
            let besides = add(mul(piece.unit, terms.duty_rate)?, terms.freight)?;
            pay(rows, program, many, paid, mul(unit, besides)?)?;
            pay(rows, program, one, paid, mul(piece.fixed, terms.duty_rate)?)?;
        }
        columns.push((many, lane.multiple));
    }
    Ok(columns)
}

/// Names without blanks or control characters, each once.
fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    names
        .map(|name| {
            let bare: String =
                name.chars().map(|c| if c.is_whitespace() || c.is_control() || c == '$' { '_' } else { c }).collect();
            let count = known.entry(bare.clone()).or_insert(0);
            *count += 1;
            if *count == 1 { bare } else { format!("{bare}#{count}") }
        })
        .collect()
}

fn number(amount: Ratio) -> Result<String, Overflow> {
    round_to(amount, DIGITS).map(|decimal| decimal.normalize().to_string())
}

fn write(model: &Model<'_>, program: Program) -> Result<String, Overflow> {
    let Program { rows, columns, constant } = program;
    let row_names = unique(rows.iter().map(|row| row.name.clone()));
    let column_names = unique(columns.iter().map(|column| column.name.clone()));
    let title = unique(std::iter::once(model.network.project.clone())).concat();
    let mut text = format!("NAME {title}\nOBJSENSE\n    MAX\nROWS\n N earned\n");
    let mut put = |arguments: std::fmt::Arguments<'_>| text.write_fmt(arguments).map_err(|_| Overflow);
    for (row, name) in rows.iter().zip(&row_names) {
        put(format_args!(" {} {name}\n", row.kind))?;
    }
    put(format_args!("COLUMNS\n"))?;
    let mut integer = false;
    for (index, (column, name)) in columns.iter().zip(&column_names).enumerate() {
        if column.integer != integer {
            let mark = if column.integer { "INTORG" } else { "INTEND" };
            put(format_args!(" MARK{index} 'MARKER' '{mark}'\n"))?;
            integer = column.integer;
        }
        put(format_args!(" {name} earned {}\n", number(column.earns)?))?;
        for (row, amount) in &column.entries {
            put(format_args!(" {name} {} {}\n", row_names[*row], number(*amount)?))?;
        }
    }
    if integer {
        put(format_args!(" MARKEND 'MARKER' 'INTEND'\n"))?;
    }
    // The objective's constant stands on the right-hand side with the other sign.
    put(format_args!("RHS\n RHS earned {}\n", number(-constant)?))?;
    for (row, name) in rows.iter().zip(&row_names).filter(|(row, _)| !row.right.is_zero()) {
        put(format_args!(" RHS {name} {}\n", number(row.right)?))?;
    }
    put(format_args!("BOUNDS\n"))?;
    for (column, name) in columns.iter().zip(&column_names) {
        match column.upper {
            _ if column.binary => put(format_args!(" BV BND {name}\n"))?,
            Some(upper) => put(format_args!(" UP BND {name} {}\n", number(upper)?))?,
            None => put(format_args!(" PL BND {name}\n"))?,
        }
    }
    put(format_args!("ENDATA\n"))?;
    Ok(text)
}
