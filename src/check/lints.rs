//! What a planner would want to be told about inputs that are valid.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::calendar::Grain;
use crate::diagnostic::{Code, Diagnostic, codes};
use crate::document::{Document, SeriesText, Slot};
use crate::model::timeline::level;
use crate::network::Network;
use crate::series::Series;
use crate::source::{Sources, Span};
use crate::units::Ratio;

/// All lints of a valid project.
pub(super) fn all(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    found.extend(price_below_cost(network, document));
    found.extend(overdue(network, document));
    found.extend(past_horizon(network, document));
    found.extend(partial_first_bucket(network, document, sources));
    found.extend(mixed_scalar(network, document, sources));
    found.extend(idle_promotions(network, document));
    found.extend(promotions_overlap(network, document));
    found.extend(payout_before(network, document));
    found
}

/// An item all of whose sales earn no more than the cheapest unit costs, in every bucket.
fn price_below_cost(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut best: BTreeMap<usize, i128> = BTreeMap::new();
    for offer in &network.offers {
        // What never changes is asked for once.
        let fixed = |series: &Series| matches!(series, Series::Scalar(_));
        let steady = offer.promotions.is_empty()
            && fixed(&offer.price)
            && offer.sources.first().is_none_or(|source| fixed(&source.fee_rate) && fixed(&source.fulfilment_fee));
        let buckets = &network.calendar.buckets;
        for bucket in &buckets[..if steady { 1 } else { buckets.len() }] {
            let Some(source) = offer.sources.first() else { continue };
            let price = crate::model::demand::price(network, offer, bucket);
            let Some(net) = kept(price, level(&source.fee_rate, bucket), level(&source.fulfilment_fee, bucket)) else {
                continue;
            };
            let known = best.entry(offer.item.index()).or_insert(net);
            *known = net.max(*known);
        }
    }
    let mut lowest: BTreeMap<usize, (Ratio, usize)> = BTreeMap::new();
    for (index, lane) in network.lanes.iter().enumerate().filter(|(_, lane)| !lane.premium) {
        let cost = crate::model::first_landed_cost(network, lane);
        let known = lowest.entry(lane.item.index()).or_insert((cost, index));
        *known = (cost, index).min(*known);
    }
    for (item, net) in best {
        let net = Ratio::new(net, KEPT_ONE);
        let Some((cost, _)) = lowest.get(&item).filter(|(cost, _)| net <= *cost) else { continue };
        let (id, table) = &document.items[item];
        let money =
            |amount: Ratio| crate::units::round_to(amount, 2).map_or_else(|_| "?".into(), |amount| amount.to_string());
        let message =
            format!("a unit of `{}` earns {} at best and costs {} to bring in", id.value, money(net), money(*cost));
        let span = table.price.span().unwrap_or(id.span);
        let diagnostic = Diagnostic::warning(&codes::PRICE_BELOW_COST, message).at(span, "less fees and fulfilment");
        found.push(diagnostic.with_note("nothing of it is bought, unless a floor asks for it"));
    }
    found
}

/// What is one in the result of [`kept`].
const KEPT_ONE: i128 = 10_i128.pow(15);

/// Price x (1 - fee rate) - fulfilment fee, exact; `None` where the numbers have more digits than inputs may have.
fn kept(price: Decimal, fee_rate: Decimal, fulfilment: Decimal) -> Option<i128> {
    let scaled =
        |number: Decimal, digits: u32| number.mantissa().checked_mul(10_i128.pow(digits.checked_sub(number.scale())?));
    let rest = 10_i128.pow(9) - scaled(fee_rate, 9)?;
    scaled(price, 6)?.checked_mul(rest)?.checked_sub(scaled(fulfilment, 15)?)
}

fn overdue(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let late = document.open_orders.iter().filter_map(|order| {
        let due = order.due.spanned().filter(|due| due.value < network.as_of)?;
        let message = format!("the open order `{}` was due on {}, before as-of", order.id.get()?, due.value);
        let diagnostic =
            Diagnostic::warning(&codes::OVERDUE_ORDER, message).at(due.span, "counted as received in the first bucket");
        Some(diagnostic.help("state the day it is expected now"))
    });
    late.collect()
}

/// Open orders that arrive, and single flows of cash that fall, outside the buckets.
fn past_horizon(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let end = network.calendar.end();
    let last_served = network.calendar.buckets.last().map_or(end, crate::calendar::Bucket::middle);
    let orders = document.open_orders.iter().filter_map(|order| {
        let due = order.due.spanned().filter(|due| due.value > last_served)?;
        let message = format!("the open order `{}` serves no bucket of this plan", order.id.get()?);
        Some(Diagnostic::note(&codes::OUTSIDE_HORIZON, message).at(due.span, format!("the horizon ends on {end}")))
    });
    let flows = document.cash_flows.iter().filter_map(|flow| {
        let on = flow.on.spanned().filter(|on| on.value < network.as_of || on.value > end)?;
        let message = format!("the cash flow `{}` falls outside the plan", flow.name.get()?);
        let label = format!("planned from {} to {end}", network.as_of);
        Some(Diagnostic::note(&codes::OUTSIDE_HORIZON, message).at(on.span, label))
    });
    orders.chain(flows).collect()
}

/// Flows by bucket with their place.
fn flows(document: &Document) -> Vec<(&SeriesText, Span)> {
    let mut all = Vec::new();
    fn take<'a>(all: &mut Vec<(&'a SeriesText, Span)>, slot: &'a Slot<SeriesText>) {
        if let Some(text) = slot.spanned() {
            all.push((&text.value, text.span));
        }
    }
    for (_, location) in &document.locations {
        take(&mut all, &location.inbound_capacity);
        take(&mut all, &location.outbound_capacity);
    }
    for (_, supplier) in &document.suppliers {
        take(&mut all, &supplier.capacity);
    }
    for demand in &document.demand {
        take(&mut all, &demand.units);
    }
    for flow in document.cash_flows.iter().filter(|flow| flow.on.is_absent()) {
        take(&mut all, &flow.amount);
    }
    for budget in &document.budgets {
        take(&mut all, &budget.purchases);
    }
    all
}

/// One diagnostic for all flows of a kind that ask the same question.
fn grouped(
    code: &'static Code,
    message: &str,
    mut spans: Vec<Span>,
    sources: &Sources,
    label: &str,
    help: &str,
) -> Vec<Diagnostic> {
    spans.sort_by_key(|span| (&sources.file(span.file).path, span.start));
    let Some(first) = spans.first() else { return Vec::new() };
    let mut diagnostic = Diagnostic::warning(code, message).at(*first, label);
    if spans.len() > 1 {
        let places = spans[1..].iter().take(3).map(|span| {
            let place = sources.place(*span);
            format!("{}:{}", place.file, place.line)
        });
        let listed = places.collect::<Vec<_>>().join(", ");
        let more = if spans.len() > 4 { format!(" and {} more places", spans.len() - 4) } else { String::new() };
        diagnostic = diagnostic.with_note(format!("also at {listed}{more}"));
    }
    vec![diagnostic.help(help)]
}

fn partial_first_bucket(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let first = &network.calendar.buckets[0];
    if !first.is_partial() || network.first_bucket_whole {
        return Vec::new();
    }
    let reaches = |text: &SeriesText| match &text.series {
        Series::Scalar(value) => !value.is_zero(),
        Series::Per(..) | Series::Layered(_) => false,
        Series::Table { default, .. } => match text.series.key_for(first.period) {
            Some(key) => key.range,
            None => default.is_some_and(|value| !value.is_zero()),
        },
    };
    let spans = flows(document).into_iter().filter(|(text, _)| reaches(text)).map(|(_, span)| span).collect();
    let message = format!("a number for whole buckets also stands for what is left of {}", first.period);
    let label = format!("{} begins on {}, the plan on {}", first.period, first.period.start(), first.start);
    let help =
        format!("state \"{}\" by itself, use {{ per-month = ... }}, or set first-bucket = \"whole\"", first.period);
    grouped(&codes::FIRST_BUCKET_REST, &message, spans, sources, &label, &help)
}

fn mixed_scalar(network: &Network, document: &Document, sources: &Sources) -> Vec<Diagnostic> {
    let weekly = network.calendar.buckets[0].period.days() == 7;
    let stands = |text: &SeriesText| match &text.series {
        Series::Scalar(value) => network.calendar.mixed && !value.is_zero(),
        // Beside keys by month, a default was meant by month too, but stands for each week.
        Series::Table { default: Some(value), keys } => {
            let by_month = keys.iter().any(|key| key.first.grain() == Grain::Month);
            !value.is_zero() && (network.calendar.mixed || weekly && by_month)
        }
        _ => false,
    };
    let spans = flows(document).into_iter().filter(|(text, _)| stands(text)).map(|(_, span)| span).collect();
    let message = match network.calendar.mixed {
        true => "one number stands for weeks and for months alike",
        false => "a default beside keys by month stands for each week",
    };
    let help = "use { per-month = ... } or { per-week = ... }, or a range of months: they are spread by days";
    grouped(&codes::MIXED_SCALAR, message, spans, sources, "taken as it stands in each bucket", help)
}

/// True where a promotion runs in a bucket.
fn runs(network: &Network, promotion: usize, bucket: &crate::calendar::Bucket) -> bool {
    crate::model::timeline::runs_in(network.promotions[promotion].during, bucket)
}

/// Promotions that run in no bucket, and those that change nothing.
fn idle_promotions(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut tables = BTreeMap::new();
    for table in document.promotions.iter().rev() {
        tables.extend(table.id.get().map(|id| (id, table)));
    }
    for (index, promotion) in network.promotions.iter().enumerate() {
        let Some(table) = tables.get(&promotion.id) else { continue };
        let id = &promotion.id;
        if !network.calendar.buckets.iter().any(|bucket| runs(network, index, bucket)) {
            let message = format!("the promotion `{id}` runs in no bucket of this plan");
            let label = format!("planned from {} to {}", network.as_of, network.calendar.end());
            let span = table.during.span().unwrap_or(table.header);
            found.push(Diagnostic::note(&codes::OUTSIDE_HORIZON, message).at(span, label));
        }
        if promotion.uplift.is_none() && promotion.add_units.is_none() && promotion.price.is_none() {
            let message = format!("the promotion `{id}` changes nothing");
            let diagnostic =
                Diagnostic::warning(&codes::EMPTY_SELECTION, message).at(table.header, "neither demand nor price");
            found.push(diagnostic.help("give it `uplift`, `add-units` or `price`"));
        }
    }
    found
}

/// Two promotions that meet on an item, channel and bucket.
fn promotions_overlap(network: &Network, document: &Document) -> Vec<Diagnostic> {
    // Each promotion is told of once, with the first one it meets: what they meet in is the same question.
    let mut met: BTreeMap<usize, (usize, usize, String)> = BTreeMap::new();
    for (index, offer) in network.offers.iter().enumerate().filter(|(_, offer)| offer.promotions.len() > 1) {
        for bucket in &network.calendar.buckets {
            let mut running = offer.promotions.iter().copied().filter(|&promotion| runs(network, promotion, bucket));
            let Some(first) = running.next() else { continue };
            for second in running {
                met.entry(second).or_insert_with(|| (first, index, bucket.period.to_string()));
            }
        }
    }
    let place = |promotion: usize| {
        let id = &network.promotions[promotion].id;
        let entry = document.promotions.iter().find(|entry| entry.id.get() == Some(id));
        entry.and_then(|entry| entry.id.span())
    };
    let diagnostic = |(second, (first, offer, bucket)): (usize, (usize, usize, String))| {
        let offer = &network.offers[offer];
        let (item, channel) = (&network.item(offer.item).id, &network.channel(offer.channel).id);
        let message = format!("two promotions meet on `{item}` in `{channel}` in {bucket}");
        let help = "added units come first, then uplifts multiply; of two prices the lower holds";
        let diagnostic = Diagnostic::warning(&codes::PROMOTIONS_OVERLAP, message).at(place(first)?, "this one");
        Some(diagnostic.at(place(second)?, "and this one").with_note(help))
    };
    met.into_iter().filter_map(diagnostic).collect()
}

/// Cash of sales before as-of that is still to come, while nothing in the project says so.
fn payout_before(network: &Network, document: &Document) -> Vec<Diagnostic> {
    let positive = document.cash_flows.iter().any(|flow| {
        flow.amount.get().is_some_and(|text| {
            text.series.values().iter().any(|amount| amount.is_sign_positive() && !amount.is_zero())
        })
    });
    if network.cash.is_none() || positive {
        return Vec::new();
    }
    let late = document.channels.iter().find_map(|(id, channel)| {
        let days = channel.payout_days.spanned().filter(|days| days.value > 0)?;
        network.offers.iter().any(|offer| network.channel(offer.channel).id == id.value).then_some((id, days))
    });
    let Some((id, days)) = late else { return Vec::new() };
    let message =
        format!("`{}` pays {} days after a sale, but no cash of sales before as-of comes in", id.value, days.value);
    let help = "add it as a [[cash-flow]] with the day it is paid out";
    vec![
        Diagnostic::warning(&codes::PAYOUT_BEFORE, message)
            .at(days.span, "sales of these days are still to be paid")
            .help(help),
    ]
}
