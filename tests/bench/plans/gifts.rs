//! A real gift shop whose storage, purchases and suppliers all have a tenth less than its plan without limits would use.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;
use sopc::compile;
use sopc::plan::Plan;

use crate::Project;
use crate::support::Memory;
use crate::uci;

/// The project with one figure for each limit, a tenth less than is used of it in the month that uses most, and with a tenth less than
/// is used in each month; `None` where the data is not there.
pub(crate) fn projects() -> Option<[Memory; 2]> {
    let Project(files) = uci::project()?;
    let files: Vec<(String, String)> =
        files.into_iter().map(|(path, text)| (path, String::from_utf8(text).expect("text"))).collect();
    let with = |limits: String| Memory::of(files.iter().cloned().chain([("limits.toml".to_owned(), limits)]));
    let free = with(limits(|_, _| "1000000000".to_owned()));
    let plan = compile::plan(&compile::compile(&free)).unwrap_or_else(|why| panic!("{why:?}"));
    let used = used(&plan);
    let of_limit = |kind: &str, of: &str| &used[&(kind.to_owned(), of.to_owned())];
    let most = |kind: &str, of: &str| {
        let months = of_limit(kind, of).iter().map(|(_, used)| *used);
        months.max().unwrap_or_default().to_string()
    };
    let monthly = |kind: &str, of: &str| {
        let months = of_limit(kind, of).iter();
        let months: Vec<String> = months.map(|(month, used)| format!("\"{month}\" = {used}")).collect();
        format!("{{ {} }}", months.join(", "))
    };
    Some([with(limits(most)), with(limits(monthly))])
}

/// All limits, each as `amount` says of its kind and name.
fn limits(amount: impl Fn(&str, &str) -> String) -> String {
    let mut text = format!(
        "[location.main]\nstorage-capacity = {}\n\n[[budget]]\nid = \"all\"\npurchases = {}\n\n",
        amount("storage-capacity", "main"),
        amount("budget", "all")
    );
    for supplier in (0..40).map(|number| format!("s{number}")) {
        write!(text, "[supplier.{supplier}]\ncapacity = {}\n\n", amount("supplier-capacity", &supplier))
            .expect("a string");
    }
    text
}

/// Nine tenths of what a plan uses of each limit, by month.
fn used(plan: &Plan) -> BTreeMap<(String, String), Vec<(String, Decimal)>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in &plan.capacity {
        let part = (row.used.0 * Decimal::new(9, 1)).round_dp(2);
        all.entry((row.kind.clone(), row.of.clone())).or_default().push((row.bucket.clone(), part));
    }
    all
}
