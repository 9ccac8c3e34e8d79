//! `sopc explain`

use super::shell::Shell;
use super::{EXIT_CODES, Exit, Stop};
use crate::diagnostic::{Code, all_codes, find_code};
use crate::document::spec::did_you_mean;
use crate::render::{code_list, example_shop, explained};

const ABOUT: &str = "\
Tells what a diagnostic code means

What it means for the plan, why it matters, how to mend it, and an example before and after. Without CODE all codes are \
listed.

Examples:
  sopc explain SOP2001        by number; 2001 will do
  sopc explain unknown-name   by name
  sopc explain                the list";

/// Tells what a diagnostic code means
#[derive(Debug, clap::Args)]
#[command(long_about = ABOUT, after_help = EXIT_CODES)]
pub(super) struct Explain {
    /// Number or name of the code
    #[arg(value_name = "CODE", value_parser = code)]
    code: Option<&'static Code>,
    /// Shows the project that the examples are pieces of
    #[arg(long, conflicts_with = "code")]
    shop: bool,
}

/// What is meant by a number or a name.
fn code(text: &str) -> Result<&'static Code, String> {
    find_code(text).ok_or_else(|| format!("no such code; {}", suggestion(text)))
}

/// The name that was meant, or those that have the word in them.
fn suggestion(text: &str) -> String {
    let aliases = || all_codes().iter().map(|code| code.alias);
    let folded = text.to_lowercase();
    let has_word = |alias: &&str| alias.split('-').any(|word| word == folded);
    let meant: Vec<_> = match did_you_mean(text, aliases()) {
        Some(alias) => vec![alias],
        None => aliases().filter(has_word).collect(),
    };
    if meant.is_empty() {
        "`sopc explain` lists all".to_owned()
    } else {
        format!("did you mean {}?", meant.join(" or "))
    }
}

impl Explain {
    pub(super) fn run(&self, shell: &mut Shell) -> Result<Exit, Stop> {
        let text = match self.code {
            Some(code) => explained(code, shell.style()),
            None if self.shop => example_shop(shell.style()),
            None => code_list(shell.style()),
        };
        shell.data(&text)?;
        Ok(Exit::Success)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_offered() {
        assert_eq!(code("sop2001").map(|code| code.number), Ok(2001));
        assert_eq!(code("unknwn-name").unwrap_err(), "no such code; did you mean unknown-name?");
        assert_eq!(code("Price").unwrap_err(), "no such code; did you mean no-price or price-below-cost?");
        for nothing in ["SOP2999", "", "weather", "\u{1b}[2J"] {
            assert_eq!(code(nothing).unwrap_err(), "no such code; `sopc explain` lists all");
        }
    }
}
