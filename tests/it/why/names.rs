//! What can be asked about by name, and what is said of a name that is wrong.

use sopc::explain::{NotTold, Unknown};

use super::{Example, harbor};

/// What is said of something that there is not: which part of it is wrong, and what is meant.
fn unknown(example: &Example, what: &str) -> (&'static str, String, Vec<String>) {
    match example.why(what) {
        Err(NotTold::Unknown(Unknown { kind, part, near })) => (kind, part, near),
        other => panic!("{what}: {other:?}"),
    }
}

#[test]
fn the_wrong_part_is_named_and_the_right_one_proposed() {
    let example = harbor();
    let first = example.plan.orders.iter().find(|one| one.id.is_none()).expect("a line");
    let (item, supplier, mode) = (&first.item, &first.supplier, first.mode.as_deref().expect("a mode"));
    let (location, bucket) = (&first.location, &first.receipt_bucket);
    let key = &first.key;
    let one = |near: &str| vec![near.to_owned()];
    for (asked, kind, part, near) in [
        ("BASKETM", "item", "BASKETM", vec!["BASKET-M".to_owned(), "BASKET-L".to_owned()]),
        ("basket-m", "item", "basket-m", one("BASKET-M")),
        ("BASKETM@2026-06", "item", "BASKETM", vec!["BASKET-M@2026-06".to_owned(), "BASKET-L@2026-06".to_owned()]),
        ("BASKET-M/amazn/2026-06", "channel", "amazn", one("BASKET-M/amazon/2026-06")),
        ("limit:csh@2026-04", "kind of limit", "csh", one("limit:cash@2026-04")),
        ("fil-rate", "metric", "fil-rate", one("fill-rate")),
        ("fill-rate/channel:amazn", "part", "channel:amazn", one("fill-rate/channel:amazon")),
    ] {
        let (told, wrong, proposed) = unknown(example, asked);
        assert_eq!((told, wrong.as_str()), (kind, part), "{asked}");
        assert!(proposed.starts_with(&near), "{asked}: {proposed:?}");
    }
    for (wrong, kind, part) in [
        (format!("{item}/{supplier}x/{location}/{mode}/{bucket}"), "supplier", format!("{supplier}x")),
        (format!("{item}/{supplier}/{location}x/{mode}/{bucket}"), "location", format!("{location}x")),
        (format!("{item}/{supplier}/{location}/{mode}x/{bucket}"), "mode", format!("{mode}x")),
        (format!("{item}x/{supplier}/{location}/{mode}/{bucket}"), "item", format!("{item}x")),
    ] {
        let (told_kind, told_part, near) = unknown(example, &wrong);
        assert_eq!((told_kind, told_part), (kind, part), "{wrong}");
        assert!(near.contains(key), "{wrong}: {near:?}");
    }
    let (kind, part, near) = unknown(example, "BASKET-M@2029-01");
    assert_eq!((kind, part.as_str()), ("bucket", "2029-01"));
    assert!(near.iter().all(|name| name.starts_with("BASKET-M@20")), "{near:?}");
    assert_eq!(unknown(example, "no such thing at all"), ("", "no such thing at all".to_owned(), Vec::new()));
}

/// A line of a bucket that has none: the nearest lines of the same lane.
#[test]
fn the_nearest_lines_of_a_lane_are_listed() {
    let example = harbor();
    let lines = |lane: &str| example.plan.orders.iter().filter(|one| one.key.starts_with(lane)).count();
    let lane = example.plan.orders.iter().filter(|one| one.id.is_none()).find_map(|one| {
        let lane = one.key.strip_suffix(&one.receipt_bucket)?;
        (lines(lane) > 1).then(|| lane.to_owned())
    });
    let lane = lane.expect("a lane with several lines");
    let free = example.plan.buckets.iter().find(|one| lines(&format!("{lane}{}", one.label)) == 0).expect("a bucket");
    let what = format!("{lane}{}", free.label);
    let (kind, part, near) = unknown(example, &what);
    assert_eq!((kind, part), ("line", what.clone()));
    assert!(near.len() > 1 && near.iter().all(|name| name.starts_with(&lane)), "{what}: {near:?}");
}

/// Every metric that the plan file has is told, of every part, with its formula and numbers.
#[test]
fn every_metric_is_told() {
    let example = harbor();
    let mut seen = std::collections::BTreeSet::new();
    for row in &example.plan.metrics {
        let kind = row.scope.split(':').next().expect("a kind");
        // One part of each kind, by bucket and over the horizon.
        if !seen.insert((row.name.clone(), kind.to_owned(), row.bucket.is_some())) {
            continue;
        }
        let scope = if row.scope == "plan" { String::new() } else { format!("/{}", row.scope) };
        let bucket = row.bucket.as_ref().map_or(String::new(), |bucket| format!("@{bucket}"));
        let what = format!("{}{scope}{bucket}", row.name);
        let chain = example.why(&what).unwrap_or_else(|why| panic!("{what}: {why:?}"));
        assert!(chain.len() > 2 && chain[0].text.contains(" is "), "{what}: {chain:#?}");
    }
    assert!(seen.len() > 60, "{}", seen.len());
}

/// A fill rate is the first of its numbers over the second.
#[test]
fn a_metric_can_be_worked_out_again() {
    let example = harbor();
    let chain = example.why("fill-rate/channel:amazon").expect("a chain");
    let number = |name: &str| -> f64 {
        let text = chain.iter().find_map(|link| link.text.strip_prefix(name)).expect("a number");
        text.replace(',', "").parse().expect("a number")
    };
    let rate = number("units served in their own bucket: ") / number("units wanted: ");
    let told = chain[0].text.strip_prefix("fill-rate of channel `amazon` is ").expect("a value");
    let told: f64 = told.split(' ').next().and_then(|text| text.parse().ok()).expect("a number");
    assert!((rate - told).abs() < 1e-6, "{rate} {told}");
}
