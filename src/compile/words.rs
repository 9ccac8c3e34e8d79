//! What stands in the way of a plan, in words and at the lines where it is stated.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, codes};
use crate::network::Network;
use crate::plan::{Amount, Conflict, ConflictMember, Given, NoPlan, NoPlanStatus, Plan};
use crate::render::number::{money, quantity};
use crate::solve::Violation;
use crate::source::{FileId, Place, Sources, Span};
use crate::units::Ratio;

/// Most commitments that get a diagnostic of their own.
const COMMITMENTS: usize = 5;
/// Most further buckets of a commitment that are listed.
const BUCKETS: usize = 6;

/// By how much a commitment is missed in a bucket.
struct Miss {
    bucket: String,
    amount: Amount,
}

impl Miss {
    fn is_one(&self) -> bool {
        self.amount.0 == rust_decimal::Decimal::ONE
    }
}

/// A commitment and where it is missed, the worst first.
struct Broken<'a> {
    kind: &'a str,
    of: &'a str,
    source: &'a Place,
    proven: bool,
    misses: Vec<Miss>,
}

impl Broken<'_> {
    fn add(&mut self, proven: bool) {
        // What is proven of one bucket is proven of the commitment.
        self.proven |= proven;
    }

    fn worst_first(&mut self) {
        self.misses.sort_by_key(|miss| std::cmp::Reverse(miss.amount));
    }

    /// `the cash minimum`, `budget \`garden\``, `the floor of \`A\` in \`dtc\``.
    fn name(&self) -> String {
        let parts = self.of.split_once('/');
        let what = match self.kind {
            "cash-minimum" => return "the cash minimum".into(),
            "fill-rate" => match parts {
                Some((item, channel)) => return format!("the floor of `{item}` in `{channel}`"),
                None => "the floor of the group",
            },
            "safety-stock" | "max-cover" => {
                let what = if self.kind == "max-cover" { "`max-weeks`" } else { "the safety stock" };
                let (item, location) = parts.unwrap_or((self.of, ""));
                return format!("{what} of `{item}` at `{location}`");
            }
            "inventory-value" => "inventory limit",
            "storage-capacity" => "storage capacity of",
            "inbound-capacity" => "inbound capacity of",
            "outbound-capacity" => "outbound capacity of",
            "supplier-capacity" => "capacity of supplier",
            "minimum-order" => "the minimum order of",
            "pin" => "the pin of",
            other => other,
        };
        format!("{what} `{}`", self.of)
    }

    /// `1,234.50 USD`, `18 units`.
    fn amount(&self, miss: &Miss, currency: &str) -> String {
        match self.kind {
            "cash-minimum" | "budget" | "inventory-value" => format!("{} {currency}", money(miss.amount)),
            "storage-capacity" => format!("{} m3", quantity(miss.amount)),
            "inbound-capacity" | "outbound-capacity" | "fill-rate" | "safety-stock" | "max-cover" | "pin" => {
                format!("{} {}", quantity(miss.amount), if miss.is_one() { "unit" } else { "units" })
            }
            _ => quantity(miss.amount),
        }
    }

    /// `2026-04 by 1,234.50 USD`.
    fn miss(&self, miss: &Miss, currency: &str) -> String {
        format!("{} by {}", miss.bucket, self.amount(miss, currency))
    }

    /// What of units is wrong: they lack, or are too many; nothing where amounts are of something else.
    fn of_units(&self) -> Option<&'static str> {
        match self.kind {
            "fill-rate" => Some("short"),
            "safety-stock" => Some("missing"),
            "max-cover" => Some("too many"),
            "pin" => Some("off"),
            _ => None,
        }
    }

    /// Buckets behind the worst, where there are any.
    fn others(&self, currency: &str) -> Option<String> {
        let rest = self.misses.get(1..).filter(|rest| !rest.is_empty())?;
        let listed: Vec<_> = rest.iter().take(BUCKETS).map(|miss| self.miss(miss, currency)).collect();
        let more = rest.len().saturating_sub(BUCKETS);
        let end = if more > 0 { format!(" and {more} more") } else { String::new() };
        Some(format!("also in {}{end}", listed.join(", ")))
    }

    fn worst(&self, currency: &str) -> String {
        self.misses.first().map(|miss| self.miss(miss, currency)).unwrap_or_default()
    }
}

/// Puts what is missed together by commitment, in the order in which commitments first turn up.
fn gather<'a>(misses: impl Iterator<Item = (&'a str, &'a str, &'a Place, bool, Miss)>) -> Vec<Broken<'a>> {
    let mut index = BTreeMap::new();
    let mut broken: Vec<Broken<'a>> = Vec::new();
    for (kind, of, source, proven, miss) in misses {
        let at = *index.entry((kind, of, source)).or_insert(broken.len());
        if at == broken.len() {
            broken.push(Broken { kind, of, source, proven: false, misses: Vec::new() });
        }
        broken[at].add(proven);
        broken[at].misses.push(miss);
    }
    broken.iter_mut().for_each(Broken::worst_first);
    broken
}

/// What is known where no plan was found.
pub(super) struct Known {
    /// True where there is none.
    pub(super) proven: bool,
    /// If there is one, it earns no more than this.
    pub(super) bound: Option<Ratio>,
    /// True where the search was stopped before its end.
    pub(super) interrupted: bool,
}

/// The document and the diagnostics of a run without a plan.
pub(super) fn no_plan(
    network: &Network,
    sources: &Sources,
    violations: &[Violation],
    known: Known,
) -> (NoPlan, Vec<Diagnostic>) {
    let label = |bucket: usize| {
        network.calendar.buckets.get(bucket).map_or_else(String::new, |bucket| bucket.period.to_string())
    };
    let broken = gather(violations.iter().map(|one| {
        // An amount too large to be written is shown as the largest there is.
        let amount = Amount::rounded(one.amount).unwrap_or(Amount(rust_decimal::Decimal::MAX));
        (one.kind, one.of.as_str(), &one.origin, one.proven, Miss { bucket: label(one.bucket), amount })
    }));
    let alone = broken.iter().any(|one| one.proven);
    let infeasible = known.proven || alone;
    let interrupted = known.interrupted && !infeasible;
    let status = if infeasible { NoPlanStatus::Infeasible } else { NoPlanStatus::NotFound };
    let currency = &network.currency;
    let blamed: Vec<_> = broken.iter().filter(|one| one.proven == alone).collect();
    let mut diagnostics: Vec<_> =
        blamed.iter().take(COMMITMENTS).map(|one| unkept(one, infeasible, sources, network)).collect();
    if diagnostics.is_empty() {
        diagnostics.push(Diagnostic::error(&codes::NO_PLAN_FOUND, "no plan was found that keeps every commitment"));
    }
    let bound = known.bound.filter(|_| !infeasible).and_then(|bound| Amount::rounded_up(bound).ok());
    if let Some(last) = diagnostics.pop() {
        let last = with_rest(last, &broken, &blamed, currency);
        let last = match bound {
            Some(bound) => last.with_note(format!("if there is a plan, it earns {} {currency} at most", money(bound))),
            None => last,
        };
        diagnostics.push(match interrupted {
            true => last.with_note("the search was stopped before its end: with more time it may find one"),
            false => last,
        });
    }
    let causes = blamed.iter().map(|one| sentence(one, infeasible, currency)).collect();
    let member = |one: &&Broken<'_>| ConflictMember {
        kind: one.kind.to_owned(),
        key: one.of.to_owned(),
        source: one.source.clone(),
    };
    let conflict =
        Conflict { members: blamed.iter().map(member).collect(), causes, repairs: Vec::new(), earned_without: None };
    let conflicts = if blamed.is_empty() { Vec::new() } else { vec![conflict] };
    (NoPlan { status, bound, interrupted, conflicts }, diagnostics)
}

/// That it is proven that there is no plan.
pub(super) fn proven_none(message: String) -> Diagnostic {
    Diagnostic::error(&codes::INFEASIBLE, message)
}

/// A plan falls short of promises that have not begun, by more than it must.
const MORE_GIVEN: &str = "no plan was found that keeps all promises from the first bucket on that a new order reaches, and \
                          before it as far as stock goes";

fn sentence(one: &Broken<'_>, infeasible: bool, currency: &str) -> String {
    if one.kind == "given-shortage" {
        return MORE_GIVEN.to_owned();
    }
    let (name, worst) = (one.name(), one.worst(currency));
    match (infeasible, one.proven, one.of_units(), one.misses.as_slice()) {
        (true, true, Some(wrong), [only]) => {
            let is = if only.is_one() { "is" } else { "are" };
            format!("no plan keeps {name}: at least {} {is} {wrong} in {}", one.amount(only, currency), only.bucket)
        }
        (true, true, ..) => format!("no plan keeps {name}: the closest one misses it in {worst}"),
        (true, false, ..) => format!("no plan keeps every commitment: the closest one misses {name} in {worst}"),
        (false, ..) => format!("no plan was found that keeps {name}: the closest one misses it in {worst}"),
    }
}

/// True of a floor with a stated beginning.
fn begins_too_early(one: &Broken<'_>, network: &Network) -> bool {
    network.services.iter().any(|service| service.origin == *one.source && service.from.is_some())
}

fn unkept(one: &Broken<'_>, infeasible: bool, sources: &Sources, network: &Network) -> Diagnostic {
    let currency = &network.currency;
    let code = if infeasible { &codes::INFEASIBLE } else { &codes::NO_PLAN_FOUND };
    let mut diagnostic = pointing(Diagnostic::error(code, sentence(one, infeasible, currency)), one.source, sources);
    if one.proven && one.kind == "fill-rate" && begins_too_early(one, network) {
        diagnostic = diagnostic.help("without `from` it holds from the first bucket on that a new order can reach");
    }
    if let Some(others) = one.others(currency) {
        diagnostic = diagnostic.with_note(others);
    }
    diagnostic
}

/// Tells with the last diagnostic what got none of its own.
fn with_rest(last: Diagnostic, all: &[Broken<'_>], blamed: &[&Broken<'_>], currency: &str) -> Diagnostic {
    let untold = blamed.iter().skip(COMMITMENTS).copied();
    let follows = all.iter().filter(|one| blamed.iter().all(|other| !std::ptr::eq(*other, *one)));
    let rest: Vec<_> = untold.chain(follows).map(|one| format!("{} in {}", one.name(), one.worst(currency))).collect();
    if rest.is_empty() {
        return last;
    }
    let more = rest.len().saturating_sub(BUCKETS);
    let end = if more > 0 { format!("; and {more} more") } else { String::new() };
    let listed: Vec<_> = rest.into_iter().take(BUCKETS).collect();
    last.with_note(format!("the closest plan also misses {}{end}", listed.join("; ")))
}

/// Notes that tell what facts alone break: limits one by one, promises by the line that states them. They stand beside a plan,
/// not in its file.
#[must_use]
pub fn given_notes(plan: &Plan, sources: &Sources) -> Vec<Diagnostic> {
    let rows = |shortage: bool| plan.given.iter().filter(move |one| one.is_shortage() == shortage);
    let broken = gather(rows(false).map(|one| {
        let miss = Miss { bucket: one.bucket.clone(), amount: one.amount };
        (one.kind.as_str(), one.of.as_str(), &one.source, false, miss)
    }));
    let mut stated: BTreeMap<&Place, Vec<&Given>> = BTreeMap::new();
    rows(true).for_each(|one| stated.entry(&one.source).or_default().push(one));
    let overruns = broken.iter().map(|one| overrun_note(one, sources, &plan.currency));
    let shortages = stated.into_iter().map(|(source, short)| shortage_note(source, short, sources, &plan.currency));
    overruns.chain(shortages).collect()
}

/// `270.00 USD of sales of \`A\` in \`dtc\` in 2026-04`.
fn lack(one: &Given, currency: &str) -> String {
    let amount = format!("{} {currency}", money(one.amount));
    let bucket = &one.bucket;
    match (one.kind.as_str(), one.of.split_once('/')) {
        ("fill-rate", Some((item, channel))) => {
            format!("{amount} of sales of `{item}` in `{channel}` in {bucket}")
        }
        ("fill-rate", None) => format!("{amount} of sales of the group `{}` in {bucket}", one.of),
        (_, Some((item, location))) => format!("{amount} of stock of `{item}` at `{location}` in {bucket}"),
        (_, None) => format!("{amount} of stock of `{}` in {bucket}", one.of),
    }
}

/// What a promise lacks before it begins, the worst first.
fn shortage_note(source: &Place, mut short: Vec<&Given>, sources: &Sources, currency: &str) -> Diagnostic {
    let code: &'static Code = &codes::GIVEN_SHORTAGE;
    short.sort_by_key(|one| std::cmp::Reverse(one.amount));
    let (worst, rest) =
        short.split_first().map_or((String::new(), &[][..]), |(worst, rest)| (lack(worst, currency), rest));
    let promise = if short.iter().all(|one| one.kind == "safety-stock") { "safety stock" } else { "floor" };
    let message = format!("the {promise} lacks {worst}, where no new order comes in time");
    let mut diagnostic = pointing(Diagnostic::note(code, message), source, sources);
    if !rest.is_empty() {
        let listed: Vec<_> = rest.iter().take(BUCKETS).map(|one| lack(one, currency)).collect();
        let more = rest.len().saturating_sub(BUCKETS);
        let end = if more > 0 { format!("; and {more} more") } else { String::new() };
        diagnostic = diagnostic.with_note(format!("and {}{end}", listed.join("; ")));
    }
    diagnostic
}

fn overrun_note(one: &Broken<'_>, sources: &Sources, currency: &str) -> Diagnostic {
    let code: &'static Code = &codes::GIVEN_OVERRUN;
    let worst = match one.misses.first() {
        // What is given of stock is money, at standard cost.
        Some(worst) if one.kind == "max-cover" => {
            format!("{} by {} {currency} of stock", worst.bucket, money(worst.amount))
        }
        _ => one.worst(currency),
    };
    let message = format!("facts alone pass {} in {worst}", one.name());
    let mut diagnostic = pointing(Diagnostic::note(code, message), one.source, sources);
    if let Some(others) = one.others(currency).filter(|_| one.kind != "max-cover") {
        diagnostic = diagnostic.with_note(others);
    }
    diagnostic.with_note("the plan passes it by no more than that")
}

fn pointing(diagnostic: Diagnostic, place: &Place, sources: &Sources) -> Diagnostic {
    match span_at(sources, place) {
        Some(span) => diagnostic.at(span, "stated here"),
        None => diagnostic,
    }
}

/// A line without the remark behind it, where that is beyond doubt.
fn without_comment(line: &str) -> &str {
    match line.split_once('#') {
        Some((before, _)) if !before.contains(['"', '\'']) => before.trim_end(),
        _ => line,
    }
}

/// What stands at a place: from there to the end of its line.
pub(super) fn span_at(sources: &Sources, place: &Place) -> Option<Span> {
    let index = sources.files().iter().position(|file| file.path == place.file)?;
    let file = &sources.files()[index];
    let line = usize::try_from(place.line).ok()?.checked_sub(1).filter(|&line| line < file.line_count())?;
    let from = file.line_start(line);
    let text = file.text.get(from..file.line_start(line + 1))?.trim_end();
    let column = usize::try_from(place.column).ok()?.checked_sub(1)?;
    let text = without_comment(text);
    let start = text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
    Some(Span::new(FileId(u32::try_from(index).ok()?), from + start, from + text.len()))
}
