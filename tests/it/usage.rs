//! Usage and environment: what the command line refuses, where it says so, and how it ends.

use std::fs;
use std::process::Stdio;

use super::cli::{MANIFEST, project, shop};
use super::support::{command, folder, sopc, write};

#[test]
fn fmt_writes_newer_toml_as_older_and_check_sees_it() {
    let newer = [
        ("[item.A]\nprice = { default = 1, }\n", "[item.A]\nprice = { default = 1 }\n"),
        ("[item.A]\nname = \"\\e[0m \\x41\"\n", "[item.A]\nname = \"\\u001B[0m A\"\n"),
        (
            "[item.A]\nprice = {\n  default = 1, # for now\n  \"2026-02\" = 2,\n}\n",
            "[item.A]\n# for now\nprice = { default = 1, \"2026-02\" = 2 }\n",
        ),
    ];
    for (written, older) in newer {
        let folder = project("x.toml", written);
        let check = sopc(folder.path(), &["fmt", "--check"]);
        assert_eq!((check.code, check.out.as_str()), (Some(1), "x.toml\n"), "{written}{}", check.err);
        assert_eq!(check.err, "1 of 2 files would change\n");
        assert_eq!(sopc(folder.path(), &["fmt"]).code, Some(0));
        assert_eq!(fs::read_to_string(folder.path().join("x.toml")).expect("a file"), older);
        assert_eq!(sopc(folder.path(), &["fmt", "--check"]).code, Some(0));
        let warned = sopc(folder.path(), &["check"]).out;
        assert!(!warned.contains("toml-1-1"), "{warned}");
    }
}

#[test]
fn check_tells_everything_on_stdout() {
    let empty = folder();
    let shop = project("items.toml", "[item.A]\nprice = 1\n");
    let runs = [
        (empty.path(), &["check"][..], "SOP9001"),
        (empty.path(), &["check", "no-such-folder"], "SOP9002"),
        (shop.path(), &["check", "--scenario", "typo"], "SOP9002"),
        (shop.path(), &["check", "--set", "item.A.price"], "SOP1001"),
    ];
    for (dir, arguments, code) in runs {
        for format in ["human", "short", "json", "sarif"] {
            let run = sopc(dir, &[arguments, &["--diagnostics", format]].concat());
            assert_eq!((run.code, run.err.as_str()), (Some(2), ""), "{arguments:?}");
            assert!(run.out.contains(code), "{}", run.out);
        }
        let json = sopc(dir, &[arguments, &["--diagnostics", "json"]].concat()).out;
        serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
    }
}

#[test]
fn what_a_line_of_an_input_asks_for_is_that_lines_fault() {
    let asks = |path: &str| project("a.toml", format!("[[csv]]\ntable = \"stock\"\npath = \"{path}\"\n"));
    for path in ["data/missing.csv", "../outside.csv"] {
        for command in ["check", "plan"] {
            assert_eq!(sopc(asks(path).path(), &[command]).code, Some(1), "{command} {path}");
        }
    }
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_is_the_environments() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let shop = shop("");
    let outside = folder();
    symlink(outside.path(), shop.path().join("cycles")).expect("a link");
    for arguments in [&["approve"][..], &["check"], &["plan"]] {
        assert_eq!(sopc(shop.path(), arguments).code, Some(2), "{arguments:?}");
    }
    assert_eq!(fs::read_dir(outside.path()).expect("a folder").count(), 0);

    let closed = project("x.toml", "");
    let mode = |path: &std::path::Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("permissions");
    };
    mode(&closed.path().join("x.toml"), 0o000);
    if fs::File::open(closed.path().join("x.toml")).is_ok() {
        // This user may read everything.
        return;
    }
    assert_eq!(sopc(closed.path(), &["check"]).code, Some(2));
    let outer = folder();
    let inner = outer.path().join("shop");
    fs::create_dir(&inner).expect("a folder");
    fs::write(inner.join("sop.toml"), MANIFEST).expect("a file");
    mode(&inner, 0o000);
    let run = sopc(outer.path(), &["check", "shop"]);
    mode(&inner, 0o700);
    assert_eq!(run.code, Some(2));
    assert!(run.out.contains("permission denied"), "{}", run.out);
}

#[test]
fn a_set_changes_what_is_there_and_adds_nothing() {
    let shop = shop("[assumption.growth]\nvalue = 0.1\n");
    for (set, help) in [
        ("item.MUGS.price=3", "did you mean `MUG`?"),
        ("item.Z.price=3", "there is MUG;"),
        ("assumption.grwth.value=3", "did you mean `growth`?"),
        ("demand.MUG.wob.units=3", "did you mean `MUG.web`?"),
        ("budget.main.purchases=3", "state new entries in a file"),
        ("stock.MUG.mian.on-hand=3", "did you mean `MUG.main`?"),
    ] {
        let run = sopc(shop.path(), &["check", "--set", set]);
        assert_eq!(run.code, Some(1), "{set}: {}", run.out);
        assert!(run.out.contains("SOP2001") && run.out.contains(help), "{set}: {}", run.out);
    }
    let sets = ["item.MUG.price=3", "assumption.growth.value=3", "demand.MUG.web.units=3", "stock.MUG.main.on-hand=3"];
    for set in sets {
        let run = sopc(shop.path(), &["check", "--set", set]);
        assert_eq!(run.code, Some(0), "{set}: {}", run.out);
    }
}

#[test]
fn a_scenario_is_a_name() {
    let shop = shop("");
    write(&shop, "ops.toml", "");
    write(&shop, "scenarios/dear.toml", "[item.MUG]\nprice = 12\n[item.CUP]\nprice = 3\n");
    assert_eq!(sopc(shop.path(), &["check", "--scenario", "dear"]).code, Some(0));
    for name in ["../ops", "../ops.toml", "..\\ops", "/ops"] {
        let run = sopc(shop.path(), &["check", "--scenario", name]);
        assert_eq!(run.code, Some(2), "{name}");
        assert!(run.out.contains("a scenario goes by the name"), "{}", run.out);
    }
}

#[test]
fn a_plan_of_a_later_compiler_and_format_is_verified() {
    let shop = shop("");
    assert_eq!(sopc(shop.path(), &["plan", "--out", "plan.json"]).code, Some(0));
    let text = fs::read_to_string(shop.path().join("plan.json")).expect("a file");
    let verified = |text: &str| {
        write(&shop, "other.json", text);
        sopc(shop.path(), &["verify", "other.json"])
    };
    let compiler = format!("\"compiler_version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&compiler));
    assert_eq!(verified(&text.replace(&compiler, "\"compiler_version\": \"9.9.9\"")).code, Some(0));
    let with_version =
        |version: &str| text.replace("\"format_version\": \"1.0\"", &format!("\"format_version\": \"{version}\""));
    assert_eq!(verified(&with_version("1.7")).code, Some(0));
    for version in ["2.0", "1", "1.x", "1.01"] {
        assert_eq!(verified(&with_version(version)).code, Some(2), "{version}");
    }
    let twice = verified(&text.replacen("\"status\": ", "\"status\": \"draft\", \"status\": ", 1));
    assert_eq!(twice.code, Some(2));
    assert!(twice.err.contains("the key `status` stands twice"), "{}", twice.err);
}

#[test]
fn an_approved_plan_that_was_changed_is_none() {
    let shop = shop("");
    assert_eq!(sopc(shop.path(), &["approve"]).code, Some(0));
    write(&shop, "sop.toml", MANIFEST.replace("2026-02", "2026-03"));
    assert_eq!(sopc(shop.path(), &["check"]).code, Some(0));
    let path = shop.path().join("cycles/2026-02.plan.json");
    let text = fs::read_to_string(&path).expect("a plan");
    let changed = text.replacen("\"proven\": true", "\"proven\": false", 1);
    assert_ne!(changed, text);
    fs::write(&path, changed).expect("a file");
    let run = sopc(shop.path(), &["check", "--diagnostics", "short"]);
    assert_eq!(run.code, Some(1), "{}", run.out);
    let told =
        "error[SOP1009]: cycles/2026-02.plan.json was changed after it was made: it does not have the hash it tells";
    assert!(run.out.contains(told), "{}", run.out);
}

#[test]
fn names_are_no_commands_of_a_workflow() {
    let quiet = |text: &str| {
        !text.lines().any(|line| line.trim_start().starts_with("::") || line.contains("##[")) && text.contains("pwned")
    };
    let folder = shop("");
    write(&folder, "sop.toml", MANIFEST.replace("\"Shop\"", "\"::error::pwned\""));
    for format in ["text", "markdown", "csv", "html", "json"] {
        let run = sopc(folder.path(), &["plan", "--format", format]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert!(quiet(&(run.out.clone() + "pwned")), "{format}: {}", run.out);
    }
    let named = project(
        "a.toml",
        "[[demand]]\nitem = \"x\\n  ::error::pwned ##[group]\"\nchannel = \"::warning::pwned\"\nunits = 1\n",
    );
    for format in ["human", "plain", "short", "json", "jsonl", "sarif", "gitlab"] {
        let run = sopc(named.path(), &["check", "--diagnostics", format]);
        assert_eq!(run.code, Some(1));
        assert!(
            format.starts_with("json") || ["sarif", "gitlab"].contains(&format) || quiet(&run.out),
            "{format}: {}",
            run.out
        );
        assert!(!run.out.lines().any(|line| line.trim_start().starts_with("::")), "{format}: {}", run.out);
    }
}

#[test]
fn numbers_of_options_are_told_what_they_have_to_be() {
    let folder = shop("");
    for (option, value, told) in [
        ("--gap", "-1", "not between 0 and 1"),
        ("--gap", "x", "not a number"),
        ("--time-limit", "-1", "below 0"),
        ("--time-limit", "0.5", "expected whole seconds"),
        ("--time-limit", "soon", "expected whole seconds"),
    ] {
        let run = sopc(folder.path(), &["plan", option, value]);
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(told), "{option} {value}: {}", run.err);
    }
}

#[cfg(unix)]
#[test]
fn arguments_do_not_act_on_the_terminal() {
    let folder = folder();
    for arguments in
        [&["fly\u{1b}[2J\u{7}\u{202e}"][..], &["plan", "--gap", "\u{1b}]0;x\u{7}"], &["check", "--x\n::error::y"]]
    {
        let run = sopc(folder.path(), arguments);
        assert_eq!(run.code, Some(2));
        assert!(!run.err.contains(['\u{1b}', '\u{7}', '\u{202e}']) && !run.err.contains("\n::"), "{:?}", run.err);
        assert!(run.err.contains("error: "), "{}", run.err);
    }
    if let Ok(full) = fs::File::options().write(true).open("/dev/full") {
        for argument in ["--help", "--version"] {
            let full = full.try_clone().expect("a device");
            let status = command(folder.path(), &[argument]).stdout(full).stderr(Stdio::null()).status();
            assert_eq!(status.expect("sopc runs").code(), Some(2), "{argument}");
        }
    }
}
