//! Service floors: the share of demand that has to be served, and what lacks of it before it can be asked for.

use std::collections::BTreeMap;

use super::exact::{Exact, Overflow, Ratio, gather, less, minus, more, over, times, units_up, whole, zero};
use super::facts::Facts;
use super::given::Breach;
use super::ledger::Ledger;
use super::report::row_path;
use super::rules::{Lapse, Objection, Rules, Slack};
use super::start::{begun, start};
use super::value::stated_level;
use crate::network::{Relax, Service};

/// Every service floor.
#[derive(Debug)]
pub(super) struct Floors<'f> {
    facts: &'f Facts<'f>,
    /// By name.
    floors: Vec<Floor<'f>>,
}

/// A service floor.
#[derive(Debug)]
struct Floor<'f> {
    service: &'f Service,
    /// Share of demand by bucket of the horizon; `None` where there is no floor.
    rates: Vec<Option<Ratio>>,
    /// The offers it covers, by position, and the bucket in which it begins for each.
    members: Vec<(usize, Option<usize>)>,
}

/// The highest floor by offer and bucket: units, and who states it.
type Highest<'f> = BTreeMap<(usize, usize), (i64, &'f Service)>;

/// Demand of some offers in a bucket and what is planned of it.
#[derive(Debug, Clone, Copy)]
struct Sums {
    asked: i64,
    lowered: i64,
    planned: i64,
    /// Demand at its price.
    value: Ratio,
}

impl<'f> Floors<'f> {
    /// Reads the services of the project.
    pub(super) fn new(facts: &'f Facts<'f>) -> Self {
        let floor = |service: &'f Service| {
            let rates = facts.horizon().iter().map(|bucket| stated_level(&service.fill_rate, bucket)).collect();
            let served =
                service.offers.iter().filter_map(|id| facts.offers.binary_search_by_key(id, |offer| offer.0).ok());
            let reached = |offer: usize| facts.first_served(&facts.offers[offer].1);
            let members = served.map(|offer| (offer, start(facts, service.from, reached(offer)))).collect();
            Floor { service, rates, members }
        };
        Self { facts, floors: facts.network.services.iter().map(floor).collect() }
    }

    /// What a plan lets go of floors that have begun: of several on one item and channel, of the highest.
    pub(super) fn lapses(&self, ledger: &Ledger<'_>, rules: &Rules<'_>) -> Result<Vec<Lapse>, Overflow> {
        let mut lapses = Vec::new();
        for ((offer, bucket), (least, _)) in self.highest(ledger, true)? {
            let planned = ledger.sales[offer].on_time(bucket)?;
            if planned < least {
                let slack = rules.floor_slack(ledger.offers[offer].0, least, still_asked(ledger, offer, bucket)?)?;
                let [item, channel, location] = self.names(offer);
                let label = self.label(bucket);
                let path = row_path("allocations", &[item, channel, location, &label]) + ".planned";
                let objection = objection(path, least, planned, &slack)?;
                let (of, amount) = (format!("{item}/{channel}"), whole(less(least, planned)?));
                let (relax, worth) = (Relax::FillRate, ledger.offers[offer].1.price[bucket]);
                lapses.push(Lapse { relax, of, bucket, amount, worth, slack, objection });
            }
        }
        for floor in self.groups() {
            for (bucket, rate) in floor.stated() {
                lapses.extend(self.lapse_of_group(ledger, rules, floor, (bucket, rate))?);
            }
        }
        Ok(lapses)
    }

    fn lapse_of_group(
        &self,
        ledger: &Ledger<'_>,
        rules: &Rules<'_>,
        floor: &Floor<'_>,
        (bucket, rate): (usize, Ratio),
    ) -> Result<Option<Lapse>, Overflow> {
        let sums = sums(ledger, floor.members(bucket, true), bucket)?;
        let still_asked = less(sums.asked, sums.lowered)?;
        let (least, service) = (least(rate, still_asked)?, floor.service);
        if sums.planned >= least {
            return Ok(None);
        }
        let slack = rules.group_slack(service, least, still_asked)?;
        let path = row_path("services", &[&service.name, &self.label(bucket)]) + ".planned";
        let objection = objection(path, least, sums.planned, &slack)?;
        let (of, amount, worth) = (service.name.clone(), whole(less(least, sums.planned)?), sums.mean_price()?);
        Ok(Some(Lapse { relax: Relax::FillRate, of, bucket, amount, worth, slack, objection }))
    }

    /// By offer and bucket: the highest floor in units, and who states it, of those that have begun or of those that wait.
    /// The former are held against lowered demand.
    fn highest(&self, ledger: &Ledger<'_>, has_begun: bool) -> Result<Highest<'f>, Overflow> {
        let mut highest = Highest::new();
        for floor in self.floors.iter().filter(|floor| !floor.service.group) {
            for (bucket, rate) in floor.stated() {
                for offer in floor.members(bucket, has_begun) {
                    let asked = ledger.offers[offer].1.units[bucket];
                    let asked = if has_begun { still_asked(ledger, offer, bucket)? } else { asked };
                    let least = least(rate, asked)?;
                    let known = highest.entry((offer, bucket)).or_insert((least, floor.service));
                    if known.0 < least {
                        *known = (least, floor.service);
                    }
                }
            }
        }
        Ok(highest)
    }

    /// What floors lack while they wait for a new order, whatever rules there are.
    pub(super) fn given(&self, ledger: &Ledger<'_>) -> Result<Vec<Breach<'f>>, Overflow> {
        let mut given = Vec::new();
        for ((offer, bucket), (least, service)) in self.highest(ledger, false)? {
            let short = less(least, ledger.sales[offer].on_time(bucket)?)?;
            if short > 0 {
                let [item, channel, _] = self.names(offer);
                let amount = times(whole(short), ledger.offers[offer].1.price[bucket])?;
                let (of, origin) = (format!("{item}/{channel}"), &service.origin);
                given.push(Breach { kind: "fill-rate", of, bucket, amount, origin });
            }
        }
        for floor in self.groups() {
            for (bucket, rate) in floor.stated() {
                let sums = sums(ledger, floor.members(bucket, false), bucket)?;
                let short = less(least(rate, sums.asked)?, sums.planned)?;
                if short > 0 {
                    let amount = times(whole(short), sums.mean_price()?)?;
                    let (of, origin) = (floor.service.name.clone(), &floor.service.origin);
                    given.push(Breach { kind: "fill-rate", of, bucket, amount, origin });
                }
            }
        }
        Ok(given)
    }

    fn groups(&self) -> impl Iterator<Item = &Floor<'f>> {
        self.floors.iter().filter(|floor| floor.service.group)
    }

    /// Item, channel and location of an offer.
    fn names(&self, offer: usize) -> [&'f str; 3] {
        let network = self.facts.network;
        let (id, asked) = &self.facts.offers[offer];
        let (offer, location) = (&network.offers[id.index()], network.pool(asked.sources[0].pool).location);
        [&network.item(offer.item).id, &network.channel(offer.channel).id, &network.location(location).id]
    }

    fn label(&self, bucket: usize) -> String {
        self.facts.buckets[bucket].period.to_string()
    }
}

impl Floor<'_> {
    /// Buckets with a floor and the share of demand there.
    fn stated(&self) -> impl Iterator<Item = (usize, Ratio)> {
        self.rates.iter().enumerate().filter_map(|(bucket, rate)| Some((bucket, (*rate)?)))
    }

    /// The offers for which it has begun in a bucket, or those for which it holds as far as facts allow, since they wait for a
    /// new order. Where a month or week is stated, nothing is asked for before it.
    fn members(&self, bucket: usize, has_begun: bool) -> impl Iterator<Item = usize> {
        let counts = has_begun || self.service.from.is_none();
        let members = self.members.iter().filter(move |&&(_, start)| counts && begun(start, bucket) == has_begun);
        members.map(|&(offer, _)| offer)
    }
}

impl Sums {
    /// The mean price of what is asked for: nobody can say which of the units lacks.
    fn mean_price(&self) -> Exact {
        over(self.value, whole(self.asked))
    }
}

fn sums(ledger: &Ledger<'_>, offers: impl Iterator<Item = usize>, bucket: usize) -> Result<Sums, Overflow> {
    let mut sums = Sums { asked: 0, lowered: 0, planned: 0, value: zero() };
    for offer in offers {
        let (asked, sales) = (&ledger.offers[offer].1, &ledger.sales[offer]);
        sums.asked = more(sums.asked, asked.units[bucket])?;
        sums.lowered = more(sums.lowered, sales.lowered[bucket])?;
        sums.planned = more(sums.planned, sales.on_time(bucket)?)?;
        gather(&mut sums.value, times(whole(asked.units[bucket]), asked.price[bucket])?)?;
    }
    Ok(sums)
}

/// Demand less what rules lowered it by.
fn still_asked(ledger: &Ledger<'_>, offer: usize, bucket: usize) -> Result<i64, Overflow> {
    less(ledger.offers[offer].1.units[bucket], ledger.sales[offer].lowered[bucket])
}

fn objection(path: String, least: i64, planned: i64, slack: &Slack) -> Result<Objection, Overflow> {
    let expected = format!("at least {}", minus(whole(least), slack.furthest())?);
    Ok(Objection { path, expected, found: planned.to_string() })
}

/// The least that has to be served of a demand.
fn least(rate: Ratio, demand: i64) -> Result<i64, Overflow> {
    units_up(times(rate, whole(demand))?)
}
