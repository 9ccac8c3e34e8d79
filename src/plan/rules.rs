//! Uses of rules: what each lets go of, when, and by how much.

use super::build::label;
use super::{Amount, RuleUse};
use crate::model::Model;
use crate::model::breaches::{Breach, Part};
use crate::units::Overflow;

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
        cost: part.cost.map(Amount::rounded).transpose()?,
        source: rule.origin.clone(),
    })
}
