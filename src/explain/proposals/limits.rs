//! What could be changed about limits: by how much each has to be passed.

use num_traits::Zero;
use rust_decimal::Decimal;

use super::{ENDLESS, change, down, up, when};
use crate::explain::member::{Member, mapped};
use crate::explain::paste::{series, with_keys};
use crate::explain::repair::Proposal;
use crate::explain::search::Search;
use crate::explain::sums;
use crate::explain::words;
use crate::model::Model;
use crate::network::{CashAmount, Network, Relax, Scope, Stated, UpTo};
use crate::series::Series;
use crate::units::{Ratio, add, mul, ratio, whole};

/// A value beside what is given of it in some buckets: a new series, how much that is at most, and when.
fn passed(
    network: &Network,
    stated: &Series,
    gives: &[(usize, Ratio)],
    (lower, digits): (bool, u32),
) -> Option<(Series, Decimal, Vec<usize>)> {
    let whole = network.first_bucket_whole;
    let mut keys = Vec::new();
    let (mut most, mut at) = (Decimal::ZERO, Vec::new());
    for (bucket, amount) in gives {
        let by = up(*amount, digits)?;
        let period = &network.calendar.buckets[*bucket];
        let is = ratio(crate::model::timeline::level(stated, period));
        let there = if lower { add(is, -ratio(by)).ok()? } else { add(is, ratio(by)).ok()? };
        // A value that is scaled to what is left of the first bucket is not told as a part of it.
        if whole && period.is_partial() {
            return None;
        }
        keys.push((period.period, if lower { down(there, digits)? } else { up(there, digits)? }));
        most = most.max(by);
        at.push(*bucket);
    }
    at.sort_unstable();
    let changed = with_keys(stated, &keys, lower)?;
    (!at.is_empty()).then_some((changed, most, at))
}

/// Parts of what an elastic plan takes of a limit, and how many of them are asked first: mostly it takes as little as can be.
const PARTS: i64 = 64;
const FIRST: i64 = 60;

/// The same by as small a part of what a plan takes as leaves one, where a smaller one does; what facts take of a limit is more of it.
fn least_passed(
    search: &mut Search<'_, '_>,
    limit: &Limit<'_>,
    gives: &[(usize, Ratio)],
    set: Setter<'_>,
) -> Option<(Series, Decimal, Vec<usize>)> {
    let project = search.project.clone();
    let model = Model::new(&project).ok()?;
    let by_part = |part: i64| -> Option<(Series, Decimal, Vec<usize>)> {
        let scaled = |(bucket, amount): &(usize, Ratio)| {
            let own = mul(*amount, Ratio::new(i128::from(part), i128::from(PARTS))).ok()?;
            Some((*bucket, add(own, given(&model, limit, *bucket)).ok()?))
        };
        // A part is told in whole units of money, and of what comes and goes.
        let digits = if part == PARTS || limit.relax == Relax::StorageCapacity { 2 } else { 0 };
        let scaled = gives.iter().map(scaled).collect::<Option<Vec<_>>>()?;
        passed(&project, limit.stated, &scaled, (limit.lower, digits))
    };
    let all = by_part(PARTS)?;
    let works = |search: &mut Search<'_, '_>, part: i64| {
        by_part(part).is_some_and(|(series, ..)| search.works(part, &|network, _| set(network, series.clone())))
    };
    let (mut too_little, mut enough) = (0, PARTS);
    let mut next = FIRST;
    while enough - too_little > 1 {
        if works(search, next) {
            enough = next;
        } else if next == FIRST {
            return Some(all);
        } else {
            too_little = next;
        }
        next = too_little + (enough - too_little) / 2;
    }
    by_part(enough)
}

/// What facts alone take of a limit beyond it.
fn given(model: &Model<'_>, limit: &Limit<'_>, bucket: usize) -> Ratio {
    if limit.relax == Relax::CashMinimum {
        return model.given.cash.get(bucket).copied().unwrap_or_default();
    }
    let own = |one: &crate::model::Limit| one.kind.name() == limit.relax.name() && one.of == limit.of;
    model.limits.iter().position(own).map_or_else(Ratio::zero, |at| model.given.limit(at, bucket))
}

/// A value that goes further by the least amount with which there is a plan: the series, the amount, and when.
type Further = (Series, Decimal, String);

/// Sets a value of the inputs.
type Setter<'s> = &'s dyn Fn(&mut Network, Series);

/// A limit that may go further.
struct Limit<'s> {
    /// What lets go of it, and of which.
    relax: Relax,
    scope: &'s Scope,
    of: &'s str,
    stated: &'s Series,
    /// True where less of it lets more.
    lower: bool,
    /// As far as anything goes.
    up_to: UpTo,
}

/// By what is given of a limit where it may be passed; of a project too large for that the same in every bucket, as a plan passes it at a high price.
fn further(search: &mut Search<'_, '_>, limit: &Limit<'_>, set: Setter<'_>) -> Option<Further> {
    if !search.is_large() {
        let gives = search.given_by(limit.relax, limit.scope, limit.up_to).into_iter();
        let gives: Vec<(usize, Ratio)> =
            gives.filter(|(of, ..)| of == limit.of).map(|(_, bucket, amount)| (bucket, amount)).collect();
        let (series, by, buckets) = least_passed(search, limit, &gives, set)?;
        return Some((series, by, when(search, &buckets)));
    }
    let by_as_much = |by: i64| {
        let by = if limit.lower { -Decimal::from(by) } else { Decimal::from(by) };
        mapped(limit.stated, &|value| value + by)
    };
    let lacking = sums::lacking(&Model::new(&search.project).ok()?, limit.relax.name(), limit.of).ok()?;
    let most = limit.stated.values().into_iter().max().map(ratio)?;
    let least = lacking.unwrap_or(most).max(whole(1));
    let up_to = match limit.up_to {
        UpTo::Share(_) => UpTo::Share(Decimal::from(FAR)),
        _ => UpTo::Amount(up(mul(add(most, least).ok()?, whole(FAR)).ok()?, 0)?),
    };
    let by = search.passed_at_a_price(limit.relax, limit.scope, up_to, least)?;
    let by = i64::try_from(by.ceil().to_integer()).ok()?;
    let mut tried = more_of(limit.stated).into_iter().map(|more| by + more);
    let by = tried.find(|&by| search.is_planned(by, &|network, by| set(network, by_as_much(by))))?;
    Some((by_as_much(by), Decimal::from(by), "in every bucket".to_owned()))
}

/// By how many times of itself a limit may be passed at a price: far, and not so far that nothing else counts beside it.
const FAR: i64 = 20;

/// By how much more than at least a limit of a large project goes that is tried: in parts of what is stated of it.
fn more_of(stated: &Series) -> Vec<i64> {
    let stated = stated.values().into_iter().max().and_then(|most| i64::try_from(most.ceil()).ok()).unwrap_or(0);
    let mut more = vec![stated / 20, stated / 4, stated];
    more.dedup();
    more
}

/// Lets cash fall lower.
pub(super) fn cash(search: &mut Search<'_, '_>) -> Option<Proposal> {
    let facts = search.project.cash.clone()?;
    let limit = Limit {
        relax: Relax::CashMinimum,
        scope: &Scope::default(),
        of: "cash",
        stated: &facts.minimum,
        lower: true,
        up_to: UpTo::Amount(Decimal::from(ENDLESS)),
    };
    let (minimum, by, when) = further(search, &limit, &|network, minimum| {
        network.cash.iter_mut().for_each(|cash| cash.minimum = minimum.clone());
    })?;
    let value = series(&minimum)?;
    let edit =
        search.line(&facts.origin, "minimum", &value).or_else(|| search.added(&facts.origin, "minimum", &value))?;
    let change = change(move |network| {
        if let Some(cash) = &mut network.cash {
            cash.minimum = minimum.clone();
        }
    });
    let by_words = words::cash(&search.project, ratio(by));
    let title = format!("lower the cash minimum by {by_words} {when}");
    Some(Proposal { title, amount: by, edit, change, is_fact: false })
}

/// Lets a flow pay less: the same less in every bucket, or on its day.
pub(super) fn cash_flow(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let facts = search.project.cash_flows[at].clone();
    let (is, on) = match facts.amount {
        CashAmount::Flow(Series::Scalar(amount)) => (amount, None),
        CashAmount::On(day, amount) => (amount, Some(day)),
        CashAmount::Flow(_) => return None,
    };
    let less = move |by: i64| {
        let left = (is + Decimal::from(by)).min(Decimal::ZERO);
        let amount = on.map_or(CashAmount::Flow(Series::Scalar(left)), |day| CashAmount::On(day, left));
        (left, amount)
    };
    let most = i64::try_from((-is).ceil()).ok()?;
    let by = search.least(64, most, &|network, by| network.cash_flows[at].amount = less(by).1)?;
    let (left, amount) = less(by);
    let edit = search.line(&facts.origin, "amount", &left.normalize().to_string())?;
    let change = change(move |network| network.cash_flows[at].amount = amount.clone());
    let name = words::name(&search.project, &Member::CashFlow(at));
    let title = format!("lower {name} to {}", words::cash(&search.project, ratio(left)));
    Some(Proposal { title, amount: Decimal::from(by), edit, change, is_fact: false })
}

pub(super) fn budget(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let facts = search.project.budgets[at].clone();
    let limit = Limit {
        relax: Relax::Budget,
        scope: &facts.scope,
        of: &facts.name,
        stated: &facts.purchases,
        lower: false,
        up_to: UpTo::Amount(Decimal::from(ENDLESS)),
    };
    let (purchases, by, when) =
        further(search, &limit, &|network, purchases| network.budgets[at].purchases = purchases)?;
    let edit = search.line(&facts.origin, "purchases", &series(&purchases)?)?;
    let change = change(move |network| network.budgets[at].purchases = purchases.clone());
    let (name, by_words) = (words::name(&search.project, &Member::Budget(at)), words::cash(&search.project, ratio(by)));
    Some(Proposal { title: format!("raise {name} by {by_words} {when}"), amount: by, edit, change, is_fact: false })
}

pub(super) fn inventory_value(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let facts = search.project.value_limits[at].clone();
    let limit = Limit {
        relax: Relax::InventoryValue,
        scope: &facts.scope,
        of: &facts.name,
        stated: &facts.inventory_value,
        lower: false,
        up_to: UpTo::Amount(Decimal::from(ENDLESS)),
    };
    let (value, by, when) =
        further(search, &limit, &|network, value| network.value_limits[at].inventory_value = value)?;
    let edit = search.line(&facts.origin, "inventory-value", &series(&value)?)?;
    let change = change(move |network| network.value_limits[at].inventory_value = value.clone());
    let (name, by_words) =
        (words::name(&search.project, &Member::InventoryValue(at)), words::cash(&search.project, ratio(by)));
    Some(Proposal { title: format!("raise {name} by {by_words} {when}"), amount: by, edit, change, is_fact: false })
}

/// A capacity of a location.
type CapacityOf = fn(&mut Network, usize) -> &mut Option<Stated<Series>>;

pub(super) fn location(search: &mut Search<'_, '_>, member: &Member, at: usize) -> Option<Proposal> {
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
    let scope = Scope { keys: vec![("location".to_owned(), vec![id.clone()])], not: Vec::new() };
    let stated = of(&mut search.project, at).clone()?;
    let limit = Limit {
        relax,
        scope: &scope,
        of: &id,
        stated: &stated.value,
        lower: false,
        up_to: UpTo::Share(Decimal::from(1_000_000)),
    };
    let (capacity, by, when) = further(search, &limit, &|network, value| {
        *of(network, at) = Some(Stated { value, origin: stated.origin.clone() });
    })?;
    let edit = search.line(&stated.origin, key, &series(&capacity)?)?;
    let raised = Stated { value: capacity, ..stated };
    let change = change(move |network| *of(network, at) = Some(raised.clone()));
    let name = words::name(&search.project, member);
    let title = format!("raise {name} by {} {unit} {when}", by.normalize());
    Some(Proposal { title, amount: by, edit, change, is_fact: false })
}

pub(super) fn supplier_capacity(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let stated = search.project.suppliers[at].capacity.clone()?;
    let raised = |by: i64| Stated {
        value: mapped(&stated.value, &|value| value + Decimal::from(by)),
        origin: stated.origin.clone(),
    };
    let raise = |network: &mut Network, by: i64| network.suppliers[at].capacity = Some(raised(by));
    let model = Model::new(&search.project).ok()?;
    let lacking = sums::lacking(&model, "supplier-capacity", &search.project.suppliers[at].id).ok()?;
    let by = match lacking.filter(|_| !search.is_small()) {
        Some(lacking) => {
            let least = i64::try_from(lacking.ceil().to_integer()).ok()?;
            let more = more_of(&stated.value);
            search.least_of_large((least, 1 << 24), &more, &raise)?
        }
        None => search.least(64, 1 << 24, &raise)?,
    };
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
