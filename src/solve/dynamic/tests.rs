//! The dynamic program against every decision there is, on small programs drawn at random.

#[allow(dead_code, reason = "shared with tests that need more of it")]
#[path = "../../../tests/it/random.rs"]
mod random;

use super::super::program::{Aim, Excess, LineOption, Piece, Program, Sale, Slot, Span, Step, StockUses, Wanted};
use super::{Caps, Decision, Reduced, Workspace};
use crate::network::{LaneId, Route};
use random::Random;

const BUCKETS: usize = 3;

fn number(random: &mut Random, low: i64, high: i64) -> i64 {
    low + i64::try_from(random.below(usize::try_from(high - low + 1).unwrap())).unwrap()
}

/// Up to two steps, of so many levels together.
fn steps(random: &mut Random, all: &mut Vec<Step>, mut most: i64) -> Span {
    let from = u32::try_from(all.len()).unwrap();
    for _ in 0..random.below(3) {
        let size = number(random, 0, most);
        most -= size;
        all.push(Step { size, used: 0, of: None });
    }
    Span { from, to: u32::try_from(all.len()).unwrap() }
}

fn sale(random: &mut Random, all: &mut Vec<Step>) -> Sale {
    let most = number(random, 0, 3);
    let least = if random.below(3) == 0 { number(random, 0, most) } else { 0 };
    Sale { least, steps: steps(random, all, most - least), most, net: 0, late: 0, shortage: 0, channel: None }
}

fn option(random: &mut Random, bucket: usize) -> LineOption {
    let multiple = number(random, 1, 2);
    let smallest = multiple * number(random, 1, 2);
    let largest = (random.below(2) == 0).then(|| smallest + multiple * number(random, 0, 2));
    let piece = |from, to| Piece { from, to, goods: (0, 0), besides: (0, 0), change: (0, 0) };
    let pieces = if random.below(3) == 0 { vec![piece(1, Some(2)), piece(3, None)] } else { vec![piece(1, None)] };
    LineOption {
        lane: Route::Purchase(LaneId(0)),
        bucket,
        smallest,
        largest,
        required: random.below(6) == 0,
        multiple,
        pieces,
        change: None,
        order_cost: 0,
        under_way: 0,
        takes: Vec::new(),
        release_bucket: 0,
        supplier: None,
        ordered: None,
        budgets: Vec::new(),
        premium: None,
        milestones: Vec::new(),
        besides_paid: None,
        rounding: Vec::new(),
    }
}

fn program(random: &mut Random) -> Program {
    let offers = 1 + random.below(2);
    let mut slots: Vec<Slot> = (0..offers).map(|way| Slot::Sale(way, 0)).collect();
    let ahead = random.below(2) == 0;
    slots.extend((random.below(3) == 0).then_some(if ahead { Slot::Taken(0) } else { Slot::Sent }));
    let mut options = Vec::new();
    let mut first_option = Vec::new();
    for bucket in 0..BUCKETS {
        first_option.push(options.len());
        options.extend((0..random.below(3)).map(|_| option(random, bucket)));
    }
    first_option.push(options.len());
    let mut all = Vec::new();
    let sales = (0..BUCKETS * slots.len()).map(|_| sale(random, &mut all)).collect();
    let wanted = |random: &mut Random, all: &mut Vec<Step>| {
        let safety = if random.below(2) == 0 { number(random, 0, 3) } else { 0 };
        let steps = if random.below(3) == 0 { steps(random, all, safety) } else { Span::default() };
        Wanted { safety, demand: number(random, 0, 3), cost: 0, steps, hard: random.below(6) == 0 }
    };
    let wanted = (0..BUCKETS).map(|_| wanted(random, &mut all)).collect();
    let mut excess = Vec::new();
    if random.below(4) == 0 {
        let (bucket, most) = (random.below(BUCKETS), number(random, 0, 4));
        excess.push(Excess { bucket, most, steps: steps(random, &mut all, 6) });
    }
    Program {
        pool: 0,
        aim: Aim::Money,
        unit: 1,
        on_hand: number(random, 0, 4),
        receipts: (0..BUCKETS).map(|_| number(random, 0, 1)).collect(),
        slots,
        ahead: (0..BUCKETS).map(|_| ahead && random.below(4) > 0).collect(),
        sales,
        options,
        first_option,
        holding: vec![0; BUCKETS],
        end_cover: number(random, 0, 3),
        worth_within: 0,
        worth_beyond: 0,
        wanted,
        shortage: 0,
        draws: Vec::new(),
        steps: all,
        lowered: Vec::new(),
        excess,
        levels: Vec::new(),
        own: (0, 0),
        most: (0..BUCKETS).map(|_| number(random, 2, 9)).collect(),
        groups: Vec::new(),
        uses: StockUses::default(),
        cash: false,
    }
}

/// Coefficients and bounds drawn at random.
fn set(random: &mut Random, workspace: &mut Workspace, program: &Program) {
    let reduced = &mut workspace.reduced;
    reduced.closing = (0..BUCKETS).map(|_| number(random, 0, 2)).collect();
    reduced.available = (0..BUCKETS).map(|_| number(random, 0, 2)).collect();
    reduced.worth = program.sales.iter().map(|_| number(random, -1, 9)).collect();
    reduced.steps = program.steps.iter().map(|_| number(random, 0, 5)).collect();
    for sale in &program.sales {
        // What is let go of last is worth most.
        reduced.steps[sale.steps.range()].sort_unstable();
    }
    reduced.shortfall = (0..BUCKETS).map(|_| number(random, 0, 3)).collect();
    reduced.end = (number(random, 0, 4), number(random, 0, 2));
    reduced.first_piece.clear();
    reduced.pieces.clear();
    for option in &program.options {
        reduced.first_piece.push(reduced.pieces.len());
        // A larger size costs less by the next piece, so that what is beyond an open piece is no loss.
        let (fixed, unit) = (number(random, 0, 4), number(random, 2, 6));
        for position in 0..option.pieces.len() {
            let part = i64::try_from(position).unwrap();
            reduced.pieces.push((fixed, if option.pieces[0].to.is_some() { unit } else { unit - part }));
        }
    }
    reduced.first_piece.push(reduced.pieces.len());
    workspace.caps.free(program);
    if random.below(2) == 0 {
        let bucket = random.below(BUCKETS);
        let low = number(random, 0, 2);
        workspace.caps.closing[bucket] = (low, low + number(random, 0, 5));
        // What is sent changes what is lacking, so that the least worth need not be the first to give way.
        let (at, most) = (random.below(BUCKETS), number(random, 0, 5));
        if program.sent_in(0).is_none() && program.ahead_in(0).is_empty() {
            workspace.caps.sold[at] = most;
        }
        workspace.caps.available[random.below(BUCKETS)] = number(random, 2, 9);
    }
}

/// Everything that can be decided in a bucket: sizes and sales.
fn choices(program: &Program, caps: &Caps, bucket: usize) -> Vec<(Vec<i64>, Vec<i64>)> {
    let mut all = vec![(Vec::new(), Vec::new())];
    for index in program.options_of(bucket) {
        let option = &program.options[index];
        let most = option.largest.unwrap_or(12).min(caps.line[index]).min(12);
        let sizes: Vec<i64> =
            (0..=most)
                .filter(|&size| {
                    if size == 0 { !option.required } else { size >= option.smallest && size % option.multiple == 0 }
                })
                .collect();
        all = all
            .iter()
            .flat_map(|(lines, _): &(Vec<i64>, Vec<i64>)| {
                sizes.iter().map(move |&size| ([lines.clone(), vec![size]].concat(), Vec::new()))
            })
            .collect();
    }
    for index in program.sales_of(bucket) {
        let sale = &program.sales[index];
        all = all
            .iter()
            .flat_map(|(lines, sales): &(Vec<i64>, Vec<i64>)| {
                (sale.least..=sale.most).map(move |sold| (lines.clone(), [sales.clone(), vec![sold]].concat()))
            })
            .collect();
    }
    all.retain(|(_, sales)| sales.iter().sum::<i64>() <= caps.sold[bucket].max(least(program, bucket)));
    all
}

fn least(program: &Program, bucket: usize) -> i64 {
    program.sales[program.sales_of(bucket)].iter().map(|sale| sale.least).sum()
}

/// What a bucket's decision earns from a level, and the level it ends with; none where it breaks a bound.
fn step(
    workspace: &Workspace,
    program: &Program,
    bucket: usize,
    opening: i64,
    (lines, sales): &(Vec<i64>, Vec<i64>),
) -> Option<(i64, i64)> {
    let (reduced, caps) = (&workspace.reduced, &workspace.caps);
    let mut earned = 0;
    let mut stock = opening + program.receipts[bucket];
    let ahead: i64 = program.ahead_in(bucket).map(|index| sales[index - program.sales_of(bucket).start]).sum();
    if ahead > stock {
        return None;
    }
    for (index, size) in program.options_of(bucket).zip(lines).filter(|(_, size)| **size > 0) {
        let option = &program.options[index];
        let position = option.pieces.iter().rposition(|piece| piece.from <= *size)?;
        let (fixed, unit) = reduced.pieces[reduced.first_piece[index] + position];
        earned -= fixed + unit * size;
        stock += size;
    }
    let wanted = &program.wanted[bucket];
    let sent = program.sent_in(bucket).map_or(0, |_| sales[sales.len() - 1]);
    let short = wanted.shortfall(stock - sent - ahead);
    if stock - ahead > caps.available[bucket] || short > program.most_short(wanted) {
        return None;
    }
    earned -= reduced.available[bucket] * (stock - ahead) + reduced.shortfall[bucket] * short;
    earned -= let_go(reduced, program, wanted.steps, short);
    for (index, &sold) in program.sales_of(bucket).zip(sales) {
        let sale = &program.sales[index];
        earned += reduced.worth[index] * sold;
        let all: i64 = sale.steps.range().map(|step| reduced.steps[step] * program.steps[step].size).sum();
        earned += all - let_go(reduced, program, sale.steps, program.floor(sale) - sold);
        stock -= sold;
    }
    for excess in program.excess.iter().filter(|excess| excess.bucket == bucket) {
        earned -= let_go(reduced, program, excess.steps, stock - excess.most);
    }
    let (low, high) = caps.closing[bucket];
    if stock < low.max(0) || stock > high.min(program.most[bucket]).max(low) {
        return None;
    }
    Some((earned - reduced.closing[bucket] * stock, stock))
}

/// What it costs to let go of so many levels of a promise.
fn let_go(reduced: &Reduced, program: &Program, steps: Span, levels: i64) -> i64 {
    let mut left = levels;
    let part = |step: usize| {
        let taken = left.clamp(0, program.steps[step].size);
        left -= taken;
        taken * reduced.steps[step]
    };
    steps.range().map(part).sum()
}

/// The most that can be earned, by trying everything.
fn best(workspace: &Workspace, program: &Program, bucket: usize, opening: i64) -> Option<i64> {
    if bucket == BUCKETS {
        let within = opening.min(program.end_cover);
        return Some(within * workspace.reduced.end.0 + (opening - within) * workspace.reduced.end.1);
    }
    let each = |choice: &(Vec<i64>, Vec<i64>)| {
        let (earned, closing) = step(workspace, program, bucket, opening, choice)?;
        Some(earned + best(workspace, program, bucket + 1, closing)?)
    };
    choices(program, &workspace.caps, bucket).iter().filter_map(each).max()
}

/// What a decision earns.
fn worth(workspace: &Workspace, program: &Program, decision: &Decision) -> Option<i64> {
    let mut opening = program.on_hand;
    let mut total = 0;
    for bucket in 0..BUCKETS {
        let lines = decision.lines[program.options_of(bucket)].to_vec();
        let sales = decision.sales[program.sales_of(bucket)].to_vec();
        let (earned, closing) = step(workspace, program, bucket, opening, &(lines, sales))?;
        (opening, total) = (closing, total + earned);
    }
    let within = opening.min(program.end_cover);
    Some(total + within * workspace.reduced.end.0 + (opening - within) * workspace.reduced.end.1)
}

#[test]
fn the_best_of_all_decisions_is_found() {
    let mut found = 0;
    for seed in 0..1_500 {
        let random = &mut Random::new(seed);
        let program = program(random);
        let mut workspace = Workspace::default();
        set(random, &mut workspace, &program);
        let mut decision = Decision::default();
        let value = workspace.solve(&program, &mut decision);
        let best = best(&workspace, &program, 0, program.on_hand);
        assert_eq!(value, best, "seed {seed}: {program:#?}\n{:#?} {:#?}", workspace.reduced, workspace.caps);
        if value.is_some() {
            found += 1;
            assert_eq!(worth(&workspace, &program, &decision), value, "seed {seed}: {decision:?} {program:#?}");
        }
    }
    assert!(found > 500, "{found} programs have a decision");
}
