//! Pages in a browser: `cargo test --test it browser -- --ignored`, where Chromium is installed.
//!
//! Screenshots are left in `target/tmp/reports` to be looked at.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sopc::render::{Shown, diff_html, plan_html};

use super::plans::{all, tracking, tracking_of};
use crate::diff::formats::hostile_diff;

/// Runs Chromium on a page; `CHROMIUM` names the program where it is not called `chromium`.
fn chromium(folder: &Path, arguments: &[String]) -> Output {
    let program = std::env::var_os("CHROMIUM").unwrap_or("chromium".into());
    let quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--allow-file-access-from-files",
        "--enable-logging=stderr",
    ];
    let profile = format!("--user-data-dir={}", folder.join("profile").display());
    let run = Command::new(program).args(quiet).arg(profile).args(arguments).output();
    run.expect("Chromium runs: set CHROMIUM to where it is")
}

/// What a page's own script could not tell, for it has none: a frame around it measures how wide it is.
fn around(page: &Path) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>?</title><iframe id=f style='border:0;width:100%;height:4000px' \
         src='{}'></iframe><script>f.onload=()=>{{const d=f.contentDocument.documentElement;\
         document.title=d.scrollWidth<=d.clientWidth+1?'fits':'wide '+d.scrollWidth+' of '+d.clientWidth}}</script>",
        page.file_name().expect("a name").to_string_lossy()
    )
}

fn url(path: &Path) -> String {
    format!("file://{}", path.display())
}

#[test]
#[ignore = "needs Chromium"]
fn pages_open_without_a_word_on_the_console() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("reports");
    std::fs::create_dir_all(&folder).expect("a folder");
    let full = Shown { full: true, ..Shown::default() };
    let mut pages: Vec<(&str, String)> = all().iter().map(|(name, plan)| (*name, plan_html(plan))).collect();
    pages.push(("review", diff_html(&hostile_diff(), &full)));
    pages.push(tracking());
    pages.push((
        "tracking-hostile",
        tracking_of("\u{202e}\u{5e9}\u{5dc}<b>&amp;</b></script>-long-long-long-long-long-name"),
    ));
    for (name, text) in pages {
        let page = folder.join(format!("{name}.html"));
        std::fs::write(&page, &text).expect("a page can be written");
        let measured = folder.join(format!("{name}-around.html"));
        std::fs::write(&measured, around(&page)).expect("a page can be written");
        for width in [360, 1280] {
            let size = format!("--window-size={width},4000");
            let fits = [size.clone(), "--virtual-time-budget=3000".into(), "--dump-dom".into(), url(&measured)];
            let told = chromium(&folder, &fits);
            let dom = String::from_utf8_lossy(&told.stdout).into_owned();
            assert!(dom.contains("<title>fits</title>"), "{name} at {width}: {}", &dom[..dom.len().min(300)]);
            let picture = folder.join(format!("{name}-{width}.png"));
            let shot = [size, format!("--screenshot={}", picture.display()), url(&page)];
            assert_quiet(name, &chromium(&folder, &shot));
            assert!(std::fs::metadata(&picture).expect("a picture").len() > 5_000, "{name}");
        }
        let paper = folder.join(format!("{name}.pdf"));
        let print = ["--no-pdf-header-footer".into(), format!("--print-to-pdf={}", paper.display()), url(&page)];
        assert_quiet(name, &chromium(&folder, &print));
        assert!(std::fs::read(&paper).expect("a print").starts_with(b"%PDF"), "{name}");
    }
}

fn assert_quiet(name: &str, run: &Output) {
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    let loud: Vec<&str> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(run.status.success() && loud.is_empty(), "{name}: {loud:#?}");
}
