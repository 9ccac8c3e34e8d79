//! Derived demand: what is told of each number, of errors on history that is held back, and of the money that assumptions carry.

use sopc::compile::compile;
use sopc::outlook::{Asked, Basis, Derived, derive};

use crate::support::{Memory, messages};

const SHOP: &str = "[plan]\nlanguage = 1\nname = \"Mugs\"\ncycle = \"one\"\ncurrency = \"USD\"\nas-of = 2026-02-01\n\
    bucket = \"month\"\nhorizon = 3\n[item.MUG]\nprice = 10.00\ncost = 6.00\nclass = \"A\"\n[item.CUP]\nprice = 5.00\ncost = 3.00\nclass = \"B\"\n\
    [location.main]\n[channel.dtc]\nship-from = [\"main\"]\n[[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 9000\n\
    [[stock]]\nitem = \"CUP\"\nlocation = \"main\"\non-hand = 9000\n";

fn derived(rest: &str, asked: &Asked) -> Derived {
    let compiled = compile(&Memory::one_file(format!("{SHOP}{rest}")));
    derive(compiled.network.as_ref().unwrap_or_else(|| panic!("{:#?}", messages(&compiled))), asked)
        .expect("numbers fit")
}

fn because(derived: &Derived) -> Vec<&str> {
    derived.rows.iter().map(|row| row.because.as_str()).collect()
}

/// History of mugs from January 2025 on.
fn history(units: &[i64], rest: &str) -> String {
    let month = |at: usize| format!("{}-{:02}", 2025 + at / 12, at % 12 + 1);
    let keys: Vec<_> = units.iter().enumerate().map(|(at, units)| format!("\"{}\" = {units}", month(at))).collect();
    format!("[[history]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = {{ {} }}\n{rest}", keys.join(", "))
}

#[test]
fn each_number_says_how_it_comes_about() {
    let rest = "[assumption.trend]\nvalue = 0.12\n[[outlook]]\nmethod = \"seasonal\"\ngrowth = { assume = \"trend\" }\n\
        [[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = { \"2026-04\" = 50 }\n\
        [[adjust]]\nwhere = { item = \"MUG\" }\nduring = \"2026-04\"\nadd = 10\n\
        [[promotion]]\nid = \"spring\"\nduring = \"2026-04\"\nuplift = 1.5\n";
    let past = history(&[1, 100, 170], "returned = { \"2025-02\" = 10 }\npromoted = { \"2025-02\" = 40 }\n");
    let derived = derived(&(rest.to_owned() + &past), &Asked::default());
    // 50 x 1.12 = 56; 170 x 1.12 = 190.4; (50 + 10) x 1.5 = 90, by running totals 56, 246.4 and 336.4.
    assert_eq!(
        because(&derived),
        [
            "56 = (100 sold - 10 returned - 40 by promotions) in 2025-02 x 1.12 (trend)",
            "190 (190.4) = 170 in 2025-03 x 1.12 (trend)",
            "90 = (50 as stated + 10 by [[adjust]]) x 1.5 by spring",
        ]
    );
    let bases: Vec<_> = derived.rows.iter().map(|row| row.basis).collect();
    assert_eq!(bases, [Basis::History, Basis::History, Basis::Stated]);
    let lines: Vec<_> = derived.rows[1].sources.iter().map(|one| one.what.as_str()).collect();
    assert_eq!(lines, ["history", "outlook", "assumption trend"]);
    let assumption = &derived.rows[1].sources[2].place;
    assert_eq!(SHOP.lines().count() + 2, assumption.line as usize, "{assumption:?}");
}

#[test]
fn averages_and_likes_say_what_they_follow() {
    let average = "[[outlook]]\nmethod = \"average\"\nover = 3\ngrowth = 0.5\n";
    let past = history(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30, 45, 45], "");
    let derived = derived_of(average, &past);
    // (30 + 45 + 45) / 3 x 1.5
    assert_eq!(because(&derived)[0], "60 = 120 in 2025-11 to 2026-01 / 3 x 1.5");
    let like = "[[outlook]]\nwhere = { item = \"CUP\" }\nmethod = \"like\"\nas = \"MUG\"\nfactor = 0.5\n";
    let derived = derived_of(like, &history(&[0, 50, 30, 20], ""));
    assert_eq!(
        because(&derived),
        ["25 = 50 of MUG in 2025-02 x 0.5", "15 = 30 of MUG in 2025-03 x 0.5", "10 = 20 of MUG in 2025-04 x 0.5"]
    );
}

fn derived_of(outlook: &str, past: &str) -> Derived {
    derived(&(outlook.to_owned() + past), &Asked::default())
}

#[test]
fn what_history_cannot_tell_is_said() {
    let derived = derived_of(
        "[[outlook]]\nmethod = \"seasonal\"\n",
        &history(&[0, 0, 30, 20], "").replace("\"2025-01\" = 0, \"2025-02\" = 0, ", ""),
    );
    let first = &derived.rows[0];
    assert_eq!(first.because, "0 = 0, since history begins on 2025-03-01 and does not tell of 2025-02");
    assert_eq!((first.basis, derived.rows[1].units), (Basis::Unknown, 30));
}

/// Held back: November to January. The average of August to October is 20; 10, 30 and 40 came: off by 10, 10 and 20, of 80.
#[test]
fn errors_are_those_of_history_that_is_held_back() {
    let past = history(&[9, 9, 9, 9, 9, 9, 9, 30, 10, 20, 10, 30, 40], "");
    let derived = derived_of("[[outlook]]\nmethod = \"average\"\nover = 3\n", &past);
    assert_eq!(derived.held_back, ["2025-11", "2025-12", "2026-01"]);
    let told: Vec<_> = derived
        .errors
        .iter()
        .map(|one| {
            format!("{} {} of {}: {} {} {}", one.scope, one.forecast, one.actual, one.error, one.bias, one.money)
        })
        .collect();
    let row = |scope: &str| format!("{scope} 60.00 of 80.00: 0.50 -0.25 400.00");
    assert_eq!(told, [row("plan"), row("channel:dtc"), row("class:A"), row("item:MUG")]);
    let all = &derived.errors[0];
    assert_eq!((all.compared, all.left_out), (3, 0));
}

#[test]
fn what_nobody_could_expect_is_left_out_of_the_error() {
    let derived = derived_of("[[outlook]]\nmethod = \"seasonal\"\n", &history(&[9; 13], ""));
    let all = &derived.errors[0];
    assert_eq!((all.compared, all.left_out, all.error.to_string()), (1, 2, "0.00".to_owned()));
    let asked = Asked { held_back: Some(1), ..Asked::default() };
    let rest = format!("[[outlook]]\nmethod = \"seasonal\"\n{}", history(&[9; 13], ""));
    let one = self::derived(&rest, &asked);
    assert_eq!((one.held_back.len(), one.errors[0].compared), (1, 1));
}

/// 100 a month of 10.00, a tenth more by growth, half of it again by a promotion in March: 330 x 10 + 550 in all. Growth carries 10 of
/// each month, half more of it in March; the promotion 55 units.
#[test]
fn assumptions_carry_money() {
    let rest = "[[outlook]]\nmethod = \"seasonal\"\ngrowth = 0.1\n\
        [[promotion]]\nid = \"march\"\nduring = \"2026-03\"\nuplift = 1.5\n";
    let derived = derived_of(rest, &history(&[100; 12], ""));
    let told: Vec<_> =
        derived.carried.iter().map(|one| format!("{} {} {} {}", one.kind, one.name, one.money, one.share)).collect();
    assert_eq!(
        told,
        ["outlook seasonal 3850.00 1.00", "promotion march 550.00 0.142857", "growth 0.1 350.00 0.090909"]
    );
}

#[test]
fn only_what_is_asked_for_is_told() {
    let rest = "[[demand]]\nitem = \"CUP\"\nchannel = \"dtc\"\nunits = 3\n[[demand]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = 4\n";
    let asked = Asked { items: vec!["CUP".into()], ..Asked::default() };
    let cups = derived(rest, &asked);
    assert!(cups.rows.iter().all(|row| row.item == "CUP") && cups.rows.len() == 3);
    assert_eq!(cups.carried[0].money.to_string(), "45.00");
}
