//! Plans against what came of them, and against the plan before: adherence and nervousness.

use num_traits::{Signed, Zero};

use super::service::share;
use super::{Measured, quotient};
use crate::units::{Overflow, Ratio, add, mul, whole};

/// Plan adherence: the share of (planned, actual) pairs - a family and month each - whose actual is within `tolerance`, a share of
/// the plan, of what was planned. Undefined without pairs; of nothing planned only nothing adheres.
///
/// Source: bookings of a family were outside of 20 % in five of twelve months,
/// <https://www.dbmsys.com/post/2023/08/21/this-is-the-title-of-your-first-post>: 7 / 12. The numbers below stand for those of its chart.
///
/// ```
/// # use sopc::{metrics::formula::plan_adherence, units::{Ratio, whole}};
/// let actual = [130, 70, 75, 100, 90, 125, 110, 140, 120, 80, 95, 105];
/// let pairs = actual.map(|actual| (whole(100), whole(actual)));
/// assert_eq!(plan_adherence(&pairs, Ratio::new(20, 100)), Ok(Some(Ratio::new(7, 12))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn plan_adherence(pairs: &[(Ratio, Ratio)], tolerance: Ratio) -> Measured {
    let within =
        |(planned, actual): &(Ratio, Ratio)| Ok(add(*actual, -*planned)?.abs() <= mul(planned.abs(), tolerance)?);
    share(pairs.iter().map(within).collect::<Result<Vec<_>, Overflow>>()?.into_iter())
}

/// Adherence by volume: 1 - sum of |actual - planned| / sum of planned, not below 0. Undefined where nothing was planned.
///
/// The two lines of [`super::wape`] as a plan: 1 - 65 / 975.
///
/// ```
/// # use sopc::{metrics::formula::volume_adherence, units::{Ratio, whole}};
/// let pairs = [(whole(950), whole(1_000)), (whole(25), whole(10))];
/// assert_eq!(volume_adherence(&pairs), Ok(Some(Ratio::new(910, 975))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn volume_adherence(pairs: &[(Ratio, Ratio)]) -> Measured {
    let (mut off, mut all) = (Ratio::zero(), Ratio::zero());
    for (planned, actual) in pairs {
        off = add(off, add(*actual, -*planned)?.abs())?;
        all = add(all, *planned)?;
    }
    let kept = |missed: Ratio| add(whole(1), -missed).map(|kept| kept.max(Ratio::zero()));
    quotient(off, all)?.map(kept).transpose()
}

/// A planned order line and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderOutcome {
    /// Units planned.
    pub planned: i64,
    /// Units that came; 0 where nothing did.
    pub actual: i64,
    /// Days after the planned one; negative where it came early.
    pub days_late: i64,
}

/// Order adherence: lines whose units are within `tolerance`, a share of the plan, and whose day is at most `days` from the planned
/// one, either way / lines. Undefined without lines.
///
/// Of four lines one is short by a fifth, one ten days late.
///
/// ```
/// # use sopc::{metrics::formula::{OrderOutcome, order_adherence}, units::{Ratio, whole}};
/// let line = |actual, days_late| OrderOutcome { planned: 500, actual, days_late };
/// let lines = [line(500, 0), line(480, -3), line(400, 0), line(500, 10)];
/// assert_eq!(order_adherence(&lines, Ratio::new(5, 100), 7), Ok(Some(Ratio::new(1, 2))));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn order_adherence(lines: &[OrderOutcome], tolerance: Ratio, days: i64) -> Measured {
    let kept = |line: &OrderOutcome| {
        let off = whole(line.actual.checked_sub(line.planned).ok_or(Overflow)?).abs();
        Ok(off <= mul(whole(line.planned), tolerance)? && line.days_late.checked_abs().ok_or(Overflow)? <= days)
    };
    share(lines.iter().map(kept).collect::<Result<Vec<_>, Overflow>>()?.into_iter())
}

/// What two plans that follow each other order on one lane for one bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changed {
    /// Units of the plan before.
    pub before: i64,
    /// Units of this plan.
    pub after: i64,
    /// What a unit costs.
    pub cost: Ratio,
}

/// Nervousness: sum of |units after - units before| x cost / sum of units before x cost, over lanes and buckets that both plans
/// have. 0: nothing changed; a line that moves to another bucket counts twice, once where it leaves and once where it
/// lands. Undefined where the plan before ordered nothing.
///
/// 500 stay, 300 become 200, 100 move from one bucket to the next: (100 + 100 + 100) / 900.
///
/// ```
/// # use sopc::{metrics::formula::{Changed, nervousness}, units::{Ratio, whole}};
/// let changed = |before, after| Changed { before, after, cost: whole(6) };
/// let lines = [changed(500, 500), changed(300, 200), changed(100, 0), changed(0, 100)];
/// assert_eq!(nervousness(&lines), Ok(Some(Ratio::new(300, 900))));
/// assert_eq!(nervousness(&[changed(0, 100)]), Ok(None));
/// ```
///
/// # Errors
/// Where a number does not fit.
pub fn nervousness(lines: &[Changed]) -> Measured {
    let (mut moved, mut all) = (Ratio::zero(), Ratio::zero());
    for Changed { before, after, cost } in lines {
        let units = whole(after.checked_sub(*before).ok_or(Overflow)?).abs();
        moved = add(moved, mul(units, *cost)?)?;
        all = add(all, mul(whole(*before), *cost)?)?;
    }
    quotient(moved, all)
}

/// How many of the lanes and buckets have other units than before: the messages that a planner would have to act on.
#[must_use]
pub fn changed_lines(lines: &[Changed]) -> usize {
    lines.iter().filter(|line| line.before != line.after).count()
}
