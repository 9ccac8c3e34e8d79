//! Which limits to plan with more of, and what came of it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::file::{FORMAT_VERSION, ItemChange, LevelChange, Next, Nothing, Step};
use crate::plan::{Action, Amount, Plan};
use crate::source::Place;

/// What somebody would have more of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WishKind {
    /// Money to buy for, by receipt bucket.
    Budget,
    /// Money in hand.
    Cash,
    /// Money that stock may be worth.
    InventoryValue,
    /// Room, in m3.
    Storage,
    /// Units that a location may receive.
    Inbound,
    /// Units that a location may sell and send.
    Outbound,
    /// Capacity units of a supplier.
    Supplier,
}

impl WishKind {
    /// As plans name it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Cash => "cash",
            Self::InventoryValue => "inventory-value",
            Self::Storage => "storage-capacity",
            Self::Inbound => "inbound-capacity",
            Self::Outbound => "outbound-capacity",
            Self::Supplier => "supplier-capacity",
        }
    }
}

/// How much more of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wish {
    /// Of what.
    pub kind: WishKind,
    /// How much.
    pub amount: Decimal,
}

/// In which buckets there is more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// In each by itself; of cash from the first on.
    Each,
    /// In this one, by label; of cash from it on.
    In(String),
    /// In every one at once.
    All,
}

/// More of one limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Of what.
    pub kind: WishKind,
    /// Which one.
    pub of: String,
    /// Indices of the buckets with more; of cash the first one.
    pub buckets: Vec<usize>,
    /// How they are called.
    pub when: String,
    /// How much more in each.
    pub amount: Decimal,
    /// No plan earns more than this beyond the plan as it is; none where nothing is proven.
    pub at_most: Option<Decimal>,
    /// True where more may be worth something.
    pub is_open: bool,
}

/// Everything that could be asked of a plan, the most promising first. `of` names one limit; none for all of a kind.
#[must_use]
pub fn questions(plan: &Plan, wishes: &[Wish], of: Option<&str>, when: &When) -> Vec<Question> {
    let mut questions: Vec<Question> = Vec::new();
    for wish in wishes {
        let mut names: Vec<&str> = match wish.kind {
            WishKind::Cash if plan.cash.is_empty() => Vec::new(),
            WishKind::Cash => vec!["cash"],
            kind => plan.capacity.iter().filter(|row| row.kind == kind.name()).map(|row| row.of.as_str()).collect(),
        };
        names.dedup();
        for name in names.into_iter().filter(|name| of.is_none_or(|of| of == *name)) {
            questions.extend(buckets(plan, wish.kind, when).into_iter().map(|(when, buckets)| {
                let worth = worth(plan, wish, name, &buckets);
                let at_most = worth.zip(slack(plan)).map(|(worth, slack)| slack.saturating_add(worth));
                Question {
                    kind: wish.kind,
                    of: name.to_owned(),
                    buckets,
                    when,
                    amount: wish.amount,
                    at_most,
                    is_open: worth.is_none_or(|worth| !worth.is_zero()),
                }
            }));
        }
    }
    // Sorting keeps the order of time and name among equals.
    questions.sort_by_key(|one| std::cmp::Reverse(one.at_most.unwrap_or(Decimal::MAX)));
    questions
}

/// Buckets that are asked about together, with what they are called.
fn buckets(plan: &Plan, kind: WishKind, when: &When) -> Vec<(String, Vec<usize>)> {
    let horizon: Vec<(usize, &str)> =
        plan.buckets.iter().filter(|bucket| !bucket.tail).map(|bucket| bucket.label.as_str()).enumerate().collect();
    let one = |(at, label): &(usize, &str)| ((*label).to_owned(), vec![*at]);
    match (when, kind) {
        (When::In(label), _) => horizon.iter().filter(|(_, one)| one == label).map(one).collect(),
        // Money that is there from the beginning is there in every bucket.
        (_, WishKind::Cash) => horizon.first().map(one).into_iter().collect(),
        (When::Each, _) => horizon.iter().map(one).collect(),
        (When::All, _) => vec![("all".to_owned(), horizon.iter().map(|(at, _)| *at).collect())],
    }
}

/// What more is worth at most, by marginal values; none where the plan says nothing of that.
fn worth(plan: &Plan, wish: &Wish, of: &str, buckets: &[usize]) -> Option<Decimal> {
    let of_row = |value: Option<Amount>, step: Option<Amount>| {
        let useful = step.map_or(wish.amount, |step| step.0.min(wish.amount));
        Some(value?.0.saturating_mul(useful))
    };
    let add = |sum: Decimal, one: Option<Decimal>| Some(sum.saturating_add(one?));
    let (first, label) = (*buckets.first()?, |at: usize| plan.buckets.get(at).map(|bucket| bucket.label.as_str()));
    if wish.kind == WishKind::Cash {
        let later = plan.cash.iter().skip(first);
        return later.map(|row| of_row(row.marginal_value, row.marginal_step)).try_fold(Decimal::ZERO, add);
    }
    let asked = |row: &&crate::plan::Capacity| {
        let is_asked = buckets.iter().any(|&at| label(at) == Some(row.bucket.as_str()));
        row.kind == wish.kind.name() && row.of == of && is_asked
    };
    let rows = plan.capacity.iter().filter(asked);
    rows.map(|row| of_row(row.marginal_value, row.marginal_step)).try_fold(Decimal::ZERO, add)
}

/// What lies between the plan and what its marginal values go with.
fn slack(plan: &Plan) -> Option<Decimal> {
    let certificate = &plan.certificate;
    Some(certificate.marginal_bound?.0.saturating_sub(certificate.objective.0))
}

/// The answer, from the plan as it is and plans with more, each with its question and the place of the limit; those without a plan were not
/// planned.
#[must_use]
pub fn answered(plan: &Plan, asked: Vec<(Question, Place, Option<Plan>)>, plans: usize) -> Next {
    let (mut steps, mut nothing, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    let (stated, plan) = (plan, without_more(plan, &asked).clone());
    let found = plan.certificate.objective.0.saturating_sub(stated.certificate.objective.0);
    // What bounds the plan as it is, bounds the better one as well.
    let gap = [gap(&plan, &plan), gap(stated, &plan)].into_iter().flatten().min();
    let base = Base { plan: &plan, gap };
    for (mut question, source, more) in asked {
        question.at_most = question.at_most.map(|most| most.saturating_sub(found).max(Decimal::ZERO));
        match more {
            // The plan that needs no more is one with more as well.
            Some(more) if is_worse(&plan, &more) => {
                let is_base = found > Decimal::ZERO && more == plan;
                let known = self::gap(&more, &plan);
                steps.push((Vec::new(), Step { is_base, ..step(&base, &plan, known, &question, source) }));
            }
            Some(more) => {
                steps.push((saved(&plan, &more), step(&base, &more, self::gap(&more, &more), &question, source)));
            }
            None if question.is_open => left_out.push(unplanned(question)),
            None => nothing.push(unplanned(question)),
        }
    }
    // Less of what is settled first, then more money.
    steps.sort_by(|(a, one), (b, other)| (b, other.gain).cmp(&(a, one.gain)));
    nothing.sort();
    left_out.sort();
    Next {
        format_version: FORMAT_VERSION.to_owned(),
        project: plan.project.clone(),
        cycle: plan.cycle.clone(),
        as_of: plan.as_of,
        currency: plan.currency.clone(),
        objective: plan.certificate.objective,
        found: Amount(found),
        tolerance: gap.map(Amount),
        plans,
        steps: steps.into_iter().map(|(_, step)| step).collect(),
        nothing,
        left_out,
    }
}

/// The best plan that needs no more than there is: the one of things as they are, or one that was found with more of something and uses none
/// of that.
fn without_more<'p>(plan: &'p Plan, asked: &'p [(Question, Place, Option<Plan>)]) -> &'p Plan {
    let needs_none = |(question, _, more): &'p (Question, Place, Option<Plan>)| {
        let more = more.as_ref()?;
        (levels(plan, more).is_empty() && used(plan, more, question) == Amount::default()).then_some(more)
    };
    let mut best = plan;
    for more in asked.iter().filter_map(needs_none) {
        if more.certificate.objective > best.certificate.objective {
            best = more;
        }
    }
    best
}

/// The plan that earns more than `plan` and needs no more of anything, where there is one among those that were made with more.
#[must_use]
pub fn better<'p>(plan: &'p Plan, asked: &'p [(Question, Place, Option<Plan>)]) -> Option<&'p Plan> {
    Some(without_more(plan, asked)).filter(|found| !std::ptr::eq(*found, plan))
}

/// True of a plan that is no better than the one that needs no more.
fn is_worse(plan: &Plan, more: &Plan) -> bool {
    levels(plan, more).is_empty() && more.certificate.objective <= plan.certificate.objective
}

/// By level: how much less of it is used.
fn saved(plan: &Plan, more: &Plan) -> Vec<Decimal> {
    let both = plan.certificate.levels.iter().zip(&more.certificate.levels);
    both.map(|(before, after)| before.used.0.saturating_sub(after.used.0)).collect()
}

fn unplanned(question: Question) -> Nothing {
    let Question { kind, of, when, at_most, .. } = question;
    Nothing { kind: kind.name().to_owned(), of, bucket: when, at_most: at_most.map(Amount) }
}

/// What everything is held against.
struct Base<'p> {
    plan: &'p Plan,
    /// What the best plan may earn beyond it.
    gap: Option<Decimal>,
}

/// What the best plan may earn beyond `plan` by the certificate of `bounded`.
fn gap(bounded: &Plan, plan: &Plan) -> Option<Decimal> {
    Some(bounded.certificate.bound?.0.saturating_sub(plan.certificate.objective.0).max(Decimal::ZERO))
}

/// What the plan `more` earns beyond the base; `known` is what the best plan with as much may earn beyond `more`.
fn step(base: &Base<'_>, more: &Plan, known: Option<Decimal>, question: &Question, source: Place) -> Step {
    let plan = base.plan;
    let by = |of: fn(&Plan) -> Amount| Amount(of(more).0.saturating_sub(of(plan).0));
    let levels = levels(plan, more);
    // The base may be better than known, which lowers the gain, or the other plan, which raises it.
    let tolerance = base.gap.unwrap_or_default().max(known.unwrap_or_default());
    let gain = by(|plan| plan.certificate.objective);
    let own = known.map(|known| known.saturating_add(gain.0));
    Step {
        kind: question.kind.name().to_owned(),
        of: question.of.clone(),
        bucket: question.when.clone(),
        amount: Amount(question.amount),
        source,
        gain,
        tolerance: Amount(tolerance),
        at_most: question.at_most.into_iter().chain(own).min().map(Amount),
        used: used(plan, more, question),
        revenue: by(|plan| plan.summary.revenue),
        contribution: by(|plan| plan.summary.contribution),
        purchases: by(|plan| plan.summary.purchases),
        fill_rate_before: plan.summary.fill_rate,
        fill_rate_after: more.summary.fill_rate,
        levels,
        items: items(plan, more),
        is_base: false,
    }
}

fn levels(plan: &Plan, more: &Plan) -> Vec<LevelChange> {
    let both = plan.certificate.levels.iter().zip(&more.certificate.levels);
    let differ = both.filter(|(before, after)| before.used != after.used);
    differ
        .map(|(before, after)| LevelChange { rule: before.rule.clone(), before: before.used, after: after.used })
        .collect()
}

/// What is used beyond what there is without more.
fn used(plan: &Plan, more: &Plan, question: &Question) -> Amount {
    let label = |at: &usize| plan.buckets.get(*at).map(|bucket| bucket.label.as_str());
    if question.kind == WishKind::Cash {
        // A balance that would lie below the minimum without the money needs it.
        let first = question.buckets.first().copied().unwrap_or(0);
        let needed = more.cash.iter().skip(first).map(|row| {
            let own = row.closing.0.saturating_sub(question.amount);
            row.minimum.0.saturating_sub(own).max(Decimal::ZERO)
        });
        return Amount(needed.max().unwrap_or_default());
    }
    let limit = |bucket: &str| {
        let own = |row: &&crate::plan::Capacity| {
            row.kind == question.kind.name() && row.of == question.of && row.bucket == bucket
        };
        plan.capacity.iter().find(own).zip(more.capacity.iter().find(own))
    };
    let beyond = question.buckets.iter().filter_map(label).filter_map(limit);
    let beyond = beyond.map(|(was, is)| is.used.0.saturating_sub(was.limit.0).max(Decimal::ZERO));
    Amount(beyond.fold(Decimal::ZERO, Decimal::saturating_add))
}

fn items(plan: &Plan, more: &Plan) -> Vec<ItemChange> {
    let mut items: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for (sign, plan) in [(-1, plan), (1, more)] {
        for row in &plan.allocations {
            items.entry(&row.item).or_default().0 += sign * (row.planned + row.delivered_late);
        }
        for order in plan.orders.iter().filter(|order| order.action == Action::New) {
            items.entry(&order.item).or_default().1 += sign * order.units;
        }
    }
    let changes = items.into_iter().map(|(item, (sold, bought))| ItemChange { item: item.to_owned(), sold, bought });
    let mut changes: Vec<ItemChange> = changes.filter(|one| one.sold != 0 || one.bought != 0).collect();
    changes.sort_by_key(|one| std::cmp::Reverse((one.sold.abs(), one.bought.abs())));
    changes
}
