//! How far hard covers may be missed or passed.

use super::{Rules, Slack, scope};
use crate::network::{PoolId, Relax, UpTo};
use crate::verify::exact::{Overflow, ratio, times, whole};

impl Rules<'_> {
    /// Of a hard safety stock, or a hard most, of so many units.
    pub(in crate::verify) fn stock_slack(&self, relax: Relax, pool: PoolId, units: i64) -> Result<Slack, Overflow> {
        let mut limits = Vec::new();
        for (index, rule) in self.of_kind(relax).filter(|(_, rule)| scope::pool(self.network, rule, pool)) {
            match rule.up_to {
                UpTo::Share(share) => limits.push((index, times(ratio(share), whole(units))?)),
                UpTo::Units(units) => limits.push((index, ratio(units))),
                _ => {}
            }
        }
        Slack::adding(limits, true)
    }
}
