//! When floors and hard covers begin.

use super::days;
use super::facts::Facts;
use crate::calendar::Grain;
use crate::network::Since;

/// The first bucket in which something holds; `None` where it never begins. Where no month or week is stated, nothing can
/// be asked for before the bucket that a new order reaches first.
pub(super) fn start(facts: &Facts<'_>, from: Option<Since>, reached: Option<usize>) -> Option<usize> {
    match from {
        None => reached,
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
