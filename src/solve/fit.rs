//! What no plan can do for want of room: a pool alone never takes more of a row than there is.
//!
//! A bound at prices mixes decisions, and so it counts on parts of lines that no plan places: those that ask for more than all there is.

use rayon::prelude::*;

use super::draft::Draft;
use super::dynamic::{Caps, Workspace};
use super::program::{Decision, LineOption, Program};
use super::reduced::Prices;
use super::rows::Rows;

/// Takes lines and stock from programs for which there is no room even if all others do nothing; true where there is any.
pub(super) fn fit(programs: &mut [Program], rows: &Rows) -> bool {
    let rooms = Draft::alone(programs, rows);
    let cut = programs.par_iter_mut().zip(&rooms).map(|(program, room)| {
        let fitting = fitting(program, room);
        // That promises have no room is told better where all is known that breaks.
        let fits = !program.has_promises() || has_decision(&fitting, rows);
        let cut = fits && is_cut(program, &fitting);
        if fits {
            *program = fitting;
        }
        cut
    });
    cut.reduce(|| false, |one, other| one || other)
}

fn is_cut(program: &Program, fitting: &Program) -> bool {
    let largest = |program: &Program| program.options.iter().map(|option| option.largest).collect::<Vec<_>>();
    program.most != fitting.most || largest(program) != largest(fitting)
}

fn fitting(program: &Program, room: &Caps) -> Program {
    let mut fitting = program.clone();
    fitting.options.clear();
    for bucket in 0..program.buckets() {
        fitting.first_option[bucket] = fitting.options.len();
        fitting.options.extend(program.options_of(bucket).filter_map(|index| option(program, index, room.line[index])));
    }
    fitting.first_option[program.buckets()] = fitting.options.len();
    for ((most, lowest), &(_, room)) in fitting.most.iter_mut().zip(lowest(program)).zip(&room.closing) {
        *most = room.max(lowest).min(*most);
    }
    fitting
}

/// An option with lines of at most `room`; none where all are larger. What has to be ordered stays as it is.
fn option(program: &Program, index: usize, room: i64) -> Option<LineOption> {
    let mut option = program.options[index].clone();
    if !option.required && option.largest.is_none_or(|largest| largest > room) && room < i64::MAX {
        option.largest = Some(room.max(0) / option.multiple * option.multiple);
    }
    (option.required || option.largest.is_none_or(|largest| largest >= option.smallest)).then_some(option)
}

/// Closing stock where nothing is ordered and all is sold that can be.
fn lowest(program: &Program) -> Vec<i64> {
    let mut stock = program.on_hand;
    let close = |bucket: usize| {
        let sold: i64 = program.sales[program.sales_of(bucket)].iter().map(|sale| sale.most).sum();
        stock = (stock + program.receipts[bucket] - sold).max(0);
        stock
    };
    (0..program.buckets()).map(close).collect()
}

fn has_decision(program: &Program, rows: &Rows) -> bool {
    let mut workspace = Workspace::default();
    workspace.reduced.set(program, &Prices::zero(rows));
    workspace.caps.free(program);
    workspace.solve(program, &mut Decision::default()).is_some()
}
