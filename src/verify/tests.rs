//! Worked cases with known answers, and what happens to plan files that are wrong.

mod cases;
mod corruption;
mod goals;
mod hostile;
mod last_plan;
mod marginal;
mod meaning;
mod shop;
mod tail;
mod twins;
