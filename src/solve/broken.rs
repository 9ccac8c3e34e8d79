//! Commitments that an outcome breaks by the exact books, and what no plan can keep.

use num_traits::Zero;

use super::dynamic::Workspace;
use super::effect::Choice;
use super::program::{Decision, Program, Slot};
use super::reduced::Prices;
use super::rows::Rows;
use super::{Outcome, Violation};
use crate::model::breaches::{self, Breach, Breaches};
use crate::model::ledger::Ledger;
use crate::model::{Model, relief};
use crate::network::{Pin, PoolId, Relax, Route};
use crate::units::{Overflow, Ratio, add, mul, whole};

/// Commitments that an outcome breaks and no rule lets go of: proven ones first, then by bucket.
pub(super) fn broken(model: &Model<'_>, outcome: &Outcome) -> Result<Vec<Violation>, Overflow> {
    let ledger = Ledger::new(model, outcome)?;
    let mut found = Vec::new();
    let most = most_cash(model)?;
    for breach in Breaches::new(model, outcome, &ledger)?.all.into_iter().filter(|breach| breach.left > Ratio::zero()) {
        let proven = breach.kind == Relax::CashMinimum.name() && is_out_of_reach(model, &most, breach.bucket)?;
        let Breach { kind, of, bucket, left: amount, origin, .. } = breach;
        found.push(Violation { kind, of, bucket, amount, origin, proven });
    }
    found.extend(pins(model, outcome));
    found.extend(impossible_flows(model, outcome, &ledger));
    sort(&mut found);
    Ok(found)
}

/// What is told of stock that is not there, and of demand that is served twice: no plan at all has such.
const NO_STOCK: &str = "stock";
const NO_DEMAND: &str = "demand";

/// True where a violation is of what can be, and not of what was promised.
pub(super) fn is_impossible(violation: &Violation) -> bool {
    [NO_STOCK, NO_DEMAND].contains(&violation.kind)
}

/// Stock below nothing and sales beyond demand. Within one location no program has them, but rows hold what several share.
fn impossible_flows(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Vec<Violation> {
    let network = model.network;
    let mut found = Vec::new();
    for (index, flow) in ledger.stock.iter().enumerate() {
        let origin = &network.item(network.pool(PoolId::from(index)).item).origin;
        for (bucket, closing) in flow.closing.iter().enumerate().filter(|(_, closing)| **closing < 0) {
            let (of, amount) = (breaches::pool_name(model, index), whole(-closing));
            found.push(Violation { kind: NO_STOCK, of, bucket, amount, origin: origin.clone(), proven: false });
        }
    }
    for (index, offer) in model.offers.iter().enumerate() {
        let mut served: Vec<i64> = (0..offer.demand.len()).map(|at| outcome.on_time(model, index, at)).collect();
        for late in outcome.late.iter().filter(|late| offer.ways.contains(&late.way)) {
            served[late.wanted] += late.units;
        }
        for (bucket, (served, demand)) in served.iter().zip(&offer.demand).enumerate() {
            if served > demand {
                let (of, amount) = (breaches::offer_name(model, index), whole(served - demand));
                let origin = network.offers[index].origin.clone();
                found.push(Violation { kind: NO_DEMAND, of, bucket, amount, origin, proven: false });
            }
        }
    }
    found
}

fn sort(found: &mut [Violation]) {
    found.sort_by(|a, b| b.proven.cmp(&a.proven).then(a.bucket.cmp(&b.bucket)).then(b.amount.cmp(&a.amount)));
}

/// True where even the most cash that any plan can have is too little in a bucket, whatever rules let go of.
fn is_out_of_reach(model: &Model<'_>, most: &[Ratio], bucket: usize) -> Result<bool, Overflow> {
    let Some(cash) = &model.cash else { return Ok(false) };
    let mut there = add(most[bucket], model.given.cash[bucket])?;
    for &rule in &model.relief.cash {
        there = add(there, relief::amount(&model.network.rules[rule], cash.minimum[bucket])?)?;
    }
    Ok(there < cash.minimum[bucket])
}

/// More cash than any plan can have at the end of each bucket: all demand that earns is sold, and nothing is bought.
fn most_cash(model: &Model<'_>) -> Result<Vec<Ratio>, Overflow> {
    let Some(cash) = &model.cash else { return Ok(Vec::new()) };
    let mut arriving = vec![Ratio::zero(); model.horizon];
    for (index, offer) in model.offers.iter().enumerate() {
        let payout = &cash.payout[model.network.offers[index].channel.index()];
        for (bucket, units) in offer.demand.iter().enumerate() {
            // Served late, cash comes later.
            let best = model.ways_of(index).map(|(_, way)| way.net[bucket]).max().unwrap_or_default();
            let earned = mul(best.max(Ratio::zero()), whole(*units))?;
            for (arrives, share) in &payout[bucket] {
                arriving[*arrives] = add(arriving[*arrives], mul(earned, *share)?)?;
            }
        }
    }
    let mut at = cash.opening;
    let mut most = Vec::with_capacity(arriving.len());
    for (bucket, arriving) in arriving.iter().enumerate() {
        at = add(add(at, *arriving)?, add(cash.other[bucket], -cash.open_payments[bucket])?)?;
        most.push(at);
    }
    Ok(most)
}

fn below_floor(model: &Model<'_>, offer: usize, bucket: usize, short: i64, proven: bool) -> Violation {
    let (of, origin) = (breaches::offer_name(model, offer), breaches::floor_origin(model, offer, bucket));
    Violation { kind: "fill-rate", of, bucket, amount: whole(short), origin, proven }
}

/// Pins that lines do not keep; units. One that no line can keep is proven.
fn pins(model: &Model<'_>, outcome: &Outcome) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, pin) in model.network.pins.iter().enumerate() {
        let (units, never): (i64, bool) = match pin.lane {
            Route::Purchase(lane) => {
                let own = outcome.lines.iter().filter(|line| (line.lane, line.bucket) == (lane, pin.bucket));
                let is_allowed = !model.network.lane(lane).premium || model.relief.premium[lane.index()].is_some();
                let never = !is_allowed || model.opportunity(lane, pin.bucket).is_none();
                (own.map(|line| line.units).sum(), never)
            }
            Route::Transfer(lane) => {
                let own = outcome.transfers.iter().filter(|sent| (sent.lane, sent.bucket) == (lane, pin.bucket));
                let is_allowed =
                    !model.network.transfer(lane).premium || model.relief.premium_transfers[lane.index()].is_some();
                let never = !is_allowed || model.passage(lane, pin.bucket).is_none();
                (own.map(|sent| sent.units).sum(), never)
            }
        };
        let off = (pin.least - units).max(pin.most.map_or(0, |most| units - most));
        if off > 0 {
            found.push(against_pin(model, index, off, never));
        }
    }
    found
}

fn against_pin(model: &Model<'_>, index: usize, units: i64, proven: bool) -> Violation {
    let network = model.network;
    let pin = &network.pins[index];
    let of = match pin.lane {
        Route::Purchase(lane) => network.lane_name(lane),
        Route::Transfer(lane) => network.transfer_name(lane),
    };
    Violation { kind: "pin", of, bucket: pin.bucket, amount: whole(units), origin: pin.origin.clone(), proven }
}

fn against_cover(
    model: &Model<'_>,
    index: usize,
    kind: &'static str,
    (bucket, units): (usize, i64),
    proven: bool,
) -> Violation {
    let network = model.network;
    let item = network.pool(PoolId::from(index)).item;
    let source = model.pools[index].cover.source;
    let origin =
        source.map_or_else(|| network.item(item).origin.clone(), |source| network.covers[source].origin.clone());
    Violation { kind, of: breaches::pool_name(model, index), bucket, amount: whole(units), origin, proven }
}

/// What to tell of a plan that keeps all but falls short, before promises begin, of more than facts make necessary.
pub(super) fn more_given(model: &Model<'_>) -> Option<Violation> {
    let network = model.network;
    let promises = network.services.iter().map(|service| (&service.name, &service.origin));
    let (name, origin) = promises.chain(network.covers.iter().map(|cover| (&cover.name, &cover.origin))).next()?;
    let (of, origin, amount) = (name.clone(), origin.clone(), Ratio::zero());
    Some(Violation { kind: "given-shortage", of, bucket: 0, amount, origin, proven: false })
}

/// Floors and covers of pools that have no decision at all, whatever others do: what each has to lack at least. Empty where every
/// pool has one.
pub(super) fn impossible(model: &Model<'_>, programs: &[Program], rows: &Rows) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut workspace = Workspace::default();
    let mut decision = Decision::default();
    for program in programs {
        workspace.reduced.set(program, &Prices::zero(rows));
        workspace.caps.free(program);
        if workspace.solve(program, &mut decision).is_some() {
            continue;
        }
        found.extend(lacking(model, rows, &mut workspace, program));
    }
    sort(&mut found);
    found
}

/// What a pool without any decision lacks where all its promises may be broken, as little as can be.
fn lacking(model: &Model<'_>, rows: &Rows, workspace: &mut Workspace, program: &Program) -> Vec<Violation> {
    let elastic = program.elastic();
    workspace.reduced.set(&elastic, &Prices::zero(rows));
    workspace.caps.free(&elastic);
    let mut decision = Decision::default();
    if workspace.solve(&elastic, &mut decision).is_none() {
        return Vec::new();
    }
    let choice = Choice::of(&elastic, rows, decision);
    let mut found = Vec::new();
    for (index, (sale, sold)) in program.sales.iter().zip(&choice.decision.sales).enumerate() {
        if let Slot::Sale(way, _) = program.slots[index % program.slots.len()]
            && sale.least > *sold
        {
            let bucket = index / program.slots.len();
            found.push(below_floor(model, model.ways[way].offer, bucket, sale.least - sold, true));
        }
    }
    for (option, size) in program.options.iter().zip(&choice.decision.lines) {
        let pinned = model.pinned(option.lane, option.bucket).filter(|_| option.required);
        let least = pinned.map_or(0, |(least, _)| least);
        let pinned = |pin: &Pin| pin.lane == option.lane && pin.bucket == option.bucket;
        if let Some(index) = model.network.pins.iter().position(pinned).filter(|_| *size < least) {
            found.push(against_pin(model, index, least - size, true));
        }
    }
    let closing = program.closing(&choice.decision);
    for (bucket, wanted) in program.wanted.iter().enumerate().filter(|(_, wanted)| wanted.hard) {
        let sold: i64 = choice.decision.sales[program.sold_in(bucket)].iter().sum();
        let short = wanted.shortfall(closing[bucket] + sold) - program.most_short(wanted);
        if short > 0 {
            found.push(against_cover(model, program.pool, "safety-stock", (bucket, short), true));
        }
    }
    for (bucket, most) in rows.most_closing[program.pool].iter().enumerate() {
        let excess = program.excess.iter().find(|excess| excess.bucket == bucket);
        let most = excess.map(|excess| excess.most + program.most_over(excess)).or(*most);
        if let Some(over) = most.map(|most| closing[bucket] - most).filter(|over| *over > 0) {
            found.push(against_cover(model, program.pool, "max-cover", (bucket, over), true));
        }
    }
    found
}
