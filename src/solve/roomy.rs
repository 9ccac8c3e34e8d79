//! Rows with room for coarse programs.
//!
//! Rounding can make what facts use come to more than there is, or leave less to give to a floor than it asks for: prices would then rise for ever, and
//! say nothing of the plan. What facts pass without rounding stays passed.

use super::draft::Draft;
use super::fixed::{PRICE_BITS, narrow};
use super::program::Program;
use super::rows::Rows;

/// A floor of an item costs at most so many times what its best sale brings.
const DEAREST: i128 = 4;

/// The rows, with more of those that rounding alone passes.
pub(super) fn roomy(programs: &[Program], coarse: &[Program], rows: &Rows) -> Rows {
    let mut roomy = rows.clone();
    if coarse.iter().all(|program| program.unit == 1) {
        return roomy;
    }
    let least =
        |programs: &[Program]| Draft::new(programs, rows, &rows.available, Draft::without_lines(programs, rows)).used;
    for ((available, rounded), used) in roomy.available.iter_mut().zip(least(coarse)).zip(least(programs)) {
        let over = rounded - used.max(i128::from(*available));
        *available = available.saturating_add(narrow(over.max(0)));
    }
    give_room(&mut roomy, programs, coarse);
    limit_prices(&mut roomy, programs);
    roomy
}

/// Floors ask for no more than coarse programs can give, where full ones can give it.
fn give_room(roomy: &mut Rows, programs: &[Program], coarse: &[Program]) {
    let most = |programs: &[Program], rows: &Rows| {
        let mut most = vec![0_i128; rows.count];
        for program in programs {
            for draw in program.draws.iter().filter(|draw| draw.unit < 0) {
                most[program.groups[draw.group] + draw.bucket] +=
                    -i128::from(draw.unit) * i128::from(program.sales[draw.sale].most);
            }
        }
        most
    };
    let (full, rounded) = (most(programs, roomy), most(coarse, roomy));
    for floor in &roomy.floors {
        for row in floor.first..floor.first + roomy.buckets {
            let lost = (full[row] - rounded[row]).max(0);
            if -i128::from(roomy.available[row]) > rounded[row] {
                roomy.available[row] = roomy.available[row].saturating_add(narrow(lost)).min(0);
            }
        }
    }
}

/// Keeps the prices of items' own floors near what their sales bring.
fn limit_prices(roomy: &mut Rows, programs: &[Program]) {
    let mut best = vec![0_i128; roomy.count];
    for program in programs {
        for draw in program.draws.iter().filter(|draw| draw.unit < 0) {
            let sale = &program.sales[draw.sale];
            let worth = i128::from(sale.net.saturating_add(sale.shortage)).max(0);
            let price = (worth << PRICE_BITS) / i128::from(-draw.unit);
            let best = &mut best[program.groups[draw.group] + draw.bucket];
            *best = (*best).max(price);
        }
    }
    for floor in roomy.floors.iter().filter(|floor| roomy.own.contains(&floor.first)) {
        let rows = floor.first..floor.first + roomy.buckets;
        for (dearest, best) in roomy.dearest[rows.clone()].iter_mut().zip(&best[rows]) {
            *dearest = (*dearest).min(narrow(best * DEAREST).max(1));
        }
    }
}
