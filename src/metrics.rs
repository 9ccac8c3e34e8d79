//! Metrics: what each is called, what it means, and the formula behind it.
//!
//! [`formula`] has every formula as a function of plain numbers, with a published example as its test. `catalog` has
//! each metric by name: what it is measured of, and which variants there are.
//!
//! Nothing here knows a plan or a project: those who measure a plan, actual sales or an outlook bring the numbers.

pub mod formula;
