//! The same pool with levels of many units, to find prices with.

use super::{
    Change, Draw, Excess, LineOption, Ordered, Piece, Premium, Program, Step, StockUses, SupplierUse, Take, Wanted,
    most_levels, multiple_from,
};

impl Program {
    /// The same pool with levels of `unit` units, to find prices with: sums over buckets keep their totals to a level. If `promised`, what rows
    /// limit as well is not lost where it comes to a part of a level, since a floor may ask for it.
    pub(in crate::solve) fn coarse(&self, unit: i64, promised: bool) -> Self {
        let units = |amount: i64| amount.saturating_mul(unit);
        let mut running = Rounding::default();
        let receipts: Vec<i64> = std::iter::once(self.on_hand)
            .chain(self.receipts.iter().copied())
            .map(|units| running.level(units, unit))
            .collect();
        let mut by_offer = vec![Rounding::default(); self.slots.len()];
        let mut is_limited = vec![false; self.sales.len()];
        self.draws.iter().filter(|draw| promised && draw.unit > 0).for_each(|draw| is_limited[draw.sale] = true);
        let (mut sales, mut steps) = (self.sales.clone(), self.steps.clone());
        for bucket in 0..self.buckets() {
            for (offer, index) in self.sales_of(bucket).enumerate() {
                let sale = &mut sales[index];
                let level = by_offer[offer].level(sale.most, unit);
                sale.most = if is_limited[index] { (sale.most + unit - 1) / unit } else { level };
                let floor = (self.floor(sale) / unit).min(sale.most);
                sale.least = (sale.least / unit).min(floor);
                narrow_steps(&mut steps[sale.steps.range()], unit, floor - sale.least);
                (sale.net, sale.late, sale.shortage) = (units(sale.net), units(sale.late), units(sale.shortage));
            }
        }
        let levels = |amount: i64| (amount + unit / 2) / unit;
        let coarse_option = |option: &LineOption| {
            let multiple = levels(option.multiple).max(1);
            let smallest = multiple_from(levels(option.smallest).max(1), multiple);
            let piece = |piece: &Piece| Piece {
                from: levels(piece.from).max(1),
                to: piece.to.map(|to| levels(to).max(1)),
                goods: (piece.goods.0, units(piece.goods.1)),
                besides: (piece.besides.0, units(piece.besides.1)),
                change: (piece.change.0, units(piece.change.1)),
            };
            LineOption {
                smallest,
                multiple,
                largest: option.largest.map(|most| (most / unit / multiple * multiple).max(smallest)),
                pieces: option.pieces.iter().map(piece).collect(),
                change: option.change.map(|one| Change {
                    units: levels(one.units),
                    more: units(one.more),
                    kept: units(one.kept),
                }),
                supplier: option.supplier.map(|one| SupplierUse { unit: units(one.unit), ..one }),
                ordered: option.ordered.map(|one| Ordered { unit: one.unit.map(units), ..one }),
                premium: option.premium.map(|one| Premium { unit: one.unit.map(units), ..one }),
                under_way: units(option.under_way),
                takes: option.takes.iter().map(|take| Take { unit: units(take.unit), ..*take }).collect(),
                ..option.clone()
            }
        };
        for wanted in &self.wanted {
            narrow_steps(&mut steps[wanted.steps.range()], unit, wanted.safety / unit);
        }
        for excess in &self.excess {
            narrow_steps(&mut steps[excess.steps.range()], unit, i64::MAX);
        }
        let coarse_wanted = |wanted: &Wanted| Wanted {
            safety: wanted.safety / unit,
            demand: wanted.demand / unit,
            cost: units(wanted.cost),
            ..*wanted
        };
        let scaled = |list: &[(usize, i64)]| list.iter().map(|&(group, use_)| (group, units(use_))).collect();
        let mut coarse = Self {
            unit,
            on_hand: receipts[0],
            receipts: receipts[1..].to_vec(),
            sales,
            options: self.options.iter().map(coarse_option).collect(),
            holding: self.holding.iter().map(|&cost| units(cost)).collect(),
            end_cover: levels(self.end_cover),
            worth_within: units(self.worth_within),
            worth_beyond: units(self.worth_beyond),
            wanted: self.wanted.iter().map(coarse_wanted).collect(),
            steps,
            lowered: Vec::new(),
            excess: self.excess.iter().map(|excess| Excess { most: excess.most / unit, ..*excess }).collect(),
            draws: self.draws.iter().map(|draw| Draw { unit: units(draw.unit), ..*draw }).collect(),
            uses: StockUses {
                closing: scaled(&self.uses.closing),
                available: scaled(&self.uses.available),
                inbound: scaled(&self.uses.inbound),
                outbound: scaled(&self.uses.outbound),
            },
            ..self.clone()
        };
        // What is sent is no demand of its own, so that only the full levels know how much may be of use.
        coarse.most = if self.is_moved() { vec![i64::MAX; self.buckets()] } else { most_levels(&coarse, coarse.lot()) };
        for (most, full) in coarse.most.iter_mut().zip(&self.most) {
            *most = (*most).min(full / unit + 1);
        }
        coarse
    }
}

/// Steps of so many levels in units of `unit`, all together at most `most`.
fn narrow_steps(steps: &mut [Step], unit: i64, most: i64) {
    let mut left = most;
    for step in steps {
        step.size = (step.size / unit).min(left);
        left -= step.size;
        step.used = step.used.saturating_mul(unit);
    }
}

/// Levels by running totals, so that sums are kept.
#[derive(Debug, Clone, Copy, Default)]
struct Rounding {
    sum: i64,
    before: i64,
}

impl Rounding {
    fn level(&mut self, units: i64, unit: i64) -> i64 {
        self.sum += units;
        let level = (self.sum + unit / 2) / unit;
        let gained = level - self.before;
        self.before = level;
        gained
    }
}
