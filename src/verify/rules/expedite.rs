//! Premium lanes that are used.

use std::collections::BTreeMap;

use super::{Objection, Rules, Used, Uses, scope};
use crate::network::{Relax, UpTo};
use crate::verify::exact::{Overflow, Ratio, gather, minus, plus, printed, ratio, times, whole, zero};
use crate::verify::ledger::Ledger;
use crate::verify::report::row_path;

/// What comes by a premium lane for a bucket.
#[derive(Debug)]
struct Flown {
    units: Ratio,
    landed: Ratio,
    /// What it costs more than by standard.
    more: Ratio,
}

impl Rules<'_> {
    pub(super) fn owners_of_lanes(&self) -> Vec<Option<usize>> {
        let owner = |lane: &crate::network::Lane| {
            let mut rules = self.of_kind(Relax::Expedite).filter(|_| lane.premium);
            rules.find(|(_, rule)| scope::lane(self.network, rule, lane)).map(|(index, _)| index)
        };
        self.network.lanes.iter().map(owner).collect()
    }

    pub(super) fn owners_of_transfers(&self) -> Vec<Option<usize>> {
        let owner = |lane: &crate::network::TransferLane| {
            let mut rules = self.of_kind(Relax::Expedite).filter(|_| lane.premium);
            rules.find(|(_, rule)| scope::transfer(self.network, rule, lane)).map(|(index, _)| index)
        };
        self.network.transfers.iter().map(owner).collect()
    }

    /// Uses premium lanes, those of a rule and bucket held against it together.
    pub(super) fn expedited(&self, ledger: &Ledger<'_>, uses: &mut Uses) -> Result<(), Overflow> {
        let mut together: BTreeMap<(usize, usize), (Ratio, Ratio)> = BTreeMap::new();
        for ((rule, bucket, of), flown) in self.flown(ledger)? {
            let sums = together.entry((rule, bucket)).or_insert_with(|| (zero(), zero()));
            gather(&mut sums.0, flown.units)?;
            gather(&mut sums.1, flown.landed)?;
            let Flown { units: amount, landed: used, more } = flown;
            uses.used.push(Used { rule, bucket, of, amount, used, cost: Some(more) });
        }
        for ((rule, bucket), (units, landed)) in together {
            let (counted, most) = match self.network.rules[rule].up_to {
                UpTo::Units(most) => (units, ratio(most)),
                UpTo::Amount(most) => (landed, ratio(most)),
                _ => continue,
            };
            if counted > most {
                let label = ledger.facts.buckets[bucket].period.to_string();
                uses.objections.push(Objection {
                    path: row_path("rules", &[&self.network.rules[rule].id, &label]),
                    expected: format!("at most {}", printed(most)?),
                    found: printed(counted)?.to_string(),
                });
            }
        }
        Ok(())
    }

    /// By rule, bucket and lane.
    fn flown(&self, ledger: &Ledger<'_>) -> Result<BTreeMap<(usize, usize, String), Flown>, Overflow> {
        let (facts, network) = (ledger.facts, self.network);
        let mut flown = BTreeMap::new();
        for line in &ledger.lines {
            let Some(rule) = self.expediting(line.lane) else { continue };
            let standard = facts.standard(network.lane(line.lane).pool);
            let more = minus(line.landed, times(whole(line.units), standard)?)?;
            let key = (rule, line.bucket, network.lane_name(line.lane));
            add(&mut flown, key, Flown { units: whole(line.units), landed: line.landed, more })?;
        }
        for one in &ledger.transfers {
            let Some(rule) = self.expediting_transfer(one.lane) else { continue };
            let lane = network.transfer(one.lane);
            let gained = minus(facts.standard(lane.pool), facts.standard(lane.source))?;
            let more = minus(one.freight, times(whole(one.units), gained)?)?;
            let key = (rule, one.bucket, network.transfer_name(one.lane));
            add(&mut flown, key, Flown { units: whole(one.units), landed: one.freight, more })?;
        }
        Ok(flown)
    }
}

fn add<K: Ord>(all: &mut BTreeMap<K, Flown>, key: K, one: Flown) -> Result<(), Overflow> {
    let there = all.entry(key).or_insert_with(|| Flown { units: zero(), landed: zero(), more: zero() });
    there.units = plus(there.units, one.units)?;
    there.landed = plus(there.landed, one.landed)?;
    there.more = plus(there.more, one.more)?;
    Ok(())
}
