//! Open orders: what came goes, what was released and has not come is added; the same for what is between own locations.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::edits::quoted;
use super::{Work, not_rolled};
use crate::document::tables::{OpenOrder, OpenTransfer};
use crate::plan::{Action, Amount, Order};
use crate::purchase::order_id;
use crate::source::Span;

/// Where open orders are added, if no TOML file has any.
const ORDERS: &str = "operations/open-orders.toml";
/// Where open transfers are added, if no TOML file has any.
const TRANSFERS: &str = "operations/open-transfers.toml";

/// What came of a line, by its key: units, and the purchase order that receipts name.
type Came = BTreeMap<String, (i64, Option<String>)>;

/// What is still to pay of each line, by its key.
type ToPay = BTreeMap<String, Vec<(NaiveDate, Decimal)>>;

impl Work<'_> {
    pub(super) fn orders(&mut self) {
        let told = |row: &crate::track::SupplyRow| Some((row.key.clone()?, (row.received, row.order.clone())));
        let came: Came = self.tracking.supply.iter().filter_map(told).collect();
        let all: Vec<&Order> = self.plan.orders.iter().chain(&self.plan.tail).collect();
        let due =
            all.iter().filter(|order| order.action != Action::Cancelled && order.usable_date < self.as_of).count();
        if due > 0 && self.tracking.metrics.iter().all(|metric| metric.name != "units-received") {
            let message = format!("receipts are not told, and {} due before {}", lines(due), self.as_of);
            let help = "tell actuals of kind \"receipt\": item, location, supplier, order, units and the day `on`";
            self.problem(not_rolled(message).help(help));
            return;
        }
        let to_pay = self.to_pay(&all);
        let entries = self.document.open_orders.iter();
        let entries: BTreeMap<(Option<&String>, Option<&String>), &OpenOrder> =
            entries.map(|entry| ((entry.id.get(), entry.item.get()), entry)).collect();
        for order in all.iter().filter(|order| !matches!(order.action, Action::New | Action::Committed)) {
            if let Some(entry) = entries.get(&(order.id.as_ref(), Some(&order.item))) {
                self.placed(order, entry, &came, &to_pay);
            }
        }
        self.released(&all, &came, &to_pay);
    }

    /// What is still to pay of each line: what is due before the new day is paid, unless payments are told and less was; what was paid
    /// early of a supplier is taken off what comes next.
    fn to_pay(&self, all: &[&Order]) -> ToPay {
        let placed = |order: &&&Order| order.release_date.is_none_or(|day| day < self.as_of);
        let mut due: BTreeMap<&str, Vec<(NaiveDate, &str, Decimal)>> = BTreeMap::new();
        for order in all.iter().filter(placed) {
            let own = order.payments.iter().map(|payment| (payment.date, order.key.as_str(), payment.amount.0));
            due.entry(&order.supplier).or_default().extend(own);
        }
        let mut to_pay = ToPay::new();
        for (supplier, mut payments) in due {
            payments.sort();
            let row = self.tracking.payments.iter().find(|row| row.supplier.as_deref() == Some(supplier));
            let mut late = row.map_or(Decimal::ZERO, |row| -row.late.0);
            let mut early = row.map_or(Decimal::ZERO, |row| row.early.0);
            let split = payments.partition_point(|(day, ..)| *day < self.as_of);
            let mut left: Vec<(NaiveDate, &str, Decimal)> = Vec::new();
            // What was not paid is the latest of what was due.
            for (day, key, amount) in payments[..split].iter().rev() {
                let open = late.min(*amount);
                late -= open;
                left.push((*day, key, open));
            }
            for (day, key, amount) in &payments[split..] {
                let paid = early.min(*amount);
                early -= paid;
                left.push((*day, key, *amount - paid));
            }
            left.sort();
            for (day, key, amount) in left.into_iter().filter(|(_, _, amount)| *amount > Decimal::ZERO) {
                to_pay.entry(key.to_owned()).or_default().push((day, amount));
            }
        }
        to_pay
    }

    /// An order that was open before.
    fn placed(&mut self, order: &Order, entry: &OpenOrder, came: &Came, to_pay: &ToPay) {
        let received = came.get(&order.key).map_or(0, |(units, _)| *units);
        let open = order.units - received;
        let what = format!("open order {}", order.key);
        if open <= 0 || order.action == Action::Cancelled {
            let why = if order.action == Action::Cancelled { "cancelled" } else { "received" };
            if !self.edits.remove(entry.header, &leaves(entry), format!("{what} goes: {why}")) {
                let diagnostic =
                    not_rolled(format!("the {what} stands in a list on one line, and cannot be taken out"));
                let diagnostic = diagnostic.at(entry.header, "this one was received");
                self.problem(diagnostic.help("write each as an [[open-order]] of its own"));
            }
            return;
        }
        if let Some(units) = entry.units.spanned() {
            self.set(units.span, units.value, open, &format!("{what}, units"));
        }
        if let Some(due) = entry.due.spanned().filter(|_| order.action == Action::Moved) {
            self.set(due.span, due.value, order.usable_date, &format!("{what}, due"));
        }
        let left = to_pay.get(&order.key).map_or(&[][..], Vec::as_slice);
        if let Some(stated) = entry.payments.spanned() {
            let before: Vec<(Option<NaiveDate>, Option<Decimal>)> =
                stated.value.0.iter().map(|one| (one.on.get().copied(), one.amount.get().copied())).collect();
            let after: Vec<_> = left.iter().map(|(day, amount)| (Some(*day), Some(*amount))).collect();
            if before != after {
                let what = format!("{what}, payments still to come: {}", paid(left));
                self.edits.replace_list(stated.span, &payment_leaves(entry), paid(left), what);
            }
        }
        if order.usable_date < self.as_of {
            self.notes.push(format!("{} was due on {} and has not come", order.key, order.usable_date));
        }
    }

    /// Lines that were released since the plan was made and have not come.
    fn released(&mut self, all: &[&Order], came: &Came, to_pay: &ToPay) {
        let stated = self.document.open_orders.iter();
        let mut taken: BTreeSet<(String, String)> =
            stated.filter_map(|entry| Some((entry.id.get()?.clone(), entry.item.get()?.clone()))).collect();
        let path = self.file_with(self.document.open_orders.iter().map(|entry| entry.header), ORDERS);
        let new = |order: &&&Order| matches!(order.action, Action::New | Action::Committed);
        let mut lines: Vec<(NaiveDate, &Order)> =
            all.iter().filter(new).filter_map(|order| Some((order.release_date?, *order))).collect();
        lines.retain(|(day, _)| *day < self.as_of);
        lines.sort_by(|a, b| (a.0, &a.1.key).cmp(&(b.0, &b.1.key)));
        for (day, order) in lines {
            let (received, named) = came.get(&order.key).cloned().unwrap_or_default();
            let open = order.units - received;
            if open <= 0 {
                continue;
            }
            let label = self.plan.buckets.iter().find(|bucket| bucket.start <= day && day <= bucket.end);
            let usual = order_id(&order.supplier, label.map_or("", |bucket| &bucket.label));
            let wanted = named.unwrap_or(usual);
            let mut numbered = (2_usize..).map(|number| format!("{wanted}-{number}"));
            let mut id = wanted.clone();
            while !taken.insert((id.clone(), order.item.clone())) {
                id = numbered.next().unwrap_or_default();
            }
            let entry = format!(
                "[[open-order]]\nid = {}\nitem = {}\nsupplier = {}\nlocation = {}\nunits = {open}\nordered = {day}\ndue = {}\npayments = {}\n",
                quoted(&id),
                quoted(&order.item),
                quoted(&order.supplier),
                quoted(&order.location),
                order.usable_date,
                paid(to_pay.get(&order.key).map_or(&[], Vec::as_slice)),
            );
            let what = format!("released: {id}, {open} of {}, due on {}", order.item, order.usable_date);
            self.edits.add(&path, &entry, what);
            if order.usable_date < self.as_of {
                self.notes.push(format!("{} was due on {} and has not come", order.key, order.usable_date));
            }
        }
    }

    /// Transfers: what was due has arrived, since stock is counted, unless transfers are told and it is not among them; what was sent
    /// and has not arrived is under way.
    pub(super) fn transfers(&mut self) {
        // Of transfers that were due, what has not come, by key; where none are told, nothing lacks.
        let left = self.tracking.transfers.iter().filter_map(|row| Some((row.key.clone()?, row.units - row.received)));
        let missing: BTreeMap<String, i64> = left.filter(|(_, units)| *units > 0).collect();
        for entry in &self.document.open_transfers {
            let Some(due) = entry.due.get().filter(|due| **due < self.as_of) else { continue };
            if let Some(left) = self.under_way(entry, &missing) {
                if let Some(units) = entry.units.spanned() {
                    let item = entry.item.get().cloned().unwrap_or_default();
                    self.set(units.span, units.value, left, &format!("open transfer of {item}, units"));
                    self.notes.push(format!("an open transfer of {item} was due on {due} and has not come"));
                }
                continue;
            }
            let spans = [
                entry.id.span(),
                entry.item.span(),
                entry.from.span(),
                entry.location.span(),
                entry.units.span(),
                entry.due.span(),
            ];
            let leaves: Vec<Span> = spans.into_iter().flatten().collect();
            let item = entry.item.get().cloned().unwrap_or_default();
            if !self.edits.remove(entry.header, &leaves, format!("open transfer of {item} goes: it was due on {due}")) {
                let diagnostic = not_rolled("the open transfer stands in a list on one line, and cannot be taken out");
                let diagnostic = diagnostic.at(entry.header, "this one has arrived");
                self.problems.push(diagnostic.help("write each as an [[open-transfer]] of its own"));
            }
        }
        let path = self.file_with(self.document.open_transfers.iter().map(|entry| entry.header), TRANSFERS);
        for transfer in self.plan.transfers.iter().filter(|transfer| transfer.action == Action::New) {
            let sent = transfer.release_date.is_some_and(|day| day < self.as_of);
            let late = missing.get(&transfer.key).copied();
            let units =
                if transfer.usable_date < self.as_of { late.unwrap_or(0) } else { late.unwrap_or(transfer.units) };
            if !sent || units == 0 {
                continue;
            }
            if transfer.usable_date < self.as_of {
                self.notes.push(format!("{} was due on {} and has not come", transfer.key, transfer.usable_date));
            }
            let entry = format!(
                "[[open-transfer]]\nitem = {}\nfrom = {}\nlocation = {}\nunits = {}\ndue = {}\n",
                quoted(&transfer.item),
                quoted(&transfer.from),
                quoted(&transfer.location),
                units,
                transfer.usable_date
            );
            let what = format!(
                "sent: {} of {} to {}, due on {}",
                units, transfer.item, transfer.location, transfer.usable_date
            );
            self.edits.add(&path, &entry, what);
        }
    }

    /// Units of an entry that are still under way, where transfers are told and some of it has not come.
    fn under_way(&self, entry: &OpenTransfer, missing: &BTreeMap<String, i64>) -> Option<i64> {
        let names = [entry.item.get()?, entry.from.get()?, entry.location.get()?];
        let due = entry.due.get()?;
        let same = self.plan.transfers.iter().filter(|row| row.action == Action::Open && row.usable_date == *due);
        let mut own =
            same.filter(|row| [&row.item, &row.from, &row.location] == names && Some(&row.units) == entry.units.get());
        own.find_map(|row| missing.get(&row.key).copied())
    }
}

/// Payments as TOML.
fn paid(payments: &[(NaiveDate, Decimal)]) -> String {
    let each = payments.iter().map(|(day, amount)| format!("{{ amount = {}, on = {day} }}", Amount(*amount)));
    format!("[{}]", each.collect::<Vec<_>>().join(", "))
}

fn lines(count: usize) -> String {
    if count == 1 { "a line was".to_owned() } else { format!("{count} lines were") }
}

/// The values of payments.
fn payment_leaves(entry: &OpenOrder) -> Vec<Span> {
    let payments = entry.payments.get().map_or(&[][..], |rows| rows.0.as_slice());
    payments.iter().flat_map(|one| [one.amount.span(), one.on.span()]).flatten().collect()
}

/// The values of an entry that have no comment in them; the list of payments by its elements, so that its end is one as well.
fn leaves(entry: &OpenOrder) -> Vec<Span> {
    let plain = [
        entry.id.span(),
        entry.item.span(),
        entry.supplier.span(),
        entry.location.span(),
        entry.units.span(),
        entry.ordered.span(),
        entry.due.span(),
        entry.firm.span(),
    ];
    let end = entry.payments.span().map(|span| Span { start: span.end.saturating_sub(1), ..span });
    plain.into_iter().chain([end]).flatten().chain(payment_leaves(entry)).collect()
}
