//! Every plan of a [`World`]: what is moved, bought, sent, sold on time and late, lowered.

use super::value::{Best, Known, Value};
use super::world::{Pool, World, middle, month_of, serves, trip};

/// Units that one location serves of the demand of a month.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sale {
    pub(crate) offer: usize,
    pub(crate) location: usize,
    pub(crate) wanted: usize,
    pub(crate) delivered: usize,
    pub(crate) units: i64,
}

/// A line: lane, month, units.
pub(crate) type Line = (usize, usize, i64);

/// What becomes of an open order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    At(usize),
    Gone,
}

/// A plan.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plan {
    /// Months by which promotions move.
    pub(crate) moved: Vec<usize>,
    pub(crate) orders: Vec<Fate>,
    pub(crate) lines: Vec<Line>,
    pub(crate) sales: Vec<Sale>,
    /// By offer and month.
    pub(crate) lowered: Vec<Vec<i64>>,
    /// Stock at the end of each month by pool, in the order of [`World::pools`].
    pub(crate) closing: Vec<Vec<i64>>,
}

/// The search.
struct Every<'w, V> {
    world: &'w World,
    known: Known<'w>,
    pools: Vec<Pool>,
    /// Lines are multiples of it, and so are sales.
    grain: i64,
    /// What is done with each plan and what it comes to.
    visit: V,
}

/// The best plan of all; units of lines and sales are multiples of `grain`.
pub(crate) fn best(world: &World, grain: i64) -> Best {
    let mut best = Best::of(world);
    visit(world, grain, |_, value| {
        if let Some(value) = value {
            best.take(value);
        }
    });
    best
}

/// Shows every plan, also those that break something.
pub(crate) fn visit(world: &World, grain: i64, visit: impl FnMut(&Plan, Option<Value>)) {
    let mut every = Every { world, known: Known::new(world), pools: world.pools(), grain, visit };
    let stay = Plan {
        moved: vec![0; world.promotions.len()],
        orders: world.open_orders.iter().map(|order| Fate::At(serves(order.due))).collect(),
        lowered: world.offers.iter().map(|offer| vec![0; offer.demand.len()]).collect(),
        ..Plan::default()
    };
    every.promotions(0, stay);
}

/// Stock of a month before its sales; below 0 where more leaves than there is.
pub(super) fn before_sales(world: &World, pools: &[Pool], month: usize, plan: &Plan) -> Vec<i64> {
    let opening = |index: usize| match month.checked_sub(1) {
        Some(before) => plan.closing[before][index],
        None => world.on_hand.get(&pools[index]).copied().unwrap_or(0),
    };
    let mut stock: Vec<i64> = (0..pools.len()).map(opening).collect();
    let mut add = |pool: Pool, units: i64| {
        let index = pools.iter().position(|own| *own == pool).unwrap();
        stock[index] += units;
    };
    for (order, fate) in world.open_orders.iter().zip(&plan.orders) {
        if *fate == Fate::At(month) {
            add(order.pool, order.units);
        }
    }
    for open in world.open_transfers.iter().filter(|open| serves(open.due) == month) {
        add(open.to, open.units);
    }
    for &(lane, at, units) in &plan.lines {
        let lane = &world.lanes[lane];
        if at == month {
            add((lane.item, lane.to), units);
        }
        if let Some(from) = lane.from
            && trip(lane.lead, at).is_some_and(|(left, _)| month_of(left) == month)
        {
            add((lane.item, from), -units);
        }
    }
    stock
}

/// What can be sold in a month: offer, where from, the month that asks for it.
pub(super) fn slots(world: &World, month: usize) -> Vec<(usize, usize, usize)> {
    let mut slots = Vec::new();
    for (offer, facts) in world.offers.iter().enumerate() {
        let days = world.channels[facts.channel].backorder.map(|(days, _)| days);
        for location in world.sources(facts) {
            let in_time = |wanted: usize| days.is_some_and(|most| middle(month) - middle(wanted) <= most);
            let wanted = (0..=month).filter(|&wanted| wanted == month || in_time(wanted));
            slots.extend(wanted.map(|wanted| (offer, location, wanted)));
        }
    }
    slots
}

impl World {
    /// Items at locations.
    pub(crate) fn pools(&self) -> Vec<Pool> {
        (0..self.items.len()).flat_map(|item| (0..self.locations.len()).map(move |at| (item, at))).collect()
    }

    /// Demand of an offer with promotions where they stand.
    pub(crate) fn demand_of(&self, offer: usize, moved: &[usize]) -> Vec<i64> {
        let mut demand = self.offers[offer].demand.clone();
        for (promotion, moved) in self.promotions.iter().zip(moved) {
            if promotion.item == self.offers[offer].item {
                demand[promotion.month + moved] += promotion.add;
            }
        }
        demand
    }

    fn has(&self, relax: &str) -> bool {
        self.rules.iter().any(|rule| rule.relax == relax)
    }
}

impl<V: FnMut(&Plan, Option<Value>)> Every<'_, V> {
    fn promotions(&mut self, index: usize, plan: Plan) {
        let Some(promotion) = self.world.promotions.get(index) else { return self.orders(0, plan) };
        let most = if self.world.has("promotion-date") { self.world.months - 1 - promotion.month } else { 0 };
        for moved in 0..=most {
            let mut plan = plan.clone();
            plan.moved[index] = moved;
            self.promotions(index + 1, plan);
        }
    }

    fn orders(&mut self, index: usize, plan: Plan) {
        let Some(order) = self.world.open_orders.get(index) else { return self.lines(0, 0, plan) };
        let mut fates = vec![plan.orders[index]];
        if !order.firm && self.world.has("open-order") && serves(order.due) < self.world.months {
            fates = (0..self.world.months).map(Fate::At).chain([Fate::Gone]).collect();
        }
        for fate in fates {
            let mut plan = plan.clone();
            plan.orders[index] = fate;
            self.orders(index + 1, plan);
        }
    }

    fn lines(&mut self, lane: usize, month: usize, plan: Plan) {
        let Some(terms) = self.world.lanes.get(lane) else { return self.month(0, plan) };
        if month == self.world.months {
            return self.lines(lane + 1, 0, plan);
        }
        self.lines(lane, month + 1, plan.clone());
        let allowed = !terms.premium || self.world.has("expedite");
        if trip(terms.lead, month).is_none() || !allowed {
            return;
        }
        // No more than is wanted, or has to lie there, is ever of use, nor than the largest minimum.
        let wanted = (0..self.world.offers.len()).filter(|&offer| self.world.offers[offer].item == terms.item);
        let wanted: i64 = wanted.map(|offer| self.world.demand_of(offer, &plan.moved).iter().sum::<i64>()).sum();
        // A cover asks for it at each location.
        let held: i64 = self.world.covers.iter().map(|cover| cover.safety).sum();
        let held = held * i64::try_from(self.world.locations.len()).unwrap();
        let most = (wanted + held).max(terms.moq);
        let grain = self.grain;
        for units in (terms.moq..=most).filter(|units| units % grain == 0) {
            let mut plan = plan.clone();
            plan.lines.push((lane, month, units));
            if self.known.may_supply(&plan) {
                self.lines(lane, month + 1, plan);
            }
        }
    }

    fn month(&mut self, month: usize, plan: Plan) {
        if month == self.world.months {
            return self.lower(0, plan);
        }
        let stock = before_sales(self.world, &self.pools, month, &plan);
        if stock.iter().any(|units| *units < 0) {
            return;
        }
        let slots = slots(self.world, month);
        self.sell(&slots, month, stock, plan);
    }

    fn sell(&mut self, slots: &[(usize, usize, usize)], month: usize, mut stock: Vec<i64>, mut plan: Plan) {
        let Some((&(offer, location, wanted), rest)) = slots.split_first() else {
            plan.closing.push(stock);
            return self.month(month + 1, plan);
        };
        let sold = plan.sales.iter().filter(|sale| (sale.offer, sale.wanted) == (offer, wanted));
        let left = self.world.demand_of(offer, &plan.moved)[wanted] - sold.map(|sale| sale.units).sum::<i64>();
        let pool = (self.world.offers[offer].item, location);
        let index = self.pools.iter().position(|own| *own == pool).unwrap();
        self.sell(rest, month, stock.clone(), plan.clone());
        let mut units = self.grain;
        while units <= left && stock[index] >= self.grain {
            stock[index] -= self.grain;
            let sale = Sale { offer, location, wanted, delivered: month, units };
            let mut more = plan.clone();
            more.sales.push(sale);
            self.sell(rest, month, stock.clone(), more);
            units += self.grain;
        }
    }

    /// Demand is lowered by what is not sold at most.
    fn lower(&mut self, slot: usize, plan: Plan) {
        let months = self.world.months;
        if !self.world.has("sales-plan") || slot == self.world.offers.len() * months {
            return (self.visit)(&plan, self.known.value(&plan));
        }
        let (offer, month) = (slot / months, slot % months);
        let sold = plan.sales.iter().filter(|sale| (sale.offer, sale.wanted) == (offer, month));
        let left = self.world.demand_of(offer, &plan.moved)[month] - sold.map(|sale| sale.units).sum::<i64>();
        for lowered in (0..=left).step_by(usize::try_from(self.grain).unwrap()) {
            let mut plan = plan.clone();
            plan.lowered[offer][month] = lowered;
            self.lower(slot + 1, plan);
        }
    }
}
