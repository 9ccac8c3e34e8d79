//! What facts alone break: limits and hard covers that are passed although nothing new is ordered may be passed by that
//! much, and what floors and hard covers lack while they wait for a first new order is told.

use num_traits::Signed;

use super::cash::{Balance, balances, first_reached_by_new_sales};
use super::cover::Covers;
use super::exact::{Overflow, Ratio, minus, zero};
use super::facts::Facts;
use super::floors::Floors;
use super::idle::idle;
use super::ledger::Ledger;
use super::limits::{Use, uses};
use crate::network::Origin;

/// Kind and name of the cash minimum in `given[]`.
const CASH_MINIMUM: (&str, &str) = ("cash-minimum", "cash");

/// By how much each limit may be passed.
#[derive(Debug)]
pub(super) struct Allowances {
    /// In the order of [`uses`].
    pub(super) limits: Vec<Ratio>,
    /// By bucket; empty where no cash is planned.
    pub(super) cash: Vec<Ratio>,
    /// The most stock of hard covers, in units: by pool and bucket; empty where none is stated.
    pub(super) covers: Vec<Vec<i64>>,
}

/// By how much the plan that orders nothing passes each limit and hard cover, where facts alone may pass it.
pub(super) fn allowances(facts: &Facts<'_>, covers: &Covers<'_>) -> Result<Allowances, Overflow> {
    let idle = idle(facts)?;
    let passed = |limit: &Use<'_>| if limit.may_be_given { excess(limit) } else { Ok(zero()) };
    let limits = uses(&idle)?.iter().map(passed).collect::<Result<_, _>>()?;
    let reached = first_reached_by_new_sales(facts);
    let lacking = |(bucket, balance): (usize, &Balance)| if bucket < reached { lack(balance) } else { Ok(zero()) };
    let cash = balances(&idle)?.iter().enumerate().map(lacking).collect::<Result<_, _>>()?;
    Ok(Allowances { limits, cash, covers: covers.excess_of_doing_nothing(&idle)? })
}

/// By how much a limit is passed; 0 where it holds.
pub(super) fn excess(limit: &Use<'_>) -> Result<Ratio, Overflow> {
    minus(limit.used, limit.limit).map(positive)
}

/// By how much cash lies below its minimum; 0 where it holds.
pub(super) fn lack(balance: &Balance) -> Result<Ratio, Overflow> {
    minus(balance.minimum, balance.closing).map(positive)
}

fn positive(number: Ratio) -> Ratio {
    if number.is_positive() { number } else { zero() }
}

/// A commitment that the plan breaks where it may.
#[derive(Debug)]
pub(super) struct Breach<'f> {
    /// The kind of commitment, as a rule's `relax` names it.
    pub(super) kind: &'static str,
    /// Which one.
    pub(super) of: String,
    /// When.
    pub(super) bucket: usize,
    /// By how much.
    pub(super) amount: Ratio,
    /// Where the commitment is stated.
    pub(super) origin: &'f Origin,
}

/// Everything that is given, by kind, name, bucket.
pub(super) fn given<'f>(
    ledger: &Ledger<'f>,
    (uses, balances): (&[Use<'f>], &[Balance]),
    (floors, covers): (&Floors<'f>, &Covers<'f>),
    allowed: &Allowances,
) -> Result<Vec<Breach<'f>>, Overflow> {
    let mut given = overruns(ledger.facts, uses, balances, allowed)?;
    given.extend(floors.given(ledger)?);
    given.extend(covers.given(ledger, &allowed.covers)?);
    given.sort_by(|a, b| (a.kind, &a.of, a.bucket).cmp(&(b.kind, &b.of, b.bucket)));
    Ok(given)
}

/// The limits that the plan passes.
fn overruns<'f>(
    facts: &Facts<'f>,
    uses: &[Use<'f>],
    balances: &[Balance],
    allowed: &Allowances,
) -> Result<Vec<Breach<'f>>, Overflow> {
    let mut overruns = Vec::new();
    for (one, allowance) in uses.iter().zip(&allowed.limits) {
        // What lies beyond is let go by rules.
        let amount = excess(one)?.min(*allowance);
        if amount.is_positive() {
            let Use { kind, of, bucket, origin, .. } = *one;
            overruns.push(Breach { kind, of: of.into(), bucket, amount, origin });
        }
    }
    if let Some(cash) = &facts.network.cash {
        for (bucket, (balance, &allowance)) in balances.iter().zip(&allowed.cash).enumerate() {
            let amount = lack(balance)?.min(allowance);
            if amount.is_positive() {
                let (kind, of) = CASH_MINIMUM;
                overruns.push(Breach { kind, of: of.into(), bucket, amount, origin: &cash.origin });
            }
        }
    }
    Ok(overruns)
}
