//! Why a transfer is sent: for what, so many, then, from there, and what it costs.

use super::order::{weighed, what_for, what_for_named};
use super::{Asked, Link, link, otherwise};
use crate::explain::words;
use crate::network::TransferId;
use crate::plan::{Action, Transfer};
use crate::solve::Transfer as Sent;
use crate::units::Overflow;

/// The chain of a transfer.
pub(super) fn chain(asked: &Asked<'_>, sent: &Transfer) -> Result<Vec<Link>, Overflow> {
    let network = asked.network;
    let lane = network.transfers.iter().position(|lane| {
        network.item(lane.item).id == sent.item
            && network.location(lane.from).id == sent.from
            && network.location(lane.location).id == sent.location
            && Some(&lane.mode) == sent.mode.as_ref()
    });
    let head = format!(
        "`{}`: {} from `{}` for {}, usable on {}, freight {}",
        sent.key,
        words::count(sent.units),
        sent.from,
        sent.receipt_bucket,
        sent.usable_date,
        asked.money(sent.landed_cost)
    );
    let Some(lane) = lane.filter(|_| sent.action == Action::New) else {
        let open = network.open_transfers.iter().find(|open| {
            (network.item(open.item).id.as_str(), open.due, open.units)
                == (sent.item.as_str(), sent.usable_date, sent.units)
                && network.location(network.pool(open.pool).location).id == sent.location
        });
        let source = open.map(|open| open.origin.clone());
        let mut told = vec![link(0, head, source.clone()), link(1, "it is under way: a fact, not a decision", source)];
        told.extend(what_for_named(asked, (&sent.item, &sent.location, &sent.receipt_bucket), sent.units)?);
        return Ok(told);
    };
    let facts = &network.transfers[lane];
    let mut told = vec![link(0, head, Some(facts.origin.clone()))];
    let Some(bucket) = asked.bucket(&sent.receipt_bucket) else { return Ok(told) };
    told.extend(what_for(asked, facts.pool, bucket, sent.units)?);
    told.extend(sent_so_many(asked, lane.into(), bucket, sent.units)?);
    let Some(passage) = asked.model.passage(lane.into(), bucket) else { return Ok(told) };
    let text = format!("then: leaves on {}, usable on {}", passage.trip.release, passage.trip.usable);
    told.push(link(1, text, asked.key(&facts.origin, "lead-days")));
    let source = &network.pools[facts.source.index()];
    let leaves = asked.label(passage.release_bucket);
    let from = &network.location(source.location);
    let rows = asked.plan.inventory.iter();
    let row = rows.filter(|row| row.item == sent.item && row.location == from.id).find(|row| row.bucket == leaves);
    if let Some(row) = row {
        let there = row.opening + row.receipts + row.transfers_in;
        let text = format!(
            "from there: in {} `{}` has {} opening + {} received + {} transferred = {there}; {} are sold, {} sent, {} stay",
            row.bucket,
            row.location,
            row.opening,
            row.receipts,
            row.transfers_in,
            row.sales,
            row.transfers_out,
            row.closing
        );
        told.push(link(1, text, Some(from.origin.clone())));
    }
    let freight = words::cash(network, passage.freight);
    let text = format!("costs: freight of {freight} a unit x {} = {}", sent.units, asked.money(sent.landed_cost));
    told.push(link(1, text, asked.key(&facts.origin, "freight")));
    for payment in &sent.payments {
        told.push(link(2, format!("{} on {}", asked.money(payment.amount), payment.date), None));
    }
    told.extend(super::limit::full_in(asked, facts.pool, bucket));
    Ok(told)
}

/// Why not fewer or more of a transfer.
fn sent_so_many(asked: &Asked<'_>, lane: TransferId, bucket: usize, units: i64) -> Result<Vec<Link>, Overflow> {
    let (model, outcome) = (asked.model, &asked.books.outcome);
    let facts = asked.network.transfer(lane);
    let mut told = Vec::new();
    for (key, number, what) in [("moq", facts.moq, "at least"), ("multiple", facts.multiple, "or a multiple of that")] {
        if number > 1 {
            told.push(link(
                1,
                format!("so many: a line is {} {what}", words::count(number)),
                asked.key(&facts.origin, key),
            ));
        }
    }
    let own = Sent { lane, bucket, units };
    let Some(at) = outcome.transfers.iter().position(|one| *one == own) else { return Ok(told) };
    if let Some((mut changed, less)) = otherwise::sent_fewer(model, outcome, at) {
        let leaves = model.passage(lane, bucket).map_or(bucket, |passage| passage.release_bucket);
        otherwise::serve(model, &mut changed, facts.source, leaves, less);
        let what = if less == units { "not at all".to_owned() } else { format!("{less} fewer") };
        told.push(link(1, format!("{what}: {}", weighed(asked, &asked.books.trial(&changed)?)), None));
    }
    if let Some((mut changed, more)) = otherwise::sent(model, outcome, lane, bucket, 1).into_iter().next() {
        otherwise::serve(model, &mut changed, facts.pool, bucket, more);
        let from = model.passage(lane, bucket).map_or(bucket, |passage| passage.release_bucket);
        if otherwise::mend(model, &mut changed, facts.source, from).is_some() {
            told.push(link(1, format!("{more} more: {}", weighed(asked, &asked.books.trial(&changed)?)), None));
        }
    }
    Ok(told)
}
