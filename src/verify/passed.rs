//! Limits, and the cash minimum, that a plan passes by more than is given.

use num_traits::Signed;

use super::cash::Balance;
use super::exact::{Overflow, minus, plus, printed, whole};
use super::facts::Facts;
use super::given::{Allowances, excess, lack};
use super::limits::Use;
use super::report::row_path;
use super::rules::{Lapse, Limited, Objection, Rules};
use crate::network::Relax;

/// What a plan lets go of limits, beyond what is given.
pub(super) fn of_limits(
    facts: &Facts<'_>,
    uses: &[Use<'_>],
    allowed: &Allowances,
    rules: &Rules<'_>,
) -> Result<Vec<Lapse>, Overflow> {
    let mut lapses = Vec::new();
    for (one, &allowance) in uses.iter().zip(&allowed.limits) {
        let Some((relax, limited)) = one.rules else { continue };
        let amount = minus(excess(one)?, allowance)?;
        if !amount.is_positive() {
            continue;
        }
        let slack = rules.limit_slack(relax, limited, one.limit)?;
        let bucket = facts.buckets[one.bucket].period.to_string();
        let most = printed(plus(plus(one.limit, allowance)?, slack.furthest())?)?;
        let objection = Objection {
            path: row_path("capacity", &[one.kind, one.of, &bucket]) + ".used",
            expected: format!("at most {most}"),
            found: printed(one.used)?.to_string(),
        };
        let (of, bucket, worth) = (one.of.into(), one.bucket, whole(1));
        lapses.push(Lapse { relax, of, bucket, amount, worth, slack, objection });
    }
    Ok(lapses)
}

/// What a plan lets go of the cash minimum, beyond what is given.
pub(super) fn of_cash(
    facts: &Facts<'_>,
    balances: &[Balance],
    allowed: &Allowances,
    rules: &Rules<'_>,
) -> Result<Vec<Lapse>, Overflow> {
    let mut lapses = Vec::new();
    for (bucket, (balance, &allowance)) in balances.iter().zip(&allowed.cash).enumerate() {
        let amount = minus(lack(balance)?, allowance)?;
        if amount.is_positive() {
            let relax = Relax::CashMinimum;
            let slack = rules.limit_slack(relax, Limited::All, balance.minimum)?;
            let least = printed(minus(minus(balance.minimum, allowance)?, slack.furthest())?)?;
            let objection = Objection {
                path: row_path("cash", &[&facts.buckets[bucket].period.to_string()]) + ".closing",
                expected: format!("at least {least}"),
                found: printed(balance.closing)?.to_string(),
            };
            lapses.push(Lapse { relax, of: "cash".into(), bucket, amount, worth: whole(1), slack, objection });
        }
    }
    Ok(lapses)
}
