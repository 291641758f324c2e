//! Stories of the door: redirects, late and expired logs, refusals, limits, faults, the deadline.

use std::time::{Duration, Instant};

use shipwright::github::{Client, Connection, Error, IssuePatch, LogLimits, NewIssue, RunFilter, StateFilter, Token};
use shipwright::ids::{JobId, RunId};

use crate::world::{Fault, Identity, Log, TOKEN, World};

const LOG: &str = "2025-07-04T14:32:09.5024381Z ##[error]Process completed with exit code 1.\n";

/// A world with one failed run, and the failed job's id.
async fn failed(log: Log) -> (World, JobId) {
    let world = World::new().await;
    let head = world.push("main", "break it");
    let run = world.run("CI", &head).job("test", "failure", log).complete();
    let job = JobId::new(run.job_id(&world, "test"));
    (world, job)
}

#[tokio::test]
async fn a_log_is_fetched_from_the_other_host_without_our_token() {
    let (world, job) = failed(Log::Text(LOG.into())).await;
    let log = world
        .client()
        .job_log(&world.repo(), job, LogLimits::default())
        .await
        .unwrap();
    assert_eq!((log.bytes.as_slice(), log.truncated()), (LOG.as_bytes(), false));
    assert_eq!(world.calls("log host").len(), 1);
    world.finish();
}

#[tokio::test]
async fn a_log_that_comes_late_is_waited_for() {
    let (world, job) = failed(Log::Late(1, LOG.into())).await;
    let log = world
        .client()
        .job_log(&world.repo(), job, LogLimits::default())
        .await
        .unwrap();
    assert_eq!(log.bytes, LOG.as_bytes());
    assert_eq!(world.calls("log host").len(), 2);
    world.finish();
}

#[tokio::test]
async fn a_log_that_never_comes_is_not_found_within_the_deadline() {
    let (world, job) = failed(Log::Missing).await;
    let client = world.client_with(TOKEN, Duration::from_secs(1));
    let started = Instant::now();
    let error = client
        .job_log(&world.repo(), job, LogLimits::default())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NotFound(_)), "{error:?}");
    assert!(started.elapsed() < Duration::from_millis(1500));
    world.finish();
}

#[tokio::test]
async fn an_expired_log_is_gone_at_once() {
    let (world, job) = failed(Log::Expired).await;
    let client = world.client();
    let error = client
        .job_log(&world.repo(), job, LogLimits::default())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Gone(_)), "{error:?}");
    assert_eq!(client.requests(), 1);
    world.finish();
}

#[tokio::test]
async fn a_huge_log_keeps_its_head_and_tail() {
    let text = (1..=200_000)
        .map(|n| format!("line {n}\n"))
        .collect::<Vec<_>>()
        .concat();
    let (world, job) = failed(Log::Text(text.clone().into())).await;
    let log = world
        .client()
        .job_log(&world.repo(), job, LogLimits::capped(64 << 10))
        .await
        .unwrap();
    let cut = log.cut.unwrap();
    let kept = String::from_utf8(log.bytes).unwrap();
    assert!(kept.len() <= 64 << 10 && kept.starts_with("line 1\n") && kept.ends_with("line 200000\n"));
    let after = kept.get(cut.at..).unwrap().lines().next().unwrap();
    let before = kept.get(..cut.at).unwrap().lines().count() as u64;
    assert_eq!(after, format!("line {}", before + cut.lines + 1));
    world.finish();
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let world = World::new().await;
    world.permissions(&["actions: read"]);
    let pull = world.pull_request(12);
    let client = world.client();
    let error = client
        .create_comment(&world.repo(), "12".parse().unwrap(), "hello")
        .await
        .unwrap_err();
    let Error::Denied { permission, message } = error else {
        panic!("{error:?}")
    };
    assert_eq!(permission.as_deref(), Some("issues=write; pull_requests=write"));
    assert_eq!(message, "Resource not accessible by integration");
    assert!(world.comments(pull.number).is_empty());
    world.finish();
}

#[tokio::test]
async fn a_wrong_token_is_denied_and_never_told() {
    let world = World::new().await;
    let client = world.client_with("ghp_wrong", Duration::from_secs(10));
    let error = client.repository(&world.repo()).await.unwrap_err();
    assert!(matches!(error, Error::Denied { permission: None, .. }), "{error:?}");
    assert!(!format!("{error} {error:?} {client:?}").contains("ghp_wrong"));
    world.finish();
}

#[tokio::test]
async fn a_limit_within_the_deadline_is_waited_for() {
    let world = World::new().await;
    world.fault("GET /repos/octo/ship", Fault::Limited(1));
    let (client, started) = (world.client(), Instant::now());
    client.repository(&world.repo()).await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(client.requests(), 2);
    world.finish();
}

#[tokio::test]
async fn a_limit_beyond_the_deadline_is_reported_at_once() {
    let world = World::new().await;
    world.fault("GET /repos/octo/ship", Fault::SecondaryLimit(120));
    let client = world.client();
    let error = client.repository(&world.repo()).await.unwrap_err();
    let retry_after = Some(Duration::from_secs(120));
    assert_eq!(error, Error::RateLimited { retry_after });
    world.hub().rate_remaining = Some(0);
    let error = client.repository(&world.repo()).await.unwrap_err();
    let retry_after = Some(Duration::from_secs(3000));
    assert_eq!(error, Error::RateLimited { retry_after });
    assert_eq!(client.requests(), 2);
    world.finish();
}

#[tokio::test]
async fn a_read_is_repeated_after_a_server_error_or_a_dropped_connection() {
    for fault in [Fault::Status(500), Fault::Status(502), Fault::Drop] {
        let world = World::new().await;
        world.fault("GET /repos/octo/ship", fault);
        let client = world.client();
        client.repository(&world.repo()).await.unwrap();
        assert_eq!(client.requests(), 2);
        world.finish();
    }
}

#[tokio::test]
async fn a_read_is_given_up_after_four_tries() {
    let world = World::new().await;
    world.faults("GET /repos/octo/ship", Fault::Status(503), 9);
    let client = world.client();
    assert_eq!(client.repository(&world.repo()).await.unwrap_err(), Error::Server(503));
    assert_eq!(client.requests(), 4);
    world.finish();
}

#[tokio::test]
async fn a_write_is_never_repeated() {
    for fault in [Fault::Status(500), Fault::Limited(0), Fault::Drop, Fault::ReplyLost] {
        let world = World::new().await;
        world.pull_request(12);
        let kept = usize::from(matches!(fault, Fault::ReplyLost));
        world.fault("POST /repos/*/*/issues/*/comments", fault);
        let client = world.client();
        client
            .create_comment(&world.repo(), "12".parse().unwrap(), "hello")
            .await
            .unwrap_err();
        assert_eq!(client.requests(), 1);
        assert_eq!((world.comments(12).len(), world.calls("POST").len()), (kept, 1));
        if kept == 1 {
            world.next_comment(12);
        }
        world.finish();
    }
}

#[tokio::test]
async fn a_stall_is_held_by_the_deadline() {
    let world = World::new().await;
    world.faults("GET /repos/octo/ship", Fault::Stall(Duration::from_secs(60)), 9);
    let client = world.client_with(TOKEN, Duration::from_millis(700));
    let started = Instant::now();
    assert_eq!(client.repository(&world.repo()).await.unwrap_err(), Error::Deadline);
    assert!(started.elapsed() < Duration::from_millis(1500));
    assert_eq!(client.repository(&world.repo()).await.unwrap_err(), Error::Deadline);
    assert_eq!(client.requests(), 1, "no call is made after the deadline");
    world.hub().faults.clear();
    let client = world.client();
    world.fault("GET /repos/octo/ship", Fault::Stall(Duration::from_secs(60)));
    let short = client.within(Duration::from_millis(100));
    assert_eq!(short.repository(&world.repo()).await.unwrap_err(), Error::Deadline);
    client.repository(&world.repo()).await.unwrap();
    assert_eq!((client.requests(), short.requests()), (2, 2));
    world.finish();
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_transport_error() {
    let connection = Connection {
        api_url: "http://127.0.0.1:9".to_owned(),
        token: Token::new("ghp_secret"),
        deadline: Instant::now() + Duration::from_secs(10),
        user_agent: "shipwright/test".to_owned(),
    };
    let error = Client::new(&connection).unwrap().rate_limit().await.unwrap_err();
    assert!(matches!(&error, Error::Transport(_)), "{error:?}");
    assert!(!error.to_string().contains("ghp_secret"));
}

#[tokio::test]
async fn addresses_and_tokens_that_cannot_be_used_are_refused() {
    let check = |api_url: &str, token: &str| {
        let connection = Connection {
            api_url: api_url.to_owned(),
            token: Token::new(token),
            deadline: Instant::now(),
            user_agent: "shipwright/test".to_owned(),
        };
        let error = Client::new(&connection).unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        assert!(!error.to_string().contains("ghp"), "{error}");
    };
    check("api.github.com", "ghp_x");
    check("ftp://api.github.com", "ghp_x");
    check("https://api.github.com", "ghp_x\nx-injected: 1");
}

#[tokio::test]
async fn an_enterprise_server_is_reached_under_its_prefix() {
    let world = World::enterprise().await;
    let head = world.push("main", "break it");
    let run = world.fail_run(&head, "test", LOG);
    let client = world.client();
    let job = JobId::new(run.job_id(&world, "test"));
    let log = client.job_log(&world.repo(), job, LogLimits::default()).await.unwrap();
    assert_eq!(log.bytes, LOG.as_bytes());
    assert_eq!(client.login().await.unwrap(), "github-actions[bot]");
    world.finish();
}

#[tokio::test]
async fn a_person_is_asked_who_they_are_once() {
    let world = World::new().await;
    world.token("ghp_alice", Identity::new("alice", false, &[]));
    let client = world.client_with("ghp_alice", Duration::from_secs(10));
    assert_eq!(client.login().await.unwrap(), "alice");
    assert_eq!(client.login().await.unwrap(), "alice");
    assert_eq!(world.calls("GET /user").len(), 1);
    world.finish();
}

#[tokio::test]
async fn a_matrix_of_256_jobs_is_three_calls() {
    let world = World::new().await;
    let head = world.push("main", "a wide matrix");
    let mut run = world.run("CI", &head);
    for leg in 0..256 {
        run = run.passed_job(&format!("test ({leg})"));
    }
    let run = run.complete();
    let client = world.client();
    let jobs = client.jobs(&world.repo(), RunId::new(run.id), 1).await.unwrap();
    assert_eq!((jobs.len(), client.requests()), (256, 3));
    assert_eq!(jobs.last().unwrap().name, "test (255)");
    world.finish();
}

#[tokio::test]
async fn attempts_have_their_own_jobs() {
    let world = World::new().await;
    let head = world.push("main", "flaky");
    let first = world
        .run("CI", &head)
        .failed_job("test", LOG)
        .annotated("src/a.rs", 3, "bad")
        .complete();
    first.rerun(&world).passed_job("test").complete();
    let (client, repo, id) = (world.client(), world.repo(), RunId::new(first.id));
    let latest = client.run(&repo, id).await.unwrap();
    assert!(latest.has_succeeded() && latest.run_attempt == 2);
    let old = client.run_attempt(&repo, id, 1).await.unwrap();
    assert!(old.has_failed() && old.run_attempt == 1);
    let jobs = client.jobs(&repo, id, 1).await.unwrap();
    let job = jobs.first().unwrap();
    assert!(job.conclusion.unwrap().is_failure() && job.steps.len() == 2);
    assert_eq!(job.completed_at.unwrap() - job.started_at.unwrap(), 60_000);
    let annotations = client.annotations(&repo, job.id).await.unwrap();
    assert_eq!(
        (annotations[0].path.as_str(), annotations[0].start_line),
        ("src/a.rs", Some(3))
    );
    let filter = RunFilter {
        status: Some("success".to_owned()),
        branch: Some("main".to_owned()),
        ..RunFilter::default()
    };
    assert_eq!(client.runs(&repo, &filter, 10).await.unwrap().len(), 1);
    assert!(client.run(&repo, RunId::new(1)).await.is_err());
    world.finish();
}

#[tokio::test]
async fn a_forks_pull_request_is_found_by_its_branch_only() {
    let world = World::new().await;
    let pull = world.pull_request(12).from_fork("mallory").on_branch("fix/#1 & more");
    let head = pull.head();
    let run = world.fail_run(&head, "test", LOG);
    let (client, repo) = (world.client(), world.repo());
    let seen = client.run(&repo, RunId::new(run.id)).await.unwrap();
    assert!(seen.pull_requests.is_empty() && seen.is_from_fork(&repo));
    assert!(client.pulls_for_commit(&repo, &seen.head_sha).await.unwrap().is_empty());
    let found = client.pulls_by_head(&repo, "mallory", &seen.head_branch).await.unwrap();
    assert_eq!(found.iter().map(|pull| pull.number.get()).collect::<Vec<_>>(), [12]);
    assert_eq!(
        found[0]
            .head
            .repo
            .as_ref()
            .and_then(shipwright::github::Repository::slug),
        seen.head_repository
    );
    assert!(
        client
            .pulls_by_head(&repo, "alice", &seen.head_branch)
            .await
            .unwrap()
            .is_empty()
    );
    let own = world.pull_request(13).on_branch("own");
    let run = world.fail_run(&own.head(), "test", LOG);
    let seen = client.run(&repo, RunId::new(run.id)).await.unwrap();
    assert_eq!(seen.pull_requests[0].base.repository.as_ref(), Some(&repo));
    assert_eq!(client.pulls_for_commit(&repo, &seen.head_sha).await.unwrap().len(), 1);
    assert_eq!(
        client
            .pull(&repo, own.close().number.to_string().parse().unwrap())
            .await
            .unwrap()
            .state,
        "closed"
    );
    world.finish();
}

#[tokio::test]
async fn issues_are_opened_found_by_label_and_closed() {
    let world = World::new().await;
    let (client, repo) = (world.client(), world.repo());
    client
        .ensure_label(&repo, "ci-failure", "d73a4a", "a red build")
        .await
        .unwrap();
    client
        .ensure_label(&repo, "ci-failure", "d73a4a", "a red build")
        .await
        .unwrap();
    let new = NewIssue {
        title: "red".to_owned(),
        body: "why".to_owned(),
        labels: vec!["ci-failure".to_owned()],
        ..NewIssue::default()
    };
    let issue = client.create_issue(&repo, &new).await.unwrap();
    world.next_issue();
    let open = client
        .issues_by_label(&repo, "ci-failure", StateFilter::Open)
        .await
        .unwrap();
    assert_eq!(open, std::slice::from_ref(&issue));
    let patch = IssuePatch {
        state: Some("closed"),
        state_reason: Some("completed"),
        ..IssuePatch::default()
    };
    let closed = client.update_issue(&repo, issue.number, &patch).await.unwrap();
    assert!(closed.state == "closed" && closed.closed_at.is_some() && closed.title == "red");
    world.next_issue();
    assert!(
        client
            .issues_by_label(&repo, "ci-failure", StateFilter::Open)
            .await
            .unwrap()
            .is_empty()
    );
    world.hub().repo("octo/ship").issues_disabled = true;
    let error = client.create_issue(&repo, &new).await.unwrap_err();
    assert!(matches!(error, Error::Gone(_)), "{error:?}");
    world.finish();
}

#[tokio::test]
async fn files_comparisons_and_searches_answer() {
    let world = World::new().await;
    let base = world.push("main", "green");
    let head = world.push("main", "fix the parser");
    world.file(".github/shipwright.yml", "mode: auto\n");
    world.issue(3, "parser fails on empty input", "panicked at src/parse.rs");
    let (client, repo) = (world.client(), world.repo());
    let file = client
        .file(&repo, ".github/shipwright.yml", Some("main"))
        .await
        .unwrap();
    assert_eq!(&file[..], b"mode: auto\n");
    assert!(matches!(
        client.file(&repo, "absent", None).await,
        Err(Error::NotFound(_))
    ));
    let comparison = client.compare(&repo, &base.sha, &head.sha).await.unwrap();
    assert_eq!(
        (comparison.ahead_by, comparison.commits[0].title()),
        (1, "fix the parser")
    );
    let hits = client
        .search("repo:octo/ship is:issue parser panicked", 5)
        .await
        .unwrap();
    assert_eq!((hits[0].issue.number.get(), hits[0].repository()), (3, Some(repo)));
    assert_eq!(client.rate_limit().await.unwrap().remaining, 1000);
    world.finish();
}
