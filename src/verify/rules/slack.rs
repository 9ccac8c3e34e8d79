//! How far several rules let one commitment go.

use crate::verify::exact::{Overflow, Ratio, minus, plus, zero};

/// Rules by their place in the file, each with how far it lets go together with those before it.
#[derive(Debug, Clone, Default)]
pub(in crate::verify) struct Slack {
    steps: Vec<(usize, Ratio)>,
}

impl Slack {
    /// Limits that add up; where units are counted, their sums are rounded down.
    pub(super) fn adding(limits: impl IntoIterator<Item = (usize, Ratio)>, units: bool) -> Result<Self, Overflow> {
        let (mut sum, mut steps) = (zero(), Vec::new());
        for (rule, limit) in limits {
            sum = plus(sum, limit)?;
            steps.push((rule, if units { sum.floor() } else { sum }));
        }
        Ok(Self { steps })
    }

    /// Limits that stand for themselves: the furthest is that of all together.
    pub(super) fn nesting(limits: impl IntoIterator<Item = (usize, Ratio)>) -> Self {
        let mut steps: Vec<(usize, Ratio)> = Vec::new();
        for (rule, limit) in limits {
            let before = steps.last().map_or_else(zero, |step| step.1);
            steps.push((rule, limit.max(before)));
        }
        Self { steps }
    }

    /// How far all of them together go.
    pub(in crate::verify) fn furthest(&self) -> Ratio {
        self.steps.last().map_or_else(zero, |step| step.1)
    }

    /// What each rule has of an amount that is let go, the first up to its limit, and so on.
    pub(super) fn parts(&self, amount: Ratio) -> Result<Vec<(usize, Ratio)>, Overflow> {
        let (mut taken, mut parts) = (zero(), Vec::new());
        for &(rule, limit) in &self.steps {
            let reached = limit.min(amount);
            if reached > taken {
                parts.push((rule, minus(reached, taken)?));
                taken = reached;
            }
        }
        Ok(parts)
    }
}
