//! What somebody types in a terminal and reads there: lines that begin with `$ ` are commands, all else is what they say.
//!
//! No shell is needed: `cd`, `mkdir`, `rm`, `cat`, `printf '...' > FILE`, `head -c N /dev/zero > FILE`,
//! `iconv -f WINDOWS-1252 -t UTF-8 FILE > FILE` and `sopc` are all there is, and mean here what they mean there.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::{Run, command, run};

/// The commands of a session.
pub(crate) fn commands(session: &str) -> Vec<&str> {
    session.lines().filter_map(|line| line.strip_prefix("$ ")).collect()
}

/// Types `commands` in `folder`; returns the session with all that was said.
pub(crate) fn typed(folder: &Path, commands: &[&str]) -> String {
    let mut at = folder.to_owned();
    let mut session = String::new();
    for command in commands {
        session.push_str(&format!("$ {command}\n{}", said(&mut at, command)));
    }
    session
}

/// Does one command; returns what it says.
fn said(at: &mut PathBuf, command: &str) -> String {
    let (program, rest) = command.split_once(' ').unwrap_or((command, ""));
    match program {
        "cd" => *at = at.join(rest).canonicalize().expect("a folder"),
        "mkdir" => fs::create_dir(at.join(rest)).expect("a new folder"),
        "rm" => fs::remove_file(at.join(rest)).expect("a file"),
        "printf" => write(at, rest, unquoted),
        "head" => write(at, rest, |count| {
            let count = count.strip_prefix("-c ").and_then(|rest| rest.strip_suffix(" /dev/zero")).expect("a number");
            vec![0; count.parse().expect("a number")]
        }),
        "iconv" => write(at, rest, |from| {
            let from = from.strip_prefix("-f WINDOWS-1252 -t UTF-8 ").expect("this way round");
            fs::read(at.join(from)).expect("a file").into_iter().map(char::from).collect::<String>().into_bytes()
        }),
        "cat" => return fs::read_to_string(at.join(rest)).expect("a file of text"),
        "sopc" => return sopc(at, rest),
        other => panic!("sessions know no `{other}`"),
    }
    String::new()
}

/// `... > file`
fn write(at: &Path, rest: &str, bytes: impl Fn(&str) -> Vec<u8>) {
    let (arguments, path) = rest.rsplit_once(" > ").expect("> file");
    let path = at.join(path);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, bytes(arguments)).expect("a file");
}

/// A text in quotes, with `\n` and `\xHH` in it.
fn unquoted(text: &str) -> Vec<u8> {
    let text = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')).expect("quotes");
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('\\') {
        bytes.extend(before.as_bytes());
        let (byte, taken) = match behind.as_bytes().first() {
            Some(b'n') => (b'\n', 1),
            Some(b'x') => (u8::from_str_radix(&behind[1..3], 16).expect("two digits"), 3),
            _ => panic!("sessions know no \\{behind}"),
        };
        bytes.push(byte);
        rest = &behind[taken..];
    }
    bytes.extend(rest.as_bytes());
    bytes
}

fn sopc(at: &Path, arguments: &str) -> String {
    let mut command = command(at, &arguments.split_whitespace().collect::<Vec<_>>());
    command.env("LC_ALL", "C.UTF-8");
    let Run { out, err, .. } = run(command);
    let said = out + &err;
    assert!(!said.contains("panicked"), "{said}");
    said
}
