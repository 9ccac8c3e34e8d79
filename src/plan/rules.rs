//! Uses of rules: what each lets go of, when, and by how much.

use num_traits::Zero;

use super::build::label;
use super::{Amount, RuleUse};
use crate::model::Model;
use crate::model::breaches::{Breach, Part};
use crate::network::Relax;
use crate::units::{Overflow, Ratio, add, mul};

/// A row for each rule, commitment and bucket, by (place of the rule in its list, bucket, commitment).
pub(super) fn rows(model: &Model<'_>, breaches: &[Breach]) -> Result<Vec<RuleUse>, Overflow> {
    let mut parts: Vec<(&Breach, &Part)> =
        breaches.iter().flat_map(|breach| breach.parts.iter().map(move |part| (breach, part))).collect();
    parts.sort_by(|(a, one), (b, other)| (one.rule, a.bucket, &a.of).cmp(&(other.rule, b.bucket, &b.of)));
    parts.into_iter().map(|(breach, part)| row(model, breach, part)).collect()
}

fn row(model: &Model<'_>, breach: &Breach, part: &Part) -> Result<RuleUse, Overflow> {
    let rule = &model.network.rules[part.rule];
    Ok(RuleUse {
        id: rule.id.clone(),
        used: Amount::rounded(part.used)?,
        bucket: label(model, breach.bucket),
        of: breach.of.clone(),
        amount: Amount::rounded(part.amount)?,
        cost: cost(model, breach, part)?.map(Amount::rounded).transpose()?,
        source: rule.origin.clone(),
    })
}

/// What a use gives up, where that can be told from the plan alone: sales that are not made at their price, what premium lanes cost beyond
/// the standard, what overflow costs.
fn cost(model: &Model<'_>, breach: &Breach, part: &Part) -> Result<Option<Ratio>, Overflow> {
    let rule = &model.network.rules[part.rule];
    Ok(match rule.relax {
        Relax::SalesPlan | Relax::FillRate => Some(part.used),
        Relax::Expedite => {
            let lane = model.network.lanes.iter().enumerate();
            let named = |(index, _): &(usize, _)| model.network.lane_name((*index).into()) == breach.of;
            let pool = lane.filter(|(_, lane)| lane.premium).find(named).map(|(_, lane)| lane.pool);
            let standard = pool.map_or_else(Ratio::zero, |pool| model.pools[pool.index()].standard_cost);
            Some(add(part.used, -mul(standard, part.amount)?)?)
        }
        Relax::StorageCapacity | Relax::InboundCapacity | Relax::OutboundCapacity if rule.cost.is_some() => {
            Some(part.used)
        }
        _ => None,
    })
}
