//! The best sales from given receipts.
//!
//! A unit that is sold rather than kept saves the holding of all buckets behind its sale, whatever lot it came from. So
//! each unit of demand has one worth, and what can be served together is bounded only by what has arrived in time:
//! cumulative sales never exceed cumulative supply. These sets form a polymatroid, on which the greedy choice by
//! worth is optimal (Edmonds 1970).

use super::pool::Pool;
use super::prices::Priced;

/// Where a unit can go.
#[derive(Debug, Clone, Copy)]
struct Use {
    worth: f64,
    /// The offer; none for keeping it.
    offer: Option<usize>,
    bucket: usize,
    most: i64,
}

/// Units sold by offer and bucket, from what is on hand and `receipts`.
pub(super) fn best(pool: &Pool, priced: &Priced, receipts: &[i64]) -> Vec<Vec<i64>> {
    let buckets = receipts.len();
    let mut free = Vec::with_capacity(buckets);
    let mut supply = pool.on_hand;
    for received in receipts {
        supply += received;
        free.push(supply);
    }
    let mut sold = vec![vec![0; buckets]; pool.sales.len()];
    for one in uses(pool, priced, buckets) {
        let least = free[one.bucket..].iter().min().copied().unwrap_or(0);
        let units = one.most.min(least);
        if units <= 0 {
            continue;
        }
        free[one.bucket..].iter_mut().for_each(|free| *free -= units);
        if let Some(offer) = one.offer {
            sold[offer][one.bucket] = units;
        }
    }
    sold
}

/// All uses of a unit, the best first; equal ones by bucket, then offer, and selling before keeping.
fn uses(pool: &Pool, priced: &Priced, buckets: usize) -> Vec<Use> {
    let mut saved = vec![0.0; buckets];
    let mut sum = 0.0;
    for bucket in (0..buckets).rev() {
        sum += priced.closing[bucket];
        saved[bucket] = sum;
        sum += priced.available[bucket];
    }
    let mut uses = Vec::with_capacity(pool.sales.len() * buckets + 2);
    for (offer, sale) in pool.sales.iter().enumerate() {
        let worths = priced.sale[offer].iter().zip(&saved).map(|(sold, saved)| sold + saved);
        for (bucket, (worth, &most)) in worths.zip(&sale.demand).enumerate() {
            uses.push(Use { worth, offer: Some(offer), bucket, most });
        }
    }
    let last = buckets.saturating_sub(1);
    uses.push(Use { worth: pool.worth.0, offer: None, bucket: last, most: pool.end_cover });
    uses.push(Use { worth: pool.worth.1, offer: None, bucket: last, most: i64::MAX });
    uses.sort_by(|a, b| {
        b.worth
            .total_cmp(&a.worth)
            .then(a.bucket.cmp(&b.bucket))
            .then(a.offer.is_none().cmp(&b.offer.is_none()))
            .then(a.offer.cmp(&b.offer))
    });
    uses
}
