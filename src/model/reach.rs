//! The first bucket that a new order reaches a location in, by way of others if need be.

use chrono::NaiveDate;

use super::Model;

/// The bucket, and the first day on which such an order can be sold.
pub(super) type Reached = (usize, NaiveDate);

/// By pool; premium lanes aside.
pub(super) fn first_reached(model: &Model<'_>) -> Vec<Option<Reached>> {
    let network = model.network;
    if let Some(starts) = &network.starts {
        return starts.clone();
    }
    let mut reached: Vec<Option<Reached>> = vec![None; network.pools.len()];
    for (lane, found) in network.lanes.iter().zip(&model.lanes).filter(|(lane, _)| !lane.premium) {
        for (bucket, opportunity) in found.iter().enumerate() {
            if let Some(opportunity) = opportunity {
                sooner(&mut reached[lane.pool.index()], (bucket, opportunity.trip.usable));
            }
        }
    }
    // A pass for each step of the longest chain: a source may send what it receives in the same bucket.
    loop {
        let mut changed = false;
        for (lane, found) in network.transfers.iter().zip(&model.transfers).filter(|(lane, _)| !lane.premium) {
            let Some((from, _)) = reached[lane.source.index()] else { continue };
            for (bucket, passage) in found.iter().enumerate() {
                if let Some(passage) = passage.as_ref().filter(|passage| passage.release_bucket >= from) {
                    changed |= sooner(&mut reached[lane.pool.index()], (bucket, passage.trip.usable));
                }
            }
        }
        if !changed {
            return reached;
        }
    }
}

fn sooner(known: &mut Option<Reached>, new: Reached) -> bool {
    let sooner = known.is_none_or(|known| new < known);
    if sooner {
        *known = Some(new);
    }
    sooner
}
