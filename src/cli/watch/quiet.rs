//! When a burst of events is over: editors and scripts save in several steps.

use std::time::{Duration, Instant};

/// So long nothing has to be heard.
pub(super) const QUIET: Duration = Duration::from_millis(100);
/// So long it is waited at most, so that what never ends is heard as well.
const CEILING: Duration = Duration::from_millis(500);

/// A burst of events.
#[derive(Debug, Clone, Copy)]
pub(super) struct Burst {
    first: Instant,
    last: Instant,
}

impl Burst {
    /// One that begins now.
    pub(super) fn begins(now: Instant) -> Self {
        Self { first: now, last: now }
    }

    /// Something more is heard.
    pub(super) fn goes_on(&mut self, now: Instant) {
        self.last = now;
    }

    /// How long there is still to listen; none once it is over.
    pub(super) fn left(&self, now: Instant) -> Option<Duration> {
        let over = (self.last + QUIET).min(self.first + CEILING);
        over.checked_duration_since(now).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_burst_is_over_once_it_is_quiet() {
        let start = Instant::now();
        let mut burst = Burst::begins(start);
        assert_eq!(burst.left(start), Some(QUIET));
        burst.goes_on(after(start, 60));
        assert_eq!(burst.left(after(start, 60)), Some(QUIET));
        assert_eq!(burst.left(after(start, 100)), Some(Duration::from_millis(60)));
        assert_eq!(burst.left(after(start, 160)), None);
    }

    #[test]
    fn what_never_ends_is_heard_as_well() {
        let start = Instant::now();
        let mut burst = Burst::begins(start);
        for at in (0..=500).step_by(50) {
            burst.goes_on(after(start, at));
        }
        assert_eq!(burst.left(after(start, 450)), Some(Duration::from_millis(50)));
        assert_eq!(burst.left(after(start, 500)), None);
    }
}
