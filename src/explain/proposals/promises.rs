//! What could be changed about promises: floors, hard covers, pins, and the demand that they are about.

use rust_decimal::Decimal;

use super::{ENDLESS, change, down, period, up, when, with_rule};
use crate::calendar::Period;
use crate::explain::member::Member;
use crate::explain::paste::{series, with_keys};
use crate::explain::repair::Proposal;
use crate::explain::search::{Gives, Search};
use crate::explain::words;
use crate::model::Model;
use crate::model::breaches::offer_name;
use crate::network::{Network, Relax, SafetyStock, Scope, Since, UpTo};
use crate::series::Series;
use crate::units::{Ratio, add};

/// Longest name of a service that a rule about it is called after, bytes.
const LONGEST_NAME: usize = 40;

/// Sinks a floor in the buckets in which it has to.
pub(super) fn lower_floor(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
    let service = search.project.services[at].clone();
    let rates = if search.is_large() {
        evenly(search, at, &all_rates(search, at))?
    } else {
        let gives = search.given_by(Relax::FillRate, &service.scope, UpTo::Floor(Decimal::ZERO));
        let rates = sunk(search, at, &gives)?;
        evened(search, at, rates)
    };
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

/// The stated rates of a service, by bucket.
fn all_rates(search: &Search<'_, '_>, at: usize) -> Vec<(usize, Decimal)> {
    let fill_rate = &search.project.services[at].fill_rate;
    let buckets = search.project.calendar.buckets.iter().enumerate();
    let rates = buckets.map(|(bucket, one)| (bucket, crate::model::timeline::level(fill_rate, one)));
    rates.filter(|(_, rate)| *rate > Decimal::ZERO).collect()
}

/// One rate for all offers of a service in all buckets in which some of them have to sink: what is given least of in all may be taken from one offer, or
/// in one bucket, and a rate holds for each.
fn evened(search: &mut Search<'_, '_>, at: usize, rates: Vec<(usize, Decimal)>) -> Vec<(usize, Decimal)> {
    let service = &search.project.services[at];
    if service.offers.len() < 2 && rates.len() < 2 || !search.is_small() {
        return rates;
    }
    evenly(search, at, &rates).unwrap_or(rates)
}

/// Rates of a service that sink by the same part in some buckets: the highest with which there is a plan.
fn evenly(search: &mut Search<'_, '_>, at: usize, rates: &[(usize, Decimal)]) -> Option<Vec<(usize, Decimal)>> {
    let service = search.project.services[at].clone();
    // Rates are told in per cent.
    let highest = service.fill_rate.values().into_iter().max()? * Decimal::ONE_HUNDRED;
    let parts = i64::try_from(highest.ceil()).ok()?;
    let stated = |bucket: usize, less: i64| {
        let level = crate::model::timeline::level(&service.fill_rate, &search.project.calendar.buckets[bucket]);
        (level * Decimal::from(parts - less) / Decimal::from(parts))
            .round_dp_with_strategy(2, rust_decimal::RoundingStrategy::ToZero)
    };
    let lowered = |less: i64| -> Vec<(usize, Decimal)> {
        rates.iter().map(|(bucket, _)| (*bucket, stated(*bucket, less))).collect()
    };
    let all: Vec<Vec<(usize, Decimal)>> = (0..=parts).map(lowered).collect();
    let periods: Vec<Period> = search.project.calendar.buckets.iter().map(|bucket| bucket.period).collect();
    let sink = |network: &mut Network, less: i64| {
        let own = &all[usize::try_from(less).unwrap_or(0)];
        let keys: Vec<(Period, Decimal)> = own.iter().map(|(bucket, rate)| (periods[*bucket], *rate)).collect();
        if let Some(fill_rate) = with_keys(&service.fill_rate, &keys, true) {
            network.services[at].fill_rate = fill_rate;
        }
    };
    let less = if search.is_large() {
        search.enough_of_large(parts / 8, parts, &sink)?
    } else {
        search.least(parts / 8, parts, &sink)?
    };
    Some(all[usize::try_from(less).unwrap_or(0)].clone())
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
pub(super) fn later_floor(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
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
pub(super) fn cover(search: &mut Search<'_, '_>, at: usize) -> Vec<Proposal> {
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
        let unit = if left == Decimal::ONE { unit.trim_end_matches('s') } else { unit };
        let title = format!("lower the safety stock of {name} to {left} {unit}");
        found.push(Proposal { title, amount: Decimal::from(less), edit, change, is_fact: false });
    }
    found
}

/// Asks for fewer units of a pin, or allows more.
pub(super) fn pin(search: &mut Search<'_, '_>, at: usize) -> Option<Proposal> {
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

/// Promotions that a floor has to serve, later.
pub(super) fn promotions(search: &mut Search<'_, '_>, service: usize) -> Vec<Proposal> {
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
pub(super) fn lower_demand(search: &mut Search<'_, '_>, service: usize) -> Option<Proposal> {
    let facts = search.project.services[service].clone();
    if facts.group || search.is_large() {
        return None;
    }
    let gives = search.given_by(Relax::SalesPlan, &facts.scope, UpTo::Share(Decimal::ONE));
    let share = lowered(search, &gives)?;
    let several = facts.offers.len() > 1 || gives.len() > 1;
    let share = if several { shared(search, &facts.scope).map_or(share, |even| even.min(share)) } else { share };
    // Without any demand there is nothing to promise.
    if share >= Decimal::ONE {
        return None;
    }
    // The name of a long selection is no id for people.
    let name = if facts.name.len() > LONGEST_NAME { "" } else { facts.name.as_str() };
    let id = format!("lower-demand-{}", name.replace(' ', "-")).trim_end_matches('-').to_owned();
    let edit = search.new_rule(&id, Relax::SalesPlan, &facts.scope, &format!("share = {}", share.normalize()));
    let change = with_rule(&id, Relax::SalesPlan, facts.scope, UpTo::Share(share));
    let whose = match facts.offers.as_slice() {
        [only] => format!("the demand of {}", search.offer_words(only.index())),
        _ => format!("the demand under {}", words::name(&search.project, &Member::Floor(service))),
    };
    let percent = (share * Decimal::ONE_HUNDRED).normalize();
    let title = format!("add a rule that lets {whose} be lowered by up to {percent} %");
    Some(Proposal { title, amount: share, edit, change, is_fact: false })
}

/// The largest share of an offer's demand that is lowered in some bucket.
fn lowered(search: &Search<'_, '_>, gives: &Gives) -> Option<Decimal> {
    let model = Model::new(&search.project).ok()?;
    let mut share = Decimal::ZERO;
    for (of, bucket, units) in gives {
        let offer = (0..model.offers.len()).find(|&one| offer_name(&model, one) == *of)?;
        let demand = model.offers[offer].demand[*bucket];
        if demand > 0 {
            share = share.max(up(*units * Ratio::new(1, i128::from(demand)), 4)?);
        }
    }
    (share > Decimal::ZERO).then_some(share)
}

/// The least share by which the demand of several offers may have to be lowered: what is given least of in all may be taken from one offer alone.
fn shared(search: &mut Search<'_, '_>, scope: &Scope) -> Option<Decimal> {
    const PARTS: i64 = 100;
    let scope = scope.clone();
    let lower = |network: &mut Network, by: i64| {
        with_rule("lowered", Relax::SalesPlan, scope.clone(), UpTo::Share(Decimal::new(by, 2)))(network);
    };
    search.is_small().then(|| search.least(PARTS / 8, PARTS, &lower))?.map(|by| Decimal::new(by, 2))
}
