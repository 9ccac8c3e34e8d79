//! Actuals against the approved plan: from a plan file and what is told since to a [`Tracking`].
//!
//! What the plan sells and what it assumes comes from the plan file; prices, costs and the lines that state all this from the checked
//! world it was made of. Of a bucket that is running the plan counts with the part of its days that is over, since sales are planned
//! evenly over a bucket. `docs/tracking.md` says how differences are told apart.

mod actuals;
mod cash;
mod exceptions;
mod file;
mod kept;
mod lost;
mod metrics;
mod payments;
mod places;
mod planned;
mod projection;
mod revisit;
mod schema;
mod stock;
mod supply;
mod transfers;
mod variance;

pub use file::*;
pub use kept::{Kept, TOLERANCE, Untold, kept};
pub(crate) use planned::moves as promotion_moves;
pub use schema::{SCHEMA, schema};

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::network::{Event, ItemId, Network};
use crate::plan::Plan;
use crate::render::number::counted;
use crate::source::Place;
use crate::units::Overflow;
use actuals::Facts;
use planned::{Names, Span};
use stock::Stock;

/// Why nothing can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Untracked {
    /// The plan was not made of these inputs, and why that is known.
    OtherPlan(String),
    /// No row tells of a day of the plan.
    NothingTold,
    /// Numbers do not fit.
    Overflow,
}

impl From<Overflow> for Untracked {
    fn from(_: Overflow) -> Self {
        Self::Overflow
    }
}

/// Holds what came to be against a plan that was made of `network`, up to and with the day `through`, by default the last one that
/// is told of.
///
/// # Errors
/// Where the plan is another one, or nothing is told of its days.
pub fn track(network: &Network, plan: &Plan, through: Option<NaiveDate>) -> Result<Tracking, Untracked> {
    same_plan(network, plan)?;
    let span = span(network, through)?;
    let names = Names::of(network);
    let facts = Facts::of(network, &span.buckets, span.through)?;
    let told = Told::of(network);
    let moves = planned::moves(network, plan);
    let planned = planned::rows(network, &names, plan, &span, &moves)?;
    let matched = supply::matched(plan, &facts, network, &names, &span);
    let carried = transfers::matched(plan, &facts, &names, &span);
    let carried_told = told.transfers.then_some(&carried);
    let by_supply = match told.receipts || told.transfers {
        true => lost::lost(&lost::Looked {
            matched: &matched,
            receipts_told: told.receipts,
            carried: carried_told,
            facts: &facts,
            plan,
            planned: &planned,
            names: &names,
            span: &span,
        })?,
        false => BTreeMap::new(),
    };
    let sales = variance::rows(network, &planned, &facts.sales, &by_supply, &span)?;
    let costs = stock::costs(network)?;
    let stocks = stock::all(plan, &matched, &facts, &planned, &names, &span, told.receipts)?;
    let stock_rows: Vec<StockRow> =
        stocks.iter().map(|(item, stock)| stock.row(*item, costs[item.index()], network, &facts, &span)).collect();
    let both: BTreeMap<ItemId, (&Stock, &StockRow)> =
        stocks.iter().zip(&stock_rows).map(|((item, stock), row)| (*item, (stock, row))).collect();
    let places = places::Looked {
        network,
        plan,
        facts: &facts,
        matched: &matched,
        carried: &carried,
        names: &names,
        span: &span,
        told: (told.receipts, told.transfers),
        costs: &costs,
    };
    let places = places.rows()?;
    let stock_rows_counted = stock_rows.iter().any(|row| row.counted) || places.iter().any(|row| row.counted);
    let projection = projection::project(network, &planned, &sales, &both, &matched, &span)?;
    let supply_rows = if told.receipts { supply::rows(&matched, network, &span) } else { Vec::new() };
    let payment_rows = if told.payments { payments::rows(&matched, &facts, network, &span)? } else { Vec::new() };
    let metrics = metrics::all(&metrics::Basis {
        sales: &sales,
        costs: sales.iter().map(|row| costs[names.items[row.item.as_str()].index()]).collect(),
        supply: told.receipts.then_some(supply_rows.as_slice()),
        stock: both.values().copied().collect(),
        ahead: metrics::ahead(plan, &stock_rows, span.through)?,
        years: span.years(),
        payments: told.payments.then_some(payment_rows.as_slice()),
    })?;
    let cash = cash::Looked {
        network,
        plan,
        planned: &planned,
        sales: &sales,
        projection: projection.as_ref(),
        matched: &matched,
        facts: &facts,
        payments_told: told.payments,
        names: &names,
        span: &span,
    };
    let cash = cash.end()?;
    let exceptions = exceptions::all(&exceptions::Looked {
        network,
        plan,
        sales: &sales,
        stock: &stock_rows,
        places: &places,
        payments: &payment_rows,
        projection: projection.as_ref(),
        matched: &matched,
        carried: carried_told,
        cash: cash.as_ref(),
        receipts_told: told.receipts,
        span: &span,
    })?;
    let revisit = revisit::all(network, &names, &sales, (&matched, told.receipts), carried_told, &moves, &span)?;
    let bucket = |(index, bucket): (usize, &crate::calendar::Bucket)| TrackedBucket {
        label: bucket.period.to_string(),
        start: bucket.start,
        end: bucket.end,
        days: bucket.days(),
        elapsed: span.elapsed(index),
    };
    Ok(Tracking {
        format_version: FORMAT_VERSION.to_owned(),
        compiler_version: env!("CARGO_PKG_VERSION").to_owned(),
        project: plan.project.clone(),
        cycle: plan.cycle.clone(),
        currency: plan.currency.clone(),
        plan_hash: plan.plan_hash.clone(),
        as_of: plan.as_of,
        through: span.through,
        buckets: span.buckets.iter().enumerate().map(bucket).collect(),
        variance: variance::total(&sales)?,
        metrics,
        sales,
        supply: supply_rows,
        transfers: if told.transfers { transfers::rows(&carried, network, &span) } else { Vec::new() },
        stock: stock_rows,
        places,
        payments: payment_rows,
        projection,
        cash,
        exceptions,
        revisit,
        items: plan.items.clone(),
        notes: told.notes(&Due {
            orders: matched.lines.iter().any(|line| line.order.usable_date <= span.through),
            transfers: plan.transfers.iter().any(|transfer| transfer.usable_date <= span.through),
            left_out: facts.left_out,
            alone: alone(network, through.is_some(), &span),
            counted: stock_rows_counted,
        }),
    })
}

/// The plan and the inputs have to speak of the same days and buckets.
fn same_plan(network: &Network, plan: &Plan) -> Result<(), Untracked> {
    let other = |why: String| Err(Untracked::OtherPlan(why));
    if plan.cycle != network.cycle {
        return other(format!(
            "it is the plan of the cycle `{}`, and the inputs are of `{}`",
            plan.cycle, network.cycle
        ));
    }
    if plan.as_of != network.as_of {
        return other(format!("it is of {}, and the inputs are of {}", plan.as_of, network.as_of));
    }
    let horizon = plan.buckets.iter().filter(|bucket| !bucket.tail).map(|bucket| bucket.label.clone());
    if !horizon.eq(network.calendar.buckets.iter().map(|bucket| bucket.period.to_string())) {
        return other("its buckets are not those of the inputs".to_owned());
    }
    Ok(())
}

/// The buckets from as-of to the last day told.
fn span(network: &Network, through: Option<NaiveDate>) -> Result<Span, Untracked> {
    let (first, last) = (network.calendar.start(), network.calendar.end());
    let told = || network.actuals.iter().filter_map(actuals::last_day).filter(|day| first <= *day);
    // A year mistyped is no reason to call the whole horizon over.
    let inside = told().filter(|day| *day <= last).max();
    let told = inside.or(told().max()).ok_or(Untracked::NothingTold)?;
    let through = through.unwrap_or(told).min(last);
    if through < first {
        return Err(Untracked::NothingTold);
    }
    let buckets = network.calendar.buckets.iter().filter(|bucket| bucket.start <= through).copied().collect();
    Ok(Span { buckets, through })
}

/// What the plan wants to have come by now, and rows that tell of other days.
struct Due {
    orders: bool,
    transfers: bool,
    left_out: (usize, Option<Place>),
    /// The last day told, where it stands alone: the row that tells of it, the day, and days since the one before.
    alone: Option<(Place, NaiveDate, i64)>,
    /// True where a count is of the morning after the last day told.
    counted: bool,
}

/// The last day told, where it lies weeks behind all others: the row, the day, and the days between.
fn alone(network: &Network, asked: bool, span: &Span) -> Option<(Place, NaiveDate, i64)> {
    let days = network.actuals.iter().filter(|actual| actual.on.is_some()).filter_map(|actual| {
        let day = actuals::last_day(actual)?;
        (span.buckets[0].start <= day && day <= span.through).then_some((day, &actual.origin))
    });
    let mut days: Vec<_> = days.collect();
    days.sort();
    let (last, place) = *days.last().filter(|(last, _)| !asked && *last == span.through)?;
    let before = days.iter().rev().map(|(day, _)| *day).find(|day| *day < last)?;
    let between = crate::calendar::days_between(before, last);
    (between > FAR).then(|| (place.clone(), last, between))
}

/// Days without a word before the last one told, from which on that one is looked at twice.
const FAR: i64 = 21;

/// What kinds of actuals there are at all.
struct Told {
    sales: bool,
    receipts: bool,
    transfers: bool,
    counts: bool,
    payments: bool,
}

impl Told {
    fn of(network: &Network) -> Self {
        let any = |is: fn(&Event) -> bool| network.actuals.iter().any(|actual| is(&actual.event));
        Self {
            sales: any(|event| matches!(event, Event::Sale(..))),
            receipts: any(|event| matches!(event, Event::Receipt(..))),
            transfers: any(|event| matches!(event, Event::Transfer(..))),
            counts: any(|event| matches!(event, Event::Stock(..))),
            payments: any(|event| matches!(event, Event::Payment(..))),
        }
    }

    fn notes(&self, due: &Due) -> Vec<String> {
        let known = [
            (self.sales, "no sales are told: all that was planned counts as not asked for"),
            (
                self.receipts || !due.orders,
                "no receipts are told: what was due counts as received, and nothing as late",
            ),
            (
                self.transfers || !due.transfers,
                "no transfers are told: what was due from other locations counts as arrived",
            ),
            (self.counts, "no stock is counted: it is reckoned from opening stock, receipts and sales"),
            (self.payments, "no payments are told"),
        ];
        let missing = known.into_iter().filter(|(told, _)| !told).map(|(_, note)| note.to_owned());
        let (left_out, first) = &due.left_out;
        let outside = first.as_ref().map(|first| {
            let rows = counted(*left_out, "row of actuals tells", "rows of actuals tell");
            let place = format!("{}:{}", first.file, first.line);
            let first = if *left_out == 1 { place } else { format!("the first at {place}") };
            format!(
                "{rows} of days before as-of or behind the last one looked at, and {} left aside: {first}",
                if *left_out == 1 { "is" } else { "are" }
            )
        });
        let other_day = (self.counts && !due.counted).then(|| {
            "stock is counted on other days than the morning after the last one told: it is not compared".to_owned()
        });
        let alone = due.alone.as_ref().map(|(place, day, between)| {
            let place = format!("{}:{}", place.file, place.line);
            format!(
                "the last day told, {day}, is {between} days behind all others: {place}; `--through` says where to stop"
            )
        });
        missing.chain(outside).chain(other_day).chain(alone).collect()
    }
}
