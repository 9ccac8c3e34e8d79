//! What was decided about a project, and what of that is a part's.

use std::collections::{BTreeMap, BTreeSet};

use super::part::Served;
use crate::explain::part::Places;
use crate::model::Model;
use crate::network::{LaneId, Network, TransferId};
use crate::solve::{Late, Line, Outcome, Transfer};

/// What is kept of making a plan.
#[derive(Debug)]
pub struct Kept {
    /// What was decided.
    pub(super) outcome: Outcome,
    /// True where no rule moved anything in time, and sums fit.
    pub(super) stands_still: bool,
    /// What is asked for and sold.
    pub(super) served: Served,
}

impl Kept {
    pub(in crate::compile) fn of(model: &Model<'_>, outcome: Outcome) -> Self {
        let served = Served::of_model(model, &outcome);
        let stands_still = model.moves.promotions.is_empty() && model.moves.orders.is_empty() && served.is_some();
        Self { outcome, stands_still, served: served.unwrap_or_default() }
    }
}

/// The ways of each offer: they stand in its order, one for each location it is served from.
fn ways(network: &Network) -> Vec<std::ops::Range<usize>> {
    let mut first = 0;
    let range = |sources: usize| {
        first += sources;
        first - sources..first
    };
    network.offers.iter().map(|offer| offer.sources.len()).map(range).collect()
}

/// What of a decision about the whole is about a part.
pub(super) fn of_part(whole: &Network, at: &Places, outcome: &Outcome) -> Outcome {
    let line = |line: &Line| Some(Line { lane: LaneId::from(at.lanes[line.lane.index()]?), ..*line });
    let sent = |sent: &Transfer| Some(Transfer { lane: TransferId::from(at.transfers[sent.lane.index()]?), ..*sent });
    let mut place = vec![None; outcome.sales.len()];
    let mut sales = Vec::new();
    for (offer, ways) in ways(whole).into_iter().enumerate().filter(|(offer, _)| at.offers[*offer].is_some()) {
        debug_assert!(at.offers[offer].is_some());
        for way in ways {
            place[way] = Some(sales.len());
            sales.push(outcome.sales[way].clone());
        }
    }
    let late = |late: &Late| Some(Late { way: place[late.way]?, ..*late });
    Outcome {
        lines: outcome.lines.iter().filter_map(line).collect(),
        transfers: outcome.transfers.iter().filter_map(sent).collect(),
        sales,
        late: outcome.late.iter().filter_map(late).collect(),
        ..Outcome::default()
    }
}

/// Decisions about a project put together: those about some items from the part's, all others from those about the project as it was.
/// None where something else has come or gone.
pub(super) fn put_together(
    (before, was): (&Network, &Outcome),
    (part, decided): (&Network, &Outcome),
    now: &Network,
    items: &BTreeSet<String>,
) -> Option<Outcome> {
    let old = Named::of(before, |item| !items.contains(item));
    let own = Named::of(part, |item| items.contains(item));
    let new = Named::of(now, |_| true);
    let lane = |from: &Named, line: &Line| {
        Some(Line { lane: LaneId::from(*new.lanes.get(from.lane_at.get(&line.lane.index())?)?), ..*line })
    };
    let sent = |from: &Named, sent: &Transfer| {
        Some(Transfer {
            lane: TransferId::from(*new.transfers.get(from.transfer_at.get(&sent.lane.index())?)?),
            ..*sent
        })
    };
    let mut outcome = Outcome { sales: vec![Vec::new(); new.ways.len()], ..Outcome::default() };
    for (from, one) in [(&old, was), (&own, decided)] {
        outcome.lines.extend(one.lines.iter().filter_map(|line| lane(from, line)));
        outcome.transfers.extend(one.transfers.iter().filter_map(|line| sent(from, line)));
        for (name, &way) in &from.ways {
            outcome.sales[*new.ways.get(name)?].clone_from(&one.sales[way]);
        }
        let late = |late: &Late| Some(Late { way: *new.ways.get(from.way_at.get(&late.way)?)?, ..*late });
        outcome.late.extend(one.late.iter().filter_map(late));
    }
    outcome.lines.sort_by_key(|line| (line.bucket, line.lane, std::cmp::Reverse(line.units)));
    outcome.transfers.sort_by_key(|sent| (sent.bucket, sent.lane, std::cmp::Reverse(sent.units)));
    outcome.late.sort();
    outcome.sales.iter().all(|sales| !sales.is_empty()).then_some(outcome)
}

/// An item's lanes and ways by what they are: which of its item they are.
type Name = (String, usize);

/// Where the lanes and ways of some items are.
struct Named {
    lanes: BTreeMap<Name, usize>,
    transfers: BTreeMap<Name, usize>,
    ways: BTreeMap<(String, String, usize), usize>,
    lane_at: BTreeMap<usize, Name>,
    transfer_at: BTreeMap<usize, Name>,
    way_at: BTreeMap<usize, (String, String, usize)>,
}

impl Named {
    fn of(network: &Network, counts: impl Fn(&str) -> bool) -> Self {
        let number = |items: Vec<&String>| {
            let mut next: BTreeMap<&String, usize> = BTreeMap::new();
            let mut names = BTreeMap::new();
            for (at, item) in items.into_iter().enumerate() {
                let number = next.entry(item).or_default();
                if counts(item) {
                    names.insert((item.clone(), *number), at);
                }
                *number += 1;
            }
            names
        };
        let lanes = number(network.lanes.iter().map(|lane| &network.item(lane.item).id).collect());
        let transfers = number(network.transfers.iter().map(|lane| &network.item(lane.item).id).collect());
        let mut named = BTreeMap::new();
        for (offer, ways) in network.offers.iter().zip(ways(network)) {
            let item = &network.item(offer.item).id;
            let channel = &network.channel(offer.channel).id;
            let own = ways.enumerate().filter(|_| counts(item));
            named.extend(own.map(|(number, way)| ((item.clone(), channel.clone(), number), way)));
        }
        Self {
            lane_at: lanes.iter().map(|(name, at)| (*at, name.clone())).collect(),
            transfer_at: transfers.iter().map(|(name, at)| (*at, name.clone())).collect(),
            way_at: named.iter().map(|(name, at)| (*at, name.clone())).collect(),
            lanes,
            transfers,
            ways: named,
        }
    }
}
