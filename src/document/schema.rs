//! JSON Schemas (draft-07) of TOML files, for completion, hover and first checks in an editor, made from the same specs
//! that drive the reader.
//!
//! All files of a project form one namespace, so one schema holds for each of them. Where a table may be spread over
//! files (`[plan]`, `[item.X]`), no single file shows whether a key is missing: `required` stands where a table is
//! whole, in `[[lane]]` and its like and in inline tables. A schema knows neither names nor other files nor the days of
//! a calendar; `sopc check` does.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::reference::takes;
use super::spec::{Entity, FieldSpec, Form, Kind, Need, Quantity, TableSpec};
use super::tables;
use super::toml_file::{CSV_TABLES, LANGUAGE, TABLES};
use super::values::{MAX_BUCKETS, Row};

/// Tables and keys of a draft-07 object.
type Object = Map<String, Value>;

/// The schema of any TOML file of a project.
#[must_use]
pub fn project_schema() -> Value {
    let about = "A file of a sopc project: Sales & Operations Planning as TOML. All TOML files of a project form one \
                 namespace, so every table may stand in every file.";
    Writer::new(true).root("A file of a sopc project", about)
}

/// The schema of a file in `scenarios/`, which changes parts of a project: nothing is required.
#[must_use]
pub fn scenario_schema() -> Value {
    let about = "A scenario of a sopc project: it changes entries of the project, found by their `id` or by what \
                 they are about, and states nothing else.";
    Writer::new(false).root("A scenario of a sopc project", about)
}

/// Makes one schema.
struct Writer {
    /// Whether entries of lists must be whole.
    whole: bool,
    /// Values that many keys take, by name.
    definitions: Object,
}

impl Writer {
    fn new(whole: bool) -> Self {
        Self { whole, definitions: Object::new() }
    }

    fn root(mut self, title: &str, about: &str) -> Value {
        let mut properties = Object::new();
        for spec in TABLES {
            properties.insert(spec.name.into(), self.table(spec));
        }
        let mut root = object(json!({
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": title,
            "description": about,
            "type": "object",
            "x-tombi-toml-version": "v1.0.0",
            "properties": properties,
            "additionalProperties": false,
        }));
        self.definitions.sort_keys();
        root.insert("definitions".into(), Value::Object(self.definitions));
        Value::Object(root)
    }

    /// A table as it stands at the top of a file.
    fn table(&mut self, spec: &'static TableSpec) -> Value {
        let mut description = spec.doc.to_owned();
        if CSV_TABLES.contains(&spec.name) {
            description.push_str("\n\nIts rows may also stand in a CSV file, see `[[csv]]`.");
        }
        let about = object(json!({ "title": spec.header(), "description": description }));
        let shape = match spec.form {
            Form::Single if spec.fields.is_empty() => self.rates(),
            Form::Single | Form::Inline => self.keys(spec, false),
            Form::Named => {
                let keys = self.keys(spec, false);
                let entry = joined(object(json!({ "title": spec.header(), "description": spec.doc })), keys);
                object(json!({
                    "type": "object",
                    "additionalProperties": entry,
                    "x-tombi-additional-key-label": spec.name,
                }))
            }
            Form::List => {
                let keys = self.keys(spec, self.whole);
                let entry = joined(object(json!({ "title": spec.header(), "description": spec.doc })), keys);
                object(json!({ "type": "array", "items": entry }))
            }
        };
        joined(about, shape)
    }

    /// `[fx]`: a rate for each currency.
    fn rates(&mut self) -> Object {
        let rate = json!({
            "description": "Plan currency for one unit of this currency.",
            "examples": [0.14],
            "anyOf": self.level(Quantity::Exchange),
        });
        object(json!({
            "type": "object",
            "patternProperties": { CURRENCY: rate },
            "additionalProperties": false,
        }))
    }

    /// The keys of a table; `whole` where all that are needed must be there.
    fn keys(&mut self, spec: &'static TableSpec, whole: bool) -> Object {
        let mut properties = Object::new();
        for field in spec.fields {
            properties.insert(field.key.into(), self.field(spec, field));
        }
        let mut shape = object(json!({ "type": "object", "properties": properties, "additionalProperties": false }));
        let needed: Vec<_> = spec.fields.iter().filter(|field| field.need == Need::Required).collect();
        if whole && !needed.is_empty() {
            shape.insert("required".into(), needed.iter().map(|field| field.key).collect());
            // What Taplo writes when a table is begun.
            let keys: Vec<_> = needed.iter().map(|field| field.key).collect();
            shape.insert("x-taplo".into(), json!({ "initKeys": keys }));
        }
        shape
    }

    fn field(&mut self, spec: &TableSpec, field: &'static FieldSpec) -> Value {
        let mut about = object(json!({ "description": description(spec, field) }));
        if let Need::Default(text) = field.need {
            about.insert("default".into(), default(field.kind, text));
        }
        let examples = examples(spec, field);
        if !examples.is_empty() {
            about.insert("examples".into(), examples.into());
        }
        let shape = narrowed(spec, field).unwrap_or_else(|| match spec.name {
            // An assumption is made of numbers, not of other assumptions.
            name if name == tables::Assumption::SPEC.name || name == tables::Assume::SPEC.name => plain(field.kind),
            _ => self.value(field.kind),
        });
        joined(about, shape)
    }

    /// What a key of this kind takes.
    fn value(&mut self, kind: Kind) -> Object {
        match kind {
            Kind::Whole(..) | Kind::Number(_) => any_of(vec![Value::Object(plain(kind)), self.assumed()]),
            Kind::Level(quantity) => any_of(self.level(quantity)),
            Kind::Flow(quantity) => any_of(self.flow(quantity)),
            Kind::Freight => {
                let mut forms = self.level(Quantity::Price);
                forms.push(self.inline(tables::PerVolume::SPEC));
                any_of(forms)
            }
            Kind::Rows(spec) => object(json!({ "type": "array", "items": self.inline(spec) })),
            Kind::Selector(entities) => self.selector(entities),
            Kind::Text
            | Kind::Name(_)
            | Kind::Names(_)
            | Kind::Date
            | Kind::Flag
            | Kind::Choice(_)
            | Kind::During
            | Kind::Buckets
            | Kind::Words
            | Kind::Period
            | Kind::From => plain(kind),
            Kind::Table(spec) => self.keys(spec, true),
        }
    }

    /// A table that stands inside another one, and is whole there.
    fn inline(&mut self, spec: &'static TableSpec) -> Value {
        let about = object(json!({ "title": spec.name, "description": spec.doc }));
        let keys = self.keys(spec, true);
        joined(about, keys)
    }

    /// A number, or an assumed one.
    fn number(&mut self, quantity: Quantity) -> Vec<Value> {
        vec![Value::Object(plain(Kind::Number(quantity))), self.assumed()]
    }

    fn level(&mut self, quantity: Quantity) -> Vec<Value> {
        let mut forms = self.number(quantity);
        forms.push(self.by_bucket(quantity));
        forms
    }

    fn flow(&mut self, quantity: Quantity) -> Vec<Value> {
        let mut forms = self.level(quantity);
        forms.push(self.per(quantity, "per-month", "A number a calendar month, spread by days."));
        forms.push(self.per(quantity, "per-week", "A number a week, spread by days."));
        forms
    }

    /// `{ assume = "name", times = 1.5, plus = 0.01 }`
    fn assumed(&mut self) -> Value {
        self.shared("assumed", |writer| writer.inline(tables::Assume::SPEC))
    }

    /// `{ default = 420, "2026-11" = 600 }`
    fn by_bucket(&mut self, quantity: Quantity) -> Value {
        self.shared(&format!("{}-by-bucket", key_of(quantity)), |writer| {
            let number = any_of(writer.number(quantity));
            let described = |text: &str| joined(object(json!({ "description": text })), number.clone());
            json!({
                "title": "by bucket",
                "description": "A number by month or week, such as `{ default = 20, \"2026-11\" = 25, \
                                \"2026-04..2026-06\" = 15 }`.",
                "type": "object",
                "properties": { "default": described("In every month or week that has no number of its own.") },
                "patternProperties": {
                    periods(): described("In this month (`\"2026-02\"`), week (`\"2026-W07\"`) or range of them.")
                },
                "additionalProperties": false,
                "x-tombi-additional-key-label": "bucket",
            })
        })
    }

    fn per(&mut self, quantity: Quantity, key: &'static str, about: &str) -> Value {
        self.shared(&format!("{}-{key}", key_of(quantity)), |writer| {
            let number = joined(object(json!({ "description": about })), any_of(writer.number(quantity)));
            json!({
                "title": key,
                "description": about,
                "type": "object",
                "properties": { key: number },
                "required": [key],
                "additionalProperties": false,
            })
        })
    }

    /// `{ category = "kitchen", not = { item = ["A", "B"] } }`
    fn selector(&mut self, entities: &[Entity]) -> Object {
        let mut properties = Object::new();
        for entity in entities {
            let shape = if *entity == Entity::Attribute { attributes() } else { one_or_many(*entity) };
            properties.insert(entity.name().into(), shape);
        }
        let not = json!({
            "description": "What meets every key in here is left out.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        });
        properties.insert("not".into(), not);
        object(json!({ "type": "object", "properties": properties, "additionalProperties": false }))
    }

    /// A reference to a definition, which is made where there is none yet.
    fn shared(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.definitions.contains_key(name) {
            let definition = make(self);
            self.definitions.insert(name.into(), definition);
        }
        json!({ "$ref": format!("#/definitions/{name}") })
    }
}

/// ISO 4217.
const CURRENCY: &str = "^[A-Z]{3}$";

/// Kinds whose values look the same wherever they stand.
fn plain(kind: Kind) -> Object {
    object(match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Name(_) => json!({ "type": "string", "pattern": r"\S" }),
        Kind::Names(_) => json!({ "type": "array", "items": { "type": "string", "pattern": r"\S" } }),
        // Editors hand dates to a schema as text.
        Kind::Date => json!({ "type": "string", "format": "date", "pattern": "^(19|20|21|2200)[0-9-]*$" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Whole(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Kind::Number(quantity) | Kind::Level(quantity) | Kind::Flow(quantity) => number(quantity),
        Kind::Freight => number(Quantity::Price),
        Kind::Choice(words) => json!({ "type": "string", "enum": words }),
        Kind::During => json!({ "type": "string", "pattern": periods() }),
        Kind::Buckets => buckets(),
        Kind::Words => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
        Kind::Selector(_) => json!({ "type": "object" }),
        Kind::Rows(_) => json!({ "type": "array" }),
        Kind::Table(_) => json!({ "type": "object" }),
        Kind::Period => json!({ "type": "string", "pattern": format!("^{}$", period()) }),
        Kind::From => json!({ "type": "string", "pattern": format!("^(start|{})$", period()) }),
    })
}

fn number(quantity: Quantity) -> Value {
    let (low, high, digits) = quantity.limits();
    json!({
        "title": quantity.words(),
        "type": if digits == 0 { "integer" } else { "number" },
        "minimum": as_json(low),
        "maximum": as_json(high),
    })
}

/// `"month"`, `"week"` or `[{ weeks = 13 }, { months = 6 }]`
fn buckets() -> Value {
    let some = |key: &str| {
        let count = json!({ "type": "integer", "minimum": 1, "maximum": MAX_BUCKETS });
        json!({ "type": "object", "properties": { key: count }, "required": [key], "additionalProperties": false })
    };
    json!({
        "anyOf": [
            { "type": "string", "enum": ["month", "week"] },
            {
                "description": "Weeks, then months.",
                "type": "array",
                "minItems": 1,
                "maxItems": 2,
                "items": { "anyOf": [some("weeks"), some("months")] },
            },
        ],
    })
}

/// Years from 1900 to 2200.
const YEAR: &str = "(19[0-9]{2}|2[01][0-9]{2}|2200)";

/// A month.
fn month() -> String {
    format!("{YEAR}-(0[1-9]|1[0-2])")
}

/// A week.
fn week() -> String {
    format!("{YEAR}-W(0[1-9]|[1-4][0-9]|5[0-3])")
}

/// A month or a week.
fn period() -> String {
    format!("({}|{})", month(), week())
}

/// Months, weeks and ranges of either.
fn periods() -> String {
    let (month, week) = (month(), week());
    format!(r"^({month}(\.\.{month})?|{week}(\.\.{week})?)$")
}

/// `attributes = { season = "summer", colour = ["blue", "green"] }`
fn attributes() -> Value {
    let one = json!({ "type": "string" });
    json!({
        "description": "Attributes of items, each with one value or several: `{ season = \"summer\" }`.",
        "type": "object",
        "additionalProperties": { "anyOf": [one, { "type": "array", "items": one }] },
    })
}

fn one_or_many(entity: Entity) -> Value {
    let one = plain(Kind::Name(entity));
    json!({
        "description": format!("One {} or several: `\"A\"` or `[\"A\", \"B\"]`.", entity.name()),
        "anyOf": [one, { "type": "array", "items": one }],
    })
}

/// Keys that take less than their kind does.
fn narrowed(spec: &TableSpec, field: &FieldSpec) -> Option<Object> {
    let shape = match (spec.name, field.key) {
        ("plan", "language") => json!({ "type": "integer", "enum": [LANGUAGE] }),
        ("plan" | "supplier", "currency") => json!({ "type": "string", "pattern": CURRENCY }),
        ("csv", "table") => {
            json!({ "type": "string", "enum": CSV_TABLES })
        }
        ("csv", "delimiter" | "quote") => json!({ "type": "string", "pattern": "^[\\u0000-\\u007f]$" }),
        _ => return None,
    };
    Some(object(shape))
}

/// What a key states, takes and needs, in Markdown.
fn description(spec: &TableSpec, field: &FieldSpec) -> String {
    let takes = match field.kind {
        // The reference explains what it calls a level and a flow; here it is said in full.
        Kind::Level(_) | Kind::Flow(_) | Kind::Freight => field.kind.words(),
        kind => takes(kind),
    };
    let mut text = field.doc.to_owned();
    if !takes.is_empty() && narrowed(spec, field).is_none() {
        text.push_str(&format!("\n\nTakes: {}.", takes.replace("\\|", "|")));
    }
    match field.need {
        Need::Required => text.push_str("\n\nNeeded."),
        Need::Default(_) | Need::Optional => {}
    }
    text
}

fn default(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Flag => json!(text == "true"),
        Kind::Whole(..) | Kind::Number(_) | Kind::Level(_) | Kind::Flow(_) | Kind::Freight => {
            text.parse().map_or_else(|_| json!(text), as_json)
        }
        Kind::Text
        | Kind::Name(_)
        | Kind::Names(_)
        | Kind::Date
        | Kind::Choice(_)
        | Kind::During
        | Kind::Selector(_)
        | Kind::Rows(_)
        | Kind::Buckets
        | Kind::Words
        | Kind::Table(_)
        | Kind::Period
        | Kind::From => json!(text),
    }
}

/// Values for an editor to offer.
fn examples(spec: &TableSpec, field: &FieldSpec) -> Vec<Value> {
    if narrowed(spec, field).is_some() && field.key == "currency" {
        return vec![json!("USD"), json!("EUR")];
    }
    match field.kind {
        Kind::Date => vec![json!("2026-02-14")],
        Kind::During => vec![json!("2026-04"), json!("2026-W14"), json!("2026-04..2026-06")],
        Kind::Buckets => vec![json!("month"), json!("week"), json!([{ "weeks": 13 }, { "months": 6 }])],
        Kind::Selector(entities) => {
            let example = |entity: &Entity| entities.contains(entity);
            let category = example(&Entity::Category).then(|| json!({ "category": "kitchen" }));
            let without = example(&Entity::Category)
                .then(|| json!({ "category": "kitchen", "not": { "item": ["MUG-BLUE", "MUG-GREY"] } }));
            category.into_iter().chain(without).collect()
        }
        Kind::Level(Quantity::Price) => vec![json!(18.5), json!({ "default": 18.5, "2026-11": 16.25 })],
        Kind::Level(Quantity::Days) => vec![json!(60), json!({ "default": 60, "2026-01..2026-02": 75 })],
        Kind::Flow(Quantity::Money) => vec![json!(-85000), json!({ "per-month": -85000 })],
        Kind::Flow(_) => vec![json!(420), json!({ "default": 420, "2026-11": 600 }), json!({ "per-month": 12000 })],
        Kind::Freight => vec![json!(0.6), json!({ "per-m3": 72 })],
        Kind::Number(Quantity::Share) | Kind::Level(Quantity::Share) => vec![json!(0.15)],
        Kind::Text
        | Kind::Name(_)
        | Kind::Names(_)
        | Kind::Flag
        | Kind::Whole(..)
        | Kind::Number(_)
        | Kind::Level(_)
        | Kind::Choice(_)
        | Kind::Rows(_)
        | Kind::Words
        | Kind::Table(_) => Vec::new(),
        Kind::Period => vec![json!("2026-04"), json!("2026-W15")],
        Kind::From => vec![json!("2026-04"), json!("start")],
    }
}

/// How the definitions of a quantity are called.
fn key_of(quantity: Quantity) -> &'static str {
    match quantity {
        Quantity::Money => "money",
        Quantity::Price => "price",
        Quantity::Share => "share",
        Quantity::Rate => "rate",
        Quantity::Exchange => "exchange-rate",
        Quantity::Units => "units",
        Quantity::Volume => "volume",
        Quantity::Capacity => "capacity",
        Quantity::Days => "days",
        Quantity::Factor => "factor",
        Quantity::Growth => "growth",
        Quantity::Change => "change",
        Quantity::Any => "number",
    }
}

fn any_of(forms: Vec<Value>) -> Object {
    object(json!({ "anyOf": forms }))
}

/// A number as it is written, without a float in between.
fn as_json(number: Decimal) -> Value {
    serde_json::from_str(&number.normalize().to_string()).unwrap_or(Value::Null)
}

/// The members of a JSON object.
fn object(value: Value) -> Object {
    match value {
        Value::Object(members) => members,
        _ => Object::new(),
    }
}

/// What is said of a value, then its shape.
fn joined(mut about: Object, shape: Object) -> Value {
    about.extend(shape);
    Value::Object(about)
}

#[cfg(test)]
mod tests;
