//! What can be asked about, by name: found, or told what of the name is wrong and what is called alike.

use super::{Asked, Link, NotTold, Unknown, policy};
use crate::metrics::{Kind, Measure};
use crate::plan::{Capacity, Order, Transfer};

/// Most names that are offered in place of one that is not known.
const NEAR: usize = 5;
/// What the first part of a limit's name is.
const LIMIT: &str = "kind of limit";

/// Something that can be asked about.
pub(super) enum What<'a> {
    /// A line, or all lines of a purchase order.
    Lines(Vec<&'a Order>),
    Transfer(&'a Transfer),
    /// An item, by index.
    Item(usize),
    /// An item, in one of its channels or in all, in a bucket.
    Stock(usize, Option<usize>, usize),
    /// Rows of limits.
    Limit(Vec<&'a Capacity>),
    /// Cash of a bucket, or of all.
    Cash(Option<usize>),
    /// A rule, a gate or a promotion.
    Policy(Vec<Link>),
    Metric(Asking),
}

/// A metric of a part of the plan, in a bucket or over the horizon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asking {
    pub(super) measure: Measure,
    /// The whole plan where none.
    pub(super) part: Option<(Kind, String)>,
    pub(super) bucket: Option<usize>,
}

/// What a name stands for: of several, each.
pub(super) fn of<'a>(asked: &Asked<'a>, what: &str) -> Result<Vec<What<'a>>, NotTold> {
    let mut found = Vec::new();
    if let Some(name) = what.strip_prefix("limit:") {
        found.extend(limit(asked, name));
    }
    let plan = asked.plan;
    let lines = plan.orders.iter().chain(&plan.tail);
    let lines: Vec<&Order> = lines.filter(|one| one.key == what || one.id.as_deref() == Some(what)).collect();
    if !lines.is_empty() {
        found.push(What::Lines(lines));
    }
    found.extend(plan.transfers.iter().filter(|one| one.key == what).map(What::Transfer));
    found.extend(item(asked, what).map(What::Item));
    found.extend(stock(asked, what));
    found.extend(policy::chains(asked, what).into_iter().map(What::Policy));
    found.extend(metric(asked, what).map(What::Metric));
    if found.is_empty() { Err(NotTold::Unknown(unknown(asked, what))) } else { Ok(found) }
}

fn item(asked: &Asked<'_>, id: &str) -> Option<usize> {
    asked.network.items.iter().position(|one| one.id == id)
}

/// `ITEM@BUCKET`, `ITEM/CHANNEL@BUCKET` or `ITEM/CHANNEL/BUCKET`.
fn stock<'a>(asked: &Asked<'a>, what: &str) -> Option<What<'a>> {
    let of_item = |what: &str| {
        let (id, label) = what.rsplit_once('@')?;
        Some(What::Stock(item(asked, id)?, None, asked.bucket(label)?))
    };
    let of_offer = |what: &str| {
        let (name, label) = what.rsplit_once(['@', '/'])?;
        let (id, channel) = name.rsplit_once('/')?;
        let (item, bucket) = (item(asked, id)?, asked.bucket(label)?);
        let network = asked.network;
        let is_own =
            |offer: &crate::network::Offer| offer.item.index() == item && network.channel(offer.channel).id == channel;
        Some(What::Stock(item, Some(network.offers.iter().position(is_own)?), bucket))
    };
    of_item(what).or_else(|| of_offer(what))
}

/// `KIND/NAME@BUCKET`, without the name where one limit of the kind is as good as the other, without the bucket for all of them.
fn limit<'a>(asked: &Asked<'a>, name: &str) -> Option<What<'a>> {
    let (name, label) = name.split_once('@').map_or((name, None), |(name, label)| (name, Some(label)));
    if name == "cash" {
        let bucket = label.map(|label| asked.bucket(label).filter(|bucket| *bucket < asked.model.horizon));
        return match bucket {
            _ if asked.plan.cash.is_empty() => None,
            None => Some(What::Cash(None)),
            Some(bucket) => Some(What::Cash(Some(bucket?))),
        };
    }
    let (kind, of) = name.split_once('/').map_or((name, None), |(kind, of)| (kind, Some(of)));
    let rows = asked.plan.capacity.iter().filter(|row| {
        row.kind == kind && of.is_none_or(|of| row.of == of) && label.is_none_or(|label| row.bucket == label)
    });
    let rows: Vec<&Capacity> = rows.collect();
    (!rows.is_empty()).then_some(What::Limit(rows))
}

/// `METRIC`, `METRIC/KIND:NAME`, each with `@BUCKET` behind it.
fn metric(asked: &Asked<'_>, what: &str) -> Option<Asking> {
    let (name, bucket) = match what.rsplit_once('@') {
        Some((name, label)) => (name, Some(asked.bucket(label).filter(|bucket| *bucket < asked.model.horizon)?)),
        None => (what, None),
    };
    let (name, scope) = name.split_once('/').map_or((name, None), |(name, scope)| (name, Some(scope)));
    let measure = Measure::named(name)?;
    let part = match scope {
        None => None,
        Some(scope) => {
            let (kind, id) = scope.split_once(':')?;
            let kind = Kind::ALL.into_iter().find(|one| one.name() == kind)?;
            let is_told = |row: &crate::plan::Metric| row.scope == scope && row.name == name;
            Some(asked.plan.metrics.iter().any(is_told).then(|| (kind, id.to_owned()))?)
        }
    };
    (bucket.is_none() || measure.is_by_bucket()).then_some(Asking { measure, part, bucket })
}

/// A name that can be asked about, part by part.
struct Name {
    /// What it names.
    of: &'static str,
    /// What each part of it is.
    kinds: &'static [&'static str],
    text: String,
}

fn parts(name: &str) -> Vec<&str> {
    name.split(['/', '@']).collect()
}

/// Every name, of the same number of parts.
fn names(asked: &Asked<'_>, count: usize) -> Vec<Name> {
    let (plan, network) = (asked.plan, asked.network);
    let mut all: Vec<Name> = Vec::new();
    let mut list = |of, kinds: &'static [&'static str], text: String| {
        if parts(&text).len() == count {
            all.push(Name { of, kinds, text });
        }
    };
    for line in plan.orders.iter().chain(&plan.tail) {
        let kinds: &[&str] =
            if line.id.is_some() { &["order", "item"] } else { &["item", "supplier", "location", "mode", "bucket"] };
        list("line", kinds, line.key.clone());
        if let Some(id) = &line.id {
            list("order", &["order"], id.clone());
        }
    }
    for sent in &plan.transfers {
        let kinds: &[&str] = if sent.mode.is_some() {
            &["item", "location", "location", "mode", "bucket"]
        } else {
            &["item", "location", "location", "day"]
        };
        list("transfer", kinds, sent.key.clone());
    }
    for item in &network.items {
        list("item", &["item"], item.id.clone());
        for bucket in &plan.buckets {
            list("demand", &["item", "bucket"], format!("{}@{}", item.id, bucket.label));
        }
    }
    let mut seen = ("", "", "");
    for row in &plan.allocations {
        // A row a location: the name is that of all.
        let own = (row.item.as_str(), row.channel.as_str(), row.bucket.as_str());
        if own != seen {
            list("demand", &["item", "channel", "bucket"], format!("{}/{}/{}", row.item, row.channel, row.bucket));
        }
        seen = own;
    }
    for row in &plan.capacity {
        list("limit", &[LIMIT, "limit", "bucket"], format!("limit:{}/{}@{}", row.kind, row.of, row.bucket));
        list("limit", &[LIMIT, "limit"], format!("limit:{}/{}", row.kind, row.of));
        list("limit", &[LIMIT, "bucket"], format!("limit:{}@{}", row.kind, row.bucket));
        list("limit", &[LIMIT], format!("limit:{}", row.kind));
    }
    for row in &plan.cash {
        list("limit", &[LIMIT, "bucket"], format!("limit:cash@{}", row.bucket));
        list("limit", &[LIMIT], "limit:cash".to_owned());
    }
    for (of, name) in policy::names(asked) {
        list(of, policy::KINDS, name);
    }
    for row in &plan.metrics {
        let scope = if row.scope == "plan" { String::new() } else { format!("/{}", row.scope) };
        let bucket = row.bucket.as_ref().map_or(String::new(), |bucket| format!("@{bucket}"));
        let kinds: &[&str] = match (scope.is_empty(), bucket.is_empty()) {
            (true, true) => &["metric"],
            (true, false) => &["metric", "bucket"],
            (false, true) => &["metric", "part"],
            (false, false) => &["metric", "part", "bucket"],
        };
        list("metric", kinds, format!("{}{scope}{bucket}", row.name));
    }
    all
}

/// How far a name is from what was asked: parts that differ, and by how much; none where a part is too far to be meant. A part that there is
/// elsewhere is meant as it stands: no line of its bucket, say, is near those of others.
fn distance(asked: &Asked<'_>, wanted: &[&str], name: &Name) -> Option<(usize, usize)> {
    let mut far = (0, 0);
    for ((own, kind), wanted) in parts(&name.text).into_iter().zip(name.kinds).zip(wanted) {
        if *wanted == own {
            continue;
        }
        let steps = steps(asked, kind, wanted, own);
        if steps > (wanted.chars().count() / 3).clamp(1, 4) && !is_known(asked, kind, wanted) {
            return None;
        }
        far = (far.0 + 1, far.1 + steps);
    }
    Some(far)
}

/// Steps from one part of a name to another: buckets, or letters that are wrong.
fn steps(asked: &Asked<'_>, kind: &str, wanted: &str, own: &str) -> usize {
    if kind == "bucket"
        && let (Some(wanted), Some(own)) = (asked.bucket(wanted), asked.bucket(own))
    {
        return wanted.abs_diff(own);
    }
    let (wanted, own) = (wanted.to_lowercase(), own.to_lowercase());
    // A part of a name is as good as one letter wrong.
    if wanted.chars().count() > 1 && (own.contains(&wanted) || wanted.contains(&own)) {
        return usize::from(wanted != own);
    }
    strsim::damerau_levenshtein(&wanted, &own)
}

/// What of a name is wrong, and what is called alike.
fn unknown(asked: &Asked<'_>, what: &str) -> Unknown {
    let wanted = parts(what);
    let names = names(asked, wanted.len());
    let mut near: Vec<((usize, usize), &Name)> =
        names.iter().filter_map(|name| Some((distance(asked, &wanted, name)?, name))).collect();
    near.sort_by(|(a, one), (b, other)| a.cmp(b).then(one.text.cmp(&other.text)));
    near.dedup_by(|(_, one), (_, other)| one.text == other.text);
    let (kind, part) = wrong(asked, &wanted, &near, &names);
    // One that differs in the case of letters alone is meant, and no other.
    if near.first().is_some_and(|(far, _)| far.1 == 0) {
        near.retain(|(far, _)| far.1 == 0);
    }
    let least = near.first().map_or(0, |(far, _)| far.0);
    // Of several parts that are wrong at once none is known to be meant.
    let near = near.iter().filter(|(far, _)| far.0 == least && least < 3).take(NEAR);
    let part = part.unwrap_or(what).trim_start_matches("limit:").to_owned();
    Unknown { kind, part, near: near.map(|(_, name)| name.text.clone()).collect() }
}

/// The part of a name that is wrong and what it was to be: the one that the nearest name has otherwise, else the one that none of those has which
/// have all other parts. A part that there is, but not together with the others, is not wrong by itself: then the whole is.
fn wrong<'w>(
    asked: &Asked<'_>,
    wanted: &[&'w str],
    near: &[((usize, usize), &Name)],
    names: &[Name],
) -> (&'static str, Option<&'w str>) {
    let differ = |name: &Name| {
        let own = parts(&name.text);
        (0..wanted.len()).filter(|&at| wanted[at] != own[at]).collect::<Vec<_>>()
    };
    let one = |name: &&Name| <[usize; 1]>::try_from(differ(name)).ok().map(|[at]| (at, name.of, name.kinds[at]));
    let nearest = near.first().map(|(_, name)| *name);
    // Of a name without parts nothing is right that could tell what it was to be.
    let others = if wanted.len() > 1 { names } else { &[] };
    let found = nearest.as_ref().and_then(one).or_else(|| others.iter().find_map(|name| one(&name)));
    match found {
        Some((at, _, kind)) if !is_known(asked, kind, wanted[at]) => (kind, Some(wanted[at])),
        Some((_, of, _)) => (of, None),
        None => (nearest.map_or("", |name| name.of), None),
    }
}

/// True where there is such a thing, whatever stands around it.
fn is_known(asked: &Asked<'_>, kind: &str, name: &str) -> bool {
    let network = asked.network;
    match kind {
        "item" => item(asked, name).is_some(),
        "supplier" => network.suppliers.iter().any(|one| one.id == name),
        "location" => network.locations.iter().any(|one| one.id == name),
        "channel" => network.channels.iter().any(|one| one.id == name),
        "bucket" => asked.bucket(name).is_some(),
        "metric" => Measure::named(name).is_some(),
        "mode" => network
            .lanes
            .iter()
            .map(|lane| &lane.mode)
            .chain(network.transfers.iter().map(|lane| &lane.mode))
            .any(|mode| mode == name),
        "order" => asked.plan.orders.iter().any(|one| one.id.as_deref() == Some(name)),
        _ => false,
    }
}
