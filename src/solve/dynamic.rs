//! The best decision of one program at prices, exactly, by dynamic programming over its stock level.
//!
//! Backwards over buckets a table holds, by level, the most that can still be earned. A bucket has three steps:
//! *holding* subtracts the cost of what is left; *selling* is, offer by offer, the best of a window of levels (a sup-convolution with a
//! line), *ordering*, option by option and piece by piece, the best of the levels that its sizes reach in one residue class of the
//! multiple. A step looks at a level a constant number of times, whatever the sizes are. All tables are kept in one arena, to
//! walk forward again; nothing is allocated once it has grown.

use super::program::{Decision, LineOption, Program, Span};
use super::reduced::Reduced;

/// A level that cannot be.
const NEVER: i64 = i64::MIN / 2;
/// What is below this is [`NEVER`] and some.
const HARDLY: i64 = i64::MIN / 4;

/// Bounds within which a program is solved.
#[derive(Debug, Clone, Default)]
pub(super) struct Caps {
    /// By bucket: least and most closing stock.
    pub(super) closing: Vec<(i64, i64)>,
    /// By bucket: most stock before sales.
    pub(super) available: Vec<i64>,
    /// By bucket: most sold.
    pub(super) sold: Vec<i64>,
    /// By option: most units of a line.
    pub(super) line: Vec<i64>,
    /// By sale: least sold.
    pub(super) least: Vec<i64>,
    /// By sale: most sold.
    pub(super) most: Vec<i64>,
}

impl Caps {
    /// Takes all bounds back.
    pub(super) fn free(&mut self, program: &Program) {
        self.closing.clear();
        self.closing.extend(program.most.iter().map(|&most| (0, most)));
        self.available.clear();
        self.available.resize(program.buckets(), i64::MAX);
        self.sold.clear();
        self.sold.resize(program.buckets(), i64::MAX);
        self.line.clear();
        self.line.resize(program.options.len(), i64::MAX);
        self.least.clear();
        self.least.resize(program.sales.len(), 0);
        self.most.clear();
        self.most.resize(program.sales.len(), i64::MAX);
    }
}

/// A table of values over levels from `low` on, in the arena.
#[derive(Debug, Clone, Copy)]
struct Table {
    at: usize,
    low: i64,
    len: usize,
}

/// What may be sold at one worth.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    least: i64,
    most: i64,
    worth: i64,
}

/// Parts of a sale in the making.
struct Part<'w> {
    /// Levels that parts so far have.
    at: i64,
    /// Levels that have to be sold.
    least: i64,
    /// Levels that may be.
    most: i64,
    windows: &'w mut Vec<Window>,
}

impl Part<'_> {
    /// Adds levels of one worth; the sale's windows begin at `first`.
    fn add(&mut self, size: i64, worth: i64, first: usize) {
        let size = size.min(self.most - self.at);
        let least = (self.least - self.at).clamp(0, size);
        self.at += size;
        if let Some(last) = self.windows[first..].last_mut().filter(|last| last.worth == worth) {
            (last.least, last.most) = (last.least + least, last.most + size);
        } else if size > 0 || self.windows.len() == first {
            self.windows.push(Window { least, most: size, worth });
        }
    }
}

/// What is used again from program to program.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    /// Coefficients, to be set before a run.
    pub(super) reduced: Reduced,
    /// Bounds, to be set before a run.
    pub(super) caps: Caps,
    arena: Vec<i64>,
    /// By bucket: the tables after holding, after each sale, and after each option, in the order they are made.
    tables: Vec<Table>,
    /// By bucket: its first table.
    first: Vec<usize>,
    key: Vec<i64>,
    fore: Vec<i64>,
    back: Vec<i64>,
    /// Parts of sales, those of one following each other from the bottom up.
    windows: Vec<Window>,
    /// By sale: its first window; one more at the end.
    first_window: Vec<usize>,
    /// Windows of a bucket by falling worth.
    order: Vec<usize>,
}

impl Workspace {
    /// The most that the program can earn at the coefficients and caps that are set, without their constant; `None` where the
    /// caps leave no decision. The best decision is written to `decision`.
    pub(super) fn solve(&mut self, program: &Program, decision: &mut Decision) -> Option<i64> {
        self.backward(program);
        let value = self.value(program)?;
        self.forward(program, decision)?;
        Some(value)
    }

    /// The most that can be earned from the stock on hand.
    fn value(&self, program: &Program) -> Option<i64> {
        let last = self.last_table(0);
        let value = self.get(last, program.on_hand + program.receipts[0]);
        (value > HARDLY).then_some(value)
    }

    fn last_table(&self, bucket: usize) -> Table {
        // Buckets are worked backwards, so the one before follows in the list.
        let end = if bucket == 0 { self.tables.len() } else { self.first[bucket - 1] };
        self.tables[end - 1]
    }

    fn get(&self, table: Table, level: i64) -> i64 {
        match usize::try_from(level - table.low) {
            Ok(at) if at < table.len => self.arena[table.at + at],
            _ => NEVER,
        }
    }

    /// A new table, filled with [`NEVER`].
    fn table(&mut self, low: i64, high: i64) -> Table {
        let len = usize::try_from(high - low + 1).unwrap_or(0);
        let at = self.arena.len();
        self.arena.resize(at + len, NEVER);
        let table = Table { at, low, len };
        self.tables.push(table);
        table
    }

    fn backward(&mut self, program: &Program) {
        let buckets = program.buckets();
        self.arena.clear();
        self.tables.clear();
        self.first.clear();
        self.first.resize(buckets, 0);
        self.open_windows(program);
        for bucket in (0..buckets).rev() {
            self.first[bucket] = self.tables.len();
            self.hold(program, bucket);
            self.exceed(program, bucket);
            self.limit_sales(program, bucket);
            for index in self.windows_of(program.sold_in(bucket)) {
                self.sell(self.windows[index]);
            }
            self.lack(program, bucket);
            let ahead = program.ahead_in(bucket);
            for index in self.windows_of(program.sold_in(bucket).end..ahead.start) {
                self.sell(self.windows[index]);
            }
            self.keep(bucket);
            for index in program.options_of(bucket) {
                self.order(program, index);
            }
            for index in self.windows_of(ahead) {
                self.sell(self.windows[index]);
            }
        }
    }

    /// Levels at the end of a bucket: what they earn later, less what they cost now.
    fn hold(&mut self, program: &Program, bucket: usize) {
        let (low, high) = self.caps.closing[bucket];
        let (low, high) = (low.max(0), high.min(program.most[bucket]).max(low.max(0)));
        let cost = self.reduced.closing[bucket];
        if bucket + 1 == program.buckets() {
            let table = self.table(low, high);
            let (cover, (within_cover, beyond_cover)) = (program.end_cover, self.reduced.end);
            for (value, level) in self.arena[table.at..].iter_mut().zip(low..) {
                let within = level.min(cover);
                *value = within * within_cover + (level - within) * beyond_cover - cost * level;
            }
            return;
        }
        let next = self.last_table(bucket + 1);
        let table = self.table(low, high);
        let shift = program.receipts[bucket + 1] - next.low;
        let from = (-(low + shift)).max(0).min(high - low + 1);
        let to = (i64::try_from(next.len).unwrap_or(0) - (low + shift)).clamp(from, high - low + 1);
        let at = |offset: i64| usize::try_from(offset).unwrap_or(0);
        let (before, after) = self.arena.split_at_mut(table.at);
        let source = &before[next.at..next.at + next.len];
        for offset in from..to {
            after[at(offset)] = source[at(low + offset + shift)].wrapping_sub(cost.wrapping_mul(low + offset));
        }
    }

    /// What may be sold, by parts: what has to be, what promises want, and what comes beyond. Lower parts are worth more, so that they
    /// come first by themselves.
    fn open_windows(&mut self, program: &Program) {
        self.windows.clear();
        self.first_window.clear();
        for (index, sale) in program.sales.iter().enumerate() {
            self.first_window.push(self.windows.len());
            let worth = self.reduced.worth[index];
            let most = sale.most.min(self.caps.most[index].max(sale.least));
            let least = sale.least.max(self.caps.least[index].min(most));
            let mut part = Part { at: 0, least, most, windows: &mut self.windows };
            let first = part.windows.len();
            part.add(sale.least, worth, first);
            for step in sale.steps.range().rev() {
                part.add(program.steps[step].size, worth + self.reduced.steps[step], first);
            }
            part.add(i64::MAX, worth, first);
        }
        self.first_window.push(self.windows.len());
    }

    /// Windows of some sales.
    fn windows_of(&self, sales: std::ops::Range<usize>) -> std::ops::Range<usize> {
        self.first_window[sales.start]..self.first_window[sales.end]
    }

    /// Where a bucket may not sell all: the offers that earn least give way.
    fn limit_sales(&mut self, program: &Program, bucket: usize) {
        let range = self.windows_of(program.sales_of(bucket));
        let mut left = self.caps.sold[bucket];
        if self.windows[range.clone()].iter().map(|window| window.most).sum::<i64>() <= left {
            return;
        }
        left -= self.windows[range.clone()].iter().map(|window| window.least).sum::<i64>();
        self.order.clear();
        self.order.extend(range);
        let windows = &self.windows;
        self.order.sort_by(|&a, &b| windows[b].worth.cmp(&windows[a].worth).then(a.cmp(&b)));
        for &index in &self.order {
            let window = &mut self.windows[index];
            let more = (window.most - window.least).min(left.max(0));
            window.most = window.least + more;
            left -= more;
        }
    }

    /// The best of `worth x sold + value(level - sold)` over what may be sold.
    fn sell(&mut self, Window { least, most, worth }: Window) {
        let Some(&source) = self.tables.last() else { return };
        let (low, high) = (source.low, source.low + i64::try_from(source.len).unwrap_or(0) - 1);
        let table = self.table(low + least, high + most);
        let Ok(window) = usize::try_from(most - least) else { return };
        let (before, after) = self.arena.split_at_mut(table.at);
        let values = &before[source.at..source.at + source.len];
        if window == 0 {
            let gain = worth.wrapping_mul(least);
            after.iter_mut().zip(values).for_each(|(to, from)| *to = from.wrapping_add(gain));
            return;
        }
        self.key.clear();
        self.key.extend(values.iter().zip(low..).map(|(value, level)| value.wrapping_sub(worth.wrapping_mul(level))));
        windows(&self.key, window, &mut self.fore, &mut self.back, after);
        let mut gain = worth.wrapping_mul(low + least);
        for value in after.iter_mut() {
            *value = value.wrapping_add(gain);
            gain = gain.wrapping_add(worth);
        }
    }

    /// Cost of what a level of stock before sales, what is sent aside, lacks.
    fn lacking(&self, program: &Program, bucket: usize, level: i64) -> i64 {
        let wanted = &program.wanted[bucket];
        let short = wanted.shortfall(level);
        let lacking = self.reduced.shortfall[bucket].wrapping_mul(short);
        lacking.wrapping_add(self.let_go(program, wanted.steps, short))
    }

    /// Cost of parts of a promise that are let go of.
    fn let_go(&self, program: &Program, steps: Span, mut units: i64) -> i64 {
        let mut cost = 0_i64;
        for index in steps.range() {
            let part = units.clamp(0, program.steps[index].size);
            cost = cost.wrapping_add(self.reduced.steps[index].wrapping_mul(part));
            units -= part;
        }
        cost
    }

    /// Cost of closing stock beyond a hard maximum.
    fn exceed(&mut self, program: &Program, bucket: usize) {
        let Some(&table) = self.tables.last() else { return };
        for excess in program.excess.iter().filter(|excess| excess.bucket == bucket) {
            let first = (excess.most + 1).max(table.low);
            let Ok(skip) = usize::try_from(first - table.low) else { continue };
            for position in skip..table.len {
                let over = first - excess.most + i64::try_from(position - skip).unwrap_or(0);
                let cost = self.let_go(program, excess.steps, over);
                let value = &mut self.arena[table.at + position];
                *value = value.wrapping_sub(cost).max(NEVER);
            }
        }
    }

    /// Cost and bounds of all that is there before anything leaves.
    fn keep(&mut self, bucket: usize) {
        let Some(&table) = self.tables.last() else { return };
        let (cost, most) = (self.reduced.available[bucket], self.caps.available[bucket]);
        let values = &mut self.arena[table.at..table.at + table.len];
        if cost != 0 {
            let mut sum = cost.wrapping_mul(table.low);
            for value in values.iter_mut() {
                *value = value.wrapping_sub(sum);
                sum = sum.wrapping_add(cost);
            }
        }
        if let Ok(allowed) = usize::try_from(most.saturating_sub(table.low).saturating_add(1).max(0)) {
            values.iter_mut().skip(allowed).for_each(|value| *value = NEVER);
        }
    }

    /// Cost of what stock before sales lacks.
    fn lack(&mut self, program: &Program, bucket: usize) {
        let Some(&table) = self.tables.last() else { return };
        let (wanted, short) = (&program.wanted[bucket], self.reduced.shortfall[bucket]);
        if wanted.safety == 0 || short == 0 && !wanted.hard && wanted.steps.is_empty() {
            return;
        }
        let most = program.most_short(wanted);
        for (position, level) in (0..table.len).zip(table.low..wanted.safety + wanted.demand) {
            let lacking = wanted.shortfall(level);
            let cost = short.wrapping_mul(lacking).wrapping_add(self.let_go(program, wanted.steps, lacking));
            let value = &mut self.arena[table.at + position];
            // What cannot be is set, not added: twice of it would be out of all range.
            *value = if lacking > most { NEVER } else { value.wrapping_sub(cost).max(NEVER) };
        }
    }

    /// Lowest level from which a bucket's options start.
    fn opening(&self, program: &Program, bucket: usize) -> (i64, i64) {
        if bucket == 0 {
            let level = program.on_hand + program.receipts[0];
            return (level, level);
        }
        let (low, high) = self.caps.closing[bucket - 1];
        let (low, high) = (low.max(0), high.min(program.most[bucket - 1]).max(low.max(0)));
        (low + program.receipts[bucket], high + program.receipts[bucket])
    }

    /// The best of not ordering and of `value(level + size) - cost(size)` over the sizes of an option.
    fn order(&mut self, program: &Program, index: usize) {
        let option = &program.options[index];
        let Some(&source) = self.tables.last() else { return };
        let (open_low, open_high) = self.opening(program, option.bucket);
        let high = source.low + i64::try_from(source.len).unwrap_or(0) - 1;
        let is_last = index + 1 == program.first_option[option.bucket + 1];
        // Options that follow start from any level up to the highest; the last one is reached from the opening alone.
        let ahead = !program.ahead_in(option.bucket).is_empty();
        let open_low = if ahead { 0 } else { open_low };
        let low = if is_last { open_low } else { open_low.min(source.low) };
        let top = if is_last { open_high } else { open_high.max(high) };
        let table = self.table(low, top);
        let cap = self.caps.line[index];
        let (before, after) = self.arena.split_at_mut(table.at);
        let values = &before[source.at..source.at + source.len];
        if !option.required {
            let (to, from) =
                (usize::try_from(source.low - low).unwrap_or(0), usize::try_from(low - source.low).unwrap_or(0));
            after.iter_mut().skip(to).zip(values.iter().skip(from)).for_each(|(to, from)| *to = *from);
        }
        for (position, piece) in option.pieces.iter().enumerate() {
            let Some((first, last)) = option.sizes(piece, cap) else { continue };
            let (fixed, unit) = self.reduced.pieces[self.reduced.first_piece[index] + position];
            // The smallest size may not reach up to the first level, where larger ones do.
            let key_low = source.low.min(low + first);
            self.key.clear();
            self.key.resize(usize::try_from(source.low - key_low).unwrap_or(0), NEVER);
            self.key.extend(
                values.iter().zip(source.low..).map(|(value, level)| value.wrapping_sub(unit.wrapping_mul(level))),
            );
            reach(
                &self.key,
                (first, last, option.multiple),
                key_low,
                low,
                &mut self.fore,
                &mut self.back,
                after,
                (fixed, unit),
            );
        }
    }

    /// Follows the best values from the stock on hand.
    fn forward(&self, program: &Program, decision: &mut Decision) -> Option<()> {
        decision.lines.clear();
        decision.lines.resize(program.options.len(), 0);
        decision.sales.clear();
        decision.sales.resize(program.sales.len(), 0);
        let mut level = program.on_hand;
        for bucket in 0..program.buckets() {
            level += program.receipts[bucket];
            let sales = self.windows_of(program.sales_of(bucket)).len();
            let mut table = self.first[bucket] + sales + program.options_of(bucket).len();
            for index in program.ahead_in(bucket).rev() {
                self.leave(index, &mut table, &mut level, 0, decision)?;
            }
            for index in program.options_of(bucket).rev() {
                let (after, before) = (self.tables[table], self.tables[table - 1]);
                let size = self.ordered(program, index, before, self.get(after, level), level)?;
                decision.lines[index] = size;
                level += size;
                table -= 1;
            }
            // Tables have costs taken off already: that of all there is, and then that of what is lacking.
            let mut kept = self.reduced.available[bucket].wrapping_mul(level);
            let sold = program.sold_in(bucket);
            for index in (sold.start..program.ahead_in(bucket).start).rev() {
                if index + 1 == sold.end {
                    kept = kept.wrapping_add(self.lacking(program, bucket, level));
                }
                self.leave(index, &mut table, &mut level, kept, decision)?;
                kept = 0;
            }
        }
        Some(())
    }

    /// Follows what leaves by one slot, from a table that lacks what was `kept` off.
    fn leave(
        &self,
        index: usize,
        table: &mut usize,
        level: &mut i64,
        mut kept: i64,
        decision: &mut Decision,
    ) -> Option<()> {
        for part in (self.first_window[index]..self.first_window[index + 1]).rev() {
            let window = self.windows[part];
            let value = self.get(self.tables[*table], *level).wrapping_add(kept);
            let sold = self.sold(window, self.tables[*table - 1], value, *level)?;
            kept = 0;
            decision.sales[index] += sold;
            *level -= sold;
            *table -= 1;
        }
        Some(())
    }

    /// The size by which a value came about; 0 where it was there without.
    fn ordered(&self, program: &Program, index: usize, before: Table, value: i64, level: i64) -> Option<i64> {
        let option: &LineOption = &program.options[index];
        let cap = self.caps.line[index];
        if !option.required && self.get(before, level) == value {
            return Some(0);
        }
        let high = before.low + i64::try_from(before.len).unwrap_or(0) - 1;
        for (position, piece) in option.pieces.iter().enumerate() {
            let Some((first, last)) = option.sizes(piece, cap) else { continue };
            let (fixed, unit) = self.reduced.pieces[self.reduced.first_piece[index] + position];
            let mut size = first;
            while size <= last && level + size <= high {
                let got = self.get(before, level + size).wrapping_sub(fixed).wrapping_sub(unit.wrapping_mul(size));
                if got == value {
                    return Some(size);
                }
                size += option.multiple;
            }
        }
        None
    }

    /// The most that may be sold and keeps a value.
    fn sold(&self, Window { least, most, worth }: Window, before: Table, value: i64, level: i64) -> Option<i64> {
        let most = most.min(level - before.low);
        (least..=most)
            .rev()
            .find(|sold| self.get(before, level - sold).wrapping_add(worth.wrapping_mul(*sold)) == value)
    }
}

/// For every position `p` of `out`, the best of `key[p - window ..= p]`, as far as there are such: blocks of a window's length, the
/// best from each block's beginning and to its end (van Herk 1992).
fn windows(key: &[i64], window: usize, fore: &mut Vec<i64>, back: &mut Vec<i64>, out: &mut [i64]) {
    let (len, block) = (key.len(), window + 1);
    if block >= len {
        // Every window touches the beginning or the end.
        let mut best = NEVER;
        for (to, from) in out.iter_mut().zip(key) {
            best = best.max(*from);
            *to = best;
        }
        out[len..].iter_mut().for_each(|to| *to = best);
        let mut best = NEVER;
        for (to, from) in out.iter_mut().skip(window).rev().zip(key.iter().rev()) {
            best = best.max(*from);
            *to = best;
        }
        return;
    }
    fore.clear();
    back.clear();
    back.resize(len, 0);
    for block in key.chunks(block) {
        let mut best = NEVER;
        fore.extend(block.iter().map(|value| {
            best = best.max(*value);
            best
        }));
    }
    for (to, from) in back.chunks_mut(block).zip(key.chunks(block)) {
        let mut best = NEVER;
        for (to, from) in to.iter_mut().zip(from).rev() {
            best = best.max(*from);
            *to = best;
        }
    }
    out[..window].copy_from_slice(&fore[..window]);
    for ((to, fore), back) in out[window..len].iter_mut().zip(&fore[window..]).zip(&back[..len - window]) {
        *to = (*fore).max(*back);
    }
    // Past the end the windows shrink; `back` covers them where they lie in the last block, else both do.
    let last_block = (len - 1) / block * block;
    let end = fore[len - 1];
    for (to, from) in out[len..].iter_mut().zip(len - window..) {
        *to = if from >= last_block { back[from] } else { back[from].max(end) };
    }
}

/// Enters into `out`, by level from `low` on, the best of `key[level + size] + unit x level - fixed` over sizes `first`, `first +
/// multiple` ... `last`; `key` counts levels from `key_low` on and has `unit x level` taken off.
#[expect(clippy::too_many_arguments, reason = "two tables with their lowest levels, sizes, cost, and room to work in")]
fn reach(
    key: &[i64],
    (first, last, multiple): (i64, i64, i64),
    key_low: i64,
    low: i64,
    fore: &mut Vec<i64>,
    back: &mut Vec<i64>,
    out: &mut [i64],
    (fixed, unit): (i64, i64),
) {
    let Ok(step) = usize::try_from(multiple) else { return };
    let len = key.len();
    let sizes = usize::try_from((last - first) / multiple + 1).unwrap_or(usize::MAX);
    let rows = len.div_ceil(step);
    let bounded = sizes < rows;
    back.clear();
    back.extend_from_slice(key);
    if step < len {
        // The best of the same class at or above each position, within its block where sizes are bounded.
        for row in (0..rows - 1).rev() {
            if bounded && (row + 1) % sizes == 0 {
                continue;
            }
            let (lower, upper) = back.split_at_mut((row + 1) * step);
            for (to, from) in lower[row * step..].iter_mut().zip(upper.iter()) {
                *to = (*to).max(*from);
            }
        }
    }
    if bounded {
        fore.clear();
        fore.extend_from_slice(key);
        for row in 1..rows {
            if row % sizes == 0 {
                continue;
            }
            let (lower, upper) = fore.split_at_mut(row * step);
            for (to, from) in upper.iter_mut().zip(&lower[(row - 1) * step..]).take(step) {
                *to = (*to).max(*from);
            }
        }
    }
    // The position of `key` that the first size reaches from the first level of `out`.
    let shift = low + first - key_low;
    let skip = usize::try_from(-shift).unwrap_or(0);
    let start = usize::try_from(shift.max(0)).unwrap_or(usize::MAX);
    if start >= len {
        return;
    }
    let mut gain = unit.wrapping_mul(low.wrapping_add(i64::try_from(skip).unwrap_or(0))).wrapping_sub(fixed);
    if !bounded {
        for (to, best) in out.iter_mut().skip(skip).zip(&back[start..]) {
            *to = (*to).max(best.wrapping_add(gain));
            gain = gain.wrapping_add(unit);
        }
        return;
    }
    let last_row = rows - 1;
    for (offset, to) in out.iter_mut().skip(skip).take(len - start).enumerate() {
        let position = start + offset;
        let (row, residue) = (position / step, position % step);
        let end_row = row + sizes - 1;
        let mut best = back[position];
        if end_row / sizes != row / sizes {
            // The window ends in the next block, or where the class ends.
            let mut end = end_row.min(last_row);
            if end * step + residue >= len {
                end -= 1;
            }
            if end / sizes != row / sizes {
                best = best.max(fore[end * step + residue]);
            }
        }
        *to = (*to).max(best.wrapping_add(gain));
        gain = gain.wrapping_add(unit);
    }
}

#[cfg(test)]
mod tests;
