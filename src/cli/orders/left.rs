//! Files of purchase orders that an earlier plan left in a folder.
//!
//! A supplier that gets a file of a plan that is over orders twice. So they are told; and removed where that is asked for, as far as they
//! are byte for byte what this program wrote. What people changed, and what is theirs, stays.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::purchase::PurchaseOrder;
use crate::render::{PURCHASE_COLUMNS, purchase_csv, purchase_json};

/// Files beyond this are nobody's purchase order, bytes.
const LARGEST: u64 = 16 << 20;
/// Columns by which a file of purchase orders is known, whichever version wrote it.
const KNOWN_BY: usize = 5;

/// A file that an earlier plan left.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Left {
    /// Its name.
    pub(super) name: String,
    /// The cycle it is of, where it tells.
    pub(super) cycle: Option<String>,
    /// True where nobody changed it.
    pub(super) untouched: bool,
}

/// The plan whose files belong in the folder.
pub(super) struct Current<'p> {
    /// Names of all of its files.
    pub(super) names: BTreeSet<String>,
    /// Its hash.
    pub(super) plan_hash: &'p str,
}

/// What an earlier plan left in a folder, by name; what cannot be read is not ours.
pub(super) fn left(folder: &Path, current: &Current<'_>) -> Vec<Left> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut found: Vec<Left> = names.filter_map(|name| one(folder, name, current)).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn one(folder: &Path, name: String, current: &Current<'_>) -> Option<Left> {
    let (stem, ending) = name.rsplit_once('.')?;
    let order = order(&folder.join(format!("{stem}.json")));
    let is_current =
        current.names.contains(&name) && order.as_ref().is_none_or(|(order, _)| order.plan_hash == current.plan_hash);
    if is_current {
        return None;
    }
    let untouched = match (ending, &order) {
        ("json", Some((order, text))) => purchase_json(order) == *text,
        ("csv", Some((order, _))) => {
            let text = text(&folder.join(&name))?;
            is_ours(&text).then(|| purchase_csv(std::slice::from_ref(order)) == text)?
        }
        ("csv", None) => is_ours(&text(&folder.join(&name))?).then_some(false)?,
        _ => return None,
    };
    Some(Left { cycle: order.map(|(order, _)| order.cycle), untouched, name })
}

fn is_ours(text: &str) -> bool {
    text.starts_with(&PURCHASE_COLUMNS[..KNOWN_BY].join(","))
}

/// The purchase order in a file, and its text.
fn order(path: &Path) -> Option<(PurchaseOrder, String)> {
    let text = text(path)?;
    serde_json::from_str(&text).ok().map(|order| (order, text))
}

/// The text of a plain file of sensible size; links are followed by nobody here.
fn text(path: &Path) -> Option<String> {
    let metadata = path.symlink_metadata().ok()?;
    (metadata.is_file() && metadata.len() <= LARGEST).then(|| fs::read_to_string(path).ok())?
}
