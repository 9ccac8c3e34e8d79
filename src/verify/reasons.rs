//! What rows of orders and transfers have to say of why.

use super::ledger::{Ledger, Line};
use super::rules::Rules;
use super::transfers::Sent;
use crate::network::{PoolId, Route};

/// What a new order has to say.
pub(super) fn of_order(ledger: &Ledger<'_>, rules: &Rules<'_>, line: &Line) -> Vec<String> {
    let lane = ledger.facts.network.lane(line.lane);
    let mut reasons = vec![until_next(ledger, lane.pool, line.bucket)];
    sized(&mut reasons, line.units, lane.moq, lane.max);
    for step in lane.breaks.iter().filter(|step| step.from == line.units).take(1) {
        reasons.push(format!("at the break from {}", step.from));
    }
    pinned(&mut reasons, ledger, Route::Purchase(line.lane), line.bucket);
    ruled(&mut reasons, ledger, rules.expediting(line.lane));
    reasons
}

/// What a new transfer has to say.
pub(super) fn of_transfer(ledger: &Ledger<'_>, rules: &Rules<'_>, sent: &Sent) -> Vec<String> {
    let lane = ledger.facts.network.transfer(sent.lane);
    let mut reasons = vec![until_next(ledger, lane.pool, sent.bucket)];
    sized(&mut reasons, sent.units, lane.moq, lane.max);
    pinned(&mut reasons, ledger, Route::Transfer(sent.lane), sent.bucket);
    ruled(&mut reasons, ledger, rules.expediting_transfer(sent.lane));
    reasons
}

/// The buckets from a line's own on in which nothing else comes.
fn until_next(ledger: &Ledger<'_>, pool: PoolId, bucket: usize) -> String {
    let buckets = &ledger.facts.buckets;
    let mut last = bucket;
    while last + 1 < buckets.len() {
        let next = ledger.stock(pool, last + 1);
        if next.receipts > 0 || next.transfers_in > 0 {
            break;
        }
        last += 1;
    }
    let (first, end) = (buckets[bucket].period, buckets[last].period);
    if last > bucket { format!("for {first} to {end}") } else { format!("for {first}") }
}

fn sized(reasons: &mut Vec<String>, units: i64, moq: i64, max: Option<i64>) {
    if max == Some(units) {
        reasons.push("as large as a line may be".to_owned());
    } else if units == moq && moq > 1 {
        reasons.push("as small as its MOQ lets it be".to_owned());
    }
}

fn pinned(reasons: &mut Vec<String>, ledger: &Ledger<'_>, lane: Route, bucket: usize) {
    let mut pins = ledger.facts.network.pins.iter().filter(|pin| (pin.lane, pin.bucket) == (lane, bucket));
    if let Some(pin) = pins.next() {
        reasons.push(format!("pinned at {}:{}", pin.origin.file, pin.origin.line));
    }
}

fn ruled(reasons: &mut Vec<String>, ledger: &Ledger<'_>, rule: Option<usize>) {
    if let Some(rule) = rule {
        reasons.push(format!("by rule `{}`", ledger.facts.network.rules[rule].id));
    }
}
