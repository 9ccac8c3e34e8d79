//! Colours that can be told from what they stand on: WCAG 2.2, 4.5 to 1 for text, 3 to 1 for what is drawn.

use std::collections::BTreeMap;

use sopc::render::plan_html;

use crate::render::shop::empty;

/// The colours of a block of the style, by name.
fn colours(style: &str, from: &str) -> BTreeMap<String, String> {
    let block = style.split_once(from).expect("the block").1.split_once('}').expect("its end").0;
    let pairs = block.split(';').filter_map(|one| one.trim().strip_prefix("--")?.split_once(": "));
    pairs.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

/// Relative luminance of a colour such as `#1a2b3c`.
fn luminance(colour: &str) -> f64 {
    let hex = colour.strip_prefix('#').expect("a colour");
    let full: String = if hex.len() == 3 { hex.chars().flat_map(|c| [c, c]).collect() } else { hex.to_owned() };
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&full[at..at + 2], 16).expect("hexadecimal")) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_stand_out_in_light_and_dark() {
    assert!((contrast("#000", "#ffffff") - 21.0).abs() < 1e-9);
    let text = plan_html(&empty(1));
    for from in [":root {\n  color-scheme", "prefers-color-scheme: dark) {\n  :root {"] {
        let colours = colours(&text, from);
        assert!(colours.len() >= 15, "{colours:?}");
        for (name, least) in [
            ("fg", 4.5),
            ("muted", 4.5),
            ("link", 4.5),
            ("good", 4.5),
            ("mind", 4.5),
            ("bad", 4.5),
            ("main", 3.0),
            ("want", 3.0),
            ("other", 3.0),
            ("given", 3.0),
            ("lack", 3.0),
            ("held", 3.0),
            ("stop", 3.0),
        ] {
            let found = contrast(&colours[name], &colours["bg"]);
            assert!(found >= least, "--{name} on --bg: {found:.2} behind {from}");
        }
        for name in ["fg", "muted"] {
            assert!(contrast(&colours[name], &colours["panel"]) >= 4.5, "--{name} on --panel behind {from}");
        }
    }
}
