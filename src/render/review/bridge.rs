//! What a difference is made of, drawn: each part begins where the one before it ended, and the last column is what they come to.

use rust_decimal::Decimal;

use crate::render::blocks::{Chart, Mark, Series, Words};

/// Parts with their names, and what they come to.
pub(super) fn bridge(title: Words, unit: Words, parts: &[(String, Decimal)], total: Decimal) -> Chart {
    let places = parts.len() + 1;
    let side = |name: &'static str, ink: &'static str, is_on: fn(&Decimal) -> bool| {
        let values = parts.iter().map(|(_, part)| Some(*part).filter(is_on)).chain([None]).collect();
        Series { name: Words::of(name), mark: Mark::Bridge, ink, values }
    };
    let mut all = vec![None; places];
    all[places - 1] = Some(total);
    let series = vec![
        side("more", "up", |part| *part > Decimal::ZERO),
        side("less", "down", |part| *part < Decimal::ZERO),
        Series { name: Words::of("in all"), mark: Mark::Stack, ink: "main", values: all },
    ];
    let labels = parts.iter().map(|(name, _)| name.clone()).chain(["in all".to_owned()]).collect();
    Chart { title, unit, money: true, small: false, over: "Cause", labels, series }
}
