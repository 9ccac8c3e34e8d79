//! What people and programs read.

#[path = "render/diagnostics.rs"]
mod diagnostics;
#[path = "render/hostile.rs"]
pub(crate) mod hostile;
#[path = "render/plans.rs"]
mod plans;
#[path = "render/shop.rs"]
pub(crate) mod shop;

use sopc::render::Style;

/// A terminal without colours.
fn style(width: usize) -> Style {
    Style { width, color: false, unicode: true }
}

/// Columns of a line as a terminal shows it.
fn columns(line: &str) -> usize {
    use unicode_width::UnicodeWidthStr;
    line.width()
}

/// True for what must never reach a terminal.
fn acts(character: char) -> bool {
    (character.is_control() && character != '\n')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
