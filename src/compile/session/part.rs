//! A provisional plan where items meet in limits and cash alone: that of a part of the project - the items that an edit touches - within what
//! all others leave.
//!
//! What the others do stays as the last plan has it, so their use of each shared limit is a fact, and what is left of the limit is all that the part has.
//! That stands in the place of prices: a limit that binds leaves no more than the part had of it. The part is a project like any other; it is
//! planned by the same planner and held by the same checker, and so is the part as it was. What changes of the whole is what changes of the part, limit
//! by limit and bucket by bucket:
//!
//! ```text
//! used(whole, now) = used(whole, before) - used(part, before) + used(part, now)
//! ```

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::provisional::{Base, Decided, Edit, Provisional};
use super::whole::{of_part, put_together};
use crate::diff::{FigureDelta, FigureName, GivenCount, diff};
use crate::explain::part::{Places, alone};
use crate::model::Model;
use crate::model::timeline::level;
use crate::network::{ItemId, Network, SupplierId};
use crate::plan::{self, Amount, Figure, Plan};
use crate::series::Series;
use crate::solve::{Outcome, Steering, solve};
use crate::units::{Ratio, add, ratio, whole};
use crate::verify::verify;

/// So low no balance falls: the part is held against what the whole leaves instead.
const NO_MINIMUM: i64 = -1_000_000_000_000;

/// The provisional plan where exactly these items are decided anew.
pub(super) fn provisional(edit: &Edit<'_>, items: BTreeSet<String>) -> Option<Provisional> {
    let base = &edit.base;
    let (old, places) = part(base.network, &items)?;
    let (new, _) = part(edit.network, &items)?;
    let all: BTreeSet<String> = old.items.iter().chain(&new.items).map(|item| item.id.clone()).collect();
    if all.len() > items.len() {
        // Those that an outlook is taken from belong to every part.
        return provisional(edit, all);
    }
    let was = of_part(base.network, &places, &base.kept.outcome);
    let before = checked(&old, &was)?;
    let rest = Rest::of(base, &before, edit.network)?;
    let (outcome, now) = better(edit, (&old, &was), &new, &rest)?;
    let mut diff = diff(&before, &now, edit.terms);
    diff.figures = figures(base, (&old, &before, &was), (&new, &now, &outcome))?;
    (diff.base.given, diff.head.given) = given(base.plan, &before, &now);
    Some(Provisional { diff, decided: Decided::Part(items, Box::new(outcome)) })
}

/// What was decided, or what is decided now: whichever earns more.
fn better(edit: &Edit<'_>, (old, was): (&Network, &Outcome), new: &Network, rest: &Rest) -> Option<(Outcome, Plan)> {
    let within_rest = |outcome: Outcome| {
        let now = checked(new, &outcome).filter(|now| rest.leaves(now))?;
        Some((outcome, now))
    };
    let stays = put_together((old, was), (old, was), new, &BTreeSet::new()).and_then(within_rest);
    if stays.is_some() && edit.touched.leaves_plans() {
        return stays;
    }
    let decided = decided(new, rest, edit.steering).filter(|_| !edit.steering.is_asked_to_stop());
    let earns = |(_, plan): &(Outcome, Plan)| plan.certificate.objective.0;
    let both = decided.and_then(within_rest).into_iter().chain(stays);
    both.max_by_key(earns)
}

/// What is given in the whole, before and now. A promise is one of the part or of the rest, never of both.
fn given(whole: &Plan, before: &Plan, now: &Plan) -> (GivenCount, GivenCount) {
    let (whole, before, now) = (GivenCount::of(whole), GivenCount::of(before), GivenCount::of(now));
    let without = |whole: u64, before: u64, now: u64| whole.saturating_sub(before).saturating_add(now);
    let head = GivenCount {
        shortages: without(whole.shortages, before.shortages, now.shortages),
        overruns: without(whole.overruns, before.overruns, now.overruns),
    };
    (whole, head)
}

/// What is stated of some items; none where they meet others in more than limits.
pub(super) fn part(whole: &Network, items: &BTreeSet<String>) -> Option<(Network, Places)> {
    let of = |item: ItemId| items.contains(&whole.item(item).id);
    let at: BTreeSet<usize> = (0..whole.items.len()).filter(|&at| items.contains(&whole.items[at].id)).collect();
    let suppliers: BTreeSet<SupplierId> =
        whole.lanes.iter().filter(|lane| of(lane.item)).map(|lane| lane.supplier).collect();
    let bundled = suppliers.iter().any(|&supplier| whole.supplier(supplier).minimum_order.is_some());
    let grouped = whole.services.iter().any(|service| {
        let own = service.offers.iter().filter(|offer| of(whole.offers[offer.index()].item)).count();
        service.group && own > 0 && own < service.offers.len()
    });
    if bundled || grouped || at.is_empty() {
        return None;
    }
    let (mut network, places) = alone(whole, &at);
    network.rules.clear();
    if let Some(cash) = &mut network.cash {
        cash.minimum = Series::Scalar(Decimal::from(NO_MINIMUM));
    }
    Some((network, places))
}

/// The plan file of what is decided, if the checker has nothing to say.
fn checked(network: &Network, outcome: &Outcome) -> Option<Plan> {
    let plan = plan::build(&Model::new(network).ok()?, outcome, Vec::new(), Vec::new()).ok()?;
    verify(network, &[], &[], &plan).is_empty().then_some(plan)
}

/// Decides the part within what the rest leaves.
fn decided(network: &Network, rest: &Rest, steering: &Steering<'_>) -> Option<Outcome> {
    let mut model = Model::new(network).ok()?;
    let labels: Vec<String> = model.horizon().iter().map(|bucket| bucket.period.to_string()).collect();
    for limit in &mut model.limits {
        let kind = limit.kind.name();
        for (available, bucket) in limit.available.iter_mut().zip(&labels) {
            *available = rest.left(&(kind.to_owned(), limit.of.clone(), bucket.clone()), *available)?;
        }
    }
    if let Some(cash) = &mut model.cash {
        cash.minimum = rest.balances.iter().map(|balance| ratio(balance.least_of_part())).collect();
    }
    // What is proven of the part says nothing of the whole.
    let outcome = solve(&model, steering).ok()?;
    Some(Outcome { bound: None, levels: Vec::new(), interrupted: false, ..outcome })
}

/// A limit and a bucket.
type Row = (String, String, String);

/// What all but the part do, as far as the part meets it.
struct Rest {
    /// By limit: what the whole used, and what of that the part did.
    used: BTreeMap<Row, (Decimal, Decimal)>,
    /// By bucket, where cash is planned.
    balances: Vec<Balance>,
}

/// Closing cash of a bucket.
struct Balance {
    /// The whole's in the last plan, and the part's.
    closing: (Decimal, Decimal),
    /// What the whole's may not fall below now.
    least: Decimal,
}

impl Balance {
    /// What the part's may not fall below.
    fn least_of_part(&self) -> Decimal {
        let others = self.closing.0.saturating_sub(self.closing.1);
        self.least.saturating_sub(others).saturating_add(margin(others))
    }
}

/// What a number may be off by that was rounded to six digits: nothing where it has fewer.
fn margin(number: Decimal) -> Decimal {
    if number.normalize().scale() > 5 { Decimal::new(2, 6) } else { Decimal::ZERO }
}

impl Rest {
    fn of(base: &Base<'_>, before: &Plan, network: &Network) -> Option<Self> {
        let row = |row: &plan::Capacity| (row.kind.clone(), row.of.clone(), row.bucket.clone());
        let own: BTreeMap<Row, Decimal> = before.capacity.iter().map(|one| (row(one), one.used.0)).collect();
        let used = base.plan.capacity.iter().map(|one| {
            let own = own.get(&row(one)).copied()?;
            Some((row(one), (one.used.0, own)))
        });
        let minimum = network.cash.as_ref().map(|cash| &cash.minimum);
        if minimum.is_some() == base.plan.cash.is_empty() || before.cash.len() != base.plan.cash.len() {
            return None;
        }
        let rows = base.plan.cash.iter().zip(&before.cash).zip(&network.calendar.buckets);
        let balances = rows.map(|((whole, own), bucket)| {
            let stated = level(minimum?, bucket);
            // What was below its minimum by a rule may stay so.
            let least = if whole.closing.0 < whole.minimum.0 { stated.min(whole.closing.0) } else { stated };
            Some(Balance { closing: (whole.closing.0, own.closing.0), least })
        });
        Some(Self { used: used.collect::<Option<_>>()?, balances: balances.collect::<Option<_>>()? })
    }

    /// What there is for the part of a limit that has `stated` for all; what was passed by a rule may stay so. None where the limit is new.
    fn left(&self, row: &Row, stated: Ratio) -> Option<Ratio> {
        let (whole, own) = *self.used.get(row)?;
        let others = whole.saturating_sub(own);
        add(stated, -ratio(others.saturating_add(margin(others)))).ok()
    }

    /// True where the whole keeps its limits with what the part does now.
    fn leaves(&self, now: &Plan) -> bool {
        let kept = |row: &plan::Capacity| {
            let known = self.used.get(&(row.kind.clone(), row.of.clone(), row.bucket.clone()));
            known.is_some_and(|(whole, own)| whole.saturating_sub(*own).saturating_add(row.used.0) <= row.limit.0)
        };
        let rows = now.cash.iter().zip(&self.balances);
        let balanced = |(row, balance): (&plan::CashBucket, &Balance)| {
            balance.closing.0.saturating_sub(balance.closing.1).saturating_add(row.closing.0) >= balance.least
        };
        now.capacity.iter().all(kept) && now.cash.len() == self.balances.len() && rows.into_iter().all(balanced)
    }
}

/// The numbers of the whole: those of the last plan with what changes of the part.
fn figures(
    base: &Base<'_>,
    (old, before, was): (&Network, &Plan, &Outcome),
    (new, now, is): (&Network, &Plan, &Outcome),
) -> Option<Vec<FigureDelta>> {
    let summary = &base.plan.summary;
    let moved = |figure: fn(&plan::Summary) -> Amount, whole: Amount| {
        let change = figure(&now.summary).0.saturating_sub(figure(&before.summary).0);
        Some((Some(whole), Some(Amount(whole.0.saturating_add(change)))))
    };
    let names = [
        FigureName::Revenue,
        FigureName::Contribution,
        FigureName::ValueFillRate,
        FigureName::LowestCash,
        FigureName::PeakInventoryValue,
    ];
    let delta = |name: FigureName| {
        let (before, after) = match name {
            FigureName::Revenue => moved(|summary| summary.revenue, summary.revenue)?,
            FigureName::Contribution => moved(|summary| summary.contribution, summary.contribution)?,
            FigureName::ValueFillRate => {
                let (old, new) = (Served::of(old, was)?, Served::of(new, is)?);
                (Some(summary.value_fill_rate), Some(base.kept.served.less(&old)?.and(&new)?.share()?))
            }
            FigureName::LowestCash => {
                let rows = base.plan.cash.iter().zip(&before.cash).zip(&now.cash);
                let closing = rows.map(|((whole, before), now)| {
                    Amount(whole.closing.0.saturating_sub(before.closing.0).saturating_add(now.closing.0))
                });
                (summary.minimum_cash.as_ref().map(|lowest| lowest.amount), closing.min())
            }
            _ => {
                let values = [base.plan, before, now].map(inventory_values);
                let rows = values[0].iter().zip(&values[1]).zip(&values[2]);
                let value = rows.map(|((whole, before), now)| whole.saturating_sub(*before).saturating_add(*now));
                (Some(summary.peak_inventory_value), value.max().map(Amount))
            }
        };
        let change = before.zip(after).map(|(before, after)| Amount(after.0.saturating_sub(before.0)));
        Some(FigureDelta { name, before, after, delta: change, tolerance: Amount::default(), within_tolerance: false })
    };
    names.into_iter().map(delta).collect()
}

/// Inventory value by bucket.
fn inventory_values(plan: &Plan) -> Vec<Decimal> {
    let rows = plan.metrics.iter().filter(|row| row.name == "inventory-value" && row.scope == "plan");
    rows.filter(|row| row.bucket.is_some())
        .filter_map(|row| match row.value {
            Figure::Value(value) => Some(value.0),
            Figure::NotApplicable => None,
        })
        .collect()
}

/// What is asked for and sold in its own bucket, at price.
#[derive(Debug, Clone, Default)]
pub(super) struct Served {
    asked: Ratio,
    sold: Ratio,
}

impl Served {
    fn of(network: &Network, outcome: &Outcome) -> Option<Self> {
        Self::of_model(&Model::new(network).ok()?, outcome)
    }

    pub(super) fn of_model(model: &Model<'_>, outcome: &Outcome) -> Option<Self> {
        let mut served = Self { asked: whole(0), sold: whole(0) };
        let value = |price: Decimal, units: i64| crate::units::mul(ratio(price), whole(units)).ok();
        for (index, offer) in model.offers.iter().enumerate() {
            for bucket in 0..model.horizon {
                let price = offer.price[bucket];
                served.asked = add(served.asked, value(price, offer.demand[bucket])?).ok()?;
                served.sold = add(served.sold, value(price, outcome.on_time(model, index, bucket))?).ok()?;
            }
        }
        Some(served)
    }

    fn less(&self, other: &Self) -> Option<Self> {
        Some(Self { asked: add(self.asked, -other.asked).ok()?, sold: add(self.sold, -other.sold).ok()? })
    }

    fn and(&self, other: &Self) -> Option<Self> {
        Some(Self { asked: add(self.asked, other.asked).ok()?, sold: add(self.sold, other.sold).ok()? })
    }

    fn share(&self) -> Option<Amount> {
        match Figure::quotient(self.sold, self.asked).ok()? {
            Figure::Value(share) => Some(share),
            Figure::NotApplicable => Some(Amount(Decimal::ONE)),
        }
    }
}
