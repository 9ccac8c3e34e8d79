//! Metrics of the parts of a plan, against numbers worked out by hand, and against each other.

#[path = "metrics/kept.rs"]
mod kept;

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sopc::compile::{compile, plan};
use sopc::metrics::query::{By, Query};
use sopc::metrics::variants::with_variants;
use sopc::metrics::{Kind, Measure};
use sopc::plan::{Figure, Plan};

use crate::docs::{root, text_of};
use crate::support::{self, Memory};

/// 120 mugs of 6.00 sold at 18.00, 40 a month; ten cups of 30.00 that nobody buys; one of two channels sells the mugs.
const SHOP: &str = "[plan]\nlanguage = 1\nname = \"Mugs\"\ncycle = \"one\"\ncurrency = \"USD\"\nas-of = 2026-01-01\n\
    bucket = \"month\"\nhorizon = 3\n[economics]\nend-worth = \"none\"\n\
    [item.MUG]\nprice = 18.00\ncost = 6.00\nclass = \"A\"\ncategory = \"kitchen\"\n\
    [item.CUP]\nprice = 60.00\ncost = 30.00\nclass = \"B\"\ncategory = \"kitchen\"\n\
    [location.main]\n[channel.dtc]\nship-from = [\"main\"]\n[channel.shop]\nship-from = [\"main\"]\n\
    [[fee]]\nwhere = { channel = \"dtc\" }\nfee-rate = 0.5\n\
    [[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 120\n[[stock]]\nitem = \"CUP\"\nlocation = \"main\"\non-hand = 10\n\
    [[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = 40\n\
    [[cover]]\nwhere = { item = \"MUG\" }\nmax-weeks = 3\n";

fn planned(project: &str) -> Plan {
    support::planned(&Memory::one_file(project))
}

fn value(plan: &Plan, scope: &str, name: &str, bucket: Option<&str>) -> String {
    let mut found =
        plan.metrics.iter().filter(|one| one.scope == scope && one.name == name && one.bucket.as_deref() == bucket);
    let row = found.next().unwrap_or_else(|| panic!("no {name} of {scope}"));
    assert!(found.next().is_none(), "two {name} of {scope}");
    row.value.to_string()
}

#[test]
fn parts_have_the_metrics_that_are_worked_out_by_hand() {
    let plan = planned(SHOP);
    let of = |scope: &str, name: &str| value(&plan, scope, name, None);
    // Closing values 480, 240, 0: mean (600 + 360 + 120) / 3 = 360. Sold 720 in a quarter, or 2,880 a year.
    assert_eq!(of("item:MUG", "inventory-value"), "360.00");
    assert_eq!(of("item:MUG", "inventory-turnover"), "8.00");
    // 360 / 720 x 90 days.
    assert_eq!(of("item:MUG", "days-of-inventory"), "45.00");
    // With 300.00 of cups besides: 2,880 / 660.
    assert_eq!(of("plan", "inventory-turnover"), "4.363636");
    assert_eq!(of("category:kitchen", "inventory-turnover"), "4.363636");
    assert_eq!(of("item:CUP", "inventory-turnover"), "0.00");
    assert_eq!(of("item:CUP", "days-of-inventory"), "n/a");
    // 2,160 sold, half of it fees, 720 of cost: 360 a quarter, 1,440 a year, on 360.
    assert_eq!(of("class:A", "gmroi"), "4.00");
    assert_eq!((of("item:MUG", "sell-through"), of("plan", "sell-through")), ("1.00".into(), "0.923077".into()));
    // Three weeks after January are 21 of February's 28 days: 30 mugs, so 50 of 80 are too many: 300.00. After February 27: 13 of 40.
    assert_eq!(value(&plan, "item:MUG", "excess", None), "300.00");
    assert_eq!(value(&plan, "class:A", "excess", Some("2026-02")), "78.00");
    assert_eq!(of("class:B", "excess"), "n/a");
    // 80 left after January: all of February, all of March, 59 days.
    assert_eq!(value(&plan, "class:A", "weeks-of-supply", Some("2026-01")), "8.428571");
    // Nothing is bought: what is sold was there.
    assert_eq!((of("plan", "open-to-buy"), of("plan", "purchases")), ("0.00".into(), "0.00".into()));
    assert_eq!((of("channel:dtc", "contribution"), of("channel:shop", "revenue")), ("360.00".into(), "0.00".into()));
    assert_eq!((of("plan", "nervousness"), of("plan", "minimum-cash")), ("n/a".into(), "n/a".into()));
}

#[test]
fn variants_stand_beside_their_metrics() {
    let plan = planned(&(SHOP.to_owned() + "[[budget]]\nid = \"all\"\npurchases = 500\n"));
    let of = |scope: &str, metric: &str, variant: &str, bucket: Option<&str>| {
        let rows: Vec<_> =
            plan.metrics.iter().filter(|row| row.scope == scope && row.bucket.as_deref() == bucket).collect();
        let rows = with_variants(&plan, &rows).expect("numbers fit");
        let found = rows.iter().find(|row| row.name == metric && row.variant.as_deref() == Some(variant));
        found.unwrap_or_else(|| panic!("no {variant} of {metric}")).value.to_string()
    };
    // Points 720, 480, 240, 0: 360 on average, as the buckets' means have it; with 300 of cups 660.
    assert_eq!(of("class:A", "inventory-turnover", "of points", None), "8.00");
    assert_eq!(of("plan", "inventory-turnover", "of points", None), "4.363636");
    // Nothing was received.
    assert_eq!(of("item:MUG", "sell-through", "of receipts", None), "n/a");
    // 40 left after February, 120 wanted in 90 days: 40 / (120 x 7 / 90).
    assert_eq!(of("class:A", "weeks-of-supply", "at a mean", Some("2026-02")), "4.285714");
    // Of the horizon the mean of 80, 40 and 0.
    assert_eq!(of("item:MUG", "weeks-of-supply", "at a mean", None), "4.285714");
    assert_eq!(of("location:main", "weeks-of-supply", "at a mean", None), "n/a");
    // 360 a quarter on 360.
    assert_eq!(of("class:A", "gmroi", "of the period", None), "1.00");
    assert_eq!(of("plan", "open-to-buy", "left of the budget all", Some("2026-02")), "500.00");
    assert_eq!(of("plan", "open-to-buy", "left of the budget all", None), "1500.00");
    assert_eq!(of("plan", "forecast-error", "accuracy", None), "n/a");
}

/// 40 of 120 have to be bought besides the 20 on order: (120 sold + 0 left - 60 there - 20 on order) x 6.00 = 240.
#[test]
fn open_to_buy_is_what_is_yet_to_be_bought() {
    let lane = "[supplier.acme]\n[[lane]]\nwhere = { item = \"MUG\" }\nsupplier = \"acme\"\nlocation = \"main\"\nlead-days = 0\n\
        unit-cost = 6.00\n[[open-order]]\nid = \"PO\"\nitem = \"MUG\"\nsupplier = \"acme\"\nlocation = \"main\"\nunits = 20\n\
        due = 2026-02-01\npayments = []\n";
    let shop = SHOP.replace("on-hand = 120", "on-hand = 60").replace("fee-rate = 0.5", "fee-rate = 0.1");
    let plan = planned(&(shop + lane));
    assert_eq!(value(&plan, "item:MUG", "open-to-buy", None), "240.00");
    assert_eq!(value(&plan, "supplier:acme", "purchases", None), "240.00");
    // February: 40 sold, 0 left, 20 there, 20 on order.
    assert_eq!(value(&plan, "location:main", "open-to-buy", Some("2026-02")), "0.00");
    assert_eq!(value(&plan, "location:main", "open-to-buy", Some("2026-03")), "240.00");
}

#[test]
fn gates_measure_what_the_metrics_say() {
    let gate = |id: &str, metric: &str, limits: &str| {
        format!("[[gate]]\nid = \"{id}\"\nmetric = \"{metric}\"\nwhere = {{ class = \"A\" }}\n{limits}\n")
    };
    let gates = gate("days", "days-of-inventory", "at-most = 45")
        + &gate("excess", "excess", "at-most = 299.99\nlevel = \"warning\"")
        + &gate("value", "inventory-value", "at-most = 400")
        + &gate("error", "forecast-error", "at-most = 0.3");
    let plan = planned(&(SHOP.to_owned() + &gates));
    let told: Vec<_> = plan.gates.iter().map(|gate| format!("{} {} {}", gate.id, gate.value, gate.passed)).collect();
    assert_eq!(told, ["days 45.00 true", "error n/a true", "excess 300.00 false", "value 360.00 true"]);
}

/// What adds up, does: revenue, purchases, and values by bucket, over every way of parting the plan that leaves nothing out.
#[test]
fn parts_add_up_to_the_whole() {
    let compiled = compile(&Memory::folder(&root().join("tests/worked/last-plan-besides")));
    let mut plans = vec![plan(&compiled).expect("a plan"), planned(SHOP)];
    plans.push(plan(&compile(&Memory::folder(&root().join("tests/rules/two-locations")))).expect("a plan"));
    for plan in &plans {
        let mut sums: BTreeMap<(&str, Kind, Option<&str>), Decimal> = BTreeMap::new();
        for row in &plan.metrics {
            let kind = Kind::ALL.into_iter().find(|kind| row.scope.starts_with(kind.name()));
            if let (Some(kind), Figure::Value(amount)) = (kind, row.value) {
                *sums.entry((&row.name, kind, row.bucket.as_deref())).or_default() += amount.0;
            }
        }
        for (name, kinds) in [
            ("revenue", &[Kind::Item, Kind::Channel, Kind::Location][..]),
            ("purchases", &[Kind::Item, Kind::Location, Kind::Supplier]),
            ("inventory-value", &[Kind::Item, Kind::Location]),
            ("open-to-buy", &[Kind::Item, Kind::Location]),
        ] {
            let whole = plan.metrics.iter().filter(|row| row.scope == "plan" && row.name == name);
            for row in whole {
                let Figure::Value(amount) = row.value else { panic!("{name} has a value") };
                let told = kinds.iter().filter(|kind| row.bucket.is_none() || **kind != Kind::Item);
                for kind in told {
                    let sum = sums.get(&(name, *kind, row.bucket.as_deref())).copied().unwrap_or_default();
                    // Each part is rounded by itself.
                    assert!((sum - amount.0).abs() < Decimal::new(1, 4), "{name} {kind:?} {:?}: {sum}", row.bucket);
                }
            }
        }
    }
}

#[test]
fn questions_are_answered_in_the_order_of_the_file() {
    let plan = planned(SHOP);
    let told = |query: &Query| -> Vec<String> {
        let rows = query.answer(&plan).expect("names are known");
        rows.iter().map(|row| format!("{} {} {}", row.scope, row.name, row.bucket.as_deref().unwrap_or("-"))).collect()
    };
    let metrics = vec!["fill-rate".to_owned(), "revenue".to_owned()];
    let by_class = Query { by: Some(By::Part(Kind::Class)), metrics: metrics.clone(), ..Query::default() };
    assert_eq!(
        told(&by_class),
        ["class:A fill-rate -", "class:A revenue -", "class:B fill-rate -", "class:B revenue -"]
    );
    let in_march = Query { metrics, buckets: vec!["2026-03".into()], ..Query::default() };
    assert_eq!(told(&in_march), ["plan fill-rate 2026-03", "plan revenue 2026-03"]);
    let parts = vec![(Kind::Item, "MUG".to_owned())];
    let one = Query { parts, metrics: vec!["gmroi".into()], ..Query::default() };
    assert_eq!(told(&one), ["item:MUG gmroi -"]);
    let unknown = Query { parts: vec![(Kind::Channel, "dtcc".into())], ..Query::default() };
    let error = unknown.answer(&plan).expect_err("no such channel");
    assert_eq!((error.what, error.known), ("channel", vec!["dtc".to_owned(), "shop".to_owned()]));
}

#[test]
fn every_formula_that_the_reference_names_is_there() {
    let sources: String = ["forecast", "service", "stability", "stock"]
        .map(|name| text_of(&root().join(format!("src/metrics/formula/{name}.rs"))))
        .concat();
    for measure in Measure::ALL {
        let entry = measure.entry();
        let variants = entry.variants.iter().map(|variant| variant.function).filter(|name| !name.is_empty());
        for function in entry.function.into_iter().chain(variants) {
            let at = sources.find(&format!("pub fn {function}(")).unwrap_or_else(|| panic!("no formula {function}"));
            let doc = sources[..at].rsplit("\n}\n").next().unwrap_or_default();
            assert!(doc.contains("assert_eq!"), "{function} has no example");
        }
        assert_eq!(Measure::named(measure.name()), Some(measure));
    }
    for one in sopc::metrics::published::PUBLISHED {
        let at = sources.find(&format!("pub fn {}(", one.function)).unwrap_or_else(|| panic!("no {}", one.function));
        let doc = sources[..at].rsplit("\n}\n").next().unwrap_or_default();
        assert!(doc.contains(one.source), "{} does not name {}", one.function, one.source);
    }
}
