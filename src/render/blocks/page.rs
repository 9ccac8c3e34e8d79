//! The frame of every HTML page: landmarks, contents, one style for light, dark and paper.

use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

/// The browser is told what holds anyway: no scripts, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// Sections from which on a page has contents.
const CONTENTS: usize = 3;

/// A part of a page that has a heading.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) body: Markup,
}

impl Section {
    /// Its name in links: the letters and digits of its title.
    fn id(&self) -> String {
        let letters = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        self.title.chars().map(letters).collect()
    }
}

/// A page, from its first byte to its last.
pub(super) fn page(title: &str, head: &Markup, sections: &[Section], foot: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#main" { "Skip to the first section" }
                header { (head) }
                @if sections.len() >= CONTENTS {
                    nav aria-label="Contents" {
                        ul { @for section in sections { li { a href={ "#" (section.id()) } { (section.title) } } } }
                    }
                }
                main id="main" {
                    @for section in sections {
                        section aria-labelledby=(section.id()) {
                            h2 id=(section.id()) { (section.title) }
                            (section.body)
                        }
                    }
                }
                @if !foot.0.is_empty() { footer { (foot) } }
            }
        }
    };
    let mut page = page.into_string();
    page.push('\n');
    page
}
