//! Why, in a few words, in the rows of a plan: only what follows from the row and the inputs. `sopc why` tells the whole chain.

use super::build::label;
use crate::model::Model;
use crate::model::ledger::{Ledger, Placed, Sent};
use crate::network::Route;

/// Of a new purchase line.
pub(super) fn of_line(model: &Model<'_>, ledger: &Ledger<'_>, placed: &Placed<'_>) -> Vec<String> {
    let (line, lane) = (placed.line, model.network.lane(placed.line.lane));
    let mut told = vec![serves(model, ledger, lane.pool.index(), line.bucket)];
    told.extend(size(line.units, (lane.moq, lane.max)));
    if placed.opportunity.terms.breaks.iter().any(|(from, _)| *from == line.units) {
        told.push(format!("at the break from {}", line.units));
    }
    told.extend(pinned(model, Route::Purchase(line.lane), line.bucket));
    told.extend(model.relief.premium[line.lane.index()].map(|rule| by_rule(model, rule)));
    told
}

/// Of a new transfer.
pub(super) fn of_transfer(model: &Model<'_>, ledger: &Ledger<'_>, sent: &Sent<'_>) -> Vec<String> {
    let (line, lane) = (sent.transfer, model.network.transfer(sent.transfer.lane));
    let mut told = vec![serves(model, ledger, lane.pool.index(), line.bucket)];
    told.extend(size(line.units, (lane.moq, lane.max)));
    told.extend(pinned(model, Route::Transfer(line.lane), line.bucket));
    told.extend(model.relief.premium_transfers[line.lane.index()].map(|rule| by_rule(model, rule)));
    told
}

/// The buckets until the next receipt: `for 2026-03 to 2026-05`.
fn serves(model: &Model<'_>, ledger: &Ledger<'_>, pool: usize, bucket: usize) -> String {
    let flow = &ledger.stock[pool];
    let next = (bucket + 1..model.buckets().len()).find(|&at| flow.receipts[at] + flow.transfers_in[at] > 0);
    let last = next.unwrap_or(model.buckets().len()) - 1;
    if last == bucket {
        return format!("for {}", label(model, bucket));
    }
    format!("for {} to {}", label(model, bucket), label(model, last))
}

fn size(units: i64, (moq, max): (i64, Option<i64>)) -> Option<String> {
    match max {
        Some(most) if most == units => Some("as large as a line may be".to_owned()),
        _ => (moq > 1 && moq == units).then(|| "as small as its MOQ lets it be".to_owned()),
    }
}

fn pinned(model: &Model<'_>, lane: Route, bucket: usize) -> Option<String> {
    let pin = model.network.pins.iter().find(|pin| pin.lane == lane && pin.bucket == bucket)?;
    Some(format!("pinned at {}:{}", pin.origin.file, pin.origin.line))
}

fn by_rule(model: &Model<'_>, rule: usize) -> String {
    format!("by rule `{}`", model.network.rules[rule].id)
}
