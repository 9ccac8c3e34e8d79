//! What facts alone break: limits that are passed, promises that are not reached before they begin.

use num_traits::Zero;

use super::build::label;
use super::{Amount, Given};
use crate::model::Model;
use crate::model::ledger::Ledger;
use crate::network::{Origin, PoolId};
use crate::solve::Outcome;
use crate::units::{Overflow, Ratio, add, mul, ratio, sum, whole};

/// Something that is given: its kind, which one, when, how much, where it is stated.
struct Row {
    kind: &'static str,
    of: String,
    bucket: usize,
    amount: Ratio,
    source: Origin,
}

/// All that is given, by (kind, name, bucket). A plan passes only what facts pass already.
pub(super) fn rows(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Vec<Given>, Overflow> {
    let mut rows = all(model, outcome, ledger)?;
    rows.sort_by(|a, b| (a.kind, &a.of, a.bucket).cmp(&(b.kind, &b.of, b.bucket)));
    let given = |row: Row| {
        Ok(Given {
            kind: row.kind.to_owned(),
            of: row.of,
            bucket: label(model, row.bucket),
            amount: Amount::rounded(row.amount)?,
            source: row.source,
        })
    };
    rows.into_iter().map(given).collect()
}

fn all(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Vec<Row>, Overflow> {
    let mut rows = limits(model, ledger)?;
    rows.extend(cash(model, ledger)?);
    rows.extend(floors(model, outcome)?);
    rows.extend(group_floors(model, outcome)?);
    rows.extend(covers(model, ledger)?);
    Ok(rows)
}

/// All that is given in a plan.
///
/// # Errors
/// Where it does not fit.
pub fn given_use(model: &Model<'_>, outcome: &Outcome, ledger: &Ledger<'_>) -> Result<Ratio, Overflow> {
    sum(all(model, outcome, ledger)?.into_iter().map(|row| row.amount))
}

/// What a plan uses of what is given by its own choice: all of it but limits, and closing stock of covers, that facts pass whatever is decided.
///
/// # Errors
/// Where it does not fit.
pub fn chosen_use(model: &Model<'_>, outcome: &Outcome) -> Result<Ratio, Overflow> {
    let ledger = Ledger::new(model, outcome)?;
    let mut rows = cash(model, &ledger)?;
    rows.extend(floors(model, outcome)?);
    rows.extend(group_floors(model, outcome)?);
    rows.extend(covers(model, &ledger)?.into_iter().filter(|row| row.kind == "safety-stock"));
    sum(rows.into_iter().map(|row| row.amount))
}

fn limits(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Row>, Overflow> {
    let mut rows = Vec::new();
    for (index, (limit, used)) in model.limits.iter().zip(&ledger.used).enumerate() {
        for (bucket, (used, available)) in used.iter().zip(&limit.available).enumerate() {
            // What is beyond that is let go of by rules.
            let amount = add(*used, -*available)?.min(model.given.limit(index, bucket));
            if amount > Ratio::zero() {
                let (kind, of, source) = (limit.kind.name(), limit.of.clone(), limit.origin.clone());
                rows.push(Row { kind, of, bucket, amount, source });
            }
        }
    }
    Ok(rows)
}

fn cash(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Row>, Overflow> {
    let (Some(cash), Some(stated)) = (&model.cash, &model.network.cash) else { return Ok(Vec::new()) };
    let mut rows = Vec::new();
    for bucket in 0..model.horizon {
        let amount = ledger.cash_missing(cash, bucket)?.min(model.given.cash[bucket]);
        if amount > Ratio::zero() {
            let (kind, of, source) = ("cash-minimum", "cash".to_owned(), stated.origin.clone());
            rows.push(Row { kind, of, bucket, amount, source });
        }
    }
    Ok(rows)
}

/// Units below floors of items that have not begun, at price.
fn floors(model: &Model<'_>, outcome: &Outcome) -> Result<Vec<Row>, Overflow> {
    let network = model.network;
    let mut rows = Vec::new();
    for (index, offer) in model.offers.iter().enumerate() {
        for (bucket, early) in offer.floors.given.iter().enumerate() {
            let Some((least, service)) = *early else { continue };
            let short = least - outcome.on_time(model, index, bucket);
            if short > 0 {
                let facts = &network.offers[index];
                let of = format!("{}/{}", network.item(facts.item).id, network.channel(facts.channel).id);
                let amount = mul(ratio(offer.price[bucket]), whole(short))?;
                let source = network.services[service].origin.clone();
                rows.push(Row { kind: "fill-rate", of, bucket, amount, source });
            }
        }
    }
    Ok(rows)
}

/// Units below floors of groups, by those that have not joined, at their mean price.
fn group_floors(model: &Model<'_>, outcome: &Outcome) -> Result<Vec<Row>, Overflow> {
    let mut rows = Vec::new();
    for floor in &model.group_floors {
        let service = &model.network.services[floor.service];
        for (bucket, &least) in floor.early.iter().enumerate() {
            let sold: i64 = floor.members_in(bucket, false).map(|offer| outcome.on_time(model, offer, bucket)).sum();
            if sold < least {
                let (of, source) = (service.name.clone(), service.origin.clone());
                let amount = mul(floor.early_price[bucket], whole(least - sold))?;
                rows.push(Row { kind: "fill-rate", of, bucket, amount, source });
            }
        }
    }
    Ok(rows)
}

/// Units below hard safety stock before it begins, and above a hard maximum, at standard cost.
fn covers(model: &Model<'_>, ledger: &Ledger<'_>) -> Result<Vec<Row>, Overflow> {
    let network = model.network;
    let mut rows = Vec::new();
    for (index, (pool, flow)) in model.pools.iter().zip(&ledger.stock).enumerate() {
        let Some(cover) = pool.cover.source.map(|source| &network.covers[source]) else { continue };
        let facts = network.pool(PoolId::from(index));
        let of = format!("{}/{}", network.item(facts.item).id, network.location(facts.location).id);
        for bucket in 0..model.horizon {
            let short = if pool.cover.early[bucket] { flow.shortfall(pool, bucket) } else { 0 };
            let left = flow.closing[bucket].min(model.given.closing(index, bucket));
            let over = pool.cover.most[bucket].map_or(0, |most| left - most);
            for (kind, units) in [("safety-stock", short), ("max-cover", over)] {
                if units > 0 {
                    let amount = mul(pool.standard_cost, whole(units))?;
                    rows.push(Row { kind, of: of.clone(), bucket, amount, source: cover.origin.clone() });
                }
            }
        }
    }
    Ok(rows)
}
