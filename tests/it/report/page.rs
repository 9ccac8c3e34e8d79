//! A page, read as XML: what is well-formed as that and closes all it opens is well-formed as HTML.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

/// Elements that HTML never closes; of these the pages have no others.
const VOID: &str = "<meta ";

/// A page's text, ready to be parsed.
pub(crate) struct Page(String);

impl Page {
    pub(crate) fn read(text: &str) -> Self {
        let bare = text.strip_prefix("<!DOCTYPE html>").expect("a doctype");
        let mut xml = String::new();
        let mut parts = bare.split(VOID);
        xml.push_str(parts.next().expect("a beginning"));
        for part in parts {
            let (tag, rest) = part.split_once('>').expect("a closed tag");
            xml.push_str(&format!("{VOID}{tag}/>{rest}"));
        }
        Self(xml)
    }

    pub(crate) fn document(&self) -> Document<'_> {
        Document::parse(&self.0).unwrap_or_else(|error| panic!("{error}\n{}", self.0))
    }

    /// All text in elements of a name.
    pub(crate) fn text(&self, name: &str) -> String {
        let document = self.document();
        let found: Vec<String> = elements(&document, name).map(text_of).collect();
        found.join("\n")
    }

    /// The rows of the table with a caption, header first.
    pub(crate) fn table(&self, caption: &str) -> Vec<Vec<String>> {
        self.tables(caption).into_iter().next().unwrap_or_else(|| panic!("no table `{caption}`"))
    }

    /// The rows of all tables with a caption, as of a list of which the rest is folded away.
    pub(crate) fn tables(&self, caption: &str) -> Vec<Vec<Vec<String>>> {
        let document = self.document();
        let is_it = |table: &Node<'_, '_>| {
            table.descendants().any(|node| node.has_tag_name("caption") && text_of(node) == caption)
        };
        let cells = |row: Node<'_, '_>| row.children().filter(Node::is_element).map(text_of).collect();
        let rows =
            |table: Node<'_, '_>| table.descendants().filter(|node| node.has_tag_name("tr")).map(cells).collect();
        elements(&document, "table").filter(is_it).map(rows).collect()
    }

    /// What holds of every page: it fetches nothing, runs nothing, and can be read without seeing it.
    pub(crate) fn assert_sound(&self) {
        let document = self.document();
        assert_closed(&document);
        assert_nothing_from_elsewhere(&document, &self.0);
        assert_landmarks(&document);
        assert_headings(&document);
        assert_ids(&document);
        assert_tables(&document);
        assert_charts(&document);
    }
}

/// The elements of a name.
pub(crate) fn elements<'a, 'd>(document: &'a Document<'d>, name: &'a str) -> impl Iterator<Item = Node<'a, 'd>> {
    document.descendants().filter(move |node| node.has_tag_name(name))
}

/// All text below a node.
pub(crate) fn text_of(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

fn assert_closed(document: &Document<'_>) {
    const OWN: [&str; 39] = [
        "a",
        "bdi",
        "body",
        "caption",
        "dd",
        "desc",
        "details",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "head",
        "header",
        "html",
        "li",
        "main",
        "meta",
        "nav",
        "p",
        "path",
        "rect",
        "section",
        "span",
        "strong",
        "style",
        "summary",
        "svg",
        "table",
        "tbody",
        "td",
        "text",
        "th",
        "thead",
        "title",
    ];
    for node in document.descendants().filter(Node::is_element) {
        let name = node.tag_name().name();
        assert!(OWN.contains(&name) || ["tr", "ul"].contains(&name), "<{name}> is none of ours");
        let handler = node.attributes().find(|one| one.name().starts_with("on") || one.name() == "style");
        assert!(handler.is_none(), "{handler:?}");
    }
}

fn assert_nothing_from_elsewhere(document: &Document<'_>, text: &str) {
    for node in document.descendants().filter(Node::is_element) {
        for attribute in node.attributes() {
            let fetches = matches!(attribute.name(), "src" | "href" | "srcset" | "data" | "action" | "poster");
            assert!(!fetches || attribute.value().starts_with('#'), "{attribute:?}");
        }
    }
    let style = elements(document, "style").map(text_of).collect::<String>();
    assert!(!style.contains("url(") && !style.contains("@import"));
    assert!(!text.contains("<script"));
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    let is_policy = |node: Node<'_, '_>| node.attribute("content") == Some(policy);
    assert!(elements(document, "meta").any(is_policy));
}

fn assert_landmarks(document: &Document<'_>) {
    for name in ["html", "title", "header", "main", "h1"] {
        assert!(elements(document, name).next().is_some(), "no <{name}>");
    }
    assert_eq!(elements(document, "main").count(), 1);
    assert_eq!(document.root_element().attribute("lang"), Some("en"));
    let ids: BTreeSet<&str> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    for link in elements(document, "a") {
        let to = link.attribute("href").and_then(|href| href.strip_prefix('#')).expect("a link within the page");
        assert!(ids.contains(to), "#{to} leads nowhere");
    }
    for section in elements(document, "section") {
        let named = section.attribute("aria-labelledby").expect("a section has a name");
        assert!(ids.contains(named));
    }
}

fn assert_headings(document: &Document<'_>) {
    let level = |node: Node<'_, '_>| node.tag_name().name().strip_prefix('h')?.parse::<u32>().ok();
    let levels: Vec<u32> = document.descendants().filter_map(level).collect();
    assert_eq!(levels.first(), Some(&1), "the first heading is the page's");
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
}

fn assert_ids(document: &Document<'_>) {
    let mut seen = BTreeSet::new();
    for id in document.descendants().filter_map(|node| node.attribute("id")) {
        assert!(seen.insert(id), "#{id} twice");
    }
}

/// Each table says what it shows, each of its headers of what it is one, and each row has as many cells.
fn assert_tables(document: &Document<'_>) {
    for table in elements(document, "table") {
        let caption = table.children().find(|node| node.has_tag_name("caption")).expect("a caption");
        assert!(!text_of(caption).trim().is_empty(), "a caption without text");
        for header in table.descendants().filter(|node| node.has_tag_name("th")) {
            assert!(matches!(header.attribute("scope"), Some("col" | "row")), "a header without scope");
            assert!(header.attribute("scope") == Some("row") || !text_of(header).is_empty(), "a header without text");
        }
        let rows = table.descendants().filter(|node| node.has_tag_name("tr"));
        let cells: Vec<usize> = rows.map(|row| row.children().filter(Node::is_element).count()).collect();
        assert!(cells.windows(2).all(|pair| pair[0] == pair[1]), "{cells:?} in {}", text_of(caption));
    }
}

/// Each chart is an image with a name and a description, or stands before a table of what it shows and is nothing to those who do not
/// see it; and no place in it is anything but a number.
fn assert_charts(document: &Document<'_>) {
    for svg in elements(document, "svg") {
        if svg.attribute("aria-hidden") == Some("true") {
            let beside = svg.parent().and_then(|plot| plot.next_sibling_element()).expect("what stands beside it");
            assert!(beside.descendants().any(|node| node.has_tag_name("table")));
        } else {
            assert_eq!(svg.attribute("role"), Some("img"));
            let named = svg.attribute("aria-labelledby").expect("a chart has a name");
            for id in named.split(' ') {
                let told = svg.children().find(|node| node.attribute("id") == Some(id)).expect("what names it");
                assert!(!text_of(told).trim().is_empty());
            }
        }
        for path in svg.descendants().filter_map(|node| node.attribute("d")) {
            let harmless = |c: char| c.is_ascii_digit() || "MLHVhvz .-".contains(c);
            assert!(path.chars().all(harmless), "{path}");
        }
    }
}
