//! The program as its users meet it: arguments in, words, files and an exit code out.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::support::{Run, command, folder, sopc, write};

pub(crate) const MANIFEST: &str = "[plan]\nlanguage = 1\nname = \"Shop\"\ncycle = \"2026-02\"\nas-of = 2026-02-01\n\
                        bucket = \"month\"\nhorizon = 3\ncurrency = \"USD\"\n";

/// A project of a manifest and one more file.
pub(crate) fn project(path: &str, bytes: impl AsRef<[u8]>) -> TempDir {
    let folder = folder();
    write(&folder, "sop.toml", MANIFEST);
    write(&folder, path, bytes);
    folder
}

/// `check` of such a project, a line a problem.
fn checked(path: &str, bytes: impl AsRef<[u8]>) -> Run {
    sopc(project(path, bytes).path(), &["check", "--diagnostics", "short"])
}

#[test]
fn a_first_time_user_gets_from_nothing_to_a_checked_project() {
    let folder = folder();
    let init = sopc(folder.path(), &["init", "my shop"]);
    assert_eq!((init.code, init.err.as_str()), (Some(0), ""));
    assert!(init.out.contains("cd 'my shop'\n  sopc check"), "{}", init.out);
    let shop = folder.path().join("my shop");
    let check = sopc(&shop.join("sales"), &["check"]);
    assert_eq!((check.code, check.err.as_str()), (Some(0), ""), "{}", check.out);
    // What its README tells of, the compiler finds by itself.
    let warnings: Vec<_> = check.out.lines().filter(|line| line.starts_with("SOP")).collect();
    assert_eq!(warnings, ["SOP7009 excess-stock", "SOP7009 excess-stock", "SOP7011 late-promotion"]);
    assert!(check.out.contains("3 warnings in 23 files; ready to plan\n"), "{}", check.out);

    let again = sopc(&shop, &["init"]);
    assert_eq!((again.code, again.out.as_str()), (Some(2), ""));
    assert!(again.err.contains("SOP9004") && again.err.contains("sales/demand.toml"), "{}", again.err);
    let nested = sopc(&shop, &["init", "deeper/still"]);
    assert_eq!(nested.code, Some(2));
    assert!(!shop.join("deeper").exists());
}

#[test]
fn every_command_teaches_itself() {
    let folder = folder();
    let commands = [
        "init",
        "check",
        "plan",
        "diff",
        "approve",
        "verify",
        "watch",
        "orders",
        "track",
        "roll",
        "why",
        "next",
        "compare",
        "metrics",
        "outlook",
        "explain",
        "export",
        "fmt",
        "schema",
        "completions",
        "man",
    ];
    let listed = sopc(folder.path(), &["--help"]).out;
    for command in commands {
        assert!(listed.contains(&format!("\n  {command} ")), "{listed}");
        let help = sopc(folder.path(), &[command, "--help"]);
        assert_eq!((help.code, help.err.as_str()), (Some(0), ""));
        for part in ["\nExample", "\n  sopc ", "\nUsage: sopc ", "\nExit codes:\n  0  "] {
            assert!(help.out.contains(part), "{command} lacks {part:?}\n{}", help.out);
        }
        assert!(help.out.lines().all(|line| line.chars().count() <= 100), "{}", help.out);
    }
    let page = sopc(folder.path(), &["man"]);
    assert_eq!((page.code, page.err.as_str()), (Some(0), ""));
    assert!(page.out.contains(".TH sopc 1") && page.out.contains("sopc\\-fmt(1)"), "{}", page.out);
    let pages = sopc(folder.path(), &["man", "--out", "share/man1"]);
    assert_eq!((pages.code, pages.out.lines().count()), (Some(0), commands.len() + 1), "{}", pages.err);
    for command in commands {
        let page = fs::read_to_string(folder.path().join(format!("share/man1/sopc-{command}.1"))).expect("a page");
        assert!(page.contains(&format!("sopc {command}")) && page.contains("Exit codes:"), "{page}");
    }
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = sopc(folder.path(), &["completions", shell]);
        assert_eq!((script.code, script.err.as_str()), (Some(0), ""));
        assert!(commands.iter().all(|command| script.out.contains(command)), "{shell}");
    }
    assert_eq!(sopc(folder.path(), &["completions", "cmd"]).code, Some(2));
}

#[test]
fn a_new_project_is_formatted_and_knows_its_schema() {
    let folder = folder();
    assert_eq!(sopc(folder.path(), &["init"]).code, Some(0));
    let check = sopc(folder.path(), &["fmt", "--check"]);
    assert_eq!((check.code, check.out.as_str(), check.err.as_str()), (Some(0), "", "no changes in 20 files\n"));
    let head = fs::read_to_string(folder.path().join("sales/channels.toml")).expect("a file");
    assert!(head.starts_with("#:schema ../schema/sop.schema.json\n"), "{head}");
    let written = fs::read_to_string(folder.path().join("schema/sop.schema.json")).expect("a schema");
    assert!(sopc(folder.path(), &["schema"]).out == written, "the schema in the project is another one");

    let out = sopc(folder.path(), &["schema", "--out", "schema"]);
    assert_eq!((out.code, out.err.as_str()), (Some(0), ""));
    assert_eq!(
        out.out,
        "schema/sop.schema.json\nschema/scenario.schema.json\nschema/plan.schema.json\nschema/diff.schema.json\n\
         schema/tracking.schema.json\nschema/purchase-order.schema.json\nschema/next.schema.json\n\
         schema/why.schema.json\nschema/compare.schema.json\n"
    );
    let known = [("project", "sop"), ("scenario", "scenario"), ("plan", "plan"), ("diff", "diff")];
    for (which, name) in known.into_iter().chain([("tracking", "tracking"), ("purchase-order", "purchase-order")]) {
        let text = fs::read_to_string(folder.path().join(format!("schema/{name}.schema.json"))).expect("a schema");
        assert!(sopc(folder.path(), &["schema", which]).out == text, "{which}");
    }
    assert_eq!(fs::read_dir(folder.path().join("schema")).expect("a folder").count(), 9);
    let run = sopc(folder.path(), &["schema", "--out", "sop.toml"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("SOP9004"), "{}", run.err);
    assert_eq!(sopc(folder.path(), &["schema", "plan", "--out", "x"]).code, Some(2));
}

#[test]
fn fmt_writes_what_it_lists_and_nothing_else() {
    let folder = project("sales/a.toml", "\u{feff}[item.A]\r\nprice=1 # one\r\n");
    write(&folder, "scenarios/s.toml", "[item.A]\nprice=2\n");
    write(&folder, "cycles/c.toml", "x=1\n");
    write(&folder, ".hidden/h.toml", "x=1\n");
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).expect("a file");
    let changed = "sales/a.toml\nscenarios/s.toml\n";

    let check = sopc(folder.path(), &["fmt", "--check"]);
    assert_eq!((check.code, check.out.as_str(), check.err.as_str()), (Some(1), changed, "2 of 3 files would change\n"));
    assert!(read("sales/a.toml").starts_with('\u{feff}'));
    let run = sopc(&folder.path().join("sales"), &["fmt"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), changed, "2 of 3 files changed\n"));
    assert_eq!(read("sales/a.toml"), "[item.A]\nprice = 1  # one\n");
    assert_eq!(read("scenarios/s.toml"), "[item.A]\nprice = 2\n");
    assert_eq!((read("cycles/c.toml"), read(".hidden/h.toml")), ("x=1\n".into(), "x=1\n".into()));
    let again = sopc(folder.path(), &["fmt", "--diagnostics", "short"]);
    assert_eq!((again.code, again.out.as_str(), again.err.as_str()), (Some(0), "", "no changes in 3 files\n"));
    let left = fs::read_dir(folder.path().join("sales")).expect("a folder").count();
    assert_eq!(left, 1);
}

#[test]
fn fmt_leaves_alone_what_is_no_toml() {
    let broken = [
        ("sales/a.toml", &b"[item.A\nprice=1\n"[..], "sales/a.toml:1:8: error[SOP0001]"),
        ("sales/b.toml", b"[item.B]\nprice=1\nprice=2\n", "sales/b.toml:3:1: error[SOP2002]"),
        ("sales/c.toml", b"name=\"Caf\xe9\"\n", "sales/c.toml:1:10: error[SOP0002]"),
        ("sales/d.toml", b"x=123456789012345678901234567890\n", "sales/d.toml:1:3: error[SOP0001]"),
    ];
    let folder = project("sales/good.toml", "[item.G]\nprice=1\n");
    for (path, bytes, _) in broken {
        write(&folder, path, bytes);
    }
    for arguments in [&["fmt", "--check", "--diagnostics", "short"][..], &["fmt", "--diagnostics", "short"]] {
        let run = sopc(folder.path(), arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(1), "sales/good.toml\n"), "{}", run.err);
        for (path, bytes, problem) in broken {
            assert!(run.err.contains(problem), "{}", run.err);
            assert_eq!(fs::read(folder.path().join(path)).expect("a file"), bytes);
        }
    }
    assert_eq!(fs::read_to_string(folder.path().join("sales/good.toml")).expect("a file"), "[item.G]\nprice = 1\n");
}

#[test]
fn fmt_says_what_it_cannot_write() {
    let folder = project("sales/a.toml", "[item.A]\nprice=1\n");
    let path = folder.path().join("sales/a.toml");
    let mut permissions = fs::metadata(&path).expect("a file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).expect("a file of ours");
    let run = sopc(folder.path(), &["fmt"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("sales/a.toml cannot be written: it is read-only"), "{}", run.err);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "[item.A]\nprice=1\n");
    assert_eq!(sopc(folder.path(), &["fmt", "no-such-folder"]).code, Some(2));
}

#[cfg(unix)]
#[test]
fn fmt_follows_links_and_keeps_them() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let outside = folder();
    write(&outside, "o.toml", "x=1\n");
    let folder = project(".shared/a.toml", "[item.A]\nprice=1\n");
    symlink(".shared", folder.path().join("shared")).unwrap();
    symlink(outside.path().join("o.toml"), folder.path().join("o.toml")).unwrap();
    let path = folder.path().join(".shared/a.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let run = sopc(folder.path(), &["fmt"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), "shared/a.toml\n"), "{}", run.err);
    assert!(run.err.contains("SOP9003"), "{}", run.err);
    assert!(folder.path().join("shared").is_symlink());
    assert_eq!(fs::read_to_string(&path).unwrap(), "[item.A]\nprice = 1\n");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    assert_eq!(fs::read_to_string(outside.path().join("o.toml")).unwrap(), "x=1\n");
}

#[test]
fn init_writes_all_or_nothing() {
    let folder = folder();
    write(&folder, "finance", "a file where a folder is wanted");
    let run = sopc(folder.path(), &["init"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("nothing was written"), "{}", run.err);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["finance"]);
}

#[test]
fn wrong_usage_and_missing_projects_exit_2() {
    let folder = folder();
    let run = sopc(folder.path(), &["plan"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("SOP9001") && run.err.contains("sopc init"), "{}", run.err);
    assert!(run.err.contains("1 error\n"), "{}", run.err);
    for arguments in
        [&["check", "--colour"][..], &["plan", "--format", "pdf"], &["fly"], &["plan", "no-such-folder"], &[]]
    {
        let run = sopc(folder.path(), arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(!run.err.is_empty());
    }
    for arguments in [&["--help"][..], &["plan", "--help"], &["verify", "-h"], &["--version"]] {
        let run = sopc(folder.path(), arguments);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
    assert!(sopc(folder.path(), &["plan", "--help"]).out.contains("Exit codes:"));
}

#[test]
fn invalid_inputs_exit_1_and_leave_an_older_plan_alone() {
    let folder = project("sales/a.toml", "[item.A]\nprise = 1\n");
    write(&folder, "plan.json", "older");
    let run = sopc(folder.path(), &["plan", "--out", "plan.json", "--diagnostics", "short"]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.contains("sales/a.toml:2:1: error[SOP1001]"), "{}", run.err);
    assert_eq!(fs::read_to_string(folder.path().join("plan.json")).unwrap(), "older");
    let left = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 3);
    let human = sopc(folder.path(), &["plan", "--out", "plan.json"]);
    assert!(human.err.contains("plan.json was not written"), "{}", human.err);
}

#[test]
fn a_plan_that_a_gate_refuses_is_shown_and_written_and_exits_4() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/gate-missed/refused/sop.toml");
    let folder = folder();
    write(&folder, "sop.toml", fs::read(project).unwrap());
    let shown = sopc(folder.path(), &["plan", "--format", "json"]);
    assert_eq!(shown.code, Some(4), "{}", shown.err);
    assert!(shown.err.contains("SOP6003"), "{}", shown.err);
    let written = sopc(folder.path(), &["plan", "--out", "plan.json"]);
    assert_eq!((written.code, written.out.as_str()), (Some(4), ""));
    assert_eq!(fs::read_to_string(folder.path().join("plan.json")).unwrap(), shown.out);
    // Whoever agrees with its numbers has not approved it.
    assert_eq!(sopc(folder.path(), &["verify", "plan.json"]).code, Some(0));
}

#[test]
fn a_plan_never_replaces_what_it_is_made_from() {
    let folder = project("sales/a.toml", "");
    write(&folder, "cycles/2026-01.plan.json", "approved");
    for out in ["sop.toml", "sales/../sales/a.toml", "cycles/2026-01.plan.json", "sales", "no/such/folder.json"] {
        let before = fs::read(folder.path().join(out)).ok();
        let run = sopc(folder.path(), &["plan", "--out", out]);
        assert_eq!(run.code, Some(2), "{out}");
        assert!(run.err.contains("SOP9004"), "{}", run.err);
        assert_eq!(fs::read(folder.path().join(out)).ok(), before);
    }
}

#[test]
fn paths_out_of_the_project_are_refused() {
    let csv = |path: &str| format!("[[csv]]\ntable = \"demand\"\npath = \"{path}\"\n");
    for path in ["../x.csv", "data/../../x.csv", "/etc/passwd"] {
        let run = checked("sales/demand.toml", csv(path));
        assert_eq!(run.code, Some(1));
        assert!(run.out.contains("sales/demand.toml:3:8: error[SOP9003]"), "{}", run.out);
    }
    let run = checked("sales/demand.toml", csv("data/missing.csv"));
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("error[SOP9002]: data/missing.csv cannot be read: there is no such file"), "{}", run.out);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_project_are_refused() {
    use std::os::unix::fs::symlink;
    let outside = folder();
    write(&outside, "secret.toml", "password = 1\n");
    let folder = project("sales/a.toml", "");
    symlink(outside.path().join("secret.toml"), folder.path().join("sales/b.toml")).unwrap();
    let run = sopc(folder.path(), &["check"]);
    assert_eq!(run.code, Some(2));
    assert!(run.out.contains("SOP9003") && !run.out.contains("password"), "{}", run.out);
    fs::remove_file(folder.path().join("sales/b.toml")).unwrap();
    symlink(outside.path(), folder.path().join("linked")).unwrap();
    let run = sopc(folder.path(), &["check"]);
    assert_eq!(run.code, Some(2));
    assert!(run.out.contains("linked leads out of the project"), "{}", run.out);
}

#[test]
fn texts_of_other_programs_are_read_or_named() {
    let run = checked("a.toml", "\u{feff}[item.A]\nprice = 1\n");
    assert_eq!(run.code, Some(0), "{}", run.out);
    let wide: Vec<u8> = "[item.A]\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let run = checked("a.toml", [&[0xff, 0xfe], &wide[..]].concat());
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("a.toml is not UTF-8, but UTF-16"), "{}", run.out);
    let run = checked("a.toml", b"[item.\"Caf\xe9\"]\n");
    assert_eq!(run.code, Some(1));
    assert!(run.out.contains("a.toml:1:11: error[SOP0002]"), "{}", run.out);
}

#[test]
fn hostile_texts_do_no_harm() {
    let deep = format!("x = {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    let run = checked("a.toml", deep);
    assert_eq!(run.code, Some(1), "{}", run.err);
    for format in ["human", "plain", "short", "json", "jsonl"] {
        let folder =
            project("a.toml", "[item.\"A\\u001b[2J\\u202e\"]\nprise = 1\n[item.B]\nname = \"\u{9b}2J\"\nnope = 1\n");
        let run = sopc(folder.path(), &["check", "--diagnostics", format]);
        assert_eq!(run.code, Some(1));
        let harmless = |c: char| c == '\n' || !sopc::render::safe::is_unsafe(c);
        assert!(run.out.chars().all(harmless), "{format}: {:?}", run.out);
    }
}

#[test]
fn formats_for_programs_are_json_throughout() {
    let folder = project("a.toml", "nope = 1\n");
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
    let run = sopc(folder.path(), &["check", "--diagnostics", "json"]);
    assert_eq!(json(&run.out)["summary"]["errors"], 1);
    let run = sopc(folder.path(), &["plan", "--out", "p.json", "--diagnostics", "json"]);
    assert_eq!(json(&run.err)["summary"]["errors"], 1);
    let run = sopc(folder.path(), &["plan", "no-such-folder", "--diagnostics", "jsonl"]);
    assert!(run.err.lines().all(|line| json(line).is_object()));
}

#[test]
fn codes_are_explained() {
    let folder = folder();
    let number = sopc(folder.path(), &["explain", "SOP2001"]);
    assert_eq!((number.code, number.err.as_str()), (Some(0), ""));
    assert!(number.out.starts_with("SOP2001 unknown-name\n\nNothing of that name is declared.\n"), "{}", number.out);
    assert!(!number.out.contains('\u{1b}'));
    for name in ["2001", "sop2001", "unknown-name", "Unknown-Name"] {
        assert_eq!(sopc(folder.path(), &["explain", name]).out, number.out);
    }
    let colourful = sopc(folder.path(), &["explain", "2001", "--color", "always"]);
    assert!(colourful.out.starts_with("\u{1b}[1mSOP2001 unknown-name\u{1b}[0m\n"), "{}", colourful.out);
    let list = sopc(folder.path(), &["explain"]);
    let listed = |code: &sopc::diagnostic::Code| list.out.contains(&format!("  {code}  {} ", code.alias));
    assert_eq!(list.code, Some(0));
    assert!(sopc::diagnostic::all_codes().iter().all(|code| listed(code)), "{}", list.out);
    let shop = sopc(folder.path(), &["explain", "--shop"]);
    assert!(shop.code == Some(0) && shop.out.contains("    [item.MUG]\n"), "{}", shop.out);
    let unknown = sopc(folder.path(), &["explain", "unknwn-name"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (Some(2), ""));
    assert!(unknown.err.contains("did you mean unknown-name?"), "{}", unknown.err);
    assert_eq!(sopc(folder.path(), &["explain", "2001", "--shop"]).code, Some(2));
}

#[test]
fn people_are_told_where_to_read_more() {
    let folder = project("a.toml", "[item.A]\nprise = 1\n");
    let hint = "\n`sopc explain SOP1001` tells more\n";
    assert!(sopc(folder.path(), &["check"]).out.ends_with(hint));
    assert!(sopc(folder.path(), &["plan"]).err.ends_with(hint));
    for format in ["plain", "short", "json", "jsonl"] {
        let run = sopc(folder.path(), &["check", "--diagnostics", format]);
        assert!(!run.out.contains("sopc explain"), "{format}: {}", run.out);
    }
    // Beside a plan, warnings are not worth another line.
    let warned = shop("[[cash-flow]]\nname = \"later\"\namount = 1\non = 2027-01-01\n");
    let plan = sopc(warned.path(), &["plan", "--out", "plan.json"]);
    assert!(plan.err.contains("SOP7003") && !plan.err.contains("sopc explain"), "{}", plan.err);
    assert!(sopc(warned.path(), &["check"]).out.ends_with("`sopc explain SOP7003` tells more\n"));
}

#[test]
fn colours_come_on_demand() {
    let folder = project("a.toml", "nope = 1\n");
    assert!(!sopc(folder.path(), &["check"]).out.contains('\u{1b}'));
    assert!(sopc(folder.path(), &["check", "--color", "always"]).out.contains('\u{1b}'));
}

#[test]
fn what_is_no_plan_file_is_told() {
    let folder = project("p.json", "{}");
    for (text, words) in [
        ("{}", "it has no format_version"),
        ("{\"format_version\": \"2.0\"}", "has format_version 2.0"),
        ("{\"format_version\": \"1.0\", \"orders\": 3}", "/orders: the value is not of type"),
        ("\u{0}", "is not JSON"),
    ] {
        write(&folder, "p.json", text);
        let run = sopc(folder.path(), &["verify", "p.json"]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains("SOP9005") && run.err.contains(words), "{}", run.err);
    }
    let run = sopc(folder.path(), &["verify", "missing.json"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("SOP9002"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_reader_who_has_seen_enough_is_no_error() {
    let folder = project("a.toml", "nope = 1\n");
    let mut child =
        command(folder.path(), &["check"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("sopc runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("sopc ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), &b""[..]));
    if Path::new("/dev/full").exists() {
        let full = fs::File::options().write(true).open("/dev/full").expect("a device");
        let output = command(folder.path(), &["check"]).stdout(full).output().expect("sopc runs");
        assert_eq!(output.status.code(), Some(2));
    }
}

/// A shop of one item that earns money if `cash` lets it.
pub(crate) fn shop(cash: &str) -> TempDir {
    let folder = project(
        "shop.toml",
        "[item.MUG]\nprice = 10\n[location.main]\n[channel.web]\nship-from = [\"main\"]\n[supplier.works]\n\
         [[lane]]\nwhere = { item = \"MUG\" }\nsupplier = \"works\"\nlocation = \"main\"\nlead-days = 10\nunit-cost = 4\n\
         [[demand]]\nitem = \"MUG\"\nchannel = \"web\"\nunits = 50\n\
         [[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 60\n",
    );
    write(&folder, "cash.toml", format!("[cash]\nopening = 1000\nminimum = 0\n{cash}"));
    folder
}

#[test]
fn a_plan_is_written_read_back_and_verified() {
    let folder = shop("");
    let text = sopc(folder.path(), &["plan"]);
    assert_eq!((text.code, text.err.as_str()), (Some(0), ""));
    assert!(text.out.contains("MUG"), "{}", text.out);
    let run = sopc(folder.path(), &["plan", "--out", "plan.json"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), "", "plan written to plan.json\n"));
    let json = fs::read_to_string(folder.path().join("plan.json")).unwrap();
    assert_eq!(sopc(folder.path(), &["plan", "--format", "json"]).out, json);
    let csv = sopc(folder.path(), &["plan", "--out", "buy.csv", "--format", "csv"]);
    assert_eq!(csv.code, Some(0));
    let rows = fs::read_to_string(folder.path().join("buy.csv")).unwrap();
    assert_eq!(sopc(folder.path(), &["plan", "--format", "csv"]).out, rows);

    let shown = |arguments: &[&str]| sopc(folder.path(), &[&["plan", "--plan", "plan.json"], arguments].concat());
    assert_eq!((shown(&[]).code, shown(&[]).out), (Some(0), text.out));
    assert_eq!(shown(&["--format", "csv"]).out, rows);
    let page = shown(&["--format", "html", "--out", "plan.html"]);
    assert_eq!((page.code, page.err.as_str()), (Some(0), "plan written to plan.html\n"));
    let page = fs::read_to_string(folder.path().join("plan.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("Shop, cycle 2026-02"));
    assert_eq!(shown(&["--format", "html", "--out", "plan.json"]).code, Some(2));
    assert_eq!(fs::read_to_string(folder.path().join("plan.json")).unwrap(), json);
    assert_eq!(shown(&["--draft"]).code, Some(2));
    assert_eq!(sopc(folder.path(), &["plan", "--plan", "buy.csv"]).code, Some(2));

    let agreed = sopc(folder.path(), &["verify", "plan.json"]);
    assert_eq!((agreed.code, agreed.err.as_str()), (Some(0), ""));
    assert!(agreed.out.starts_with("plan.json agrees with its inputs: 3 buckets, "), "{}", agreed.out);

    let mut forged: serde_json::Value = serde_json::from_str(&json).unwrap();
    forged["summary"]["revenue"] = "1.00".into();
    write(&folder, "forged.json", forged.to_string());
    let refused = sopc(folder.path(), &["verify", "forged.json"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.out.contains("summary.revenue: expected "), "{}", refused.out);

    write(&folder, "cash.toml", "[cash]\nopening = 900\nminimum = 0\n");
    let refused = sopc(folder.path(), &["verify", "plan.json"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.out.contains("  cash.toml has changed since the plan was made\n"), "{}", refused.out);
}

#[test]
fn without_a_plan_nothing_is_written_and_the_reason_is_told() {
    let folder = shop("[[cash-flow]]\nname = \"rent\"\namount = -900\n");
    write(&folder, "plan.json", "older");
    let run = sopc(folder.path(), &["plan", "--out", "plan.json", "--diagnostics", "short"]);
    assert_eq!((run.code, run.out.as_str()), (Some(3), ""), "{}", run.err);
    assert!(run.err.contains("cash.toml:3:11: error[SOP4001]"), "{}", run.err);
    assert_eq!(fs::read_to_string(folder.path().join("plan.json")).unwrap(), "older");
    let run = sopc(folder.path(), &["plan"]);
    assert_eq!((run.code, run.out.as_str()), (Some(3), ""));
    assert!(run.err.contains("no plan\n"), "{}", run.err);
    let run = sopc(folder.path(), &["plan", "--format", "json"]);
    assert_eq!(run.code, Some(3));
    let document: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(document["conflicts"][0]["members"][0]["kind"], "cash-minimum");
}

/// A file that claims a size and takes no room.
fn sparse(folder: &TempDir, path: &str, bytes: u64) {
    let path = folder.path().join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::File::create(path).and_then(|file| file.set_len(bytes)).expect("a sparse file");
}

const ASKS: &str = "[[csv]]\ntable = \"stock\"\npath = \"data/a.csv\"\n";

#[test]
fn files_that_claim_a_gigabyte_are_not_read() {
    let folder = project("asks.toml", ASKS);
    sparse(&folder, "data/a.csv", 1 << 30);
    sparse(&folder, "more/b.toml", 1 << 30);
    let run = sopc(folder.path(), &["check", "--diagnostics", "short"]);
    let expected = "error[SOP0004]: more/b.toml is larger than 16 MiB\n\
                    asks.toml:3:8: error[SOP0004]: data/a.csv is larger than 256 MiB\n";
    assert_eq!((run.out.as_str(), run.code), (expected, Some(1)));
}

#[test]
fn zeros_are_no_text() {
    let folder = project("asks.toml", ASKS);
    sparse(&folder, "data/a.csv", 1 << 20);
    let run = sopc(folder.path(), &["check", "--diagnostics", "plain"]);
    assert_eq!(run.code, Some(1));
    assert!(run.out.len() < 4_000, "{}", run.out);
}

#[cfg(unix)]
#[test]
fn what_is_no_file_is_named() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = project("asks.toml", ASKS);
    fs::create_dir_all(folder.path().join("data/a.csv")).expect("a folder");
    fs::create_dir(folder.path().join("x.toml")).expect("a folder");
    symlink("/dev/zero", folder.path().join("y.toml")).expect("a link");
    symlink("nowhere.toml", folder.path().join("z.toml")).expect("a link");
    let fifo = Command::new("mkfifo").arg(folder.path().join("w.toml")).status().expect("mkfifo runs");
    assert!(fifo.success());
    write(&folder, "closed.toml", "");
    fs::set_permissions(folder.path().join("closed.toml"), fs::Permissions::from_mode(0o000)).expect("permissions");
    let may_all = fs::File::open(folder.path().join("closed.toml")).is_ok();
    let run = sopc(folder.path(), &["check", "--diagnostics", "short"]);
    let mut expected = vec![
        "error[SOP9002]: w.toml cannot be read: it is no regular file",
        "error[SOP9002]: z.toml cannot be read: there is no such file",
        "error[SOP9003]: y.toml leads out of the project",
        "asks.toml:3:8: error[SOP9002]: data/a.csv cannot be read: it is a folder",
    ];
    if !may_all {
        expected.insert(0, "error[SOP9002]: closed.toml cannot be read: permission denied");
    }
    assert_eq!((run.out.lines().collect::<Vec<_>>(), run.code), (expected, Some(2)));
}

#[cfg(unix)]
#[test]
fn a_root_that_is_a_link_is_a_root() {
    let folder = project("items.toml", "[item.A]\n");
    let other = self::folder();
    std::os::unix::fs::symlink(folder.path(), other.path().join("shop")).expect("a link");
    let run = sopc(other.path(), &["check", "shop", "--diagnostics", "short"]);
    let nothing = "sop.toml:1:1: warning[SOP7014]: nothing is asked for, so there is nothing to plan\n";
    assert_eq!((run.out.as_str(), run.code), (nothing, Some(0)));
}

#[cfg(unix)]
#[test]
fn names_of_files_do_not_reach_the_terminal() {
    let run = checked("\u{1b}[31m\u{7}\u{202e}red.toml", "[item.A]\ncolour = 1\n");
    assert_eq!(run.code, Some(1));
    assert!(!run.out.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{:?}", run.out);
}

/// A shop of one mug, of which enough is there.
const MUG: &str = "[item.MUG]\nprice = 18.00\ncost = 6.00\nclass = \"A\"\n[location.main]\n[channel.dtc]\nship-from = [\"main\"]\n\
    [[stock]]\nitem = \"MUG\"\nlocation = \"main\"\non-hand = 120\n[[outlook]]\nmethod = \"seasonal\"\ngrowth = 0.12\n\
    [[history]]\nitem = \"MUG\"\nchannel = \"dtc\"\nunits = { \"2025-02\" = 20, \"2025-03\" = 25, \"2025-04\" = 30 }\n";

#[test]
fn metrics_come_from_a_plan_file_or_from_a_new_plan() {
    let shop = project("all.toml", MUG);
    let run = |arguments: &[&str]| sopc(shop.path(), arguments);
    assert_eq!(run(&["plan", "--out", "plan.json"]).code, Some(0));
    let asked = ["--by", "class", "--metric", "fill-rate", "--metric", "revenue", "--format", "csv"];
    let planned = run(&[&["metrics"], &asked[..]].concat());
    // 22.4, 28 and 33.6 by running totals are 22, 28 and 34: 84 x 18.00.
    assert_eq!(planned.out, "scope,metric,bucket,value\nclass:A,fill-rate,,1.00\nclass:A,revenue,,1512.00\n");
    let read = run(&[&["metrics", "--plan", "plan.json"], &asked[..]].concat());
    assert_eq!((read.code, read.out), (planned.code, planned.out));
    let text = run(&["metrics", "--plan", "plan.json"]);
    assert!(text.out.contains("\nthe whole plan\n") && text.out.contains("inventory-turnover"), "{}", text.out);
    for (wrong, near) in [("--metric=fil-rate", "fill-rate"), ("--item=MUGG", "MUG"), ("--bucket=2026-01", "2026-0")] {
        let run = run(&["metrics", "--plan", "plan.json", wrong]);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
        assert!(run.err.contains("SOP2001") && run.err.contains(&format!("did you mean `{near}")), "{}", run.err);
    }
}

#[test]
fn an_outlook_tells_number_by_number() {
    let shop = project("all.toml", MUG);
    let told = sopc(shop.path(), &["outlook", "MUG"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    assert!(told.out.contains("MUG in dtc\n  2026-02  22 (22.4) = 20 in 2025-02 x 1.12\n"), "{}", told.out);
    let csv = sopc(shop.path(), &["outlook", "--format", "csv"]);
    assert!(csv.out.contains("\nMUG,dtc,2026-03,28,28.00,504.00,history,28 = 25 in 2025-03 x 1.12\n"), "{}", csv.out);
    let json = sopc(shop.path(), &["outlook", "--format", "json"]).out;
    assert!(serde_json::from_str::<serde_json::Value>(&json).expect("JSON")["carried"][0]["kind"] == "outlook");
    let wrong = sopc(shop.path(), &["outlook", "MUGG"]);
    assert_eq!((wrong.code, wrong.out.as_str()), (Some(2), ""));
    assert!(wrong.err.contains("did you mean `MUG`?"), "{}", wrong.err);
}
/// What is asked of `next` has to be there; what cannot be is told before anything is planned with more.
#[test]
fn next_says_what_there_is_to_ask_for() {
    let shop = project(
        "all.toml",
        "[item.MUG]\nprice = 18\n[location.main]\n[channel.web]\nship-from = [\"main\"]\n[supplier.porto]\n[[lane]]\n\
         where = { item = \"MUG\" }\nsupplier = \"porto\"\nlocation = \"main\"\nlead-days = 20\nunit-cost = 6\n[[demand]]\n\
         item = \"MUG\"\nchannel = \"web\"\nunits = { \"2026-03\" = 100 }\n[[budget]]\nid = \"all\"\npurchases = 300\n",
    );
    let asked = sopc(shop.path(), &["next", "--budget", "120", "--format", "json"]);
    assert_eq!((asked.code, asked.err.as_str()), (Some(0), ""));
    assert!(asked.out.contains("\"gain\": \"240.00\""), "{}", asked.out);
    let refused = [
        (&["next", "--bucket", "2027-01"][..], "its buckets are those from 2026-02 to 2026-04, or `all`"),
        (&["next", "--of", "al"], "did you mean `all`?"),
        (&["next", "--storage", "5", "--of", "main"], "the project has no such limit"),
        (&["next", "--budget", "0"], "more is an amount above 0"),
        (&["next", "--cash", "much"], "not a number, such as 10000"),
    ];
    for (arguments, told) in refused {
        let run = sopc(shop.path(), arguments);
        assert_eq!((run.code, run.out.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(run.err.contains(told), "{}", run.err);
    }
}
