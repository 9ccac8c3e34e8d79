//! A mixed-integer program, and how it is written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use num_traits::Zero;

use crate::units::{Overflow, Ratio, add, round_to, whole};

/// Digits behind the point of what has no end.
const DIGITS: u32 = 12;
/// What is used of what is given: the row that limits it, or the objective.
const GIVEN: &str = "given-use";

/// A variable.
#[derive(Debug)]
struct Column {
    name: String,
    kind: Kind,
    lower: Ratio,
    upper: Option<Ratio>,
    earns: Ratio,
    entries: Vec<(usize, Ratio)>,
}

/// What a variable may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Real,
    Whole,
    Binary,
}

/// A row: sum of entries, related to a number.
#[derive(Debug)]
struct Row {
    name: String,
    kind: char,
    right: Ratio,
}

/// A mixed-integer program.
#[derive(Debug, Default)]
pub(super) struct Program {
    rows: Vec<Row>,
    columns: Vec<Column>,
    constant: Ratio,
    /// Columns that count as use of what is given, and what one of each is.
    given: Vec<(usize, Ratio)>,
    /// True where that is the objective, and the less the better.
    aims_at_given: bool,
}

impl Program {
    /// A row: `L`, `G` or `E`.
    pub(super) fn row(&mut self, name: String, kind: char, right: Ratio) -> usize {
        self.rows.push(Row { name, kind, right });
        self.rows.len() - 1
    }

    fn push(&mut self, name: String, kind: Kind, upper: Option<Ratio>, earns: Ratio) -> usize {
        self.columns.push(Column { name, kind, lower: Ratio::zero(), upper, earns, entries: Vec::new() });
        self.columns.len() - 1
    }

    /// A column from 0 on.
    pub(super) fn column(&mut self, name: String, upper: Option<Ratio>, earns: Ratio) -> usize {
        self.push(name, Kind::Real, upper, earns)
    }

    /// A column of whole numbers from 0 on.
    pub(super) fn whole_column(&mut self, name: String, upper: Ratio, earns: Ratio) -> usize {
        self.push(name, Kind::Whole, Some(upper), earns)
    }

    /// A column that is 0 or 1.
    pub(super) fn binary_column(&mut self, name: String, earns: Ratio) -> usize {
        self.push(name, Kind::Binary, Some(whole(1)), earns)
    }

    /// A column for something that is given, and what one of it uses.
    pub(super) fn given(&mut self, name: String, upper: Ratio, uses: Ratio) -> usize {
        let column = self.column(name, Some(upper), Ratio::zero());
        self.counts_as_given(column, uses);
        column
    }

    /// A column is a use of what is given.
    pub(super) fn counts_as_given(&mut self, column: usize, uses: Ratio) {
        self.given.push((column, uses));
    }

    /// A column is not below a number.
    pub(super) fn at_least(&mut self, column: usize, lower: Ratio) {
        self.columns[column].lower = lower;
    }

    /// Something is earned whatever is decided.
    pub(super) fn earn(&mut self, amount: Ratio) -> Result<(), Overflow> {
        self.constant = add(self.constant, amount)?;
        Ok(())
    }

    /// Adds a column's entry to a row.
    pub(super) fn enter(&mut self, column: usize, row: usize, amount: Ratio) -> Result<(), Overflow> {
        if amount.is_zero() {
            return Ok(());
        }
        let entries = &mut self.columns[column].entries;
        match entries.iter_mut().find(|(known, _)| *known == row) {
            Some((_, sum)) => *sum = add(*sum, amount)?,
            None => entries.push((row, amount)),
        }
        Ok(())
    }

    /// Lowers the right-hand side of a row.
    pub(super) fn lower(&mut self, row: usize, amount: Ratio) -> Result<(), Overflow> {
        let right = &mut self.rows[row].right;
        *right = add(*right, -amount)?;
        Ok(())
    }

    /// True where plans can differ in what they use of what is given.
    pub(super) fn has_given(&self) -> bool {
        !self.given.is_empty()
    }

    /// No more may be used of what is given.
    pub(super) fn hold_given(&mut self, most: Ratio) -> Result<(), Overflow> {
        let row = self.row(GIVEN.to_owned(), 'L', most);
        let given = std::mem::take(&mut self.given);
        given.into_iter().try_for_each(|(column, uses)| self.enter(column, row, uses))
    }

    /// Nothing counts but what is used of what is given; `forced` of it is, whatever is decided.
    pub(super) fn aim_at_given(&mut self, forced: Ratio) {
        self.aims_at_given = true;
        self.constant = forced;
        self.columns.iter_mut().for_each(|column| column.earns = Ratio::zero());
        for (column, uses) in std::mem::take(&mut self.given) {
            self.columns[column].earns = uses;
        }
    }

    /// The program in free MPS.
    pub(super) fn write(self, title: &str) -> Result<String, Overflow> {
        let Self { rows, columns, constant, aims_at_given, .. } = self;
        let row_names = unique(rows.iter().map(|row| row.name.clone()));
        let column_names = unique(columns.iter().map(|column| column.name.clone()));
        let title = unique(std::iter::once(title.to_owned())).concat();
        let (sense, objective) = if aims_at_given { ("MIN", GIVEN) } else { ("MAX", "earned") };
        let mut text = format!("NAME {title}\nOBJSENSE\n    {sense}\nROWS\n N {objective}\n");
        let mut put = |arguments: std::fmt::Arguments<'_>| text.write_fmt(arguments).map_err(|_| Overflow);
        for (row, name) in rows.iter().zip(&row_names) {
            put(format_args!(" {} {name}\n", row.kind))?;
        }
        put(format_args!("COLUMNS\n"))?;
        let mut integer = false;
        for (index, (column, name)) in columns.iter().zip(&column_names).enumerate() {
            if (column.kind != Kind::Real) != integer {
                integer = !integer;
                let mark = if integer { "INTORG" } else { "INTEND" };
                put(format_args!(" MARK{index} 'MARKER' '{mark}'\n"))?;
            }
            put(format_args!(" {name} {objective} {}\n", number(column.earns)?))?;
            for (row, amount) in &column.entries {
                put(format_args!(" {name} {} {}\n", row_names[*row], number(*amount)?))?;
            }
        }
        if integer {
            put(format_args!(" MARKEND 'MARKER' 'INTEND'\n"))?;
        }
        // The objective's constant stands on the right-hand side with the other sign.
        put(format_args!("RHS\n RHS {objective} {}\n", number(-constant)?))?;
        for (row, name) in rows.iter().zip(&row_names).filter(|(row, _)| !row.right.is_zero()) {
            put(format_args!(" RHS {name} {}\n", number(row.right)?))?;
        }
        put(format_args!("BOUNDS\n"))?;
        for (column, name) in columns.iter().zip(&column_names) {
            if !column.lower.is_zero() {
                put(format_args!(" LO BND {name} {}\n", number(column.lower)?))?;
            }
            match column.upper {
                _ if column.kind == Kind::Binary => put(format_args!(" BV BND {name}\n"))?,
                Some(upper) => put(format_args!(" UP BND {name} {}\n", number(upper)?))?,
                None => put(format_args!(" PL BND {name}\n"))?,
            }
        }
        put(format_args!("ENDATA\n"))?;
        Ok(text)
    }
}

/// Names without blanks or control characters, each once.
fn unique(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    names
        .map(|name| {
            let bare: String =
                name.chars().map(|c| if c.is_whitespace() || c.is_control() || c == '$' { '_' } else { c }).collect();
            let count = known.entry(bare.clone()).or_insert(0);
            *count += 1;
            if *count == 1 { bare } else { format!("{bare}#{count}") }
        })
        .collect()
}

fn number(amount: Ratio) -> Result<String, Overflow> {
    round_to(amount, DIGITS).map(|decimal| decimal.normalize().to_string())
}
