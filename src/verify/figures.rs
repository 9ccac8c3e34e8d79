//! Figures of the plan and of its parts, those of the horizon alone: the summary, and the metrics by part and bucket.

use std::collections::BTreeMap;

use num_rational::BigRational;
use num_traits::Zero;

use super::cash::Balance;
use super::chosen::Chosen;
use super::days;
use super::exact::{
    Exact, Overflow, Ratio, big, minus, over, plus, printed, printed_big, quotient, times, total, whole, zero,
};
use super::forward::{Forward, Worth};
use super::kept;
use super::ledger::Ledger;
use super::outlook::Miss;
use super::sums::{Sales, Sums, fill, misses, over_all};
use crate::metrics::{Kind, Measure};
use crate::network::OfferId;
use crate::plan::{Amount, Figure, Metric, MinimumCash, Summary};

/// The sums of everything, and of every item, channel, location and supplier.
pub(super) struct ByPart {
    pub(super) whole: Sums,
    items: Vec<Sums>,
    channels: Vec<Sums>,
    locations: Vec<Sums>,
    suppliers: Vec<Sums>,
    /// How far outlooks would have been off, by offer.
    misses: Vec<(OfferId, Miss)>,
}

/// The sums of a plan by part.
pub(super) fn by_part(ledger: &Ledger<'_>, forward: &mut Forward<'_>) -> Result<ByPart, Overflow> {
    let (network, buckets) = (ledger.facts.network, ledger.facts.horizon);
    let none = |count: usize| vec![Sums::none(buckets); count];
    let mut parts = ByPart {
        whole: Sums::none(buckets),
        items: none(network.items.len()),
        channels: none(network.channels.len()),
        locations: none(network.locations.len()),
        suppliers: none(network.suppliers.len()),
        misses: misses(ledger.facts)?,
    };
    let misses = parts.misses.clone();
    fill(ledger, forward, &misses, &mut |about, add| {
        add(&mut parts.items[about.item.index()])?;
        about.channel.map_or(Ok(()), |channel| add(&mut parts.channels[channel.index()]))?;
        about.location.map_or(Ok(()), |location| add(&mut parts.locations[location.index()]))?;
        about.supplier.map_or(Ok(()), |supplier| add(&mut parts.suppliers[supplier.index()]))
    })?;
    for item in &parts.items {
        parts.whole.add(item)?;
    }
    Ok(parts)
}

/// The sums of what a selector chooses.
pub(super) fn of_chosen(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    parts: &ByPart,
    chosen: Chosen<'_>,
) -> Result<Sums, Overflow> {
    let mut sums = Sums::none(ledger.facts.horizon);
    fill(ledger, forward, &parts.misses, &mut |about, add| {
        if chosen.has(about) { add(&mut sums) } else { Ok(()) }
    })?;
    Ok(sums)
}

/// The figures of some sums: those of the summary, and those besides.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    pub(super) summary: Summary,
    besides: Vec<(Measure, Figure)>,
}

impl Figures {
    /// The figure that a measure asks for, where sums have one.
    pub(super) fn get(&self, measure: Measure) -> Option<Figure> {
        let summary = &self.summary;
        let value = |amount: Amount| Some(Figure::Value(amount));
        match measure {
            Measure::Revenue => value(summary.revenue),
            Measure::Contribution => value(summary.contribution),
            Measure::Purchases => value(summary.purchases),
            Measure::FillRate => value(summary.fill_rate),
            Measure::ValueFillRate => value(summary.value_fill_rate),
            Measure::PeakInventoryValue => value(summary.peak_inventory_value),
            Measure::InventoryTurnover => Some(summary.inventory_turnover),
            Measure::SellThrough => Some(summary.sell_through),
            Measure::WeeksOfSupply => Some(summary.weeks_of_supply),
            Measure::Gmroi => Some(summary.gmroi),
            Measure::MinimumCash => Some(match &summary.minimum_cash {
                Some(lowest) => Figure::Value(lowest.amount),
                None => Figure::NotApplicable,
            }),
            _ => self.besides.iter().find(|(one, _)| *one == measure).map(|(_, figure)| *figure),
        }
    }
}

/// Works out the figures of some sums.
pub(super) fn figures(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    balances: &[Balance],
    overflow_cost: Ratio,
    sums: &Sums,
) -> Result<Figures, Overflow> {
    let mut all = Sales::default();
    for bucket in &sums.sales {
        all.add(bucket)?;
    }
    let mean_value = mean_value(sums)?;
    let years = total(ledger.facts.horizon().iter().map(days::share_of_year))?;
    let gross = minus(minus(all.revenue, all.fees)?, all.cost)?;
    let other_costs = plus(sums.other_costs, plus(overflow_cost, all.late_costs)?)?;
    let highest = |values: &[Ratio]| printed(values.iter().copied().max().unwrap_or_else(zero));
    let length: i64 = ledger.facts.horizon().iter().map(days::length).sum();
    let summary = Summary {
        revenue: printed(all.revenue)?,
        contribution: printed(minus(minus(gross, all.fulfilment)?, other_costs)?)?,
        purchases: printed(over_all(&sums.purchases)?)?,
        fill_rate: share(whole(all.on_time), whole(all.asked))?,
        value_fill_rate: share(all.on_time_value, all.asked_value)?,
        inventory_turnover: quotient(over(all.cost, years)?, mean_value)?,
        sell_through: quotient(whole(all.sold), whole(sums.available))?,
        weeks_of_supply: mean_weeks(&mut forward.worth(&sums.pools), &sums.closing)?,
        gmroi: quotient(over(gross, years)?, mean_value)?,
        peak_inventory_value: highest(&sums.closing)?,
        minimum_cash: minimum_cash(ledger, balances)?,
    };
    let last = sums.closing.last().copied().unwrap_or_else(zero);
    let to_buy = minus(minus(plus(all.cost, last)?, sums.opening)?, over_all(&sums.on_order)?)?;
    let excess = if sums.excess.is_empty() { Figure::NotApplicable } else { Figure::Value(highest(&sums.excess)?) };
    let besides = vec![
        (Measure::OpenToBuy, Figure::Value(printed(to_buy)?)),
        (Measure::DaysOfInventory, quotient(times(mean_value, whole(length))?, all.cost)?),
        (Measure::InventoryValue, Figure::Value(printed(mean_value)?)),
        (Measure::Excess, excess),
        (Measure::Nervousness, quotient(sums.differing, sums.before)?),
        (Measure::ForecastError, quotient(sums.miss.absolute, sums.miss.actual)?),
        (Measure::ForecastBias, quotient(sums.miss.signed, sums.miss.actual)?),
        (Measure::PlanAdherence, kept::adherence(&sums.kept)?),
    ];
    Ok(Figures { summary, besides })
}

/// A rate; 1 where there is nothing.
fn share(part: Ratio, of: Ratio) -> Result<Amount, Overflow> {
    printed(if of.is_zero() { whole(1) } else { over(part, of)? })
}

/// The mean over the buckets of (opening + closing value) / 2.
fn mean_value(sums: &Sums) -> Exact {
    let (mut opening, mut both) = (sums.opening, zero());
    for &closing in &sums.closing {
        both = plus(both, plus(opening, closing)?)?;
        opening = closing;
    }
    over(over(both, whole(2))?, count(sums.closing.len())?)
}

fn count(number: usize) -> Exact {
    i64::try_from(number).map(whole).map_err(|_| Overflow)
}

/// The mean over the buckets of the weeks that closing stock lasts, both at standard cost.
fn mean_weeks(worth: &mut Worth<'_, '_>, closing: &[Ratio]) -> Result<Figure, Overflow> {
    let mut sum = BigRational::zero();
    for (bucket, &value) in closing.iter().enumerate() {
        match worth.weeks(bucket, value)? {
            Some(weeks) => sum += weeks,
            None => return Ok(Figure::NotApplicable),
        }
    }
    printed_big(&(sum / big(count(closing.len())?))).map(Figure::Value)
}

/// The lowest closing cash and the first bucket that has it.
fn minimum_cash(ledger: &Ledger<'_>, balances: &[Balance]) -> Result<Option<MinimumCash>, Overflow> {
    let lowest = balances.iter().zip(ledger.facts.horizon()).min_by_key(|(balance, _)| balance.closing);
    let row = |(balance, bucket): (&Balance, &crate::calendar::Bucket)| {
        Ok(MinimumCash { bucket: bucket.period.to_string(), amount: printed(balance.closing)? })
    };
    lowest.map(row).transpose()
}

/// The metrics of the whole, then of its parts by kind and id; each by name, the horizon before its buckets. `of_the_whole` are those
/// that only the whole has.
pub(super) fn metrics(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    (parts, figures_of_all): (&ByPart, &Figures),
    of_the_whole: &[(Measure, Figure)],
) -> Result<Vec<Metric>, Overflow> {
    let network = ledger.facts.network;
    let mut rows = Vec::new();
    let mut whole = figures_of_all.clone();
    whole.besides.extend(of_the_whole);
    list(ledger, forward, (None, "plan".into()), &parts.whole, &whole, &mut rows)?;
    let mut groups: BTreeMap<(Kind, &str), Sums> = BTreeMap::new();
    for (item, sums) in network.items.iter().zip(&parts.items) {
        for (kind, name) in [(Kind::Category, &item.category), (Kind::Class, &item.class)] {
            if let Some(name) = name {
                let group = groups.entry((kind, name)).or_insert_with(|| Sums::none(ledger.facts.horizon));
                group.add(sums)?;
            }
        }
    }
    let mut all: Vec<(Kind, &str, &Sums)> = groups.iter().map(|((kind, id), sums)| (*kind, *id, sums)).collect();
    all.extend(network.items.iter().zip(&parts.items).map(|(one, sums)| (Kind::Item, one.id.as_str(), sums)));
    all.extend(network.channels.iter().zip(&parts.channels).map(|(one, sums)| (Kind::Channel, one.id.as_str(), sums)));
    all.extend(
        network.locations.iter().zip(&parts.locations).map(|(one, sums)| (Kind::Location, one.id.as_str(), sums)),
    );
    all.extend(
        network.suppliers.iter().zip(&parts.suppliers).map(|(one, sums)| (Kind::Supplier, one.id.as_str(), sums)),
    );
    all.sort_by_key(|(kind, id, _)| (kind.name(), *id));
    for (kind, id, sums) in all {
        let own = figures(ledger, forward, &[], zero(), sums)?;
        list(ledger, forward, (Some(kind), format!("{}:{id}", kind.name())), sums, &own, &mut rows)?;
    }
    Ok(rows)
}

/// Lists the metrics of a part.
fn list(
    ledger: &Ledger<'_>,
    forward: &mut Forward<'_>,
    (kind, scope): (Option<Kind>, String),
    sums: &Sums,
    figures: &Figures,
    rows: &mut Vec<Metric>,
) -> Result<(), Overflow> {
    let mut worth = forward.worth(&sums.pools);
    let mut names: BTreeMap<&str, Measure> = BTreeMap::new();
    for measure in Measure::ALL {
        if kind.is_none_or(|kind| measure.is_of(kind)) {
            names.insert(measure.name(), measure);
        }
    }
    for (name, measure) in names {
        let Some(value) = figures.get(measure) else { continue };
        rows.push(Metric { name: name.into(), scope: scope.clone(), bucket: None, value });
        if kind == Some(Kind::Item) {
            continue;
        }
        for (index, bucket) in ledger.facts.horizon().iter().enumerate() {
            let Some(value) = in_bucket(&mut worth, sums, measure, index)? else { break };
            let bucket = Some(bucket.period.to_string());
            rows.push(Metric { name: name.into(), scope: scope.clone(), bucket, value });
        }
    }
    Ok(())
}

/// What a measure comes to in a bucket; nothing where it is one of the horizon alone.
fn in_bucket(
    worth: &mut Worth<'_, '_>,
    sums: &Sums,
    measure: Measure,
    bucket: usize,
) -> Result<Option<Figure>, Overflow> {
    let (sales, closing) = (&sums.sales[bucket], sums.closing[bucket]);
    let amount = match measure {
        Measure::Revenue => printed(sales.revenue)?,
        Measure::Purchases => printed(sums.purchases[bucket])?,
        Measure::FillRate => share(whole(sales.on_time), whole(sales.asked))?,
        Measure::ValueFillRate => share(sales.on_time_value, sales.asked_value)?,
        Measure::InventoryValue => printed(closing)?,
        Measure::OpenToBuy => {
            let opening = if bucket == 0 { sums.opening } else { sums.closing[bucket - 1] };
            printed(minus(minus(plus(sales.cost, closing)?, opening)?, sums.on_order[bucket])?)?
        }
        Measure::Excess => match sums.excess.get(bucket) {
            Some(&value) => printed(value)?,
            None => return Ok(Some(Figure::NotApplicable)),
        },
        Measure::WeeksOfSupply => match worth.weeks(bucket, closing)? {
            Some(weeks) => printed_big(&weeks)?,
            None => return Ok(Some(Figure::NotApplicable)),
        },
        _ => return Ok(None),
    };
    Ok(Some(Figure::Value(amount)))
}
