//! Files with comments and blank lines everywhere: all of them stay, and so do all lines of which no value changes.

use crate::random::Random;

use super::{ACTUALS, CASH, MANIFEST, ORDERS, SHOP, STOCK, after, approved, rolled, shop, terms, told};

/// A text with comments of its own above lines and behind them. `next` numbers them.
fn commented(text: &str, random: &mut Random, next: &mut usize) -> String {
    let mut out = String::new();
    let mut comment = |random: &mut Random| {
        *next += 1;
        let odd = ["", " [[open-order]]", " = 5", " \"quote", " '''", " # # ", " ü→"][random.below(7)];
        format!("# c{next}.{odd}").trim_end().to_owned()
    };
    for line in text.lines() {
        while random.below(4) == 0 {
            let indent = ["", "  ", "\t"][random.below(3)];
            out.push_str(&match random.below(3) {
                0 => "\n".to_owned(),
                _ => format!("{indent}{}\n", comment(random)),
            });
        }
        out.push_str(line);
        if !line.contains('#') && !line.is_empty() && random.below(3) == 0 {
            out.push_str(&format!("  {}", comment(random)));
        }
        out.push_str(if random.below(12) == 0 && !line.is_empty() { "  \n" } else { "\n" });
    }
    out
}

/// Comments of a text, in their order.
fn comments(text: &str) -> Vec<String> {
    text.lines().filter_map(|line| line.split_once("# c")).map(|(_, rest)| format!("# c{}", rest.trim_end())).collect()
}

/// True where the lines of `part` stand in `all` in their order.
fn in_order<'t>(part: impl Iterator<Item = &'t str>, all: &str) -> Option<&'t str> {
    let mut lines = all.lines();
    let mut part = part;
    part.find(|wanted| !lines.any(|line| line == *wanted))
}

#[test]
fn comments_and_untouched_lines_stay() {
    let plan = approved(&shop());
    let mut random = Random::new(5);
    for _ in 0..150 {
        let mut files = shop();
        let mut next = 0;
        let texts = [
            ("sop.toml", MANIFEST),
            ("shop.toml", SHOP),
            ("operations/stock.toml", STOCK),
            ("operations/orders.toml", ORDERS),
            ("finance/cash.toml", CASH),
        ];
        for (path, text) in texts {
            files.0.insert(path.to_owned(), commented(text, &mut random, &mut next).into_bytes());
        }
        let files = told(&files, ACTUALS);
        let next = rolled(&plan, &files, &terms()).unwrap_or_else(|why| panic!("{why:#?}"));
        let now = after(&files, &next);
        for (path, old) in files.0.iter().filter(|(path, _)| path.ends_with(".toml")) {
            let (old, new) =
                (std::str::from_utf8(old).expect("text"), std::str::from_utf8(&now.0[path]).expect("text"));
            let (mut before, mut after) = (comments(old), comments(new));
            before.sort();
            after.sort();
            assert_eq!(before, after, "{path}\n{old}\n=====\n{new}");
            // Lines that hold a value which changes, or belong to the order that came, are the only ones to go.
            let touched = ["as-of", "cycle", "on-hand", "opening", "units = 60", "amount = 1", "payments", "]"];
            let goes = old.find("id = \"PO-1\"").map(|at| {
                let from = old[..at].rfind("\n[[open-order]]").unwrap_or(0);
                let to = old.find("due = 2026-02-05").unwrap_or(at);
                from..to + 20
            });
            let mut at = 0;
            let kept = old.split_inclusive('\n').filter_map(|line| {
                let start = at;
                at += line.len();
                let bare = line.trim_end_matches('\n');
                let is_touched =
                    touched.iter().any(|word| bare.trim_start().starts_with(word) || bare.contains("{ amount"));
                let inside = goes.as_ref().is_some_and(|goes| goes.contains(&start));
                (!is_touched && !inside && !bare.trim().is_empty() && !bare.contains("# ")).then_some(bare)
            });
            let missing = in_order(kept, new);
            assert_eq!(missing, None, "{path}\n{old}\n=====\n{new}");
        }
    }
}
