//! What a decision about one pool earns and uses.

use super::fixed::{narrow, priced_down};
use super::program::{Aim, Decision, GIVEN, LineOption, Program, Span};
use super::rows::Rows;

/// What a decision earns and uses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Effect {
    /// Money earned.
    pub(super) objective: i64,
    /// By group of the program, then bucket; cash is what the balance is lower by.
    pub(super) used: Vec<i64>,
}

/// A pool's decision with its effect.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    /// What is decided.
    pub(super) decision: Decision,
    /// What follows.
    pub(super) effect: Effect,
}

impl Choice {
    /// A decision with what follows from it.
    pub(super) fn of(program: &Program, rows: &Rows, decision: Decision) -> Self {
        let effect = Effect::of(program, rows, &decision);
        Self { decision, effect }
    }
}

impl Effect {
    /// The effect of a decision.
    pub(super) fn of(program: &Program, rows: &Rows, decision: &Decision) -> Self {
        let mut effect = Self { objective: -program.shortage, used: vec![0; program.groups.len() * rows.buckets] };
        effect.book_lines(program, rows, decision);
        effect.objective -= program.change_cost(&decision.lines);
        effect.book_stock(program, rows, decision);
        effect.book_draws(program, rows, decision);
        if let Aim::Use(level) = program.aim {
            effect.objective = -uses(program, decision, level);
        }
        if program.own.0 > 0 && program.aim != Aim::Use(GIVEN) {
            effect.objective -= priced_down(uses(program, decision, GIVEN) - program.own.1, program.own.0);
        }
        for &(level, group) in &program.levels {
            effect.used[group * rows.buckets] += uses(program, decision, level);
        }
        if let Some(group) = program.cash_group() {
            let mut balance = 0;
            for paid in &mut effect.used[group * rows.buckets..] {
                balance += *paid;
                *paid = balance;
            }
        }
        effect
    }

    fn book_lines(&mut self, program: &Program, rows: &Rows, decision: &Decision) {
        for (option, &size) in program.options.iter().zip(&decision.lines).filter(|(_, size)| **size > 0) {
            let piece = option.piece(size);
            let goods = piece.goods.0 + piece.goods.1 * size;
            let besides = piece.besides.0 + piece.besides.1 * size;
            self.objective -= goods + besides + option.order_cost + option.under_way * size;
            for take in &option.takes {
                self.used[take.group * rows.buckets + take.bucket] += take.unit * size;
            }
            for group in &option.budgets {
                self.used[group * rows.buckets + option.bucket] += goods + besides;
            }
            if let Some(premium) = option.premium {
                let taken = premium.unit.map_or(goods + besides, |unit| unit * size);
                self.used[premium.cap * rows.buckets + option.bucket] += taken;
            }
            if let Some(supplier) = option.supplier {
                self.used[supplier.first * rows.buckets + option.release_bucket] +=
                    supplier.unit * size + supplier.line;
            }
            if let Some(ordered) = option.ordered {
                let (line, unit) = ordered.of(piece);
                self.used[ordered.group * rows.buckets + option.release_bucket] -= line + unit * size;
            }
            if let Some(group) = program.cash_group() {
                pay(option, (goods, besides), rows.minor, &mut self.used[group * rows.buckets..]);
            }
        }
    }

    fn book_stock(&mut self, program: &Program, rows: &Rows, decision: &Decision) {
        let buckets = rows.buckets;
        let mut stock = program.on_hand;
        for bucket in 0..buckets {
            let ordered: i64 = decision.lines[program.options_of(bucket)].iter().sum();
            let received = program.receipts[bucket] + ordered;
            stock += received;
            self.use_stock(&program.uses.available, buckets, bucket, stock);
            let wanted = &program.wanted[bucket];
            let sent = program.sent_in(bucket).map_or(0, |sent| decision.sales[sent]);
            let ahead: i64 = decision.sales[program.ahead_in(bucket)].iter().sum();
            self.objective -= wanted.cost * wanted.shortfall(stock - sent - ahead);
            self.use_stock(&program.uses.inbound, buckets, bucket, received);
            let mut sold = 0;
            for index in program.sales_of(bucket) {
                let (sale, units) = (&program.sales[index], decision.sales[index]);
                sold += units;
                self.objective += (sale.net + sale.shortage - sale.late) * units;
                let earned = sale.net * units;
                let payout = sale.channel.and_then(|channel| rows.payout.get(channel));
                if let (Some(group), Some(channel)) = (program.cash_group(), payout) {
                    for share in &channel[bucket] {
                        let part = i128::from(earned) * i128::from(share.part.0) / i128::from(share.part.1);
                        self.used[group * buckets + share.bucket] -= narrow(part);
                    }
                }
            }
            self.use_stock(&program.uses.outbound, buckets, bucket, sold);
            stock -= sold;
            self.use_stock(&program.uses.closing, buckets, bucket, stock);
            self.objective -= program.holding[bucket] * stock;
        }
        let within = stock.min(program.end_cover);
        self.objective += program.worth_within * within + program.worth_beyond * (stock - within);
    }

    fn book_draws(&mut self, program: &Program, rows: &Rows, decision: &Decision) {
        for draw in &program.draws {
            self.used[draw.group * rows.buckets + draw.bucket] += draw.unit * decision.sales[draw.sale];
        }
    }

    fn use_stock(&mut self, uses: &[(usize, i64)], buckets: usize, bucket: usize, units: i64) {
        for &(group, unit) in uses {
            self.used[group * buckets + bucket] += unit * units;
        }
    }
}

/// What a decision uses of a level: parts of promises that it does not keep, and lines of premium lanes.
pub(super) fn uses(program: &Program, decision: &Decision, level: usize) -> i64 {
    let own = |steps: Span| program.steps[steps.range()].iter().any(|step| step.of == Some(level));
    let part = |steps: Span, short: i64| {
        let (mut left, mut used) = (short, 0);
        for step in &program.steps[steps.range()] {
            let taken = left.clamp(0, step.size);
            left -= taken;
            used += if step.of == Some(level) { taken * step.used } else { 0 };
        }
        used
    };
    if program.steps.is_empty() && program.levels.is_empty() {
        return 0;
    }
    let mut used = 0;
    let mut lowered = program.lowered.iter().peekable();
    for (index, (sale, sold)) in program.sales.iter().zip(&decision.sales).enumerate() {
        if let Some(exact) = lowered.next_if(|one| one.sale == index) {
            used += exact.uses(*sold).filter(|(of, _)| *of == level).map(|(_, used)| used).sum::<i64>();
        } else if own(sale.steps) {
            used += part(sale.steps, program.floor(sale) - sold);
        }
    }
    for (option, size) in program.options.iter().zip(&decision.lines).filter(|(_, size)| **size > 0) {
        if option.premium.is_some_and(|premium| premium.level == Some(level)) {
            let piece = option.piece(*size);
            used += piece.goods.0 + piece.besides.0 + (piece.goods.1 + piece.besides.1) * size;
        }
    }
    if program.wanted.iter().all(|wanted| !own(wanted.steps)) && program.excess.iter().all(|excess| !own(excess.steps))
    {
        return used;
    }
    let closing = program.closing(decision);
    for ((wanted, closing), bucket) in
        program.wanted.iter().zip(&closing).zip(0..).filter(|((one, _), _)| own(one.steps))
    {
        let sold: i64 = decision.sales[program.sold_in(bucket)].iter().sum();
        used += part(wanted.steps, wanted.shortfall(closing + sold));
    }
    for excess in &program.excess {
        used += part(excess.steps, closing[excess.bucket] - excess.most);
    }
    used
}

/// Books the payments of a line as `model::cost::payments` does: each rounded, the last one takes what is left.
fn pay(option: &LineOption, (goods, besides): (i64, i64), minor: i64, paid: &mut [i64]) {
    let round = |amount: i64| (amount + minor / 2).div_euclid(minor) * minor;
    let mut left = round(goods + besides);
    let mut last = None;
    let has_besides = option.pieces.iter().any(|piece| piece.besides != (0, 0));
    for milestone in &option.milestones {
        let amount = round(narrow(i128::from(goods) * i128::from(milestone.part.0) / i128::from(milestone.part.1)));
        left -= amount;
        last = milestone.bucket;
        if let Some(bucket) = milestone.bucket {
            paid[bucket] += amount;
        }
    }
    if has_besides {
        let amount = round(besides);
        left -= amount;
        last = option.besides_paid;
        if let Some(bucket) = option.besides_paid {
            paid[bucket] += amount;
        }
    }
    if let Some(bucket) = last {
        paid[bucket] += left;
    }
}
