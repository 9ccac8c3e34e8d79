//! What could be changed about supply: orders, sizes of lines, premium lanes, lead times.

use chrono::Days;
use rust_decimal::Decimal;

use super::{ENDLESS, change, up, with_rule};
use crate::explain::member::Member;
use crate::explain::paste::quoted;
use crate::explain::repair::Proposal;
use crate::explain::search::{Gives, Search};
use crate::explain::withdraw::each_lane;
use crate::explain::words;
use crate::model::Model;
use crate::network::{MinimumOrder, Network, Relax, Route, Scope, Stated, UpTo};
use crate::series::Series;
use crate::source::Place;
use crate::units::{Ratio, add, ratio};

/// Lets a firm order arrive in another bucket, the nearest that does.
pub(super) fn move_order(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let order = search.project.open_orders[at].clone();
    let buckets = search.project.calendar.buckets.clone();
    let here = buckets.iter().position(|bucket| order.due <= bucket.middle())?;
    let mut others: Vec<usize> = (0..buckets.len()).filter(|other| *other != here).collect();
    others.sort_by_key(|other| (other.abs_diff(here), *other < here));
    for other in others {
        let due = buckets[other].start;
        if search.works(1, &|network, _| network.open_orders[at].due = due) {
            let edit = search.line(&order.origin, "due", &due.to_string())?;
            let origin = order.origin.clone();
            let change = change(move |network| {
                network.open_orders.iter_mut().filter(|order| order.origin == origin).for_each(|order| order.due = due);
            });
            let title = format!("let {} arrive on {due}", words::name(&search.project, &Member::FirmOrder(at)));
            return Some(Proposal { title, amount: Decimal::from(other.abs_diff(here)), edit, change, is_fact: true });
        }
    }
    None
}

/// Ends a supplier's last closure earlier.
pub(super) fn closures(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let facts = search.project.suppliers[at].clone();
    let last = facts.closures.len().checked_sub(1)?;
    let days = (facts.closures[last].to - facts.closures[last].from).num_days();
    let earlier = move |network: &mut Network, by: i64| {
        let to = &mut network.suppliers[at].closures[last].to;
        *to = to.checked_sub_days(Days::new(u64::try_from(by).unwrap_or(0))).unwrap_or(*to);
    };
    let by = search.least(1, days, &earlier)?;
    let mut changed = search.project.clone();
    earlier(&mut changed, by);
    let closed = changed.suppliers[at].closures.iter().map(|one| {
        let why = one.reason.as_ref().map_or(String::new(), |why| format!(", reason = {}", quoted(why)));
        format!("{{ from = {}, to = {}{why} }}", one.from, one.to)
    });
    let closed: Vec<String> = closed.collect();
    let edit = search.line(&facts.origin, "closures", &format!("[{}]", closed.join(", ")))?;
    let to = changed.suppliers[at].closures[last].to;
    let title = format!("end {} on {to}", words::name(&search.project, &Member::Closures(at)));
    let change = change(move |network| earlier(network, by));
    Some(Proposal { title, amount: Decimal::from(by), edit, change, is_fact: false })
}

pub(super) fn minimum_order(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let stated = search.project.suppliers[at].minimum_order.clone()?;
    let (MinimumOrder::Value(is) | MinimumOrder::Units(is) | MinimumOrder::Volume(is)) = stated.value;
    let lowered = |by: i64| {
        let left = (is - Decimal::from(by)).max(Decimal::ZERO);
        match stated.value {
            MinimumOrder::Value(_) => MinimumOrder::Value(left),
            MinimumOrder::Units(_) => MinimumOrder::Units(left),
            MinimumOrder::Volume(_) => MinimumOrder::Volume(left),
        }
    };
    let lower = |network: &mut Network, by: i64| {
        network.suppliers[at].minimum_order = Some(Stated { value: lowered(by), origin: stated.origin.clone() });
    };
    let by = search.least(64, i64::try_from(is.ceil()).ok()?, &lower)?;
    let (unit, left) = match lowered(by) {
        MinimumOrder::Value(left) => ("value", left),
        MinimumOrder::Units(left) => ("units", left),
        MinimumOrder::Volume(left) => ("volume", left),
    };
    let edit = search.line(&stated.origin, "minimum-order", &format!("{{ {unit} = {left} }}"))?;
    let to = Stated { value: lowered(by), origin: stated.origin.clone() };
    let change = change(move |network| network.suppliers[at].minimum_order = Some(to.clone()));
    let name = words::name(&search.project, &Member::MinimumOrder(at));
    Some(Proposal { title: format!("lower {name} to {left}"), amount: Decimal::from(by), edit, change, is_fact: false })
}

pub(super) fn frozen(search: &mut Search<'_, '_>) -> Option<Proposal> {
    let days = search.project.frozen_days;
    let by = search.least(1, days, &|network, by| network.frozen_days = days - by)?;
    let manifest = Place { line: 1, column: 1, ..search.project.tail_origin.clone() };
    let edit = search.line(&manifest, "frozen-days", &(days - by).to_string())?;
    let change = change(move |network| network.frozen_days = days - by);
    let title = format!("lower `frozen-days` to {}", days - by);
    Some(Proposal { title, amount: Decimal::from(by), edit, change, is_fact: false })
}

/// Sizes of lines: a larger maximum, a smaller MOQ, a smaller multiple.
pub(super) fn size(search: &mut Search<'_, '_>, member: &Member, entry: &Place) -> Option<Proposal> {
    let bought = search.project.lanes.iter().filter(|lane| lane.origin == *entry);
    let sent = search.project.transfers.iter().filter(|lane| lane.origin == *entry);
    let bought = bought.map(|lane| (lane.moq, lane.multiple, lane.max));
    let (moq, multiple, max) = bought.chain(sent.map(|lane| (lane.moq, lane.multiple, lane.max))).next()?;
    let (key, is, most) = match member {
        Member::Largest(_) => ("max", max?, 1 << 24),
        Member::Smallest(_) => ("moq", moq, moq - 1),
        _ => ("multiple", multiple, multiple - 1),
    };
    let own = entry.clone();
    let now = move |by: i64| if key == "max" { is + by } else { is - by };
    let resize = move |network: &mut Network, by: i64| {
        each_lane(network, &own, &|moq, multiple, max| match key {
            "max" => *max = Some(now(by)),
            "moq" => *moq = now(by),
            _ => *multiple = now(by),
        });
    };
    let by = search.least(16, most, &resize)?;
    let edit = search.line(entry, key, &now(by).to_string())?;
    let change = change(move |network| resize(network, by));
    let verb = if key == "max" { "raise" } else { "lower" };
    let name = words::name(&search.project, member);
    Some(Proposal {
        title: format!("{verb} {name} to {}", now(by)),
        amount: Decimal::from(by),
        edit,
        change,
        is_fact: false,
    })
}

/// Lets a rule use premium lanes: a new one, or more of the one that they belong to.
pub(super) fn premium(search: &mut Search<'_, '_>, entry: &Place) -> Option<Proposal> {
    let network = &search.project;
    let one = |name: &str, value: &str| (name.to_owned(), vec![value.to_owned()]);
    let lane = network.lanes.iter().position(|lane| lane.origin == *entry && lane.premium)?;
    let facts = &network.lanes[lane];
    let owner = Model::new(network).ok()?.relief.premium[lane];
    if let Some(rule) = owner {
        return more_of(search, rule);
    }
    let items: Vec<String> = network
        .lanes
        .iter()
        .filter(|lane| lane.origin == *entry)
        .map(|lane| network.item(lane.item).id.clone())
        .collect();
    let mut keys = vec![one("supplier", &network.supplier(facts.supplier).id), one("mode", &facts.mode)];
    if let [only] = items.as_slice() {
        keys.insert(0, one("item", only));
    }
    let (scope, mode) = (Scope { keys, not: Vec::new() }, facts.mode.clone());
    let gives = search.given_by(Relax::Expedite, &scope, UpTo::Amount(Decimal::from(ENDLESS)));
    let most = most_of_a_bucket(&gives)?;
    let id = format!("allow-{mode}");
    let edit = search.new_rule(&id, Relax::Expedite, &scope, &format!("amount = {most}"));
    let change = with_rule(&id, Relax::Expedite, scope, UpTo::Amount(most));
    let title = format!(
        "add a rule that lets mode `{mode}` be used, up to {} a bucket",
        words::cash(&search.project, ratio(most))
    );
    Some(Proposal { title, amount: most, edit, change, is_fact: false })
}

/// The most that is given in one bucket, over all commitments.
fn most_of_a_bucket(gives: &Gives) -> Option<Decimal> {
    let mut buckets: Vec<(usize, Ratio)> = Vec::new();
    for (_, bucket, amount) in gives {
        match buckets.iter_mut().find(|(known, _)| known == bucket) {
            Some((_, sum)) => *sum = add(*sum, *amount).ok()?,
            None => buckets.push((*bucket, *amount)),
        }
    }
    up(buckets.into_iter().map(|(_, sum)| sum).max()?, 2)
}

/// Lets a rule about premium lanes go further.
fn more_of(search: &mut Search<'_, '_>, rule: usize) -> Option<Proposal> {
    let facts = search.project.rules[rule].clone();
    let (unit, is) = match facts.up_to {
        UpTo::Amount(is) => ("amount", is),
        UpTo::Units(is) => ("units", is),
        _ => return None,
    };
    let further = |by: i64| {
        let to = is.trunc() + Decimal::from(by);
        (to, if unit == "amount" { UpTo::Amount(to) } else { UpTo::Units(to) })
    };
    let by = search.least(64, 1 << 24, &|network, by| network.rules[rule].up_to = further(by).1)?;
    let (to, up_to) = further(by);
    let edit = search.line(&facts.origin, "up-to", &format!("{{ {unit} = {to} }}"))?;
    let change = change(move |network| network.rules[rule].up_to = up_to);
    let title = format!("let the rule `{}` go up to {to}", facts.id);
    Some(Proposal { title, amount: to - is, edit, change, is_fact: false })
}

/// Most lane entries of which one at a time could be mended by a shorter lead time.
const ENTRIES: usize = 3;

/// Shorter lead times: of each lane entry that brings what is promised, the longest with which there is a plan.
pub(super) fn lead_times(search: &mut Search<'_, '_>) -> Vec<Proposal> {
    let items = promised_items(search);
    let mut entries: Vec<Place> = Vec::new();
    let bought = search.project.lanes.iter().filter(|lane| !lane.premium).map(|lane| (lane.item, &lane.origin));
    let sent = search.project.transfers.iter().filter(|lane| !lane.premium).map(|lane| (lane.item, &lane.origin));
    for (item, origin) in bought.chain(sent) {
        if items.contains(&item.index()) && !entries.contains(origin) {
            entries.push(origin.clone());
        }
    }
    if entries.len() > ENTRIES {
        return Vec::new();
    }
    entries.into_iter().filter_map(|entry| lead_time(search, &entry)).collect()
}

fn promised_items(search: &Search<'_, '_>) -> Vec<usize> {
    let network = &search.project;
    let mut items = Vec::new();
    for member in search.members() {
        match member {
            Member::Floor(at) => {
                items.extend(network.services[at].offers.iter().map(|one| network.offers[one.index()].item.index()));
            }
            Member::Cover(at) => {
                items.extend(network.covers[at].pools.iter().map(|one| network.pool(*one).item.index()));
            }
            Member::Pin(at) => items.push(match network.pins[at].lane {
                Route::Purchase(lane) => network.lane(lane).item.index(),
                Route::Transfer(lane) => network.transfer(lane).item.index(),
            }),
            _ => {}
        }
    }
    items
}

fn lead_time(search: &mut Search<'_, '_>, entry: &Place) -> Option<Proposal> {
    let network = &search.project;
    let bought = network.lanes.iter().find(|lane| lane.origin == *entry).map(|lane| lane.lead_days.clone());
    let sent = || network.transfers.iter().find(|lane| lane.origin == *entry).map(|lane| lane.lead_days.clone());
    let Some(Series::Scalar(days)) = bought.or_else(sent) else { return None };
    let own = entry.clone();
    let shorten = move |network: &mut Network, by: i64| {
        let lead = Series::Scalar(days - Decimal::from(by));
        network.lanes.iter_mut().filter(|lane| lane.origin == own).for_each(|lane| lane.lead_days = lead.clone());
        let sent = network.transfers.iter_mut().filter(|lane| lane.origin == own);
        sent.for_each(|lane| lane.lead_days = lead.clone());
    };
    // Production is a part of the lead time.
    let made =
        network.lanes.iter().filter(|lane| lane.origin == *entry).filter_map(|lane| lane.production_days.as_ref());
    let made = made.flat_map(Series::values).max().unwrap_or_default();
    let by = search.least(1, i64::try_from(days - made).ok()?, &shorten)?;
    let left = days - Decimal::from(by);
    if left <= Decimal::ZERO {
        return None;
    }
    let edit = search.line(entry, "lead-days", &left.to_string())?;
    let change = change(move |network| shorten(network, by));
    let title = format!("find a lane that takes {left} days, {by} less than at {}:{}", entry.file, entry.line);
    Some(Proposal { title, amount: Decimal::from(by), edit, change, is_fact: true })
}
