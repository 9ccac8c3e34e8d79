//! What is said, and shown, where there is no plan, or none was found in time.

use rust_decimal::Decimal;
use sopc::compile::{self, Compiled, Failure};
use sopc::diagnostic::Severity;
use sopc::plan::{NoPlan, NoPlanStatus, Plan, Status};
use sopc::solve::Steering;

use crate::support::Memory;

/// One item of 20.00 that costs 10.00, at sea for 20 days, three months.
fn compiled(on_hand: i64, besides: &str) -> Compiled {
    let shop = format!(
        "[plan]\nlanguage = 1\nname = \"shop\"\ncycle = \"2026-01\"\nas-of = 2026-01-01\nbucket = \"month\"\nhorizon = 3\n\
         currency = \"USD\"\n[item.A]\nprice = 20\n[location.main]\n[channel.dtc]\nship-from = [\"main\"]\n[[lane]]\n\
         where = {{ item = \"A\" }}\nsupplier = \"s\"\nlocation = \"main\"\nmode = \"sea\"\nlead-days = 20\nunit-cost = 10\n\
         [[stock]]\nitem = \"A\"\nlocation = \"main\"\non-hand = {on_hand}\n[[demand]]\nitem = \"A\"\nchannel = \"dtc\"\n\
         units = 40\n{besides}"
    );
    let compiled = compile::compile(&Memory::one_file(shop));
    assert!(compiled.network.is_some(), "{:?}", compiled.diagnostics);
    compiled
}

fn unplanned(failure: Failure) -> NoPlan {
    let Failure::NoPlan(document, _) = failure else { panic!("{failure:?}") };
    *document
}

/// Selling what is there, and keeping a little of it for March, is the best plan: 60 units at 20.00. Who is stopped at once does not know that, and says so.
#[test]
fn a_stopped_search_denies_nothing() {
    let besides =
        "[supplier.s]\nminimum-order = { value = 5000 }\n[[service]]\nfill-rate = 0.1\n[[budget]]\npurchases = 600\n";
    let shop = compiled(60, besides);
    let best = compile::plan(&shop).unwrap();
    assert_eq!(best.certificate.objective.0, Decimal::from(1_200));
    match compile::plan_steered(&shop, &Steering::new(&|| true, &|_| (), Decimal::ZERO)) {
        Ok(plan) => assert!(plan.certificate.interrupted),
        Err(failure) => {
            let told = unplanned(failure);
            assert_eq!(told.status, NoPlanStatus::NotFound);
            assert!(told.interrupted);
            assert!(told.bound.is_none_or(|bound| bound.0 >= Decimal::from(1_200)), "{:?}", told.bound);
        }
    }
}

fn draft(shop: &Compiled) -> Plan {
    let (failure, draft) = compile::plan_or_closest(shop, &Steering::default()).unwrap_err();
    assert_eq!(unplanned(failure).status, NoPlanStatus::Infeasible);
    let draft = *draft.unwrap();
    assert_eq!(draft.status, Status::Draft);
    draft
}

/// One unit is missing in January, before anything can arrive; nothing else need be.
#[test]
fn a_draft_breaks_no_more_than_it_must() {
    let draft = draft(&compiled(39, "[supplier.s]\n[[service]]\nfill-rate = 1\nfrom = \"start\"\n"));
    let short: Vec<i64> = draft.allocations.iter().map(|row| row.short).collect();
    assert_eq!(short, [1, 0, 0]);
}

/// Rent of 900.00 in January is more than there is, whatever is done. Floors need not suffer for that.
#[test]
fn a_draft_without_cash_keeps_floors() {
    let besides = "[supplier.s]\n[[service]]\nfill-rate = 1\n[cash]\nopening = 0\nminimum = 0\n[[cash-flow]]\nname = \"rent\"\n\
                   amount = { default = 0, \"2026-02\" = -5000 }\n";
    let draft = draft(&compiled(40, besides));
    assert!(draft.allocations.iter().all(|row| row.short == 0), "{:?}", draft.allocations);
}

/// A billion units would take tables of a terabyte: that is said at once, where the item stands.
#[test]
fn too_many_units_are_refused_before_they_are_planned() {
    let shop = compiled(1, "[supplier.s]\n");
    assert!(shop.diagnostics.iter().all(|one| one.severity != Severity::Error));
    let text = String::from_utf8(shop.sources.files()[0].text.as_bytes().to_vec()).unwrap();
    for (from, to) in [("on-hand = 1", "on-hand = 1000000000"), ("units = 40", "units = 1000000000")] {
        let compiled = compile::compile(&Memory::one_file(text.replace(from, to)));
        assert!(compiled.network.is_none());
        let errors: Vec<_> = compiled.diagnostics.iter().filter(|one| one.severity == Severity::Error).collect();
        let [error] = errors[..] else { panic!("{errors:?}") };
        assert!(error.message.starts_with("a plan may have to look at "), "{}", error.message);
    }
}
