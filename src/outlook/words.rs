//! How a number comes about, in words and lines.

use num_traits::Zero;

use super::derived::{Offer, Step};
use super::{Basis, Source};
use crate::calendar::{Bucket, Grain, Period};
use crate::model::outlook::{Derivation, history};
use crate::network::{Change, ItemId, Origin, OutlookMethod};
use crate::plan::Amount;
use crate::render::number::quantity;
use crate::units::{Overflow, Ratio, add, ratio, whole};

/// `190 (190.4) = 170 in 2025-04 x 1.12`.
pub(super) fn because(offer: &Offer<'_>, step: &Step<'_>, units: i64, exact: Ratio) -> Result<String, Overflow> {
    let result = if exact == whole(units) { units.to_string() } else { format!("{units} ({})", number(exact)?) };
    Ok(format!("{result} = {}", formula(offer, step)?))
}

/// What stands behind the equals sign.
fn formula(offer: &Offer<'_>, step: &Step<'_>) -> Result<String, Overflow> {
    let mut text = match (&step.derivation, step.stated) {
        (_, Some(stated)) => format!("{} as stated", number(stated)?),
        (Some(derivation), None) => derived(offer, derivation)?,
        (None, None) => "0, since nothing is stated or assumed".to_owned(),
    };
    if let Some(adjustment) = step.adjustment {
        text = match adjustment.change {
            Change::Factor(factor) => format!("{text} x {} by [[adjust]]", factor.normalize()),
            Change::Add(more) if more.is_sign_negative() => {
                format!("({text} - {}, not below 0, by [[adjust]])", more.abs().normalize())
            }
            Change::Add(more) => format!("({text} + {} by [[adjust]])", more.normalize()),
            Change::Set(stands) => format!("{} as set by [[adjust]]", stands.normalize()),
        };
    }
    let running: Vec<_> = step.promotions.iter().map(|index| &offer.network.promotions[*index]).collect();
    for promotion in running.iter().filter(|promotion| promotion.add_units.is_some_and(|units| !units.is_zero())) {
        text = format!("({text} + {} by {})", promotion.add_units.unwrap_or_default().normalize(), promotion.id);
    }
    for promotion in &running {
        if let Some(uplift) = promotion.uplift.filter(|uplift| *uplift != rust_decimal::Decimal::ONE) {
            text = format!("{text} x {} by {}", uplift.normalize(), promotion.id);
        }
    }
    Ok(text)
}

/// `170 in 2025-04 x 1.12 (amazon-growth)`.
fn derived(offer: &Offer<'_>, derivation: &Derivation) -> Result<String, Overflow> {
    let Some((from, to)) = derivation.days.filter(|_| derivation.is_known) else {
        return Ok(unknown(offer, derivation));
    };
    let outlook = offer.offer.outlook.map(|index| &offer.network.outlooks[index]);
    let mut text = past(derivation)?;
    if let Some(OutlookMethod::Like(other, _)) = outlook.map(|outlook| outlook.method) {
        text.push_str(&format!(" of {}", offer.network.item(other).id));
    }
    text.push_str(&format!(" in {}", stretch(from, to)));
    if derivation.count > 1 {
        text.push_str(&format!(" / {}", derivation.count));
    }
    if derivation.part != whole(1) {
        text.push_str(&format!(" x {}/{} of the days", derivation.part.numer(), derivation.part.denom()));
    }
    if derivation.factor != whole(1) {
        text.push_str(&format!(" x {}", number(derivation.factor)?));
    }
    if derivation.growth != whole(1) {
        text.push_str(&format!(" x {}", number(derivation.growth)?));
        if derivation.years > 1 {
            text.push_str(&format!("^{}", derivation.years));
        }
        let named = outlook.and_then(|outlook| outlook.growth_from.as_ref()?.1.as_ref());
        if let Some(named) = named {
            text.push_str(&format!(" ({})", named.name));
        }
    }
    Ok(text)
}

/// The base demand, and what it is made of where that is more than sales.
fn past(derivation: &Derivation) -> Result<String, Overflow> {
    let past = &derivation.past;
    let mut parts = vec![format!("{} sold", number(past.sold)?)];
    for (units, sign, what) in [
        (past.returned, "-", "returned"),
        (past.promoted, "-", "by promotions"),
        (past.lost, "+", "lost for want of stock"),
    ] {
        if !units.is_zero() {
            parts.push(format!("{sign} {} {what}", number(units)?));
        }
    }
    let base = number(derivation.base)?;
    if parts.len() == 1 {
        return Ok(base);
    }
    let is_sum = add(past.sold, past.lost)? == add(add(derivation.base, past.returned)?, past.promoted)?;
    let sum = parts.join(" ");
    Ok(if is_sum { format!("({sum})") } else { format!("{base}, not below 0 of {sum},") })
}

fn unknown(offer: &Offer<'_>, derivation: &Derivation) -> String {
    match (derivation.days, offer.network.history_from) {
        (Some((from, to)), Some(begins)) => {
            format!("0, since history begins on {begins} and does not tell of {}", stretch(from, to))
        }
        _ => "0, since history tells nothing of it".to_owned(),
    }
}

/// `2025-04`, `2025-11 to 2026-01`, or days.
fn stretch(from: chrono::NaiveDate, to: chrono::NaiveDate) -> String {
    for grain in [Grain::Month, Grain::Week] {
        let (first, last) = (Period::of(grain, from), Period::of(grain, to));
        if first.start() == from && last.end() == to {
            return if first == last { first.to_string() } else { format!("{first} to {last}") };
        }
    }
    format!("{from} to {to}")
}

/// A number as people write it, six digits at most.
fn number(number: Ratio) -> Result<String, Overflow> {
    let amount = Amount::rounded(number)?;
    let plain = amount.0.normalize();
    Ok(if plain.scale() <= 2 { quantity_without_marks(amount) } else { plain.to_string() })
}

fn quantity_without_marks(amount: Amount) -> String {
    let shown = quantity(amount).replace(',', "");
    if shown.contains('.') { shown.trim_end_matches('0').trim_end_matches('.').to_owned() } else { shown }
}

/// The lines that a number rests on.
pub(super) fn row_sources(offer: &Offer<'_>, step: &Step<'_>) -> Vec<Source> {
    let (network, mut sources) = (offer.network, Vec::new());
    let mut add = |what: String, place: &Origin| {
        let source = Source { what, place: place.clone() };
        if !sources.contains(&source) {
            sources.push(source);
        }
    };
    match (step.basis(), offer.offer.outlook.map(|index| &network.outlooks[index])) {
        (Basis::Stated, _) => add("demand".into(), &offer.offer.origin),
        (Basis::History | Basis::Unknown, Some(outlook)) => {
            let item = followed(outlook.method, offer.offer.item);
            if let Some(row) = history(network, item, offer.offer.channel) {
                add("history".into(), &row.origin);
            }
            add("outlook".into(), &outlook.origin);
            match &outlook.growth_from {
                Some((_, Some(named))) => add(format!("assumption {}", named.name), &named.origin),
                Some((place, None)) => add("growth".into(), place),
                None => {}
            }
        }
        _ => {}
    }
    if let Some(adjustment) = step.adjustment {
        add("adjust".into(), &adjustment.origin);
    }
    for promotion in step.promotions.iter().map(|index| &network.promotions[*index]) {
        add(format!("promotion {}", promotion.id), &promotion.origin);
    }
    sources
}

/// The item whose history a method follows.
fn followed(method: OutlookMethod, item: ItemId) -> ItemId {
    if let OutlookMethod::Like(other, _) = method { other } else { item }
}

/// What people call a stretch of held-back history.
pub(super) fn label(bucket: &Bucket) -> String {
    bucket.period.to_string()
}

/// `seasonal`, `average of 3`, `like MUG x 0.5`.
pub(super) fn method(network: &crate::network::Network, method: OutlookMethod) -> String {
    match method {
        OutlookMethod::Seasonal => "seasonal".to_owned(),
        OutlookMethod::Average(over) => format!("average of {over}"),
        OutlookMethod::Like(item, factor) if ratio(factor) == whole(1) => format!("like {}", network.item(item).id),
        OutlookMethod::Like(item, factor) => format!("like {} x {}", network.item(item).id, factor.normalize()),
    }
}
