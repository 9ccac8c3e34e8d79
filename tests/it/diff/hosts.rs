//! Problems as GitHub and GitLab take them.

use serde_json::Value;
use sopc::diagnostic::{Diagnostic, codes};
use sopc::render::{DiagnosticFormat, Style, diagnostics};
use sopc::source::{Sources, Span};

const STYLE: Style = Style { width: 80, color: false, unicode: true };
const NAME: &str = "50%,\r\n::stop-commands::x ##[group]\u{1b}[2J";

/// Three problems: a warning with two places, an error with a name that wants to do harm, one that lies in no file.
fn problems() -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    let text = "a = 1\nbb = \"x\"\n";
    let file = sources.add("sales/a b,c.toml".into(), text.into(), String::new());
    let warning = Diagnostic::warning(&codes::OVERDUE_ORDER, "late").at(Span::new(file, 0, 1), "here");
    let warning = warning.at(Span::new(file, 6, 8), "and here").help("do this");
    let error = Diagnostic::error(&codes::UNKNOWN_NAME, format!("unknown `{NAME}`")).at(Span::new(file, 11, 14), "");
    let nowhere = Diagnostic::error(&codes::NO_PROJECT, "none");
    (vec![warning, error.clone(), error, nowhere], sources)
}

fn written(format: DiagnosticFormat) -> String {
    let (list, sources) = problems();
    diagnostics(&list, &sources.below("shop/"), format, &STYLE, "")
}

/// A workflow command: its name, its properties, its message.
type WorkflowCommand = (String, Vec<(String, String)>, String);

/// A workflow command, taken apart as the runner does.
fn command(line: &str) -> Option<WorkflowCommand> {
    let (head, message) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let plain = |text: &str| {
        let text = text.replace("%3A", ":").replace("%2C", ",").replace("%0A", "\n").replace("%0D", "\r");
        text.replace("%25", "%")
    };
    let pairs = properties.split(',').filter_map(|pair| pair.split_once('='));
    Some((name.to_owned(), pairs.map(|(key, value)| (key.to_owned(), plain(value))).collect(), plain(message)))
}

#[test]
fn github_reads_the_commands_and_no_others() {
    let text = written(DiagnosticFormat::Github);
    let commands: Vec<_> = text.lines().filter_map(command).collect();
    let names: Vec<&str> = commands.iter().map(|(name, ..)| name.as_str()).collect();
    // The worst first, since ten of a kind are shown.
    assert_eq!(names, ["error", "error", "error", "warning"]);
    let property =
        |at: usize, key: &str| commands[at].1.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str());
    assert_eq!(
        (property(0, "file"), property(0, "line"), property(0, "col")),
        (Some("shop/sales/a b,c.toml"), Some("2"), Some("6"))
    );
    assert_eq!(property(0, "title"), Some("SOP2001 unknown-name"));
    assert_eq!(property(2, "file"), None);
    assert_eq!(commands[3].2, "late\nhelp: do this");
    assert!(commands[0].2.starts_with("unknown `50%,"));
    // The log has every problem as text besides.
    assert_eq!(text.lines().count(), 8);
    assert!(!text.contains("##[") && text.lines().all(|line| !line.contains("\u{1b}")));
}

#[test]
fn gitlab_gets_a_fingerprint_each() {
    let issues: Vec<Value> = serde_json::from_str(&written(DiagnosticFormat::Gitlab)).expect("a list");
    assert_eq!(issues.len(), 4);
    let mut prints: Vec<&str> = issues.iter().map(|issue| issue["fingerprint"].as_str().expect("text")).collect();
    prints.sort_unstable();
    prints.dedup();
    assert_eq!(prints.len(), 4);
    for issue in &issues {
        assert!(issue["description"].is_string() && issue["check_name"].is_string());
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&issue["severity"].as_str().expect("text")));
        assert!(issue["location"]["lines"]["begin"].as_u64().expect("a number") >= 1);
    }
    assert_eq!(issues[1]["location"]["path"], "shop/sales/a b,c.toml");
    assert_eq!(issues[1]["location"]["lines"]["begin"], 2);
    // Lines that move do not make a problem a new one.
    let (list, _) = problems();
    let mut moved = Sources::default();
    moved.add("sales/a b,c.toml".into(), "# more\na = 1\nbb = \"x\"\n".into(), String::new());
    let again = diagnostics(&list, &moved.below("shop/"), DiagnosticFormat::Gitlab, &STYLE, "");
    let again: Vec<Value> = serde_json::from_str(&again).expect("a list");
    assert_eq!(again[1]["fingerprint"], issues[1]["fingerprint"]);
}

/// What SARIF 2.1.0 requires, and what code scanning asks for besides.
#[test]
fn sarif_is_what_code_scanning_takes() {
    let log: Value = serde_json::from_str(&written(DiagnosticFormat::Sarif)).expect("JSON");
    assert_eq!(log["version"], "2.1.0");
    let runs = log["runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 1);
    let driver = &runs[0]["tool"]["driver"];
    assert_eq!(driver["name"], "sopc");
    let rules = driver["rules"].as_array().expect("rules");
    let results = runs[0]["results"].as_array().expect("results");
    assert_eq!(results.len(), 4);
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("a number")).expect("small");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("text")));
        assert!(result["message"]["text"].as_str().is_some_and(|text| !text.is_empty()));
        let locations = result["locations"].as_array().expect("locations");
        assert!(!locations.is_empty(), "a file with a result without a place is refused as a whole");
        let uri = locations[0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("text");
        assert!(!uri.starts_with('/') && !uri.contains(' ') && !uri.contains("://"), "{uri}");
        assert!(locations[0]["physicalLocation"]["region"]["startLine"].as_u64().expect("a number") >= 1);
    }
    let region = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(region["artifactLocation"]["uri"], "shop/sales/a%20b%2Cc.toml");
    assert_eq!((region["region"]["startLine"].as_u64(), region["region"]["startColumn"].as_u64()), (Some(2), Some(6)));
    assert_eq!(results[3]["relatedLocations"][0]["message"]["text"], "and here");
    assert_ne!(results[0]["partialFingerprints"], results[1]["partialFingerprints"]);
}

#[test]
fn a_host_gets_no_more_than_it_keeps() {
    let (list, sources) = problems();
    let many: Vec<Diagnostic> = list.iter().cycle().take(6_000).cloned().collect();
    let log: Value =
        serde_json::from_str(&diagnostics(&many, &sources, DiagnosticFormat::Sarif, &STYLE, "")).expect("JSON");
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().map(Vec::len), Some(5_000));
    let told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str();
    assert_eq!(told, Some("1000 more results are left out"));
    // Errors are kept before warnings.
    assert_eq!(run["results"].as_array().expect("results").iter().filter(|one| one["level"] == "error").count(), 4_500);
}
