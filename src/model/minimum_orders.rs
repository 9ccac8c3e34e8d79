//! The least a purchase order must come to: the lines of one supplier released in one bucket.

use super::Model;
use super::ledger::Placed;
use super::timeline::level;
use crate::network::{MinimumOrder, SupplierId};
use crate::units::{Overflow, Ratio, add, mul, ratio, whole};

/// A supplier's minimum order.
#[derive(Debug)]
pub struct OrderFloor {
    /// Whose.
    pub supplier: SupplierId,
    /// What is counted.
    pub counts: MinimumOrder,
    /// By bucket of release: the least, goods value in plan currency, units or m3, less what committed lines count for.
    pub least: Vec<Ratio>,
}

impl OrderFloor {
    /// What a line counts for.
    ///
    /// # Errors
    /// Where it does not fit.
    pub fn counted(&self, model: &Model<'_>, placed: &Placed<'_>) -> Result<Ratio, Overflow> {
        let units = placed.line.units;
        match self.counts {
            MinimumOrder::Value(_) => placed.opportunity.terms.goods(units),
            MinimumOrder::Units(_) => Ok(whole(units)),
            MinimumOrder::Volume(_) => mul(self.unit(model, placed.line.lane.index()), whole(units)),
        }
    }

    /// What a unit of a lane counts for where goods are not valued.
    pub(crate) fn unit(&self, model: &Model<'_>, lane: usize) -> Ratio {
        match self.counts {
            MinimumOrder::Volume(_) => ratio(model.network.item(model.network.lanes[lane].item).unit_volume),
            _ => whole(1),
        }
    }

    /// Lowers what new lines have to come to by the committed lines of the same orders.
    fn take_off_committed(&mut self, model: &Model<'_>) -> Result<(), Overflow> {
        for one in model.committed.iter().filter(|one| one.lane(model.network).supplier == self.supplier) {
            let Some(bucket) = one.release else { continue };
            let counted = one.counted(model, self.counts, self.unit(model, one.line.lane.index()))?;
            self.least[bucket] = add(self.least[bucket], -counted)?.max(whole(0));
        }
        Ok(())
    }

    /// Purchase orders that come to less, each with its bucket of release and what it comes to.
    ///
    /// # Errors
    /// Where a sum does not fit.
    pub fn missed(&self, model: &Model<'_>, lines: &[Placed<'_>]) -> Result<Vec<(usize, Ratio)>, Overflow> {
        let mut orders: Vec<Option<Ratio>> = vec![None; self.least.len()];
        for placed in lines.iter().filter(|placed| model.network.lane(placed.line.lane).supplier == self.supplier) {
            let sum = &mut orders[placed.opportunity.release_bucket];
            *sum = Some(add(sum.unwrap_or_default(), self.counted(model, placed)?)?);
        }
        let short =
            |(bucket, sum): (usize, Option<Ratio>)| Some((bucket, sum.filter(|sum| *sum < self.least[bucket])?));
        Ok(orders.into_iter().enumerate().filter_map(short).collect())
    }
}

/// The minimum orders of all suppliers that have one.
pub(super) fn all(model: &Model<'_>) -> Result<Vec<OrderFloor>, Overflow> {
    let mut floors = Vec::new();
    for (index, supplier) in model.network.suppliers.iter().enumerate() {
        let Some(stated) = &supplier.minimum_order else { continue };
        let counts = stated.value;
        let least = |bucket| match counts {
            // All lines of an order are released in one bucket, at one rate.
            MinimumOrder::Value(value) => mul(ratio(value), ratio(level(&supplier.exchange_rate, bucket))),
            MinimumOrder::Units(least) | MinimumOrder::Volume(least) => Ok(ratio(least)),
        };
        let least = model.buckets().iter().map(least).collect::<Result<_, _>>()?;
        let mut floor = OrderFloor { supplier: SupplierId::from(index), counts, least };
        floor.take_off_committed(model)?;
        floors.push(floor);
    }
    Ok(floors)
}
