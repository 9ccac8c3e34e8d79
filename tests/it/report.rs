//! Reports: pages that are well-formed whatever is in a plan, and say of it what it says.

#[path = "report/browser.rs"]
mod browser;
#[path = "report/figures.rs"]
mod figures;
#[path = "report/page.rs"]
pub(crate) mod page;
#[path = "report/plans.rs"]
mod plans;
#[path = "report/style.rs"]
mod style;

use sopc::render::{plan_html, plan_json, plan_markdown};

use page::Page;
use plans::{all, sorted, weekly};

#[test]
fn every_page_is_sound() {
    for (name, text) in all().iter().map(|(name, plan)| (*name, plan_html(plan))).chain([plans::tracking()]) {
        assert!(!text.chars().any(acts), "{name}");
        Page::read(&text).assert_sound();
    }
}

/// True for what must never reach a reader's screen.
fn acts(character: char) -> bool {
    character.is_control() && character != '\n'
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    for (name, plan) in all() {
        let back = serde_json::from_str(&plan_json(&plan)).expect("a plan");
        assert!(plan_html(&plan) == plan_html(&back), "{name}");
        assert_eq!(plan_markdown(&plan), plan_markdown(&back), "{name}");
    }
}

#[test]
fn names_are_text_and_stay_themselves() {
    let plan = plans::named("<img src=x onerror=alert(1)> & \"q\" '</script>' ]]>");
    let text = plan_html(&plan);
    assert!(!text.contains("<img") && text.contains("&lt;img src=x"));
    let page = Page::read(&text);
    page.assert_sound();
    assert!(page.text("h1").contains("<img src=x onerror=alert(1)> & \"q\" '</script>' ]]>"));
}

#[test]
fn markdown_sets_names_as_code_and_keeps_tables_whole() {
    let name = "**b** [a](javascript:b) | @team <img>";
    let text = plan_markdown(&plans::named(name));
    assert!(!text.chars().any(acts));
    let outside: String = text.split('`').step_by(2).collect();
    for mark in ["**b**", "[a](", "@team", "<img>"] {
        assert!(text.contains(mark) && !outside.contains(mark), "{mark} in\n{outside}");
    }
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    for block in text.split("\n\n").filter(|block| block.starts_with("| ")) {
        let counts: Vec<usize> = block.lines().map(bars).collect();
        assert!(counts.windows(2).all(|pair| pair[0] == pair[1]), "{block}");
    }
}

/// A page of a thousand items over a year of weeks can be sent by mail, and has a row for each of them.
#[test]
fn a_thousand_items_fit() {
    let mut plan = weekly(52);
    let (stock, demand, orders) = (plan.inventory.clone(), plan.allocations.clone(), plan.orders.clone());
    let items = plan.inventory.iter().map(|row| row.item.as_str()).collect::<std::collections::BTreeSet<_>>().len();
    let copies = 1_000 / items;
    for copy in 1..copies {
        plan.inventory.extend(stock.iter().cloned().map(|mut row| {
            row.item = format!("{}-{copy:02}", row.item);
            row
        }));
        plan.allocations.extend(demand.iter().cloned().map(|mut row| {
            row.item = format!("{}-{copy:02}", row.item);
            row
        }));
        plan.orders.extend(orders.iter().cloned().map(|mut row| {
            row.item = format!("{}-{copy:02}", row.item);
            row
        }));
    }
    let text = plan_html(&plan);
    assert!(text.len() < 3_000_000, "{} bytes", text.len());
    let caption = "Items, those that fall short most first, in units; orders at landed cost in EUR";
    let rows: usize = Page::read(&text).tables(caption).iter().map(|table| table.len() - 1).sum();
    assert_eq!(rows, items * copies);
    let told = text.matches(" by bucket, in units; at first there are ").count();
    assert!(told >= 200 && text.contains(&format!("the first {told} of them over time")), "{told}");
}

/// What is folded away is there on paper: a browser that knows how is told to open it.
#[test]
fn paper_folds_nothing() {
    let text = plan_html(&plans::sorted(9));
    let print = text.split("@media print").nth(1).expect("a style for paper");
    assert!(print.contains("details:not(.one)::details-content { content-visibility: visible"));
    assert!(text.contains("<details>") && !text.contains("<details class=\"one\">"));
}

/// A review draws what was and what is, and its numbers are those of both plans.
#[test]
fn a_review_draws_both_plans() {
    let (base, mut head) = (sorted(9), sorted(9));
    head.cash[3].closing = sopc::plan::Amount(head.cash[3].closing.0 + rust_decimal::Decimal::from(1_000));
    head.allocations[0].planned += 7;
    let found = sopc::diff::diff(&base, &head, &sopc::diff::Terms::default());
    let page = Page::read(&sopc::render::diff_html(&found, &sopc::render::Shown::default()));
    page.assert_sound();
    let cash = page.table("Cash at the end of each bucket, before and now, in EUR");
    assert_eq!(cash[0], ["Bucket", "before", "now", "minimum"]);
    assert_eq!(cash.len() - 1, 9);
    let changed: Vec<&str> = cash[1..].iter().filter(|row| row[1] != row[2]).map(|row| row[0].as_str()).collect();
    assert_eq!(changed, [head.cash[3].bucket.as_str()]);
    let sales = page.table("Demand and sales, before and now, in units");
    let differs = |row: &&Vec<String>| row[1] != row[2];
    assert_eq!(sales[1..].iter().filter(differs).count(), 1);
    assert!(page.tables("Inventory value, before and now, in EUR").is_empty(), "what is the same is not drawn");
}

/// The parts of a difference are drawn from where the one before ended, so that the last ends where all of them do.
#[test]
fn a_tracking_draws_its_causes() {
    let page = Page::read(&plans::tracking().1);
    let table = page.table("Revenue above plan and below it, by cause, in USD");
    assert_eq!(table[0], ["Cause", "more", "less", "in all"]);
    let names: Vec<&str> = table[1..].iter().map(|row| row[0].as_str()).collect();
    assert_eq!(names, ["demand", "supply", "price", "mix", "unplanned", "in all"]);
    let number = |cell: &str| cell.replace(',', "").parse::<rust_decimal::Decimal>().unwrap_or_default();
    let parts: rust_decimal::Decimal = table[1..6].iter().map(|row| number(&row[1]) + number(&row[2])).sum();
    assert_eq!(parts, number(&table[6][3]));
    assert!(table[1..6].iter().all(|row| row[1] == "-" || row[2] == "-"));
    assert_eq!(
        page.table("Demand and sales by channel, in units")[0],
        ["Channel", "demand by plan", "planned sales", "sold"]
    );
}

/// Whatever a name holds, it is text on every kind of page.
#[test]
fn names_are_text_on_every_page() {
    for name in HOSTILE {
        let tracking = plans::tracking_of(name);
        let (base, mut head) = (plans::named(name), plans::named(name));
        head.orders.truncate(head.orders.len() / 2);
        head.cash[0].closing = sopc::plan::Amount(rust_decimal::Decimal::ONE);
        let found = sopc::diff::diff(&base, &head, &sopc::diff::Terms::default());
        let full = sopc::render::Shown { full: true, ..Default::default() };
        let pages = [plan_html(&base), sopc::render::diff_html(&found, &full), tracking];
        for text in pages {
            assert!(!text.chars().any(acts) && !text.contains("<img") && !text.contains("</script"), "{name:?}");
            let page = Page::read(&text);
            page.assert_sound();
            let shown = name.split(|c: char| !c.is_alphanumeric()).max_by_key(|part| part.len()).expect("a part");
            assert!(page.text("body").contains(shown), "{shown}");
        }
    }
}

/// Names that may do harm: markup, an end of a script, a turned direction, control characters, none of ours, no end.
const HOSTILE: [&str; 5] = [
    "<img src=x onerror=alert(1)> </script> & \"q\" ]]>",
    "\u{202e}\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{2066}evil",
    "a\u{1b}[2J\r\n\u{7}\u{9b}31mb",
    "=cmd|' /C calc'!A0",
    "a-name-without-end-\u{6f22}\u{5b57}-a-name-without-end-\u{6f22}\u{5b57}-a-name-without-end-a-name-without-end-a-name-without-end-a-name",
];
