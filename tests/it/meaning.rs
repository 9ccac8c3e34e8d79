//! Worked numbers of `docs/meaning.md`, planned: what the page says is what comes out.

use sopc::compile::{compile_variant, plan};
use sopc::document::Variant;
use sopc::plan::{Action, Order, Plan};

use crate::docs::{root, text_of};
use crate::support::{Memory, plan_of};

/// Holds that the page says this, wherever its lines break.
fn page_says(words: &str) {
    let page = text_of(&root().join("docs/meaning.md"));
    let lines = page.lines().map(|line| line.trim_start_matches('>').trim());
    let page: Vec<_> = lines.flat_map(str::split_whitespace).collect();
    assert!(page.join(" ").contains(words), "docs/meaning.md no longer says: {words}");
}

/// A shop of one mug: `time` goes into `[plan]`, `rest` behind everything.
fn shop(time: &str, rest: &str) -> String {
    format!(
        "[plan]\nlanguage = 1\nname = \"Mugs\"\ncycle = \"one\"\ncurrency = \"USD\"\n{time}\n[item.MUG]\nprice = 18.00\n\
         [location.main]\n[channel.dtc]\nship-from = [\"main\"]\n[supplier.acme]\n{rest}\n"
    )
}

const MONTHS: &str = "as-of = 2026-02-01\nbucket = \"month\"\nhorizon = 3";
/// Somewhere to buy from.
const LANE: &str = "[[lane]]\nwhere = { item = \"MUG\" }\nsupplier = \"acme\"\nlocation = \"main\"\nlead-days = 20\nunit-cost = 6.00\n";

/// That, and more mugs than anybody asks for.
fn plenty() -> String {
    format!("{LANE}[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 5000\n")
}

fn planned_with(project: &str, scenario: &str) -> Plan {
    let files = Memory::of([("sop.toml", project.to_owned()), ("scenarios/x.toml", scenario.to_owned())]);
    let compiled = compile_variant(&files, &Variant { scenario: Some("x".into()), set: Vec::new() });
    plan_of(&compiled)
}

fn planned(project: &str) -> Plan {
    planned_with(project, "")
}

/// What is wanted of mugs, bucket by bucket.
fn wanted(plan: &Plan) -> Vec<i64> {
    plan.allocations.iter().map(|row| row.demand).collect()
}

/// Demand of a shop with more mugs than it needs.
fn demand(time: &str, units: &str, rest: &str) -> Vec<i64> {
    let stated = format!("[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = {units}\n{rest}");
    wanted(&planned(&shop(time, &(plenty() + &stated))))
}

#[test]
fn buckets_are_what_is_left_of_months_and_weeks() {
    page_says("the first bucket has the 27 days from 2 to 28 February");
    page_says("two weeks to 1 February, then 2 to 28 February, then March");
    let units = "[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = 1\n";
    let buckets = |time: &str| {
        let plan = planned(&shop(time, &(plenty() + units)));
        plan.buckets.iter().map(|bucket| format!("{} {}", bucket.start, bucket.end)).collect::<Vec<_>>()
    };
    let months = buckets("as-of = 2026-02-02\nbucket = \"month\"\nhorizon = 2");
    assert_eq!(months, ["2026-02-02 2026-02-28", "2026-03-01 2026-03-31"]);
    let mixed = buckets("as-of = 2026-01-19\nbucket = [{ weeks = 2 }, { months = 2 }]");
    assert_eq!(mixed[1..], ["2026-01-26 2026-02-01", "2026-02-02 2026-02-28", "2026-03-01 2026-03-31"]);
}

#[test]
fn flows_are_spread_by_days() {
    page_says("7 x 62 / 31 = 14");
    page_says("6 x 62 / 31 + 1 x 84 / 28 = 15. What is left of February is 27 of 28 days: 81");
    let mixed = "as-of = 2026-01-19\nbucket = [{ weeks = 2 }, { months = 2 }]";
    assert_eq!(demand(mixed, "{ \"2026-01\" = 62, \"2026-02\" = 84 }", "")[..3], [14, 15, 81]);
    page_says(
        "`units = 280`: 280 with \"rest\", 280 x 21 / 28 = 210 with \"whole\". `{ per-month = 280 }`: 210 in both",
    );
    let time = |first: &str| format!("as-of = 2026-02-08\nbucket = \"month\"\nhorizon = 1\nfirst-bucket = \"{first}\"");
    let in_first = |first: &str, units: &str| demand(&time(first), units, "")[0];
    assert_eq!([in_first("rest", "280"), in_first("whole", "280")], [280, 210]);
    assert_eq!([in_first("rest", "{ per-month = 280 }"), in_first("whole", "{ per-month = 280 }")], [210, 210]);
}

#[test]
fn demand_becomes_whole_and_is_promoted() {
    page_says("become 10, 21, 31, so the units are 10, 11, 10");
    assert_eq!(demand(MONTHS, "10.4", ""), [10, 11, 10]);
    page_says("(100 + 20) x 1.5 x 1.2 = 216");
    let promotion = |id: &str, rest: &str| format!("[[promotion]]\nid = \"{id}\"\nduring = \"2026-03\"\n{rest}\n");
    let both = promotion("a", "uplift = 1.5\nadd-units = 20") + &promotion("b", "uplift = 1.2");
    assert_eq!(demand(MONTHS, "100", &both), [100, 216, 100]);
}

#[test]
fn assumptions_and_scenarios_come_first() {
    page_says("A growth of 0.12 makes it 17");
    let assumption = "[assumption.growth]\nvalue = 0.12\n";
    assert_eq!(demand(MONTHS, "{ assume = \"growth\", times = 100, plus = 5 }", assumption), [17, 17, 17]);
    page_says("April is 90, every other month 40");
    let stated = "[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = 40\n";
    let stock = plenty();
    let over = "[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = { \"2026-04\" = 90 }\n";
    assert_eq!(wanted(&planned_with(&shop(MONTHS, &(stock + stated)), over)), [40, 40, 90]);
}

#[test]
fn the_narrower_price_wins() {
    page_says("In `dtc` March costs 16.00, since that entry names the item; all other months 17.00");
    page_says("Elsewhere March costs 16.00, and other months 18.00");
    let mut rest = plenty() + "[channel.market]\nship-from = [\"main\"]\n";
    for channel in ["dtc", "market"] {
        rest += &format!("[[demand]]\nitem = \"MUG\"\nchannel = \"{channel}\"\nunits = 1\n");
    }
    rest += "[[price]]\nwhere = { channel = \"dtc\" }\nprice = 17.00\n";
    rest += "[[price]]\nwhere = { item = \"MUG\" }\nprice = { \"2026-03\" = 16.00 }\n";
    let time = MONTHS.replace("horizon = 3", "horizon = 2");
    let plan = planned(&shop(&time, &rest));
    assert_eq!(plan.summary.revenue.0, rust_decimal::Decimal::from(17 + 16 + 18 + 16));
}

/// Demand of a shop with more mugs than it needs, by an outlook of what it sold.
fn assumed(time: &str, outlook: &str, sold: &str) -> Vec<i64> {
    let history = format!("[[history]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = {sold}\n");
    wanted(&planned(&shop(time, &(plenty() + &history + "[[outlook]]\n" + outlook))))
}

#[test]
fn outlooks_follow_history() {
    page_says(
        "100 sold in March 2025, growth 0.12: 112 in March 2026. An adjustment with `factor = 1.10` makes that 123.2",
    );
    let march = |rest: &str| {
        let outlook = format!("method = \"seasonal\"\ngrowth = 0.12\n{rest}");
        assumed(MONTHS, &outlook, "{ \"2025-03\" = 100 }")
    };
    assert_eq!(march(""), [112]);
    assert_eq!(march("[[adjust]]\nduring = \"2026-03\"\nfactor = 1.10\n"), [123]);
    page_says("The week from 26 January 2026 is that from 27 January 2025: 5 x 2 + 2 x 3 = 16");
    let week = "as-of = 2026-01-26\nbucket = \"week\"\nhorizon = 1";
    assert_eq!(assumed(week, "method = \"seasonal\"", "{ \"2025-01\" = 62, \"2025-02\" = 84 }"), [16]);
    page_says("`over = 3` gives 40 a month, 20 in the 14 days that are left of February");
    let months = "as-of = 2026-02-15\nbucket = \"month\"\nhorizon = 2";
    let sold = "{ \"2025-11\" = 60, \"2025-12\" = 60 }";
    assert_eq!(assumed(months, "method = \"average\"\nover = 3", sold), [20, 40]);
    page_says("112 in January 2026, 125.44 in January 2027");
    let far = "as-of = 2026-01-01\nbucket = \"month\"\nhorizon = 15";
    let grown = "method = \"seasonal\"\ngrowth = 0.12";
    assert_eq!(assumed(far, grown, "{ \"2025-01\" = 100 }"), [112, 125]);
    page_says("62 in May, and in February 2027, whose year before is not over, 1 a day");
    let tail = format!("{MONTHS}\ntail = 10");
    let sold = "{ \"2025-02\" = 28, \"2025-03\" = 31, \"2025-04\" = 30, \"2025-05\" = 62 }";
    assert_eq!(assumed(&tail, "method = \"seasonal\"", sold), [28, 31, 30, 62, 28]);
}

/// The one line that a shop without stock orders for a single month.
fn order(time: &str, bucket: &str, units: u32, rest: &str) -> (Plan, Order) {
    let stated = format!(
        "[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = {{ \"{bucket}\" = {units} }}\n[economics]\nend-worth = \"none\"\n"
    );
    let plan = planned(&shop(time, &format!("{rest}{stated}")));
    let new: Vec<_> = plan.orders.iter().filter(|order| order.action == Action::New).collect();
    let [order] = new.as_slice() else { panic!("{:?}", plan.orders) };
    let order = (*order).clone();
    (plan, order)
}

#[test]
fn a_closure_takes_its_days() {
    page_says("Shipped on 22 March, usable ten days later, on 1 April");
    let rest = "closures = [{ from = 2026-02-14, to = 2026-03-01 }]\n".to_owned()
        + &LANE.replace("lead-days = 20", "lead-days = 40\nproduction-days = 30");
    let time = "as-of = 2026-02-02\nbucket = \"month\"\nhorizon = 3";
    let (_, order) = order(time, "2026-04", 50, &rest);
    let released = order.release_date.expect("a day").to_string();
    assert_eq!([released, order.usable_date.to_string()], ["2026-02-04", "2026-04-01"]);
}

#[test]
fn payments_add_up_to_the_landed_cost() {
    page_says("Goods 370.37, landed 388.87. Paid: 111.11 at order");
    page_says("at receipt 388.87 - 111.11 - 259.26 = 18.50");
    let rest = "payment = [{ share = 0.3, at = \"order\" }, { share = 0.7, at = \"ship\" }]\n".to_owned()
        + &LANE.replace("unit-cost = 6.00", "moq = 37\nproduction-days = 10\nunit-cost = 10.01\nfreight = 0.50");
    let (_, order) = order(MONTHS, "2026-04", 37, &rest);
    assert_eq!(order.units, 37);
    assert_eq!(order.landed_cost.0.to_string(), "388.87");
    let paid: Vec<_> = order.payments.iter().map(|payment| payment.amount.0.to_string()).collect();
    assert_eq!(paid, ["111.11", "259.26", "18.50"]);
}

#[test]
fn price_breaks_are_for_all_units_or_for_those_above() {
    page_says("All units: 10,800. Incremental: 999 x 10 + 201 x 9 = 11,799");
    for (kind, cost) in [("all-units", 10_800), ("incremental", 11_799)] {
        let breaks =
            format!("unit-cost = 10.00\nprice-breaks = [{{ from = 1000, unit-cost = 9.00 }}]\nkind = \"{kind}\"");
        let (_, order) = order(MONTHS, "2026-04", 1200, &LANE.replace("unit-cost = 6.00", &breaks));
        assert_eq!((order.units, order.landed_cost.0), (1200, rust_decimal::Decimal::from(cost)));
    }
}

#[test]
fn a_minimum_that_is_no_multiple_means_the_next_one() {
    page_says("`moq = 500, multiple = 24` gives 504 at least");
    let (_, order) = order(MONTHS, "2026-04", 490, &LANE.replace("lead-days", "moq = 500\nmultiple = 24\nlead-days"));
    assert_eq!(order.units, 504);
}

#[test]
fn sales_are_paid_evenly() {
    page_says("the cash of 1 to 16 April arrives in April, 1,600; 1,400 arrive in May");
    let rest = plenty()
        + "[channel.dtc]\npayout-days = 14\n[cash]\nopening = 0\n[item.MUG]\nprice = 30.00\n\
           [[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = { \"2026-04\" = 100 }\n";
    let project = shop("as-of = 2026-04-01\nbucket = \"month\"\nhorizon = 2", &rest)
        .replacen("[item.MUG]\nprice = 18.00\n", "", 1)
        .replacen("[channel.dtc]\nship-from = [\"main\"]\n", "", 1)
        .replace("payout-days = 14", "ship-from = [\"main\"]\npayout-days = 14");
    let cash: Vec<_> = planned(&project).cash.iter().map(|row| row.sales.0.normalize().to_string()).collect();
    assert_eq!(cash, ["1600", "1400"]);
}

/// The same shop with so many mugs to begin with, and 200 wanted a month.
fn floored(lead: u32, on_hand: u32, rest: &str) -> Result<Plan, String> {
    let lane = LANE.replace("lead-days = 20", &format!("lead-days = {lead}"));
    let stated = format!(
        "{lane}[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = {on_hand}\n\
         [[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = 200\n{rest}\n"
    );
    let compiled = compile_variant(&Memory::one_file(shop(MONTHS, &stated)), &Variant::default());
    assert!(compiled.network.is_some(), "{:?}", compiled.diagnostics);
    plan(&compiled).map_err(|failure| format!("{failure:?}"))
}

#[test]
fn adjustments_stand_as_they_are() {
    page_says("With `add = 30` during February 240, with `set = 30` just 30");
    let time = "as-of = 2026-02-08\nbucket = \"month\"\nhorizon = 1\nfirst-bucket = \"whole\"";
    let adjusted = |change: &str| {
        demand(time, "280", &format!("[[adjust]]\nduring = \"2026-02\"\n{change}\n")).first().copied().unwrap_or(0)
    };
    assert_eq!([adjusted("add = 30"), adjusted("set = 30"), adjusted("add = -500")], [240, 30, 0]);
    page_says("Launch and phase-out win over adjustments");
    let late = "[item.CUP]\nprice = 9.00\ncost = 3.00\nlaunch = 2026-03-01\n[[stock]]\nitem = \"CUP\"\nlocation = \"main\"\non-hand = 50\n\
                [[demand]]\nitem = \"CUP\"\nchannel = \"dtc\"\nunits = 5\n[[adjust]]\nduring = \"2026-02\"\nset = 7\n";
    let plan = planned(&shop(MONTHS, &(plenty() + late)));
    assert_eq!(wanted(&plan), [5, 5]);
}

#[test]
fn several_lines_share_what_one_may_not_hold() {
    page_says("`max = 500, lines = 2`, 800 wanted: two lines");
    let lane = LANE.replace("lead-days", "max = 500\nlines = 2\norder-cost = 10\nlead-days");
    let stated = "[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = { \"2026-04\" = 800 }\n[economics]\nend-worth = \"none\"\n";
    let plan = planned(&shop(MONTHS, &(lane + stated)));
    let lines: Vec<_> = plan.orders.iter().map(|order| (order.key.as_str(), order.units)).collect();
    let keys: Vec<_> = lines.iter().map(|(key, _)| key.rsplit_once('#').map(|(_, twin)| twin)).collect();
    assert_eq!(keys, [Some("1"), Some("2")]);
    assert_eq!(lines.iter().map(|(_, units)| units).sum::<i64>(), 800);
    // 800 x (18 - 6) less twice the order cost.
    assert_eq!(plan.certificate.objective.0, rust_decimal::Decimal::from(9_580));
}

#[test]
fn floors_are_rounded_up() {
    page_says("0.95 of 10 is 9.5, so all 10 have to be there");
    page_says("ceil(28.5) = 29 of 30");
    // Each sale loses a dollar: what is sold is what is promised.
    let sold = |count: u32, per: &str| {
        let items: String = (0..count)
            .map(|number| {
                format!(
                    "[item.CUP-{number}]\nprice = 1.00\ncost = 1.00\ncategory = \"cups\"\n\
                     [[stock]]\nitem = \"CUP-{number}\"\nlocation = \"main\"\non-hand = 10\n\
                     [[demand]]\nitem = \"CUP-{number}\"\nchannel = \"dtc\"\nunits = {{ \"2026-04\" = 10 }}\n"
                )
            })
            .collect();
        let floor = format!(
            "[[service]]\nwhere = {{ category = \"cups\" }}\nfill-rate = 0.95\nper = \"{per}\"\nfrom = \"start\"\n\
             [[fee]]\nfulfilment-fee = 2.00\n[economics]\nend-worth = \"none\"\n"
        );
        let plan = planned(&shop(MONTHS, &(items + &floor)));
        plan.allocations.iter().map(|row| row.planned).sum::<i64>()
    };
    assert_eq!([sold(1, "item"), sold(3, "group")], [10, 29]);
}

#[test]
fn what_no_order_reaches_is_given_unless_a_beginning_is_stated() {
    page_says("February asks for 180, and lacks 60 x 18.00 = 1,080.00");
    page_says("With `from = \"2026-03\"` nothing is given, with `from = \"start\"` there is no plan");
    let floor =
        |from: &str| floored(30, 120, &format!("[[service]]\nwhere = {{ item = \"MUG\" }}\nfill-rate = 0.9\n{from}"));
    let given = floor("").expect("a plan");
    let rows: Vec<_> = given.given.iter().map(|row| (row.kind.as_str(), row.bucket.as_str(), row.amount.0)).collect();
    assert_eq!(rows, [("fill-rate", "2026-02", rust_decimal::Decimal::from(1_080))]);
    let level = &given.certificate.levels[0];
    assert_eq!((level.used, level.bound), (given.given[0].amount, Some(given.given[0].amount)));
    assert!(floor("from = \"2026-03\"").expect("a plan").given.is_empty());
    assert!(floor("from = \"start\"").expect_err("no plan").contains("Infeasible"));
}

#[test]
fn safety_stock_looks_ahead() {
    page_says("2 weeks at 70 a week: 140");
    let wanted = |cover: &str| {
        let time = "as-of = 2026-02-02\nbucket = \"week\"\nhorizon = 4";
        let lane = LANE.replace("lead-days = 20", "lead-days = 28");
        let rest = format!(
            "{lane}[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 5000\n\
             [[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = 70\n[[cover]]\nsafety-stock = {cover}\n"
        );
        planned(&shop(time, &rest)).inventory.iter().map(|row| row.safety_stock).collect::<Vec<_>>()
    };
    assert_eq!(wanted("{ weeks = 2 }"), [140; 4]);
    page_says("1.645 x 20 x 2 = 65.8, so 66");
    assert_eq!(wanted("{ service-level = 0.95, demand-sd = 20 }"), [66; 4]);
    page_says("1.645 x sqrt(4 x 400 + 4,900) = 132.6, so 133");
    assert_eq!(wanted("{ service-level = 0.95, demand-sd = 20, lead-sd-days = 7 }"), [133; 4]);
    assert_eq!(wanted("{ units = 50 }"), [50; 4]);
}

#[test]
fn refusing_a_sale_mends_no_shortfall() {
    page_says(
        "Safety stock 50; 120 before sales, 100 wanted: 30 short of 150. Selling only 70 changes nothing: still 30",
    );
    let shortfall = |rate: &str| {
        let rest = format!(
            "[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 120\n[item.MUG]\ncost = 6.00\n\
             [[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = 100\n[[cover]]\nsafety-stock = {{ units = 50 }}\n\
             [economics]\nend-worth = \"none\"\nsafety-shortfall-rate = {rate}\n"
        );
        let project = shop(&MONTHS.replace("horizon = 3", "horizon = 1"), &rest);
        let project =
            project.replacen("[item.MUG]\nprice = 18.00\n", "", 1).replace("cost = 6.00", "cost = 6.00\nprice = 18.00");
        planned(&project).certificate.objective.0
    };
    // 30 x 6.00 x 0.5.
    assert_eq!(shortfall("0") - shortfall("0.5"), rust_decimal::Decimal::from(90));
}

#[test]
fn the_tail_goes_on_with_demand() {
    page_says("a tail of two months has 30 in April and 31 in May");
    page_says("January to March pay for March, April and May");
    let rest = "payment = [{ share = 1.0, at = \"order\" }]\n".to_owned()
        + &LANE.replace("lead-days = 20", "lead-days = 45")
        + "[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 60\n[cash]\nopening = 0\n\
           [[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = { \"2026-01..2026-03\" = 30 }\n";
    let plan = planned(&shop("as-of = 2026-01-01\nbucket = \"month\"\nhorizon = 3\ntail = 2", &rest));
    assert_eq!(wanted(&plan), [30, 30, 30, 30, 31]);
    let of = |orders: &[Order]| orders.iter().map(|order| order.receipt_bucket.clone()).collect::<Vec<_>>();
    assert_eq!(
        (of(&plan.orders), of(&plan.tail)),
        (vec!["2026-03".to_owned()], vec!["2026-04".into(), "2026-05".into()])
    );
    let paid: Vec<_> = plan.cash.iter().map(|row| row.purchases.0.normalize().to_string()).collect();
    assert_eq!(paid, ["180", "180", "186"]);
    page_says("Promotions end with the horizon, and so do their prices");
    page_says("figures of the plan are those of the horizon");
    assert_eq!(plan.summary.revenue.0, rust_decimal::Decimal::from(90 * 18));
}

#[test]
fn gates_measure_what_they_select() {
    page_says("mean value (600 + 360 + 120) / 3 = 360, sold 720 in a quarter, so a turnover of 8");
    page_says("With ten cups of 30.00 besides, that nobody buys, the plan as a whole turns 4.36 times");
    let gate = |id: &str, rest: &str| {
        format!("[[gate]]\nid = \"{id}\"\nmetric = \"inventory-turnover\"\nat-least = 8\nlevel = \"warning\"\n{rest}")
    };
    let rest = LANE.to_owned()
        + "[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 120\n[economics]\nend-worth = \"none\"\n\
           [[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = 40\n[item.CUP]\ncost = 30.00\n\
           [[stock]]\nitem = \"CUP\"\nlocation = \"main\"\non-hand = 10\n"
        + &gate("all", "")
        + &gate("mugs", "where = { item = \"MUG\" }\n");
    let gates = planned(&shop(MONTHS, &rest)).gates;
    let told: Vec<_> = gates.iter().map(|gate| (gate.id.as_str(), gate.passed)).collect();
    assert_eq!(told, [("all", false), ("mugs", true)]);
    let values: Vec<_> = gates.iter().map(|gate| serde_json::to_value(gate.value).unwrap().to_string()).collect();
    assert_eq!(values, ["\"4.363636\"", "\"8.00\""]);
}

#[test]
fn a_unit_more_of_a_limit_is_worth_so_much_at_most() {
    page_says("A unit more of the budget is worth 12.00 / 6.00 = 2.00, for up to 300 more");
    page_says("`marginal_value` is 2.00 and `marginal_bound` 600 all the same, since with 60 more 720 can be earned");
    let demand = "[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = { \"2026-03\" = 100 }\n";
    let with = |budget: i64, moq: &str| {
        planned(&shop(MONTHS, &format!("{LANE}{moq}{demand}[[budget]]\npurchases = {budget}\n")))
    };
    let worth = |plan: &Plan| {
        let march = &plan.capacity[1];
        assert_eq!((march.kind.as_str(), march.bucket.as_str()), ("budget", "2026-03"));
        let certificate = &plan.certificate;
        let most = certificate.marginal_bound.expect("a bound").to_string();
        let value = march.marginal_value.expect("a value").to_string();
        (certificate.objective.to_string(), most, value, march.marginal_step.map(|step| step.to_string()))
    };
    let said = |earned: &str, value: &str, step: Option<&str>| {
        (earned.to_owned(), "600.00".to_owned(), value.to_owned(), step.map(str::to_owned))
    };
    assert_eq!(worth(&with(300, "")), said("600.00", "2.00", Some("300.00")));
    assert_eq!(worth(&with(300, "moq = 60\n")), said("0.00", "2.00", Some("300.00")));
    assert_eq!(with(360, "moq = 60\n").certificate.objective.to_string(), "720.00");
    let (earned, most, value, step) = worth(&with(700, ""));
    assert_eq!((earned.as_str(), most.as_str(), value.as_str(), step), ("1200.00", "1200.00", "0.00", None));
}
