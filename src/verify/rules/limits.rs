//! How far limits may be passed.

use super::{Rules, Slack, is_overflow, scope};
use crate::network::{LocationId, Relax, Rule, Scope, UpTo};
use crate::verify::exact::{Overflow, Ratio, ratio, times};

/// What a limit is about, for rules to speak of.
#[derive(Debug, Clone, Copy)]
pub(in crate::verify) enum Limited<'f> {
    /// What its selector states.
    Stated(&'f Scope),
    /// A location.
    Location(LocationId),
    /// All there is.
    All,
}

impl Rules<'_> {
    /// Of a limit in a bucket.
    pub(in crate::verify) fn limit_slack(
        &self,
        relax: Relax,
        limited: Limited<'_>,
        limit: Ratio,
    ) -> Result<Slack, Overflow> {
        let speaks = |rule: &Rule| match limited {
            Limited::Stated(stated) => scope::same(rule, stated),
            Limited::Location(location) => scope::location(self.network, rule, location),
            Limited::All => true,
        };
        let mut rules: Vec<(usize, &Rule)> = self.of_kind(relax).filter(|(_, rule)| speaks(rule)).collect();
        if is_overflow(relax) {
            // The cheapest comes first.
            rules.sort_by_key(|(index, rule)| (rule.cost.unwrap_or_default(), *index));
        }
        let mut limits = Vec::new();
        for (index, rule) in rules {
            match rule.up_to {
                UpTo::Amount(amount) => limits.push((index, ratio(amount))),
                UpTo::Share(share) => limits.push((index, times(ratio(share), limit)?)),
                _ => {}
            }
        }
        Slack::adding(limits, false)
    }
}
