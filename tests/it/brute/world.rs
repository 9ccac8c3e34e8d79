//! Tiny projects with networks and rules, as facts: months, whole units, money in parts. Read from their files apart from everything the
//! compiler does, as far as such projects go: one supplier `s`, months from January 2026 on, everything paid on receipt.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use toml_edit::{DocumentMut, Item as Node, TableLike, Value as Leaf};

use crate::support::Memory;

type Table = Map<String, Value>;

/// Parts of a unit of money, so that mean prices and days of months come out even. Whatever else rules count has as many.
pub(crate) const PARTS: i64 = 2_520 * 1_000 * 31 * 28;
/// Days of the months.
const DAYS: [i64; 6] = [31, 28, 31, 30, 31, 30];

/// An item at a location.
pub(crate) type Pool = (usize, usize);

#[derive(Debug, Default)]
pub(crate) struct Location {
    pub(crate) name: String,
    pub(crate) storage: Option<i64>,
    pub(crate) inbound: Option<i64>,
    pub(crate) outbound: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) name: String,
    pub(crate) price: i64,
    pub(crate) cost: Option<i64>,
    pub(crate) volume: i64,
    pub(crate) shortage_cost: i64,
}

#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) name: String,
    pub(crate) ship_from: Vec<usize>,
    pub(crate) payout_days: i64,
    /// Days and cost.
    pub(crate) backorder: Option<(i64, i64)>,
}

/// A purchase lane, or a transfer.
#[derive(Debug)]
pub(crate) struct Lane {
    pub(crate) item: usize,
    /// Where a transfer leaves.
    pub(crate) from: Option<usize>,
    pub(crate) to: usize,
    pub(crate) mode: String,
    pub(crate) lead: i64,
    /// Unit cost, or freight.
    pub(crate) cost: i64,
    pub(crate) order_cost: i64,
    pub(crate) moq: i64,
    pub(crate) premium: bool,
}

#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) item: usize,
    pub(crate) channel: usize,
    pub(crate) demand: Vec<i64>,
}

#[derive(Debug)]
pub(crate) struct OpenOrder {
    pub(crate) pool: Pool,
    pub(crate) units: i64,
    /// Days after as-of.
    pub(crate) due: i64,
    /// Amounts on days.
    pub(crate) payments: Vec<(i64, i64)>,
    pub(crate) firm: bool,
}

#[derive(Debug)]
pub(crate) struct OpenTransfer {
    pub(crate) from: Pool,
    pub(crate) to: Pool,
    pub(crate) units: i64,
    pub(crate) due: i64,
}

#[derive(Debug)]
pub(crate) struct Promotion {
    pub(crate) name: String,
    pub(crate) item: usize,
    pub(crate) month: usize,
    pub(crate) add: i64,
    pub(crate) price: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) scope: BTreeMap<String, String>,
    /// In thousandths.
    pub(crate) rate: i64,
    pub(crate) group: bool,
    /// True from the first month on, else from the first on that an order reaches.
    pub(crate) from_start: bool,
}

/// A hard cover.
#[derive(Debug)]
pub(crate) struct Cover {
    pub(crate) item: usize,
    pub(crate) safety: i64,
    pub(crate) weeks: Option<i64>,
}

#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) relax: String,
    pub(crate) scope: BTreeMap<String, String>,
    /// The key of `up-to`, and its value in thousandths.
    pub(crate) up_to: (String, i64),
    pub(crate) cost: Option<i64>,
    pub(crate) cancel: bool,
    pub(crate) within: i64,
    pub(crate) pays: bool,
}

#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) months: usize,
    /// Parts a month of a unit of value, in thousandths.
    pub(crate) holding: i64,
    /// True where the last stock is worth its standard cost. That it is less beyond a cover is left out: nothing here gains by that much stock.
    pub(crate) end_worth: bool,
    pub(crate) capacity: Option<i64>,
    pub(crate) items: Vec<Item>,
    pub(crate) locations: Vec<Location>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) lanes: Vec<Lane>,
    pub(crate) offers: Vec<Offer>,
    /// Fulfilment by channel and location.
    pub(crate) fulfilment: BTreeMap<(usize, usize), i64>,
    pub(crate) on_hand: BTreeMap<Pool, i64>,
    pub(crate) open_orders: Vec<OpenOrder>,
    pub(crate) open_transfers: Vec<OpenTransfer>,
    pub(crate) promotions: Vec<Promotion>,
    pub(crate) services: Vec<Service>,
    pub(crate) covers: Vec<Cover>,
    pub(crate) budget: Option<i64>,
    pub(crate) inventory_value: Option<i64>,
    /// Opening and minimum.
    pub(crate) cash: Option<(i64, i64)>,
    pub(crate) rules: Vec<Rule>,
}

/// The first day of a month, counted from as-of.
pub(crate) fn start(month: usize) -> i64 {
    DAYS[..month].iter().sum()
}

/// Its days.
pub(crate) fn length(month: usize) -> i64 {
    DAYS[month]
}

/// Its middle day.
pub(crate) fn middle(month: usize) -> i64 {
    start(month) + DAYS[month] / 2
}

/// The month of a day.
pub(crate) fn month_of(day: i64) -> usize {
    (0..DAYS.len()).rfind(|&month| start(month) <= day).unwrap_or(0)
}

/// The month that something due on a day serves.
pub(crate) fn serves(day: i64) -> usize {
    let month = month_of(day);
    if day <= middle(month) { month } else { month + 1 }
}

/// The day an order for a month leaves, and that on which it is there; none where it cannot be there.
pub(crate) fn trip(lead: i64, month: usize) -> Option<(i64, i64)> {
    let just_in_time = |month: usize| (start(month) >= lead).then(|| (start(month) - lead, start(month)));
    let at_once = |month: usize| (lead <= middle(month)).then_some((0, lead));
    let trip = just_in_time(month).or_else(|| at_once(month))?;
    let earlier = (0..month).any(|one| {
        let other = just_in_time(one).or_else(|| at_once(one));
        other.is_some_and(|other| other.0 == trip.0)
    });
    (!earlier).then_some(trip)
}

fn thousandths(value: &Value) -> i64 {
    (value.as_f64().unwrap_or_else(|| panic!("{value} is no number")) * 1_000.0).round() as i64
}

fn money(value: &Value) -> i64 {
    thousandths(value) * (PARTS / 1_000)
}

fn whole(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no whole number"))
}

fn day(value: &Value) -> i64 {
    let (label, day) = text(value).rsplit_once('-').expect("a day");
    start(month(label)) + day.parse::<i64>().expect("a day") - 1
}

fn month(label: &str) -> usize {
    label.strip_prefix("2026-").and_then(|month| month.parse::<usize>().ok()).expect("a month of 2026") - 1
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// An entry whose keys are taken one by one; none may be left.
struct Entry(Table);

impl Entry {
    fn take(&mut self, key: &str) -> Option<Value> {
        self.0.remove(key)
    }

    fn money(&mut self, key: &str) -> Option<i64> {
        self.take(key).as_ref().map(money)
    }

    fn whole(&mut self, key: &str) -> Option<i64> {
        self.take(key).as_ref().map(whole)
    }

    fn flag(&mut self, key: &str) -> bool {
        self.take(key).is_some_and(|value| value == Value::Bool(true))
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.take(key).as_ref().map(|value| text(value).to_owned())
    }

    fn scope(&mut self) -> BTreeMap<String, String> {
        let Some(Value::Object(table)) = self.take("where") else { return BTreeMap::new() };
        table.iter().map(|(key, value)| (key.clone(), text(value).to_owned())).collect()
    }

    /// All that a project's keys mean is read, or the project is none of these.
    fn done(mut self) {
        for told in ["owner", "reason"] {
            self.take(told);
        }
        assert!(self.0.is_empty(), "{:?} is not known here", self.0);
    }
}

fn entries(all: &mut Table, key: &str) -> Vec<Entry> {
    match all.remove(key) {
        Some(Value::Array(rows)) => rows.into_iter().map(|row| Entry(row.as_object().unwrap().clone())).collect(),
        None => Vec::new(),
        Some(other) => panic!("{key} = {other}"),
    }
}

fn named(all: &mut Table, key: &str) -> Vec<(String, Entry)> {
    let Some(Value::Object(table)) = all.remove(key) else { return Vec::new() };
    table.into_iter().map(|(name, row)| (name, Entry(row.as_object().unwrap().clone()))).collect()
}

impl World {
    /// The project of some files.
    pub(crate) fn read(files: &Memory) -> Self {
        let mut all = Table::new();
        for (path, bytes) in files.0.iter().filter(|(path, _)| path.ends_with(".toml")) {
            let document: DocumentMut =
                String::from_utf8_lossy(bytes).parse().unwrap_or_else(|error| panic!("{path}: {error}"));
            merge(&mut all, table(document.as_table()));
        }
        let mut world = Self::default();
        world.manifest(&mut all);
        world.things(&mut all);
        world.supply(&mut all);
        world.demand(&mut all);
        world.goals(&mut all);
        assert!(all.is_empty(), "{all:?} is not known here");
        // What nobody asks for is sold nowhere, so that no safety stock is held for it either.
        let adding: Vec<usize> = world.promotions.iter().filter(|one| one.add > 0).map(|one| one.item).collect();
        let is_wanted = |offer: &Offer| adding.contains(&offer.item) || offer.demand.iter().any(|units| *units > 0);
        world.offers.retain(is_wanted);
        world
    }

    fn manifest(&mut self, all: &mut Table) {
        let Some(Value::Object(plan)) = all.remove("plan") else { panic!("no plan") };
        self.months = usize::try_from(whole(&plan["horizon"])).unwrap();
        assert!(self.months + 2 < DAYS.len() && text(&plan["bucket"]) == "month" && whole(&plan["frozen-days"]) == 0);
        let Some(Value::Object(mut economics)) = all.remove("economics") else { panic!("no economics") };
        self.holding = economics.remove("holding-rate").map_or(0, |rate| thousandths(&rate)) / 12;
        self.end_worth = economics.remove("end-worth").is_none_or(|worth| text(&worth) != "none");
    }

    fn things(&mut self, all: &mut Table) {
        for (name, mut entry) in named(all, "location") {
            let (storage, inbound) = (entry.whole("storage-capacity"), entry.whole("inbound-capacity"));
            self.locations.push(Location { name, storage, inbound, outbound: entry.whole("outbound-capacity") });
            entry.done();
        }
        for (name, mut entry) in named(all, "item") {
            let (price, cost) = (entry.money("price").unwrap_or(0), entry.money("cost"));
            let volume = entry.whole("unit-volume").unwrap_or(0);
            self.items.push(Item { name, price, cost, volume, shortage_cost: 0 });
            entry.done();
        }
        for (name, mut entry) in named(all, "channel") {
            let Some(Value::Array(ship_from)) = entry.take("ship-from") else { panic!("no ship-from") };
            let backorder = entry
                .take("unmet")
                .map(|_| (entry.whole("max-late-days").unwrap(), entry.money("late-cost").unwrap_or(0)));
            self.channels.push(Channel {
                name,
                ship_from: ship_from.iter().map(|location| self.location(text(location))).collect(),
                payout_days: entry.whole("payout-days").unwrap_or(0),
                backorder,
            });
            entry.done();
        }
        for (_, mut entry) in named(all, "supplier") {
            self.capacity = entry.whole("capacity");
            entry.take("payment");
            entry.done();
        }
    }

    fn supply(&mut self, all: &mut Table) {
        for mut entry in entries(all, "lane") {
            let item = self.item(&entry.scope()["item"]);
            let from = entry.text("from").map(|from| self.location(&from));
            let premium = entry.flag("premium");
            entry.take("supplier");
            self.lanes.push(Lane {
                item,
                from,
                to: self.location(&entry.text("location").unwrap()),
                mode: entry.text("mode").unwrap(),
                lead: entry.whole("lead-days").unwrap(),
                cost: entry.money("unit-cost").or(entry.money("freight")).unwrap_or(0),
                order_cost: entry.money("order-cost").unwrap_or(0),
                moq: entry.whole("moq").unwrap_or(1),
                premium,
            });
            entry.done();
        }
        for mut entry in entries(all, "stock") {
            let pool = self.pool(&mut entry, "location");
            self.on_hand.insert(pool, entry.whole("on-hand").unwrap());
            entry.done();
        }
        for mut entry in entries(all, "open-order") {
            let pool = self.pool(&mut entry, "location");
            let Some(Value::Array(payments)) = entry.take("payments") else { panic!("no payments") };
            let paid = |one: &Value| (day(&one["on"]), money(&one["amount"]));
            let units = entry.whole("units").unwrap();
            entry.take("id");
            let due = entry.take("due").as_ref().map(day).unwrap();
            let firm = entry.take("firm").is_none_or(|firm| firm == Value::Bool(true));
            entry.take("supplier");
            let payments = payments.iter().map(paid).collect();
            self.open_orders.push(OpenOrder { pool, units, due, payments, firm });
            entry.done();
        }
        for mut entry in entries(all, "open-transfer") {
            let to = self.pool(&mut entry, "location");
            let from = (to.0, self.location(&entry.text("from").unwrap()));
            let due = entry.take("due").as_ref().map(day).unwrap();
            self.open_transfers.push(OpenTransfer { from, to, units: entry.whole("units").unwrap(), due });
            entry.done();
        }
    }

    fn demand(&mut self, all: &mut Table) {
        for mut entry in entries(all, "demand") {
            let (item, channel) = (entry.text("item").unwrap(), entry.text("channel").unwrap());
            let mut demand = vec![0; self.months];
            match entry.take("units").unwrap() {
                Value::Object(keys) => keys.iter().for_each(|(key, units)| demand[month(key)] = whole(units)),
                all => demand.fill(whole(&all)),
            }
            let (item, channel) = (self.item(&item), self.channel(&channel));
            self.offers.push(Offer { item, channel, demand });
            entry.done();
        }
        for mut entry in entries(all, "fee") {
            let scope = entry.scope();
            if let Some(cost) = entry.money("shortage-cost") {
                let item = self.item(&scope["item"]);
                self.items[item].shortage_cost = cost;
            }
            if let Some(fee) = entry.money("fulfilment-fee") {
                let key = (self.channel(&scope["channel"]), self.location(&scope["location"]));
                self.fulfilment.insert(key, fee);
            }
            entry.done();
        }
        for mut entry in entries(all, "promotion") {
            let item = self.item(&entry.scope()["item"]);
            self.promotions.push(Promotion {
                name: entry.text("id").unwrap(),
                item,
                month: month(&entry.text("during").unwrap()),
                add: entry.whole("add-units").unwrap(),
                price: entry.money("price"),
            });
            entry.done();
        }
    }

    fn goals(&mut self, all: &mut Table) {
        for mut entry in entries(all, "service") {
            let group = entry.text("per").is_some_and(|per| per == "group");
            let from_start = entry.text("from").is_some_and(|from| from == "start");
            let rate = entry.take("fill-rate").as_ref().map(thousandths).unwrap();
            self.services.push(Service { scope: entry.scope(), rate, group, from_start });
            entry.done();
        }
        for mut entry in entries(all, "cover") {
            assert!(entry.flag("hard"));
            let item = self.item(&entry.scope()["item"]);
            let safety = entry.take("safety-stock").map_or(0, |stated| whole(&stated["units"]));
            self.covers.push(Cover { item, safety, weeks: entry.whole("max-weeks") });
            entry.done();
        }
        for mut entry in entries(all, "budget") {
            self.budget = entry.money("purchases");
            entry.done();
        }
        for mut entry in entries(all, "limit") {
            self.inventory_value = entry.money("inventory-value");
            entry.done();
        }
        if let Some(Value::Object(table)) = all.remove("cash") {
            let mut entry = Entry(table);
            self.cash = Some((entry.money("opening").unwrap(), entry.money("minimum").unwrap_or(0)));
            entry.done();
        }
        for mut entry in entries(all, "rule") {
            let Some(Value::Object(up_to)) = entry.take("up-to") else { panic!("no up-to") };
            let (key, value) = up_to.iter().next().unwrap();
            self.rules.push(Rule {
                name: entry.text("id").unwrap(),
                relax: entry.text("relax").unwrap(),
                scope: entry.scope(),
                up_to: (key.clone(), thousandths(value)),
                cost: entry.money("cost"),
                cancel: entry.flag("cancel"),
                within: entry.money("within").unwrap_or(0),
                pays: entry.take("when").is_some(),
            });
            entry.done();
        }
    }

    fn item(&self, name: &str) -> usize {
        self.items.iter().position(|item| item.name == name).unwrap()
    }

    fn location(&self, name: &str) -> usize {
        self.locations.iter().position(|location| location.name == name).unwrap()
    }

    fn channel(&self, name: &str) -> usize {
        self.channels.iter().position(|channel| channel.name == name).unwrap()
    }

    fn pool(&self, entry: &mut Entry, key: &str) -> Pool {
        (self.item(&entry.text("item").unwrap()), self.location(&entry.text(key).unwrap()))
    }

    /// Standard cost of an item at a location: stated, else the cheapest lane there, by transfer with that of its source, else elsewhere.
    pub(crate) fn standard(&self, (item, location): Pool) -> i64 {
        if let Some(cost) = self.items[item].cost {
            return cost;
        }
        let own = || self.lanes.iter().filter(|lane| lane.item == item);
        let bought = |at: usize, premium: bool| {
            let lanes = own().filter(|lane| (lane.from, lane.to, lane.premium) == (None, at, premium));
            lanes.map(|lane| lane.cost).min()
        };
        let by_lanes = |premium: bool| {
            // Nothing goes farther than from one location to the other.
            let moved = own().filter(|lane| (lane.to, lane.premium) == (location, premium));
            let source = |at: usize| bought(at, false).or_else(|| bought(at, true));
            let moved = moved.filter_map(|lane| Some(source(lane.from?)? + lane.cost));
            moved.chain(bought(location, premium)).min()
        };
        let elsewhere = || own().filter(|lane| lane.from.is_none()).map(|lane| lane.cost);
        by_lanes(false).or_else(|| by_lanes(true)).or_else(|| elsewhere().min()).unwrap()
    }

    /// The first month that an ordinary order reaches a location in.
    pub(crate) fn reached(&self, (item, location): Pool) -> Option<usize> {
        let bought = |at: usize| {
            let own = self.lanes.iter().filter(|lane| (lane.item, lane.to, lane.from) == (item, at, None));
            let months = own
                .filter(|lane| !lane.premium)
                .flat_map(|lane| (0..self.months).filter(|&month| trip(lane.lead, month).is_some()));
            months.min()
        };
        let sent = self.lanes.iter().filter(|lane| lane.item == item && lane.to == location && !lane.premium);
        let sent = sent.filter_map(|lane| {
            let there = bought(lane.from?)?;
            (0..self.months).find(|&month| trip(lane.lead, month).is_some_and(|(left, _)| month_of(left) >= there))
        });
        sent.chain(bought(location)).min()
    }

    /// Locations that serve an offer: those that have or can come to have the item.
    pub(crate) fn sources(&self, offer: &Offer) -> Vec<usize> {
        let here = |pool: Pool| {
            self.on_hand.get(&pool).is_some_and(|units| *units > 0)
                || self.lanes.iter().any(|lane| (lane.item, lane.to) == pool)
                || self.open_orders.iter().any(|order| order.pool == pool)
                || self.open_transfers.iter().any(|open| open.to == pool)
        };
        let all = self.channels[offer.channel].ship_from.iter().copied();
        all.filter(|&location| here((offer.item, location))).collect()
    }
}

fn table(table: &dyn TableLike) -> Table {
    table.iter().map(|(key, node)| (key.to_owned(), plain(node))).collect()
}

/// A value without its place in a file.
fn plain(node: &Node) -> Value {
    match node {
        Node::Table(inner) => Value::Object(table(inner)),
        Node::ArrayOfTables(rows) => rows.iter().map(|row| Value::Object(table(row))).collect(),
        Node::Value(leaf) => plain_leaf(leaf),
        Node::None => Value::Null,
    }
}

fn plain_leaf(leaf: &Leaf) -> Value {
    match leaf {
        Leaf::String(text) => text.value().as_str().into(),
        Leaf::Integer(number) => (*number.value()).into(),
        Leaf::Float(number) => (*number.value()).into(),
        Leaf::Boolean(flag) => (*flag.value()).into(),
        Leaf::Datetime(day) => day.value().to_string().into(),
        Leaf::Array(rows) => rows.iter().map(plain_leaf).collect(),
        Leaf::InlineTable(inner) => Value::Object(table(inner)),
    }
}

/// Arrays are put together, tables key by key.
fn merge(all: &mut Table, more: Table) {
    for (key, value) in more {
        match (all.get_mut(&key), value) {
            (Some(Value::Array(all)), Value::Array(more)) => all.extend(more),
            (Some(Value::Object(all)), Value::Object(more)) => merge(all, more),
            (_, value) => drop(all.insert(key, value)),
        }
    }
}
