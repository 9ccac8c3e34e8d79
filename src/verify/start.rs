//! When floors and hard covers begin.

use super::days;
use super::facts::Facts;
use crate::calendar::Grain;
use crate::network::{PoolId, Since};

/// The first bucket in which something about a pool holds; `None` where it never begins. Where no month or week is
/// stated, nothing can be asked for before a new order can be there.
pub(super) fn start(facts: &Facts<'_>, from: Option<Since>, pool: PoolId) -> Option<usize> {
    match from {
        None => facts.pools[pool.index()].first_reached.map(|(bucket, _)| bucket),
        Some(Since::Start) => Some(0),
        Some(Since::Period(period)) => {
            let first_day = period.start();
            facts.horizon().iter().position(|bucket| match period.grain() {
                Grain::Month => days::middle(bucket) >= first_day,
                Grain::Week => bucket.end >= first_day,
            })
        }
    }
}

/// True where something that begins in `start` holds in a bucket.
pub(super) fn begun(start: Option<usize>, bucket: usize) -> bool {
    start.is_some_and(|start| start <= bucket)
}
