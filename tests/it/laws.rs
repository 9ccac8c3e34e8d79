//! What holds of all plans, whatever they are: laws, held against tiny random projects.

use rust_decimal::Decimal;
use sopc::compile::{self, Failure};
use sopc::plan::{Amount, NoPlanStatus, Plan};

use crate::brute::planned;
use crate::brute::project::{MONTHS, Offer, Tiny};

/// Projects that a law is held against.
const PROJECTS: u64 = 40;

/// The plan of a project where it is proven to be the best; whether it is proven that there is none.
fn best(tiny: &Tiny) -> (Option<Plan>, bool) {
    match planned(&compile::compile(&tiny.files())) {
        Ok(plan) => (Some(plan).filter(|plan| plan.certificate.proven), false),
        Err((Failure::NoPlan(document, _), _)) => (None, document.status == NoPlanStatus::Infeasible),
        Err(failure) => panic!("{failure:?}"),
    }
}

/// What is given, the less the better, then what is earned.
fn merit(plan: &Plan) -> (Amount, Amount) {
    let certificate = &plan.certificate;
    (Amount(-certificate.levels[0].used.0), certificate.objective)
}

/// With so much more of a limit no plan is worse, and none earns more than marginal values say.
fn never_worse(kind: &str, by: i64, change: impl Fn(&mut Tiny, i64)) {
    let mut compared = 0;
    for seed in 0..PROJECTS {
        let tiny = Tiny::new(seed);
        let mut more = tiny.clone();
        change(&mut more, by);
        let (Some(before), (after, none)) = (best(&tiny).0, best(&more)) else { continue };
        assert!(!none, "seed {seed}: no plan with {by} more {kind}");
        let Some(after) = after else { continue };
        compared += 1;
        assert!(
            merit(&after) >= merit(&before),
            "seed {seed}: {by} more {kind}, {:?} to {:?}",
            merit(&before),
            merit(&after)
        );
        let (most, earned) = (most_with_more(&before, kind, by), after.certificate.objective.0);
        assert!(earned <= most, "seed {seed}: {by} more {kind}: {earned} earned, {most} said to be the most");
    }
    assert!(compared * 2 >= PROJECTS, "{compared} compared");
}

/// What a plan says that can be earned at most with so much more of a limit in every bucket.
fn most_with_more(plan: &Plan, kind: &str, by: i64) -> Decimal {
    let rows = plan.capacity.iter().filter(|row| row.kind == kind);
    let unit: Decimal = rows.map(|row| row.marginal_value.expect("a value").0).sum();
    plan.certificate.marginal_bound.expect("a bound").0 + unit * Decimal::from(by)
}

#[test]
fn a_larger_budget_never_costs() {
    never_worse("budget", 7, |tiny, by| tiny.limits.budget += by);
}

#[test]
fn a_larger_supplier_never_costs() {
    never_worse("supplier-capacity", 3, |tiny, by| tiny.limits.capacity += by);
}

#[test]
fn a_larger_store_never_costs() {
    never_worse("storage-capacity", 3, |tiny, by| tiny.limits.storage += by);
}

/// An item that nobody wants changes nothing.
#[test]
fn what_nobody_wants_changes_nothing() {
    for seed in 0..PROJECTS {
        let tiny = Tiny::new(seed);
        let mut more = tiny.clone();
        let nothing = |offer: &Offer| Offer { demand: [0; MONTHS], ..offer.clone() };
        let mut unwanted = tiny.items[0].clone();
        unwanted.offers = unwanted.offers.iter().map(nothing).collect();
        (unwanted.on_hand, unwanted.open, unwanted.cover, unwanted.slow) = (0, None, None, true);
        unwanted.last = [0; MONTHS];
        more.items.push(unwanted);
        let (Some(before), Some(after)) = (best(&tiny).0, best(&more).0) else { continue };
        assert_eq!(before.certificate.objective, after.certificate.objective, "seed {seed}");
        assert_eq!(before.orders, after.orders, "seed {seed}");
    }
}

/// Ten times all money is ten times the best. Payments stay whole, so nothing is rounded.
#[test]
fn money_has_no_unit() {
    for seed in 0..PROJECTS {
        let tiny = Tiny::new(seed);
        let dear = Tiny { money: 10, ..tiny.clone() };
        let (Some(before), Some(after)) = (best(&tiny).0, best(&dear).0) else { continue };
        let ten_times = before.certificate.objective.0 * Decimal::TEN;
        assert_eq!(after.certificate.objective.0, ten_times, "seed {seed}");
    }
}
