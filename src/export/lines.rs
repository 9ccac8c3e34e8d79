//! Purchase lines as columns: whether one is placed, and how many multiples it has.

use num_traits::Zero;

use super::Builder;
use crate::model::cost::Piece;
use crate::model::{LimitKind, Opportunity};
use crate::network::{MilestoneDay, MinimumOrder};
use crate::units::{Overflow, Ratio, add, ceil_units, mul, ratio, whole};

/// The columns of a piece of a line's cost: multiples, and 1 where it is placed.
#[derive(Clone, Copy)]
struct Columns {
    many: usize,
    one: usize,
}

impl Builder<'_> {
    /// The columns of the lines that a lane can bring for a bucket, each with the units that one of it stands for.
    pub(super) fn lines(
        &mut self,
        (pool, lane, bucket): (usize, usize, usize),
        opportunity: &Opportunity,
    ) -> Result<Vec<(usize, i64)>, Overflow> {
        let network = self.model.network;
        let facts = &network.lanes[lane];
        let name = format!(
            "{},{},{},{},{}",
            network.item(facts.item).id,
            network.supplier(facts.supplier).id,
            network.location(facts.location).id,
            facts.mode,
            self.label(bucket)
        );
        let pinned = opportunity.pinned.unwrap_or_default();
        let enough = self.enough(pool, lane, bucket).max(pinned.0).saturating_add(self.filling(lane, opportunity)?);
        let twins = facts.useful_lines(enough);
        let mut columns = Vec::new();
        for twin in 1..=twins {
            let name = if twins > 1 { format!("{name},line-{twin}") } else { name.clone() };
            columns.extend(self.line(&name, (lane, bucket), opportunity, enough)?);
        }
        // A pin is about all lines together.
        let (least, most) = pinned;
        for (kind, right) in [('G', Some(least).filter(|least| *least > 0)), ('L', most)] {
            let Some(right) = right else { continue };
            let row = self.program.row(format!("pin[{name}]"), kind, whole(right));
            columns.iter().try_for_each(|&(column, multiple)| self.program.enter(column, row, whole(multiple)))?;
        }
        Ok(columns)
    }

    /// No plan needs a larger line: all demand to come, what is wanted besides, and one line more.
    fn enough(&self, pool: usize, lane: usize, bucket: usize) -> i64 {
        let (facts, pool) = (&self.model.network.lanes[lane], &self.model.pools[pool]);
        let demand: i64 =
            pool.ways.iter().flat_map(|&way| &self.model.offers[self.model.ways[way].offer].demand[bucket..]).sum();
        let cover = pool.cover.safety_stock.iter().zip(&pool.cover.demand);
        let wanted = cover.filter(|(safety, _)| **safety > 0).map(|(safety, demand)| safety + demand).max();
        let last_break = facts.breaks.last().map_or(0, |one| one.from);
        demand + wanted.unwrap_or(0) + facts.smallest_line().max(last_break) + facts.multiple
    }

    /// What may be bought beyond that so that a purchase order comes to its minimum.
    fn filling(&self, lane: usize, opportunity: &Opportunity) -> Result<i64, Overflow> {
        let facts = &self.model.network.lanes[lane];
        let mut filling = 0;
        for floor in self.model.order_floors.iter().filter(|floor| floor.supplier == facts.supplier) {
            let unit = match floor.counts {
                MinimumOrder::Value(_) => opportunity.terms.goods_pieces()?.iter().map(|piece| piece.unit).min(),
                _ => Some(floor.unit(self.model, lane)),
            };
            if let Some(unit) = unit.filter(|unit| *unit > Ratio::zero()) {
                let units = ceil_units(floor.least[opportunity.release_bucket] / unit)?;
                filling = filling.max(units.saturating_add(facts.multiple));
            }
        }
        Ok(filling)
    }

    /// The columns of a line, one for each piece of its cost.
    fn line(
        &mut self,
        name: &str,
        (index, bucket): (usize, usize),
        opportunity: &Opportunity,
        enough: i64,
    ) -> Result<Vec<(usize, i64)>, Overflow> {
        let lane = &self.model.network.lanes[index];
        let terms = &opportunity.terms;
        let unit = whole(lane.multiple);
        let landed = |goods: Ratio, freight: Ratio| add(mul(goods, add(whole(1), terms.duty_rate)?)?, freight);
        let pieces = terms.goods_pieces()?;
        let placed = (pieces.len() > 1).then(|| self.program.row(format!("one-of[{name}]"), 'L', whole(1)));
        let mut columns = Vec::with_capacity(pieces.len());
        for (number, piece) in pieces.iter().enumerate() {
            let least = lane.smallest_line().max((piece.from + lane.multiple - 1) / lane.multiple * lane.multiple);
            let most =
                lane.largest_line().unwrap_or(enough).min(enough).min(piece.to.unwrap_or(i64::MAX)) / lane.multiple;
            if least > most * lane.multiple {
                continue;
            }
            let name = if pieces.len() > 1 { format!("{name},{}", number + 1) } else { name.to_owned() };
            let cost = mul(unit, landed(piece.unit, terms.freight)?)?;
            let fixed = landed(piece.fixed, Ratio::zero())?;
            let program = &mut self.program;
            let many = program.whole_column(format!("multiples[{name}]"), whole(most), -cost);
            let one = program.binary_column(format!("placed[{name}]"), -add(fixed, terms.order_cost)?);
            // least x placed <= units <= most x placed
            let lower = program.row(format!("least[{name}]"), 'G', Ratio::zero());
            program.enter(many, lower, unit)?;
            program.enter(one, lower, whole(-least))?;
            let upper = program.row(format!("most[{name}]"), 'L', Ratio::zero());
            program.enter(many, upper, whole(1))?;
            program.enter(one, upper, whole(-most))?;
            if let Some(row) = placed {
                program.enter(one, row, whole(1))?;
            }
            self.limit_line((index, bucket), opportunity, Columns { many, one }, (cost, fixed))?;
            self.pay_line(index, opportunity, piece, Columns { many, one })?;
            self.order_line(&name, index, opportunity, piece, Columns { many, one })?;
            columns.push((many, lane.multiple));
        }
        Ok(columns)
    }

    /// What a line takes of budgets and supplier capacity; behind the horizon there are none.
    fn limit_line(
        &mut self,
        (index, bucket): (usize, usize),
        opportunity: &Opportunity,
        Columns { many, one }: Columns,
        (cost, fixed): (Ratio, Ratio),
    ) -> Result<(), Overflow> {
        let Self { model, program, limits, .. } = self;
        let lane = &model.network.lanes[index];
        for (limit, rows) in model.limits.iter().zip(limits.iter()) {
            let (at, by_multiple, by_line) = match &limit.kind {
                LimitKind::Budget { lanes, .. } if lanes.iter().any(|lane| lane.index() == index) => {
                    (bucket, cost, fixed)
                }
                LimitKind::Supplier(supplier) if *supplier == lane.supplier => {
                    let by_multiple = mul(whole(lane.multiple), ratio(lane.capacity_use))?;
                    (opportunity.release_bucket, by_multiple, ratio(lane.capacity_setup))
                }
                _ => continue,
            };
            if let Some(&row) = rows.get(at) {
                program.enter(many, row, by_multiple)?;
                program.enter(one, row, by_line)?;
            }
        }
        Ok(())
    }

    /// A line is placed with a purchase order, which comes to its minimum.
    fn order_line(
        &mut self,
        name: &str,
        index: usize,
        opportunity: &Opportunity,
        piece: &Piece,
        Columns { many, one }: Columns,
    ) -> Result<(), Overflow> {
        let model = self.model;
        let lane = &model.network.lanes[index];
        let bucket = opportunity.release_bucket;
        for (of, floor) in model.order_floors.iter().enumerate().filter(|(_, floor)| floor.supplier == lane.supplier) {
            let unit = whole(lane.multiple);
            let (by_multiple, by_line) = match floor.counts {
                MinimumOrder::Value(_) => (mul(unit, piece.unit)?, piece.fixed),
                _ => (mul(unit, floor.unit(model, index))?, Ratio::zero()),
            };
            let (order, row) = self.order((of, bucket))?;
            let program = &mut self.program;
            program.enter(many, row, by_multiple)?;
            program.enter(one, row, by_line)?;
            let row = program.row(format!("ordered[{name}]"), 'L', Ratio::zero());
            program.enter(one, row, whole(1))?;
            program.enter(order, row, whole(-1))?;
        }
        Ok(())
    }

    /// Column and row of a purchase order that has a minimum.
    fn order(&mut self, (of, bucket): (usize, usize)) -> Result<(usize, usize), Overflow> {
        if let Some(&known) = self.orders.get(&(of, bucket)) {
            return Ok(known);
        }
        let floor = &self.model.order_floors[of];
        let name = format!("{},{}", self.model.network.supplier(floor.supplier).id, self.label(bucket));
        let column = self.program.binary_column(format!("order[{name}]"), Ratio::zero());
        let row = self.program.row(format!("minimum-order[{name}]"), 'G', Ratio::zero());
        self.program.enter(column, row, -floor.least[bucket])?;
        self.orders.insert((of, bucket), (column, row));
        Ok((column, row))
    }

    /// When a line is paid; what falls behind the horizon lowers no balance of it.
    fn pay_line(
        &mut self,
        index: usize,
        opportunity: &Opportunity,
        piece: &Piece,
        Columns { many, one }: Columns,
    ) -> Result<(), Overflow> {
        let network = self.model.network;
        let lane = &network.lanes[index];
        let unit = whole(lane.multiple);
        let (trip, terms) = (&opportunity.trip, &opportunity.terms);
        for milestone in &network.supplier(lane.supplier).payment {
            let from = match milestone.at {
                MilestoneDay::Order => trip.release,
                MilestoneDay::Ship => trip.ship,
                MilestoneDay::Receipt => trip.usable,
            };
            let days = chrono::Days::new(u64::try_from(milestone.days).map_err(|_| Overflow)?);
            if let Some(paid) = network.calendar.bucket_of(from.checked_add_days(days).ok_or(Overflow)?) {
                let share = ratio(milestone.share);
                self.pay(many, paid, mul(share, mul(unit, piece.unit)?)?)?;
                self.pay(one, paid, mul(share, piece.fixed)?)?;
            }
        }
        if let Some(paid) = network.calendar.bucket_of(trip.usable) {
            let besides = add(mul(piece.unit, terms.duty_rate)?, terms.freight)?;
            self.pay(many, paid, mul(unit, besides)?)?;
            self.pay(one, paid, mul(piece.fixed, terms.duty_rate)?)?;
        }
        Ok(())
    }
}
