use super::*;

fn texts(log: &Log) -> Vec<&str> {
    log.iter().map(|(_, line)| line.text).collect()
}

#[test]
fn line_numbers_are_those_of_the_input() {
    let log = Log::from_bytes(b"one\r\ntwo\n\nfour");
    assert_eq!(texts(&log), ["one", "two", "", "four"]);
    assert_eq!(log.line(3).map(|line| line.number), Some(4));
    assert_eq!((log.lines(), log.bytes()), (4, 14));
}

#[test]
fn a_github_log_has_steps_and_the_failing_one_is_known() {
    let log = Log::from_bytes(
        b"\xef\xbb\xbf2024-01-02T03:04:05.0000000Z ##[group]Run make\n\
          2024-01-02T03:04:05.0000000Z make || echo error\n\
          2024-01-02T03:04:05.0000000Z ##[endgroup]\n\
          2024-01-02T03:04:06.5000000Z \x1b[31merror\x1b[0m: broken\n\
          2024-01-02T03:04:07.0000000Z ##[error]Process completed with exit code 2.\n\
          2024-01-02T03:04:08.0000000Z Post job cleanup.\n",
    );
    assert_eq!(log.line(3).map(|line| line.text), Some("error: broken"));
    assert_eq!(log.line(3).and_then(|line| line.time), Some(1_704_164_646_500));
    let steps: Vec<_> = log
        .steps()
        .iter()
        .map(|step| (step.name.as_str(), step.exit_code))
        .collect();
    assert_eq!(steps, [("Run make", Some(2)), ("Post job cleanup.", None)]);
}

#[test]
fn travis_folds_and_timers_are_marks_not_text() {
    let log = Log::from_bytes(
        b"travis_fold:end:a\r\x1b[0Ktravis_fold:start:b\r\x1b[0Ktravis_time:start:1\r\x1b[0K$ make\r\n\
          boom\r\n\
          travis_time:end:1:start=1,finish=2\r\x1b[0K\x1b[31;1mThe command \"make\" exited with 2.\x1b[0m\r\n",
    );
    assert_eq!(texts(&log), ["$ make", "boom", "The command \"make\" exited with 2."]);
    assert_eq!(log.line(0).map(|line| line.mark), Some(Mark::StepStart));
    assert_eq!(log.steps().last().and_then(|step| step.exit_code), Some(2));
}

#[test]
fn hostile_bytes_are_read_without_loss_of_count() {
    let mut input = vec![b'x'; 10 << 20];
    input.extend_from_slice(b"\n\xff\xfe\x00bad\n\x1b[\n");
    let log = Log::from_bytes(&input);
    assert_eq!(log.lines(), 3);
    assert!(log.line(0).is_some_and(|line| line.text.len() <= 4096));
    let streamed = Log::read(input.as_slice()).expect("memory cannot fail");
    assert_eq!(texts(&streamed).get(1..), texts(&log).get(1..));
}

#[test]
fn a_log_over_the_budget_keeps_head_tail_and_suspicious_lines() {
    let mut input = Vec::new();
    for number in 1..=1_500_000_u32 {
        let text = if number == 700_000 {
            "fatal: the middle broke".to_owned()
        } else {
            format!("ordinary output of line {number} here")
        };
        input.extend_from_slice(text.as_bytes());
        input.push(b'\n');
    }
    let log = Log::from_bytes(&input);
    assert!(!log.is_whole());
    assert_eq!(log.lines(), 1_500_000);
    let found = log
        .iter()
        .find(|(_, line)| line.text.starts_with("fatal"))
        .map(|(_, line)| line.number);
    assert_eq!(found, Some(700_000));
    assert_eq!(log.line(log.len() - 1).map(|line| line.number), Some(1_500_000));
}
