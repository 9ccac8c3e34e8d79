//! What more of the limits would be worth at most.
//!
//! The dual function at any prices bounds every plan, also where there is more of a row than now: a unit more raises it by the row's
//! price and by nothing else. So prices say what a unit is worth *at most*, whatever the step, and no search is needed for that. It
//! takes programs that know nothing of how much there is now: lines that have no room yet count as well.

use super::dual::{Teams, evaluate};
use super::fixed::{PRICE_BITS, narrow};
use super::program::Program;
use super::reduced::Prices;
use super::rows::Rows;
use super::{SMALL, Steering, price};
use crate::model::Model;
use crate::units::Ratio;

/// Visits of items that asking how far values hold may take: each row takes one of every item that has to do with it.
const STEPS: usize = 4_000;
/// A row is next to worthless where all of it is worth less than such a part of what is earned.
const NEXT_TO_NOTHING: i128 = 1_000_000;
const MILLION: i128 = 1_000_000;

/// What more of the limits is worth at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worth {
    /// With more of some limits no plan earns more than this and, for each unit more, what a unit of that limit is worth; what is given and
    /// the use of rules stay as they are.
    pub bound: Ratio,
    /// By limit, then bucket of the horizon.
    pub limits: Vec<Vec<Marginal>>,
    /// By bucket of the horizon: of cash, by which its minimum may be lower. Empty where no cash is planned.
    pub cash: Vec<Marginal>,
}

/// What a unit more of a limit is worth at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marginal {
    /// Money a unit.
    pub value: Ratio,
    /// So many units at most are worth anything; none where the value is 0, or nobody asked.
    pub step: Option<Ratio>,
}

/// What more of the limits is worth to programs that do not know how much there is now. `known` are prices that bound the plan well; where they
/// are not those of the `same` programs small projects look for some of their own, since lines that have no room yet make up other means.
pub(super) fn worth(
    model: &Model<'_>,
    (programs, rows): (&[Program], &Rows),
    (known, same): (&Prices, bool),
    steering: &Steering<'_>,
) -> Option<Worth> {
    let looks = programs.len() <= SMALL && !same;
    let found = if looks { price(programs, rows, steering).ok()?.prices } else { known.clone() };
    let teams = Teams::new(programs, rows);
    let value_at = |prices: &Prices| Some(evaluate(programs, &teams, rows, prices, false)?.0.value);
    let prices = plain(rows, &found, value_at(&found)?);
    let bound = value_at(&prices)?;
    let firsts = (0..model.limits.len()).map(|limit| rows.limit(limit)).chain(rows.cash);
    let shared: Vec<Shared> = firsts.map(|first| Shared::new(programs, rows, &prices, first)).collect();
    let steps = shared.iter().map(|limit| limit.priced.len() * limit.teams.items()).sum::<usize>() <= STEPS;
    let of_limit = |limit: &Shared| -> Option<Vec<Marginal>> {
        let value = |prices: &Prices| Some(evaluate(programs, &limit.teams, rows, prices, false)?.0.value);
        let with = if steps && !limit.priced.is_empty() { value(&prices)? } else { 0 };
        let marginal = |row: usize| {
            let (price, scale) = (i128::from(prices.row[row]), i128::from(rows.scale[row]));
            let worth = Ratio::new(price * scale, i128::from(rows.money) << PRICE_BITS);
            if price == 0 || !steps {
                return Some(Marginal { value: worth, step: None });
            }
            let mut without = prices.row.clone();
            without[row] = 0;
            let gained = (value(&Prices::new(rows, without))? - with).max(0);
            // (gained / money) / (price x scale / (money x 2^bits))
            Some(Marginal { value: worth, step: Some(Ratio::new(gained << PRICE_BITS, price * scale)) })
        };
        limit.rows.clone().map(marginal).collect()
    };
    let mut found: Vec<Vec<Marginal>> = shared.iter().map(of_limit).collect::<Option<_>>()?;
    let cash = if rows.cash.is_some() { found.pop()? } else { Vec::new() };
    Some(Worth { bound: Ratio::new(bound, i128::from(rows.money)), limits: found, cash })
}

/// The rows of a limit: those with a price, and who has to do with any.
struct Shared {
    rows: std::ops::Range<usize>,
    priced: Vec<usize>,
    teams: Teams,
}

impl Shared {
    fn new(programs: &[Program], rows: &Rows, prices: &Prices, first: usize) -> Self {
        let own = first..first + rows.horizon;
        let priced = own.clone().filter(|row| prices.row[*row] > 0).collect();
        Self { teams: Teams::touching(programs, rows, &own), rows: own, priced }
    }
}

/// Prices as people read them, of which each bounds every plan as well: none on a row that is next to worthless, or that limits nothing but in a
/// part of all plans; those of limits in millionths of money a unit.
fn plain(rows: &Rows, found: &Prices, value: i128) -> Prices {
    let least = value.abs() / NEXT_TO_NOTHING;
    let plain = |(row, price): (usize, &i64)| {
        let worth = (i128::from(*price) * i128::from(rows.size[row])) >> PRICE_BITS;
        if rows.is_own(row) {
            return *price;
        }
        if !rows.is_limited(row) || worth <= least {
            return 0;
        }
        let (scale, money) = (i128::from(rows.scale[row]), i128::from(rows.money) << PRICE_BITS);
        let millionths = Ratio::new(i128::from(*price) * scale, money) * Ratio::from_integer(MILLION);
        let price = (millionths.round() / Ratio::from_integer(MILLION) * Ratio::new(money, scale)).to_integer();
        narrow(price)
    };
    Prices::new(rows, found.row.iter().enumerate().map(plain).collect())
}
