//! What more of the limits is worth at most: a claim of the planner, as far as it can be held against the plan.
//!
//! That no plan earns more cannot be seen here. But the same prices that say what a unit more is worth say it of what the plan leaves
//! unused: this plan keeps within less, and so it earns that much less than the bound. Claims that do not leave room for that are refuted.

use rust_decimal::Decimal;

use super::compare::list_path;
use super::report::Report;
use crate::plan::{Amount, Plan};
use crate::units::Overflow;

/// A claim about one limit in one bucket.
struct Claim {
    path: String,
    value: Option<Amount>,
    step: Option<Amount>,
    /// How much the plan leaves unused.
    unused: Decimal,
}

/// Takes over what the file claims, as far as it is credible.
pub(super) fn claimed(expected: &mut Plan, found: &Plan, report: &mut Report) -> Result<(), Overflow> {
    let claims = claims(found);
    let Some(bound) = found.certificate.marginal_bound else {
        for claim in claims.iter().filter(|claim| claim.value.is_some() || claim.step.is_some()) {
            report.add(|| claim.path.clone(), "no marginal value without a marginal bound", "one");
        }
        return Ok(());
    };
    let before = (report.count(), expected.certificate.objective);
    if bound < before.1 || claims.is_empty() {
        let wanted = if claims.is_empty() { "none without limits".to_owned() } else { format!("{} or more", before.1) };
        report.add(|| "certificate.marginal_bound".into(), wanted, bound);
        return Ok(());
    }
    let mut explained = Decimal::ZERO;
    for claim in &claims {
        explained = explained.checked_add(check(claim, report)).ok_or(Overflow)?;
    }
    let left = bound.0.checked_sub(before.1.0).ok_or(Overflow)?;
    if explained > left {
        let path = || "certificate.marginal_bound".into();
        let least = Amount(before.1.0.checked_add(explained).ok_or(Overflow)?);
        report.add(path, format_args!("{least} or more, with what is left unused at its marginal values"), bound);
    }
    if report.count() == before.0 {
        expected.certificate.marginal_bound = Some(bound);
        take_over(expected, found);
    }
    Ok(())
}

/// Every limit and every cash minimum of a plan file.
fn claims(plan: &Plan) -> Vec<Claim> {
    let limits = plan.capacity.iter().map(|row| Claim {
        path: list_path("capacity", &[row.kind.clone(), row.of.clone(), row.bucket.clone()]),
        value: row.marginal_value,
        step: row.marginal_step,
        unused: row.limit.0.saturating_sub(row.used.0),
    });
    let cash = plan.cash.iter().map(|row| Claim {
        path: list_path("cash", std::slice::from_ref(&row.bucket)),
        value: row.marginal_value,
        step: row.marginal_step,
        unused: row.closing.0.saturating_sub(row.minimum.0),
    });
    limits.chain(cash).collect()
}

/// What a claim says that the plan earns less than the bound for what it leaves unused; values are printed rounded up by less than a
/// millionth.
fn check(claim: &Claim, report: &mut Report) -> Decimal {
    let Some(value) = claim.value else {
        report.add(|| format!("{}.marginal_value", claim.path), "a number", "none");
        return Decimal::ZERO;
    };
    if value.0 < Decimal::ZERO {
        report.add(|| format!("{}.marginal_value", claim.path), "0.00 or more", value);
        return Decimal::ZERO;
    }
    if let Some(step) = claim.step.filter(|step| value.0.is_zero() || step.0 < Decimal::ZERO) {
        let wanted = if value.0.is_zero() { "none where the value is 0" } else { "0.00 or more" };
        report.add(|| format!("{}.marginal_step", claim.path), wanted, step);
    }
    let least = (value.0 - Decimal::new(1, 6)).max(Decimal::ZERO);
    least.saturating_mul(claim.unused.max(Decimal::ZERO))
}

/// Rows that are not the same stay without, and are told as what they are.
fn take_over(expected: &mut Plan, found: &Plan) {
    for (row, claimed) in expected.capacity.iter_mut().zip(&found.capacity) {
        (row.marginal_value, row.marginal_step) = (claimed.marginal_value, claimed.marginal_step);
    }
    for (row, claimed) in expected.cash.iter_mut().zip(&found.cash) {
        (row.marginal_value, row.marginal_step) = (claimed.marginal_value, claimed.marginal_step);
    }
}
