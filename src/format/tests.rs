use super::*;

fn assert_formats(from: &str, to: &str) {
    let formatted = format(from).unwrap_or_else(|error| panic!("{error:?} in\n{from}"));
    assert_eq!(formatted, to);
    assert_eq!(format(&formatted).as_deref(), Ok(to), "a second time");
}

#[test]
fn spaces_and_blank_lines() {
    assert_formats(
        "\n\n#:schema schema/sop.schema.json\n# About.\n  [ item . A ]  \n\n\n\tprice=1   \nname   =  'Mug'\n\n\n# The next.\n[ item.\"B C\" ]# so\n  \n",
        "#:schema schema/sop.schema.json\n# About.\n[item.A]\nprice = 1\nname = 'Mug'\n\n# The next.\n[item.\"B C\"]  # so\n",
    );
    assert_formats("[[a]]\nx = 1\n[[a]]\nx = 2", "[[a]]\nx = 1\n\n[[a]]\nx = 2\n");
    assert_formats("[a]\nx = 1\n# end of a\n\n[b]\n", "[a]\nx = 1\n# end of a\n\n[b]\n");
    assert_formats("[a]\n\n# on x\n\nx = 1\n", "[a]\n# on x\n\nx = 1\n");
    assert_formats("[a]\n\n# end of a\n\n[b]\n", "[a]\n\n# end of a\n\n[b]\n");
    assert_formats("", "");
    assert_formats("\n# only this  \n\n", "# only this\n");
}

#[test]
fn order_is_kept() {
    let below = "[fruit]\napple.color = 1\napple.taste.sweet = true\n\n[fruit.apple.texture]\nsmooth = true\n";
    assert_formats(below, below);
    let text =
        "[b.c]\nz = 1\na.x = 2\nm = 3\na.y = 4\n\n[b]\nk = 5\n\n[[l]]\nt = { p.x = 1, q = 2, p.y = 3 }\n\n[l.below]\n";
    assert_formats(text, text);
}

#[test]
fn comments_stand_in_a_column() {
    assert_formats(
        "[a]\nx = 1 # one\nlonger = 22      # two\ny = 3\nz = 4 # four\n\nw = 5 # five\n",
        "[a]\nx = 1        # one\nlonger = 22  # two\ny = 3\nz = 4        # four\n\nw = 5  # five\n",
    );
    let long = "x".repeat(70);
    assert_formats(
        &format!("[a]\nx = 1 # one\nname = \"{long}\" # long\n"),
        &format!("[a]\nx = 1  # one\nname = \"{long}\"  # long\n"),
    );
}

#[test]
fn lists_break_where_they_must() {
    assert_formats("a = [ 1,2\n, 3 ]\nb = [\n]\nc = [ [ 1 ],[ ] ]\n", "a = [1, 2, 3]\nb = []\nc = [[1], []]\n");
    assert_formats("a = [1, 2,]\n", "a = [\n  1,\n  2,\n]\n");
    assert_formats(
        "a = [ # first\n 1, # one\n # two\n 2 # too\n , 3\n # last\n] # all\n",
        "a = [\n  # first\n  1,  # one\n  # two\n  2,  # too\n  3,\n  # last\n]  # all\n",
    );
    assert_formats("a = [ # none\n]\n", "a = [\n  # none\n]\n");
    let word = "\"0123456789\"";
    let many = [word; 8].join(", ");
    let broken = format!("key = [\n{}]\n", format!("  {word},\n").repeat(8));
    assert_formats(&format!("key = [{many}]\n"), &broken);
    assert_formats(&format!("key = [{}]", [word; 6].join(",")), &format!("key = [{}]\n", [word; 6].join(", ")));
    assert_formats(&format!("t = {{ key = [{many}] }}\n"), &format!("t = {{ key = [{many}] }}\n"));
    assert_formats(
        &format!("a = [[{many}],[1]]\n"),
        &format!("a = [\n  [\n{}  ],\n  [1],\n]\n", format!("    {word},\n").repeat(8)),
    );
}

#[test]
fn keys_of_months_and_weeks_are_quoted() {
    assert_formats(
        "u = {2026-02=1,'2026-W07' =2 , '2026-04..2026-06'=3,default=4}\n",
        "u = { \"2026-02\" = 1, \"2026-W07\" = 2, \"2026-04..2026-06\" = 3, default = 4 }\n",
    );
    assert_formats(
        "[item.10-22]\n'a b' = 1\n'plain' = 2\n\"q\" = 3\n",
        "[item.10-22]\n\"a b\" = 1\nplain = 2\n\"q\" = 3\n",
    );
}

#[test]
fn newer_toml_is_written_as_older() {
    assert_formats(
        "t = { # about t\n  a = 1, # one\n  # two\n  b = { c = 2, },\n}\nu = 1\n",
        "# about t\n# one\n# two\nt = { a = 1, b = { c = 2 } }\nu = 1\n",
    );
    assert_formats(
        "p = [\n  { share = 1, # all\n    at = \"ship\" },\n]\n",
        "p = [\n  # all\n  { share = 1, at = \"ship\" },\n]\n",
    );
    let formatted = format("a = \"\\e[0m \\x41\"\nb = 07:32\nc = 2026-02-02T07:32Z\nd = \"\\\\e\"\n").unwrap();
    assert_eq!(formatted, "a = \"\\u001B[0m A\"\nb = 07:32:00\nc = 2026-02-02T07:32:00Z\nd = \"\\\\e\"\n");
}

#[test]
fn values_are_not_touched() {
    let text = "a = 18.00\nb = 1_000\nc = 0x1F\nd = 1e3\ne = 'C:\\x'\nf = \"\"\"\n  two # no comment\n  lines\"\"\"\n\
                g = 2026-02-02 07:32:00.500+01:00\nh = [ \"# no\", '[,]' ]\n";
    assert_formats(text, &text.replace("[ \"# no\", '[,]' ]", "[\"# no\", '[,]']"));
}

#[test]
fn line_ends_and_marks() {
    assert_formats("\u{feff}[a]\r\nx = 1 # one\r\n\r\n\r\n# end\r\n", "[a]\nx = 1  # one\n\n# end\n");
    assert_formats("x = \"\"\"a\r\nb\"\"\"\r\n", "x = \"\"\"a\nb\"\"\"\n");
}

#[test]
fn what_is_no_toml_is_left_alone() {
    for text in ["[a", "x = ", "x = 1\nx = 2\n", "[a]\n[a]\n", "x = [1, 2\n", "x = {a = 1\n", "\u{0}", "x = 1 y = 2"] {
        let error = format(text).expect_err(text);
        assert!(!error.why.is_empty() && error.place.is_some(), "{text}");
    }
    let deep = format!("x = {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
    assert!(format(&deep).is_err());
}
