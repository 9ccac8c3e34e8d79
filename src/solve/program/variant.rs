//! The same pool where other things count, or promises are held or broken.

use super::promise::narrow_index;
use super::{Aim, GIVEN, Program, Sale, Slot, Span, Step, most_levels};
use crate::solve::fixed::{PRICE_BITS, narrow};

/// How often a unit of a broken promise costs what it could save.
const BEYOND: i64 = 4;
/// The highest price that a pool puts on its own use.
const MOST_OWN: i64 = 1 << 50;

impl Program {
    /// The same pool where only what it uses of a level counts.
    pub(in crate::solve) fn for_use(&self, level: usize) -> Self {
        Self { aim: Aim::Use(level), own: (0, 0), ..self.clone() }
    }

    /// The same pool where some parts of promises may not be let go of.
    fn holding(&self, held: impl Fn(&Step) -> bool) -> Self {
        let mut program = self.clone();
        let mut steps = Vec::new();
        let mut keep = |span: Span| {
            let (mut kept, mut lost) = (Span { from: narrow_index(steps.len()), to: 0 }, 0);
            for step in &self.steps[span.range()] {
                // Nothing is let go of behind a part that is held.
                if lost > 0 || held(step) {
                    lost += step.size;
                } else {
                    steps.push(*step);
                }
            }
            kept.to = narrow_index(steps.len());
            (kept, lost)
        };
        for sale in &mut program.sales {
            let (kept, lost) = keep(sale.steps);
            sale.steps = kept;
            sale.least += lost;
        }
        for wanted in &mut program.wanted {
            let (kept, lost) = keep(wanted.steps);
            wanted.steps = kept;
            wanted.hard |= lost > 0;
        }
        for excess in &mut program.excess {
            let (kept, lost) = keep(excess.steps);
            let cap = &mut program.most[excess.bucket];
            *cap = (*cap).min(excess.most.saturating_add(self.most_over(excess) - lost));
            excess.steps = kept;
        }
        program.steps = steps;
        program
    }

    /// The same pool where so many units are owed besides in a bucket: that counts for safety stock, and the program does not know it.
    pub(in crate::solve) fn owing(&self, owed: &[(usize, i64)]) -> Self {
        let mut program = self.clone();
        for &(bucket, units) in owed {
            program.wanted[bucket].demand += units;
        }
        program
    }

    /// The same pool where nothing is sold late.
    pub(in crate::solve) fn prompt(&self) -> Self {
        let mut program = self.clone();
        let slots = program.slots.iter().enumerate();
        let late: Vec<usize> =
            slots.filter(|(_, slot)| matches!(slot, Slot::Sale(_, late) if *late > 0)).map(|(at, _)| at).collect();
        for sales in program.sales.chunks_mut(program.slots.len().max(1)) {
            late.iter().for_each(|&at| sales[at].most = sales[at].least);
        }
        program
    }

    /// The same pool where some levels are not used.
    pub(in crate::solve) fn without(&self, unused: impl Fn(usize) -> bool) -> Self {
        let mut program = self.holding(|step| step.of.is_some_and(&unused));
        program.lowered.retain(|lowered| lowered.levels.iter().any(|level| level.is_none_or(|level| !unused(level))));
        for option in &mut program.options {
            if option.premium.is_some_and(|premium| premium.level.is_some_and(&unused)) {
                option.largest = Some(0);
            }
        }
        program
    }

    /// The same pool where it is known that it uses `least` of what is given in every plan, and no less is possible: nothing is as good as
    /// a promise, something is held to by a price of its own, so high that no money makes up for it as far as numbers have room.
    pub(in crate::solve) fn kept_to(&self, least: i64) -> Self {
        if self.level_group(GIVEN).is_none() {
            return self.clone();
        }
        if least == 0 {
            return self.without(|level| level == GIVEN);
        }
        let mut kept = self.clone();
        let given = self.steps.iter().filter(|step| step.of == Some(GIVEN));
        let most = given.map(|step| step.used).max().unwrap_or(0).max(1);
        let price = (i128::from(kept.ceiling()) << PRICE_BITS) / (2 * i128::from(most));
        kept.own = (narrow(price).min(MOST_OWN), least);
        kept
    }

    /// The same pool where promises may be broken, each unit at a loss that is beyond what it could ever save. What keeps them all is as
    /// good as before, and what does not is somewhere to search from.
    pub(in crate::solve) fn pliant(&self) -> Self {
        let unit = |sale: &Sale| sale.net.abs().saturating_add(sale.shortage);
        let mut most = self.sales.iter().map(unit).max().unwrap_or(0);
        for option in &self.options {
            let goods = option.pieces.iter().map(|piece| piece.goods.1 + piece.besides.1).max().unwrap_or(0);
            let kept = option.change.map_or(0, |change| change.kept);
            most = most.max(goods.saturating_add(option.order_cost).saturating_add(kept));
        }
        most = most.max(self.holding.iter().sum()).max(1);
        let mut pliant = self.with_promises_as(most, |step| Step { used: step.used.max(most), ..*step });
        let dearest = self.ceiling() / most.saturating_mul(2).max(1);
        pliant.own.0 = pliant.own.0.max(dearest.clamp(1, BEYOND) << PRICE_BITS);
        pliant
    }

    /// The same pool where a level of a broken promise is a use of what is given, and other steps are as told.
    fn with_promises_as(&self, used: i64, other: impl Fn(&Step) -> Step) -> Self {
        let mut program = self.clone();
        let mut steps = Vec::new();
        let mut extend = |span: Span, size: i64| {
            let from = narrow_index(steps.len());
            steps.extend(self.steps[span.range()].iter().map(&other));
            if size > 0 {
                steps.push(Step { size, used, of: Some(GIVEN) });
            }
            Span { from, to: narrow_index(steps.len()) }
        };
        for sale in &mut program.sales {
            sale.steps = extend(sale.steps, sale.least);
            sale.least = 0;
        }
        for wanted in &mut program.wanted {
            let left = if wanted.hard { wanted.safety - self.most_short(wanted) } else { 0 };
            wanted.steps = extend(wanted.steps, left);
            wanted.hard = false;
        }
        for excess in &mut program.excess {
            excess.steps = extend(excess.steps, 0);
        }
        program.steps = steps;
        program
    }

    /// The same pool where promises may be broken, each unit at the same loss, and that is all that counts.
    pub(in crate::solve) fn elastic(&self) -> Self {
        let mut elastic = self.for_use(GIVEN).with_promises_as(1, |step| Step { used: 0, ..*step });
        elastic.lowered.clear();
        elastic.options.iter_mut().for_each(|option| option.required = false);
        if !self.is_moved() {
            elastic.most = most_levels(&elastic, elastic.lot());
        }
        elastic
    }

    /// The same pool where nothing counts.
    pub(in crate::solve) fn aimless(&self) -> Self {
        let mut aimless = self.for_use(GIVEN);
        aimless.steps.iter_mut().for_each(|step| step.used = 0);
        aimless.lowered.clear();
        aimless
            .options
            .iter_mut()
            .filter_map(|option| option.premium.as_mut())
            .for_each(|premium| premium.level = None);
        aimless
    }
}
