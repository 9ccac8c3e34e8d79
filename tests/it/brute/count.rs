//! Every plan of a tiny project, counted in cents and whole units, apart from everything the compiler does.
//!
//! Plans of one item are listed month by month. Of two that leave the same stock, one that uses no less of anything and earns no more
//! is dropped; what is left of both items is paired.

use std::cmp::Reverse;

use super::project::{Floor, Item, Limits, MONTHS, Since, Tiny};

/// What is given counts in parts of a unit of money, so that mean prices of a few units come out even.
pub(crate) const PARTS: i64 = 12_600;
const PARTS_OF_A_CENT: i64 = PARTS / 100;

/// What both items use by month, the less the better.
const VOLUME: usize = 0;
const BOUGHT: usize = 1;
const CAPACITY: usize = 2;
/// Cents that cash is lower by at the end.
const PAID: usize = 3;
/// Units sold, negative.
const SOLD: usize = 4;
const KINDS: usize = 5;

type Months = [i64; MONTHS];

/// What a plan of one item comes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    stock: i64,
    /// Of what is given, in parts.
    given: i64,
    cents: Reverse<i64>,
    rows: [Months; KINDS],
}

/// The best plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Best {
    /// The least that any plan uses of what is given, in parts.
    pub(crate) given: i64,
    /// The most that is earned with it.
    pub(crate) cents: i64,
}

/// How a promise stands in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It holds.
    Held,
    /// It holds as far as facts allow.
    Waiting,
    /// Nothing is asked for.
    Off,
}

fn standing(from: Since, slow: bool, month: usize) -> Standing {
    match from {
        _ if month >= MONTHS => Standing::Off,
        Since::February if month == 0 => Standing::Off,
        Since::Reached if month == 0 && slow => Standing::Waiting,
        _ => Standing::Held,
    }
}

/// Units of a share, rounded up.
fn share(floor: &Floor, units: i64) -> i64 {
    (floor.percent * units + 99) / 100
}

fn index(month: usize) -> i64 {
    i64::try_from(month).unwrap()
}

impl Item {
    fn demand(&self, month: usize) -> impl Iterator<Item = i64> + '_ {
        // Behind the horizon the rate of its three months goes on: April has a third of their days.
        self.offers.iter().map(move |offer| {
            offer.demand.get(month).copied().unwrap_or((2 * offer.demand.iter().sum::<i64>() + 3) / 6)
        })
    }

    /// What the last plan has for a month, where it has that month; its order is the open one, where there is such.
    fn last_plan(&self, month: usize) -> Option<i64> {
        self.last.get(month).map(|units| if self.arrives(month) > 0 { 0 } else { *units })
    }

    fn arrives(&self, month: usize) -> i64 {
        self.open.filter(|(at, _)| *at == month).map_or(0, |(_, units)| units)
    }

    /// Stock before sales and after them, where nothing is ordered and all is sold that can be.
    fn idle(&self) -> [(i64, i64); MONTHS] {
        let mut stock = self.on_hand;
        std::array::from_fn(|month| {
            let before = stock + self.arrives(month);
            stock = (before - self.demand(month).sum::<i64>()).max(0);
            (before, stock)
        })
    }

    /// Money that January brings where nothing is ordered: the dearest channel is sold to first.
    fn idle_january(&self) -> i64 {
        let mut stock = self.on_hand + self.arrives(0);
        let mut offers: Vec<_> = self.offers.iter().collect();
        offers.sort_by_key(|offer| Reverse(offer.price));
        let sell = |offer: &super::project::Offer| {
            let sold = offer.demand[0].min(stock);
            stock -= sold;
            offer.price * sold
        };
        offers.into_iter().map(sell).sum()
    }

    /// The most stock that so many weeks of forward demand allow at the end of a month, day by day.
    fn cap(&self, month: usize, weeks: i64) -> i64 {
        // Units a day are whole numbers of these: months have 31, 28 and 31 days, later days a 90th of the three months.
        const OF_A_DAY: i64 = 31 * 28 * 45;
        let mut days = Vec::new();
        for (later, length) in [31, 28, 31].into_iter().enumerate() {
            if later > month {
                let units: i64 = self.offers.iter().map(|offer| offer.demand[later]).sum();
                days.extend(std::iter::repeat_n(units * OF_A_DAY / length, usize::try_from(length).unwrap()));
            }
        }
        let all: i64 = self.offers.iter().flat_map(|offer| offer.demand).sum();
        let after = std::iter::repeat(all * OF_A_DAY / 90);
        let covered: i64 = days.into_iter().chain(after).take(usize::try_from(7 * weeks).unwrap()).sum();
        covered / OF_A_DAY
    }

    /// True where anybody asks for it. What nobody asks for is sold nowhere, so that no safety stock is held of it either.
    fn is_wanted(&self) -> bool {
        self.offers.iter().any(|offer| offer.demand.iter().any(|units| *units > 0))
    }

    /// Units and lines that can be ordered for a month.
    fn orders(&self, month: usize) -> Vec<(i64, i64)> {
        let mut orders = vec![(0, 0)];
        if self.slow && month == 0 {
            return orders;
        }
        for _ in 0..self.lines {
            let sizes = (self.moq..=self.max).filter(|size| size % self.multiple == 0);
            let more: Vec<_> =
                sizes.flat_map(|size| orders.iter().map(move |(units, lines)| (units + size, lines + 1))).collect();
            orders.extend(more);
        }
        orders.sort_unstable();
        orders.dedup();
        orders
    }

    /// What each channel can be sold in a month, above floors that hold.
    fn sales(&self, month: usize) -> Vec<Vec<i64>> {
        let mut all = vec![Vec::new()];
        for demand in self.demand(month) {
            let held = self.floor.filter(|floor| standing(floor.from, self.slow, month) == Standing::Held);
            let least = held.map_or(0, |floor| share(&floor, demand));
            let with = |sold: &Vec<i64>| {
                (least..=demand).map(|units| [sold.as_slice(), &[units]].concat()).collect::<Vec<_>>()
            };
            all = all.iter().flat_map(with).collect();
        }
        all
    }
}

/// The shared limits of a project.
struct Shared<'t> {
    tiny: &'t Tiny,
    /// By kind and month: what may be used in all, where that is limited.
    room: [[Option<i64>; MONTHS]; KINDS],
}

impl<'t> Shared<'t> {
    fn new(tiny: &'t Tiny) -> Self {
        let Tiny { items, limits, .. } = tiny;
        let idle: Vec<_> = items.iter().map(Item::idle).collect();
        let stated = |limit: i64| (limit < 999).then_some(limit);
        let mut room = [[None; MONTHS]; KINDS];
        for month in 0..MONTHS {
            // What facts alone use may be used.
            let volume = items.iter().zip(&idle).map(|(item, idle)| item.volume * idle[month].0).sum();
            room[VOLUME][month] = stated(limits.storage).map(|limit| limit.max(volume));
            let bought = items.iter().map(|item| item.cost * item.arrives(month)).sum();
            room[BOUGHT][month] = stated(limits.budget).map(|limit| limit.max(bought));
            room[CAPACITY][month] = stated(limits.capacity);
            room[PAID][month] = limits.balance(month);
        }
        // Cash may be below its minimum where no sale of a new order reaches it.
        let wanted = || items.iter().filter(|item| item.is_wanted());
        let reached = wanted().map(|item| usize::from(item.slow)).min().unwrap_or(MONTHS);
        let idle: i64 = items.iter().map(Item::idle_january).sum();
        for room in &mut room[PAID][..reached] {
            *room = room.map(|balance| balance.max(-100 * idle));
        }
        Self { tiny, room }
    }

    /// Every way to plan an item that can be part of a best plan.
    fn ways(&self, item: &Item) -> Vec<Way> {
        let mut ways = vec![Way { stock: item.on_hand, given: 0, cents: Reverse(0), rows: [[0; MONTHS]; KINDS] }];
        let idle = item.idle();
        for month in 0..MONTHS + usize::from(self.tiny.limits.tail) {
            let (orders, sales) = (item.orders(month), item.sales(month));
            let mut next = Vec::new();
            for way in &ways {
                for &order in &orders {
                    let Some(ordered) = self.ordered(item, way, month, order) else { continue };
                    let at = (month, idle.get(month).map(|idle| idle.1));
                    next.extend(sales.iter().filter_map(|sold| self.sold(item, &ordered, at, sold)));
                }
            }
            ways = front(next);
        }
        for way in &mut ways {
            way.stock = 0;
        }
        front(ways)
    }

    /// A way with an order for a month; its stock is that before sales.
    fn ordered(&self, item: &Item, way: &Way, month: usize, (units, lines): (i64, i64)) -> Option<Way> {
        let limits = &self.tiny.limits;
        let mut way = way.clone();
        way.stock += units + item.arrives(month);
        let volume = item.volume * way.stock;
        self.book(&mut way, VOLUME, month, volume);
        self.book(&mut way, BOUGHT, month, item.cost * (units + item.arrives(month)));
        let release = month - usize::from(item.slow && month > 0);
        self.book(&mut way, CAPACITY, release, units + limits.setup * lines);
        self.pay(&mut way, release, limits.early * item.cost * units);
        self.pay(&mut way, month, (100 - limits.early) * item.cost * units);
        way.cents.0 -= 100 * (item.cost * units + item.order_cost * lines);
        way.cents.0 -=
            self.tiny.change.unwrap_or(0) * item.cost * (units - item.last_plan(month).unwrap_or(units)).abs();
        if let Some(cover) = item.cover.as_ref().filter(|_| item.is_wanted()) {
            let wanted = cover.safety + item.demand(month).sum::<i64>();
            let short = (wanted - way.stock).clamp(0, cover.safety);
            // A tenth of the cost.
            way.cents.0 -= 10 * item.cost * short;
            match standing(cover.from, item.slow, month) {
                Standing::Held if cover.hard && short > 0 => return None,
                Standing::Waiting if cover.hard => way.given += PARTS * item.cost * short,
                _ => {}
            }
        }
        // Others use nothing at least.
        let fits =
            |kind: usize| (0..MONTHS).all(|at| self.room[kind][at].is_none_or(|room| way.rows[kind][at] <= room));
        [VOLUME, BOUGHT, CAPACITY].into_iter().all(fits).then_some(way)
    }

    /// A way with sales of a month, and the closing stock that facts leave there.
    fn sold(&self, item: &Item, way: &Way, (month, idle): (usize, Option<i64>), sold: &[i64]) -> Option<Way> {
        let mut way = way.clone();
        way.stock -= sold.iter().sum::<i64>();
        if way.stock < 0 {
            return None;
        }
        self.book(&mut way, SOLD, month, -sold.iter().sum::<i64>());
        let waits = item.floor.filter(|floor| standing(floor.from, item.slow, month) == Standing::Waiting);
        for ((offer, &sold), demand) in item.offers.iter().zip(sold).zip(item.demand(month)) {
            self.pay(&mut way, month, -100 * offer.price * sold);
            way.cents.0 += 100 * (offer.price * sold - item.shortage_cost * (demand - sold));
            way.given += waits.map_or(0, |floor| PARTS * offer.price * (share(&floor, demand) - sold).max(0));
        }
        // Holding is 12 % a year of the cost: a cent a month for each unit of money.
        way.cents.0 -= item.cost * way.stock;
        let cover = item.cover.filter(|cover| standing(cover.from, item.slow, month) == Standing::Held && cover.hard);
        if let (Some(weeks), Some(idle)) = (cover.and_then(|cover| cover.weeks), idle) {
            let cap = item.cap(month, weeks);
            if way.stock > cap.max(idle) {
                return None;
            }
            way.given += PARTS * item.cost * (way.stock - cap).max(0);
        }
        Some(way)
    }

    /// What nothing limits is not kept apart.
    fn book(&self, way: &mut Way, kind: usize, month: usize, amount: i64) {
        let counts = if kind == SOLD {
            month < MONTHS && self.tiny.limits.floor.is_some()
        } else {
            self.room[kind].get(month).is_some_and(Option::is_some)
        };
        if counts {
            way.rows[kind][month] += amount;
        }
    }

    fn pay(&self, way: &mut Way, month: usize, cents: i64) {
        for later in month..MONTHS {
            self.book(way, PAID, later, cents);
        }
    }

    /// What two ways use together of what is given; `None` where they do not fit.
    fn together(&self, a: &Way, b: &Way) -> Option<i64> {
        let Tiny { items, limits, .. } = self.tiny;
        let mut given = a.given + b.given;
        for kind in [VOLUME, BOUGHT, CAPACITY, PAID] {
            for month in 0..MONTHS {
                let used = a.rows[kind][month] + b.rows[kind][month];
                let Some(room) = self.room[kind][month] else { continue };
                if used > room {
                    return None;
                }
                given += match kind {
                    VOLUME => PARTS * (used - limits.storage).max(0),
                    BOUGHT => PARTS * (used - limits.budget).max(0),
                    PAID => PARTS_OF_A_CENT * (used - limits.balance(month).unwrap_or(used)).max(0),
                    _ => 0,
                };
            }
        }
        let Some(floor) = &limits.floor else { return Some(given) };
        for month in 0..MONTHS {
            for stands in [Standing::Held, Standing::Waiting] {
                let of_group = || {
                    let all = items.iter().zip([a, b]);
                    all.filter(|(item, _)| standing(floor.from, item.slow, month) == stands)
                };
                let asked: i64 = of_group().map(|(item, _)| item.demand(month).sum::<i64>()).sum();
                let sold: i64 = of_group().map(|(_, way)| -way.rows[SOLD][month]).sum();
                let short = (share(floor, asked) - sold).max(0);
                if short == 0 {
                    continue;
                }
                if stands == Standing::Held {
                    return None;
                }
                // At the mean price of what is asked for.
                let offers = of_group().flat_map(|(item, _)| &item.offers);
                let value: i64 = offers.map(|offer| offer.price * offer.demand[month]).sum();
                given += PARTS * value * short / asked;
            }
        }
        Some(given)
    }
}

impl Limits {
    /// Cents that are there at the end of a month without sales and purchases.
    fn balance(&self, month: usize) -> Option<i64> {
        self.cash.map(|(opening, out)| 100 * (opening - out * (index(month) + 1)))
    }
}

/// The ways that no other of the same stock beats in everything.
fn front(mut ways: Vec<Way>) -> Vec<Way> {
    ways.sort_unstable();
    ways.dedup();
    let mut kept: Vec<Way> = Vec::new();
    let mut first = 0;
    for way in ways {
        if kept.last().is_some_and(|last| last.stock != way.stock) {
            first = kept.len();
        }
        // What came before has used no more of what is given.
        let beats = |other: &Way| {
            let rows = other.rows.iter().flatten().zip(way.rows.iter().flatten());
            other.cents.0 >= way.cents.0 && rows.into_iter().all(|(other, own)| other <= own)
        };
        if !kept[first..].iter().any(beats) {
            kept.push(way);
        }
    }
    kept
}

/// The best plan: the least of what is given, then the most money; `None` where no plan keeps every commitment.
pub(crate) fn best(tiny: &Tiny) -> Option<Best> {
    let shared = Shared::new(tiny);
    let [first, second] = tiny.items.as_slice() else { panic!("two items are counted") };
    let (first, second) = (shared.ways(first), shared.ways(second));
    let mut best: Option<Best> = None;
    for a in &first {
        for b in &second {
            let (given, cents) = (a.given + b.given, a.cents.0 + b.cents.0);
            // Ways come by what they use themselves, then by what they earn: none behind this one is better.
            if best.is_some_and(|best| (given, Reverse(cents)) >= (best.given, Reverse(best.cents))) {
                break;
            }
            let Some(given) = shared.together(a, b) else { continue };
            if best.is_none_or(|best| (given, Reverse(cents)) < (best.given, Reverse(best.cents))) {
                best = Some(Best { given, cents });
            }
        }
    }
    best
}
