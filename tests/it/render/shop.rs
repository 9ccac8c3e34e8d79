//! A made-up shop: kitchenware from three suppliers, two warehouses, two channels. Its numbers hang together well
//! enough to be read, and are drawn from a fixed sequence.

use chrono::{Datelike, Days, NaiveDate};
use rust_decimal::Decimal;
use sopc::plan::{
    Action, Allocation, Amount, Capacity, CashBucket, Certificate, FORMAT_VERSION, Figure, GateVerdict, Given, Input,
    Inventory, Level, Metric, MinimumCash, MovedPromotion, Order, Payment, Plan, PlanBucket, PlanDiagnostic, RuleUse,
    ShortBy, Status, Summary, Transfer,
};
use sopc::source::Place;

const NAMES: [&str; 30] = [
    "MUG-BLUE",
    "MUG-RED",
    "MUG-WHITE",
    "BOWL-S",
    "BOWL-L",
    "PLATE-20",
    "PLATE-27",
    "PAN-20",
    "PAN-24",
    "PAN-28",
    "POT-2L",
    "POT-4L",
    "KNIFE-CHEF",
    "KNIFE-BREAD",
    "KNIFE-PARING",
    "BOARD-OAK",
    "BOARD-BAMBOO",
    "KETTLE-STEEL",
    "KETTLE-GLASS",
    "TEAPOT",
    "CARAFE",
    "GLASS-LONG-6",
    "GLASS-WINE-6",
    "SPOON-SET",
    "FORK-SET",
    "APRON-LINEN",
    "TOWEL-WAFFLE-3",
    "JAR-05",
    "JAR-10",
    "SCALE-DIGITAL",
];
const SUPPLIERS: [(&str, &str, i64); 3] =
    [("shenzhen-ceramics", "sea", 56), ("solingen-works", "road", 12), ("porto-textil", "road", 21)];

/// Numbers that look drawn.
struct Draw(u64);

impl Draw {
    fn up_to(&mut self, most: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % u64::try_from(most).unwrap()).unwrap()
    }
}

pub(crate) fn amount(cents: i64) -> Amount {
    Amount(Decimal::new(cents, 2))
}

fn place(file: &str, line: u32) -> Place {
    Place { file: file.into(), line, column: 1 }
}

fn bucket(at: u32) -> PlanBucket {
    let first = |month: u32| NaiveDate::from_ymd_opt(2026 + i32::try_from(month / 12).unwrap(), month % 12 + 1, 1);
    let (start, next) = (first(at + 1).unwrap(), first(at + 2).unwrap());
    let label = format!("{}-{:02}", start.year(), start.month());
    PlanBucket { label, start, end: next.pred_opt().unwrap(), tail: false }
}

/// A plan without anything in it but buckets.
pub(crate) fn empty(buckets: u32) -> Plan {
    let summary = Summary {
        revenue: amount(0),
        contribution: amount(0),
        purchases: amount(0),
        fill_rate: amount(100),
        value_fill_rate: amount(100),
        inventory_turnover: Figure::NotApplicable,
        sell_through: Figure::NotApplicable,
        weeks_of_supply: Figure::NotApplicable,
        gmroi: Figure::NotApplicable,
        peak_inventory_value: amount(0),
        minimum_cash: None,
    };
    let certificate = Certificate {
        objective: amount(0),
        bound: None,
        marginal_bound: None,
        gap: None,
        levels: vec![],
        proven: false,
        interrupted: false,
    };
    Plan {
        format_version: FORMAT_VERSION.into(),
        compiler_version: "0.1.0".into(),
        project: "kitchenware".into(),
        cycle: "2026-02".into(),
        as_of: NaiveDate::from_ymd_opt(2026, 2, 1).unwrap(),
        currency: "EUR".into(),
        buckets: (0..buckets).map(bucket).collect(),
        items: vec![],
        inputs: vec![Input { path: "sop.toml".into(), sha256: "0".repeat(64) }],
        input_hash: "1".repeat(64),
        plan_hash: "3fa92c81b0d47e66".repeat(4),
        status: Status::Feasible,
        certificate,
        summary,
        orders: vec![],
        given: vec![],
        transfers: vec![],
        tail: vec![],
        promotions: vec![],
        allocations: vec![],
        inventory: vec![],
        cash: vec![],
        capacity: vec![],
        rules_used: vec![],
        metrics: vec![],
        gates: vec![],
        waivers: vec![],
        diagnostics: vec![],
    }
}

/// A gate on the least of a metric, that refuses.
fn gate(id: &str, metric: &str, (value, least): (&str, &str), passed: bool) -> GateVerdict {
    GateVerdict {
        id: id.into(),
        metric: metric.into(),
        value: Figure::Value(value.parse().unwrap()),
        at_least: Some(least.parse().unwrap()),
        at_most: None,
        passed,
        waived: false,
        refuses: true,
        source: Place { file: "finance/gates.toml".into(), line: 3, column: 1 },
    }
}

/// The shop with 30 items, over so many months.
pub(crate) fn shop(months: u32) -> Plan {
    let mut plan = empty(months);
    let mut draw = Draw(7);
    for (at, item) in NAMES.iter().enumerate() {
        stock_item(&mut plan, item, &SUPPLIERS[at % 3], &mut draw);
    }
    money(&mut plan, &mut draw);
    trouble(&mut plan);
    plan
}

fn stock_item(plan: &mut Plan, item: &str, supplier: &(&str, &str, i64), draw: &mut Draw) {
    let base = 40 + draw.up_to(400);
    let cost = 300 + draw.up_to(2_600);
    let mut stock = base * (2 + draw.up_to(4)) / 2;
    for at in 0..plan.buckets.len() {
        let bucket = plan.buckets[at].clone();
        let mut receipts = 0;
        if at == 1 && draw.up_to(4) == 0 {
            receipts = base;
            plan.orders.push(open(item, supplier, &bucket, receipts, cost));
        } else if stock < base && at > 0 {
            receipts = base * (1 + draw.up_to(3)) / 10 * 10;
            plan.orders.push(order(plan, item, supplier, &bucket, receipts, cost));
        }
        stock += receipts;
        let opening = stock - receipts;
        let mut sold = 0;
        for (channel, share) in [("webshop", 6), ("amazon", 4)] {
            let demand = (base * share / 10).max(1) + draw.up_to(base / 3 + 1);
            let planned = demand.min(stock);
            stock -= planned;
            sold += planned;
            let short = demand - planned;
            plan.allocations.push(allocation(item, channel, &bucket.label, demand, planned, short, at));
        }
        plan.inventory.push(Inventory {
            item: item.into(),
            location: "berlin".into(),
            bucket: bucket.label,
            opening,
            receipts,
            transfers_in: 0,
            transfers_out: 0,
            sales: sold,
            closing: stock,
            in_transit: 0,
            safety_stock: base / 2,
            weeks_of_supply: Figure::NotApplicable,
        });
    }
}

fn allocation(item: &str, channel: &str, bucket: &str, demand: i64, planned: i64, short: i64, at: usize) -> Allocation {
    let short_by = match at {
        0 => ShortBy { given: short, ..ShortBy::default() },
        1 => ShortBy { given: short / 2, no_stock: short - short / 2, held_back: 0 },
        _ => ShortBy { no_stock: short, ..ShortBy::default() },
    };
    Allocation {
        item: item.into(),
        channel: channel.into(),
        location: "berlin".into(),
        bucket: bucket.into(),
        demand,
        lowered: 0,
        planned,
        delivered_late: 0,
        delivered: std::collections::BTreeMap::new(),
        short,
        short_by,
        reasons: vec![],
    }
}

fn payments(release: NaiveDate, usable: NaiveDate, cents: i64) -> Vec<Payment> {
    let deposit = cents * 3 / 10;
    vec![Payment { date: release, amount: amount(deposit) }, Payment { date: usable, amount: amount(cents - deposit) }]
}

fn order(plan: &Plan, item: &str, by: &(&str, &str, i64), bucket: &PlanBucket, units: i64, cost: i64) -> Order {
    let (supplier, mode, lead) = *by;
    let lead = Days::new(lead.unsigned_abs());
    let release = (bucket.start - lead).max(plan.as_of + Days::new(2));
    let usable = release + lead;
    Order {
        key: format!("{item}/{supplier}/berlin/{mode}/{}", bucket.label),
        id: None,
        action: if release.day() == 3 && item == "MUG-BLUE" { Action::Committed } else { Action::New },
        item: item.into(),
        supplier: supplier.into(),
        location: "berlin".into(),
        mode: Some(mode.into()),
        release_date: Some(release),
        receipt_bucket: bucket.label.clone(),
        usable_date: usable,
        units,
        goods: None,
        landed_cost: amount(units * cost),
        order_cost: amount(5_000),
        payments: payments(release, usable, units * cost),
        reasons: vec!["demand".into()],
    }
}

fn open(item: &str, by: &(&str, &str, i64), bucket: &PlanBucket, units: i64, cost: i64) -> Order {
    Order {
        key: format!("PO-26-017/{item}"),
        id: Some("PO-26-017".into()),
        action: if item == "JAR-05" { Action::Moved } else { Action::Open },
        item: item.into(),
        supplier: by.0.into(),
        location: "berlin".into(),
        mode: None,
        release_date: None,
        receipt_bucket: bucket.label.clone(),
        usable_date: bucket.start + Days::new(4),
        units,
        goods: None,
        landed_cost: amount(units * cost * 7 / 10),
        order_cost: amount(0),
        payments: vec![],
        reasons: vec![],
    }
}

fn money(plan: &mut Plan, draw: &mut Draw) {
    let mut balance = 21_000_000;
    let mut lowest = (String::new(), i64::MAX);
    let mut peak = 0;
    for bucket in plan.buckets.clone() {
        let label = bucket.label;
        let sold: i64 = plan.allocations.iter().filter(|row| row.bucket == label).map(|row| row.planned).sum();
        let (sales, other) = (sold * 2_150, -8_500_000);
        let spent: i64 = sold * 1_200 + draw.up_to(9_000_000) - 3_000_000;
        let closing = balance + sales + other - spent;
        plan.cash.push(CashBucket {
            bucket: label.clone(),
            opening: amount(balance),
            sales: amount(sales),
            purchases: amount(spent),
            other: amount(other),
            closing: amount(closing),
            minimum: amount(5_000_000),
            marginal_value: None,
            marginal_step: None,
        });
        balance = closing.max(5_000_000);
        plan.cash.last_mut().unwrap().closing = amount(balance);
        if balance < lowest.1 {
            lowest = (label.clone(), balance);
        }
        let units: i64 = plan.inventory.iter().filter(|row| row.bucket == label).map(|row| row.closing).sum();
        peak = peak.max(units * 1_437);
        plan.metrics.push(Metric {
            name: "inventory-value".into(),
            scope: "plan".into(),
            bucket: Some(label),
            value: Figure::Value(amount(units * 1_437)),
        });
    }
    plan.summary.revenue = amount(151_322_717);
    plan.summary.contribution = amount(42_118_096);
    plan.summary.value_fill_rate = Amount(Decimal::new(974_312, 6));
    plan.summary.peak_inventory_value = amount(peak);
    plan.summary.minimum_cash = Some(MinimumCash { bucket: lowest.0, amount: amount(lowest.1) });
    plan.certificate.objective = amount(38_977_120);
}

fn trouble(plan: &mut Plan) {
    let label = |at: usize| plan.buckets[at].label.clone();
    plan.status = Status::Relaxed;
    let row = |kind: &str, of: &str, at: usize, used: i64, limit: i64, worth: Option<i64>| Capacity {
        kind: kind.into(),
        of: of.into(),
        bucket: label(at),
        used: amount(used),
        limit: amount(limit),
        marginal_value: worth.map(amount),
        marginal_step: worth.filter(|worth| *worth > 0).map(|_| amount(1_250_000)),
    };
    plan.capacity = vec![
        row("budget", "all", 1, 11_999_250, 12_000_000, Some(31)),
        row("budget", "all", 2, 12_000_000, 12_000_000, Some(18)),
        row("budget", "all", 3, 6_000_000, 12_000_000, None),
        row("storage-capacity", "berlin", 2, 42_150, 42_000, None),
        row("supplier-capacity", "shenzhen-ceramics", 0, 500_000, 500_000, Some(0)),
    ];
    plan.given = vec![Given {
        kind: "fill-rate".into(),
        of: "KNIFE-CHEF/webshop".into(),
        bucket: label(0),
        amount: amount(184_500),
        source: place("commitments/service.toml", 12),
    }];
    plan.rules_used = (2..4)
        .map(|at| RuleUse {
            id: "fill-b-items".into(),
            used: amount(73_425),
            bucket: label(at),
            of: "A".into(),
            amount: amount(1),
            cost: Some(amount(21_918)),
            source: place("rules.toml", 8),
        })
        .collect();
    plan.certificate.levels = vec![Level { rule: "given".into(), used: amount(184_500), bound: None }];
    plan.promotions = vec![MovedPromotion { id: "spring-sale".into(), moved: 1 }];
    plan.gates = vec![
        gate("fill", "fill-rate", ("0.97", "0.95"), true),
        gate("cash-reserve", "minimum-cash", ("41250.50", "50000"), false),
    ];
    plan.transfers = vec![Transfer {
        key: "TEAPOT/berlin/hamburg/van/2026-03".into(),
        action: Action::New,
        item: "TEAPOT".into(),
        from: "berlin".into(),
        location: "hamburg".into(),
        mode: Some("van".into()),
        release_date: Some(plan.as_of),
        usable_date: plan.as_of,
        order_cost: amount(0),
        receipt_bucket: label(1),
        units: 240,
        landed_cost: amount(6_000),
        payments: vec![],
        reasons: vec![],
    }];
    let warning = |code: &str, severity: &str| PlanDiagnostic {
        code: code.into(),
        severity: severity.into(),
        message: "something to look at".into(),
        source: Some(place("items.toml", 3)),
    };
    plan.diagnostics = vec![warning("SOP7001", "warning"), warning("SOP7006", "warning"), warning("SOP7003", "note")];
}
