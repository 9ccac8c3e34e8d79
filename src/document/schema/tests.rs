//! Every key of every table with values of all sorts: the schema and the reader come to the same verdict.

use std::collections::BTreeMap;

use jsonschema::Validator;
use toml::de::{DeTable, DeValue};

use super::*;
use crate::diagnostic::{Severity, codes};
use crate::document::{Files, ReadError, load};

/// A project of one file.
struct One(String);

impl Files for One {
    fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
        Ok(vec!["a.toml".into()])
    }

    fn read(&self, _: &str, _: u64) -> Result<Vec<u8>, ReadError> {
        Ok(self.0.clone().into_bytes())
    }
}

/// Values that a key may take or not, as TOML.
const VALUES: &[&str] = &[
    // Words.
    "\"\"",
    "\" \"",
    "\"word\"",
    "\"USD\"",
    "\"usd\"",
    "\",\"",
    "\"é\"",
    "\"month\"",
    "\"weeks\"",
    "\"rest\"",
    "\"lost\"",
    "\"order\"",
    "\"peak\"",
    "\"demand\"",
    "\"cover\"",
    "\"12\"",
    "\"true\"",
    // Flags, days.
    "true",
    "false",
    "2026-02-14",
    "1899-12-31",
    "2200-12-31",
    "2201-01-01",
    "2026-02-14T08:00:00",
    "08:00:00",
    // Numbers.
    "0",
    "1",
    "-1",
    "2",
    "0.5",
    "1.0",
    "-0.5",
    "1.000001",
    "99",
    "101",
    "260",
    "261",
    "1000",
    "1001",
    "3650",
    "3651",
    "1000000",
    "1000000.5",
    "1000000000",
    "1000000001",
    "1000000000000",
    "1000000000001",
    "-1000000000000",
    "-1000000000001",
    "1e3",
    "nan",
    "inf",
    // Months and weeks.
    "\"2026-02\"",
    "\"2026-2\"",
    "\"2026-13\"",
    "\"2026-W07\"",
    "\"2026-W54\"",
    "\"2026-04..2026-06\"",
    "\"2026-04..2026-W30\"",
    "\"1899-01\"",
    "\"2200-12\"",
    "\"2201-01\"",
    // Series and numbers that are assumed.
    "{}",
    "{ default = 1 }",
    "{ default = -1 }",
    "{ \"2026-02\" = 1 }",
    "{ \"2026-02\" = 1, \"2026-W07\" = 0.5 }",
    "{ \"2026-04..2026-06\" = 1 }",
    "{ \"2026-2\" = 1 }",
    "{ Default = 1 }",
    "{ \"2026-02\" = \"1\" }",
    "{ \"2026-02\" = { assume = \"one\" } }",
    "{ \"2026-02\" = { default = 1 } }",
    "{ per-month = 1 }",
    "{ per-week = 1 }",
    "{ per-day = 1 }",
    "{ per-month = 1, default = 1 }",
    "{ per-month = 1, per-week = 1 }",
    "{ per-month = { assume = \"one\" } }",
    "{ per-m3 = 1 }",
    "{ per-m3 = { default = 1 } }",
    "{ per-m3 = { per-month = 1 } }",
    "{ per-m3 = \"1\" }",
    "{ assume = \"one\" }",
    "{ assume = \"one\", times = 1, plus = 0 }",
    "{ assume = \"one\", times = \"1\" }",
    "{ assume = \"one\", minus = 1 }",
    "{ assume = 1 }",
    "{ times = 2 }",
    // Lists and tables.
    "[]",
    "[\"word\"]",
    "[\"word\", \"other\"]",
    "[\" \"]",
    "[1]",
    "[[]]",
    "[{}]",
    "[{ weeks = 13 }]",
    "[{ weeks = 13 }, { months = 6 }]",
    "[{ weeks = 13, months = 6 }]",
    "[{ weeks = 0 }]",
    "[{ days = 3 }]",
    "[{ from = 2026-02-14, to = 2026-03-01 }]",
    "[{ from = 2026-02-14, to = 2026-03-01, reason = \"new year\" }]",
    "[{ from = 2026-02-14 }]",
    "[{ from = 2026-02-14, to = 2026-03-01, why = \"new year\" }]",
    "[{ share = 0.3, at = \"order\" }, { share = 0.7, at = \"ship\", days = 30 }]",
    "[{ share = 0.3, at = \"day\" }]",
    "[{ share = 1.3, at = \"order\" }]",
    "[{ from = 1000, unit-cost = 35.20 }]",
    "[{ from = 0, unit-cost = 35.20 }]",
    "[{ amount = 1680.00, on = 2026-03-10 }]",
    "[{ amount = -1, on = 2026-03-10 }]",
    "{ word = \"other\" }",
    "{ word = 1 }",
    "{ item = \"MUG\" }",
    "{ item = [\"MUG\", \"PAN\"] }",
    "{ item = [] }",
    "{ item = \"\" }",
    "{ item = 1 }",
    "{ colour = \"blue\" }",
    "{ item = \"MUG\", not = { item = \"PAN\" } }",
    "{ not = { colour = \"blue\" } }",
    "{ not = \"MUG\" }",
    "{ channel = \"web\" }",
    "{ location = \"main\" }",
    "{ supplier = \"works\" }",
    "{ mode = \"sea\" }",
    "{ attributes = { season = \"summer\" } }",
    "{ attributes = { season = [\"summer\", \"winter\"] } }",
    "{ attributes = \"summer\" }",
    "{ attributes = { season = 1 } }",
    "{ weeks = 2 }",
    "{ weeks = { default = 2, \"2026-11\" = 3 } }",
    "{ weeks = -1 }",
    "{ service-level = 0.95, demand-sd = 12, lead-sd-days = 3.5 }",
    "{ share = 0.1 }",
    "{ share = 2 }",
    "{ floor = 0.9 }",
    "{ buckets = 1 }",
    "{ amount = 5000 }",
    "{ value = 35000 }",
    "{ volume = 12.5 }",
    "\"start\"",
];

/// What a schema cannot know, or the reader alone does not.
fn excepted(spec: &TableSpec, field: &FieldSpec, value: &str) -> bool {
    let words =
        matches!(field.kind, Kind::Text | Kind::Name(_) | Kind::Choice(_) | Kind::During | Kind::Period | Kind::From);
    let day = matches!(value, "2026-02-14" | "1899-12-31" | "2200-12-31" | "2201-01-01");
    match (spec.name, field.key) {
        // JSON has no days and times: text where TOML has one.
        _ if words && (day || value.contains("08:00:00")) => true,
        // The version is told as one plain number; the reader looks at no other before it looks at the rest.
        ("plan", "language") => value == "1e3" || value.contains("assume"),
        // Whoever needs the currency asks for a code, whoever reads the file for a table.
        ("plan" | "supplier", "currency") | ("csv", "table") => value.starts_with('"'),
        _ => false,
    }
}

/// The document of a file as an editor hands it to a schema.
fn as_json(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(number) => serde_json::from_str(number.as_str()).unwrap_or(Value::Null),
        DeValue::Float(number) => serde_json::from_str(number.as_str()).unwrap_or(Value::Null),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Datetime(datetime) => Value::String(datetime.to_string()),
        DeValue::Array(array) => array.iter().map(|element| as_json(element.get_ref())).collect(),
        DeValue::Table(table) => table_as_json(table),
    }
}

fn table_as_json(table: &DeTable<'_>) -> Value {
    let members = table.iter().map(|(key, value)| (key.get_ref().to_string(), as_json(value.get_ref())));
    Value::Object(members.collect())
}

/// The reader's objection to a file, a missing key of the entry itself aside.
fn objection(text: &str, header: &str) -> Option<String> {
    objection_but(text, &[format!("{header} needs `")])
}

/// The reader's objection to a file, missing keys aside of which it says `missing`.
fn objection_but(text: &str, missing: &[String]) -> Option<String> {
    let found = load(&One(text.to_owned())).diagnostics;
    let counts = |one: &&crate::diagnostic::Diagnostic| {
        one.severity == Severity::Error
            && !(one.code == &codes::MISSING_KEY && missing.iter().any(|known| one.message.starts_with(known)))
    };
    found.iter().find(counts).map(|one| format!("{}: {}", one.code, one.message))
}

fn accepts(schema: &Validator, text: &str) -> bool {
    let table = DeTable::parse(text).expect("TOML");
    schema.is_valid(&table_as_json(table.get_ref()))
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft7::new(schema).expect("a schema")
}

#[test]
fn reader_and_schema_agree_on_every_key() {
    let schema = validator(&scenario_schema());
    let mut wrong = Vec::new();
    let mut verdicts = BTreeMap::from([(true, 0), (false, 0)]);
    for spec in TABLES {
        let header = spec.header();
        for field in spec.fields {
            for value in VALUES.iter().filter(|value| !excepted(spec, field, value)) {
                let assumption = if spec.name == "assumption" { "" } else { "[assumption.one]\nvalue = 1\n" };
                let text = format!("{assumption}{header}\n{} = {value}\n", field.key);
                let (objection, accepted) = (objection(&text, &header), accepts(&schema, &text));
                *verdicts.get_mut(&accepted).expect("both are there") += 1;
                if objection.is_none() != accepted {
                    wrong.push(format!("{header} {} = {value}: schema {accepted}, {objection:?}", field.key));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    assert!(verdicts[&true] > 500 && verdicts[&false] > 5_000, "{verdicts:?}");
}

#[test]
fn reader_and_schema_agree_on_every_key_of_rows() {
    let schema = validator(&scenario_schema());
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    let rows = |field: &FieldSpec| if let Kind::Rows(inner) = field.kind { Some((field.key, inner)) } else { None };
    for spec in TABLES {
        for (list, inner) in spec.fields.iter().filter_map(rows) {
            for field in inner.fields {
                for value in VALUES.iter().filter(|value| !excepted(inner, field, value)) {
                    let header = spec.header();
                    let text =
                        format!("[assumption.one]\nvalue = 1\n{header}\n{list} = [{{ {} = {value} }}]\n", field.key);
                    let missing = [format!("{header} needs `"), format!("{} needs `", inner.header())];
                    let objection = objection_but(&text, &missing);
                    let objects = objects_but_to_missing(&schema, &text, &format!("/{list}/0"));
                    looked_at += 1;
                    if objection.is_some() != objects {
                        wrong.push(format!("{header} {list} {} = {value}: {objects}, {objection:?}", field.key));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of them:\n{}", wrong.len(), wrong.join("\n"));
    assert!(looked_at > 500, "{looked_at}");
}

/// Whether the schema objects to more than to a key that is missing at `place`.
fn objects_but_to_missing(schema: &Validator, text: &str, place: &str) -> bool {
    let table = DeTable::parse(text).expect("TOML");
    let value = table_as_json(table.get_ref());
    let mut errors = schema.iter_errors(&value);
    errors.any(|error| error.kind().keyword() != "required" || !error.instance_path().to_string().ends_with(place))
}

#[test]
fn entries_of_lists_must_be_whole_in_a_project_only() {
    let (project, scenario) = (validator(&project_schema()), validator(&scenario_schema()));
    for spec in TABLES {
        let needed = spec.fields.iter().any(|field| field.need == Need::Required);
        let empty = format!("{}\n", spec.header());
        assert_eq!(accepts(&project, &empty), spec.form != Form::List || !needed, "{empty}");
        assert!(accepts(&scenario, &empty), "{empty}");
    }
}

#[test]
fn every_key_says_what_it_is() {
    for schema in [project_schema(), scenario_schema()] {
        for spec in TABLES {
            let table = &schema["properties"][spec.name];
            assert!(table["description"].as_str().is_some_and(|text| text.starts_with(spec.doc)), "{}", spec.name);
            let entry = [&table["items"], &table["additionalProperties"], table];
            let entry = entry.into_iter().find(|one| one["properties"].is_object());
            for field in spec.fields {
                let key = &entry.expect("a table with keys")["properties"][field.key];
                assert!(key["description"].as_str().is_some_and(|text| text.starts_with(field.doc)), "{}", field.key);
                let default = matches!(field.need, Need::Default(_));
                assert_eq!(key.get("default").is_some(), default, "{}", field.key);
            }
        }
    }
}

#[test]
fn defaults_and_examples_are_legal() {
    fn each(schema: &Value, definitions: &Value) {
        if let Some(members) = schema.as_object() {
            let examples = members.get("examples").and_then(Value::as_array).into_iter().flatten();
            for value in examples.chain(members.get("default").filter(|_| members.contains_key("description"))) {
                let mut alone = schema.clone();
                alone["definitions"] = definitions.clone();
                assert!(validator(&alone).is_valid(value), "{value} in {schema}");
            }
            members.values().for_each(|member| each(member, definitions));
        }
        schema.as_array().into_iter().flatten().for_each(|element| each(element, definitions));
    }
    let schema = project_schema();
    each(&schema["properties"], &schema["definitions"]);
}

#[test]
fn currencies_and_tables_are_narrowed() {
    let schema = validator(&project_schema());
    let takes = |text: &str| accepts(&schema, text);
    assert!(takes("[plan]\ncurrency = \"USD\"\n") && !takes("[plan]\ncurrency = \"usd\"\n"));
    assert!(takes("[fx]\nEUR = { \"2026-02\" = 1.1 }\n") && !takes("[fx]\neuro = 1.1\n") && !takes("[fx]\nEUR = 0\n"));
    assert!(takes("[[csv]]\ntable = \"demand\"\npath = \"a.csv\"\n"));
    assert!(!takes("[[csv]]\ntable = \"demands\"\npath = \"a.csv\"\n"));
    assert!(takes("[[cover]]\nmax-weeks = 9\n") && !takes("[[covers]]\nmax-weeks = 9\n"));
}
