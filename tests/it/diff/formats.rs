//! A review in each format: names stay names, and what does not fit is left out in steps.

use sopc::diff::{Attribution, Cause, FigureName, Method, PlanDiff};
use sopc::plan::{Amount, Plan, Status};
use sopc::render::{
    Saved, Shown, Style, delta_text, diff_csv, diff_html, diff_json, diff_markdown, diff_text, figures_text,
};
use sopc::source::Place;

use super::{between, made_up};

/// Something for each of the formats to stumble over.
const HOSTILE: &str = "::error file=x::y ##[add-matcher]z\n::stop-commands::t\n=1+1|`x`|``y`` **b** <img src=x onerror=alert(1)> [a](javascript:b) @team #1 & \"q\" '\u{1b}[2J\u{202e}";

fn style(width: usize) -> Style {
    Style { width, color: false, unicode: true }
}

/// A plan of which every name wants to do harm.
fn hostile(mut plan: Plan) -> Plan {
    let text = || HOSTILE.to_owned();
    (plan.project, plan.cycle, plan.currency, plan.compiler_version) = (text(), text(), text(), text());
    for order in &mut plan.orders {
        (order.item, order.supplier, order.location) = (text() + &order.item, text(), text());
        order.mode = order.mode.as_ref().map(|_| text());
    }
    for row in &mut plan.allocations {
        (row.item, row.channel) = (text() + &row.item, text());
    }
    for row in &mut plan.capacity {
        (row.kind, row.of) = (text(), text() + &row.of);
    }
    for row in &mut plan.rules_used {
        (row.id, row.source.file) = (text() + &row.id, text());
    }
    for row in &mut plan.given {
        (row.kind, row.of) = (text(), text() + &row.of);
    }
    for gate in &mut plan.gates {
        (gate.id, gate.metric) = (text() + &gate.id, text());
    }
    plan
}

pub(crate) fn hostile_diff() -> PlanDiff {
    let mut head = hostile(made_up(9));
    head.orders.truncate(head.orders.len() / 2);
    head.compiler_version.push('2');
    for row in &mut head.allocations {
        row.short += 5;
    }
    head.rules_used.clear();
    let revenue = head.summary.revenue;
    head.summary.revenue = Amount(revenue.0 * rust_decimal::Decimal::TWO);
    let mut found = between(&hostile(made_up(9)), &head);
    found.same = false;
    found.base.name = HOSTILE.to_owned();
    let figures: Vec<FigureName> = found.figures.iter().map(|figure| figure.name).collect();
    let effects = found.figures.iter().map(|figure| figure.delta).collect();
    let row = Cause {
        cause: HOSTILE.to_owned(),
        from: "a`b".to_owned(),
        to: "<b>".to_owned(),
        sources: vec![Place { file: HOSTILE.to_owned(), line: 3, column: 1 }],
        gone: false,
        effects,
        objective: None,
        within_tolerance: false,
        without_plan: Some(HOSTILE.to_owned()),
    };
    found.attribution = Some(Attribution { method: Method::Alone, compiles: 2, figures, rows: vec![row] });
    found
}

/// True for what must never reach a reader's screen.
fn acts(character: char) -> bool {
    character.is_control() && character != '\n' || matches!(character, '\u{202a}'..='\u{202e}')
}

const FULL: Shown = Shown { full: true, least_money: rust_decimal::Decimal::ZERO, most_bytes: None };

#[test]
fn text_commands_nobody() {
    for width in [60, 80, 120] {
        let text = diff_text(&hostile_diff(), &FULL, &style(width));
        assert!(!text.chars().any(acts));
        // A runner of GitHub reads `::` at the beginning of a line, and `##[` anywhere in it.
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::") || line.contains("##[")), "{text}");
        assert!(text.contains("error file=x"), "the name is still there");
    }
}

/// Names stay what they are known by at the usual widths: where there is no room they are folded.
#[test]
fn names_are_not_cut() {
    let mut head = made_up(9);
    head.orders.truncate(head.orders.len() / 2);
    head.capacity.iter_mut().for_each(|row| row.limit = Amount(row.limit.0 / rust_decimal::Decimal::TWO));
    let found = between(&made_up(9), &head);
    for width in [80, 120] {
        let text = diff_text(&found, &FULL, &style(width));
        assert!(!text.contains('…'), "{text}");
    }
}

/// What is left of Markdown once code is taken out holds nothing from a name.
#[test]
fn markdown_holds_names_as_code() {
    let text = diff_markdown(&hostile_diff(), &FULL);
    assert!(!text.chars().any(acts));
    let outside: String = text.lines().map(|line| without_code(line) + "\n").collect();
    for mark in ["<img", "**b**", "[a](", "@team", "#1", ":error file", "javascript"] {
        assert!(text.contains(mark) && !outside.contains(mark), "{mark} in\n{outside}");
    }
    // Every row of a table has the cells of its header.
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    for block in text.split("\n\n").filter(|block| block.starts_with("| ")) {
        let counts: Vec<usize> = block.lines().map(bars).collect();
        assert!(counts.windows(2).all(|pair| pair[0] == pair[1]), "{block}");
    }
}

/// A line of Markdown without its code spans, by the rule of CommonMark: a run of backticks ends at the next run as long.
fn without_code(line: &str) -> String {
    let runs = |text: &str| -> Vec<(usize, usize)> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (at, _) in text.match_indices('`') {
            match found.last_mut() {
                Some((start, length)) if *start + *length == at => *length += 1,
                _ => found.push((at, 1)),
            }
        }
        found
    };
    let all = runs(line);
    let (mut out, mut from, mut index) = (String::new(), 0, 0);
    while index < all.len() {
        let (start, length) = all[index];
        match all[index + 1..].iter().position(|(_, other)| *other == length) {
            Some(next) => {
                out.push_str(&line[from..start]);
                let (end, _) = all[index + 1 + next];
                from = end + length;
                index += next + 2;
            }
            None => index += 1,
        }
    }
    out + &line[from..]
}

#[test]
fn html_holds_names_as_text() {
    let text = diff_html(&hostile_diff(), &FULL);
    assert!(!text.chars().any(acts));
    assert!(!text.contains("<img") && !text.contains("<b>") && text.contains("&lt;img src=x"));
    crate::report::page::Page::read(&text).assert_sound();
}

#[test]
fn csv_starts_no_formula_and_json_keeps_all() {
    let found = hostile_diff();
    let text = diff_csv(&found);
    assert!(!text.chars().any(acts));
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("a row")).collect();
    assert!(rows.len() >= found.lines.len());
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '@', '\t'])));
    let json = diff_json(&found);
    assert!(!json.chars().any(acts));
    assert_eq!(serde_json::from_str::<PlanDiff>(&json).expect("a diff"), found);
}

/// Whatever it may take, no table ends in its middle and the verdict is there.
#[test]
fn what_does_not_fit_goes_in_steps() {
    let mut head = made_up(9);
    head.orders.truncate(head.orders.len() / 2);
    let mut found = between(&made_up(9), &head);
    found.same = false;
    let mut lengths = Vec::new();
    for most in [usize::MAX, 8_000, 4_000, 2_500, 1_500, 600] {
        let shown = Shown { most_bytes: Some(most), ..Shown::default() };
        let text = diff_markdown(&found, &shown);
        assert!(text.len() <= most, "{} of {most}", text.len());
        assert!(text.starts_with("### ") && text.contains("as before"), "{text}");
        assert_eq!(text.matches("<details>").count(), text.matches("</details>").count());
        lengths.push(text.len());
    }
    assert!(lengths.windows(2).all(|pair| pair[0] >= pair[1]) && lengths[0] > lengths[5], "{lengths:?}");
}

#[test]
fn small_changes_are_counted_and_summed() {
    let mut head = made_up(9);
    head.orders.truncate(head.orders.len() / 2);
    let found = between(&made_up(9), &head);
    let all = Shown { least_money: rust_decimal::Decimal::from(1_000_000_000), ..Shown::default() };
    let text = diff_text(&found, &all, &style(100));
    let real = found.lines.iter().filter(|change| change.verb.is_change()).count();
    let told: usize = text
        .lines()
        .filter(|line| line.contains("smaller, "))
        .map(|line| line.split_whitespace().nth(1).expect("a number").parse::<usize>().expect("a number"))
        .sum();
    assert_eq!(told, real, "{text}");
}

#[test]
fn nothing_changed_is_one_line() {
    let plan = made_up(9);
    let found = between(&plan, &plan);
    assert_eq!(diff_text(&found, &Shown::default(), &style(200)).lines().count(), 1);
    assert!(diff_markdown(&found, &Shown::default()).starts_with("nothing changed: the plan is that of the base"));
}

/// A plan is not said to keep more than it does: what is given is told, and what was where that is another number.
#[test]
fn what_is_given_is_told_beside_what_is_kept() {
    let of = |status, shortages: usize, overruns: usize| {
        let mut plan = made_up(9);
        let one = |kind: &str| sopc::plan::Given { kind: kind.to_owned(), ..plan.given[0].clone() };
        let rows = (0..shortages).map(|_| one("fill-rate")).chain((0..overruns).map(|_| one("budget"))).collect();
        (plan.status, plan.given) = (status, rows);
        plan
    };
    let told = |base: &Plan, head: &Plan| {
        let mut found = between(base, head);
        found.same = false;
        let text = diff_markdown(&found, &Shown::default());
        let verdict = text.lines().find_map(|line| line.strip_prefix("**")?.split_once("** "));
        verdict.map(|(_, told)| told.to_owned()).unwrap_or_default()
    };
    let [kept, short, both] = [(0, 0), (1, 0), (2, 1)].map(|(short, over)| of(Status::Feasible, short, over));
    let relaxed = of(Status::Relaxed, 1, 0);
    let feasible = "every commitment is kept";
    assert_eq!(told(&kept, &kept), format!("feasible, as before: {feasible}"));
    assert_eq!(told(&short, &short), format!("feasible, as before: {feasible}, but for what is given: 1 shortage"));
    assert_eq!(
        told(&kept, &both),
        format!(
            "feasible, as before: {feasible}, but for what is given: 2 shortages and 1 overrun; before: nothing was given"
        )
    );
    assert_eq!(
        told(&both, &kept),
        format!("feasible, as before: {feasible}; before: 2 shortages and 1 overrun were given")
    );
    assert_eq!(
        told(&kept, &relaxed),
        "relaxed, and was feasible: commitments are kept with the help of rules; given: 1 shortage; before: nothing was given"
    );
    assert!(
        figures_text(&short, &style(200)).contains(&format!("feasible: {feasible}, but for what is given: 1 shortage"))
    );
    let saved = |base: &Plan, head: &Plan| {
        let diff = between(base, head);
        delta_text(Saved { diff: &diff, edited: &[], provisional: false }, &style(200))
    };
    assert!(!saved(&short, &short).contains("feasible"));
    assert!(
        saved(&short, &both)
            .contains("feasible, as before: every commitment is kept, but for what is given: 2 shortages")
    );
}
