//! The books of a plan, and of the plan with something decided otherwise: what that earns, what it breaks.
//!
//! What stands in the way of something is not guessed: it is done in the books, everything else as it is, and the books say what is
//! broken then, or that it does not pay.

use std::collections::BTreeMap;

use num_traits::Zero;

use crate::explain::words;
use crate::model::Model;
use crate::model::breaches::{Breaches, offer_name, pool_name};
use crate::model::ledger::Ledger;
use crate::network::{PoolId, Route};
use crate::plan::given_use;
use crate::render::number::money;
use crate::solve::Outcome;
use crate::source::Place;
use crate::units::{Overflow, Ratio, add, mul, sub, whole};

/// The books of a plan.
pub(super) struct Books<'m> {
    model: &'m Model<'m>,
    pub(super) outcome: Outcome,
    pub(super) ledger: Ledger<'m>,
    broken: BTreeMap<Key, (Ratio, Place)>,
    totals: Vec<(&'static str, Ratio)>,
    given: Ratio,
}

/// A commitment in a bucket, and the rule that lets it go.
type Key = (&'static str, String, usize, Option<usize>);

/// What it comes to where something is decided otherwise.
#[derive(Debug, Clone)]
pub(super) struct Trial {
    /// What it earns more, by the economics of the project.
    pub(super) earns: Ratio,
    /// The parts of that, but those that are nothing.
    pub(super) parts: Vec<(&'static str, Ratio)>,
    /// What it breaks that the plan does not.
    pub(super) breaks: Vec<Break>,
}

/// A commitment that is broken, or a rule that is used more.
#[derive(Debug, Clone)]
pub(super) struct Break {
    /// Its kind, `budget`, `fill-rate`, ...
    pub(super) kind: &'static str,
    /// Which one.
    pub(super) of: String,
    /// When.
    pub(super) bucket: usize,
    /// By how much more than in the plan.
    pub(super) amount: Ratio,
    /// The rule that would let it go, by its place in the list.
    pub(super) rule: Option<usize>,
    /// Where it is stated.
    pub(super) origin: Place,
}

impl<'m> Books<'m> {
    /// The books of a plan's decisions.
    pub(super) fn new(model: &'m Model<'m>, outcome: Outcome) -> Result<Self, Overflow> {
        let ledger = Ledger::new(model, &outcome)?;
        let broken = broken(model, &outcome, &ledger)?;
        let (totals, given) = (totals(model, &outcome, &ledger)?, given_use(model, &outcome, &ledger)?);
        Ok(Self { model, outcome, ledger, broken, totals, given })
    }

    /// What other decisions come to beside those of the plan.
    pub(super) fn trial(&self, changed: &Outcome) -> Result<Trial, Overflow> {
        let model = self.model;
        let ledger = Ledger::new(model, changed)?;
        let mut breaks = Vec::new();
        for ((kind, of, bucket, rule), (amount, origin)) in broken(model, changed, &ledger)? {
            let before = self.broken.get(&(kind, of.clone(), bucket, rule)).map_or_else(Ratio::zero, |(own, _)| *own);
            let amount = sub(amount, before)?;
            if amount > Ratio::zero() {
                breaks.push(Break { kind, of, bucket, amount, rule, origin });
            }
        }
        let more = sub(given_use(model, changed, &ledger)?, self.given)?;
        if more > Ratio::zero() && breaks.is_empty() {
            let promises = model.network.services.iter().map(|one| (&one.name, &one.origin));
            let covers = model.network.covers.iter().map(|one| (&one.name, &one.origin));
            if let Some((name, origin)) = promises.chain(covers).next() {
                let (of, origin) = (name.clone(), origin.clone());
                breaks.push(Break { kind: "given", of, bucket: 0, amount: more, rule: None, origin });
            }
        }
        // What no rule lets go of weighs most, and of that what cannot be at all.
        breaks.sort_by_key(|one| (one.rule.is_some(), one.kind != STOCK, one.bucket));
        let mut parts = Vec::new();
        for ((name, before), (_, after)) in self.totals.iter().zip(totals(model, changed, &ledger)?) {
            let more = sub(after, *before)?;
            if !more.is_zero() {
                parts.push((*name, more));
            }
        }
        Ok(Trial { earns: sub(ledger.objective, self.ledger.objective)?, parts, breaks })
    }
}

impl Trial {
    /// True where it would have been better: it earns more, and breaks nothing.
    pub(super) fn is_better(&self) -> bool {
        self.breaks.is_empty() && self.earns > Ratio::zero()
    }

    /// `sales +568.80, landed cost -244.32 = +324.48 USD`; the sum is that of what is shown.
    pub(super) fn sum(&self, currency: &str) -> String {
        use rust_decimal::prelude::Zero as _;
        let cents = |number: Ratio| crate::units::round_to(number, 2).unwrap_or_default();
        let signed = |number: rust_decimal::Decimal| {
            let shown = money(crate::plan::Amount(number));
            if number.is_sign_negative() { shown } else { format!("+{shown}") }
        };
        let shown: Vec<_> =
            self.parts.iter().map(|(name, part)| (name, cents(*part))).filter(|(_, part)| !part.is_zero()).collect();
        let total = shown.iter().fold(rust_decimal::Decimal::zero(), |sum, (_, part)| sum.saturating_add(*part));
        let parts: Vec<String> = shown.iter().map(|(name, part)| format!("{name} {}", signed(*part))).collect();
        match parts.as_slice() {
            [] => format!("no money either way, 0.00 {currency}"),
            [one] => format!("{one} {currency}"),
            _ => format!("{} = {} {currency}", parts.join(", "), signed(total)),
        }
    }
}

impl Break {
    /// What it is called: `the budget`, `cash`, `the rule`.
    pub(super) fn called(&self, model: &Model<'_>) -> String {
        match (self.rule, self.kind) {
            (Some(rule), _) => format!("the rule `{}`", model.network.rules[rule].id),
            (None, STOCK) => "stock".to_owned(),
            (None, "cash-minimum") => "cash".to_owned(),
            (None, "expedite") => "the premium of its lane".to_owned(),
            (None, "fill-rate") => format!("the floor of `{}`", self.of),
            (None, "given") => "promises that are given".to_owned(),
            (None, MINIMUM) => format!("the minimum order of `{}`", self.of),
            (None, kind) => format!("{kind} `{}`", self.of),
        }
    }

    /// What would become of it: `the budget `all` would be passed by 1,200.00 in 2026-06`.
    pub(super) fn words(&self, model: &Model<'_>) -> String {
        let bucket = words::label(model, self.bucket);
        let amount = words::number(self.amount);
        let of = &self.of;
        let Some(rule) = self.rule else {
            return match self.kind {
                STOCK => format!("{amount} of `{of}` would be missing in {bucket}"),
                MINIMUM => format!("the order of `{of}` in {bucket} would stay {amount} below its minimum"),
                "given" => "promises before their beginning would fall shorter than they need to".to_owned(),
                "cash-minimum" => format!("cash would fall {amount} below its minimum in {bucket}"),
                "expedite" => format!("no rule lets the premium lane `{of}` be used"),
                "fill-rate" => format!("the floor of `{of}` would be missed by {amount} in {bucket}"),
                "safety-stock" => format!("the hard safety stock of `{of}` would be missed by {amount} in {bucket}"),
                "pin" => format!("the pin of `{of}` would be missed by {amount} in {bucket}"),
                kind => format!("{kind} `{of}` would be passed by {amount} in {bucket}"),
            };
        };
        let rule = &model.network.rules[rule].id;
        format!(
            "the rule `{rule}` would have to let {amount} more of `{of}` go in {bucket}, and its use comes before money"
        )
    }

    /// Its name for programs: the kind, or the rule.
    pub(super) fn cause(&self, model: &Model<'_>) -> String {
        self.rule.map_or_else(|| self.kind.to_owned(), |rule| format!("rule:{}", model.network.rules[rule].id))
    }
}

/// Stock that is not there.
pub(super) const STOCK: &str = "stock";
/// A purchase order below what its supplier takes.
const MINIMUM: &str = "minimum-order";

/// What decisions break, the use of rules that are settled before money among it.
fn broken(
    model: &Model<'_>,
    outcome: &Outcome,
    ledger: &Ledger<'_>,
) -> Result<BTreeMap<Key, (Ratio, Place)>, Overflow> {
    let network = model.network;
    let mut all: BTreeMap<Key, (Ratio, Place)> = BTreeMap::new();
    let mut enter = |key: Key, amount: Ratio, origin: &Place| {
        let sum = all.entry(key).or_insert_with(|| (Ratio::zero(), origin.clone()));
        sum.0 = add(sum.0, amount)?;
        Ok::<(), Overflow>(())
    };
    for breach in Breaches::new(model, outcome, ledger)?.all {
        for part in breach.parts.iter().filter(|part| model.relief.level(part.rule).is_some()) {
            let key = (breach.kind, breach.of.clone(), breach.bucket, Some(part.rule));
            enter(key, part.amount, &network.rules[part.rule].origin)?;
        }
        if breach.left > Ratio::zero() {
            enter((breach.kind, breach.of, breach.bucket, None), breach.left, &breach.origin)?;
        }
    }
    for (pool, flow) in ledger.stock.iter().enumerate() {
        let origin = &network.item(network.pool(PoolId::from(pool)).item).origin;
        if let Some((bucket, closing)) = flow.closing.iter().enumerate().find(|(_, closing)| **closing < 0) {
            enter((STOCK, pool_name(model, pool), bucket, None), whole(-closing), origin)?;
        }
    }
    for (index, offer) in model.offers.iter().enumerate() {
        for (bucket, demand) in offer.demand.iter().enumerate() {
            let late = outcome.late.iter().filter(|one| offer.ways.contains(&one.way) && one.wanted == bucket);
            let served = outcome.on_time(model, index, bucket) + late.map(|one| one.units).sum::<i64>();
            if served > *demand {
                let origin = &network.offers[index].origin;
                enter(("demand", offer_name(model, index), bucket, None), whole(served - demand), origin)?;
            }
        }
    }
    for floor in &model.order_floors {
        let supplier = network.supplier(floor.supplier);
        let origin = supplier.minimum_order.as_ref().map_or(&supplier.origin, |stated| &stated.origin);
        for (bucket, sum) in floor.missed(model, &ledger.lines)? {
            enter((MINIMUM, supplier.id.clone(), bucket, None), sub(floor.least[bucket], sum)?, origin)?;
        }
    }
    for pin in &network.pins {
        let (units, name): (i64, String) = match pin.lane {
            Route::Purchase(lane) => {
                let own = outcome.lines.iter().filter(|line| (line.lane, line.bucket) == (lane, pin.bucket));
                (own.map(|line| line.units).sum(), network.lane_name(lane))
            }
            Route::Transfer(lane) => {
                let own = outcome.transfers.iter().filter(|sent| (sent.lane, sent.bucket) == (lane, pin.bucket));
                (own.map(|sent| sent.units).sum(), network.transfer_name(lane))
            }
        };
        let off = (pin.least - units).max(pin.most.map_or(0, |most| units - most));
        if off > 0 {
            enter(("pin", name, pin.bucket, None), whole(off), &pin.origin)?;
        }
    }
    Ok(all)
}

/// What is earned, part by part: they add up to the objective.
fn totals(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Vec<(&'static str, Ratio)>, Overflow> {
    let mut sales = Ratio::zero();
    let mut met: Vec<Vec<i64>> = model.offers.iter().map(|offer| vec![0; offer.demand.len()]).collect();
    let mut sell = |way: usize, wanted: usize, net: Ratio, units: i64| {
        met[model.ways[way].offer][wanted] += units;
        sales = add(sales, mul(net, whole(units))?)?;
        Ok::<(), Overflow>(())
    };
    for (at, sold) in outcome.sales.iter().enumerate() {
        for (bucket, units) in sold.iter().enumerate().filter(|(_, units)| **units != 0) {
            sell(at, bucket, model.ways[at].net[bucket], *units)?;
        }
    }
    for late in &outcome.late {
        let way = &model.ways[late.way];
        let net = model.offers[way.offer].lateness.net(way, late.wanted, late.delivered - late.wanted)?;
        sell(late.way, late.wanted, net, late.units)?;
    }
    let mut unmet = Ratio::zero();
    for (offer, met) in model.offers.iter().zip(&met) {
        for (bucket, met) in met.iter().enumerate().filter(|(bucket, _)| !offer.shortage_cost[*bucket].is_zero()) {
            unmet = sub(unmet, mul(offer.shortage_cost[bucket], whole(offer.demand[bucket] - met))?)?;
        }
    }
    let (mut landed, mut lines, mut freight) = (Ratio::zero(), Ratio::zero(), Ratio::zero());
    for placed in &ledger.lines {
        landed = sub(landed, placed.landed)?;
        lines = sub(lines, placed.opportunity.terms.order_cost)?;
    }
    for sent in &ledger.transfers {
        freight = sub(freight, sent.freight)?;
        lines = sub(lines, sent.passage.order_cost)?;
    }
    let (mut holding, mut shortfall, mut last) = (Ratio::zero(), Ratio::zero(), Ratio::zero());
    for (pool, flow) in model.pools.iter().zip(&ledger.stock) {
        for (bucket, cost) in pool.holding.iter().enumerate() {
            holding = sub(holding, mul(*cost, whole(flow.owned(bucket)))?)?;
        }
        for (bucket, cost) in pool.cover.shortfall_cost.iter().enumerate() {
            shortfall = sub(shortfall, mul(*cost, whole(flow.shortfall(pool, bucket).max(0)))?)?;
        }
        if let Some(&left) = flow.closing.last() {
            let within = left.min(pool.end_cover);
            let worth = add(mul(pool.worth_within, whole(within))?, mul(pool.worth_beyond, whole(left - within))?)?;
            last = add(last, worth)?;
        }
    }
    let mut parts = vec![
        ("sales", sales),
        ("unmet demand", unmet),
        ("landed cost", landed),
        ("transfer freight", freight),
        ("cost of lines", lines),
        ("holding", holding),
        ("safety shortfall", shortfall),
        ("worth of the last stock", last),
    ];
    let known = crate::units::sum(parts.iter().map(|(_, part)| *part))?;
    // What is left are overflow, and differences from the last plan.
    parts.push(("overflow and changes of the last plan", sub(ledger.objective, known)?));
    Ok(parts)
}
