//! What could be changed about each member of a conflict, and about the facts beside it.

mod limits;
mod promises;
mod supply;

use rust_decimal::Decimal;

use super::member::Member;
use super::repair::Proposal;
use super::search::Search;
use super::words;
use crate::calendar::Period;
use crate::network::{Network, Relax, Scope, UpTo};
use crate::units::Ratio;

use limits::{budget, cash, cash_flow, inventory_value, location, supplier_capacity};
use promises::{cover, later_floor, lower_demand, lower_floor, pin, promotions};
use supply::{closures, frozen, lead_times, minimum_order, move_order, premium, size};

/// More than there is of anything.
const ENDLESS: i64 = 1_000_000_000;

/// All changes that may mend a conflict, none planned yet as it would be pasted.
pub(super) fn all(search: &mut Search<'_, '_>) -> Vec<Proposal> {
    let mut members = search.members();
    if search.is_large() {
        // Few changes are planned, and those of limits most often do.
        members.reverse();
    }
    let mut found = Vec::new();
    for member in &members {
        found.extend(of_member(search, member));
    }
    if members.iter().any(|one| matches!(one, Member::Floor(_) | Member::Cover(_) | Member::Pin(_))) {
        found.extend(lead_times(search));
    }
    let services: Vec<usize> =
        members.iter().filter_map(|one| if let Member::Floor(at) = one { Some(*at) } else { None }).collect();
    for at in services {
        found.extend(promotions(search, at));
        found.extend(lower_demand(search, at));
    }
    found
}

fn of_member(search: &mut Search<'_, '_>, member: &Member) -> Vec<Proposal> {
    match member {
        Member::Floor(at) if search.is_large() => lower_floor(search, *at).into_iter().collect(),
        Member::Floor(at) => lower_floor(search, *at).into_iter().chain(later_floor(search, *at)).collect(),
        Member::Cover(at) => cover(search, *at),
        Member::Pin(at) => pin(search, *at).into_iter().collect(),
        Member::FirmOrder(at) => move_order(search, *at).into_iter().collect(),
        Member::Cash => cash(search).into_iter().collect(),
        Member::CashFlow(at) => cash_flow(search, *at).into_iter().collect(),
        Member::Closures(at) => closures(search, *at).into_iter().collect(),
        Member::Budget(at) => budget(search, *at).into_iter().collect(),
        Member::InventoryValue(at) => inventory_value(search, *at).into_iter().collect(),
        Member::Storage(at) | Member::Inbound(at) | Member::Outbound(at) => {
            location(search, member, *at).into_iter().collect()
        }
        Member::SupplierCapacity(at) => supplier_capacity(search, *at).into_iter().collect(),
        Member::MinimumOrder(at) => minimum_order(search, *at).into_iter().collect(),
        Member::Frozen => frozen(search).into_iter().collect(),
        Member::Premium(entry) => premium(search, entry).into_iter().collect(),
        Member::Largest(entry) | Member::Smallest(entry) | Member::Multiple(entry) => {
            size(search, member, entry).into_iter().collect()
        }
    }
}

/// A change of a project.
fn change(change: impl Fn(&mut Network) + 'static) -> Box<dyn Fn(&mut Network)> {
    Box::new(change)
}

/// One more rule, behind the others.
fn with_rule(id: &str, relax: Relax, scope: Scope, up_to: UpTo) -> Box<dyn Fn(&mut Network)> {
    let mut rule = super::withdraw::rule(id, relax, scope, up_to);
    rule.when_pays = false;
    change(move |network| network.rules.push(rule.clone()))
}

/// A number with so many digits, rounded up.
fn up(number: Ratio, digits: u32) -> Option<Decimal> {
    rounded(number, digits, true)
}

/// A number with so many digits, rounded down.
fn down(number: Ratio, digits: u32) -> Option<Decimal> {
    rounded(number, digits, false)
}

fn rounded(number: Ratio, digits: u32, up: bool) -> Option<Decimal> {
    let scaled = crate::units::mul(number, Ratio::from_integer(10_i128.pow(digits))).ok()?;
    let whole = if up { scaled.ceil() } else { scaled.floor() };
    Decimal::try_from_i128_with_scale(whole.to_integer(), digits).ok()
}

/// `in 2026-04`, `in 2026-04 and 2026-05`, `in 5 buckets`.
fn when(search: &Search<'_, '_>, buckets: &[usize]) -> String {
    let labels: Vec<String> =
        buckets.iter().map(|&at| search.project.calendar.buckets[at].period.to_string()).collect();
    match labels.len() {
        0..=3 => format!("in {}", words::listed(&labels)),
        more => format!("in {more} buckets from {}", labels[0]),
    }
}

fn period(search: &Search<'_, '_>, bucket: usize) -> Period {
    search.project.calendar.buckets[bucket].period
}
