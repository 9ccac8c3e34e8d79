//! Prices on rows, and what a program's coefficients come to at them.
//!
//! A price is money a unit of a row, at least 0. A price on the cash of a bucket falls on everything paid up to that
//! bucket. Coefficients at prices are rounded so that a plan is never worth less at them than it is: costs down, worths up.

use super::fixed::{PRICE_BITS, narrow, priced_down, priced_up};
use super::program::{Aim, GIVEN, LineOption, Milestone, Program, Sale, Step};
use super::rows::Rows;

/// Prices of all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Prices {
    /// By row: money a unit, 32 binary digits behind the point, both in the scales of [`Rows`].
    pub(super) row: Vec<i64>,
    /// By bucket: the price of what is paid in it.
    paid: Vec<i64>,
    /// By channel, then bucket: what a unit of cash sold for is worth besides itself, rounded down and up.
    sold: Vec<Vec<(i64, i64)>>,
}

/// Prices of some rows in place of others: by first row, those of its buckets.
#[derive(Debug, Clone, Default)]
pub(super) struct OwnPrices {
    pub(super) rows: Vec<(usize, Vec<i64>)>,
}

impl OwnPrices {
    fn of(&self, row: usize) -> Option<i64> {
        let (first, prices) = self.rows.iter().find(|(first, prices)| (*first..first + prices.len()).contains(&row))?;
        Some(prices[row - first])
    }
}

/// The highest price of what is paid: money is worth seventeen times itself.
const MOST_PAID: i64 = 16 << PRICE_BITS;
/// The highest price that budgets have together.
const MOST_BUDGETS: i64 = 1 << 52;

impl Prices {
    /// No price on any row.
    pub(super) fn zero(rows: &Rows) -> Self {
        Self::new(rows, vec![0; rows.count])
    }

    /// Prices by row; negative ones are 0, and what is paid never costs more than [`MOST_PAID`].
    pub(super) fn new(rows: &Rows, mut row: Vec<i64>) -> Self {
        row.iter_mut().zip(&rows.dearest).for_each(|(price, dearest)| *price = (*price).clamp(0, *dearest));
        let mut paid = vec![0; rows.buckets];
        if let Some(first) = rows.cash {
            let mut sum = 0;
            for bucket in (0..rows.buckets).rev() {
                let price = &mut row[first + bucket];
                *price = (*price).min(MOST_PAID - sum);
                sum += *price;
                paid[bucket] = sum;
            }
        }
        let weight = |shares: &Vec<super::rows::Share>| {
            let each = |share: &super::rows::Share| i128::from(paid[share.bucket]) * i128::from(share.part.0);
            let down = shares.iter().map(|share| each(share).div_euclid(i128::from(share.part.1))).sum();
            let up = shares.iter().map(|share| -(-each(share)).div_euclid(i128::from(share.part.1))).sum();
            (narrow(down), narrow(up))
        };
        let sold = rows.payout.iter().map(|channel| channel.iter().map(weight).collect()).collect();
        Self { row, paid, sold }
    }

    /// What all rows together are worth at the prices, rounded up.
    pub(super) fn worth(&self, available: &[i64]) -> i128 {
        let sum: i128 =
            self.row.iter().zip(available).map(|(price, amount)| i128::from(*price) * i128::from(*amount)).sum();
        -((-sum) >> PRICE_BITS)
    }
}

/// What a unit of use of a level costs, as a price.
fn level_price(program: &Program, prices: &Prices, level: usize) -> i64 {
    let shared = program.level_group(level).map_or(0, |group| prices.row[program.groups[group]]);
    let own = if level == GIVEN { program.own.0 } else { 0 };
    let aimed = if program.aim == Aim::Use(level) { 1 << PRICE_BITS } else { 0 };
    shared + own + aimed
}

/// A program's coefficients at prices. One value is used again for many programs.
#[derive(Debug, Default)]
pub(super) struct Reduced {
    /// Prices in place of those that are told, to be set before.
    pub(super) own: OwnPrices,
    /// By bucket: cost of a closing level.
    pub(super) closing: Vec<i64>,
    /// By bucket: cost of a level of opening stock and receipts.
    pub(super) available: Vec<i64>,
    /// By sale: worth of a level sold rather than unmet.
    pub(super) worth: Vec<i64>,
    /// By step: what a level of it that is not let go of is worth besides.
    pub(super) steps: Vec<i64>,
    /// By bucket: cost of a level that stock before sales lacks.
    pub(super) shortfall: Vec<i64>,
    /// By option: its first piece; one more at the end.
    pub(super) first_piece: Vec<usize>,
    /// By piece: cost of a line and of a level.
    pub(super) pieces: Vec<(i64, i64)>,
    /// Worth of a last level up to the cover target and beyond it.
    pub(super) end: (i64, i64),
    /// What is sure to be earned, unmet demand and what facts use included.
    pub(super) constant: i64,
}

/// A program at prices.
struct Priced<'a> {
    program: &'a Program,
    prices: &'a Prices,
    own: &'a OwnPrices,
    /// The most that a level may cost.
    ceiling: i64,
    /// 1 where money counts, else 0.
    money: i128,
}

impl Priced<'_> {
    /// The price of a row.
    fn at(&self, group: usize, bucket: usize) -> i64 {
        let row = self.program.groups[group] + bucket;
        self.own.of(row).unwrap_or(self.prices.row[row])
    }

    /// What a level costs that uses rows.
    fn uses(&self, uses: &[(usize, i64)], bucket: usize) -> i128 {
        uses.iter().map(|&(group, unit)| i128::from(priced_down(unit, self.at(group, bucket)))).sum()
    }

    /// What a unit of use of a level costs; nothing where it is of none.
    fn level(&self, level: Option<usize>) -> i64 {
        level.map_or(0, |level| level_price(self.program, self.prices, level))
    }

    fn cost(&self, amount: i128) -> i64 {
        narrow(amount).min(self.ceiling)
    }

    /// What a level sold is worth, promises and rows that sales share aside.
    fn sale(&self, sale: &Sale, bucket: usize) -> i128 {
        let cash = match sale.channel.and_then(|channel| self.prices.sold.get(channel)) {
            Some(channel) if sale.net >= 0 => priced_up(sale.net, channel[bucket].1),
            Some(channel) => priced_up(sale.net, channel[bucket].0),
            None => 0,
        };
        let earned = i128::from(sale.net) + i128::from(sale.shortage) - i128::from(sale.late);
        self.money * earned + i128::from(cash)
    }

    /// What a line costs by pieces: the line, and a level of it.
    fn line<'o>(&'o self, option: &'o LineOption) -> impl Iterator<Item = (i64, i64)> + 'o {
        let share = |milestone: &Milestone| {
            let paid = milestone.bucket.map_or(0, |bucket| self.prices.paid[bucket]);
            (i128::from(paid) * i128::from(milestone.part.0)).div_euclid(i128::from(milestone.part.1))
        };
        let goods_price = narrow(option.milestones.iter().map(share).sum());
        let besides_price = option.besides_paid.map_or(0, |bucket| self.prices.paid[bucket]);
        let budgets = option.budgets.iter().map(|&group| self.at(group, option.bucket)).sum::<i64>();
        let budget = budgets.min(MOST_BUDGETS);
        let premium = option.premium.map_or((0, 0), |one| {
            let cap = self.at(one.cap, option.bucket);
            let by_cost = if one.unit.is_none() { cap } else { 0 };
            (self.level(one.level).saturating_add(by_cost), one.unit.map_or(0, |unit| priced_down(unit, cap)))
        });
        let supplier = option.supplier.map_or((0, 0), |one| {
            let price = self.at(one.first, option.release_bucket);
            (priced_down(one.line, price), priced_down(one.unit, price))
        });
        let rounding: i64 =
            option.rounding.iter().map(|&(bucket, step)| priced_up(step, self.prices.paid[bucket])).sum();
        let taken = option.takes.iter().map(|take| priced_down(take.unit, self.at(take.group, take.bucket)));
        let moved = self.money * i128::from(option.under_way) + taken.map(i128::from).sum::<i128>();
        let inbound = self.uses(&self.program.uses.inbound, option.bucket);
        let paid = move |goods: i64, besides: i64| {
            self.money * (i128::from(goods) + i128::from(besides))
                + i128::from(priced_down(goods, goods_price))
                + i128::from(priced_down(besides, besides_price))
                + i128::from(priced_down(goods + besides, budget))
                + i128::from(priced_down(goods + besides, premium.0))
        };
        option.pieces.iter().map(move |piece| {
            let ordered = option.ordered.map_or((0, 0), |one| {
                let price = self.at(one.group, option.release_bucket);
                let (line, unit) = one.of(piece);
                (priced_up(line, price), priced_up(unit, price))
            });
            let fixed = paid(piece.goods.0, piece.besides.0)
                + self.money * (i128::from(option.order_cost) + i128::from(piece.change.0))
                + i128::from(supplier.0)
                - i128::from(rounding)
                - i128::from(ordered.0);
            let unit = paid(piece.goods.1, piece.besides.1)
                + self.money * i128::from(piece.change.1)
                + i128::from(supplier.1 + premium.1)
                + inbound
                + moved
                - i128::from(ordered.1);
            (self.cost(fixed), self.cost(unit))
        })
    }
}

impl Reduced {
    /// Computes the coefficients of a program.
    pub(super) fn set(&mut self, program: &Program, prices: &Prices) {
        let own = std::mem::take(&mut self.own);
        let money = i128::from(program.aim == Aim::Money);
        let priced = Priced { program, prices, own: &own, ceiling: program.ceiling(), money };
        self.clear();
        (self.constant, self.end) = match program.aim {
            Aim::Money => (-program.shortage, (program.worth_within, program.worth_beyond)),
            Aim::Use(_) => (0, (0, 0)),
        };
        self.constant += priced_up(program.own.1, program.own.0);
        let step = |step: &Step| priced.cost(i128::from(priced_down(step.used, priced.level(step.of))));
        self.steps.extend(program.steps.iter().map(step));
        for bucket in 0..program.buckets() {
            self.set_bucket(&priced, bucket);
        }
        for draw in &program.draws {
            let paid = priced_down(draw.unit, priced.at(draw.group, draw.bucket));
            self.worth[draw.sale] = self.worth[draw.sale].saturating_sub(paid);
        }
        // Prices of what cannot be kept rise very high: what is lost by selling has to leave room for sums like any other cost.
        self.worth.iter_mut().for_each(|worth| *worth = (*worth).max(-priced.ceiling));
        for option in &program.options {
            self.first_piece.push(self.pieces.len());
            self.pieces.extend(priced.line(option));
        }
        self.first_piece.push(self.pieces.len());
        self.own = own;
    }

    fn clear(&mut self) {
        self.closing.clear();
        self.available.clear();
        self.worth.clear();
        self.steps.clear();
        self.shortfall.clear();
        self.pieces.clear();
        self.first_piece.clear();
    }

    /// What stock costs in a bucket, and what sales are worth.
    fn set_bucket(&mut self, priced: &Priced<'_>, bucket: usize) {
        let Priced { program, money, .. } = priced;
        let holding = money * i128::from(program.holding[bucket]);
        self.closing.push(priced.cost(holding + priced.uses(&program.uses.closing, bucket)));
        self.available.push(priced.cost(priced.uses(&program.uses.available, bucket)));
        let wanted = &program.wanted[bucket];
        let short = money * i128::from(wanted.cost);
        self.shortfall.push(if wanted.safety > 0 { priced.cost(short) } else { 0 });
        let outbound = priced.uses(&program.uses.outbound, bucket);
        for sale in &program.sales[program.sales_of(bucket)] {
            self.worth.push(narrow(priced.sale(sale, bucket) - outbound));
            for index in sale.steps.range() {
                self.constant -= self.steps[index] * program.steps[index].size;
            }
        }
        for &(group, unit) in &program.uses.inbound {
            self.constant -= priced_down(unit * program.receipts[bucket], priced.at(group, bucket));
        }
    }
}
