use super::*;

struct Memory(Vec<(&'static str, &'static str)>);

impl Files for Memory {
    fn list(&self) -> Result<Vec<String>, (String, ReadError)> {
        Ok(self.0.iter().filter(|(path, _)| path.ends_with(".toml")).map(|(path, _)| (*path).to_owned()).collect())
    }

    fn read(&self, path: &str, _: u64) -> Result<Vec<u8>, ReadError> {
        let found = self.0.iter().find(|(known, _)| *known == path);
        found.map(|(_, text)| text.as_bytes().to_vec()).ok_or(ReadError::Unreadable("no such file".into()))
    }
}

fn messages(loaded: &Loaded) -> Vec<String> {
    let text = |one: &Diagnostic| {
        let under = one.primary().map(|span| loaded.sources.text(span)).unwrap_or_default();
        format!("{}: {} @ {under}", one.code, one.message)
    };
    loaded.diagnostics.iter().map(text).collect()
}

#[test]
fn keys_merge_over_files_and_twice_is_an_error() {
    let loaded = load(&Memory(vec![
        ("a.toml", "[item.A]\nprice = 2\nunit-volume = 0.1\n"),
        ("b.toml", "[item.A]\nprice = 3\nname = \"a\"\n"),
    ]));
    assert_eq!(messages(&loaded), ["SOP2002: `price` of [item.A] is stated twice @ price"]);
    assert_eq!(loaded.document.items[0].1.name.get().unwrap(), "a");
}

#[test]
fn a_csv_cell_is_blamed_at_its_place() {
    let loaded = load(&Memory(vec![
        (
            "a.toml",
            "[[csv]]\ntable = \"demand\"\npath = \"d.csv\"\ncolumns = { item = \"sku\", bucket = \"month\", units = \"qty\" }\n",
        ),
        ("d.csv", "\u{feff}sku,channel,month,qty\nA,dtc,2026-02,\"12\"\nA,\"d,t\",2026-03,many\nA,dtc,Feb,1\n"),
    ]));
    assert_eq!(
        messages(&loaded),
        [
            "SOP1003: expected a number of units, found `many` @ many",
            "SOP3005: `Feb` is no month, week or range of them @ Feb"
        ]
    );
    assert_eq!(loaded.document.demand.len(), 3);
}

#[test]
fn numbers_are_exact_and_assumptions_have_names() {
    let loaded = load(&Memory(vec![(
        "a.toml",
        "[assumption.growth]\nvalue = 0.12\n[item.A]\nprice = { assume = \"growth\", times = 100, plus = 0.5 }\ncost = 19.990001\n\
         [item.B]\nprice = { assume = \"grwth\" }\ncost = 0.0000001\n",
    )]));
    let price = loaded.document.items[0].1.price.get().unwrap();
    assert_eq!(price.series, crate::series::Series::Scalar("12.5".parse().unwrap()));
    assert_eq!(
        messages(&loaded),
        [
            "SOP2001: unknown assumption `grwth` @ \"grwth\"",
            "SOP3001: 0.0000001 has more than 6 digits after the point @ 0.0000001"
        ]
    );
}

/// The project of an item and a channel with this demand.
fn demand_of(csv: &'static str) -> Loaded {
    let toml = "[item.A]\n[channel.web]\nship-from = []\n[[csv]]\ntable = \"demand\"\npath = \"d.csv\"\n";
    load(&Memory(vec![("sop.toml", toml), ("d.csv", csv)]))
}

/// Keys and values of each entry.
fn entries(loaded: &Loaded) -> Vec<String> {
    let entry = |entry: &tables::Demand| {
        let Some(SeriesText { series: crate::series::Series::Table { keys, .. }, key_spans }) = entry.units.get()
        else {
            return "bad".to_owned();
        };
        let key = |(key, span): (&crate::series::SeriesKey, &Span)| {
            assert_eq!(loaded.sources.text(*span), key.first.to_string());
            format!("{}={}", key.first, key.value)
        };
        keys.iter().zip(key_spans).map(key).collect::<Vec<_>>().join(" ")
    };
    loaded.document.demand.iter().map(entry).collect()
}

#[test]
fn rows_of_one_series_become_one_entry() {
    let loaded = demand_of(
        "item,channel,bucket,units\nA,web,2026-02,1\nA,web,2026-03,2.50\n A ,\"web\",2026-W20,3\nA,web,2026-W21,4\n",
    );
    assert_eq!(entries(&loaded), ["2026-02=1 2026-03=2.5", "2026-W20=3 2026-W21=4"]);
    // By bucket first, and in any order.
    let loaded = demand_of(
        "bucket,item,units,channel\n2026-02,A,1,web\n2026-02,B,1,web\n2026-03,A,2,web\n2026-01,A,3,web\n2026-04,A,4,web\n",
    );
    assert_eq!(entries(&loaded), ["2026-01=3 2026-02=1 2026-03=2 2026-04=4", "2026-02=1"]);
}

#[test]
fn rows_keep_their_places_where_something_is_to_be_said() {
    // An unknown item, a number that is none, a bucket stated twice.
    let loaded = demand_of(
        "item,channel,bucket,units\nX,web,2026-02,1\nX,web,2026-03,2\nA,web,2026-02,x\nA,web,2026-03,1\nA,web,2026-03,2\n",
    );
    assert_eq!(entries(&loaded), ["2026-02=1", "2026-03=2", "bad", "2026-03=1", "2026-03=2"]);
    assert_eq!(messages(&loaded), ["SOP1003: expected a number of units, found `x` @ x"]);
}

#[test]
fn a_decimal_comma_is_one_in_every_row() {
    let toml = "[item.A]\n[channel.web]\nship-from = []\n[[csv]]\ntable = \"demand\"\npath = \"d.csv\"\ndelimiter = \";\"\ndecimal = \",\"\n";
    let csv = "item;channel;bucket;units\nA;web;2026-02;1.234\nA;web;2026-03;2.345,5\nA;web;2026-04;1.5\n";
    let loaded = load(&Memory(vec![("sop.toml", toml), ("d.csv", csv)]));
    assert_eq!(entries(&loaded), ["2026-02=1234 2026-03=2345.5", "bad"]);
}
