//! Stock of a pool by bucket: what comes, what goes, what is left.

use super::{Model, PoolModel};
use crate::network::PoolId;
use crate::solve::Outcome;
use crate::units::Overflow;

/// Stock of a pool by bucket, units.
#[derive(Debug, Clone)]
pub struct StockFlow {
    /// Before receipts.
    pub opening: Vec<i64>,
    /// From suppliers, open orders included.
    pub receipts: Vec<i64>,
    /// From own locations, open transfers included.
    pub transfers_in: Vec<i64>,
    /// To own locations.
    pub transfers_out: Vec<i64>,
    /// Sold, late deliveries included.
    pub sales: Vec<i64>,
    /// At the end.
    pub closing: Vec<i64>,
    /// Sent from here and under way at the end.
    pub under_way: Vec<i64>,
    /// What channels that name the location first asked for before, did not get, and could still get.
    pub owed: Vec<i64>,
}

impl StockFlow {
    fn new(model: &Model<'_>, pool: &PoolModel) -> Self {
        let none = || vec![0; model.buckets().len()];
        Self {
            opening: none(),
            receipts: pool.open_receipts.clone(),
            transfers_in: pool.open_transfers.clone(),
            transfers_out: none(),
            sales: none(),
            closing: none(),
            under_way: pool.under_way.clone(),
            owed: none(),
        }
    }

    /// What arrives in a bucket.
    #[must_use]
    pub fn arriving(&self, bucket: usize) -> i64 {
        self.receipts[bucket] + self.transfers_in[bucket]
    }

    /// What leaves in a bucket.
    #[must_use]
    pub fn leaving(&self, bucket: usize) -> i64 {
        self.sales[bucket] + self.transfers_out[bucket]
    }

    /// What is there at the end of a bucket, or under way from there.
    #[must_use]
    pub fn owned(&self, bucket: usize) -> i64 {
        self.closing[bucket] + self.under_way[bucket]
    }

    /// What stock before sales lacks of demand, what is owed, and safety stock.
    #[must_use]
    pub fn shortfall(&self, pool: &PoolModel, bucket: usize) -> i64 {
        let before_sales = self.opening[bucket] + self.arriving(bucket) - self.transfers_out[bucket];
        pool.cover.shortfall(bucket, before_sales, self.owed[bucket])
    }
}

/// Stock of every pool.
///
/// # Errors
/// Where units do not fit, or a transfer has no trip.
pub(super) fn flows(model: &Model<'_>, outcome: &Outcome) -> Result<Vec<StockFlow>, Overflow> {
    let network = model.network;
    let mut flows: Vec<StockFlow> = model.pools.iter().map(|pool| StockFlow::new(model, pool)).collect();
    for line in &outcome.lines {
        more(&mut flows[network.lane(line.lane).pool.index()].receipts[line.bucket], line.units)?;
    }
    for sent in &outcome.transfers {
        let (lane, passage) = (network.transfer(sent.lane), model.passage(sent.lane, sent.bucket).ok_or(Overflow)?);
        more(&mut flows[lane.pool.index()].transfers_in[sent.bucket], sent.units)?;
        let source = &mut flows[lane.source.index()];
        more(&mut source.transfers_out[passage.release_bucket], sent.units)?;
        for units in &mut source.under_way[passage.release_bucket..sent.bucket] {
            more(units, sent.units)?;
        }
    }
    for (way, sold) in model.ways.iter().zip(&outcome.sales) {
        for (sum, units) in flows[way.pool.index()].sales.iter_mut().zip(sold) {
            more(sum, *units)?;
        }
    }
    for late in &outcome.late {
        more(&mut flows[model.ways[late.way].pool.index()].sales[late.delivered], late.units)?;
    }
    owe(model, outcome, &mut flows)?;
    for (index, flow) in flows.iter_mut().enumerate() {
        let mut at = network.pool(PoolId::from(index)).on_hand;
        for bucket in 0..model.buckets().len() {
            flow.opening[bucket] = at;
            more(&mut at, flow.arriving(bucket))?;
            more(&mut at, -flow.leaving(bucket))?;
            flow.closing[bucket] = at;
        }
    }
    Ok(flows)
}

/// Enters what is owed.
fn owe(model: &Model<'_>, outcome: &Outcome, flows: &mut [StockFlow]) -> Result<(), Overflow> {
    for (index, offer) in
        model.offers.iter().enumerate().filter(|(_, offer)| offer.lateness.most.iter().any(|n| *n > 0))
    {
        let Some((_, first)) = model.ways_of(index).find(|(_, way)| way.is_first) else { continue };
        let late = || outcome.late.iter().filter(|late| offer.ways.contains(&late.way));
        for (bucket, owed) in flows[first.pool.index()].owed.iter_mut().enumerate() {
            for wanted in offer.lateness.waiting(bucket) {
                let before = late().filter(|late| late.wanted == wanted && late.delivered < bucket);
                let got = outcome.on_time(model, index, wanted) + before.map(|late| late.units).sum::<i64>();
                more(owed, (offer.demand[wanted] - got).max(0))?;
            }
        }
    }
    Ok(())
}

fn more(sum: &mut i64, units: i64) -> Result<(), Overflow> {
    *sum = sum.checked_add(units).ok_or(Overflow)?;
    Ok(())
}
