//! What a plan says of why in its rows.

use sopc::compile::{compile, plan};
use sopc::plan::Plan;

use crate::support::Memory;

fn planned(text: &str) -> Plan {
    let compiled = compile(&Memory::of([("sop.toml", text.to_owned())]));
    let told: Vec<&String> = compiled.diagnostics.iter().map(|one| &one.message).collect();
    plan(&compiled).unwrap_or_else(|failure| panic!("{failure:?}: {told:?}"))
}

/// A mug a day, for three months; what is ordered today arrives in time for the next month.
const SHOP: &str = "[plan]\nlanguage = 1\nname = \"Shop\"\ncycle = \"2026-01\"\nas-of = 2026-01-01\nbucket = \"month\"\nhorizon = 3\n\
                    tail = 0\ncurrency = \"USD\"\n[item.MUG]\nprice = 10\n[location.main]\n[channel.web]\nship-from = [\"main\"]\n\
                    [supplier.mill]\n[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 100\n[[demand]]\nitem = \"MUG\"\nchannel = \"web\"\n\
                    units = 100\n[[lane]]\nwhere = { item = \"MUG\" }\nsupplier = \"mill\"\nlocation = \"main\"\nlead-days = 20\nunit-cost = 4\n";

/// Reasons by order.
fn of_orders(plan: &Plan) -> Vec<(String, Vec<&str>)> {
    plan.orders.iter().map(|order| (order.key.clone(), order.reasons.iter().map(String::as_str).collect())).collect()
}

#[test]
fn lines_say_for_when_they_are_and_what_gives_them_their_size() {
    // An order costs more than 200 mugs a quarter of a year do: one line for both months, the fewest that may come.
    let one = planned(&format!("{SHOP}order-cost = 500\nmoq = 200\n"));
    let key = "MUG/mill/main/standard/2026-02".to_owned();
    assert_eq!(of_orders(&one), [(key.clone(), vec!["for 2026-02 to 2026-03", "as small as its MOQ lets it be"])]);
    // Two lines of at most 100.
    let two = planned(&format!("{SHOP}max = 100\n"));
    let later = "MUG/mill/main/standard/2026-03".to_owned();
    let largest = "as large as a line may be";
    assert_eq!(of_orders(&two), [(key.clone(), vec!["for 2026-02", largest]), (later, vec!["for 2026-03", largest])]);
    // 150 are cheaper, and someone wants them in February.
    let pin = "[[pin]]\nitem = \"MUG\"\nsupplier = \"mill\"\nlocation = \"main\"\nreceipt-bucket = \"2026-02\"\nunits = 150\n";
    let pinned = planned(&format!("{SHOP}price-breaks = [{{ from = 150, unit-cost = 3 }}]\n{pin}"));
    let line = SHOP.lines().count() + 2;
    let first = &of_orders(&pinned)[0];
    assert_eq!(
        (&first.0, &first.1[1..]),
        (&key, &["at the break from 150", &format!("pinned at sop.toml:{line}")][..])
    );
}

#[test]
fn a_premium_line_names_the_rule_that_lets_it_be_used() {
    let promised = SHOP.replace("on-hand = 100\n[[demand]]", "on-hand = 60\n[[demand]]");
    let air = "[[lane]]\nwhere = { item = \"MUG\" }\nsupplier = \"mill\"\nlocation = \"main\"\nmode = \"air\"\npremium = true\nlead-days = 5\n\
               unit-cost = 9\n[[service]]\nid = \"all\"\nfill-rate = 1\nfrom = \"start\"\n[[rule]]\nid = \"fly\"\nrelax = \"expedite\"\n\
               up-to = { units = 30 }\n[[rule]]\nid = \"sell-less\"\nrelax = \"fill-rate\"\nup-to = { floor = 0.5 }\n";
    // January asks for 100 and has 60: 30 may fly, 10 are let go of.
    let plan = planned(&format!("{promised}{air}"));
    let january = plan.allocations.iter().find(|row| row.bucket == "2026-01").expect("January");
    assert_eq!(january.short, 10);
    let flown = plan.orders.iter().find(|order| order.mode.as_deref() == Some("air")).expect("a line by air");
    assert_eq!(
        (flown.units, flown.reasons.as_slice()),
        (30, &["for 2026-01".to_owned(), "by rule `fly`".to_owned()][..])
    );
}
