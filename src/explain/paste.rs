//! Values as TOML, ready to be pasted.

use rust_decimal::Decimal;

use crate::calendar::{Grain, Period};
use crate::network::Scope;
use crate::series::{Series, SeriesKey};

/// A series as it is written in a project; none where no single value says it.
pub(super) fn series(series: &Series) -> Option<String> {
    match series {
        Series::Scalar(value) => Some(value.normalize().to_string()),
        Series::Per(Grain::Month, value) => Some(format!("{{ per-month = {} }}", value.normalize())),
        Series::Per(Grain::Week, value) => Some(format!("{{ per-week = {} }}", value.normalize())),
        Series::Table { default, keys } => {
            let default = default.map(|value| format!("default = {}", value.normalize()));
            let key = |key: &SeriesKey| {
                let name = if key.range { format!("{}..{}", key.first, key.last) } else { key.first.to_string() };
                format!("\"{name}\" = {}", key.value.normalize())
            };
            let all: Vec<String> = default.into_iter().chain(keys.iter().map(key)).collect();
            Some(format!("{{ {} }}", all.join(", ")))
        }
        Series::Layered(_) => None,
    }
}

/// A series with other values in some buckets; none where it cannot be said by adding keys. A scalar that changes in many buckets becomes the
/// value that does for all of them.
pub(super) fn with_keys(stated: &Series, changed: &[(Period, Decimal)], lower: bool) -> Option<Series> {
    const KEYS: usize = 3;
    let (default, mut keys) = match stated {
        Series::Scalar(value) if changed.len() > KEYS => {
            let all = changed.iter().map(|(_, value)| *value).chain([*value]);
            let worst = if lower { all.min() } else { all.max() };
            return worst.map(Series::Scalar);
        }
        Series::Scalar(value) => (Some(*value), Vec::new()),
        Series::Table { default, keys } => (*default, keys.clone()),
        Series::Per(..) | Series::Layered(_) => return None,
    };
    for &(period, value) in changed {
        keys.retain(|key| key.range || key.first != period);
        keys.push(SeriesKey { first: period, last: period, range: false, value });
    }
    keys.sort_by_key(|key| (key.first, key.range));
    Some(Series::Table { default, keys })
}

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for one in text.chars() {
        match one {
            '"' | '\\' => out.extend(['\\', one]),
            one if one.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(one))),
            one => out.push(one),
        }
    }
    out.push('"');
    out
}

/// `where = { item = "MUG" }`, with a line end; nothing where all is meant.
pub(super) fn selector(scope: &Scope) -> String {
    let side = |keys: &[(String, Vec<String>)]| {
        let key = |(name, values): &(String, Vec<String>)| {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            match values.as_slice() {
                [one] => format!("{name} = {one}"),
                all => format!("{name} = [{}]", all.join(", ")),
            }
        };
        keys.iter().map(key).collect::<Vec<_>>()
    };
    let mut keys = side(&scope.keys);
    if !scope.not.is_empty() {
        keys.push(format!("not = {{ {} }}", side(&scope.not).join(", ")));
    }
    if keys.is_empty() { String::new() } else { format!("where = {{ {} }}\n", keys.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gets_its_own_value() {
        let april = Period::parse("2026-04").unwrap();
        let stated = Series::Scalar(Decimal::new(90, 2));
        let changed = with_keys(&stated, &[(april, Decimal::new(750, 3))], true).unwrap();
        assert_eq!(series(&changed).unwrap(), "{ default = 0.9, \"2026-04\" = 0.75 }");
        let again = with_keys(&changed, &[(april, Decimal::new(6, 1))], true).unwrap();
        assert_eq!(series(&again).unwrap(), "{ default = 0.9, \"2026-04\" = 0.6 }");
    }

    #[test]
    fn names_cannot_leave_their_quotes() {
        assert_eq!(quoted("a\"b\\c\n"), "\"a\\\"b\\\\c\\u000A\"");
    }
}
