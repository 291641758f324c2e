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

/// The names and exit codes of the steps that failed.
fn failing(log: &str) -> Vec<(String, Option<i64>, usize)> {
    let log = Log::from_bytes(log.as_bytes());
    let failed = log.steps().iter().filter(|step| step.failed_at.is_some());
    failed
        .map(|step| (step.name.clone(), step.exit_code, step.end - step.first))
        .collect()
}

#[test]
fn in_gitlab_the_script_failed_not_the_cleaning_up() {
    let plain = "\x1b[0Ksection_start:1793618330:step_script\r\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m\n\
        $ make\nboom\n\
        \x1b[0Ksection_end:1793618338:step_script\r\x1b[0K\n\
        \x1b[0Ksection_start:1793618339:cleanup_file_variables\r\x1b[0K\x1b[36;1mCleaning up project directory and file based variables\x1b[0;m\n\
        \x1b[0Ksection_end:1793618340:cleanup_file_variables\r\x1b[0K\n\
        \x1b[31;1mERROR: Job failed: exit code 3\n";
    let stamp = "2026-11-02T11:18:58.796194Z 01O ";
    let stamped = format!("{stamp}{}", plain.trim_end().replace('\n', &format!("\n{stamp}")));
    for log in [plain, &stamped] {
        let failed = failing(log);
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert_eq!(failed.first().and_then(|step| step.1), Some(3), "{failed:?}");
        assert!(
            failed
                .first()
                .is_some_and(|step| step.2 >= 3 && !step.0.contains("leaning")),
            "{failed:?}"
        );
    }
}

#[test]
fn in_jenkins_a_skipped_stage_did_not_fail() {
    let log = "[Pipeline] { (Test)\n[Pipeline] sh\n+ make test\nboom\n[Pipeline] }\n\
        [Pipeline] { (Deploy)\nStage \"Deploy\" skipped due to earlier failure(s)\n[Pipeline] getContext\n[Pipeline] }\n\
        [Pipeline] { (Declarative: Post Actions)\n[Pipeline] echo\nsent\n[Pipeline] }\n\
        [Pipeline] End of Pipeline\nERROR: script returned exit code 2\nFinished: FAILURE\n";
    let failed = failing(log);
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(
        failed
            .first()
            .is_some_and(|step| step.0.contains("Test") && step.1 == Some(2)),
        "{failed:?}"
    );
}

#[test]
fn a_step_of_the_users_own_that_sounds_like_cleaning_up_can_fail() {
    let failed = failing(
        "2024-01-02T03:04:05.0000000Z ##[group]Run make\n2024-01-02T03:04:05.0000000Z ##[endgroup]\nfine\n\
         2024-01-02T03:04:06.0000000Z ##[group]Run ./after_script.sh upload_artifacts\n2024-01-02T03:04:06.0000000Z ##[endgroup]\n\
         boom\n2024-01-02T03:04:07.0000000Z ##[error]Process completed with exit code 2.\n",
    );
    assert!(
        failed.iter().all(|step| step.0.contains("after_script.sh")),
        "{failed:?}"
    );
    assert_eq!(failed.len(), 1);
}
