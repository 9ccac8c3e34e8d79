//! Which assumption carries how much money: the value of demand with it, less that without it, all else as it stands.

use std::collections::BTreeMap;

use num_traits::Zero;

use super::derived::{Kept, Offer, Step};
use super::words::method;
use super::{Basis, Carried};
use crate::network::{Network, Origin};
use crate::plan::{Amount, Figure};
use crate::units::{Overflow, Ratio, add};

/// Kind, name and place of what demand rests on.
type Key = (&'static str, String, Origin);

/// What demand rests on, the most money first, whichever its sign.
pub(super) fn carried(network: &Network, offers: &[Offer<'_>]) -> Result<Vec<Carried>, Overflow> {
    let mut sums: BTreeMap<Key, Ratio> = BTreeMap::new();
    let mut all = Ratio::zero();
    for offer in offers {
        for step in &offer.steps {
            let value = offer.value(step, &Kept::default())?;
            all = add(all, value)?;
            for (key, kept) in rests_on(network, offer, step) {
                let worth = add(value, -offer.value(step, &kept)?)?;
                let sum = sums.entry(key).or_default();
                *sum = add(*sum, worth)?;
            }
        }
    }
    let mut rows = Vec::new();
    for ((kind, name, place), money) in sums.into_iter().filter(|(_, money)| !money.is_zero()) {
        let share = Figure::quotient(money, all)?;
        rows.push(Carried { kind: kind.to_owned(), name, money: Amount::rounded(money)?, share, place });
    }
    rows.sort_by(|a, b| b.money.0.abs().cmp(&a.money.0.abs()).then_with(|| a.place.cmp(&b.place)));
    Ok(rows)
}

/// What a bucket rests on, each with what is left out to see what it is worth.
fn rests_on(network: &Network, offer: &Offer<'_>, step: &Step<'_>) -> Vec<(Key, Kept)> {
    let mut all = Vec::new();
    let outlook = offer.offer.outlook.map(|index| &network.outlooks[index]);
    match (step.basis(), outlook) {
        (Basis::Stated, _) => {
            // A row of thousands is no assumption by itself; its file is.
            let file = offer.offer.origin.file.clone();
            let place = Origin { file: file.clone(), line: 1, column: 1 };
            all.push((("demand", file, place), Kept { no_start: true, ..Kept::default() }));
        }
        (Basis::History, Some(outlook)) => {
            let name = method(network, outlook.method);
            all.push((("outlook", name, outlook.origin.clone()), Kept { no_start: true, ..Kept::default() }));
            if let Some((place, named)) = &outlook.growth_from {
                let (name, place) = match named {
                    Some(named) => (named.name.clone(), named.origin.clone()),
                    None => (outlook.growth.normalize().to_string(), place.clone()),
                };
                all.push((("growth", name, place), Kept { no_growth: true, ..Kept::default() }));
            }
        }
        _ => {}
    }
    if let Some(adjustment) = step.adjustment {
        all.push((
            ("adjust", "[[adjust]]".to_owned(), adjustment.origin.clone()),
            Kept { no_adjustment: true, ..Kept::default() },
        ));
    }
    for &index in &step.promotions {
        let promotion = &network.promotions[index];
        let kept = Kept { without_promotion: Some(index), ..Kept::default() };
        all.push((("promotion", promotion.id.clone(), promotion.origin.clone()), kept));
    }
    all
}
