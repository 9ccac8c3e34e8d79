//! The published schema of the plan file is the one that follows from its types.

use std::path::Path;

#[test]
fn plan_schema_is_published() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/plan.schema.json");
    let schema = sopc::plan_file::schema();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &schema).expect("the schema can be written");
    }
    let published = std::fs::read_to_string(&path).expect("the schema can be read").replace("\r\n", "\n");
    assert!(published == schema, "{} is out of date: run the test with UPDATE=1", path.display());
}
