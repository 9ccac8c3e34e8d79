//! The second, deliberately simple checker of a plan.
//!
//! From the facts of a [`Network`] and nothing of the plan file but its *decisions* - the units of each new line and
//! the units sold - it works out what the whole file has to say: days, payments, stock, cash, limits, what floors and
//! covers lack, figures. Every place where the file says something else is a [`Disagreement`], and so is every commitment
//! that the decisions break. Commitments and figures end with the horizon; stock, sales and the objective go on over the
//! tail. It shares no code with the planner: days are walked one by one, numbers are exact fractions that are
//! rounded only where they are printed, so that a mistake of the one is no mistake of the other.
//!
//! A plan file may come from anywhere. Whatever it holds, nothing here panics: sums that do not fit are reported.

mod baseline;
mod cash;
mod chosen;
mod clock;
mod compare;
mod cost;
mod cover;
mod days;
mod decisions;
mod demand;
mod exact;
mod facts;
mod figures;
mod floors;
mod forward;
mod gates;
mod given;
mod idle;
mod kept;
mod ledger;
mod legal;
mod limits;
mod marginal;
mod normal;
mod open_orders;
mod outlook;
mod passed;
mod payment;
mod reach;
mod reasons;
mod report;
mod rows;
mod rules;
mod safety;
mod sales;
mod standard;
mod start;
mod sums;
#[cfg(test)]
mod tests;
mod transfers;
mod value;
mod worth;

pub use decisions::{Decisions, Delivery, Fate};
pub use report::Disagreement;

use cover::Covers;
use facts::Facts;
use floors::Floors;
use forward::Forward;
use gates::Whole;
use ledger::Ledger;
use report::Report;
use rules::{Rules, Uses};

use crate::network::Network;
use crate::plan::{
    Amount, Certificate, FORMAT_VERSION, Given, Input, Level, Plan, PlanDiagnostic, Status, hash_is_ours, input_hash,
    plan_hash, reads_version,
};
use crate::units::Overflow;

/// Every place where `plan` does not say what follows from the facts and its own decisions, and every commitment
/// that these decisions break; empty for a sound plan.
///
/// `inputs` and `diagnostics` are those of the compilation that made `network`. At most 200 disagreements are
/// listed; a last entry tells how many more there are.
#[must_use]
pub fn verify(network: &Network, inputs: &[Input], diagnostics: &[PlanDiagnostic], plan: &Plan) -> Vec<Disagreement> {
    let mut report = Report::default();
    if check(network, inputs, diagnostics, plan, &mut report).is_err() {
        report.add(|| "plan".into(), "numbers that can be checked", "numbers too large to add up");
    }
    report.finish()
}

fn check(
    network: &Network,
    inputs: &[Input],
    diagnostics: &[PlanDiagnostic],
    plan: &Plan,
    report: &mut Report,
) -> Result<(), Overflow> {
    let (facts, rules) = (Facts::new(network)?, Rules::new(network));
    let decisions = decisions::read(&facts, &rules, plan, report)?;
    let World { plan: mut expected, ledger, limits, allowed, rules_used } =
        World::of(&facts, &rules, &decisions, inputs, diagnostics)?;
    // How long the planner searched does not follow from anything.
    expected.certificate.interrupted = plan.certificate.interrupted;
    claimed_bounds_of_levels(&mut expected, plan, report);
    claimed_bound(network, &mut expected, plan.certificate.bound, report)?;
    marginal::claimed(&mut expected, plan, report)?;
    legal::check_stock(&ledger, report);
    legal::check_sales(&ledger, report)?;
    let mut broken = Report::default();
    legal::check_pins(&ledger, &mut broken);
    legal::check_minimum_orders(&ledger, &mut broken)?;
    rules_used.check(&mut broken);
    legal::check_suppliers(&facts, &limits, &allowed, &mut broken)?;
    if plan.status == Status::Draft && !broken.is_empty() {
        // What a draft breaks is why it is one.
        expected.status = Status::Draft;
    } else {
        report.extend(broken);
    }
    // Which compiler made it is no statement about the plan, and later versions of the format only add to it.
    expected.compiler_version.clone_from(&plan.compiler_version);
    if reads_version(&plan.format_version) {
        expected.format_version.clone_from(&plan.format_version);
    }
    // The hash speaks for the file as it stands: a wrong figure elsewhere is no second fault here.
    expected.plan_hash = if hash_is_ours(plan) { plan_hash(plan) } else { plan.plan_hash.clone() };
    compare::compare(&expected, plan, report);
    Ok(())
}

/// The complete plan file that follows from the facts and `decisions`. Whether these keep the commitments is not
/// asked; lines for buckets that their lane cannot reach are left out.
///
/// # Errors
/// Where a sum does not fit.
pub fn recompute(
    network: &Network,
    decisions: &Decisions,
    inputs: &[Input],
    diagnostics: &[PlanDiagnostic],
) -> Result<Plan, Overflow> {
    let (facts, rules) = (Facts::new(network)?, Rules::new(network));
    let World { mut plan, .. } = World::of(&facts, &rules, decisions, inputs, diagnostics)?;
    plan.plan_hash = plan_hash(&plan);
    Ok(plan)
}

/// Everything that follows from facts and decisions; its plan has no hash yet.
struct World<'f> {
    plan: Plan,
    ledger: Ledger<'f>,
    limits: Vec<limits::Use<'f>>,
    allowed: given::Allowances,
    rules_used: Uses,
}

impl<'f> World<'f> {
    fn of(
        facts: &'f Facts<'f>,
        rules: &Rules<'f>,
        decisions: &Decisions,
        inputs: &[Input],
        diagnostics: &[PlanDiagnostic],
    ) -> Result<Self, Overflow> {
        let network = facts.network;
        let mut forward = Forward::new(facts)?;
        let ledger = Ledger::of(facts, decisions)?;
        let (limits, balances) = (limits::uses(&ledger)?, cash::balances(&ledger)?);
        let (floors, covers) = (Floors::new(facts), Covers::new(facts, &mut forward)?);
        let allowed = given::allowances(facts, &covers)?;
        let mut lapses = floors.lapses(&ledger, rules)?;
        lapses.extend(covers.lapses(&ledger, &allowed.covers, rules)?);
        lapses.extend(passed::of_limits(facts, &limits, &allowed, rules)?);
        lapses.extend(passed::of_cash(facts, &balances, &allowed, rules)?);
        let rules_used = rules.uses(&ledger, lapses)?;
        let overflow_cost = rules_used.overflow_cost(network)?;
        let (orders, tail) = rows::orders(&ledger, rules)?;
        let given = given::given(&ledger, (&limits, &balances), (&floors, &covers), &allowed)?;
        let given = rows::given(facts, &given)?;
        let parts = figures::by_part(&ledger, &mut forward)?;
        let figures = figures::figures(&ledger, &mut forward, &balances, overflow_cost, &parts.whole)?;
        let uses = rules_used.rows(&ledger)?;
        let besides = gates::of_the_whole(&given, &uses)?;
        let whole = Whole { figures: &figures, parts: &parts, besides: &besides };
        let gates = gates::verdicts(&ledger, &mut forward, &whole)?;
        let metrics = figures::metrics(&ledger, &mut forward, (&parts, &figures), &besides)?;
        let mut inputs = inputs.to_vec();
        inputs.sort_by(|a, b| a.path.cmp(&b.path));
        let plan = Plan {
            format_version: FORMAT_VERSION.into(),
            compiler_version: env!("CARGO_PKG_VERSION").into(),
            project: network.project.clone(),
            cycle: network.cycle.clone(),
            as_of: network.as_of,
            currency: network.currency.clone(),
            buckets: rows::buckets(facts),
            items: rows::items(network),
            input_hash: input_hash(&inputs),
            inputs,
            plan_hash: String::new(),
            status: if rules_used.any() { Status::Relaxed } else { Status::Feasible },
            certificate: Certificate {
                objective: exact::printed(worth::objective(&ledger, &mut forward, &covers, overflow_cost)?)?,
                bound: None,
                marginal_bound: None,
                gap: None,
                levels: levels(network, &rules_used, &given)?,
                proven: false,
                interrupted: false,
            },
            summary: figures.summary,
            orders,
            given,
            transfers: rows::transfers(&ledger, rules)?,
            tail,
            promotions: rows::promotions(&ledger)?,
            allocations: rows::allocations(&ledger)?,
            inventory: rows::inventory(&ledger, &mut forward, &covers)?,
            cash: rows::cash(facts, &balances)?,
            capacity: rows::capacity(facts, &limits)?,
            rules_used: uses,
            metrics,
            waivers: gates::waivers(network, &gates),
            gates,
            diagnostics: diagnostics.to_vec(),
        };
        Ok(Self { plan, ledger, limits, allowed, rules_used })
    }
}

/// A bound is the planner's claim: this path has none of its own. What follows from it is held against the file, and that it
/// lies above what the plan earns.
fn claimed_bound(
    network: &Network,
    expected: &mut Plan,
    bound: Option<Amount>,
    report: &mut Report,
) -> Result<(), Overflow> {
    let Some(bound) = bound else { return Ok(()) };
    let objective = expected.certificate.objective;
    let away = bound.0.checked_sub(objective.0).ok_or(Overflow)?;
    if away.is_sign_negative() && !away.is_zero() {
        report.add(|| "certificate.bound".into(), format_args!("{objective} or more"), bound);
        return Ok(());
    }
    let one_per_cent = expected.summary.revenue.0 / rust_decimal::Decimal::ONE_HUNDRED;
    let base = bound.0.abs().max(one_per_cent);
    let gap = if base.is_zero() { exact::zero() } else { exact::over(exact::ratio(away), exact::ratio(base))? };
    expected.certificate.bound = Some(bound);
    expected.certificate.gap = Some(exact::printed_up(gap)?);
    let half_a_cent = rust_decimal::Decimal::new(5, 3);
    let settled = expected.certificate.levels.iter().all(|level| {
        let most = rules::within(network, &level.rule).checked_add(half_a_cent);
        let more = level.used.0.checked_sub(level.bound.unwrap_or_default().0);
        more.zip(most).is_some_and(|(more, most)| more < most)
    });
    expected.certificate.proven = settled && away < half_a_cent;
    Ok(())
}

/// That no plan lets less be given, or uses a rule less, is a claim as well: it may not lie above what this one does.
fn claimed_bounds_of_levels(expected: &mut Plan, plan: &Plan, report: &mut Report) {
    for (index, level) in expected.certificate.levels.iter_mut().enumerate() {
        let claimed = plan.certificate.levels.get(index).filter(|claimed| claimed.rule == level.rule);
        let Some(bound) = claimed.and_then(|claimed| claimed.bound) else { continue };
        if bound <= level.used {
            level.bound = Some(bound);
        } else {
            let path = || format!("certificate.levels[{index}].bound");
            report.add(path, format_args!("{} or less", level.used), bound);
        }
    }
}

/// What is given, then the use of each rule that is a level; nothing is proven here.
fn levels(network: &Network, rules_used: &Uses, given: &[Given]) -> Result<Vec<Level>, Overflow> {
    let used = given.iter().try_fold(rust_decimal::Decimal::ZERO, |sum, one| sum.checked_add(one.amount.0));
    let given = Level { rule: "given".into(), used: Amount(used.ok_or(Overflow)?), bound: None };
    Ok(std::iter::once(given).chain(rules_used.levels(network)?).collect())
}
