//! The allocation ledger: every unit that was asked for and not got, what denied it, and who got what there was.
//!
//! What denied a unit is found in the books: by each way of getting more, and by each sale that it could have had instead.

use super::books::{STOCK, Trial};
use super::{Asked, Denied, Link, link, otherwise};
use crate::explain::words;
use crate::network::{LaneId, PoolId, TransferId};
use crate::plan::ShortBy;
use crate::solve::Outcome;
use crate::source::Place;
use crate::units::{Overflow, Ratio, whole};

/// Most ways of getting more that are told of a shortage.
const ROUTES: usize = 4;
/// Most uses of stock that units are told to be kept for.
const KEEPERS: usize = 4;
/// Most channels that are told to have got what there was.
const TAKERS: usize = 4;

/// What a channel lacks of an item in a bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lack {
    /// The offer, by index.
    pub(super) offer: usize,
    /// The bucket that asks.
    pub(super) bucket: usize,
    /// Units, by the plan's parts.
    pub(super) by: ShortBy,
}

/// The entries of a shortage, each with what it rests on: their units add up to it.
pub(super) fn entries(asked: &Asked<'_>, lack: Lack) -> Result<Vec<Link>, Overflow> {
    let mut told = Vec::new();
    if lack.by.given > 0 {
        told.extend(too_early(asked, lack));
    }
    if lack.by.no_stock > 0 {
        told.extend(no_more(asked, lack)?);
    }
    if lack.by.held_back > 0 {
        told.extend(held_back(asked, lack)?);
    }
    if lack.by.given + lack.by.no_stock > 0 {
        told.extend(taken(asked, lack)?);
    }
    Ok(told)
}

fn entry(units: i64, by: impl Into<String>, text: &str, source: Option<Place>) -> Link {
    Link {
        denied: Some(Denied { units, by: by.into() }),
        ..link(2, format!("{} denied by {text}", words::count(units)), source)
    }
}

/// Before the first bucket that a new order reaches.
fn too_early(asked: &Asked<'_>, lack: Lack) -> Vec<Link> {
    let network = asked.network;
    let text = "time: no order that can be placed now, premium ones aside, arrives for it";
    let origin = network.offers[lack.offer].origin.clone();
    let mut told = vec![entry(lack.by.given, "time", text, Some(origin))];
    for (_, way) in asked.model.ways_of(lack.offer) {
        for (at, lane) in network.lanes.iter().enumerate().filter(|(_, lane)| lane.pool == way.pool).take(ROUTES) {
            let first = asked.model.lanes[at].iter().flatten().next();
            let when = first.map_or("brings nothing in the horizon".to_owned(), |one| {
                format!("released on {} at the earliest, usable on {}", one.trip.release, one.trip.usable)
            });
            let mark = match (lane.premium, asked.model.relief.premium[at]) {
                (true, None) => "; it is premium, and no rule lets it be used".to_owned(),
                (true, Some(rule)) => format!("; it is premium, and the rule `{}` is spared", network.rules[rule].id),
                (false, _) => String::new(),
            };
            let text = format!("`{}`: {when}{mark}", network.lane_name(at.into()));
            told.push(link(3, text, asked.key(&lane.origin, "lead-days")));
        }
    }
    told
}

/// How much more, for which bucket, and what that comes to.
type Tried = (i64, usize, Trial);

/// A way of getting more.
struct Route {
    /// By which lanes, each in quotes.
    name: String,
    source: Option<Place>,
    /// How much, for which bucket, and what it comes to; none where it brings nothing in time.
    tried: Option<Tried>,
    /// Why it brings nothing.
    never: String,
}

/// All there was is sold: what kept more from coming.
fn no_more(asked: &Asked<'_>, lack: Lack) -> Result<Vec<Link>, Overflow> {
    let (model, network) = (asked.model, asked.network);
    let mut routes = routes(asked, lack)?;
    routes.sort_by_key(|route| std::cmp::Reverse(route.tried.as_ref().map(|(units, _, trial)| rank(*units, trial))));
    let units = lack.by.no_stock;
    let mut told = Vec::new();
    let Some(Route { tried: Some((more, _, best)), source, .. }) = routes.first() else {
        let text = "time: nothing that can be ordered brings more for it";
        told.push(entry(units, "time", text, Some(network.offers[lack.offer].origin.clone())));
        told.extend(routes.iter().take(ROUTES).map(untried));
        return Ok(told);
    };
    told.push(match best.breaks.first() {
        None if best.is_better() => entry(units, "search", &format!("the search: {}", unfound(asked)), source.clone()),
        Some(first) if best.earns > whole(0) => {
            let text = format!("{}: with {} more, {}", first.called(model), words::count(*more), first.words(model));
            entry(units, first.cause(model), &text, Some(first.origin.clone()))
        }
        _ => entry(units, "money", "money: more of it does not pay", source.clone()),
    });
    for route in routes.iter().take(ROUTES) {
        let Some((more, bucket, trial)) = &route.tried else {
            told.push(untried(route));
            continue;
        };
        let text = format!(
            "{} more by {} for {}: {}{}",
            words::count(*more),
            route.name,
            asked.label(*bucket),
            trial.sum(&network.currency),
            and_breaks(asked, trial)
        );
        told.push(link(3, text, route.source.clone()));
    }
    Ok(told)
}

fn untried(route: &Route) -> Link {
    link(3, format!("by {}: {}", route.name, route.never), route.source.clone())
}

/// `; but the budget ...`, where something stands in the way.
pub(super) fn and_breaks(asked: &Asked<'_>, trial: &Trial) -> String {
    let told: Vec<String> = trial.breaks.iter().take(3).map(|one| one.words(asked.model)).collect();
    if told.is_empty() { String::new() } else { format!("; but {}", told.join("; ")) }
}

/// What is said of something that would be better than the plan.
pub(super) fn unfound(asked: &Asked<'_>) -> String {
    let certificate = &asked.plan.certificate;
    let gap = certificate.bound.map(|bound| bound.0.saturating_sub(certificate.objective.0));
    let open = gap.map_or_else(
        || "the planner did not find it".to_owned(),
        |gap| {
            format!(
                "the planner did not find it: its plan is at most {} from the best",
                asked.money(crate::plan::Amount(gap))
            )
        },
    );
    format!("nothing stands against it; {open}")
}

/// How near a trial is to being done: better ones first, then those that pay but for what they break, then the least dear, by unit.
fn rank(units: i64, trial: &Trial) -> (bool, bool, Ratio) {
    let each = crate::units::mul(trial.earns, Ratio::new(1, i128::from(units.max(1)))).unwrap_or_default();
    (trial.is_better(), trial.earns > whole(0), each)
}

/// Of the sizes of one way the first that would be better, else the first that pays but for what it breaks, else the least dear.
fn nearest(tried: Vec<Tried>) -> Option<Tried> {
    let first = |meets: &dyn Fn(&Trial) -> bool| tried.iter().find(|(_, _, trial)| meets(trial)).cloned();
    first(&Trial::is_better)
        .or_else(|| first(&|trial| trial.earns > whole(0)))
        .or_else(|| tried.iter().max_by_key(|(units, _, trial)| rank(*units, trial)).cloned())
}

fn routes(asked: &Asked<'_>, lack: Lack) -> Result<Vec<Route>, Overflow> {
    let (model, network) = (asked.model, asked.network);
    let mut routes = Vec::new();
    for (at, way) in model.ways_of(lack.offer) {
        for lane in (0..network.lanes.len()).filter(|&lane| network.lanes[lane].pool == way.pool) {
            routes.push(by_lane(asked, lack, (at, way.pool), lane.into())?);
        }
        for lane in (0..network.transfers.len()).filter(|&lane| network.transfers[lane].pool == way.pool) {
            routes.extend(by_transfer(asked, lack, (at, way.pool), lane.into())?);
        }
    }
    Ok(routes)
}

/// Gives the channel what it lacks of so many units more, and the rest to whoever pays for it.
fn give(
    asked: &Asked<'_>,
    outcome: &mut Outcome,
    lack: Lack,
    (way, pool): (usize, PoolId),
    (from, more): (usize, i64),
) {
    let given = more.min(lack.by.no_stock);
    outcome.sales[way][lack.bucket] += given;
    otherwise::serve(asked.model, outcome, pool, from, more - given);
}

fn by_lane(asked: &Asked<'_>, lack: Lack, to: (usize, PoolId), lane: LaneId) -> Result<Route, Overflow> {
    let (model, facts) = (asked.model, asked.network.lane(lane));
    let name = format!("`{}`", asked.network.lane_name(lane));
    let last = (0..=lack.bucket).rev().find(|&bucket| model.opportunity(lane, bucket).is_some());
    let Some(bucket) = last else {
        let first = model.lanes[lane.index()].iter().flatten().next();
        let never = first.map_or("it brings nothing in the horizon".to_owned(), |one| {
            format!("released on {} at the earliest, usable on {}: too late", one.trip.release, one.trip.usable)
        });
        return Ok(Route { name, source: asked.key(&facts.origin, "lead-days"), tried: None, never });
    };
    let mut tried = Vec::new();
    for (mut changed, more) in otherwise::bought(model, &asked.books.outcome, lane, bucket, lack.by.no_stock) {
        give(asked, &mut changed, lack, to, (bucket, more));
        tried.push((more, bucket, asked.books.trial(&changed)?));
    }
    let never = "its lines are as large as they can be".to_owned();
    Ok(Route { name, source: Some(facts.origin.clone()), tried: nearest(tried), never })
}

/// By a transfer of what its source has, or of what the source could order for it.
fn by_transfer(asked: &Asked<'_>, lack: Lack, to: (usize, PoolId), lane: TransferId) -> Result<Vec<Route>, Overflow> {
    let (model, network) = (asked.model, asked.network);
    let facts = network.transfer(lane);
    let name = format!("`{}`", network.transfer_name(lane));
    let found = (0..=lack.bucket).rev().find_map(|bucket| Some((bucket, model.passage(lane, bucket)?)));
    let Some((bucket, passage)) = found else {
        let never = "it cannot be there in time".to_owned();
        return Ok(vec![Route { name, source: asked.key(&facts.origin, "lead-days"), tried: None, never }]);
    };
    let mut alone = Vec::new();
    let mut bought: Vec<(LaneId, Vec<Tried>)> = Vec::new();
    for (mut changed, more) in otherwise::sent(model, &asked.books.outcome, lane, bucket, lack.by.no_stock) {
        give(asked, &mut changed, lack, to, (bucket, more));
        alone.push((more, bucket, asked.books.trial(&changed)?));
        let missing = -otherwise::closing(model, &changed, facts.source).into_iter().min().unwrap_or(0);
        if missing <= 0 {
            continue;
        }
        for &first in &model.pools[facts.source.index()].lanes {
            let by = LaneId::from(first);
            let in_time = |&at: &usize| model.opportunity(by, at).is_some();
            let Some(arrives) = (0..=passage.release_bucket).rev().find(in_time) else { continue };
            // The smallest size that suffices.
            if let Some((both, _)) = otherwise::bought(model, &changed, by, arrives, missing).pop() {
                let tried = (more, bucket, asked.books.trial(&both)?);
                match bought.iter_mut().find(|(known, _)| *known == by) {
                    Some((_, all)) => all.push(tried),
                    None => bought.push((by, vec![tried])),
                }
            }
        }
    }
    let source = Some(facts.origin.clone());
    let never = "its lines are as large as they can be".to_owned();
    let mut routes = Vec::new();
    for (by, tried) in bought {
        let name = format!("`{}` and {name}", network.lane_name(by));
        routes.push(Route {
            name,
            source: Some(network.lane(by).origin.clone()),
            tried: nearest(tried),
            never: never.clone(),
        });
    }
    // Where it needs more stock than there is, only what brings that stock can be done.
    let lacks = |trial: &Trial| trial.breaks.iter().any(|one| one.kind == STOCK);
    if routes.is_empty() || alone.iter().any(|(_, _, trial)| !lacks(trial)) {
        alone.retain(|(_, _, trial)| routes.is_empty() || !lacks(trial));
        routes.push(Route { name, source, tried: nearest(alone), never });
    }
    Ok(routes)
}

/// Buckets whose uses share stock of a pool with those of a bucket: from the last one before it that left nothing, which could have left some, to the first
/// that leaves nothing.
fn window(asked: &Asked<'_>, pool: PoolId, bucket: usize) -> std::ops::RangeInclusive<usize> {
    let closing = &asked.books.ledger.stock[pool.index()].closing;
    let first = (0..bucket).rev().find(|&at| closing[at] == 0).unwrap_or(0);
    let last = (bucket..closing.len()).find(|&at| closing[at] == 0).unwrap_or(closing.len() - 1);
    first..=last
}

/// What a unit could have been taken from, and what that comes to.
struct Exchange {
    from: String,
    /// The bucket in which it leaves.
    bucket: usize,
    source: Option<Place>,
    /// What that has.
    units: i64,
    /// How much of it can be had here at most.
    most: i64,
    /// How much is taken from it.
    taken: i64,
    trial: Trial,
}

/// Every use of a pool's stock that a channel could have had instead, the best exchange first.
fn exchanges(asked: &Asked<'_>, lack: Lack, from: usize) -> Result<Vec<Exchange>, Overflow> {
    let (model, network) = (asked.model, asked.network);
    let mut found = Vec::new();
    for (own, way) in model.ways_of(lack.offer) {
        let window = window(asked, way.pool, lack.bucket);
        let outcome = &asked.books.outcome;
        let window = (*window.start()).max(from)..=*window.end();
        for &other in &model.pools[way.pool.index()].ways {
            for bucket in window.clone().filter(|&bucket| outcome.sales[other][bucket] > 0) {
                if model.ways[other].offer == lack.offer && bucket == lack.bucket {
                    continue;
                }
                let mut changed = outcome.clone();
                changed.sales[other][bucket] -= 1;
                changed.sales[own][lack.bucket] += 1;
                let offer = &network.offers[model.ways[other].offer];
                let from = format!("`{}` in {}", network.channel(offer.channel).id, asked.label(bucket));
                let (units, source) = (outcome.sales[other][bucket], Some(offer.origin.clone()));
                let trial = asked.books.trial(&changed)?;
                found.push(Exchange { from, bucket, source, units, most: units, taken: 1, trial });
            }
        }
        for (line, sent) in outcome.transfers.iter().enumerate() {
            let facts = network.transfer(sent.lane);
            let leaves = model.passage(sent.lane, sent.bucket).map(|passage| passage.release_bucket);
            if facts.source == way.pool
                && leaves.is_some_and(|leaves| window.contains(&leaves))
                && let Some((mut changed, fewer)) = otherwise::sent_fewer(model, outcome, line)
            {
                let taken = fewer.min(lack.by.held_back + lack.by.no_stock + lack.by.given);
                changed.sales[own][lack.bucket] += taken;
                let from =
                    format!("`{}`, sent there for {}", network.location(facts.location).id, asked.label(sent.bucket));
                let source = Some(facts.origin.clone());
                let (bucket, units) = (leaves.unwrap_or(0), sent.units);
                let trial = asked.books.trial(&changed)?;
                found.push(Exchange { from, bucket, source, units, most: taken, taken, trial });
            }
        }
        // Stock that lasts to the end need be taken from nobody.
        let closing = &asked.books.ledger.stock[way.pool.index()].closing;
        if closing[lack.bucket..].iter().all(|left| *left > 0) {
            let mut changed = outcome.clone();
            changed.sales[own][lack.bucket] += 1;
            let units = closing.last().copied().unwrap_or(0);
            let source = model.pools[way.pool.index()].cover.source.map(|at| network.covers[at].origin.clone());
            let (from, trial) = ("the last stock".to_owned(), asked.books.trial(&changed)?);
            // What is left in every bucket until then.
            let most = closing[lack.bucket..].iter().copied().min().unwrap_or(0);
            found.push(Exchange { from, bucket: closing.len(), source, units, most, taken: 1, trial });
        }
    }
    found.sort_by_key(|one| std::cmp::Reverse((one.trial.is_better(), one.trial.breaks.is_empty(), one.trial.earns)));
    Ok(found)
}

/// `1 unit of them here instead: sales -3.86 USD`
fn exchanged(asked: &Asked<'_>, one: &Exchange) -> String {
    let sum = one.trial.sum(&asked.network.currency);
    let verdict =
        if one.trial.is_better() { "; nothing stands against it".to_owned() } else { and_breaks(asked, &one.trial) };
    format!("{} of that here instead: {sum}{verdict}", words::count(one.taken))
}

/// Units that are kept for something, and why.
fn kept(asked: &Asked<'_>, one: &Exchange, units: i64) -> Link {
    match one.trial.breaks.first() {
        None if one.trial.is_better() => {
            let text = format!("the search: stock is kept for {}, and {}", one.from, unfound(asked));
            entry(units, "search", &text, one.source.clone())
        }
        None => entry(units, "kept", &format!("a better use: stock is kept for {}", one.from), one.source.clone()),
        Some(first) => {
            let text = format!(
                "{}: stock is kept for {}, else {}",
                first.called(asked.model),
                one.from,
                first.words(asked.model)
            );
            entry(units, first.cause(asked.model), &text, Some(first.origin.clone()))
        }
    }
}

/// There is stock, and it is kept: for what could be given up first, as far as that has it, then for what comes next.
fn held_back(asked: &Asked<'_>, lack: Lack) -> Result<Vec<Link>, Overflow> {
    let all = exchanges(asked, lack, lack.bucket)?;
    if all.is_empty() {
        let origin = asked.network.offers[lack.offer].origin.clone();
        return Ok(vec![entry(lack.by.held_back, "kept", "a better use: stock is left, and kept", Some(origin))]);
    }
    let mut told = Vec::new();
    let mut rest = lack.by.held_back;
    for (at, one) in all.iter().enumerate().take(KEEPERS) {
        let is_last = at + 1 == all.len().min(KEEPERS);
        let units = if is_last { rest } else { rest.min(one.most) };
        if units > 0 {
            told.push(kept(asked, one, units));
        }
        rest -= units;
    }
    for one in all.iter().take(TAKERS) {
        let text = format!("for {}, {}; {}", one.from, words::count(one.units), exchanged(asked, one));
        told.push(link(3, text, one.source.clone()));
    }
    Ok(told)
}

/// Who got what there was, and what a unit of theirs would have been worth here: first those of the same bucket, then the one whose unit would
/// have been worth most.
fn taken(asked: &Asked<'_>, lack: Lack) -> Result<Vec<Link>, Overflow> {
    let all = exchanges(asked, lack, 0)?;
    let (same, others): (Vec<&Exchange>, Vec<&Exchange>) = all.iter().partition(|one| one.bucket == lack.bucket);
    let told = same.into_iter().take(TAKERS).chain(others.into_iter().take(1)).map(|one| {
        let text = format!("got by {}: {}; {}", one.from, words::count(one.units), exchanged(asked, one));
        link(2, text, one.source.clone())
    });
    Ok(told.collect())
}
