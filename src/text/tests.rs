use super::*;
#[test]
fn a_mention_is_inert() {
    assert_eq!(plain("ping @team fixes #1"), "ping @\u{200b}team fixes \\#\u{200b}1");
}
