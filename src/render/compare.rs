//! Variants side by side. They are told apart by letters: names may be long.

use ::csv::{QuoteStyle, WriterBuilder};

use super::blocks::{self, Block, Set, Sheet, Tone, Words};
use super::json::pretty;
use super::number::{counted, money, percent, quantity, units};
use super::safe::csv_cell;
use super::style::Style;
use crate::compare::{Comparison, Figures, Variant, VariantState};
use crate::plan::Amount;

/// Lines that differ which are told, where not all of them fold away.
const LINES: usize = 12;
/// Problems that are told of a variant without a plan.
const PROBLEMS: usize = 3;

/// The comparison for people at a terminal.
#[must_use]
pub fn comparison_text(comparison: &Comparison, style: &Style) -> String {
    blocks::terminal(&told(comparison, LINES), style)
}

/// The comparison as GitHub-flavoured Markdown.
#[must_use]
pub fn comparison_markdown(comparison: &Comparison) -> String {
    blocks::markdown(&told(comparison, LINES))
}

/// The comparison as one HTML file, with all lines that differ.
#[must_use]
pub fn comparison_html(comparison: &Comparison) -> String {
    let title = format!("{}, cycle {}: variants", comparison.project, comparison.cycle);
    blocks::html(&told(comparison, usize::MAX), &title)
}

/// The comparison itself.
#[must_use]
pub fn comparison_json(comparison: &Comparison) -> String {
    pretty(comparison)
}

/// The header of [`comparison_csv`].
pub const COLUMNS: [&str; 13] = [
    "variant",
    "state",
    "revenue",
    "contribution",
    "purchases",
    "fill_rate",
    "lowest_cash",
    "lowest_cash_bucket",
    "objective",
    "tolerance",
    "rules_used",
    "limits_that_bind",
    "lines_that_differ",
];

/// A row a variant under [`COLUMNS`].
///
/// # Panics
/// Never: rows are written to memory and all have the same length.
#[must_use]
pub fn comparison_csv(comparison: &Comparison) -> String {
    let mut writer = WriterBuilder::new().quote_style(QuoteStyle::Necessary).from_writer(Vec::new());
    writer.write_record(COLUMNS).expect("memory takes every row");
    let shown = |amount: Option<Amount>| amount.map_or(String::new(), |amount| amount.to_string());
    for (at, one) in comparison.variants.iter().enumerate() {
        let figures = one.figures.as_ref();
        let rules: Vec<&str> = one.rules.iter().map(|rule| rule.rule.as_str()).collect();
        let limits: Vec<String> = one
            .limits
            .iter()
            .map(|limit| format!("{} {} in {}", limit.kind, limit.of, limit.buckets.join(" ")))
            .collect();
        let differ = figures.map_or(String::new(), |_| differing(comparison, at).to_string());
        let row: [String; COLUMNS.len()] = [
            csv_cell(&one.name),
            state(one.state).to_owned(),
            shown(figures.map(|figures| figures.revenue)),
            shown(figures.map(|figures| figures.contribution)),
            shown(figures.map(|figures| figures.purchases)),
            shown(figures.map(|figures| figures.fill_rate)),
            shown(figures.and_then(|figures| figures.lowest_cash)),
            figures.and_then(|figures| figures.lowest_cash_bucket.clone()).unwrap_or_default(),
            shown(one.objective),
            shown(one.tolerance),
            csv_cell(&rules.join("; ")),
            csv_cell(&limits.join("; ")),
            differ,
        ];
        writer.write_record(&row).expect("memory takes every row");
    }
    String::from_utf8(writer.into_inner().expect("memory takes every row")).expect("cells are text")
}

/// How a state is called in files.
fn state(state: VariantState) -> &'static str {
    match state {
        VariantState::Planned => "planned",
        VariantState::Refused => "refused",
        VariantState::Infeasible => "infeasible",
        VariantState::NotFound => "not-found",
        VariantState::Invalid => "invalid",
    }
}

/// Lines of which a variant has other units than the first one.
fn differing(comparison: &Comparison, at: usize) -> usize {
    comparison.lines.iter().filter(|line| line.units[at].is_some() && line.units[at] != line.units[0]).count()
}

/// `A`, `B`, ..., `AA`.
fn letter(at: usize) -> String {
    let last = char::from(b'A' + u8::try_from(at % 26).unwrap_or(0));
    if at < 26 { last.to_string() } else { format!("{}{last}", letter(at / 26 - 1)) }
}

fn told(comparison: &Comparison, most: usize) -> Vec<Block> {
    let title = match comparison.project.as_str() {
        "" => Words::of("Variants side by side"),
        name => Words::of("Variants side by side: ")
            .name(name)
            .say(format!(", cycle {}, in {}", comparison.cycle, comparison.currency)),
    };
    let mut blocks = vec![Block::Title(title)];
    for (at, one) in comparison.variants.iter().enumerate() {
        blocks.push(head(at, one));
    }
    blocks.push(Block::Heading("Numbers"));
    blocks.push(Block::Table(numbers(comparison)));
    blocks.extend(differences(comparison));
    blocks.extend(rules(comparison));
    blocks.extend(limits(comparison));
    blocks.extend(lines(comparison, most));
    blocks
}

/// What a letter stands for, and what is wrong with it.
fn head(at: usize, one: &Variant) -> Block {
    let words = Words::of(format!("{}: ", letter(at))).name(one.name.clone());
    let without = |words: Words, what: &str| {
        let why = one.problems.iter().take(PROBLEMS).map(|problem| Words::named(problem.clone()));
        let words = words.say(format!(": {what}")).say(if one.problems.is_empty() { "" } else { ": " }).list(why, "; ");
        let more = one.problems.len().saturating_sub(PROBLEMS);
        Block::Verdict(Tone::Bad, if more > 0 { words.say(format!("; and {more} more")) } else { words })
    };
    match one.state {
        VariantState::Planned if one.missed_gates.is_empty() => Block::Verdict(Tone::Good, words),
        VariantState::Planned => Block::Verdict(Tone::Mind, words.say(": misses the gates ").list(gates(one), ", ")),
        VariantState::Refused => Block::Verdict(Tone::Bad, words.say(": refused by the gates ").list(gates(one), ", ")),
        VariantState::Infeasible => without(words, "no plan keeps every commitment"),
        VariantState::NotFound => without(words, "no plan was found, and none is proven impossible"),
        VariantState::Invalid => without(words, "its inputs are invalid"),
    }
}

fn gates(one: &Variant) -> impl Iterator<Item = Words> + '_ {
    one.missed_gates.iter().map(|gate| Words::named(gate.clone()))
}

/// Titles of a column a number.
const NUMBERS: [(&str, Set); 6] = [
    ("", Set::Fixed),
    ("Revenue", Set::Number),
    ("Contribution", Set::Number),
    ("Purchases", Set::Number),
    ("Fill rate", Set::Number),
    ("Lowest cash", Set::Number),
];

fn numbers(comparison: &Comparison) -> Sheet {
    let row = |(at, one): (usize, &Variant)| {
        let mut cells = vec![Words::of(letter(at))];
        match &one.figures {
            None => cells.extend(["no plan", "-", "-", "-", "-"].map(Words::of)),
            Some(figures) => cells.extend([
                Words::of(money(figures.revenue)),
                Words::of(money(figures.contribution)),
                Words::of(money(figures.purchases)),
                Words::of(percent(figures.fill_rate.0)),
                Words::of(figures.lowest_cash.map_or("-".to_owned(), money)),
            ]),
        }
        cells
    };
    Sheet::of(NUMBERS, comparison.variants.iter().enumerate().map(row).collect())
}

/// What the others have more and less than the first one.
fn differences(comparison: &Comparison) -> Vec<Block> {
    let Some((first, others)) = comparison.variants.split_first() else { return Vec::new() };
    let Some(base) = &first.figures else {
        return vec![Block::said("A has no plan, so that nothing is held against it.")];
    };
    let row = |(at, one): (usize, &Variant)| {
        let own = one.figures.as_ref()?;
        let by = |of: fn(&Figures) -> Amount| Amount(of(own).0.saturating_sub(of(base).0));
        let rate = by(|figures| figures.fill_rate).0.saturating_mul(rust_decimal::Decimal::ONE_HUNDRED);
        let rate = quantity(Amount(rate));
        let cash = own.lowest_cash.zip(base.lowest_cash);
        Some(vec![
            Words::of(letter(at + 1)),
            Words::of(signed(by(|figures| figures.revenue))),
            Words::of(signed(by(|figures| figures.contribution))),
            Words::of(signed(by(|figures| figures.purchases))),
            Words::of(if rate.starts_with('-') || rate == "0" { format!("{rate} pp") } else { format!("+{rate} pp") }),
            Words::of(cash.map_or("-".to_owned(), |(own, base)| signed(Amount(own.0.saturating_sub(base.0))))),
        ])
    };
    let rows: Vec<_> = others.iter().enumerate().filter_map(row).collect();
    if rows.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading("Against A"), Block::Table(Sheet::of(NUMBERS, rows))];
    let within: Vec<Words> = comparison
        .variants
        .iter()
        .enumerate()
        .filter_map(|(at, one)| Some(Words::of(format!("{} {}", letter(at), money(one.tolerance?)))))
        .collect();
    if comparison.variants.iter().any(|one| one.tolerance.is_some_and(|gap| gap != Amount::default())) {
        let words = Words::of("Each plan earns at most so much less than the best: ").list(within, ", ");
        blocks.push(Block::Say(words.say(". Smaller differences may be the planner's.")));
    }
    blocks
}

fn signed(amount: Amount) -> String {
    if amount > Amount::default() { format!("+{}", money(amount)) } else { money(amount) }
}

/// A column a variant, behind one that says what a row is about.
fn columns(comparison: &Comparison, title: &'static str) -> Vec<(Words, Set)> {
    let first = (Words::of(title), Set::Text);
    std::iter::once(first)
        .chain((0..comparison.variants.len()).map(|at| (Words::of(letter(at)), Set::Number)))
        .collect()
}

/// A table with a column a variant.
fn table(
    comparison: &Comparison,
    title: &'static str,
    names: Vec<Words>,
    cell: &dyn Fn(usize, &Variant) -> Option<String>,
) -> Block {
    let row = |(at, name): (usize, Words)| {
        let own = |one: &Variant| {
            let empty = if one.figures.is_some() { "-" } else { "" };
            Words::of(cell(at, one).unwrap_or_else(|| empty.to_owned()))
        };
        std::iter::once(name).chain(comparison.variants.iter().map(own)).collect()
    };
    let rows = names.into_iter().enumerate().map(row).collect();
    Block::Table(Sheet { columns: columns(comparison, title), rows, ..Sheet::default() })
}

fn rules(comparison: &Comparison) -> Vec<Block> {
    let mut names: Vec<&str> = Vec::new();
    for rule in comparison.variants.iter().flat_map(|one| &one.rules) {
        if !names.contains(&rule.rule.as_str()) {
            names.push(&rule.rule);
        }
    }
    let heading = Block::Heading("Rules used");
    if names.is_empty() {
        return vec![heading, Block::said("No variant uses a rule.")];
    }
    let used =
        |at: usize, one: &Variant| one.rules.iter().find(|rule| rule.rule == names[at]).map(|rule| quantity(rule.used));
    let titles = names.iter().map(|name| Words::named(*name)).collect();
    vec![heading, table(comparison, "Rule", titles, &used)]
}

fn limits(comparison: &Comparison) -> Vec<Block> {
    let mut names: Vec<(&str, &str)> = comparison
        .variants
        .iter()
        .flat_map(|one| &one.limits)
        .map(|limit| (limit.kind.as_str(), limit.of.as_str()))
        .collect();
    names.sort_unstable();
    names.dedup();
    let heading = Block::Heading("Limits that bind");
    if names.is_empty() {
        return vec![heading, Block::said("No limit binds in any variant.")];
    }
    let buckets = |at: usize, one: &Variant| {
        let own = one.limits.iter().find(|limit| (limit.kind.as_str(), limit.of.as_str()) == names[at])?;
        Some(match own.buckets.as_slice() {
            [only] => only.clone(),
            some => counted(some.len(), "bucket", "buckets"),
        })
    };
    let title = |(kind, of): &(&str, &str)| match *kind {
        "cash-minimum" => Words::of("cash at its minimum"),
        kind => Words::of(format!("{kind} ")).name(*of),
    };
    let titles = names.iter().map(title).collect();
    vec![heading, table(comparison, "Limit", titles, &buckets)]
}

fn lines(comparison: &Comparison, most: usize) -> Vec<Block> {
    if comparison.variants.iter().filter(|one| one.figures.is_some()).count() < 2
        || comparison.variants[0].figures.is_none()
    {
        return Vec::new();
    }
    let heading = Block::Heading("Orders that differ");
    if comparison.lines.is_empty() {
        return vec![heading, Block::said("All variants place the same orders.")];
    }
    let shown = &comparison.lines[..comparison.lines.len().min(most)];
    let own = |at: usize, one: &Variant| {
        let variant = comparison.variants.iter().position(|other| std::ptr::eq(other, one))?;
        shown[at].units[variant].map(units)
    };
    let titles = shown.iter().map(|line| Words::named(line.key.clone())).collect();
    let mut blocks = vec![heading, table(comparison, "Units of", titles, &own)];
    if comparison.lines.len() > shown.len() {
        let more = counted(comparison.lines.len() - shown.len(), "other line differs", "other lines differ");
        blocks.push(Block::said(format!("And {more}: --format html or json shows all.")));
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn letters_go_on_behind_z() {
        assert_eq!([0, 25, 26, 51, 52, 701].map(letter), ["A", "Z", "AA", "AZ", "BA", "ZZ"]);
    }
}
