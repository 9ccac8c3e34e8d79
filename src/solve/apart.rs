//! An item searched by itself, within what all others leave.
//!
//! In a large project the pools of an item are solved one after the other, at prices on what they share that are those of a mean of many
//! plans: together they could do better. So in the end each such item becomes a project of its own - its pools, and the rows they touch with what the
//! others leave of them - and gets the search that small projects have ([`super::branch`]). What it finds is taken where it earns more.

use rayon::prelude::*;

use super::branch::Search;
use super::construct::narrow_count;
use super::draft::Draft;
use super::effect::Choice;
use super::fixed::narrow;
use super::program::{Aim, Program, Slot};
use super::reduced::Prices;
use super::rows::{Rows, SlackUse, place};
use super::steering::Steering;

/// Work that all items may take, what one may take of it at most, and less than which is not worth beginning with, in cells of tables.
const WORK: i128 = 800_000_000;
const MOST: i128 = 20_000_000;
const LEAST: i128 = 2_000_000;
/// Items that are searched at once.
const BATCH: usize = 2;

/// An item as a project of its own.
struct Apart {
    programs: Vec<Program>,
    rows: Rows,
    choices: Vec<Choice>,
    prices: Prices,
}

impl Draft<'_> {
    /// Searches every item whose pools share something; `stop` says when to end.
    pub(super) fn perfect(&mut self, prices: &Prices, steering: &Steering<'_>) {
        let items: Vec<usize> = (0..self.rows.items.pools.len()).filter(|&item| self.is_shared(item)).collect();
        let work = (WORK / narrow_count(items.len())).min(MOST);
        if work < LEAST || self.violation() > 0 || self.programs.iter().any(|program| program.aim != Aim::Money) {
            return;
        }
        for batch in items.chunks(BATCH) {
            if steering.stopped() {
                break;
            }
            let found: Vec<_> = batch.par_iter().map(|&item| self.searched(item, prices, work, steering)).collect();
            for choices in found.into_iter().flatten() {
                self.offer(choices);
            }
        }
    }

    /// True where the pools of an item share rows of their own, and programs know all that is asked of them: what is owed counts for hard safety
    /// stock, which they do not know.
    fn is_shared(&self, item: usize) -> bool {
        let pools = || self.rows.items.pools[item].iter().map(|&pool| &self.programs[pool]);
        let owes = |program: &Program| {
            let waits = program.slots.iter().any(|slot| matches!(slot, Slot::Sale(_, late) if *late > 0));
            waits && program.wanted.iter().any(|wanted| wanted.hard)
        };
        pools().any(|program| program.groups.iter().any(|first| self.rows.is_own(*first))) && !pools().any(owes)
    }

    /// What the search of an item finds.
    fn searched(
        &self,
        item: usize,
        prices: &Prices,
        work: i128,
        steering: &Steering<'_>,
    ) -> Option<Vec<(usize, Choice)>> {
        let pools = &self.rows.items.pools[item];
        let Apart { programs, rows, choices, prices } = self.apart(pools, prices);
        let mut search = Search::new(&programs, &rows, &rows.available, Some(choices), work);
        search.run(prices, i128::MAX / 4, &steering.quiet());
        Some(pools.iter().copied().zip(search.best?).collect())
    }

    fn apart(&self, pools: &[usize], prices: &Prices) -> Apart {
        let rows = self.rows;
        let mut firsts: Vec<usize> = pools.iter().flat_map(|&pool| &self.programs[pool].groups).copied().collect();
        firsts.sort_unstable();
        firsts.dedup();
        let own: Vec<usize> = firsts.iter().copied().filter(|first| rows.is_own(*first)).collect();
        // What own rows are passed by is a use of levels.
        let mut passed = SlackUse { levels: vec![0; rows.levels.len()], money: 0 };
        for row in own.iter().flat_map(|&first| first..first + rows.buckets) {
            rows.add_slack(row, self.used[row], 1, &mut passed);
            firsts.extend(rows.slack_in(row).filter_map(|slack| rows.levels[slack.of?]));
        }
        firsts.sort_unstable();
        firsts.dedup();
        let left = firsts.iter().flat_map(|&first| first..first + rows.buckets).map(|row| {
            if rows.is_own(row) {
                return self.available[row];
            }
            let own: i128 = pools.iter().map(|&pool| self.used_by(pool, row)).sum();
            let own = own + rows.level_of(row).map_or(0, |level| passed.levels[level]);
            let used = self.used[row] + self.of_level(row);
            narrow(i128::from(self.available[row]).max(used) - used + own)
        });
        let left = left.collect();
        let mut rows = rows.part(&firsts, pools, left);
        // Passing what others share may go on as far as it does now, and no further.
        rows.slack.retain(|slack| rows.own.contains(&slack.row));
        let price = |&first: &usize| {
            let own = self.rows.is_own(first);
            prices.row[first..first + rows.buckets].iter().map(move |price| if own { *price } else { 0 })
        };
        let prices = Prices::new(&rows, firsts.iter().flat_map(price).collect());
        Apart {
            programs: pools.iter().map(|&pool| part(&self.programs[pool], pools, &firsts, rows.buckets)).collect(),
            choices: pools.iter().map(|&pool| self.choices[pool].clone()).collect(),
            rows,
            prices,
        }
    }

    /// What a pool uses of a row.
    fn used_by(&self, pool: usize, row: usize) -> i128 {
        let (buckets, bucket) = (self.rows.buckets, row % self.rows.buckets);
        let group = self.programs[pool].groups.iter().position(|first| first + bucket == row);
        group.map_or(0, |group| i128::from(self.choices[pool].effect.used[group * buckets + bucket]))
    }
}

/// A pool's program among a few.
fn part(program: &Program, pools: &[usize], firsts: &[usize], buckets: usize) -> Program {
    let mut program = program.clone();
    let number = |pool: usize| place(pools, pool).unwrap_or(0);
    program.pool = number(program.pool);
    for slot in &mut program.slots {
        if let Slot::Taken(pool) = slot {
            *pool = number(*pool);
        }
    }
    for first in &mut program.groups {
        *first = firsts.partition_point(|known| known < first) * buckets;
    }
    program
}
