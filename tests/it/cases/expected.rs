//! An answer that was worked out elsewhere, `expected.json`, and whether a plan says the same.

use std::path::Path;

use serde_json::Value;
use sopc::plan::{Inventory, Plan};

/// The answer of a case.
pub(super) struct Expected(pub(super) Value);

impl Expected {
    pub(super) fn read(case: &Path) -> Self {
        Self(serde_json::from_str(&std::fs::read_to_string(case.join("expected.json")).unwrap()).unwrap())
    }

    /// True where it says that there is no plan.
    pub(super) fn no_plan(&self) -> bool {
        self.0["status"] == "infeasible"
    }

    /// The rows of a list; none where it is left out.
    pub(super) fn rows(&self, key: &str) -> &[Value] {
        self.0[key].as_array().map_or(&[], Vec::as_slice)
    }

    fn is_unique(&self, key: &str) -> bool {
        self.0["unique"][key] == true
    }

    /// What a plan says otherwise.
    pub(super) fn contradicted(&self, plan: &Plan) -> Result<(), String> {
        let told = serde_json::to_value(plan).unwrap();
        same("status", &told["status"], &self.0["status"])?;
        let (objective, wanted) = (number(&told["certificate"]["objective"]), number(&self.0["objective"]));
        if (objective - wanted).abs() > 0.005 {
            return Err(format!("objective {objective}, expected {wanted}"));
        }
        self.rules(plan)?;
        let given = |rows: &[Value]| -> Vec<String> { rows.iter().map(given_row).collect() };
        let (found, wanted) = (given(list(&told, "given")), given(self.rows("given")));
        if found != wanted {
            return Err(format!("given {found:?}, expected {wanted:?}"));
        }
        if self.is_unique("orders") {
            for key in ["orders", "transfers", "tail", "promotions"] {
                lines(key, list(&told, key), self.rows(key))?;
            }
        }
        if self.is_unique("planned") {
            same("planned", &sales(plan), &self.0["planned"])?;
        }
        if self.is_unique("closing") {
            self.stock("closing", plan, |row| row.closing)?;
            self.stock("in_transit", plan, |row| row.in_transit)?;
        }
        if !self.0["safety_stock"].is_null() {
            self.stock("safety_stock", plan, |row| row.safety_stock)?;
        }
        if self.is_unique("planned") && !self.rows("gates").is_empty() {
            for key in ["gates", "waivers"] {
                lines(key, list(&told, key), self.rows(key))?;
            }
        }
        if self.is_unique("planned") && !self.rows("cash").is_empty() {
            lines("cash", list(&told, "cash"), self.rows("cash"))?;
        }
        Ok(())
    }

    /// Uses of rules, in all and one by one.
    fn rules(&self, plan: &Plan) -> Result<(), String> {
        for rule in self.rows("rules") {
            let level = plan.certificate.levels.iter().find(|level| rule["id"] == level.rule.as_str());
            // What is used where it pays is no level.
            let own = plan.rules_used.iter().filter(|one| rule["id"] == one.id.as_str()).map(|one| one.used.0);
            let used = level.map_or_else(|| own.sum(), |level| level.used.0);
            if (used.to_string().parse::<f64>().unwrap() - number(&rule["use"])).abs() > 0.005 {
                return Err(format!("rule {} uses {used}, expected {}", rule["id"], rule["use"]));
            }
        }
        if self.is_unique("planned") && self.is_unique("orders") {
            let rows: Vec<_> = plan.rules_used.iter().map(|one| serde_json::to_value(one).unwrap()).collect();
            return lines("rules_used", &rows, self.rows("rules_used"));
        }
        Ok(())
    }

    /// Units by item and location; what is not told is 0.
    fn stock(&self, key: &str, plan: &Plan, of: impl Fn(&Inventory) -> i64) -> Result<(), String> {
        let mut all = serde_json::Map::new();
        for row in &plan.inventory {
            let name = format!("{}/{}", row.item, row.location);
            let series = all.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            series.as_array_mut().unwrap().push(of(row).into());
        }
        let told = |rows: &serde_json::Map<String, Value>| {
            let some = |(_, row): &(&String, &Value)| row.as_array().unwrap().iter().any(|units| *units != 0);
            let kept: serde_json::Map<_, _> =
                rows.iter().filter(some).map(|(name, row)| (name.clone(), row.clone())).collect();
            Value::Object(kept)
        };
        let nothing = serde_json::Map::new();
        same(key, &told(&all), &told(self.0[key].as_object().unwrap_or(&nothing)))
    }
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn number(value: &Value) -> f64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

fn same(what: &str, found: &Value, expected: &Value) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what} {found}, expected {expected}")) }
}

fn given_row(row: &Value) -> String {
    let text = |key: &str| row[key].as_str().unwrap().to_owned();
    format!("{} {} {} {}", text("kind"), text("of"), text("bucket"), number(&row["amount"]))
}

/// Rows as comparable lines, in any order. What the expected ones leave out does not count.
fn lines(what: &str, found: &[Value], expected: &[Value]) -> Result<(), String> {
    let mut left: Vec<&Value> = found.iter().collect();
    for wanted in expected {
        match left.iter().position(|row| says(row, wanted)) {
            Some(position) => _ = left.remove(position),
            None => return Err(format!("{what} {}, expected {wanted}", Value::from(found))),
        }
    }
    if left.is_empty() { Ok(()) } else { Err(format!("{what} {left:?} beside the expected ones")) }
}

/// True where a row has all that is expected of it; amounts count by value.
fn says(row: &Value, wanted: &Value) -> bool {
    match (row, wanted) {
        (Value::Object(row), Value::Object(wanted)) => {
            wanted.iter().all(|(key, value)| row.get(key).is_some_and(|own| says(own, value)))
        }
        (Value::Array(row), Value::Array(wanted)) => {
            row.len() == wanted.len() && row.iter().zip(wanted).all(|(row, wanted)| says(row, wanted))
        }
        (Value::String(a), Value::String(b)) => a == b || (number(row) - number(wanted)).abs() < 1e-9,
        _ => row == wanted,
    }
}

/// Units sold on time, by item and channel.
fn sales(plan: &Plan) -> Value {
    let mut all = serde_json::Map::new();
    for row in &plan.allocations {
        let series =
            all.entry(format!("{}/{}", row.item, row.channel)).or_insert_with(|| vec![0; plan.buckets.len()].into());
        let bucket = plan.buckets.iter().position(|bucket| bucket.label == row.bucket).unwrap();
        series[bucket] = (series[bucket].as_i64().unwrap() + row.planned).into();
    }
    Value::Object(all)
}
