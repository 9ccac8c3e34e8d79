//! What is sold of demand, on time and late, and by how much it is lowered.

use std::collections::{BTreeMap, BTreeSet};

use super::{Decisions, Delivery, Reader};
use crate::network::{OfferId, PoolId};
use crate::plan::Allocation;
use crate::verify::demand::Asked;
use crate::verify::report::{Report, row_path};
use crate::verify::sales::waiting;

/// Item, channel and location.
type Names<'a> = (&'a str, &'a str, &'a str);

impl Reader<'_> {
    pub(super) fn sold(&self, offers: &[(OfferId, Asked)], decisions: &mut Decisions, report: &mut Report) {
        let named = self.sources_by_name(offers);
        let mut read = BTreeSet::new();
        for row in &self.plan.allocations {
            let source = named.get(&(&*row.item, &*row.channel, &*row.location));
            let (Some(&(position, pool)), Some(&bucket)) = (source, self.buckets.get(&row.bucket)) else { continue };
            let (id, asked) = &offers[position];
            if !read.insert((*id, pool, bucket)) {
                continue;
            }
            let demand = asked.units[bucket];
            decisions.planned.insert((*id, pool, bucket), within(row, "planned", row.planned, demand, report));
            let lowered = decisions.lowered.entry((*id, bucket));
            lowered.or_insert_with(|| within(row, "lowered", row.lowered, demand, report));
            let late = decisions.late.entry(*id).or_default();
            late.extend(self.deliveries(row, *id, pool, (bucket, demand), report));
        }
    }

    /// The late deliveries of a row.
    fn deliveries(
        &self,
        row: &Allocation,
        offer: OfferId,
        pool: PoolId,
        (wanted, demand): (usize, i64),
        report: &mut Report,
    ) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        for (label, &units) in &row.delivered {
            let in_time = |&&at: &&usize| at > wanted && waiting(self.facts, offer, at).any(|one| one == wanted);
            match self.buckets.get(label).filter(in_time) {
                Some(&delivered) if (1..=demand).contains(&units) => {
                    deliveries.push(Delivery { pool, wanted, delivered, units });
                }
                Some(_) => report.add(|| path(row, "delivered"), format_args!("1 to {demand}"), units),
                None => report.add(|| path(row, "delivered"), "later buckets in time", label.escape_debug()),
            }
        }
        deliveries
    }

    /// Offers, by position, and where they are served from, by name.
    fn sources_by_name<'s>(&'s self, offers: &[(OfferId, Asked)]) -> BTreeMap<Names<'s>, (usize, PoolId)> {
        let network = self.facts.network;
        let mut named = BTreeMap::new();
        for (position, (id, asked)) in offers.iter().enumerate() {
            let offer = &network.offers[id.index()];
            let (item, channel) = (&*network.item(offer.item).id, &*network.channel(offer.channel).id);
            for source in &asked.sources {
                let location = &*network.location(network.pool(source.pool).location).id;
                named.insert((item, channel, location), (position, source.pool));
            }
        }
        named
    }
}

/// Units held within 0 and demand.
fn within(row: &Allocation, key: &str, units: i64, demand: i64, report: &mut Report) -> i64 {
    let held = units.clamp(demand.min(0), demand.max(0));
    if held != units {
        report.add(|| path(row, key), format_args!("0 to {demand}"), units);
    }
    held
}

fn path(row: &Allocation, key: &str) -> String {
    row_path("allocations", &[&row.item, &row.channel, &row.location, &row.bucket]) + "." + key
}
