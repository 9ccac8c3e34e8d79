//! What a plan of a [`World`] is given, uses of rules, and earns.

use std::collections::BTreeMap;

use super::every::{Fate, Line, Plan, Sale, before_sales, slots};
use super::world::{Offer, PARTS, Pool, Rule, World, length, middle, month_of, serves, start, trip};

/// What a plan comes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Value {
    pub(crate) given: i64,
    /// By rule, in the order of their file.
    pub(crate) used: Vec<i64>,
    pub(crate) money: i64,
}

/// What is given and used, the most money with that, and how many plans have it.
type Found<'b> = (&'b (i64, Vec<i64>), &'b (i64, usize));

/// The best of all plans so far: by what is given and used, the most money and how many plans have it.
#[derive(Debug)]
pub(crate) struct Best {
    /// By rule: whether it is no level, and how far its level may exceed the least.
    rules: Vec<(bool, i64)>,
    found: BTreeMap<(i64, Vec<i64>), (i64, usize)>,
}

impl Best {
    pub(super) fn of(world: &World) -> Self {
        Self { rules: world.rules.iter().map(|rule| (rule.pays, rule.within)).collect(), found: BTreeMap::new() }
    }

    pub(super) fn take(&mut self, value: Value) {
        let Value { given, used, money } = value;
        let known = self.found.entry((given, used)).or_insert((money, 0));
        if money > known.0 {
            *known = (money, 0);
        }
        known.1 += usize::from(money == known.0);
    }

    /// The best one, and how many plans come to it. `None` where there is no plan.
    pub(crate) fn value(&self) -> Option<(Value, usize)> {
        let (mut left, _) = self.settled()?;
        let given = left[0].0.0;
        let most = left.iter().map(|(_, (money, _))| *money).max()?;
        left.retain(|(_, (money, _))| *money == most);
        let plans = left.iter().map(|(_, (_, plans))| plans).sum();
        Some((Value { given, used: left[0].0.1.clone(), money: most }, plans))
    }

    /// The least of each level: what is given, then of each rule that is one, the last of the file first.
    pub(crate) fn least(&self) -> Option<Vec<i64>> {
        self.settled().map(|(_, least)| least)
    }

    /// What is left once all levels are settled, one after the other.
    fn settled(&self) -> Option<(Vec<Found<'_>>, Vec<i64>)> {
        let given = self.found.keys().map(|key| key.0).min()?;
        let mut left: Vec<_> = self.found.iter().filter(|(key, _)| key.0 == given).collect();
        let mut all = vec![given];
        for (index, &(pays, within)) in self.rules.iter().enumerate().rev() {
            if !pays {
                let least = left.iter().map(|(key, _)| key.1[index]).min()?;
                left.retain(|(key, _)| key.1[index] <= least + within);
                all.push(least);
            }
        }
        Some((left, all))
    }
}

/// A limit in a month and how much of it is used: units, m3 or parts of money.
struct Limit<'w> {
    kind: &'static str,
    location: Option<&'w str>,
    month: usize,
    limit: i64,
    used: i64,
}

impl Limit<'_> {
    fn over(&self) -> i64 {
        (self.used - self.limit).max(0)
    }

    fn is_money(&self) -> bool {
        self.location.is_none()
    }
}

/// What is known before any plan.
pub(super) struct Known<'w> {
    world: &'w World,
    pools: Vec<Pool>,
    standard: Vec<i64>,
    reached: Vec<Option<usize>>,
    /// By what facts alone pass each limit, in the order of [`Known::limits`].
    allowed: Vec<i64>,
    /// The same of the most stock that covers allow, by pool and month.
    allowed_stock: Vec<Vec<i64>>,
}

/// Uses of rules, as they add up.
struct Uses<'w> {
    world: &'w World,
    used: Vec<i64>,
    overflow_cost: i64,
}

impl Uses<'_> {
    /// Shares what is let go among rules with limits that add up; false where that is too much. All in thousandths; `worth`
    /// in parts of one.
    fn add(&mut self, limits: &[(usize, i64)], units: bool, amount: i64, worth: i64) -> bool {
        let (mut sum, mut taken) = (0, 0);
        for &(rule, limit) in limits {
            sum += limit;
            let reach = if units { sum / 1_000 * 1_000 } else { sum };
            let own = reach.min(amount) - taken;
            if own > 0 {
                self.book(rule, own, worth);
                taken += own;
            }
        }
        taken == amount
    }

    fn book(&mut self, rule: usize, amount: i64, worth: i64) {
        let overflow = self.world.rules[rule].cost;
        let used = amount * (overflow.unwrap_or(worth) / 1_000);
        self.used[rule] += used;
        self.overflow_cost += if overflow.is_some() { used } else { 0 };
    }
}

impl<'w> Known<'w> {
    pub(super) fn new(world: &'w World) -> Self {
        let pools = world.pools();
        let has_item =
            |pool: &Pool| world.items[pool.0].cost.is_some() || world.lanes.iter().any(|lane| lane.item == pool.0);
        let standard = pools.iter().map(|pool| if has_item(pool) { world.standard(*pool) } else { 0 }).collect();
        let reached = pools.iter().map(|pool| world.reached(*pool)).collect();
        let allowed_stock = vec![vec![0; world.months]; pools.len()];
        let mut known = Self { world, pools, standard, reached, allowed: Vec::new(), allowed_stock };
        let idle = known.idle();
        let reached = known.reached_by_sales();
        let allowed = |limit: &Limit<'_>| match limit.kind {
            "outbound-capacity" => 0,
            "cash-minimum" if limit.month >= reached => 0,
            _ => limit.over(),
        };
        known.allowed = known.limits(&idle).iter().map(allowed).collect();
        for index in 0..known.pools.len() {
            for month in 0..world.months {
                let most = known.most_stock(index, month);
                known.allowed_stock[index][month] = most.map_or(0, |most| (idle.closing[month][index] - most).max(0));
            }
        }
        known
    }

    fn index(&self, pool: Pool) -> usize {
        self.pools.iter().position(|own| *own == pool).unwrap()
    }

    /// False where a supplier cannot make it, since no rule changes that.
    pub(super) fn may_supply(&self, plan: &Plan) -> bool {
        let Some(capacity) = self.world.capacity else { return true };
        (0..self.world.months).all(|month| {
            let own = plan.lines.iter().filter(|(lane, at, _)| {
                let lane = &self.world.lanes[*lane];
                lane.from.is_none() && trip(lane.lead, *at).is_some_and(|(left, _)| month_of(left) == month)
            });
            own.map(|(.., units)| units).sum::<i64>() <= capacity
        })
    }

    /// Rules of a kind that speak of something, by what it is.
    fn rules(&self, relax: &str, is: &[(&str, &str)]) -> Vec<(usize, &'w Rule)> {
        let speaks = |rule: &&Rule| {
            rule.scope.iter().all(|(key, value)| is.iter().any(|(own, name)| own == key && name == value))
        };
        self.world.rules.iter().enumerate().filter(|(_, rule)| rule.relax == relax && speaks(rule)).collect()
    }

    fn names(&self, offer: &Offer) -> [(&'static str, &'w str); 2] {
        let (item, channel) = (&self.world.items[offer.item].name, &self.world.channels[offer.channel].name);
        [("item", item), ("channel", channel)]
    }

    /// The price of an offer in a month.
    fn price(&self, item: usize, month: usize, moved: &[usize]) -> i64 {
        let running = self.world.promotions.iter().zip(moved);
        let running = running.filter(|(one, moved)| one.item == item && one.month + **moved == month);
        running.filter_map(|(one, _)| one.price).min().unwrap_or(self.world.items[item].price)
    }

    fn net(&self, offer: usize, location: usize, month: usize, moved: &[usize]) -> i64 {
        let offer = &self.world.offers[offer];
        let fee = self.world.fulfilment.get(&(offer.channel, location)).copied().unwrap_or(0);
        self.price(offer.item, month, moved) - fee
    }

    /// The first month that cash from a new order's sales reaches.
    fn reached_by_sales(&self) -> usize {
        let world = self.world;
        let day = |offer: &Offer| {
            let sources = world.sources(offer).into_iter();
            let months = sources.filter_map(|at| self.reached_on((offer.item, at)));
            months.min().map(|day| day + world.channels[offer.channel].payout_days)
        };
        world.offers.iter().filter_map(day).min().map_or(world.months, |day| month_of(day).min(world.months))
    }

    /// The first day on which a new order can be sold.
    fn reached_on(&self, pool: Pool) -> Option<i64> {
        let month = self.reached[self.index(pool)]?;
        let own = self.world.lanes.iter().filter(|lane| (lane.item, lane.to) == pool && !lane.premium);
        own.filter_map(|lane| trip(lane.lead, month)).map(|(_, there)| there.max(start(month))).min()
    }

    /// Nothing is ordered or sent, and all is sold that can be: where it earns most, older demand first.
    fn idle(&self) -> Plan {
        let world = self.world;
        let mut plan = Plan {
            moved: vec![0; world.promotions.len()],
            orders: world.open_orders.iter().map(|order| Fate::At(serves(order.due))).collect(),
            lowered: world.offers.iter().map(|offer| vec![0; offer.demand.len()]).collect(),
            ..Plan::default()
        };
        let mut left: Vec<Vec<i64>> =
            (0..world.offers.len()).map(|offer| world.demand_of(offer, &plan.moved)).collect();
        for month in 0..world.months {
            let mut stock = before_sales(world, &self.pools, month, &plan);
            let mut sales = Vec::new();
            for (offer, location, wanted) in slots(world, month) {
                let late = i64::try_from(month - wanted).unwrap();
                let cost = world.channels[world.offers[offer].channel].backorder.map_or(0, |(_, cost)| cost);
                let brings = self.net(offer, location, wanted, &plan.moved) - late * cost;
                sales.push((-brings, wanted, offer, sales.len(), location));
            }
            sales.sort_unstable();
            for (_, wanted, offer, _, location) in sales {
                let pool = self.index((world.offers[offer].item, location));
                let units = left[offer][wanted].min(stock[pool]);
                left[offer][wanted] -= units;
                stock[pool] -= units;
                plan.sales.push(Sale { offer, location, wanted, delivered: month, units });
            }
            plan.closing.push(stock);
        }
        plan
    }

    fn volume(&self, location: usize, stock: &[i64]) -> i64 {
        let here = self.pools.iter().zip(stock).filter(|(pool, _)| pool.1 == location);
        here.map(|(pool, units)| self.world.items[pool.0].volume * units).sum()
    }

    /// What a plan comes to; `None` where it breaks what no rule lets go.
    pub(super) fn value(&self, plan: &Plan) -> Option<Value> {
        let mut uses = Uses { world: self.world, used: vec![0; self.world.rules.len()], overflow_cost: 0 };
        self.moves(plan, &mut uses)?;
        self.premium(plan, &mut uses)?;
        let mut given = self.floors(plan, &mut uses)?;
        given += self.covers(plan, &mut uses)?;
        given += self.passed(plan, &mut uses)?;
        let money = self.money(plan) - uses.overflow_cost;
        Some(Value { given, used: uses.used, money })
    }

    fn moves(&self, plan: &Plan, uses: &mut Uses<'_>) -> Option<()> {
        for (promotion, &moved) in self.world.promotions.iter().zip(&plan.moved).filter(|(_, moved)| **moved > 0) {
            let by = i64::try_from(moved).unwrap();
            let is = [("promotion", promotion.name.as_str()), ("item", &self.world.items[promotion.item].name)];
            let rules = self.rules("promotion-date", &is);
            uses.used[rules.into_iter().find(|(_, rule)| rule.up_to.1 >= 1_000 * by)?.0] += by * PARTS;
        }
        for (order, fate) in self.world.open_orders.iter().zip(&plan.orders) {
            let is = [("item", self.world.items[order.pool.0].name.as_str()), ("supplier", "s")];
            let rules = self.rules("open-order", &is);
            let (rule, by) = match *fate {
                Fate::Gone => rules
                    .into_iter()
                    .find(|(_, rule)| rule.cancel)
                    .map(|(index, rule)| (index, rule.up_to.1 / 1_000 + 1))?,
                Fate::At(month) if month == serves(order.due) => continue,
                Fate::At(month) => {
                    let by = i64::try_from(month.abs_diff(serves(order.due))).unwrap();
                    (rules.into_iter().find(|(_, rule)| rule.up_to.1 >= 1_000 * by)?.0, by)
                }
            };
            uses.used[rule] += by * PARTS;
        }
        for (index, offer) in self.world.offers.iter().enumerate() {
            let demand = self.world.demand_of(index, &plan.moved);
            for (month, &lowered) in plan.lowered[index].iter().enumerate().filter(|(_, lowered)| **lowered > 0) {
                let rules = self.rules("sales-plan", &self.names(offer));
                let limits: Vec<_> = rules.iter().map(|(at, rule)| (*at, rule.up_to.1 * demand[month])).collect();
                let price = self.price(offer.item, month, &plan.moved);
                uses.add(&limits, true, 1_000 * lowered, price).then_some(())?;
            }
        }
        Some(())
    }

    fn premium(&self, plan: &Plan, uses: &mut Uses<'_>) -> Option<()> {
        let mut flown: BTreeMap<(usize, usize), (i64, i64)> = BTreeMap::new();
        for &(lane, month, units) in &plan.lines {
            let lane = &self.world.lanes[lane];
            if lane.premium {
                let is = [("item", self.world.items[lane.item].name.as_str()), ("mode", &lane.mode)];
                let (rule, _) = *self.rules("expedite", &is).first()?;
                let sums = flown.entry((rule, month)).or_default();
                *sums = (sums.0 + units, sums.1 + units * lane.cost);
            }
        }
        for ((rule, _), (units, cost)) in flown {
            let (key, most) = &self.world.rules[rule].up_to;
            let counted = if key == "units" { 1_000 * units } else { cost / (PARTS / 1_000) };
            if counted > *most {
                return None;
            }
            uses.used[rule] += cost;
        }
        Some(())
    }

    fn on_time(&self, plan: &Plan, offer: usize, month: usize) -> i64 {
        let own = plan.sales.iter().filter(|sale| (sale.offer, sale.wanted, sale.delivered) == (offer, month, month));
        own.map(|sale| sale.units).sum()
    }

    /// Floors; what is given of them.
    fn floors(&self, plan: &Plan, uses: &mut Uses<'_>) -> Option<i64> {
        let world = self.world;
        let share = |rate: i64, units: i64| (rate * units + 999) / 1_000;
        let mut given = 0;
        for month in 0..world.months {
            // Of floors on one item and channel the highest holds.
            let mut highest: BTreeMap<(usize, bool), i64> = BTreeMap::new();
            for service in &world.services {
                let members: Vec<usize> = (0..world.offers.len())
                    .filter(|&offer| {
                        let names = self.names(&world.offers[offer]);
                        service
                            .scope
                            .iter()
                            .all(|(key, value)| names.iter().any(|(own, name)| own == key && name == value))
                    })
                    .collect();
                let has_begun = |offer: usize| {
                    let facts = &world.offers[offer];
                    let sources = world.sources(facts);
                    let reached = sources.iter().filter_map(|at| self.reached[self.index((facts.item, *at))]).min();
                    service.from_start || reached.is_some_and(|reached| reached <= month)
                };
                for begun in [true, false] {
                    let own = || members.iter().copied().filter(|&offer| has_begun(offer) == begun);
                    let asked = |offer: usize| world.demand_of(offer, &plan.moved)[month];
                    let still = |offer: usize| asked(offer) - if begun { plan.lowered[offer][month] } else { 0 };
                    if !service.group {
                        for offer in own() {
                            let least = highest.entry((offer, begun)).or_default();
                            *least = share(service.rate, still(offer)).max(*least);
                        }
                        continue;
                    }
                    let all: i64 = own().map(still).sum();
                    let short =
                        share(service.rate, all) - own().map(|offer| self.on_time(plan, offer, month)).sum::<i64>();
                    if short <= 0 {
                        continue;
                    }
                    let value = |offer| asked(offer) * self.price(world.offers[offer].item, month, &plan.moved);
                    let price = own().map(value).sum::<i64>() / own().map(asked).sum::<i64>();
                    if begun {
                        let is: Vec<(&str, &str)> =
                            service.scope.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
                        let rules = self.rules("fill-rate", &is);
                        sink(uses, &rules, (share(service.rate, all), all), short, price).then_some(())?;
                    } else {
                        given += short * price;
                    }
                }
            }
            for ((offer, begun), least) in highest {
                let short = least - self.on_time(plan, offer, month);
                if short <= 0 {
                    continue;
                }
                let facts = &world.offers[offer];
                let price = self.price(facts.item, month, &plan.moved);
                if begun {
                    let still = world.demand_of(offer, &plan.moved)[month] - plan.lowered[offer][month];
                    let rules = self.rules("fill-rate", &self.names(facts));
                    sink(uses, &rules, (least, still), short, price).then_some(())?;
                } else {
                    given += short * price;
                }
            }
        }
        Some(given)
    }

    /// The offers whose channel names a location first.
    fn first_offers(&self, (item, location): Pool) -> Vec<usize> {
        let first = |offer: &usize| {
            let facts = &self.world.offers[*offer];
            facts.item == item && self.world.channels[facts.channel].ship_from[0] == location
        };
        (0..self.world.offers.len()).filter(first).collect()
    }

    /// The most stock that hard covers allow.
    fn most_stock(&self, index: usize, month: usize) -> Option<i64> {
        let offers = self.first_offers(self.pools[index]);
        let cover = self.world.covers.iter().find(|cover| cover.item == self.pools[index].0)?;
        let has_begun = self.reached[index].is_some_and(|reached| reached <= month);
        cover.weeks.filter(|_| has_begun).map(|weeks| self.forward(&offers, month, 7 * weeks))
    }

    /// What demand of earlier months is still waited for.
    fn owed(&self, plan: &Plan, offer: usize, month: usize) -> i64 {
        let Some((days, _)) = self.world.channels[self.world.offers[offer].channel].backorder else { return 0 };
        let demand = self.world.demand_of(offer, &plan.moved);
        let in_time = (0..month).filter(|&wanted| middle(month) - middle(wanted) <= days);
        let got = |wanted: usize| -> i64 {
            let own = plan.sales.iter().filter(|sale| (sale.offer, sale.wanted) == (offer, wanted));
            own.filter(|sale| sale.delivered < month).map(|sale| sale.units).sum()
        };
        in_time.map(|wanted| demand[wanted] - got(wanted)).sum()
    }

    /// Hard covers; what is given of them.
    fn covers(&self, plan: &Plan, uses: &mut Uses<'_>) -> Option<i64> {
        let (world, mut given) = (self.world, 0);
        for cover in &world.covers {
            for (index, &(item, location)) in self.pools.iter().enumerate().filter(|(_, pool)| pool.0 == cover.item) {
                let offers = self.first_offers((item, location));
                let is = [("item", world.items[item].name.as_str()), ("location", &world.locations[location].name)];
                let own = |rules: Vec<(usize, &Rule)>, of: i64| -> Vec<(usize, i64)> {
                    let limit = |rule: &Rule| if rule.up_to.0 == "share" { rule.up_to.1 * of } else { rule.up_to.1 };
                    rules.into_iter().map(|(at, rule)| (at, limit(rule))).collect()
                };
                for month in 0..world.months {
                    let sold: i64 = plan
                        .sales
                        .iter()
                        .filter(|sale| (sale.delivered, sale.location) == (month, location))
                        .filter(|sale| world.offers[sale.offer].item == item)
                        .map(|sale| sale.units)
                        .sum();
                    let closing = plan.closing[month][index];
                    let asked =
                        |offer: usize| world.demand_of(offer, &plan.moved)[month] + self.owed(plan, offer, month);
                    let asked: i64 = offers.iter().map(|&offer| asked(offer)).sum();
                    // Units lie where a channel names the location first.
                    let safety = if offers.is_empty() { 0 } else { cover.safety };
                    let short = (safety - (closing + sold) + asked).clamp(0, safety);
                    if self.reached[index].is_some_and(|reached| reached <= month) {
                        let limits = own(self.rules("safety-stock", &is), safety);
                        uses.add(&limits, true, 1_000 * short, self.standard[index]).then_some(())?;
                    } else {
                        given += short * self.standard[index];
                    }
                    let Some(most) = self.most_stock(index, month) else { continue };
                    let (over, allowed) = ((closing - most).max(0), self.allowed_stock[index][month]);
                    given += over.min(allowed) * self.standard[index];
                    let limits = own(self.rules("max-cover", &is), most);
                    uses.add(&limits, true, 1_000 * (over - allowed).max(0), self.standard[index]).then_some(())?;
                }
            }
        }
        Some(given)
    }

    /// Whole units wanted in so many days after a month.
    fn forward(&self, offers: &[usize], month: usize, days: i64) -> i64 {
        let world = self.world;
        let demand = |at: usize| -> i64 { offers.iter().map(|&offer| world.offers[offer].demand[at]).sum() };
        // Behind the horizon the rate of its last three months goes on.
        let last: Vec<usize> = (world.months.saturating_sub(3)..world.months).collect();
        let rate = (last.iter().map(|at| demand(*at)).sum::<i64>(), last.iter().map(|at| length(*at)).sum::<i64>());
        let scale = 31 * 28 * 30 * rate.1;
        let (mut left, mut sum) = (days, 0);
        for at in month + 1..world.months {
            let counted = left.min(length(at));
            sum += demand(at) * counted * (scale / length(at));
            left -= counted;
        }
        (sum + rate.0 * left * (scale / rate.1)) / scale
    }

    /// Limits that are passed; what is given of them.
    fn passed(&self, plan: &Plan, uses: &mut Uses<'_>) -> Option<i64> {
        let mut given = 0;
        for (one, &allowed) in self.limits(plan).iter().zip(&self.allowed) {
            let (over, scale) =
                if one.is_money() { (one.over(), PARTS / 1_000) } else { (one.over() * PARTS, PARTS / 1_000) };
            let allowed = if one.is_money() { allowed } else { allowed * PARTS };
            given += over.min(allowed);
            let is: Vec<_> = one.location.iter().map(|name| ("location", *name)).collect();
            let mut rules = self.rules(one.kind, &is);
            rules.sort_by_key(|(at, rule)| (rule.cost.unwrap_or(0), *at));
            let limit = |rule: &Rule| if rule.up_to.0 == "share" { rule.up_to.1 * one.limit } else { rule.up_to.1 };
            let limits: Vec<_> = rules.iter().map(|(at, rule)| (*at, limit(rule))).collect();
            uses.add(&limits, false, (over - allowed).max(0) / scale, PARTS).then_some(())?;
        }
        Some(given)
    }

    /// Every limit in every month.
    fn limits(&self, plan: &Plan) -> Vec<Limit<'w>> {
        let (world, mut limits) = (self.world, Vec::new());
        for month in 0..world.months {
            for (location, facts) in world.locations.iter().enumerate() {
                let received = self.received(plan, location, month);
                let stock = |(index, pool): (usize, &Pool)| {
                    let opening = match month.checked_sub(1) {
                        Some(before) => plan.closing[before][index],
                        None => world.on_hand.get(pool).copied().unwrap_or(0),
                    };
                    opening + if pool.1 == location { received[pool.0] } else { 0 }
                };
                let stock: Vec<i64> = self.pools.iter().enumerate().map(stock).collect();
                let sold = plan.sales.iter().filter(|sale| (sale.location, sale.delivered) == (location, month));
                let out = sent(world, plan, location, month) + sold.map(|sale| sale.units).sum::<i64>();
                let all = [
                    ("storage-capacity", facts.storage, self.volume(location, &stock)),
                    ("inbound-capacity", facts.inbound, received.iter().sum()),
                    ("outbound-capacity", facts.outbound, out),
                ];
                for (kind, limit, used) in all {
                    let location = Some(&*facts.name);
                    limits.extend(limit.map(|limit| Limit { kind, location, month, limit, used }));
                }
            }
            let cash = world.cash.map(|(opening, minimum)| (0, minimum - opening - self.cash(plan, month)));
            let all = [
                ("budget", world.budget.map(|budget| (budget, self.bought(plan, month)))),
                ("inventory-value", world.inventory_value.map(|limit| (limit, self.owned_value(plan, month)))),
                ("cash-minimum", cash),
            ];
            for (kind, limit) in all {
                limits.extend(limit.map(|(limit, used)| Limit { kind, location: None, month, limit, used }));
            }
        }
        limits
    }

    /// What is bought for a month, open orders at standard cost.
    fn bought(&self, plan: &Plan, month: usize) -> i64 {
        let world = self.world;
        let new = plan.lines.iter().filter(|(lane, at, _)| world.lanes[*lane].from.is_none() && *at == month);
        let new: i64 = new.map(|(lane, _, units)| units * world.lanes[*lane].cost).sum();
        let open = world.open_orders.iter().zip(&plan.orders).filter(|(_, fate)| **fate == Fate::At(month));
        new + open.map(|(order, _)| order.units * self.standard[self.index(order.pool)]).sum::<i64>()
    }

    /// Units received at a location in a month, by item.
    fn received(&self, plan: &Plan, location: usize, month: usize) -> Vec<i64> {
        let world = self.world;
        let mut received = vec![0; world.items.len()];
        for &(lane, at, units) in &plan.lines {
            let lane = &world.lanes[lane];
            if (lane.to, at) == (location, month) {
                received[lane.item] += units;
            }
        }
        for (order, fate) in world.open_orders.iter().zip(&plan.orders) {
            if order.pool.1 == location && *fate == Fate::At(month) {
                received[order.pool.0] += order.units;
            }
        }
        for open in world.open_transfers.iter().filter(|open| open.to.1 == location && serves(open.due) == month) {
            received[open.to.0] += open.units;
        }
        received
    }

    /// Closing stock and what is under way, at standard cost.
    fn owned_value(&self, plan: &Plan, month: usize) -> i64 {
        let world = self.world;
        let mut value: i64 = plan.closing[month].iter().zip(&self.standard).map(|(units, cost)| units * cost).sum();
        for &(lane, at, units) in &plan.lines {
            let lane = &world.lanes[lane];
            if let Some(from) = lane.from
                && trip(lane.lead, at).is_some_and(|(left, _)| month_of(left) <= month)
                && month < at
            {
                value += units * self.standard[self.index((lane.item, from))];
            }
        }
        for open in world.open_transfers.iter().filter(|open| month < serves(open.due)) {
            value += open.units * self.standard[self.index(open.from)];
        }
        value
    }

    /// What has come in less what has gone out by the end of a month.
    fn cash(&self, plan: &Plan, month: usize) -> i64 {
        let (world, end) = (self.world, start(month) + length(month));
        let mut cash = 0;
        for sale in &plan.sales {
            let payout = world.channels[world.offers[sale.offer].channel].payout_days;
            let days = (start(sale.delivered)..start(sale.delivered) + length(sale.delivered))
                .filter(|day| day + payout < end);
            let net = self.net(sale.offer, sale.location, sale.wanted, &plan.moved);
            cash += sale.units * net / length(sale.delivered) * i64::try_from(days.count()).unwrap();
        }
        for &(lane, at, units) in &plan.lines {
            let lane = &world.lanes[lane];
            let (left, there) = trip(lane.lead, at).unwrap();
            let paid = if lane.from.is_some() { left } else { there };
            cash -= if paid < end { units * lane.cost } else { 0 };
        }
        for (order, fate) in world.open_orders.iter().zip(&plan.orders) {
            let Fate::At(at) = *fate else { continue };
            let by = start(at) - start(serves(order.due));
            cash -= order.payments.iter().filter(|(day, _)| day + by < end).map(|(_, amount)| amount).sum::<i64>();
        }
        cash
    }

    fn money(&self, plan: &Plan) -> i64 {
        let world = self.world;
        let mut money = 0;
        for sale in &plan.sales {
            let channel = &world.channels[world.offers[sale.offer].channel];
            let late = i64::try_from(sale.delivered - sale.wanted).unwrap();
            let net = self.net(sale.offer, sale.location, sale.wanted, &plan.moved);
            money += sale.units * (net - late * channel.backorder.map_or(0, |(_, cost)| cost));
        }
        for (index, offer) in world.offers.iter().enumerate() {
            let asked: i64 = world.demand_of(index, &plan.moved).iter().sum();
            let sold: i64 = plan.sales.iter().filter(|sale| sale.offer == index).map(|sale| sale.units).sum();
            money -= (asked - sold) * world.items[offer.item].shortage_cost;
        }
        for &(lane, _, units) in &plan.lines {
            money -= units * world.lanes[lane].cost + world.lanes[lane].order_cost;
        }
        for month in 0..world.months {
            money -= self.owned_value(plan, month) / 1_000 * world.holding;
        }
        if world.end_worth {
            let last = plan.closing.last().into_iter().flatten();
            money += last.zip(&self.standard).map(|(units, cost)| units * cost).sum::<i64>();
        }
        for (order, fate) in world.open_orders.iter().zip(&plan.orders) {
            if *fate == Fate::Gone {
                money += order.payments.iter().map(|(_, amount)| amount).sum::<i64>();
            }
        }
        money
    }
}

/// Units that leave a location for others in a month.
fn sent(world: &World, plan: &Plan, location: usize, month: usize) -> i64 {
    let leaves = |(lane, at, _): &&Line| {
        let lane = &world.lanes[*lane];
        lane.from == Some(location) && trip(lane.lead, *at).is_some_and(|(left, _)| month_of(left) == month)
    };
    plan.lines.iter().filter(leaves).map(|(.., units)| units).sum()
}

/// Shares what lies below a floor among rules that nest: each has down to its own floor. `least` units of `still` are stated.
fn sink(uses: &mut Uses<'_>, rules: &[(usize, &Rule)], (least, still): (i64, i64), short: i64, price: i64) -> bool {
    let mut taken = 0;
    for (at, rule) in rules {
        let reach = least - (rule.up_to.1 * still + 999) / 1_000;
        let own = reach.min(short) - taken;
        if own > 0 {
            uses.book(*at, 1_000 * own, price);
            taken += own;
        }
    }
    taken == short
}
