//! How far service floors may sink.

use super::{Rules, Slack, scope};
use crate::network::{OfferId, Relax, Rule, Service, UpTo};
use crate::verify::exact::{Overflow, less, ratio, times, units_up, whole};

impl Rules<'_> {
    /// Of the floor of an item and channel that asks for `least` of so many units.
    pub(in crate::verify) fn floor_slack(&self, offer: OfferId, least: i64, demand: i64) -> Result<Slack, Overflow> {
        self.sinking(|rule| scope::offer(self.network, rule, offer), least, demand)
    }

    /// Of the floor of a group that asks for `least` of so many units.
    pub(in crate::verify) fn group_slack(&self, service: &Service, least: i64, demand: i64) -> Result<Slack, Overflow> {
        self.sinking(|rule| scope::same(rule, &service.scope), least, demand)
    }

    fn sinking(&self, speaks: impl Fn(&Rule) -> bool, least: i64, demand: i64) -> Result<Slack, Overflow> {
        let mut limits = Vec::new();
        for (index, rule) in self.of_kind(Relax::FillRate).filter(|(_, rule)| speaks(rule)) {
            if let UpTo::Floor(floor) = rule.up_to {
                let still = units_up(times(ratio(floor), whole(demand))?)?;
                limits.push((index, whole(less(least, still)?.max(0))));
            }
        }
        Ok(Slack::nesting(limits))
    }
}
