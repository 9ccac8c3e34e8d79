//! What people call an entry of a list, and which others they think of together with it.

use super::read::Slot;
use super::same::terms;
use super::tables;
use super::values::Selector;

/// How an entry is called.
pub(super) trait Label {
    /// What it belongs to: entries of one group are changed for one reason.
    fn group(&self) -> String;
    /// What is selected by it, where it has a selector.
    fn selector(&self) -> Option<&Selector>;
    /// The item that it is about, where it names one.
    fn item(&self) -> Option<&String>;
}

/// Declares how entries are called.
macro_rules! labels {
    ($($table:ident, $selector:tt, $item:tt, |$entry:ident| $group:expr;)*) => {$(
        impl Label for tables::$table {
            fn group(&self) -> String {
                let $entry = self;
                $group
            }

            fn selector(&self) -> Option<&Selector> {
                labels!(@selector $selector self)
            }

            fn item(&self) -> Option<&String> {
                labels!(@item $item self)
            }
        }
    )*};
    (@selector selector $table:ident) => { $table.selector.get() };
    (@selector none $table:ident) => { None };
    (@item item $table:ident) => { $table.item.get() };
    (@item none $table:ident) => { None };
}

labels! {
    Price, selector, none, |it| named(&it.id, || selected(&it.selector));
    Fee, selector, none, |it| named(&it.id, || selected(&it.selector));
    Lane, selector, none, |it| format!("from {}", word(it.supplier.get().or(it.from.get())));
    PurchasePrice, selector, none, |it| format!("from {}", word(it.supplier.get()));
    Demand, none, item, |it| format!("of {}", word(it.item.get()));
    Stock, none, item, |_it| String::new();
    OpenOrder, none, item, |it| word(it.id.get());
    OpenTransfer, none, item, |it| format!("of {}", word(it.item.get()));
    Outlook, selector, none, |it| named(&it.id, || selected(&it.selector));
    Adjust, selector, none, |it| named(&it.id, || selected(&it.selector));
    Promotion, selector, none, |it| named(&it.id, || selected(&it.selector));
    Service, selector, none, |it| named(&it.id, || selected(&it.selector));
    Cover, selector, none, |it| named(&it.id, || selected(&it.selector));
    CashFlow, none, none, |it| word(it.name.get());
    Budget, selector, none, |it| named(&it.id, || selected(&it.selector));
    Limit, selector, none, |it| named(&it.id, || selected(&it.selector));
    Rule, none, none, |it| word(it.id.get());
    Gate, none, none, |it| word(it.id.get());
    Waiver, none, none, |it| word(it.gate.get().or(it.code.get()));
    Pin, none, item, |it| format!("of {}", word(it.item.get()));
    Renamed, none, none, |it| word(it.from.get());
    History, none, none, |_it| String::new();
    Actual, none, none, |_it| String::new();
}

fn word(name: Option<&String>) -> String {
    name.cloned().unwrap_or_default()
}

/// An entry by its id, else by what else tells it.
fn named(id: &Slot<String>, otherwise: impl FnOnce() -> String) -> String {
    id.get().cloned().unwrap_or_else(otherwise)
}

/// A selector as people say it.
fn selected(slot: &Slot<Selector>) -> String {
    let side = |keys: Vec<(String, Vec<String>)>| {
        let said = keys.into_iter().map(|(key, values)| format!("{key} {}", values.join("/")));
        said.collect::<Vec<_>>().join(", ")
    };
    let Some(selector) = slot.get() else { return "of all".to_owned() };
    let (met, not) = (side(terms(&selector.met)), side(terms(&selector.not)));
    match (met.is_empty(), not.is_empty()) {
        (true, true) => "of all".to_owned(),
        (false, true) => format!("of {met}"),
        (true, false) => format!("of all but {not}"),
        (false, false) => format!("of {met}, but {not}"),
    }
}
