//! Inputs that nobody writes in good faith, and good ones with bytes changed at random: each ends in a clear
//! diagnostic or in none, never in a panic, and every place lies inside of its file.

use std::time::{Duration, Instant};

use sopc::compile::Compiled;
use sopc::diagnostic::{Code, MAX_OF_A_KIND, Severity, codes};

use super::mutants::{Random, examine_all, examine_some, mutant, seeds};
use super::support::Memory;

const PLAN: &str = "[plan]\nlanguage = 1\nname = \"Shop\"\ncycle = \"2026-02\"\nas-of = 2026-02-01\nbucket = \"month\"\n\
                    horizon = 3\ncurrency = \"USD\"\n";

/// Compiles, looks at every span, draws in every format.
fn told(files: &Memory) -> Compiled {
    examine_all(files, 100).unwrap_or_else(|fault| panic!("{fault}"))
}

/// Codes of the errors of a project whose one file is `text`.
fn errors(text: impl Into<Vec<u8>>) -> Vec<&'static Code> {
    errors_of(&Memory::one_file(text))
}

fn errors_of(files: &Memory) -> Vec<&'static Code> {
    let found = told(files).diagnostics;
    found.iter().filter(|one| one.severity == Severity::Error).map(|one| one.code).collect()
}

fn with_plan(text: &str) -> String {
    format!("{PLAN}{text}")
}

#[test]
fn deep_nesting_is_refused() {
    let deep = 10_000;
    let lists = with_plan(&format!("[item.A]\nattributes = {}{}\n", "[".repeat(deep), "]".repeat(deep)));
    let tables = with_plan(&format!("[item.A]\nattributes = {}1{}\n", "{ a = ".repeat(deep), " }".repeat(deep)));
    assert_eq!(errors(lists), [&codes::TOO_LARGE]);
    assert_eq!(errors(tables), [&codes::TOO_LARGE]);
    let header = with_plan(&format!("[item{}]\nprice = 1\n", ".a".repeat(deep)));
    assert!(!errors(header).is_empty());
    let dotted = with_plan(&format!("[item.A]\nattributes{} = 1\n", ".a".repeat(deep)));
    assert!(!errors(dotted).is_empty());
    let open = with_plan(&"[".repeat(deep));
    assert!(!errors(open).is_empty());
}

#[test]
fn an_approved_plan_that_is_none_is_refused() {
    let with = |plan: Vec<u8>| Memory::of([("sop.toml", PLAN.into()), ("cycles/2026-01.plan.json", plan)]);
    let deep = "[".repeat(100_000);
    let cut = "{\"format_version\": \"1.0\", \"cycle\": \"\\";
    let large = "{\"format_version\": \"1.0\", \"orders\": [{\"units\": 1e400}]}";
    for text in ["", "{", "[]", "null", "\u{feff}", &deep, cut, large, "{\"format_version\": \"\\u0007\"}"] {
        assert_eq!(errors_of(&with(text.into())), [&codes::APPROVED_PLAN], "{text:.80}");
    }
    assert_eq!(errors_of(&with(vec![b'{', 0xff, b'}'])), [&codes::ENCODING]);
    // Those of this cycle and of later ones are not even read.
    let later = ["2026-02", "2026-10"].map(|cycle| (format!("cycles/{cycle}.plan.json"), "{".to_owned()));
    let files = later.into_iter().chain([("sop.toml".to_owned(), PLAN.to_owned())]);
    assert_eq!(errors_of(&Memory::of(files)), Vec::<&Code>::new());
}

#[test]
fn many_tables_and_keys_stated_twice_end_soon() {
    let headers = with_plan(&"[item.A]\nprice = 1\n".repeat(10_000));
    let found = errors(headers);
    assert!(found.iter().all(|code| *code == &codes::STATED_TWICE) && !found.is_empty() && found.len() < 100);
    let lists = with_plan(&"[lane]\n".repeat(10_000));
    assert!(errors(lists).contains(&&codes::WRONG_TYPE));
    let unknown: String = (0..10_000).map(|at| format!("key-{at} = 1\n")).collect();
    assert_eq!(errors(with_plan(&format!("[item.A]\n{unknown}"))).len(), 10_000);
}

#[test]
fn long_lines() {
    let long = "x".repeat(1 << 20);
    assert_eq!(errors(with_plan(&format!("[item.A]\ncolour = \"{long}\"\n"))), [&codes::UNKNOWN_KEY]);
    assert_eq!(errors(with_plan(&format!("[item.A]\n{long} = 1\n"))), [&codes::UNKNOWN_KEY]);
    assert_eq!(errors(with_plan(&format!("[item.A]\nprice = {long}\n"))), [&codes::SYNTAX]);
    assert_eq!(errors(with_plan(&format!("[item.A]\nprice = {}\n", "9".repeat(1 << 20)))), [&codes::OUT_OF_RANGE]);
    let csv = with_plan("[[csv]]\ntable = \"stock\"\npath = \"a.csv\"\n");
    let files = Memory::of([("sop.toml", csv), ("a.csv", format!("item,location,on-hand\n{long},main,1\n"))]);
    assert!(errors_of(&files).contains(&&codes::UNKNOWN_NAME));
}

#[test]
fn control_characters_and_escapes_in_names() {
    let names = "[item.\"A\\u001b[31mB\"]\nprice = \"x\"\n[item.\"A\\nB\"]\ncolour = 1\n\"a\\nb\" = 1\n[[stock]]\n\
                 item = \"\\u0007\\u202e\"\nlocation = \"\\n\"\non-hand = 1\n";
    let found = errors(with_plan(names));
    assert!(found.contains(&&codes::WRONG_TYPE) && found.contains(&&codes::UNKNOWN_KEY));
    assert!(found.contains(&&codes::UNKNOWN_NAME));
    assert!(errors(with_plan("[item.A]\nname = \"\u{1b}[31m\"\n")).contains(&&codes::SYNTAX));
    assert!(errors(with_plan("[item.\u{0}A]\n")).contains(&&codes::SYNTAX));
}

#[test]
fn huge_numbers() {
    let numbers = ["1e999", "-1e999", "1e-999", "1234567890123456789012345678901234567890", "1000000000000000000"];
    for number in numbers {
        for key in ["price", "cost", "unit-volume"] {
            let found = errors(with_plan(&format!("[item.A]\n{key} = {number}\n")));
            assert_eq!(found, [&codes::OUT_OF_RANGE], "{key} = {number}");
        }
    }
    let lane = "[item.A]\nprice = 9\n[location.main]\n[supplier.acme]\n[[lane]]\nsupplier = \"acme\"\nlocation = \"main\"\n\
                lead-days = 3\nunit-cost = 1\n";
    assert_eq!(errors(with_plan(&format!("{lane}moq = 1000000000000000000\n"))), [&codes::OUT_OF_RANGE]);
    assert_eq!(errors(PLAN.replace("horizon = 3", "horizon = 100000")), [&codes::OUT_OF_RANGE]);
    assert_eq!(errors(PLAN.replace("2026-02-01", "9999-12-31")), [&codes::OUT_OF_RANGE]);
    assert_eq!(errors(PLAN.replace("2026-02-01", "0000-01-01")), [&codes::OUT_OF_RANGE]);
    let last = PLAN.replace("2026-02-01", "2200-12-31").replace("horizon = 3", "horizon = 260");
    assert_eq!(errors(last), Vec::<&Code>::new());
    let line = format!("{lane}moq = 1000000000\nmultiple = 999999999\nmax = 1000000000\n");
    assert_eq!(errors(with_plan(&line)), [&codes::NO_LINE_SIZE]);
}

#[test]
fn empty_files_and_marks() {
    assert_eq!(errors(""), [&codes::MISSING_KEY]);
    assert_eq!(errors("\u{feff}"), [&codes::MISSING_KEY]);
    assert_eq!(errors("\r\n\r\n"), [&codes::MISSING_KEY]);
    assert_eq!(errors_of(&Memory::default()), [&codes::MISSING_KEY]);
    assert_eq!(errors(format!("\u{feff}{PLAN}")), Vec::<&Code>::new());
    assert_eq!(errors(PLAN.replace('\n', "\r\n")), Vec::<&Code>::new());
    assert_eq!(errors(PLAN.replace('\n', "\r")), [&codes::SYNTAX]);
    assert_eq!(errors([0xff, 0xfe, 0, 0]), [&codes::ENCODING]);
    assert_eq!(errors([b'a', 0xc3]), [&codes::ENCODING]);
    for csv in
        ["", "\u{feff}", "\n\n\n", "\"", "\"\n", ",,,\n,,,\n", "item\r\n", "item,item\n", "\u{feff}\u{feff}item\n"]
    {
        let toml = with_plan("[[csv]]\ntable = \"stock\"\npath = \"a.csv\"\n");
        let found = errors_of(&Memory::of([("sop.toml", toml), ("a.csv", csv.to_owned())]));
        assert!(!found.is_empty(), "{csv:?}");
    }
}

/// A project that reads `csv` as a table.
fn with_csv(table: &str, csv: impl Into<Vec<u8>>) -> Memory {
    let toml = with_plan(&format!("[[csv]]\ntable = \"{table}\"\npath = \"a.csv\"\n"));
    Memory::of([("sop.toml", toml.into_bytes()), ("a.csv", csv.into())])
}

/// Messages of the errors of a project.
fn messages(files: &Memory) -> Vec<String> {
    told(files).diagnostics.into_iter().map(|one| one.message).collect()
}

#[test]
fn long_dotted_keys() {
    let long = 100_000;
    let header = with_plan(&format!("[item{}]\nprice = 1\n", ".a".repeat(long)));
    assert_eq!(errors(header), [&codes::TOO_LARGE]);
    let dotted = with_plan(&format!("[item.A]\nattributes{} = 1\n", ".a".repeat(long)));
    assert_eq!(errors(dotted), [&codes::TOO_LARGE]);
}

#[test]
fn paths_that_no_system_or_not_every_system_follows() {
    let found = |path: &str| {
        let toml = with_plan(&format!("[[csv]]\ntable = \"demand\"\npath = {path}\n"));
        errors_of(&Memory::one_file(toml))
    };
    for path in
        ["'/etc/passwd'", "'C:\\x.csv'", "'c:x.csv'", "'\\\\server\\share\\x.csv'", "'//server/x.csv'", "'\\x.csv'"]
    {
        assert_eq!(found(path), [&codes::OUTSIDE_ROOT], "{path}");
    }
    for path in ["'data\\x.csv'", "\"a\\u0000.csv\"", "\"a\\u001b[31m.csv\"", "''", "' '"] {
        assert_eq!(found(path), [&codes::WRONG_TYPE], "{path}");
    }
}

#[test]
fn rows_without_end() {
    let wide = ",".repeat(1_000_000);
    assert_eq!(messages(&with_csv("stock", wide.clone())), ["a row has more than 10,000 cells"]);
    let body = format!("item,location,on-hand\nA,main,1\n{wide}\n");
    assert!(messages(&with_csv("stock", body)).contains(&"a row has more than 10,000 cells".to_owned()));
    let long = "x".repeat(4 << 20);
    assert_eq!(errors_of(&with_csv("stock", long.clone())), [&codes::CSV_COLUMNS]);
    assert_eq!(errors_of(&with_csv("stock", format!("\"{long}\n{long}"))), [&codes::CSV_SYNTAX]);
    assert_eq!(errors_of(&with_csv("stock", format!("\"{long}\n{long}\""))), [&codes::CSV_COLUMNS]);
    let quotes = format!("item,location,on-hand\n{}", "\"".repeat(4 << 20));
    assert_eq!(errors_of(&with_csv("stock", quotes)), [&codes::CSV_SYNTAX]);
    let blank = format!("item,location,on-hand\n{}", ",,\n\n\r\n".repeat(1 << 17));
    assert_eq!(errors_of(&with_csv("stock", blank)), Vec::<&Code>::new());
}

#[test]
fn a_million_problems_are_counted_and_few_are_kept() {
    let rows: String = (0..1_000_000).map(|_| "A\n").collect();
    let compiled = told(&with_csv("stock", format!("item,location,on-hand\n{rows}")));
    let of = |code: &Code| compiled.diagnostics.iter().filter(|one| one.code == code).count();
    assert_eq!(of(&codes::CSV_SYNTAX), MAX_OF_A_KIND);
    // The one of another kind is among them, and tells that the rest was not read.
    let large = compiled.diagnostics.iter().find(|one| one.code == &codes::TOO_LARGE).expect("one");
    assert_eq!(large.message, "the file has more than 100,000 problems and is read no further");
    let notes: Vec<_> = compiled.diagnostics.iter().flat_map(|one| &one.notes).collect();
    assert_eq!(notes, ["and 90,001 more of SOP0003 that are not listed"]);
    let keys: String = (0..20_000).map(|at| format!("[[lane]]\nkey-{at} = 1\n")).collect();
    let found = errors(with_plan(&keys));
    let unknown = found.iter().filter(|code| **code == &codes::UNKNOWN_KEY).count();
    assert_eq!(unknown, MAX_OF_A_KIND);
    assert!(found.contains(&&codes::MISSING_KEY));
}

#[test]
fn unknown_names_without_end() {
    let items: String = (0..2_000).map(|at| format!("[item.article-{at}]\nprice = 1\n")).collect();
    let rows: String = (0..20_000).map(|at| format!("articel-{at},main,1\n")).collect();
    let mut files = with_csv("stock", format!("item,location,on-hand\n{rows}"));
    files.0.insert("items.toml".into(), items.into_bytes());
    let start = Instant::now();
    let found = errors_of(&files);
    assert_eq!(found.len(), MAX_OF_A_KIND);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn numbers_that_nobody_means() {
    let numbers =
        ["1e400", "1e-400", "0x10", "0o7", "0b1", "inf", "-inf", "nan", "9223372036854775807", "1e12", "1.0000001"];
    for number in numbers {
        assert_eq!(
            errors(with_plan(&format!("[item.A]\nprice = {number}\n"))).len(),
            usize::from(number != "1e12"),
            "{number}"
        );
        assert_eq!(errors(PLAN.replace("horizon = 3", &format!("horizon = {number}"))).len(), 1, "horizon = {number}");
    }
    for cell in
        ["1e400", "1e-400", "0x10", "inf", "nan", "1_0", "--1", "+", "1e", "9223372036854775808", "1,5", "1.5.5", "٣"]
    {
        let found = errors_of(&with_csv("demand", format!("item,channel,bucket,units\nA,B,2026-02,\"{cell}\"\n")));
        assert!(found.contains(&&codes::OUT_OF_RANGE) || found.contains(&&codes::WRONG_TYPE), "{cell}");
    }
    for bucket in [
        "0000-01",
        "9999-12",
        "2026-00",
        "2026-W00",
        "2026-W99",
        "2026-02..2026-03",
        "2026-2",
        "02/2026",
        "٢٠٢٦-02",
        "",
    ] {
        let found = errors_of(&with_csv("demand", format!("item,channel,bucket,units\nA,B,{bucket},1\n")));
        assert!(found.contains(&&codes::BUCKET_KEY), "{bucket}");
    }
}

#[test]
fn more_than_a_project_may_hold() {
    let many =
        |header: &str, count: usize| (0..count).map(|at| header.replace('#', &at.to_string())).collect::<String>();
    assert_eq!(errors(with_plan(&many("[item.A#]\n", 100_001))), [&codes::TOO_LARGE]);
    assert_eq!(errors(with_plan(&many("[channel.A#]\nship-from = [\"A\"]\n", 10_001))), [&codes::TOO_LARGE]);
    assert_eq!(errors(with_plan(&many("[[budget]]\npurchases = #\n", 2_001))), [&codes::TOO_LARGE]);
    let files = (0..10_001).map(|at| (format!("a{at}.toml"), ""));
    assert_eq!(errors_of(&Memory::of(files)), [&codes::TOO_LARGE]);
    let comment = format!("# {}\n", "x".repeat(15 << 20));
    let files = (0..5).map(|at| (format!("a{at}.toml"), comment.as_str()));
    assert_eq!(errors_of(&Memory::of(files)), [&codes::TOO_LARGE]);
    let keys: String = (0..20_001).map(|at| format!("\"k{at}\" = 1, ")).collect();
    assert_eq!(errors(with_plan(&format!("[item.A]\nprice = {{ {keys} }}\n"))), [&codes::TOO_LARGE]);
}

#[test]
fn syntax_of_toml_1_1_is_no_error() {
    let text = "[item.A]\nprice = {\n    default = 9,\n    \"2026-03\" = 10, # a comment\n}\nname = \"\\e\\x41\"\n";
    assert_eq!(errors(with_plan(text)), Vec::<&Code>::new());
}

// ---------------------------------------------------------------------------------------------------------------------
// Bytes changed at random

/// So many mutants, as far as the time goes; the fuzz target takes more of them.
const MUTANTS: usize = 4_000;
const TIME: Duration = Duration::from_secs(10);

#[test]
fn no_mutant_panics() {
    let shop = Memory::example("harbor-and-pine");
    assert_eq!(errors_of(&shop), Vec::<&Code>::new());
    let seeds = seeds();
    let start = Instant::now();
    for number in (0..MUTANTS).take_while(|_| start.elapsed() < TIME) {
        let mutant = mutant(&seeds, &mut Random::new(number as u64));
        if let Err(fault) = examine_some(&mutant, number) {
            panic!("mutant {number}: {fault}");
        }
    }
}
