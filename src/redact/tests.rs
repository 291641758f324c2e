use super::*;
#[test]
fn a_token_is_replaced_and_stays_replaced() {
    let redactor = Redactor::default();
    let token = format!("ghp{}{}", "_", "a1B2".repeat(9));
    let once = redactor.line(&format!("push with {token} failed")).into_owned();
    assert_eq!(once, "push with [redacted:github-token] failed");
    assert!(matches!(redactor.line(&once), Cow::Borrowed(_)));
}
