//! What more of limits is said to be worth, as far as a plan can refute it.

use super::cases::cash_milestones;
use super::shop::listed;
use crate::plan::{Amount, Plan, plan_hash};

/// What is told of the plan of [`cash_milestones`], which earns 3,240.00 and leaves 100.00 of April's cash, where its file claims so much.
fn told(bound: Option<&str>, change: impl Fn(&mut Plan)) -> String {
    let case = cash_milestones();
    let mut plan = case.shop.sound_plan(&case.decisions);
    plan.certificate.marginal_bound = bound.map(amount);
    plan.cash.iter_mut().for_each(|row| row.marginal_value = Some(Amount::default()));
    change(&mut plan);
    plan.plan_hash = plan_hash(&plan);
    listed(&case.shop.verify(&plan))
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

#[test]
fn a_claim_that_the_plan_leaves_room_for_is_credible() {
    assert_eq!(told(Some("3240.00"), |_| ()), "");
    let april = |plan: &mut Plan| {
        plan.cash[3].marginal_value = Some(amount("0.50"));
        plan.cash[3].marginal_step = Some(amount("80.00"));
    };
    assert_eq!(told(Some("3290.00"), april), "");
    // 100.00 unused at 0.50 are 50.00 less than the bound.
    let told = told(Some("3289.00"), april);
    let expected = "certificate.marginal_bound: expected 3289.9999 or more, with what is left unused at its marginal values, found 3289.00";
    assert_eq!(told.lines().next(), Some(expected));
}

#[test]
fn claims_that_make_no_sense_are_refuted() {
    assert_eq!(
        told(Some("3239.99"), |_| ()).lines().next(),
        Some("certificate.marginal_bound: expected 3240.00 or more, found 3239.99")
    );
    type Change = fn(&mut Plan);
    let cases: [(Change, &str); 4] = [
        (|plan| plan.cash[1].marginal_value = None, "cash[\"2026-02\"].marginal_value: expected a number, found none"),
        (
            |plan| plan.cash[1].marginal_value = Some(amount("-0.01")),
            "cash[\"2026-02\"].marginal_value: expected 0.00 or more, found -0.01",
        ),
        (
            |plan| plan.cash[1].marginal_step = Some(amount("7.00")),
            "cash[\"2026-02\"].marginal_step: expected none where the value is 0, found 7.00",
        ),
        (
            |plan| plan.certificate.marginal_bound = None,
            "cash[\"2026-01\"]: expected no marginal value without a marginal bound, found one",
        ),
    ];
    for (change, expected) in cases {
        let told = told(Some("4000.00"), change);
        assert_eq!(told.lines().next(), Some(expected), "{told}");
    }
}
