//! Demand that is lowered.

use super::{Lapse, Objection, Rules, Slack, scope};
use crate::network::{OfferId, Relax, UpTo};
use crate::verify::exact::{Overflow, ratio, times, whole};
use crate::verify::ledger::Ledger;
use crate::verify::report::row_path;

impl Rules<'_> {
    /// What is lowered of each demand.
    pub(super) fn lowered(&self, ledger: &Ledger<'_>) -> Result<Vec<Lapse>, Overflow> {
        let (facts, network) = (ledger.facts, self.network);
        let mut lapses = Vec::new();
        for ((id, asked), sales) in ledger.sold() {
            for (bucket, &lowered) in sales.lowered.iter().enumerate().filter(|(_, lowered)| **lowered > 0) {
                // Rules end with the horizon.
                let demand = if bucket < facts.horizon { asked.units[bucket] } else { 0 };
                let slack = self.sales_plan_slack(*id, demand)?;
                let offer = &network.offers[id.index()];
                let names = [&*network.item(offer.item).id, &network.channel(offer.channel).id];
                let location = &network.location(network.pool(asked.sources[0].pool).location).id;
                let label = facts.buckets[bucket].period.to_string();
                let objection = Objection {
                    path: row_path("allocations", &[names[0], names[1], location, &label]) + ".lowered",
                    expected: format!("at most {}", slack.furthest()),
                    found: lowered.to_string(),
                };
                let (of, amount, worth) = (names.join("/"), whole(lowered), asked.price[bucket]);
                lapses.push(Lapse { relax: Relax::SalesPlan, of, bucket, amount, worth, slack, objection });
            }
        }
        Ok(lapses)
    }

    fn sales_plan_slack(&self, offer: OfferId, demand: i64) -> Result<Slack, Overflow> {
        let mut limits = Vec::new();
        for (index, rule) in self.of_kind(Relax::SalesPlan) {
            if let UpTo::Share(share) = rule.up_to
                && scope::offer(self.network, rule, offer)
            {
                limits.push((index, times(ratio(share), whole(demand))?));
            }
        }
        Slack::adding(limits, true)
    }
}
