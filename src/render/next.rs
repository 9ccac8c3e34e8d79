//! What more of a limit buys, for people.

use super::number::{counted, money, percent, quantity, units};
use super::safe;
use super::style::{Ink, Style};
use super::wrap;
use crate::next::{ItemChange, Next, Nothing, Step};
use crate::plan::Amount;

/// Items that are named of a step, and limits of a sentence.
const NAMED: usize = 6;

/// The answer as text: a paragraph for each plan that was made, the best first.
#[must_use]
pub fn next_text(next: &Next, style: &Style) -> String {
    let mut page = Page { next, style, out: String::new() };
    page.head();
    for (at, step) in next.steps.iter().enumerate() {
        page.step(at + 1, step);
    }
    page.rest();
    page.out
}

struct Page<'a> {
    next: &'a Next,
    style: &'a Style,
    out: String,
}

impl Page<'_> {
    /// A sentence behind `first`.
    fn say(&mut self, ink: Ink, first: &str, text: &str) {
        for line in wrap::hang(first, &safe::line(text), self.style.width.clamp(40, 120)) {
            self.out.push_str(&self.style.paint(ink, &line));
            self.out.push('\n');
        }
    }

    fn head(&mut self) {
        let next = self.next;
        let title = format!("What more would buy: {}, cycle {}, in {}", next.project, next.cycle, next.currency);
        self.say(Ink::Bold, "", &title);
        let made = match next.plans - 1 {
            0 => "no plan with more was needed".to_owned(),
            1 => "1 plan was made with more, beside the one of things as they are".to_owned(),
            more => format!(
                "{} plans were made with more, each of one limit, beside the one of things as they are",
                units(more as i128)
            ),
        };
        let known = match next.tolerance {
            Some(gap) if gap == Amount::default() => "; that is proven to be the best".to_owned(),
            Some(gap) => format!("; that is at most {} from the best", money(gap)),
            None => String::new(),
        };
        if next.found == Amount::default() {
            self.say(Ink::Plain, "", &format!("{made}{known}"));
            return;
        }
        self.say(Ink::Plain, "", &made);
        let found = money(next.found);
        let better = format!(
            "one of them earns {found} more than that and needs no more of anything: gains are held against it"
        );
        self.say(Ink::Plain, "", &format!("{better}{known}"));
        let text = "`sopc plan` does not find it: `sopc next --out FILE` writes it, and `sopc approve --plan FILE` approves it";
        self.say(Ink::Plain, "", text);
    }

    fn step(&mut self, number: usize, step: &Step) {
        self.out.push('\n');
        let place = format!("{}:{}", step.source.file, step.source.line);
        self.say(Ink::Bold, &format!("{number}. "), &format!("{} [{place}]", asked(step)));
        let text = gain(step);
        self.say(Ink::Plain, "   ", &text);
        if step.gain == Amount::default() && step.levels.is_empty() && step.items.is_empty() {
            return;
        }
        for level in &step.levels {
            let (before, after) = (money(level.before), money(level.after));
            let what = if level.rule == "given" { "what is given" } else { "use of rule" };
            let name = if level.rule == "given" { String::new() } else { format!(" {}", level.rule) };
            self.say(Ink::Plain, "   ", &format!("{what}{name}: {before} before, {after} now"));
        }
        let rates = (percent(step.fill_rate_before.0), percent(step.fill_rate_after.0));
        let fill = if rates.0 == rates.1 {
            format!("fill rate {}", rates.0)
        } else {
            format!("fill rate {} to {}", rates.0, rates.1)
        };
        let figures = format!(
            "revenue {}, contribution {}, purchases {}, {fill}; {} of it is used",
            signed(step.revenue),
            signed(step.contribution),
            signed(step.purchases),
            measured(&step.kind, step.used)
        );
        self.say(Ink::Plain, "   ", &figures);
        for (name, of) in [("sells", (|one| one.sold) as fn(&ItemChange) -> i64), ("buys", |one| one.bought)] {
            if let Some(text) = listed(&step.items, of) {
                self.say(Ink::Plain, "   ", &format!("{name} {text}"));
            }
        }
    }

    fn rest(&mut self) {
        let next = self.next;
        let groups = [
            (&next.nothing, "worth nothing to have more of:"),
            (&next.left_out, "not planned, since only so many plans were to be made (--plans):"),
        ];
        for (list, text) in groups {
            if !list.is_empty() {
                self.out.push('\n');
                let most = list.iter().map(|one| one.at_most).collect::<Option<Vec<_>>>();
                let most = most.and_then(|most| most.into_iter().max());
                let known = match most {
                    Some(most) if most == Amount::default() => String::new(),
                    Some(most) => format!("; with more of one no plan earns more than {} beyond", money(most)),
                    None => String::new(),
                };
                self.say(Ink::Dim, "", &format!("{text} {}{known}", names(list)));
            }
        }
        if next.steps.is_empty() && next.nothing.is_empty() && next.left_out.is_empty() {
            self.out.push('\n');
            self.say(Ink::Plain, "", "the project has no such limit");
        }
    }
}

/// `10,000.00 more of budget open-to-buy in 2026-05`.
fn asked(step: &Step) -> String {
    let amount = measured(&step.kind, step.amount);
    let when = match (step.kind.as_str(), step.bucket.as_str()) {
        ("cash", bucket) => format!("from {bucket} on"),
        (_, "all") => "in every bucket".to_owned(),
        (_, bucket) => format!("in {bucket}"),
    };
    let what = if step.kind == "cash" { "cash".to_owned() } else { format!("{} {}", step.kind, step.of) };
    format!("{what}: {amount} more {when}")
}

fn gain(step: &Step) -> String {
    let most = step.at_most.map_or(String::new(), |most| format!("; {} at most, whatever the plan", money(most)));
    if step.gain == Amount::default() && step.levels.is_empty() {
        let known = if step.tolerance == Amount::default() { "" } else { " that was found" };
        let near =
            if step.tolerance == Amount::default() { String::new() } else { format!(", +- {}", money(step.tolerance)) };
        return format!("buys nothing{known}{near}{most}");
    }
    let within = match step.tolerance {
        gap if gap == Amount::default() => String::new(),
        gap if step.gain <= gap => format!(", +- {}: within what the planner can tell", money(gap)),
        gap => format!(", +- {}", money(gap)),
    };
    format!("earns {} more{within}{most}", money(step.gain))
}

/// `PAN-CI-10 +120, KNIFE +33 and 4 more`.
fn listed(items: &[ItemChange], of: fn(&ItemChange) -> i64) -> Option<String> {
    let mut changed: Vec<&ItemChange> = items.iter().filter(|one| of(one) != 0).collect();
    changed.sort_by_key(|one| std::cmp::Reverse(of(one).abs()));
    let sign = |number: i64| if number > 0 { format!("+{}", units(number)) } else { units(number) };
    let named: Vec<String> = changed.iter().take(NAMED).map(|one| format!("{} {}", one.item, sign(of(one)))).collect();
    let more = changed.len().saturating_sub(NAMED);
    let end = if more > 0 { format!(" and {} more", counted(more, "item", "items")) } else { String::new() };
    (!named.is_empty()).then(|| format!("{}{end}", named.join(", ")))
}

/// `budget garden in 2026-05, 2026-06; cash from 2026-02 on`.
fn names(list: &[Nothing]) -> String {
    let mut groups: Vec<((&str, &str), Vec<&str>)> = Vec::new();
    for one in list {
        match groups.last_mut() {
            Some((key, buckets)) if *key == (one.kind.as_str(), one.of.as_str()) => buckets.push(&one.bucket),
            _ => groups.push(((&one.kind, &one.of), vec![&one.bucket])),
        }
    }
    let group = |((kind, of), buckets): &((&str, &str), Vec<&str>)| {
        let when = match buckets.as_slice() {
            ["all"] => String::new(),
            [one] => format!(" in {one}"),
            [first, .., last] if buckets.len() > 3 => {
                format!(" in {} from {first} to {last}", counted(buckets.len(), "bucket", "buckets"))
            }
            some => format!(" in {}", some.join(", ")),
        };
        if *kind == "cash" { format!("cash{when}") } else { format!("{kind} {of}{when}") }
    };
    groups.iter().map(group).collect::<Vec<_>>().join("; ")
}

fn signed(amount: Amount) -> String {
    if amount > Amount::default() { format!("+{}", money(amount)) } else { money(amount) }
}

fn measured(kind: &str, amount: Amount) -> String {
    let units =
        || format!("{} {}", quantity(amount), if amount.0 == rust_decimal::Decimal::ONE { "unit" } else { "units" });
    match kind {
        "storage-capacity" => format!("{} m3", quantity(amount)),
        "supplier-capacity" => format!("{} of capacity", units()),
        "inbound-capacity" | "outbound-capacity" => units(),
        _ => money(amount),
    }
}
