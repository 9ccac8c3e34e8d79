//! Small projects, put together by hand.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::calendar::{Calendar, Grain, Period, Shape};
use crate::network::{
    Budget, Cash, CashAmount, CashFlow, Channel, ChannelId, Economics, Item, ItemId, Lane, LaneId, Location,
    LocationId, Milestone, MilestoneDay, Network, Offer, OfferId, OpenOrder, Origin, Pool, PoolId, ShipFrom, Stated,
    Supplier, SupplierId, ValueLimit,
};
use crate::plan::{Input, Plan, PlanDiagnostic};
use crate::series::{Series, SeriesKey};
use crate::verify::{Decisions, Disagreement, recompute, verify};

pub(super) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(super) fn decimal(text: &str) -> Decimal {
    Decimal::from_str_exact(text).unwrap()
}

/// `40`, `35 a week`, or `default 600, 2026-03 200, 2026-04..2026-06 30`.
pub(super) fn series(text: &str) -> Series {
    if let Some(value) = text.strip_suffix(" a week") {
        return Series::Per(Grain::Week, decimal(value));
    }
    if let Some(value) = text.strip_suffix(" a month") {
        return Series::Per(Grain::Month, decimal(value));
    }
    if !text.contains(' ') {
        return Series::Scalar(decimal(text));
    }
    let (mut default, mut keys) = (None, Vec::new());
    for entry in text.split(", ") {
        let (name, value) = entry.split_once(' ').unwrap();
        let value = decimal(value);
        match name.split_once("..") {
            _ if name == "default" => default = Some(value),
            Some((first, last)) => {
                let (first, last) = (Period::parse(first).unwrap(), Period::parse(last).unwrap());
                keys.push(SeriesKey { first, last, range: true, value });
            }
            None => {
                let first = Period::parse(name).unwrap();
                keys.push(SeriesKey { first, last: first, range: false, value });
            }
        }
    }
    Series::Table { default, keys }
}

pub(super) fn origin(line: u32) -> Origin {
    Origin { file: "operations/ops.toml".into(), line, column: 1 }
}

pub(super) fn months(months: usize) -> Shape {
    Shape { weeks: 0, months }
}

/// All at receipt unless stated.
pub(super) fn milestone(share: &str, at: MilestoneDay) -> Milestone {
    Milestone { share: decimal(share), at, days: 0 }
}

/// A project with one location `main`, one channel `dtc`, one supplier `s`.
pub(super) struct Shop {
    pub(super) network: Network,
}

impl Shop {
    pub(super) fn new(as_of: &str, shape: Shape) -> Self {
        let location = Location {
            id: "main".into(),
            storage_capacity: None,
            storage_closing: false,
            inbound_capacity: None,
            outbound_capacity: None,
            origin: origin(1),
        };
        let channel = Channel {
            id: "dtc".into(),
            ship_from: vec![LocationId(0)],
            payout_days: 0,
            backorder: None,
            origin: origin(2),
        };
        let supplier = Supplier {
            minimum_order: None,
            id: "s".into(),
            currency: "EUR".into(),
            exchange_rate: series("1"),
            capacity: None,
            closures: Vec::new(),
            payment: vec![milestone("1.0", MilestoneDay::Receipt)],
            origin: origin(3),
        };
        let economics = Economics {
            holding_rate: decimal("0.24"),
            safety_shortfall_rate: decimal("0"),
            change_cost: decimal("0"),
            salvage_rate: decimal("0.5"),
            end_worth: true,
        };
        let network = Network {
            tail: 0,
            tail_origin: origin(1),
            transfers: Vec::new(),
            open_transfers: Vec::new(),
            outlooks: Vec::new(),
            history: Vec::new(),
            history_from: None,
            actuals: Vec::new(),
            services: Vec::new(),
            covers: Vec::new(),
            rules: Vec::new(),
            gates: Vec::new(),
            waivers: Vec::new(),
            pins: Vec::new(),
            renamed: Vec::new(),
            baseline: None,
            starts: None,
            extras: Vec::new(),
            project: "case".into(),
            cycle: "2026-01".into(),
            currency: "USD".into(),
            minor_digits: 2,
            as_of: day(as_of),
            calendar: Calendar::new(day(as_of), shape),
            first_bucket_whole: false,
            frozen_days: 0,
            economics,
            items: Vec::new(),
            locations: vec![location],
            channels: vec![channel],
            suppliers: vec![supplier],
            pools: Vec::new(),
            offers: Vec::new(),
            lanes: Vec::new(),
            open_orders: Vec::new(),
            promotions: Vec::new(),
            budgets: Vec::new(),
            value_limits: Vec::new(),
            cash: None,
            cash_flows: Vec::new(),
        };
        Self { network }
    }

    /// An item with stock at `main`, sold through `dtc`.
    pub(super) fn item(&mut self, id: &str, on_hand: i64, price: &str, demand: &str) -> ItemId {
        let item = ItemId::from(self.network.items.len());
        self.network.items.push(Item {
            brand: None,
            attributes: Default::default(),
            successor: None,
            id: id.into(),
            name: id.into(),
            category: None,
            class: None,
            unit_volume: Decimal::ZERO,
            launch: None,
            phase_out: None,
            cost: None,
            origin: origin(10),
        });
        self.network.pools.push(Pool { item, location: LocationId(0), on_hand });
        self.offer(item, ChannelId(0), price, demand);
        item
    }

    /// Another offer of an item.
    pub(super) fn offer(&mut self, item: ItemId, channel: ChannelId, price: &str, demand: &str) {
        let pool = PoolId(item.0);
        let source = ShipFrom { pool, fee_rate: series("0"), fulfilment_fee: series("0") };
        self.network.offers.push(Offer {
            adjustments: Vec::new(),
            item,
            channel,
            demand: series(demand),
            outlook: None,
            price: series(price),
            sources: vec![source],
            shortage_cost: series("0"),
            promotions: Vec::new(),
            origin: origin(20),
        });
    }

    /// A lane of `s` to `main`, by sea.
    pub(super) fn lane(&mut self, item: ItemId, lead_days: &str, unit_cost: &str) -> &mut Lane {
        self.network.lanes.push(Lane {
            lines: 1,
            item,
            supplier: SupplierId(0),
            location: LocationId(0),
            pool: PoolId(item.0),
            mode: "sea".into(),
            premium: false,
            lead_days: series(lead_days),
            production_days: None,
            safety_days: 0,
            unit_cost: series(unit_cost),
            freight: series("0"),
            freight_per_m3: series("0"),
            duty_rate: series("0"),
            order_cost: series("0"),
            capacity_use: decimal("1"),
            capacity_setup: Decimal::ZERO,
            moq: 1,
            multiple: 1,
            max: None,
            breaks: Vec::new(),
            incremental: false,
            origin: origin(30),
        });
        self.network.lanes.last_mut().unwrap()
    }

    pub(super) fn open_order(&mut self, id: &str, item: ItemId, units: i64, due: &str) -> &mut OpenOrder {
        let lane = self.network.lanes.iter().position(|lane| lane.item == item).map(LaneId::from);
        self.network.open_orders.push(OpenOrder {
            id: id.into(),
            item,
            supplier: SupplierId(0),
            location: LocationId(0),
            pool: PoolId(item.0),
            units,
            ordered: None,
            due: day(due),
            payments: None,
            lane,
            firm: true,
            origin: origin(40),
        });
        self.network.open_orders.last_mut().unwrap()
    }

    pub(super) fn cash(&mut self, opening: &str, minimum: &str) {
        self.network.cash = Some(Cash { opening: decimal(opening), minimum: series(minimum), origin: origin(50) });
    }

    pub(super) fn cash_flow(&mut self, name: &str, amount: &str) {
        let amount = CashAmount::Flow(series(amount));
        self.network.cash_flows.push(CashFlow { name: name.into(), amount, origin: origin(60) });
    }

    /// A budget over the lanes and open orders of one item.
    pub(super) fn budget(&mut self, name: &str, item: ItemId, purchases: &str) {
        let network = &mut self.network;
        let lanes = (0..network.lanes.len()).filter(|&lane| network.lanes[lane].item == item);
        let orders = (0..network.open_orders.len()).filter(|&order| network.open_orders[order].item == item);
        let (lanes, open_orders) = (lanes.map(LaneId::from).collect(), orders.collect());
        let (name, purchases) = (name.into(), series(purchases));
        network.budgets.push(Budget {
            name,
            scope: Default::default(),
            purchases,
            lanes,
            open_orders,
            origin: origin(70),
        });
    }

    /// A limit over all pools.
    pub(super) fn value_limit(&mut self, name: &str, value: &str) {
        let pools = (0..self.network.pools.len()).map(PoolId::from).collect();
        let (name, inventory_value) = (name.into(), series(value));
        self.network.value_limits.push(ValueLimit {
            name,
            scope: Default::default(),
            inventory_value,
            pools,
            origin: origin(80),
        });
    }

    pub(super) fn storage(&mut self, capacity: &str) {
        self.network.locations[0].storage_capacity = Some(stated(capacity));
    }

    /// Lines by lane and receipt bucket, and sales of each offer.
    pub(super) fn decide(&self, lines: &[(u32, usize, i64)], planned: &[&[i64]]) -> Decisions {
        let mut sizes: BTreeMap<_, Vec<i64>> = BTreeMap::new();
        for &(lane, bucket, units) in lines {
            sizes.entry((LaneId(lane), bucket)).or_default().push(units);
        }
        let row = |(offer, units): (usize, &&[i64])| {
            let pool = self.network.offers[offer].sources[0].pool;
            let at = |bucket| (OfferId::from(offer), pool, bucket);
            units.iter().enumerate().map(|(bucket, &units)| (at(bucket), units)).collect::<Vec<_>>()
        };
        let planned = planned.iter().enumerate().flat_map(row).collect();
        Decisions { lines: sizes, planned, ..Decisions::default() }
    }

    pub(super) fn plan(&self, decisions: &Decisions) -> Plan {
        recompute(&self.network, decisions, &inputs(), &diagnostics()).unwrap()
    }

    pub(super) fn verify(&self, plan: &Plan) -> Vec<Disagreement> {
        verify(&self.network, &inputs(), &diagnostics(), plan)
    }

    /// The plan of decisions that break nothing.
    pub(super) fn sound_plan(&self, decisions: &Decisions) -> Plan {
        let plan = self.plan(decisions);
        let disagreements = self.verify(&plan);
        assert!(disagreements.is_empty(), "{}", listed(&disagreements));
        plan
    }

    /// What is wrong with decisions, told of their own plan.
    pub(super) fn objections(&self, decisions: &Decisions) -> String {
        listed(&self.verify(&self.plan(decisions)))
    }
}

pub(super) fn stated(value: &str) -> Stated<Series> {
    Stated { value: series(value), origin: origin(90) }
}

pub(super) fn listed(disagreements: &[Disagreement]) -> String {
    disagreements.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

pub(super) fn inputs() -> Vec<Input> {
    ["operations/ops.toml", "sop.toml"]
        .iter()
        .map(|&path| Input { path: path.into(), sha256: crate::plan::sha256(path.as_bytes()) })
        .collect()
}

pub(super) fn diagnostics() -> Vec<PlanDiagnostic> {
    vec![PlanDiagnostic {
        code: "SOP7001".into(),
        severity: "warning".into(),
        message: "a range is never used".into(),
        source: Some(origin(5)),
    }]
}

/// Closing stock of each pool.
pub(super) fn closing(plan: &Plan) -> Vec<Vec<i64>> {
    plan.inventory.chunks(plan.buckets.len()).map(|rows| rows.iter().map(|row| row.closing).collect()).collect()
}

/// A line in a few words: item, receipt bucket, units: release, usable, landed cost; payments.
pub(super) fn told(plan: &Plan) -> Vec<String> {
    let told = |order: &crate::plan::Order| {
        let payments: Vec<_> =
            order.payments.iter().map(|payment| format!("{} {}", payment.date, payment.amount)).collect();
        let release = order.release_date.map_or_else(|| "-".into(), |day| day.to_string());
        format!(
            "{} {} {}: {release} {} {}; {}",
            order.item,
            order.receipt_bucket,
            order.units,
            order.usable_date,
            order.landed_cost,
            payments.join(", ")
        )
    };
    plan.orders.iter().map(told).collect()
}
