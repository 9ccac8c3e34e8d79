//! Tiny projects: two items, three months and perhaps one behind them, one supplier, one or two channels.

use std::fmt::Write as _;

use serde_json::json;

use crate::random::Random;
use crate::support::Memory;

/// Months of the horizon.
pub(crate) const MONTHS: usize = 3;
/// What is as good as no limit.
const ENOUGH: i64 = 999;

/// Since when on a promise holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// Since the first month on.
    Start,
    /// Since February on; nothing is asked for before.
    February,
    /// Since the first month on that an order reaches; before that as far as facts allow.
    Reached,
}

/// A share that has to be served, in per cent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Floor {
    pub(crate) percent: i64,
    pub(crate) from: Since,
}

/// What is wanted of stock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cover {
    /// Units, 0 where none are wanted.
    pub(crate) safety: i64,
    /// Whole weeks of forward demand at most.
    pub(crate) weeks: Option<i64>,
    pub(crate) hard: bool,
    pub(crate) from: Since,
}

/// What one channel asks of an item; money in whole units of the currency.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) price: i64,
    pub(crate) demand: [i64; MONTHS],
}

/// One item.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    /// By channel.
    pub(crate) offers: Vec<Offer>,
    pub(crate) cost: i64,
    pub(crate) order_cost: i64,
    pub(crate) shortage_cost: i64,
    pub(crate) volume: i64,
    pub(crate) moq: i64,
    pub(crate) multiple: i64,
    pub(crate) max: i64,
    /// Lines for a month.
    pub(crate) lines: i64,
    /// True where an order takes twenty days: released a month before, never for January.
    pub(crate) slow: bool,
    pub(crate) on_hand: i64,
    /// A month and units that come in it, paid already.
    pub(crate) open: Option<(usize, i64)>,
    pub(crate) floor: Option<Floor>,
    pub(crate) cover: Option<Cover>,
    /// What the last plan has for each month; 0 where nothing.
    pub(crate) last: [i64; MONTHS],
}

/// What both items share.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) storage: i64,
    pub(crate) budget: i64,
    pub(crate) capacity: i64,
    /// Capacity that a line takes besides its units.
    pub(crate) setup: i64,
    /// Opening cash and what every month takes of it.
    pub(crate) cash: Option<(i64, i64)>,
    /// Per cent of the goods paid at the order.
    pub(crate) early: i64,
    /// A floor on all there is.
    pub(crate) floor: Option<Floor>,
    /// True where a month follows the horizon.
    pub(crate) tail: bool,
}

/// A project.
#[derive(Debug, Clone)]
pub(crate) struct Tiny {
    pub(crate) items: Vec<Item>,
    pub(crate) limits: Limits,
    /// What all money is multiplied with.
    pub(crate) money: i64,
    /// Per cent of its cost that a unit costs which differs from the last plan; none where there is no such plan.
    pub(crate) change: Option<i64>,
}

fn number(random: &mut Random, low: i64, high: i64) -> i64 {
    low + i64::try_from(random.below(usize::try_from(high - low + 1).unwrap())).unwrap()
}

/// True once in so many times.
fn once_in(random: &mut Random, times: usize) -> bool {
    random.below(times) == 0
}

fn from(random: &mut Random) -> Since {
    [Since::Reached, Since::Reached, Since::Start, Since::February][random.below(4)]
}

fn floor(random: &mut Random) -> Floor {
    Floor { percent: 10 * number(random, 5, 10), from: from(random) }
}

fn cover(random: &mut Random) -> Cover {
    let hard = once_in(random, 2);
    let weeks = (hard && once_in(random, 2)).then(|| number(random, 1, 6));
    let safety = if weeks.is_some() && once_in(random, 2) { 0 } else { number(random, 1, 2) };
    Cover { safety, weeks, hard, from: from(random) }
}

fn item(random: &mut Random) -> Item {
    let cost = number(random, 2, 9);
    let twins = once_in(random, 4);
    let (moq, multiple) = (number(random, 1, if twins { 2 } else { 3 }), number(random, 1, 2));
    let channels = if once_in(random, 3) { 2 } else { 1 };
    let most = if channels == 2 { 2 } else { 3 };
    let offer = |random: &mut Random| Offer {
        price: cost + number(random, -1, 9),
        demand: [(); MONTHS].map(|()| number(random, 0, most)),
    };
    Item {
        offers: (0..channels).map(|_| offer(random)).collect(),
        cost,
        order_cost: number(random, 0, 4),
        shortage_cost: if once_in(random, 3) { number(random, 1, 6) } else { 0 },
        volume: number(random, 1, 2),
        moq,
        multiple,
        max: moq + multiple + if twins { 0 } else { number(random, 0, 2) },
        lines: if twins { 2 } else { 1 },
        slow: once_in(random, 3),
        on_hand: number(random, 0, 3),
        open: once_in(random, 5).then(|| (random.below(MONTHS), number(random, 1, 3))),
        floor: once_in(random, 4).then(|| floor(random)),
        cover: once_in(random, 3).then(|| cover(random)),
        last: [0; MONTHS],
    }
}

fn limits(random: &mut Random) -> Limits {
    let tight = |random: &mut Random, low, high| if once_in(random, 2) { ENOUGH } else { number(random, low, high) };
    Limits {
        storage: tight(random, 5, 12),
        budget: tight(random, 12, 50),
        capacity: tight(random, 5, 12),
        setup: number(random, 0, 2),
        cash: once_in(random, 2).then(|| (number(random, 4, 40), number(random, 0, 8))),
        early: 50 * number(random, 0, 1),
        floor: once_in(random, 5).then(|| floor(random)),
        tail: once_in(random, 4),
    }
}

impl Tiny {
    /// The project of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let items = vec![item(&mut random), item(&mut random)];
        let mut tiny = Self { items, limits: limits(&mut random), money: 1, change: None };
        if once_in(&mut random, 2) {
            tiny.change = Some([1, 5, 20, 60, 150][random.below(5)]);
            let mut last = || [(); MONTHS].map(|()| [0, 0, 1, 2, 3, 4, 6][random.below(7)]);
            tiny.items.iter_mut().for_each(|item| item.last = last());
        }
        tiny
    }

    /// The last plan: of December, for the months of the horizon.
    fn last_plan(&self) -> String {
        let months = ["2025-12", "2026-01", "2026-02", "2026-03"];
        let bucket = |label: &&str| json!({"label": label, "start": format!("{label}-01"), "end": format!("{label}-28"), "tail": false});
        let mut orders = Vec::new();
        for (name, item) in names().zip(&self.items) {
            for (month, &units) in item.last.iter().enumerate().filter(|(_, units)| **units > 0) {
                let label = months[month + 1];
                let release = format!("{}-12", months[if item.slow { month } else { month + 1 }]);
                orders.push(json!({"key": format!("{name}/s/main/standard/{label}"), "action": "new", "item": name, "supplier": "s",
                    "location": "main", "mode": "standard", "release_date": release, "receipt_bucket": label,
                    "usable_date": format!("{label}-12"), "units": units, "landed_cost": "0.00", "order_cost": "0.00", "payments": [],
                    "reasons": []}));
            }
        }
        let plan = json!({"format_version": "1.0", "compiler_version": "", "project": "tiny", "cycle": "2025-12", "as_of": "2025-12-01",
            "currency": "USD", "buckets": months.iter().map(bucket).collect::<Vec<_>>(), "inputs": [], "input_hash": "", "plan_hash": "",
            "status": "feasible", "certificate": {"objective": "0.00", "levels": [], "proven": false},
            "summary": {"revenue": "0.00", "contribution": "0.00", "purchases": "0.00", "fill_rate": "1.00", "value_fill_rate": "1.00",
                "inventory_turnover": "n/a", "sell_through": "n/a", "weeks_of_supply": "n/a", "gmroi": "n/a", "peak_inventory_value": "0.00"},
            "orders": orders, "given": [], "transfers": [], "tail": [], "promotions": [], "allocations": [], "inventory": [], "cash": [],
            "capacity": [], "rules_used": [], "metrics": [], "gates": [], "waivers": [], "diagnostics": []});
        plan.to_string()
    }

    /// Its files.
    pub(crate) fn files(&self) -> Memory {
        let Self { items, limits, money, change } = self;
        let mut manifest = "[plan]\nlanguage = 1\nname = \"tiny\"\ncycle = \"2026-01\"\nas-of = 2026-01-01\nbucket = \"month\"\nhorizon = 3\n\
                            currency = \"USD\"\nfrozen-days = 0\n"
            .to_owned();
        if limits.tail {
            manifest += "tail = 1\n";
        }
        manifest += "\n[economics]\nholding-rate = 0.12\nend-worth = \"none\"\nsafety-shortfall-rate = 0.1\n";
        if let Some(change) = change {
            manifest += &format!("change-cost = {}\n", *change as f64 / 100.0);
        }
        let mut text = shared(limits, *money);
        for (name, item) in names().zip(items) {
            write_item(&mut text, &name, item, limits, *money).unwrap();
        }
        let mut files = vec![("sop.toml", manifest), ("all.toml", text)];
        if change.is_some() {
            files.push(("cycles/2025-12.plan.json", self.last_plan()));
        }
        Memory::of(files)
    }
}

/// Names of items.
fn names() -> impl Iterator<Item = String> {
    ('A'..='Z').map(String::from)
}

fn shared(limits: &Limits, money: i64) -> String {
    let (early, late) = (limits.early as f64 / 100.0, (100 - limits.early) as f64 / 100.0);
    let mut text = format!(
        "[location.main]\nstorage-capacity = {}\n\n[supplier.s]\ncapacity = {}\npayment = [{{ share = {early}, at = \"order\" }}, \
         {{ share = {late}, at = \"receipt\" }}]\n\n[channel.dtc]\nship-from = [\"main\"]\n\n[channel.web]\nship-from = [\"main\"]\n\n\
         [[budget]]\npurchases = {}\n\n",
        limits.storage,
        limits.capacity,
        money * limits.budget
    );
    if let Some((opening, out)) = limits.cash {
        text += &format!(
            "[cash]\nopening = {}\nminimum = 0\n\n[[cash-flow]]\nname = \"rent\"\namount = -{}\n\n",
            money * opening,
            money * out
        );
    }
    if let Some(floor) = &limits.floor {
        text += &format!("[[service]]\nid = \"all\"\nper = \"group\"\n{}", floor_keys(floor));
    }
    text
}

fn floor_keys(floor: &Floor) -> String {
    format!("fill-rate = {}\n{}\n", floor.percent as f64 / 100.0, from_key(floor.from))
}

fn from_key(from: Since) -> &'static str {
    match from {
        Since::Start => "from = \"start\"\n",
        Since::February => "from = \"2026-02\"\n",
        Since::Reached => "",
    }
}

fn write_item(text: &mut String, name: &str, item: &Item, limits: &Limits, money: i64) -> std::fmt::Result {
    write!(
        text,
        "[item.{name}]\nprice = {}\ncost = {}\nunit-volume = {}\n\n[[lane]]\nwhere = {{ item = \"{name}\" }}\nsupplier = \"s\"\n\
         location = \"main\"\nlead-days = {}\nunit-cost = {}\norder-cost = {}\nmoq = {}\nmultiple = {}\nmax = {}\nlines = {}\n\
         capacity-setup = {}\n\n[[stock]]\nitem = \"{name}\"\nlocation = \"main\"\non-hand = {}\n\n",
        money * item.offers.first().map_or(item.cost, |offer| offer.price),
        money * item.cost,
        item.volume,
        if item.slow { 20 } else { 0 },
        money * item.cost,
        money * item.order_cost,
        item.moq,
        item.multiple,
        item.max,
        item.lines,
        limits.setup,
        item.on_hand,
    )?;
    for (channel, offer) in ["dtc", "web"].iter().zip(&item.offers) {
        let [january, february, march] = offer.demand;
        write!(
            text,
            "[[demand]]\nitem = \"{name}\"\nchannel = \"{channel}\"\nunits = {{ \"2026-01\" = {january}, \"2026-02\" = {february}, \
             \"2026-03\" = {march} }}\n\n[[price]]\nwhere = {{ item = \"{name}\", channel = \"{channel}\" }}\nprice = {}\n\n",
            money * offer.price
        )?;
    }
    if item.shortage_cost > 0 {
        let cost = money * item.shortage_cost;
        write!(text, "[[fee]]\nwhere = {{ item = \"{name}\" }}\nshortage-cost = {cost}\n\n")?;
    }
    if let Some((month, units)) = item.open {
        let month = month + 1;
        write!(
            text,
            "[[open-order]]\nid = \"po-{name}\"\nitem = \"{name}\"\nsupplier = \"s\"\nlocation = \"main\"\nunits = {units}\n\
             due = 2026-{month:02}-01\npayments = []\n\n"
        )?;
    }
    if let Some(floor) = &item.floor {
        write!(text, "[[service]]\nid = \"floor-{name}\"\nwhere = {{ item = \"{name}\" }}\n{}", floor_keys(floor))?;
    }
    if let Some(cover) = &item.cover {
        writeln!(text, "[[cover]]\nwhere = {{ item = \"{name}\" }}\nhard = {}", cover.hard)?;
        if cover.safety > 0 {
            writeln!(text, "safety-stock = {{ units = {} }}", cover.safety)?;
        }
        if let Some(weeks) = cover.weeks {
            writeln!(text, "max-weeks = {weeks}")?;
        }
        writeln!(text, "{}", if cover.hard { from_key(cover.from) } else { "" })?;
    }
    Ok(())
}
