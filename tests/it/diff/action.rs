//! The action of a build: its scripts run against a stub of GitHub.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::session::repository;
use crate::docs::{root, text_of};

const TAG: &str = "<!-- sopc-review -->";

/// What the stub was asked: method, path, body.
type Asked = Arc<Mutex<Vec<(String, String, String)>>>;

/// Answers like GitHub's comments of an issue, a hundred a page, to whoever has the token.
fn stub(comments: Vec<Value>) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    let asked: Asked = Arc::default();
    let heard = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
            let mut first = String::new();
            reader.read_line(&mut first).expect("a request");
            let (mut length, mut known) = (0, false);
            loop {
                let mut header = String::new();
                reader.read_line(&mut header).expect("a header");
                let lower = header.to_ascii_lowercase();
                if let Some(number) = lower.strip_prefix("content-length:") {
                    length = number.trim().parse().expect("a number");
                }
                known |= header.trim() == "Authorization: Bearer secret";
                if header.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).expect("a body");
            let mut words = first.split_whitespace();
            let (method, path) = (words.next().unwrap_or("").to_owned(), words.next().unwrap_or("").to_owned());
            let page: usize = path.rsplit_once("&page=").map_or(1, |(_, page)| page.parse().expect("a page"));
            let answer = if method == "GET" {
                let page: Vec<&Value> = comments.iter().skip((page - 1) * 100).take(100).collect();
                json!(page).to_string()
            } else {
                "{}".to_owned()
            };
            heard.lock().expect("a list").push((method, path, String::from_utf8_lossy(&body).into_owned()));
            let status = if known { "200 OK" } else { "401 Unauthorized" };
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", answer.len());
            let _ = stream.write_all((head + &answer).as_bytes());
        }
    });
    (address, asked)
}

/// False where the machine lacks what every runner of GitHub has.
fn has_tools() -> bool {
    let has = |tool: &str| Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success());
    ["bash", "curl", "jq"].into_iter().all(has)
}

fn script(name: &str) -> PathBuf {
    root().join(".github/actions/review").join(name)
}

fn commented(review: &str, comments: Vec<Value>) -> Vec<(String, String, String)> {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("review.md");
    fs::write(&file, review).expect("a file");
    let (address, asked) = stub(comments);
    let mut command = Command::new("bash");
    command.arg(script("comment.sh")).env("GITHUB_API_URL", address).env("GITHUB_REPOSITORY", "org/shop");
    let output =
        command.env("GITHUB_TOKEN", "secret").env("PULL_REQUEST", "7").env("REVIEW", &file).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    asked.lock().expect("a list").clone()
}

fn comment(id: u64, kind: &str, body: String) -> Value {
    json!({ "id": id, "user": { "type": kind }, "body": body })
}

/// What was written: method, path, body of the comment.
fn written(asked: &[(String, String, String)]) -> Vec<(String, String, String)> {
    let writes = asked.iter().filter(|(method, ..)| method != "GET");
    let body =
        |text: &str| serde_json::from_str::<Value>(text).expect("JSON")["body"].as_str().expect("text").to_owned();
    writes.map(|(method, path, text)| (method.clone(), path.clone(), body(text))).collect()
}

#[test]
fn one_comment_is_kept_up_to_date() {
    if !has_tools() {
        return;
    }
    let review = "### `a\"b\\c` $(x)\n\n| 1 |\n";
    let body = format!("{TAG}\n{review}");
    let new = ("POST".to_owned(), "/repos/org/shop/issues/7/comments".to_owned(), body.clone());
    assert_eq!(written(&commented(review, vec![])), std::slice::from_ref(&new));
    // What people write is theirs, even with the tag.
    assert_eq!(written(&commented(review, vec![comment(1, "User", body.clone())])), [new]);
    let old = comment(5, "Bot", format!("{TAG}\nold"));
    let changed = ("PATCH".to_owned(), "/repos/org/shop/issues/comments/5".to_owned(), body.clone());
    assert_eq!(
        written(&commented(review, vec![comment(1, "User", "hello".into()), old.clone()])),
        std::slice::from_ref(&changed)
    );
    assert!(written(&commented(review.trim_end(), vec![comment(5, "Bot", body.trim_end().to_owned())])).is_empty());
    // It may stand behind a hundred others.
    let mut many: Vec<Value> = (100..250).map(|id| comment(id, "User", "hello".into())).collect();
    many.push(old.clone());
    let asked = commented(review, many);
    assert_eq!(asked.iter().filter(|(method, ..)| method == "GET").count(), 2);
    assert_eq!(written(&asked), [changed]);
    // Where nothing changed none is begun, and an old one says so.
    let nothing = "nothing changed: the plan is that of `git:main` (`abc`)\n";
    assert!(written(&commented(nothing, vec![])).is_empty());
    assert_eq!(written(&commented(nothing, vec![old])).len(), 1);
}

#[test]
fn a_build_checks_reviews_and_comments() {
    if !has_tools() {
        return;
    }
    let folder = repository();
    let shop = folder.path().join("shop");
    let text = text_of(&shop.join("sop.toml")).replacen("units = 200", "units = 300", 1);
    fs::write(shop.join("sop.toml"), text).expect("a file");
    let (address, asked) = stub(vec![]);
    let run = |against: &str, number: &str| -> Output {
        let bin = Path::new(env!("CARGO_BIN_EXE_sopc")).parent().expect("a folder").to_owned();
        let path = std::env::join_paths(
            [bin].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
        );
        let mut command = Command::new("bash");
        command.arg(script("review.sh")).current_dir(folder.path()).env("PATH", path.expect("a path"));
        command
            .env("DIRECTORY", "shop")
            .env("AGAINST", against)
            .env("COMMENT", "true")
            .env("RUNNER_TEMP", folder.path());
        command.env("GITHUB_STEP_SUMMARY", folder.path().join("summary.md")).env("GITHUB_API_URL", &address);
        command.env("GITHUB_REPOSITORY", "org/shop").env("GITHUB_TOKEN", "secret").env("PULL_REQUEST", number);
        command.output().expect("it runs")
    };
    let done = run("git:HEAD", "7");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let summary = text_of(&folder.path().join("summary.md"));
    assert!(summary.starts_with("### `Shop`, cycle `2026-02`: what this change does, against `git:HEAD`"), "{summary}");
    let comments = written(&asked.lock().expect("a list"));
    assert_eq!(
        comments,
        [("POST".to_owned(), "/repos/org/shop/issues/7/comments".to_owned(), format!("{TAG}\n{summary}"))]
    );
    // Without a base it tells so, and the build fails.
    let failed = run("git:nowhere", "");
    assert_eq!(failed.status.code(), Some(2));
    assert!(
        text_of(&folder.path().join("summary.md"))
            .ends_with("The change could not be reviewed. The log of the build says why.\n")
    );
    let log = String::from_utf8_lossy(&failed.stdout).into_owned();
    assert!(log.contains("sopc: error[SOP9007]: the repository has no commit git:nowhere"), "{log}");
    // What is wrong with the inputs is told beside its line.
    fs::write(shop.join("sop.toml"), "[plan]\n").expect("a file");
    let wrong = run("git:HEAD", "");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stdout).contains("\n::error file=shop/sop.toml,line=1,"));
}

#[test]
fn what_is_shipped_hangs_together() {
    let action = text_of(&root().join(".github/actions/review/action.yml"));
    assert!(action.contains("using: composite") && action.contains("\"$ACTION/review.sh\""));
    // Nothing of an event is pasted into a script.
    for line in action.split("run: ").skip(1).flat_map(|run| run.lines().take(3)) {
        assert!(!line.contains("${{") || line.trim_start().starts_with("DIRECTORY"), "{line}");
    }
    let workflow = text_of(&root().join("examples/harbor-and-pine/.github/workflows/sopc.yml"));
    assert!(
        workflow.contains("fetch-depth: 0")
            && workflow.contains("pull-requests: write")
            && !workflow.contains("pull_request_target")
    );
    let hooks = text_of(&root().join(".pre-commit-hooks.yaml"));
    for entry in hooks.lines().filter_map(|line| line.trim().strip_prefix("entry: sopc ")) {
        let words: Vec<&str> = entry.split_whitespace().collect();
        let help = Command::new(env!("CARGO_BIN_EXE_sopc")).args(&words).arg("--help").output().expect("it runs");
        assert!(help.status.success(), "{entry}");
    }
    let owners = text_of(&root().join("examples/harbor-and-pine/CODEOWNERS"));
    for line in owners.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split_whitespace();
        let path = words.next().expect("a path");
        assert!(
            path.starts_with('/') && words.clone().count() > 0 && words.all(|owner| owner.starts_with('@')),
            "{line}"
        );
    }
    #[cfg(unix)]
    for name in ["review.sh", "comment.sh"] {
        use std::os::unix::fs::PermissionsExt;
        assert!(fs::metadata(script(name)).expect("a file").permissions().mode() & 0o111 != 0, "{name}");
    }
}
