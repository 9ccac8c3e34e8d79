//! Floors and covers as rows, and columns for what may lack before they begin.

use num_traits::Zero;

use super::Builder;
use crate::units::{Overflow, Ratio, ratio, whole};

impl Builder<'_> {
    /// A floor that has not begun: what is sold below it is given.
    pub(super) fn early_floor(
        &mut self,
        name: &str,
        (offer, bucket): (usize, usize),
        sold: usize,
    ) -> Result<(), Overflow> {
        let sale = &self.model.offers[offer];
        let Some((least, _)) = sale.floors.early[bucket] else { return Ok(()) };
        let row = self.program.row(format!("early-floor[{name}]"), 'G', whole(least));
        let short = self.program.given(format!("given[{name}]"), whole(least), ratio(sale.price[bucket]));
        self.program.enter(sold, row, whole(1))?;
        self.program.enter(short, row, whole(1))
    }

    /// Floors on groups: a row for those that have joined, and one for those that have not.
    pub(super) fn group_floors(&mut self) -> Result<(), Overflow> {
        for floor in &self.model.group_floors {
            let service = &self.model.network.services[floor.service].name;
            for bucket in 0..self.model.horizon {
                let name = format!("{service},{}", self.label(bucket));
                for (kind, least, joined) in
                    [("floor", floor.held[bucket], true), ("early-floor", floor.early[bucket], false)]
                {
                    if least == 0 {
                        continue;
                    }
                    let row = self.program.row(format!("{kind}[{name}]"), 'G', whole(least));
                    for offer in floor.members_in(bucket, joined) {
                        self.program.enter(self.sold[offer][bucket], row, whole(1))?;
                    }
                    if !joined {
                        let price = floor.early_price[bucket];
                        let short = self.program.given(format!("given[{name}]"), whole(least), price);
                        self.program.enter(short, row, whole(1))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// What stock before sales lacks of demand and safety stock, at most the safety stock.
    pub(super) fn shortfall(
        &mut self,
        (index, bucket): (usize, usize),
        closing: usize,
        sold: &[usize],
    ) -> Result<(), Overflow> {
        let pool = &self.model.pools[index];
        let cover = &pool.cover;
        let (safety, demand) = (cover.safety_stock[bucket], cover.demand[bucket]);
        let (hard, early, cost) = (cover.hard[bucket], cover.early[bucket], cover.shortfall_cost[bucket]);
        if safety == 0 || !(hard || early || cost > Ratio::zero()) {
            return Ok(());
        }
        let name = format!("{},{}", self.pool_name(index), self.label(bucket));
        let most = whole(if hard { 0 } else { safety });
        let program = &mut self.program;
        let short = program.column(format!("short[{name}]"), Some(most), -cost);
        if early {
            program.counts_as_given(short, pool.standard_cost);
        }
        // Stock before sales, which is closing stock and what is sold, + short >= safety stock + demand
        let row = program.row(format!("safety-stock[{name}]"), 'G', whole(safety + demand));
        program.enter(closing, row, whole(1))?;
        sold.iter().try_for_each(|&column| program.enter(column, row, whole(1)))?;
        program.enter(short, row, whole(1))?;
        if hard || demand == 0 {
            return Ok(());
        }
        // Below demand the shortfall grows no further. That bends the wrong way for a row alone: a binary says that all of the safety
        // stock is short, and takes demand out of what is wanted.
        let all = program.binary_column(format!("all-short[{name}]"), Ratio::zero());
        program.enter(all, row, whole(demand))?;
        let row = program.row(format!("all-short[{name}]"), 'G', Ratio::zero());
        program.enter(short, row, whole(1))?;
        program.enter(all, row, whole(-safety))
    }
}
