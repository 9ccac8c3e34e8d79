//! Chains of causes, for people.

use super::safe;
use super::style::Style;
use super::wrap;
use crate::explain::Link;

/// A chain, indented by depth, each cause with the line that states it.
#[must_use]
pub fn chain_text(chain: &[Link], style: &Style) -> String {
    let mut out = String::new();
    for link in chain {
        let indent = "  ".repeat(link.depth);
        let place = link
            .source
            .as_ref()
            .map_or(String::new(), |place| format!(" [{}:{}:{}]", place.file, place.line, place.column));
        let text = safe::line(&format!("{}{place}", link.text));
        let width = style.width.saturating_sub(indent.len() + 2).max(20);
        for (at, line) in wrap::wrap(&text, width).iter().enumerate() {
            let hanging = if at == 0 { "" } else { "  " };
            out.push_str(&format!("{indent}{hanging}{line}\n"));
        }
    }
    out
}
