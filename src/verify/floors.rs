//! Service floors: the share of demand that has to be served, and what lacks of it before it can be asked for.

use super::demand::Asked;
use super::exact::{Overflow, Ratio, gather, less, more, over, times, units_up, whole, zero};
use super::facts::Facts;
use super::given::Breach;
use super::ledger::Ledger;
use super::report::{Report, row_path};
use super::start::{begun, start};
use super::value::stated_level;
use crate::network::Service;

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

/// Demand of some offers in a bucket and what is planned of it.
#[derive(Debug, Clone, Copy)]
struct Sums {
    asked: i64,
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
            let members = served.map(|offer| (offer, start(facts, service.from, facts.offers[offer].1.pool))).collect();
            Floor { service, rates, members }
        };
        Self { facts, floors: facts.network.services.iter().map(floor).collect() }
    }

    /// Reports floors that do not hold.
    pub(super) fn check(&self, ledger: &Ledger<'_>, report: &mut Report) -> Result<(), Overflow> {
        for floor in &self.floors {
            for (bucket, rate) in floor.stated() {
                if floor.service.group {
                    self.check_group(ledger, floor, bucket, rate, report)?;
                } else {
                    self.check_each(ledger, floor, bucket, rate, report)?;
                }
            }
        }
        Ok(())
    }

    fn check_each(
        &self,
        ledger: &Ledger<'_>,
        floor: &Floor<'_>,
        bucket: usize,
        rate: Ratio,
        report: &mut Report,
    ) -> Result<(), Overflow> {
        for offer in floor.joined(bucket) {
            let (least, planned) = (least(rate, self.asked(offer).units[bucket])?, ledger.planned[offer][bucket]);
            if planned < least {
                let [item, channel, location] = self.names(offer);
                let path = || row_path("allocations", &[item, channel, location, &self.label(bucket)]) + ".planned";
                report.add(path, format_args!("at least {least}"), planned);
            }
        }
        Ok(())
    }

    fn check_group(
        &self,
        ledger: &Ledger<'_>,
        floor: &Floor<'_>,
        bucket: usize,
        rate: Ratio,
        report: &mut Report,
    ) -> Result<(), Overflow> {
        let sums = self.sums(ledger, floor.joined(bucket), bucket)?;
        let least = least(rate, sums.asked)?;
        if sums.planned < least {
            let path = || row_path("services", &[&floor.service.name, &self.label(bucket)]) + ".planned";
            report.add(path, format_args!("at least {least}"), sums.planned);
        }
        Ok(())
    }

    /// What floors lack while they wait for a new order.
    pub(super) fn given(&self, ledger: &Ledger<'_>) -> Result<Vec<Breach<'f>>, Overflow> {
        let mut given = self.given_of_each(ledger)?;
        for floor in self.floors.iter().filter(|floor| floor.service.group) {
            for (bucket, rate) in floor.stated() {
                let sums = self.sums(ledger, floor.waiting(bucket), bucket)?;
                let short = less(least(rate, sums.asked)?, sums.planned)?;
                if short > 0 {
                    // Nobody can say which of the units lacks, so each counts at the mean price of what is asked for.
                    let amount = times(whole(short), over(sums.value, whole(sums.asked))?)?;
                    let (of, origin) = (floor.service.name.clone(), &floor.service.origin);
                    given.push(Breach { kind: "fill-rate", of, bucket, amount, origin });
                }
            }
        }
        Ok(given)
    }

    /// Of several floors on one offer that wait, the highest tells what lacks.
    fn given_of_each(&self, ledger: &Ledger<'_>) -> Result<Vec<Breach<'f>>, Overflow> {
        let mut highest: Vec<Vec<Option<(i64, &'f Service)>>> = vec![Vec::new(); self.facts.offers.len()];
        for floor in self.floors.iter().filter(|floor| !floor.service.group) {
            for (bucket, rate) in floor.stated() {
                for offer in floor.waiting(bucket) {
                    let least = least(rate, self.asked(offer).units[bucket])?;
                    let row = &mut highest[offer];
                    row.resize(self.facts.horizon, None);
                    if row[bucket].is_none_or(|(known, _)| known < least) {
                        row[bucket] = Some((least, floor.service));
                    }
                }
            }
        }
        let mut given = Vec::new();
        for (offer, row) in highest.into_iter().enumerate() {
            for (bucket, least) in row.into_iter().enumerate() {
                let Some((least, service)) = least else { continue };
                let short = less(least, ledger.planned[offer][bucket])?;
                if short > 0 {
                    let [item, channel, _] = self.names(offer);
                    let amount = times(whole(short), self.asked(offer).price[bucket])?;
                    let (of, origin) = (format!("{item}/{channel}"), &service.origin);
                    given.push(Breach { kind: "fill-rate", of, bucket, amount, origin });
                }
            }
        }
        Ok(given)
    }

    fn sums(&self, ledger: &Ledger<'_>, offers: impl Iterator<Item = usize>, bucket: usize) -> Result<Sums, Overflow> {
        let mut sums = Sums { asked: 0, planned: 0, value: zero() };
        for offer in offers {
            let asked = self.asked(offer);
            sums.asked = more(sums.asked, asked.units[bucket])?;
            sums.planned = more(sums.planned, ledger.planned[offer][bucket])?;
            gather(&mut sums.value, times(whole(asked.units[bucket]), asked.price[bucket])?)?;
        }
        Ok(sums)
    }

    fn asked(&self, offer: usize) -> &Asked {
        &self.facts.offers[offer].1
    }

    /// Item, channel and location of an offer.
    fn names(&self, offer: usize) -> [&'f str; 3] {
        let network = self.facts.network;
        let (id, asked) = &self.facts.offers[offer];
        let (offer, location) = (&network.offers[id.index()], network.pool(asked.pool).location);
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

    /// The offers for which it has begun in a bucket.
    fn joined(&self, bucket: usize) -> impl Iterator<Item = usize> {
        let members = self.members.iter().filter(move |&&(_, start)| begun(start, bucket));
        members.map(|&(offer, _)| offer)
    }

    /// The offers for which it holds in a bucket as far as facts allow: those that wait for a new order. Where a month
    /// or week is stated, nothing is asked for before it.
    fn waiting(&self, bucket: usize) -> impl Iterator<Item = usize> {
        let waits = self.service.from.is_none();
        let members = self.members.iter().filter(move |&&(_, start)| waits && !begun(start, bucket));
        members.map(|&(offer, _)| offer)
    }
}

/// The least that has to be served of a demand.
fn least(rate: Ratio, demand: i64) -> Result<i64, Overflow> {
    units_up(times(rate, whole(demand))?)
}
