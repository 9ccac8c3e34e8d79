//! The plan that orders and moves nothing: what facts alone come to.

use std::cmp::Reverse;

use super::exact::{Overflow, Ratio, less, more};
use super::facts::Facts;
use super::ledger::Ledger;
use super::sales::{Late, Sales, late_net, waiting};

/// A way to sell units: of which offer, from which of its sources, of which bucket's demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sale {
    /// What a unit brings, the most first.
    brings: Reverse<Ratio>,
    /// The bucket that asks for it.
    wanted: usize,
    offer: usize,
    source: usize,
}

/// Nothing new is ordered or sent; demand is served as far as stock goes, first bucket first, and within a bucket in the order of
/// [`Sale`].
pub(super) fn idle<'f>(facts: &'f Facts<'f>) -> Result<Ledger<'f>, Overflow> {
    let still = Ledger::still(facts)?;
    let mut left: Vec<i64> = facts.network.pools.iter().map(|pool| pool.on_hand).collect();
    let mut sales: Vec<Sales> = facts.offers.iter().map(|(_, asked)| Sales::none(asked)).collect();
    for bucket in 0..facts.buckets.len() {
        for (left, stock) in left.iter_mut().zip(&still.stock) {
            *left = more(*left, more(stock[bucket].receipts, stock[bucket].transfers_in)?)?;
        }
        for sale in possible(facts, &sales, bucket)? {
            let Sale { wanted, offer, source, .. } = sale;
            let (own, asked) = (&mut sales[offer], &facts.offers[offer].1);
            let left = &mut left[asked.sources[source].pool.index()];
            let units = own.unmet(asked, wanted)?.clamp(0, (*left).max(0));
            *left = less(*left, units)?;
            match units {
                0 => {}
                _ if wanted == bucket => own.planned[source][bucket] = units,
                _ => own.late.push(Late { source, wanted, delivered: bucket, units }),
            }
        }
    }
    still.selling(sales)
}

fn possible(facts: &Facts<'_>, sales: &[Sales], bucket: usize) -> Result<Vec<Sale>, Overflow> {
    let mut possible = Vec::new();
    for (offer, row) in facts.offers.iter().enumerate() {
        for (source, from) in row.1.sources.iter().enumerate() {
            let brings = Reverse(from.net[bucket]);
            possible.push(Sale { brings, wanted: bucket, offer, source });
            for wanted in waiting(facts, row.0, bucket) {
                if sales[offer].unmet(&row.1, wanted)? > 0 {
                    let brings = Reverse(late_net(facts, row, source, (wanted, bucket))?);
                    possible.push(Sale { brings, wanted, offer, source });
                }
            }
        }
    }
    possible.sort();
    Ok(possible)
}
