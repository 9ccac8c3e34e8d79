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
use plans::{all, weekly};

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

/// A page of a thousand items over a year of weeks can still be sent, and holds each of them.
#[test]
fn a_thousand_items_fit() {
    let mut plan = weekly(52);
    let (stock, demand) = (plan.inventory.clone(), plan.allocations.clone());
    let items = plan.inventory.iter().map(|row| row.item.as_str()).collect::<std::collections::BTreeSet<_>>().len();
    for copy in 1..=1_000 / items {
        plan.inventory.extend(stock.iter().cloned().map(|mut row| {
            row.item = format!("{}-{copy:02}", row.item);
            row
        }));
        plan.allocations.extend(demand.iter().cloned().map(|mut row| {
            row.item = format!("{}-{copy:02}", row.item);
            row
        }));
    }
    let all = items * (1 + 1_000 / items);
    assert!(all > 1_000);
    let text = plan_html(&plan);
    assert!(text.len() < 15_000_000, "{} bytes", text.len());
    assert_eq!(text.matches(" by bucket, in units</caption>").count(), 1_000);
    assert!(text.contains(&format!("{} others are in the plan file", all - 1_000)));
}
