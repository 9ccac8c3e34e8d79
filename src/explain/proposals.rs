//! What could be changed about each member of a conflict, and about the facts beside it.

use rust_decimal::Decimal;

use super::member::{Member, mapped};
use super::paste::{series, with_keys};
use super::repair::{Gives, Proposal, Search};
use super::withdraw::each_lane;
use super::words;
use crate::calendar::Period;
use crate::model::Model;
use crate::model::breaches::offer_name;
use crate::network::{MinimumOrder, Network, Relax, Route, SafetyStock, Scope, Since, Stated, UpTo};
use crate::series::Series;
use crate::source::Place;
use crate::units::{Ratio, add, ratio};

/// More than there is of anything.
const ENDLESS: i64 = 1_000_000_000;

/// All changes that may mend a conflict, none planned yet as it would be pasted.
pub(super) fn all(search: &mut Search<'_, '_>) -> Vec<Proposal> {
    let members = search.members();
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
        Member::Floor(at) => lower_floor(search, *at).into_iter().chain(later_floor(search, *at)).collect(),
        Member::Cover(at) => cover(search, *at),
        Member::Pin(at) => pin(search, *at).into_iter().collect(),
        Member::FirmOrder(at) => move_order(search, *at).into_iter().collect(),
        Member::Cash => cash(search).into_iter().collect(),
        Member::CashFlow(_) | Member::Closures(_) => Vec::new(),
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

/// Sinks a floor in the buckets in which it has to.
fn lower_floor(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let service = search.project.services[at].clone();
    let gives = search.given_by(Relax::FillRate, &service.scope, UpTo::Floor(Decimal::ZERO));
    let rates = sunk(search, at, &gives)?;
    let rates = evened(search, at, rates);
    let keys: Vec<(Period, Decimal)> = rates.iter().map(|(bucket, rate)| (period(search, *bucket), *rate)).collect();
    let fill_rate = with_keys(&service.fill_rate, &keys, true)?;
    let edit = search.line(&service.origin, "fill-rate", &series(&fill_rate)?)?;
    let change = change(move |network| network.services[at].fill_rate = fill_rate.clone());
    let lowest = rates.iter().map(|(_, rate)| *rate).min()?;
    let buckets: Vec<usize> = rates.iter().map(|(bucket, _)| *bucket).collect();
    let name = words::name(&search.project, &Member::Floor(at));
    let amount = service.fill_rate.values().into_iter().max()? - lowest;
    Some(Proposal {
        title: format!("lower {name} to {} {}", lowest.normalize(), when(search, &buckets)),
        amount,
        edit,
        change,
        is_fact: false,
    })
}

/// One rate for all offers of a service, in the buckets in which some of them have to sink: the highest with which there is a plan. What is given
/// least of in all may be taken from one offer alone, and a rate holds for each.
fn evened(search: &mut Search<'_, '_>, at: usize, rates: Vec<(usize, Decimal)>) -> Vec<(usize, Decimal)> {
    const PARTS: i64 = 1_000;
    let service = search.project.services[at].clone();
    if service.group || service.offers.len() < 2 {
        return rates;
    }
    let stated = |bucket: usize, less: i64| {
        let level = crate::model::timeline::level(&service.fill_rate, &search.project.calendar.buckets[bucket]);
        (level * Decimal::new(PARTS - less, 3)).round_dp_with_strategy(4, rust_decimal::RoundingStrategy::ToZero)
    };
    let lowered = |less: i64| -> Vec<(usize, Decimal)> {
        rates.iter().map(|(bucket, _)| (*bucket, stated(*bucket, less))).collect()
    };
    let all: Vec<Vec<(usize, Decimal)>> = (0..=PARTS).map(lowered).collect();
    let periods: Vec<Period> = search.project.calendar.buckets.iter().map(|bucket| bucket.period).collect();
    let sink = |network: &mut Network, less: i64| {
        let own = &all[usize::try_from(less).unwrap_or(0)];
        let keys: Vec<(Period, Decimal)> = own.iter().map(|(bucket, rate)| (periods[*bucket], *rate)).collect();
        if let Some(fill_rate) = with_keys(&service.fill_rate, &keys, true) {
            network.services[at].fill_rate = fill_rate;
        }
    };
    match search.least(PARTS / 16, PARTS, &sink) {
        Some(less) => all[usize::try_from(less).unwrap_or(0)].clone(),
        None => rates,
    }
}

/// The rates that are left where floors give so many units, by bucket.
fn sunk(search: &Search<'_, '_>, at: usize, gives: &Gives) -> Option<Vec<(usize, Decimal)>> {
    let model = Model::new(&search.project).ok()?;
    let mut rates: Vec<(usize, Decimal)> = Vec::new();
    let mut sink = |bucket: usize, sold: Ratio, demand: i64| {
        if demand > 0 {
            let rate = down(sold * Ratio::new(1, i128::from(demand)), 4)?;
            match rates.iter_mut().find(|(known, _)| *known == bucket) {
                Some((_, known)) => *known = rate.min(*known),
                None => rates.push((bucket, rate)),
            }
        }
        Some(())
    };
    let group = model.group_floors.iter().find(|group| group.service == at);
    for (of, bucket, units) in gives {
        if let Some(group) = group {
            let demand: i64 = group.members_in(*bucket, true).map(|one| model.offers[one].demand[*bucket]).sum();
            let held = Ratio::from_integer(i128::from(group.held[*bucket]));
            sink(*bucket, add(held, -*units).ok()?, demand)?;
            continue;
        }
        let offer = (0..model.offers.len()).find(|&one| offer_name(&model, one) == *of)?;
        if !search.project.services[at].offers.iter().any(|one| one.index() == offer) {
            continue;
        }
        let held = Ratio::from_integer(i128::from(model.offers[offer].floors.held[*bucket]));
        sink(*bucket, add(held, -*units).ok()?, model.offers[offer].demand[*bucket])?;
    }
    rates.sort_by_key(|(bucket, _)| *bucket);
    (!rates.is_empty()).then_some(rates)
}

/// Lets a floor with a stated beginning begin later.
fn later_floor(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let service = search.project.services[at].clone();
    service.from?;
    let buckets = search.project.calendar.buckets.clone();
    let most = i64::try_from(buckets.len()).ok()? - 1;
    let begin = move |bucket: i64| Since::Period(buckets[usize::try_from(bucket).unwrap_or(0)].period);
    let later = search.least(1, most, &|network, bucket| network.services[at].from = Some(begin(bucket)))?;
    let Since::Period(first) = begin(later) else { return None };
    let edit = search.line(&service.origin, "from", &format!("\"{first}\""))?;
    let change = change(move |network| network.services[at].from = Some(Since::Period(first)));
    let name = words::name(&search.project, &Member::Floor(at));
    Some(Proposal {
        title: format!("let {name} begin in {first}"),
        amount: Decimal::from(later),
        edit,
        change,
        is_fact: false,
    })
}

/// Keeps less in safety stock, or lets more be left.
fn cover(search: &mut Search<'_, '_>, at: usize) -> Vec<Proposal> {
    let facts = search.project.covers[at].clone();
    let name = words::name(&search.project, &Member::Cover(at));
    let mut found = Vec::new();
    if let Some(weeks) = facts.max_weeks {
        let longer = |by: i64| weeks.trunc() + Decimal::from(by);
        let by = search.least(1, 520, &|network, by| network.covers[at].max_weeks = Some(longer(by)));
        let told = by.and_then(|by| Some((by, search.line(&facts.origin, "max-weeks", &longer(by).to_string())?)));
        if let Some((by, edit)) = told {
            let to = longer(by);
            let change = change(move |network| network.covers[at].max_weeks = Some(to));
            let title = format!("raise `max-weeks` of {name} to {}", longer(by));
            found.push(Proposal { title, amount: longer(by) - weeks, edit, change, is_fact: false });
        }
    }
    let (most, unit): (Decimal, &str) = match &facts.safety_stock {
        Some(SafetyStock::Units(Series::Scalar(units))) => (*units, "units"),
        Some(SafetyStock::Weeks(Series::Scalar(weeks))) => (weeks.ceil(), "weeks"),
        _ => return found,
    };
    let stated = |less: i64| {
        let left = Series::Scalar((most - Decimal::from(less)).max(Decimal::ZERO));
        if unit == "units" { SafetyStock::Units(left) } else { SafetyStock::Weeks(left) }
    };
    let limit = i64::try_from(most.ceil()).unwrap_or(ENDLESS);
    let less = search.least(1, limit, &|network, less| network.covers[at].safety_stock = Some(stated(less)));
    let Some(less) = less else { return found };
    let left = (most - Decimal::from(less)).max(Decimal::ZERO);
    if let Some(edit) = search.line(&facts.origin, "safety-stock", &format!("{{ {unit} = {left} }}")) {
        let to = stated(less);
        let change = change(move |network| network.covers[at].safety_stock = Some(to.clone()));
        let title = format!("lower the safety stock of {name} to {left} {unit}");
        found.push(Proposal { title, amount: Decimal::from(less), edit, change, is_fact: false });
    }
    found
}

/// Asks for fewer units of a pin, or allows more.
fn pin(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let facts = search.project.pins[at].clone();
    let exact = facts.most == Some(facts.least);
    let name = words::name(&search.project, &Member::Pin(at));
    let (least, origin) = (facts.least, facts.origin.clone());
    let own = move |network: &mut Network, change: &dyn Fn(&mut crate::network::Pin)| {
        network.pins.iter_mut().filter(|pin| pin.origin == origin).for_each(change);
    };
    let of_fewer = own.clone();
    let fewer = move |network: &mut Network, by: i64| {
        of_fewer(network, &|pin| {
            pin.least = (least - by).max(0);
            if exact {
                pin.most = Some(pin.least);
            }
        });
    };
    if facts.least > 0
        && let Some(by) = search.least(1, facts.least, &fewer)
    {
        let key = if exact { "units" } else { "min" };
        let edit = search.line(&facts.origin, key, &(facts.least - by).to_string())?;
        let change = change(move |network| fewer(network, by));
        let title = format!("lower {name} to {}", words::count(facts.least - by));
        return Some(Proposal { title, amount: Decimal::from(by), edit, change, is_fact: false });
    }
    let most = facts.most.filter(|_| !exact)?;
    let more = move |network: &mut Network, by: i64| own(network, &|pin| pin.most = Some(most + by));
    let by = search.least(1, ENDLESS - most, &more)?;
    let edit = search.line(&facts.origin, "max", &(most + by).to_string())?;
    let change = change(move |network| more(network, by));
    Some(Proposal {
        title: format!("raise {name} to {}", words::count(most + by)),
        amount: Decimal::from(by),
        edit,
        change,
        is_fact: false,
    })
}

/// Lets a firm order arrive in another bucket, the nearest that does.
fn move_order(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
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

/// A value beside what is given of it in some buckets: a new series and how much that is at most.
fn passed(
    search: &Search<'_, '_>,
    stated: &Series,
    gives: &Gives,
    lower: bool,
) -> Option<(Series, Decimal, Vec<usize>)> {
    let whole = search.project.first_bucket_whole;
    let buckets = &search.project.calendar.buckets;
    let mut keys = Vec::new();
    let (mut most, mut at) = (Decimal::ZERO, Vec::new());
    for (_, bucket, amount) in gives {
        let by = up(*amount, 2)?;
        let period = &buckets[*bucket];
        let is = ratio(crate::model::timeline::level(stated, period));
        let there = if lower { add(is, -ratio(by)).ok()? } else { add(is, ratio(by)).ok()? };
        // A value that is scaled to what is left of the first bucket is not told as a part of it.
        if whole && period.is_partial() {
            return None;
        }
        keys.push((period.period, if lower { down(there, 2)? } else { up(there, 2)? }));
        most = most.max(by);
        at.push(*bucket);
    }
    at.sort_unstable();
    let changed = with_keys(stated, &keys, lower)?;
    (!at.is_empty()).then_some((changed, most, at))
}

/// Lets cash fall lower.
fn cash(search: &mut Search<'_, '_>) -> Option<Proposal> {
    let facts = search.project.cash.clone()?;
    let gives = search.given_by(Relax::CashMinimum, &Scope::default(), UpTo::Amount(Decimal::from(ENDLESS)));
    let (minimum, by, buckets) = passed(search, &facts.minimum, &gives, true)?;
    let value = series(&minimum)?;
    let edit =
        search.line(&facts.origin, "minimum", &value).or_else(|| search.added(&facts.origin, "minimum", &value))?;
    let change = change(move |network| {
        if let Some(cash) = &mut network.cash {
            cash.minimum = minimum.clone();
        }
    });
    let by_words = words::cash(&search.project, ratio(by));
    let title = format!("lower the cash minimum by {by_words} {}", when(search, &buckets));
    Some(Proposal { title, amount: by, edit, change, is_fact: false })
}

fn budget(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let facts = search.project.budgets[at].clone();
    let gives = search.given_by(Relax::Budget, &facts.scope, UpTo::Amount(Decimal::from(ENDLESS)));
    let gives: Gives = gives.into_iter().filter(|(of, ..)| *of == facts.name).collect();
    let (purchases, by, buckets) = passed(search, &facts.purchases, &gives, false)?;
    let edit = search.line(&facts.origin, "purchases", &series(&purchases)?)?;
    let change = change(move |network| network.budgets[at].purchases = purchases.clone());
    let (name, by_words) = (words::name(&search.project, &Member::Budget(at)), words::cash(&search.project, ratio(by)));
    Some(Proposal {
        title: format!("raise {name} by {by_words} {}", when(search, &buckets)),
        amount: by,
        edit,
        change,
        is_fact: false,
    })
}

fn inventory_value(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let facts = search.project.value_limits[at].clone();
    let gives = search.given_by(Relax::InventoryValue, &facts.scope, UpTo::Amount(Decimal::from(ENDLESS)));
    let gives: Gives = gives.into_iter().filter(|(of, ..)| *of == facts.name).collect();
    let (value, by, buckets) = passed(search, &facts.inventory_value, &gives, false)?;
    let edit = search.line(&facts.origin, "inventory-value", &series(&value)?)?;
    let change = change(move |network| network.value_limits[at].inventory_value = value.clone());
    let (name, by_words) =
        (words::name(&search.project, &Member::InventoryValue(at)), words::cash(&search.project, ratio(by)));
    Some(Proposal {
        title: format!("raise {name} by {by_words} {}", when(search, &buckets)),
        amount: by,
        edit,
        change,
        is_fact: false,
    })
}

/// A capacity of a location.
type CapacityOf = fn(&mut Network, usize) -> &mut Option<Stated<Series>>;

fn location(search: &mut Search<'_, '_>, member: &Member, at: usize) -> Option<Proposal> {
    let (relax, key, unit, of): (Relax, &str, &str, CapacityOf) = match member {
        Member::Storage(_) => (Relax::StorageCapacity, "storage-capacity", "m3", |network, at| {
            &mut network.locations[at].storage_capacity
        }),
        Member::Inbound(_) => (Relax::InboundCapacity, "inbound-capacity", "units", |network, at| {
            &mut network.locations[at].inbound_capacity
        }),
        _ => (Relax::OutboundCapacity, "outbound-capacity", "units", |network, at| {
            &mut network.locations[at].outbound_capacity
        }),
    };
    let id = search.project.locations[at].id.clone();
    let scope = Scope { keys: vec![("location".to_owned(), vec![id])], not: Vec::new() };
    let share = UpTo::Share(Decimal::from(1_000_000));
    let gives = search.given_by(relax, &scope, share);
    let stated = of(&mut search.project, at).clone()?;
    let (capacity, by, buckets) = passed(search, &stated.value, &gives, false)?;
    let edit = search.line(&stated.origin, key, &series(&capacity)?)?;
    let raised = Stated { value: capacity, ..stated };
    let change = change(move |network| *of(network, at) = Some(raised.clone()));
    let name = words::name(&search.project, member);
    let title = format!("raise {name} by {} {unit} {}", by.normalize(), when(search, &buckets));
    Some(Proposal { title, amount: by, edit, change, is_fact: false })
}

fn supplier_capacity(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let stated = search.project.suppliers[at].capacity.clone()?;
    let raised = |by: i64| Stated {
        value: mapped(&stated.value, &|value| value + Decimal::from(by)),
        origin: stated.origin.clone(),
    };
    let by = search.least(64, 1 << 24, &|network, by| network.suppliers[at].capacity = Some(raised(by)))?;
    let edit = search.line(&stated.origin, "capacity", &series(&raised(by).value)?)?;
    let to = raised(by);
    let change = change(move |network| network.suppliers[at].capacity = Some(to.clone()));
    let name = words::name(&search.project, &Member::SupplierCapacity(at));
    Some(Proposal {
        title: format!("raise {name} by {by} a bucket"),
        amount: Decimal::from(by),
        edit,
        change,
        is_fact: false,
    })
}

fn minimum_order(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
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

fn frozen(search: &mut Search<'_, '_>) -> Option<Proposal> {
    let days = search.project.frozen_days;
    let by = search.least(1, days, &|network, by| network.frozen_days = days - by)?;
    let manifest = Place { line: 1, column: 1, ..search.project.tail_origin.clone() };
    let edit = search.line(&manifest, "frozen-days", &(days - by).to_string())?;
    let change = change(move |network| network.frozen_days = days - by);
    let title = format!("lower `frozen-days` to {}", days - by);
    Some(Proposal { title, amount: Decimal::from(by), edit, change, is_fact: false })
}

/// Sizes of lines: a larger maximum, a smaller MOQ, a smaller multiple.
fn size(search: &mut Search<'_, '_>, member: &Member, entry: &Place) -> Option<Proposal> {
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
fn premium(search: &mut Search<'_, '_>, entry: &Place) -> Option<Proposal> {
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

/// Shorter lead times: of each lane entry that brings what is promised, the longest with which there is a plan.
fn lead_times(search: &mut Search<'_, '_>) -> Vec<Proposal> {
    let items = promised_items(search);
    let mut entries: Vec<Place> = Vec::new();
    let bought = search.project.lanes.iter().filter(|lane| !lane.premium).map(|lane| (lane.item, &lane.origin));
    let sent = search.project.transfers.iter().filter(|lane| !lane.premium).map(|lane| (lane.item, &lane.origin));
    for (item, origin) in bought.chain(sent) {
        if items.contains(&item.index()) && !entries.contains(origin) {
            entries.push(origin.clone());
        }
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
    let by = search.least(1, i64::try_from(days).ok()?, &shorten)?;
    let left = days - Decimal::from(by);
    let edit = search.line(entry, "lead-days", &left.to_string())?;
    let change = change(move |network| shorten(network, by));
    let title = format!("find a lane that takes {left} days, {by} less than at {}:{}", entry.file, entry.line);
    Some(Proposal { title, amount: Decimal::from(by), edit, change, is_fact: true })
}

/// Promotions that a floor has to serve, later.
fn promotions(search: &mut Search<'_, '_>, service: usize) -> Vec<Proposal> {
    let network = &search.project;
    let offers = network.services[service].offers.clone();
    let touched = |at: &usize| offers.iter().any(|one| network.offers[one.index()].promotions.contains(at));
    let all: Vec<usize> = (0..network.promotions.len()).filter(touched).collect();
    all.into_iter().filter_map(|at| later_promotion(search, at)).collect()
}

fn later_promotion(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let facts = search.project.promotions[at].clone();
    let later = |by: i64| {
        let shifted = |period: Period| (0..by).fold(period, |period, _| period.next());
        (shifted(facts.during.0), shifted(facts.during.1))
    };
    let last = search.project.calendar.buckets.last()?.period;
    let mut by = 1;
    while later(by).1 <= last && later(by).1.grain() == last.grain() {
        if search.works(by, &|network, by| network.promotions[at].during = later(by)) {
            let (first, end) = later(by);
            let during = if first == end { format!("\"{first}\"") } else { format!("\"{first}..{end}\"") };
            let edit = search.line(&facts.origin, "during", &during)?;
            let change = change(move |network| network.promotions[at].during = (first, end));
            let title = format!("move the promotion `{}` to {}", facts.id, during.replace('"', ""));
            return Some(Proposal { title, amount: Decimal::from(by), edit, change, is_fact: true });
        }
        by += 1;
    }
    None
}

/// A rule that lets the demand be lowered that a floor is held against.
fn lower_demand(search: &mut Search<'_, '_>, service: usize) -> Option<Proposal> {
    let facts = search.project.services[service].clone();
    if facts.group {
        return None;
    }
    let gives = search.given_by(Relax::SalesPlan, &facts.scope, UpTo::Share(Decimal::ONE));
    let model = Model::new(&search.project).ok()?;
    let mut share = Decimal::ZERO;
    let (mut worst, mut units) = (None, Decimal::ZERO);
    for (of, bucket, lowered) in &gives {
        let offer = (0..model.offers.len()).find(|&one| offer_name(&model, one) == *of)?;
        let demand = model.offers[offer].demand[*bucket];
        if demand > 0 {
            let own = up(*lowered * Ratio::new(1, i128::from(demand)), 4)?;
            if own > share {
                (share, worst, units) = (own, Some(offer), up(*lowered, 0)?);
            }
        }
    }
    let id = format!("lower-demand-{}", facts.name.replace(' ', "-"));
    let edit = search.new_rule(&id, Relax::SalesPlan, &facts.scope, &format!("share = {}", share.normalize()));
    let change = with_rule(&id, Relax::SalesPlan, facts.scope, UpTo::Share(share));
    let title = format!(
        "add a rule that lets the demand of {} be lowered by up to {} %, {} units at worst",
        search.offer_words(worst?),
        (share * Decimal::ONE_HUNDRED).normalize(),
        units
    );
    Some(Proposal { title, amount: share, edit, change, is_fact: false })
}
