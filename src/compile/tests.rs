use super::*;
use crate::document::ReadError;
use crate::plan::{Amount, NoPlanStatus};
use crate::solve::Violation;
use crate::source::Place;
use crate::units::whole;

struct Memory(Vec<(&'static str, &'static str)>);

impl Files for Memory {
    fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
        Ok(self.0.iter().map(|(path, _)| (*path).to_owned()).collect())
    }

    fn read(&self, path: &str, _: u64) -> Result<Vec<u8>, ReadError> {
        let found = self.0.iter().find(|(known, _)| *known == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or(ReadError::Unreadable("there is no such file".into()))
    }
}

const PROJECT: &str = "[plan]\nlanguage = 1\nname = \"Ä\"\ncycle = \"2026-02\"\nas-of = 2026-02-01\nbucket = \"month\"\n\
                       horizon = 2\ncurrency = \"USD\"\n[cash]\nopening = 5\nminimum = 1\n\
                       [[budget]]\nid = \"all\"\npurchases = 10 # a month\n";

fn violation(kind: &'static str, of: &str, bucket: usize, amount: i64, proven: bool, line: u32) -> Violation {
    let origin = Place { file: "sop.toml".into(), line, column: 1 };
    Violation { kind, of: of.into(), bucket, amount: whole(amount), origin, proven }
}

fn said(violations: &[Violation]) -> (NoPlan, Vec<String>) {
    let compiled = compile(&Memory(vec![("sop.toml", PROJECT)]));
    assert!(compiled.network.is_some(), "{:?}", compiled.diagnostics);
    let network = compiled.network.as_ref().unwrap();
    let (document, diagnostics) = words::no_plan(
        network,
        &compiled.sources,
        violations,
        words::Known { proven: false, bound: Some(whole(12_345)), interrupted: false },
    );
    let text = |one: &Diagnostic| {
        let under = one.primary().map(|span| compiled.sources.text(span)).unwrap_or_default();
        format!("{}: {} @ {under} | {}", one.code, one.message, one.notes.join(" | "))
    };
    (document, diagnostics.iter().map(text).collect())
}

#[test]
fn a_proof_names_what_no_plan_keeps() {
    let (document, said) = said(&[
        violation("budget", "all", 0, 3, false, 12),
        violation("cash-minimum", "cash", 0, 1_200, true, 11),
        violation("cash-minimum", "cash", 1, 34_500, false, 11),
    ]);
    assert_eq!(document.status, NoPlanStatus::Infeasible);
    assert_eq!(document.conflicts[0].members.len(), 1);
    assert_eq!(
        said,
        [
            "SOP4001: no plan keeps the cash minimum: the closest one misses it in 2026-03 by 34,500.00 USD @ minimum = 1 \
          | also in 2026-02 by 1,200.00 USD | the closest plan also misses budget `all` in 2026-02 by 3.00 USD"
        ]
    );
}

#[test]
fn without_a_proof_it_says_so() {
    let (document, said) = said(&[violation("budget", "all", 1, 3, false, 12)]);
    assert_eq!(document.status, NoPlanStatus::NotFound);
    assert_eq!(
        said,
        ["SOP4002: no plan was found that keeps budget `all`: the closest one misses it in 2026-03 by 3.00 USD @ \
          [[budget]] | if there is a plan, it earns 12,345.00 USD at most"]
    );
    assert_eq!(document.bound, Some(Amount(12_345.into())));
}

#[test]
fn places_become_spans_and_absurd_ones_do_not() {
    let mut sources = Sources::default();
    sources.add("a.toml".into(), "ä = 1\r\nb = 2".into(), String::new());
    let at = |file: &str, line, column| words::span_at(&sources, &Place { file: file.into(), line, column });
    assert_eq!(sources.text(at("a.toml", 1, 3).unwrap()), "= 1");
    assert_eq!(sources.text(at("a.toml", 2, 1).unwrap()), "b = 2");
    assert_eq!(sources.text(at("a.toml", 2, 99).unwrap()), "");
    assert_eq!([at("a.toml", 0, 1), at("a.toml", 9, 1), at("b.toml", 1, 1)], [None; 3]);
}

#[test]
fn inputs_and_diagnostics_are_in_order() {
    let compiled = compile(&Memory(vec![("z.toml", ""), ("sop.toml", PROJECT), ("a.toml", "[plan]\nnope = 1\n")]));
    assert_eq!(
        inputs(&compiled).iter().map(|one| one.path.as_str()).collect::<Vec<_>>(),
        ["a.toml", "sop.toml", "z.toml"]
    );
    assert!(matches!(plan(&compiled), Err(Failure::Invalid)));
    // The budget covers nothing: a warning, which a plan file lists; the unknown key is an error, which none does.
    let listed = plan_diagnostics(&compiled);
    assert_eq!(listed.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["SOP2004"], "{listed:?}");
}
