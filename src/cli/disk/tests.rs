use super::*;

/// A folder with these files; a path that ends in `/` is a folder.
fn tree(paths: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in paths {
        let at = folder.path().join(path);
        if path.ends_with('/') {
            fs::create_dir_all(at).unwrap();
        } else {
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(at, path).unwrap();
        }
    }
    folder
}

fn listed(folder: &tempfile::TempDir) -> Result<Vec<String>, Refused> {
    let mut found = Disk::new(folder.path()).unwrap().list()?;
    found.sort();
    Ok(found)
}

#[test]
fn what_belongs_to_a_project() {
    let folder = tree(&[
        "sop.toml",
        "sales/a.TOML",
        "sales/deep/b.toml",
        "sales/scenarios/c.toml",
        "data/d.csv",
        ".git/e.toml",
        "sales/.hidden/f.toml",
        ".taplo.toml",
        "scenarios/g.toml",
        "cycles/h.toml",
        "cycles/2026-01.plan.json",
        "cycles/notes.json",
    ]);
    assert_eq!(
        listed(&folder).unwrap(),
        ["cycles/2026-01.plan.json", "sales/a.TOML", "sales/deep/b.toml", "sales/scenarios/c.toml", "sop.toml"]
    );
}

#[test]
fn paths_that_lead_out_are_refused() {
    let folder = tree(&["in/sop.toml", "in/data/a.csv", "out.csv"]);
    let disk = Disk::new(&folder.path().join("in")).unwrap();
    let absolute = folder.path().join("in/data/a.csv");
    for path in ["../out.csv", "data/../../out.csv", "../missing.csv", "/etc/passwd", absolute.to_str().unwrap()] {
        assert_eq!(disk.read(path, 100), Err(ReadError::OutsideRoot), "{path}");
    }
    assert_eq!(disk.read("data/../data/a.csv", 100).unwrap(), b"in/data/a.csv");
    assert_eq!(disk.read("data/a.csv", 3), Err(ReadError::TooLarge(3)));
    assert_eq!(disk.read("data", 100), Err(ReadError::Unreadable("it is a folder".into())));
    assert_eq!(disk.read("data/b.csv", 100), Err(ReadError::Unreadable("there is no such file".into())));
    assert!(disk.read("data/\0.csv", 100).is_err());
}

#[cfg(unix)]
mod links {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn links_out_are_refused_and_links_inside_count_once() {
        let folder =
            tree(&["in/sop.toml", "in/sales/a.toml", "in/.shared/b.toml", "in/scenarios/s.toml", "out/c.toml"]);
        let inside = folder.path().join("in");
        symlink("sales", inside.join("again")).unwrap();
        symlink("..", inside.join("sales/up")).unwrap();
        symlink("loop", inside.join("loop")).unwrap();
        symlink(".shared", inside.join("shared")).unwrap();
        symlink("sales/a.toml", inside.join("a-too.toml")).unwrap();
        symlink("scenarios/s.toml", inside.join("s-too.toml")).unwrap();
        symlink("../out/c.toml", inside.join("c.toml")).unwrap();
        symlink("nowhere.toml", inside.join("dangling.toml")).unwrap();
        let disk = Disk::new(&inside).unwrap();
        let mut found = disk.list().unwrap();
        found.sort();
        assert_eq!(found, ["c.toml", "dangling.toml", "sales/a.toml", "shared/b.toml", "sop.toml"]);
        assert_eq!(disk.read("c.toml", 100), Err(ReadError::OutsideRoot));
        assert_eq!(disk.read("shared/b.toml", 100).unwrap(), b"in/.shared/b.toml");

        symlink("../../out", inside.join("sales/out")).unwrap();
        assert_eq!(disk.list(), Err(("sales/out".into(), ReadError::OutsideRoot)));
        assert_eq!(disk.read("sales/out/c.toml", 100), Err(ReadError::OutsideRoot));
    }

    #[test]
    fn pipes_and_devices_are_no_files() {
        let folder = tree(&["sop.toml"]);
        symlink("/dev/zero", folder.path().join("zero.toml")).unwrap();
        let disk = Disk::new(folder.path()).unwrap();
        assert_eq!(disk.read("zero.toml", 100), Err(ReadError::OutsideRoot));
        let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.toml")).status();
        if made.is_ok_and(|status| status.success()) {
            assert_eq!(disk.read("pipe.toml", 100), Err(ReadError::Unreadable("it is no regular file".into())));
        }
    }

    #[test]
    fn names_are_utf8_and_folders_have_a_bottom() {
        let folder = tree(&["sop.toml"]);
        let wild = folder.path().join(std::ffi::OsStr::from_bytes(b"a\xff.toml"));
        if fs::write(&wild, "").is_ok() {
            assert!(matches!(listed(&folder), Err((_, ReadError::Unreadable(why))) if why.contains("UTF-8")));
            fs::remove_file(&wild).unwrap();
        }
        let deep = vec!["d"; MAX_DEPTH + 2].join("/");
        fs::create_dir_all(folder.path().join(deep)).unwrap();
        assert!(matches!(listed(&folder), Err((_, ReadError::Unreadable(why))) if why.contains("deep")));
    }
}
