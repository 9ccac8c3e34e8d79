//! Diagnostics in every format.

use sopc::diagnostic::{Diagnostic, codes};
use sopc::render::{DiagnosticFormat, Style, diagnostics};
use sopc::source::{FileId, Sources, Span};

use super::{columns, style};
use DiagnosticFormat::{Human, Json, Jsonl, Plain, Short};

const DEMAND: &str = "#:schema ../schema/demand.json\n\n[[demand]]\nitem = \"MUG-BLEU\"\nchannel = \"webshop\"\nunits = { \"2026-02\" = 120, \"2026-03\" = 130 }\n\n[[demand]]\nitem = \"BOWL-L\"\nchannel = \"webshop\"\nunits = -4\n";
const ITEMS: &str = "[item.MUG-BLUE]\nprice = 12.90\n\n[item.BOWL-L]\nprice = 19.90\ncost = 21.00\n";

fn span(sources: &Sources, file: FileId, text: &str) -> Span {
    let start = sources.file(file).text.find(text).unwrap();
    Span::new(file, start, start + text.len())
}

/// A project with two files and one diagnostic of each severity.
fn project() -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let demand = sources.add("demand/webshop.toml".into(), DEMAND.into(), String::new());
    let items = sources.add("items.toml".into(), ITEMS.into(), String::new());
    let unknown = span(&sources, demand, "\"MUG-BLEU\"");
    let list = vec![
        Diagnostic::error(&codes::UNKNOWN_NAME, "no item is called `MUG-BLEU`")
            .at(unknown, "not declared")
            .at(span(&sources, items, "MUG-BLUE"), "a similar name is declared here")
            .help("did you mean `MUG-BLUE`?")
            .edit(unknown, "\"MUG-BLUE\""),
        Diagnostic::error(&codes::OUT_OF_RANGE, "units are negative")
            .at(span(&sources, demand, "-4"), "0 or more")
            .at(span(&sources, demand, "[[demand]]"), "the first entry of this table is fine"),
        Diagnostic::warning(&codes::PRICE_BELOW_COST, "a unit of `BOWL-L` sells for 19.90 and costs 21.00")
            .at(span(&sources, items, "19.90"), "the price")
            .at(span(&sources, items, "21.00"), "the cost")
            .with_note("fees and fulfilment of the channel `webshop` take another 3.10 of each unit that is sold, so that every sale loses 4.20"),
        Diagnostic::note(&codes::NO_PROJECT, "no place to point at"),
    ];
    (sources, list)
}

fn shown(format: DiagnosticFormat, style: &Style) -> String {
    let (sources, list) = project();
    diagnostics(&list, &sources, format, style, "plan not written")
}

#[test]
fn human_at_80() {
    insta::assert_snapshot!(shown(Human, &style(80)));
}

#[test]
fn human_at_60_in_ascii() {
    let text = shown(Human, &Style { width: 60, color: false, unicode: false });
    assert!(text.is_ascii());
    insta::assert_snapshot!(text);
}

#[test]
fn human_in_colour_says_the_same() {
    let coloured = shown(Human, &Style { color: true, ..style(120) });
    let mut bare = String::new();
    let mut escaped = false;
    for character in coloured.chars() {
        match character {
            '\u{1b}' => escaped = true,
            'm' if escaped => escaped = false,
            _ if !escaped => bare.push(character),
            _ => {}
        }
    }
    let trimmed = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(trimmed(&bare), trimmed(&shown(Human, &style(120))));
    assert!(coloured.contains("\u{1b}[31m"));
}

#[test]
fn plain() {
    insta::assert_snapshot!(shown(Plain, &style(80)));
}

#[test]
fn short() {
    insta::assert_snapshot!(shown(Short, &style(80)));
}

#[test]
fn json() {
    insta::assert_snapshot!(shown(Json, &style(80)));
}

#[test]
fn jsonl_has_an_object_a_line() {
    let text = shown(Jsonl, &style(80));
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(lines[0]["code"], "SOP2001");
    assert_eq!(lines[4]["summary"]["errors"], 2);
}

#[test]
fn many_are_summed_up() {
    let (sources, _) = project();
    let span = Span::new(FileId(0), 0, 3);
    let mut list: Vec<_> =
        (0..232).map(|at| Diagnostic::warning(&codes::OUTSIDE_HORIZON, format!("row {at}")).at(span, "")).collect();
    list.push(Diagnostic::error(&codes::UNKNOWN_NAME, "the last one is an error").at(span, ""));
    list.extend((0..40).map(|at| Diagnostic::warning(&codes::UNKNOWN_KEY, format!("key {at}")).at(span, "")));
    list.extend((0..40).map(|at| Diagnostic::warning(&codes::EMPTY_SELECTION, format!("entry {at}")).at(span, "")));
    for format in [Human, Plain] {
        let text = diagnostics(&list, &sources, format, &style(80), "");
        assert!(text.contains("... and 212 more of SOP7003 (--diagnostics json lists all)\n"), "{text}");
        assert!(text.contains("the last one is an error"));
        assert!(text.ends_with("1 error, 312 warnings in 2 files\n"), "{text}");
        assert_eq!(text.matches("SOP7003 outside-horizon").count(), 20);
        assert_eq!(text.matches("SOP2004 empty-selection").count(), 9);
    }
    let json: serde_json::Value = serde_json::from_str(&diagnostics(&list, &sources, Json, &style(80), "")).unwrap();
    assert_eq!(json["diagnostics"].as_array().unwrap().len(), 313);
    assert_eq!(diagnostics(&list, &sources, Short, &style(80), "").lines().count(), 313);
}

#[test]
fn many_places_are_summed_up() {
    let (sources, _) = project();
    let mut one = Diagnostic::error(&codes::UNKNOWN_NAME, "used all over");
    for at in 0..30 {
        one = one.at(Span::new(FileId(0), at, at + 1), format!("place {at}"));
    }
    for format in [Human, Plain] {
        let text = diagnostics(std::slice::from_ref(&one), &sources, format, &style(80), "");
        assert!(text.contains("place 7") && !text.contains("place 8"), "{text}");
        assert!(text.contains("  and 22 more places (--diagnostics json lists all)\n"), "{text}");
    }
    let json = diagnostics(&[one], &sources, Json, &style(80), "");
    assert!(json.contains("place 29"));
}

#[test]
fn nothing_found() {
    let sources = Sources::default();
    for format in [Human, Plain] {
        assert_eq!(diagnostics(&[], &sources, format, &style(80), ""), "no problems\n");
    }
    assert_eq!(diagnostics(&[], &sources, Short, &style(80), "x"), "");
    assert_eq!(
        diagnostics(&[], &sources, Jsonl, &style(80), ""),
        "{\"summary\":{\"errors\":0,\"warnings\":0,\"notes\":0,\"files\":0}}\n"
    );
}

/// Files whose ends and lines are awkward.
const AWKWARD: [&str; 8] = [
    "",
    "\n",
    "a = 1",
    "a = 1\n",
    "ä = \"ü漢字\"\r\nb = 2\r\n",
    "\r\r\n\n\r",
    "\ta\t=\t\"\u{301}e\u{301}\"\n",
    "x\n\n\n\ny",
];

#[test]
fn no_span_panics() {
    for text in AWKWARD {
        let mut sources = Sources::default();
        let file = sources.add("a.toml".into(), text.into(), String::new());
        let far = text.len() + 3;
        let spans: Vec<Span> =
            (0..=far).flat_map(|start| (0..=far).map(move |end| Span::new(file, start, end))).collect();
        for &first in &spans {
            for second in [first, Span::new(file, 0, 1), Span::new(file, 4, far), Span::new(FileId(9), 1, 2)] {
                let one = Diagnostic::error(&codes::SYNTAX, "odd").at(first, "here").at(second, "and there");
                let one = one.edit(first, "x").edit(second, "y");
                every_format(&[one], &sources);
            }
        }
        every_format(&[Diagnostic::error(&codes::SYNTAX, "").at(Span::new(FileId(7), 0, 9), "")], &sources);
        let far = Span::new(file, usize::MAX, usize::MAX);
        every_format(&[Diagnostic::error(&codes::SYNTAX, "far").at(far, "")], &sources);
    }
}

fn every_format(list: &[Diagnostic], sources: &Sources) {
    for format in [Human, Plain, Short, Json, Jsonl] {
        let text = diagnostics(list, sources, format, &style(60), "");
        assert!(!text.contains("Failed to read"), "{text}");
        assert!(text.lines().all(|line| columns(line) <= 60 || format != Human), "{text}");
    }
}

#[test]
fn places_at_the_ends_of_files_and_lines() {
    let mut sources = Sources::default();
    let crlf = sources.add("crlf.toml".into(), "ä = \"ü漢字\"\r\nb = \r\nc = 3\r\n".into(), String::new());
    let bare = sources.add("bare.toml".into(), "x = 1\ny =".into(), String::new());
    let list = [
        Diagnostic::error(&codes::SYNTAX, "wide letters").at(span(&sources, crlf, "ü漢字"), "these three"),
        Diagnostic::error(&codes::SYNTAX, "a value is missing").at(Span::new(crlf, 21, 21), "before this line ends"),
        Diagnostic::error(&codes::SYNTAX, "the file ends here").at(Span::new(bare, 9, 9), "a value is missing"),
        Diagnostic::error(&codes::SYNTAX, "one over the other")
            .at(Span::new(bare, 0, 5), "the line")
            .at(Span::new(bare, 4, 5), "the number")
            .at(Span::new(bare, 0, 9), ""),
        Diagnostic::error(&codes::SYNTAX, "several lines").at(Span::new(crlf, 0, 30), "from here on"),
    ];
    insta::assert_snapshot!(
        diagnostics(&list, &sources, Human, &style(80), "") + &diagnostics(&list, &sources, Short, &style(80), "")
    );
}

#[test]
fn far_labels_do_not_print_what_lies_between() {
    let mut sources = Sources::default();
    let text: String = (1..500).map(|at| format!("k{at} = {at}\n")).collect();
    let file = sources.add("long.toml".into(), text.into(), String::new());
    let list = [Diagnostic::error(&codes::STATED_TWICE, "stated twice")
        .at(span(&sources, file, "k391"), "here")
        .at(span(&sources, file, "k301"), "and here")];
    insta::assert_snapshot!(diagnostics(&list, &sources, Human, &style(80), ""));
}

#[test]
fn long_lines_are_cut() {
    let mut sources = Sources::default();
    let cells: Vec<String> = (0..200_000).map(|at| format!("cell{at}")).collect();
    let text = format!("{}\n{}\n", "a,".repeat(90_000), cells.join(","));
    let file = sources.add("minified.csv".into(), text.into(), String::new());
    let marks = "\u{301}".repeat(90_000);
    let end = marks.len();
    let combining = sources.add("marks.csv".into(), marks.into(), String::new());
    let list = [
        Diagnostic::error(&codes::WRONG_TYPE, "this is no number")
            .at(span(&sources, file, "cell150000"), "a whole number is wanted here, such as 12 or 1200")
            .at(span(&sources, file, "cell1500,"), "the first of these"),
        Diagnostic::error(&codes::WRONG_TYPE, "marks").at(Span::new(combining, end / 2, end), "marks"),
    ];
    let text = diagnostics(&list, &sources, Human, &style(80), "");
    assert!(text.len() < 8_000, "{}", text.len());
    assert!(text.lines().all(|line| columns(line) <= 80), "{text}");
    insta::assert_snapshot!(text.split("\n\nSOP1003").next().unwrap());
}

#[test]
fn lines_fit_the_width() {
    let (sources, list) = project();
    for width in 60..=200 {
        let text = diagnostics(&list, &sources, Human, &style(width), "plan not written");
        assert!(text.lines().all(|line| columns(line) <= width), "{width}\n{text}");
    }
}
