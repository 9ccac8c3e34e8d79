//! Tiny random projects with networks and rules, as files.

use std::fmt::Write as _;

use crate::random::Random;
use crate::support::Memory;

/// What is drawn from.
struct Draw(Random);

impl Draw {
    fn number(&mut self, low: i64, high: i64) -> i64 {
        low + i64::try_from(self.0.below(usize::try_from(high - low + 1).unwrap())).unwrap()
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.0.below(times) == 0
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.0.below(of.len())]
    }
}

/// What a project has, for rules to let go of.
#[derive(Debug, Default)]
struct Has {
    lower: bool,
    kinds: Vec<&'static str>,
}

/// The project of a seed: two months, one item or two, one location or two.
pub(crate) fn files(seed: u64, rules: bool) -> Memory {
    let mut draw = Draw(Random::new(seed));
    let mut has = Has { lower: true, kinds: Vec::new() };
    let two = !rules || draw.once_in(3);
    let mut text = String::new();
    things(&mut text, &mut draw, two, rules, &mut has);
    if draw.once_in(4) {
        second_item(&mut text, &mut draw);
    }
    supply(&mut text, &mut draw, two, rules, &mut has);
    goals(&mut text, &mut draw, two, rules, &mut has);
    let manifest = "[plan]\nlanguage = 1\nname = \"tiny\"\ncycle = \"2026-01\"\nas-of = 2026-01-01\nbucket = \"month\"\nhorizon = 2\n\
                    currency = \"USD\"\nfrozen-days = 0\n[economics]\nholding-rate = 0.12\nend-worth = \"none\"\n";
    let mut files = vec![("sop.toml", manifest.to_owned()), ("all.toml", text)];
    if rules {
        files.push(("rules.toml", self::rules(&mut draw, &has)));
    }
    Memory::of(files)
}

fn things(text: &mut String, draw: &mut Draw, two: bool, rules: bool, has: &mut Has) {
    let price = draw.number(8, 20);
    let _ = writeln!(text, "[item.A]\nprice = {price}\nunit-volume = 1");
    if draw.once_in(2) {
        let _ = writeln!(text, "cost = {}", draw.number(4, 9));
    }
    let _ = writeln!(text, "[location.main]");
    for (key, low) in [("storage-capacity", 2), ("inbound-capacity", 1), ("outbound-capacity", 1)] {
        if draw.once_in(if rules { 3 } else { 6 }) {
            let _ = writeln!(text, "{key} = {}", draw.number(low, low + 2));
            has.kinds.push(key);
        }
    }
    if two {
        let _ = writeln!(text, "[location.fba]");
    }
    let waits = |draw: &mut Draw| match draw.once_in(3) {
        true => format!("unmet = \"backorder\"\nmax-late-days = {}\nlate-cost = 0.5\n", draw.number(29, 30)),
        false => String::new(),
    };
    let _ = write!(text, "[channel.dtc]\nship-from = [\"main\"]\n{}", waits(draw));
    let payout = if draw.once_in(3) { draw.number(5, 40) } else { 0 };
    let from = if two { draw.one(&["[\"fba\"]", "[\"fba\", \"main\"]", "[\"main\", \"fba\"]"]) } else { "[\"main\"]" };
    let _ = write!(text, "[channel.web]\nship-from = {from}\npayout-days = {payout}\n{}", waits(draw));
    for channel in ["dtc", "web"] {
        let [january, february] = [(); 2].map(|()| draw.number(0, 2));
        let units = format!("{{ \"2026-01\" = {january}, \"2026-02\" = {february} }}");
        let _ = writeln!(text, "[[demand]]\nitem = \"A\"\nchannel = \"{channel}\"\nunits = {units}");
    }
    for location in if two { &["main", "fba"][..] } else { &["main"] } {
        let fee = draw.number(0, 3);
        let _ = writeln!(
            text,
            "[[fee]]\nwhere = {{ channel = \"web\", location = \"{location}\" }}\nfulfilment-fee = {fee}"
        );
    }
    if draw.once_in(3) {
        let _ = writeln!(text, "[[fee]]\nwhere = {{ item = \"A\" }}\nshortage-cost = {}", draw.number(1, 3));
    }
    if rules && draw.once_in(3) {
        let price = if draw.once_in(2) { format!("price = {}\n", draw.number(6, 12)) } else { String::new() };
        let add = draw.number(1, 2);
        let _ = write!(
            text,
            "[[promotion]]\nid = \"sale\"\nwhere = {{ item = \"A\" }}\nduring = \"2026-01\"\nadd-units = {add}\n{price}"
        );
        has.kinds.push("promotion-date");
    }
}

/// One more item, of which one unit is wanted in February.
fn second_item(text: &mut String, draw: &mut Draw) {
    let (price, cost) = (draw.number(8, 20), draw.number(4, 9));
    let _ = writeln!(
        text,
        "[item.B]\nprice = {price}\nunit-volume = 1\n[[demand]]\nitem = \"B\"\nchannel = \"dtc\"\nunits = {{ \"2026-02\" = 1 }}\n[[lane]]\n\
         where = {{ item = \"B\" }}\nsupplier = \"s\"\nlocation = \"main\"\nmode = \"sea\"\nlead-days = 20\nunit-cost = {cost}"
    );
}

fn supply(text: &mut String, draw: &mut Draw, two: bool, rules: bool, has: &mut Has) {
    let _ = writeln!(text, "[supplier.s]");
    if draw.once_in(3) {
        let _ = writeln!(text, "capacity = {}", draw.number(1, 4));
    }
    let mut lane = |draw: &mut Draw, from: &str, to: &str, mode: &str, lead: i64, cost: i64, premium: bool| {
        let (key, of) = if from == "s" { ("supplier", "unit-cost") } else { ("from", "freight") };
        let _ = writeln!(
            text,
            "[[lane]]\nwhere = {{ item = \"A\" }}\n{key} = \"{from}\"\nlocation = \"{to}\"\nmode = \"{mode}\"\nlead-days = {lead}\n\
             {of} = {cost}\npremium = {premium}\norder-cost = {}\nmoq = {}",
            draw.number(0, 3),
            draw.number(1, 2)
        );
    };
    let lead = [0, 0, 20, 40][draw.0.below(4)];
    let cost = draw.number(4, 9);
    lane(draw, "s", "main", "sea", lead, cost, false);
    if rules && draw.once_in(2) {
        let dear = draw.number(6, 14);
        lane(draw, "s", "main", "air", 0, dear, true);
        has.kinds.push("expedite");
    }
    if two {
        let (lead, freight, premium) = ([0, 10, 17][draw.0.below(3)], draw.number(0, 2), rules && draw.once_in(4));
        lane(draw, "main", "fba", "truck", lead, freight, premium);
        if premium {
            has.kinds.push("expedite");
        }
        if draw.once_in(4) {
            lane(draw, "s", "fba", "sea", 0, cost + 1, false);
        }
        if draw.once_in(4) {
            let (units, due) = (draw.number(1, 2), draw.one(&["2026-01-10", "2026-01-25", "2026-02-10"]));
            let _ = writeln!(
                text,
                "[[open-transfer]]\nitem = \"A\"\nfrom = \"main\"\nlocation = \"fba\"\nunits = {units}\ndue = {due}"
            );
        }
    }
    for location in if two { &["main", "fba"][..] } else { &["main"] } {
        let _ = writeln!(text, "[[stock]]\nitem = \"A\"\nlocation = \"{location}\"\non-hand = {}", draw.number(0, 3));
    }
    if draw.once_in(if rules { 2 } else { 4 }) {
        let (units, due) = (draw.number(1, 3), draw.one(&["2026-01-10", "2026-01-25", "2026-02-10"]));
        let firm = !rules || draw.once_in(4);
        let _ = writeln!(
            text,
            "[[open-order]]\nid = \"PO\"\nitem = \"A\"\nsupplier = \"s\"\nlocation = \"main\"\nunits = {units}\ndue = {due}\n\
             payments = [{{ amount = {}, on = {due} }}]\nfirm = {firm}",
            draw.number(1, 9)
        );
        if !firm {
            has.kinds.push("open-order");
        }
    }
}

fn goals(text: &mut String, draw: &mut Draw, two: bool, rules: bool, has: &mut Has) {
    let often = if rules { 2 } else { 4 };
    for selector in ["where = { item = \"A\" }\n", "where = { channel = \"web\" }\n", "per = \"group\"\n"] {
        if draw.once_in(often + 1) {
            let from = if draw.once_in(2) { "from = \"start\"\n" } else { "" };
            let rate = draw.one(&["0.5", "0.8", "1.0"]);
            let _ = write!(text, "[[service]]\n{selector}fill-rate = {rate}\n{from}");
            has.kinds.push("fill-rate");
        }
    }
    if draw.once_in(often + 2) {
        let _ = writeln!(
            text,
            "[[cover]]\nwhere = {{ item = \"A\" }}\nhard = true\nsafety-stock = {{ units = {} }}",
            draw.number(1, 2)
        );
        has.kinds.push("safety-stock");
        if !two && draw.once_in(2) {
            let _ = writeln!(text, "max-weeks = {}", draw.number(2, 6));
            has.kinds.push("max-cover");
        }
    }
    if draw.once_in(often + 1) {
        let _ = writeln!(text, "[[budget]]\npurchases = {}", draw.number(8, 25));
        has.kinds.push("budget");
    }
    if draw.once_in(often + 2) {
        let _ = writeln!(text, "[[limit]]\ninventory-value = {}", draw.number(5, 25));
        has.kinds.push("inventory-value");
    }
    if draw.once_in(often + 1) {
        let _ = writeln!(text, "[cash]\nopening = {}\nminimum = {}", draw.number(0, 30), draw.number(0, 3));
        has.kinds.push("cash-minimum");
    }
}

/// One to three rules about what there is.
fn rules(draw: &mut Draw, has: &Has) -> String {
    let mut text = String::new();
    for number in 0..draw.number(1, 3) {
        let lowers = has.lower && draw.once_in(5);
        let kind = if lowers || has.kinds.is_empty() { "sales-plan" } else { draw.one(&has.kinds) };
        let tenths = |draw: &mut Draw, low, high| format!("0.{}", draw.number(low, high));
        let up_to = match kind {
            "sales-plan" => format!("share = {}", tenths(draw, 3, 9)),
            "fill-rate" => format!("floor = {}", tenths(draw, 0, 8)),
            "safety-stock" | "max-cover" => match draw.once_in(2) {
                true => format!("share = {}", tenths(draw, 3, 9)),
                false => format!("units = {}", draw.number(1, 2)),
            },
            "expedite" => match draw.once_in(2) {
                true => format!("amount = {}", draw.number(8, 20)),
                false => format!("units = {}", draw.number(1, 3)),
            },
            "budget" | "cash-minimum" | "inventory-value" => format!("amount = {}", draw.number(2, 15)),
            "promotion-date" | "open-order" => "buckets = 1".to_owned(),
            _ => format!("share = {}", tenths(draw, 3, 9)),
        };
        let mut more = String::new();
        if kind.ends_with("-capacity") && draw.once_in(2) {
            more += &format!("cost = {}\n", draw.number(1, 4));
        }
        if kind == "open-order" && draw.once_in(2) {
            more += "cancel = true\n";
        }
        if draw.once_in(8) {
            more += "when = \"pays\"\n";
        } else if draw.once_in(8) {
            more += &format!("within = {}\n", draw.number(1, 20));
        }
        if matches!(kind, "sales-plan" | "fill-rate") && draw.once_in(4) {
            more += "where = { item = \"A\" }\n";
        }
        let _ = write!(
            text,
            "[[rule]]\nid = \"rule-{number}\"\nrelax = \"{kind}\"\nup-to = {{ {up_to} }}\nowner = \"sales\"\nreason = \"a trade-off\"\n{more}"
        );
    }
    text
}
