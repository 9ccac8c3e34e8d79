//! The last plan: of the approved plans in `cycles/` the latest of a cycle before this one.
//!
//! Cycles follow each other by their names, in which digits count as the numbers they are. Only the file of the last one is read: what
//! was approved before it has no bearing any more.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::{Files, Loaded, MAX_PLAN, tables, take_in};
use crate::calendar::Period;
use crate::diagnostic::{Diagnostic, codes};
use crate::plan::{Action, Amount, Order, Payment, Plan, Status, Transfer, hash_is_ours, plan_hash};
use crate::plan_file::{self, NotAPlan};
use crate::source::{FileId, SourceFile, Sources, Span};
use crate::units::{MAX_MONEY, MAX_UNITS};

/// Longest name of a cycle, bytes: file systems take 255, endings included.
const LONGEST_NAME: usize = 200;
/// What the name of an approved plan ends in.
const ENDING: &str = ".plan.json";
/// What helps whatever is wrong with a file.
const HELP: &str = "take the file out of cycles/, or put back the one that was approved";

/// An approved plan.
#[derive(Debug, Clone)]
pub struct Approved {
    /// Its file.
    pub file: FileId,
    /// What it says.
    pub plan: Plan,
}

impl Approved {
    /// The lines that it wants placed, those for after its horizon too.
    pub fn lines(&self) -> impl Iterator<Item = &Order> {
        let all = self.plan.orders.iter().chain(&self.plan.tail);
        all.filter(|order| matches!(order.action, Action::New | Action::Committed))
    }

    /// The transfers that it wants sent.
    pub fn transfers(&self) -> impl Iterator<Item = &Transfer> {
        self.plan.transfers.iter().filter(|transfer| transfer.action == Action::New)
    }

    /// Where each of its keys stands, by the key as JSON writes it.
    #[must_use]
    pub fn keys<'s>(&self, sources: &'s Sources) -> BTreeMap<&'s str, Span> {
        let text = &sources.file(self.file).text;
        let found = text.match_indices("\"key\"").filter_map(|(at, word)| {
            let (value, from) = quoted(text, at + word.len())?;
            Some((value, Span::new(self.file, from, from + value.len())))
        });
        found.collect()
    }
}

/// The string behind a colon, quotes and all, and where it begins.
fn quoted(text: &str, from: usize) -> Option<(&str, usize)> {
    let start = from + text.get(from..)?.find('"')?;
    let mut escaped = false;
    let end = text[start + 1..].bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })?;
    Some((&text[start..start + end + 2], start))
}

/// True for a cycle that a file can be named after, whatever the system: its approved plan is.
#[must_use]
pub fn names_a_file(cycle: &str) -> bool {
    const MARKS: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
    let plain = |letter: char| !letter.is_control() && !MARKS.contains(&letter);
    let fits = (1..=LONGEST_NAME).contains(&cycle.len());
    fits && cycle.chars().all(plain) && !cycle.starts_with('.') && cycle.trim() == cycle
}

/// Reads the last plan, where there is one, and reports what keeps it from being one.
pub(super) fn take_in_last(loaded: &mut Loaded, files: &dyn Files) {
    let Some(cycle) = loaded.document.plan.as_ref().and_then(|plan| plan.cycle.get()) else { return };
    let Some(path) = latest(&loaded.document.approved, cycle).cloned() else { return };
    let broken = loaded.document.broken.len();
    let text = take_in(loaded, files, path.clone(), MAX_PLAN, None);
    // A plan declares no names, so that it excuses none.
    loaded.document.broken.truncate(broken);
    let Some((file, text)) = text else { return };
    match plan_file::read(text.as_bytes()) {
        Ok(plan) => {
            let approved = Approved { file, plan };
            let found = objections(&path, &text, &approved, loaded.document.plan.as_ref());
            loaded.document.last_plan = found.is_empty().then_some(approved);
            loaded.diagnostics.extend(found);
        }
        Err(NotAPlan { why, details, place }) => {
            let at = place.map_or(0, |place| offset(loaded.sources.file(file), place));
            let mut diagnostic = refused(format!("{path} {why}"), Span::new(file, at, at));
            diagnostic.notes.extend(details);
            loaded.diagnostics.push(diagnostic);
        }
    }
}

/// The file of the last cycle before this one.
fn latest<'p>(approved: &'p [String], cycle: &str) -> Option<&'p String> {
    let before = approved.iter().filter(|path| pieces(cycle_of(path)) < pieces(cycle));
    before.max_by_key(|path| (pieces(cycle_of(path)), *path))
}

/// The cycle that a file is named after.
fn cycle_of(path: &str) -> &str {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.strip_suffix(ENDING).unwrap_or(name)
}

/// A name by its pieces, digits and others, digits by the number they are: `9` comes before `10`.
fn pieces(name: &str) -> Vec<(usize, &[u8])> {
    let alike = |a: &u8, b: &u8| a.is_ascii_digit() == b.is_ascii_digit();
    let ranked = |piece: &'_ [u8]| {
        let zeros = piece.iter().take_while(|byte| **byte == b'0').count();
        if piece[0].is_ascii_digit() { (1 + piece.len() - zeros, zeros) } else { (0, 0) }
    };
    let piece = |piece| {
        let (rank, zeros) = ranked(piece);
        (rank, &piece[zeros..])
    };
    name.as_bytes().chunk_by(alike).map(piece).collect()
}

fn refused(message: String, span: Span) -> Diagnostic {
    Diagnostic::error(&codes::APPROVED_PLAN, message).at(span, "").help(HELP)
}

/// What keeps a plan file from being the last plan of this project.
fn objections(path: &str, text: &str, approved: &Approved, manifest: Option<&tables::Plan>) -> Vec<Diagnostic> {
    let Approved { file, plan } = approved;
    let mut found = Vec::new();
    let mut object = |key: &str, message: String| found.push(refused(message, place(*file, text, key)));
    if plan.status == Status::Draft {
        object("status", format!("{path} is a draft, which breaks commitments and cannot have been approved"));
    }
    if plan.certificate.interrupted {
        object("interrupted", format!("{path} was interrupted before its end and cannot have been approved"));
    }
    if plan.cycle != cycle_of(path) {
        object("cycle", format!("{path} is the plan of the cycle `{}`", plan.cycle));
    }
    if let Some(name) = manifest.and_then(|manifest| manifest.name.get()).filter(|name| **name != plan.project) {
        object("project", format!("{path} is a plan of `{}`, not of `{name}`", plan.project));
    }
    if let Some(own) = manifest.and_then(|manifest| manifest.currency.get()).filter(|own| **own != plan.currency) {
        object("currency", format!("{path} counts in {}, and this plan in {own}", plan.currency));
    }
    if let Some(as_of) = manifest.and_then(|manifest| manifest.as_of.get()).filter(|as_of| **as_of < plan.as_of) {
        object("as_of", format!("{path} is of {}, and this plan already of {as_of}", plan.as_of));
    }
    // A plan that somebody put together by hand may tell no hash.
    if hash_is_ours(plan) && !plan.plan_hash.is_empty() && plan.plan_hash != plan_hash(plan) {
        object("plan_hash", format!("{path} was changed after it was made: it does not have the hash it tells"));
    }
    if let Some((key, why)) = unfit(approved) {
        object(key, format!("{path} has a line {why}"));
    }
    found
}

/// The byte of a line and column, both from 1.
fn offset(file: &SourceFile, (line, column): (usize, usize)) -> usize {
    let at = file.line_start(line.max(1) - 1) + column.max(1) - 1;
    (0..=at.min(file.text.len())).rev().find(|at| file.text.is_char_boundary(*at)).unwrap_or(0)
}

/// Where a name stands first; the beginning of the file where it does not.
fn place(file: FileId, text: &str, name: &str) -> Span {
    let quoted = serde_json::to_string(name).unwrap_or_default();
    text.find(&quoted).map_or(Span::new(file, 0, 0), |at| Span::new(file, at, at + quoted.len()))
}

/// A line to be placed or sent that no plan of this compiler has, by its key.
fn unfit(approved: &Approved) -> Option<(&str, &'static str)> {
    let order = |order: &'_ Order| {
        let days = [order.release_date, Some(order.usable_date)];
        let goods = order.goods.as_ref().map_or(order.order_cost, |goods| goods.value);
        (order.units, days, [order.landed_cost, order.order_cost, goods])
    };
    let transfer = |transfer: &'_ Transfer| {
        let days = [transfer.release_date, Some(transfer.usable_date)];
        (transfer.units, days, [transfer.landed_cost, transfer.order_cost, transfer.order_cost])
    };
    let orders = approved.lines().map(|one| (&one.key, &one.receipt_bucket, &one.payments, order(one)));
    let transfers = approved.transfers().map(|one| (&one.key, &one.receipt_bucket, &one.payments, transfer(one)));
    orders.chain(transfers).find_map(|(key, bucket, payments, (units, days, costs))| {
        let paid = |payment: &Payment| is_money(payment.amount) && is_day(payment.date);
        let why = if !(1..=MAX_UNITS).contains(&units) {
            "of a size that no line has"
        } else if Period::parse(bucket).is_none() {
            "for a bucket that is no month or week"
        } else if !days.into_iter().all(|day| day.is_some_and(is_day)) {
            "of which the days are not told, or lie beyond all plans"
        } else if !costs.into_iter().all(is_money) || !payments.iter().all(paid) {
            "that costs more than any line does"
        } else {
            return None;
        };
        Some((key.as_str(), why))
    })
}

fn is_money(amount: Amount) -> bool {
    amount.0.abs() <= MAX_MONEY.into()
}

/// Days lie where periods do.
fn is_day(day: NaiveDate) -> bool {
    (1900..=2200).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_follow_each_other_by_their_numbers() {
        let before = |a, b| pieces(a) < pieces(b);
        assert!(before("2026-02", "2026-10") && before("2025-12", "2026-01"));
        assert!(before("W9", "W10") && before("W09", "W10") && !before("W10", "W9"));
        assert!(!before("2026-2", "2026-02") && !before("2026-02", "2026-2"));
        assert!(before("2026-02", "2026-02b") && before("", "1"));
    }

    #[test]
    fn the_last_plan_is_the_latest_before_this_cycle() {
        assert_eq!(cycle_of("cycles/2026-02.plan.json"), "2026-02");
        let files = ["12", "9", "10", "11"].map(|cycle| format!("cycles/{cycle}.plan.json"));
        assert_eq!(latest(&files, "11").map(String::as_str), Some("cycles/10.plan.json"));
        assert_eq!(latest(&files, "9"), None);
    }

    #[test]
    fn strings_end_at_their_quote() {
        assert_eq!(quoted(r#": "a\"b\\" , "c""#, 0), Some((r#""a\"b\\""#, 2)));
        assert_eq!(quoted(": \"a", 0), None);
    }
}
