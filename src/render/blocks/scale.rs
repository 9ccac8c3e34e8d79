//! From numbers to places on an axis, without floats: the same bytes on every machine.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::plan::Amount;
use crate::render::number;

/// Steps that an axis is parted into, about.
const STEPS: u32 = 4;

/// An axis from a round number below all values to one above them; zero is on it.
#[derive(Debug, Clone)]
pub(super) struct Scale {
    low: Decimal,
    high: Decimal,
    step: Decimal,
}

impl Scale {
    /// An axis that holds all of `values`; `whole` where steps below 1 mean nothing.
    pub(super) fn over(values: impl IntoIterator<Item = Decimal>, whole: bool) -> Self {
        let (low, high) = values
            .into_iter()
            .fold((Decimal::ZERO, Decimal::ZERO), |(low, high), value| (low.min(value), high.max(value)));
        if low == high {
            return Self { low, high: Decimal::ONE, step: Decimal::ONE };
        }
        let part = high.saturating_sub(low) / Decimal::from(STEPS);
        let step = round_step(part);
        let step = if whole { step.max(Decimal::ONE) } else { step };
        let multiple = |value: Decimal, strategy| {
            let steps = (value / step).round_dp_with_strategy(0, strategy);
            steps.checked_mul(step)
        };
        // Beyond the largest decimals there is no round number.
        Self {
            low: multiple(low, RoundingStrategy::ToNegativeInfinity).unwrap_or(low),
            high: multiple(high, RoundingStrategy::ToPositiveInfinity).unwrap_or(high),
            step,
        }
    }

    /// How far up the axis a value stands, in so many parts of it; what is beyond its ends stands there.
    pub(super) fn place(&self, value: Decimal, parts: i64) -> i64 {
        let span = self.high.saturating_sub(self.low);
        let value = value.clamp(self.low, self.high);
        let share = value.saturating_sub(self.low).checked_div(span).unwrap_or(Decimal::ZERO).min(Decimal::ONE);
        (share * Decimal::from(parts)).round().to_i64().unwrap_or(0)
    }

    /// The marks of the axis, from the lowest up.
    pub(super) fn ticks(&self) -> Vec<Decimal> {
        let mut ticks = Vec::new();
        let mut at = self.low;
        // A step is a part of the span, so there are few; what cannot be added up ends it.
        while at <= self.high && ticks.len() <= 2 * STEPS as usize + 2 {
            ticks.push(at);
            match at.checked_add(self.step) {
                Some(next) if next > at => at = next,
                _ => break,
            }
        }
        ticks
    }

    /// A mark in few digits: `250k`, `1.5M`; all marks of an axis in one measure.
    pub(super) fn label(&self, tick: Decimal) -> String {
        const MEASURES: [(u32, &str); 4] = [(12, "tn"), (9, "bn"), (6, "M"), (3, "k")];
        let most = self.high.abs().max(self.low.abs());
        let large = |exponent: u32| Decimal::from(10_i64.pow(exponent));
        // Below ten thousand, digits are as short.
        let measure = MEASURES.iter().find(|&&(exponent, _)| most >= large(exponent) && most >= Decimal::from(10_000));
        match measure {
            Some(&(exponent, name)) if !tick.is_zero() => {
                format!("{}{name}", number::plain(Amount(tick / large(exponent))))
            }
            _ => number::plain(Amount(tick)),
        }
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is no smaller than `part`, which is above zero.
fn round_step(part: Decimal) -> Decimal {
    let ten = Decimal::TEN;
    let mut power = Decimal::ONE;
    while power > part && power > Decimal::new(1, 6) {
        power /= ten;
    }
    while let Some(next) = power.checked_mul(ten).filter(|next| *next <= part) {
        power = next;
    }
    let factors = [Decimal::ONE, Decimal::TWO, Decimal::from(5), ten];
    factors.iter().filter_map(|factor| power.checked_mul(*factor)).find(|step| *step >= part).unwrap_or(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(values: &[&str], whole: bool) -> (Vec<String>, Scale) {
        let scale = Scale::over(values.iter().map(|text| text.parse().unwrap()), whole);
        (scale.ticks().into_iter().map(|tick| scale.label(tick)).collect(), scale)
    }

    #[test]
    fn marks_are_round_and_hold_zero() {
        assert_eq!(axis(&["337405.67", "150081.17"], false).0, ["0", "100k", "200k", "300k", "400k"]);
        assert_eq!(axis(&["-4000", "250000"], false).0, ["-100k", "0", "100k", "200k", "300k"]);
        assert_eq!(axis(&["-30", "-7"], false).0, ["-30", "-20", "-10", "0"]);
        assert_eq!(axis(&["3"], true).0, ["0", "1", "2", "3"]);
        assert_eq!(axis(&["0.9"], false).0, ["0", "0.5", "1"]);
        assert_eq!(axis(&["1300000"], false).0, ["0", "0.5M", "1M", "1.5M"]);
        assert_eq!(axis(&[], false).0, ["0", "1"]);
    }

    #[test]
    fn places_are_parts_of_the_axis() {
        let (_, scale) = axis(&["400"], false);
        let places = ["0", "100", "400", "900", "-5"].map(|text| scale.place(text.parse().unwrap(), 1_000));
        assert_eq!(places, [0, 250, 1_000, 1_000, 0]);
    }

    #[test]
    fn absurd_numbers_do_not_panic() {
        for values in [vec![Decimal::MAX, Decimal::MIN], vec![Decimal::MAX], vec![Decimal::new(1, 28)]] {
            let scale = Scale::over(values.clone(), false);
            assert!(scale.ticks().len() <= 10);
            assert!(values.iter().all(|value| (0..=1_000).contains(&scale.place(*value, 1_000))));
        }
    }
}
