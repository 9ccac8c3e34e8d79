//! Projects without a plan: which statements are told to contradict each other, and what would mend it.
//!
//! The cases are those of `tests/ui/infeasible/`. A line that ends in `#! 1` is judged, by hand, to be a member of the first conflict set, `#! 2` of
//! the second. Every set is held to its definition and every repair is pasted, in the text of the project, by no code of the compiler.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sopc::compile::{Failure, compile, explained, plan, plan_steered};
use sopc::plan::{NoPlan, NoPlanStatus};
use sopc::solve::Steering;

use super::support::Memory;

/// Lines of a file, counted from 1.
type Place = (String, u32);

/// A project by file: its lines.
type Project = BTreeMap<String, Vec<String>>;

/// A case: its name, its project and the members of each set.
struct Case {
    name: String,
    project: Project,
    sets: Vec<Vec<Place>>,
}

fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/infeasible");
    let mut folders: Vec<_> =
        fs::read_dir(root).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    let case = |folder: &std::path::PathBuf| {
        let files = Memory::folder(folder).0;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8").lines().map(str::to_owned).collect();
        let project: Project = files.into_iter().map(|(path, bytes)| (path, text(bytes))).collect();
        let mut sets: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        for (path, lines) in &project {
            for (line, text) in (1..).zip(lines) {
                if let Some((_, set)) = text.rsplit_once("#! ") {
                    sets.entry(set.to_owned()).or_default().push((path.clone(), line));
                }
            }
        }
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        Case { name, project, sets: sets.into_values().collect() }
    };
    let all: Vec<Case> = folders.iter().map(case).filter(|case| !case.sets.is_empty()).collect();
    assert!(all.len() >= 40, "only {} cases", all.len());
    all
}

fn files(project: &Project) -> Memory {
    Memory::of(project.iter().map(|(path, lines)| (path.clone(), lines.join("\n") + "\n")))
}

/// What planning a project comes to: nothing where there is a plan. A short search is enough for most; where it finds none, a long one is made.
fn no_plan(project: &Project, explain: bool) -> Option<NoPlan> {
    let compiled = compile(&files(project));
    assert!(compiled.network.is_some(), "{:?}\n{project:#?}", compiled.diagnostics);
    let failure = plan_steered(&compiled, &Steering::default().brief()).err()?;
    let failure = if explain { explained(&compiled, failure, &Steering::default()) } else { failure };
    match failure {
        Failure::NoPlan(document, _) => Some(*document),
        other => panic!("{other:?}"),
    }
}

/// True where there is a plan, however long it takes to be found.
fn plans(project: &Project) -> bool {
    no_plan(project, false).is_none() || plan(&compile(&files(project))).is_ok()
}

/// Keys that can be withdrawn, wherever they stand, but for those that take the whole table with them.
const KEYS: [&str; 11] = [
    "storage-capacity",
    "inbound-capacity",
    "outbound-capacity",
    "capacity",
    "closures",
    "minimum-order",
    "frozen-days",
    "moq",
    "multiple",
    "max",
    "hard",
];
/// Tables that are members themselves.
const TABLES: [&str; 7] =
    ["[[service]]", "[[pin]]", "[[open-order]]", "[[budget]]", "[[limit]]", "[[cash-flow]]", "[cash]"];

/// The project with only these statements, all others that could be withdrawn aside.
fn only(project: &Project, kept: &[Place]) -> Project {
    let mut left = Project::new();
    for (path, lines) in project {
        let (mut out, mut header, mut gone, mut table) = (Vec::new(), 0, false, "");
        for (line, text) in (1_u32..).zip(lines) {
            let bare = text.split('#').next().unwrap_or_default().trim();
            let is_kept = |line: u32| kept.contains(&(path.clone(), line));
            if bare.starts_with('[') {
                (header, table) = (line, bare);
                // Cash is a member by its minimum where that is stated.
                let inside = lines[line as usize..].iter().take_while(|text| !text.starts_with('[')).count() as u32;
                let by_key = bare == "[cash]" && (line..=line + inside).any(is_kept);
                gone = TABLES.contains(&bare) && !is_kept(line) && !by_key;
            }
            let key = bare.split('=').next().unwrap_or_default().trim();
            let member = KEYS.contains(&key) && table != "[[pin]]" && table != "[[rule]]";
            let withdrawn = member && !is_kept(line) && !(key == "hard" && is_kept(header));
            if gone || withdrawn {
                continue;
            }
            if key == "premium" && !is_kept(line) {
                continue;
            }
            out.push(text.clone());
        }
        left.insert(path.clone(), out);
    }
    left
}

#[test]
fn sets_are_those_that_a_person_finds() {
    let mut wrong = Vec::new();
    for case in cases() {
        let Some(document) = no_plan(&case.project, true) else {
            wrong.push(format!("{}: there is a plan", case.name));
            continue;
        };
        let members = |conflict: &sopc::plan::Conflict| {
            let mut all: Vec<Place> =
                conflict.members.iter().map(|one| (one.source.file.clone(), one.source.line)).collect();
            all.sort();
            all
        };
        let mut found: Vec<_> = document.conflicts.iter().map(members).collect();
        found.sort();
        let mut wanted = case.sets.clone();
        wanted.sort();
        if found != wanted || document.status != NoPlanStatus::Infeasible {
            wrong.push(format!("{}: found {found:?}, not {wanted:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_set_leaves_no_plan_and_does_without_any_one_member() {
    let mut wrong = Vec::new();
    for case in cases() {
        for set in &case.sets {
            if no_plan(&only(&case.project, set), false).is_none() {
                wrong.push(format!("{}: {set:?} has a plan", case.name));
            }
            for member in set {
                let fewer: Vec<Place> = set.iter().filter(|other| *other != member).cloned().collect();
                if !plans(&only(&case.project, &fewer)) {
                    wrong.push(format!("{}: without {member:?} there is no plan", case.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Pastes an edit: its first line says where it goes.
fn pasted(project: &Project, edit: &str) -> Project {
    let mut project = project.clone();
    let (place, text) = edit.split_once('\n').expect("a place, then TOML");
    let place = place.strip_prefix("# ").expect("a place");
    if let Some(path) = place.strip_suffix(", at its end") {
        let lines = project.entry(path.to_owned()).or_default();
        lines.extend(text.lines().map(str::to_owned));
    } else if let Some(place) = place.strip_suffix(", below it") {
        let (path, line) = place.rsplit_once(':').expect("file:line");
        let line: usize = line.parse().expect("a number");
        project.get_mut(path).expect("a file").insert(line, text.to_owned());
    } else {
        let (path, line) = place.rsplit_once(':').expect("file:line");
        let line: usize = line.parse().expect("a number");
        project.get_mut(path).expect("a file")[line - 1] = text.to_owned();
    }
    project
}

#[test]
fn every_repair_plans() {
    let (mut wrong, mut without, mut count) = (Vec::new(), Vec::new(), 0);
    for case in cases() {
        let Some(document) = no_plan(&case.project, true) else { continue };
        for (at, conflict) in document.conflicts.iter().enumerate() {
            if conflict.repairs.is_empty() {
                without.push(format!("{}: {at}", case.name));
            }
            for repair in &conflict.repairs {
                count += 1;
                let mut mended = pasted(&case.project, &repair.edit);
                let others = document.conflicts.iter().enumerate().filter(|(other, _)| *other != at);
                for (_, other) in others {
                    mended = pasted(&mended, &other.repairs.first().expect("a repair").edit);
                }
                if !plans(&mended) {
                    wrong.push(format!("{}: no plan with\n{}", case.name, repair.edit));
                }
            }
        }
    }
    assert!(wrong.is_empty() && without.is_empty(), "{}\nno repair: {without:?}", wrong.join("\n"));
    assert!(count >= 100, "only {count} repairs");
}

/// 500 items of one supplier, ten of each wanted in March and in April, nine of them promised: 4,500 a month, each of 0.01 m3 and for 6. What comes for March is
/// released in February. `at` and `limit` are a header and what is stated below it.
fn many_items(at: &str, limit: &str) -> Project {
    let mut text = "[plan]\nlanguage = 1\nname = \"Shop\"\ncycle = \"2026-02\"\nas-of = 2026-02-01\nbucket = \"month\"\nhorizon = 3\n\
                    currency = \"USD\"\n[location.main]\n[channel.web]\nship-from = [\"main\"]\n[supplier.porto]\n[[lane]]\n\
                    where = { category = \"all\" }\nsupplier = \"porto\"\nlocation = \"main\"\nlead-days = 20\nunit-cost = 6\n[[service]]\n\
                    id = \"most\"\nfill-rate = 0.9\n"
        .to_owned();
    for item in 0..500 {
        text += &format!(
            "[item.I{item:03}]\ncategory = \"all\"\nprice = 18\nunit-volume = 0.01\n[[demand]]\nitem = \"I{item:03}\"\nchannel = \"web\"\n"
        );
        text += "units = { \"2026-03..2026-04\" = 10 }\n";
    }
    let text = match text.contains(&format!("{at}\n")) {
        true => text.replacen(&format!("{at}\n"), &format!("{at}\n{limit}\n"), 1),
        false => format!("{text}{at}\n{limit}\n"),
    };
    Project::from([("sop.toml".to_owned(), text.lines().map(str::to_owned).collect())])
}

#[test]
fn a_limit_over_many_items_is_one_conflict_that_can_be_mended() {
    let sums = [
        (
            ("[supplier.porto]", "capacity = 4000"),
            ("supplier-capacity", "porto"),
            "which take 4,500 of the capacity of `porto`; what is released for them in 2026-02 may take 4,000",
        ),
        (
            ("[location.main]", "inbound-capacity = 4000"),
            ("inbound-capacity", "main"),
            "beside what is on order `main` takes in 4,000 in 2026-03 at most",
        ),
        (
            ("[location.main]", "storage-capacity = 40"),
            ("storage-capacity", "main"),
            "that is 45 m3, where 40 m3 have room",
        ),
        (
            ("[[budget]]", "purchases = 25_000"),
            ("budget", "all"),
            "which land for 27,000.00 USD at least; the budget leaves 25,000.00 USD for them in 2026-03",
        ),
    ];
    for ((at, limit), member, sum) in sums {
        let project = many_items(at, limit);
        let told = no_plan(&project, true).unwrap_or_else(|| panic!("{limit} leaves a plan"));
        assert_eq!((told.status, told.conflicts.len()), (NoPlanStatus::Infeasible, 1), "{limit}");
        let conflict = &told.conflicts[0];
        let members: Vec<(&str, &str)> =
            conflict.members.iter().map(|one| (one.kind.as_str(), one.key.as_str())).collect();
        assert_eq!(members, [("fill-rate", "most"), member]);
        assert!(conflict.causes.iter().any(|cause| cause.ends_with(sum)), "{limit}: {:#?}", conflict.causes);
        // The limit goes further, or the floor sinks.
        let key = limit.split(" = ").next().expect("a key");
        for key in [key, "fill-rate"] {
            let mends = conflict.repairs.iter().any(|one| one.edit.contains(&format!("\n{key} = ")));
            assert!(mends, "{limit}: nothing changes {key}: {:#?}", conflict.repairs);
        }
        for repair in &conflict.repairs {
            assert!(plans(&pasted(&project, &repair.edit)), "{limit}: {}", repair.edit);
        }
    }
}
