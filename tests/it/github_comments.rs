//! Stories of the one comment: found over all pages, only if it is ours, never doubled.

use std::time::Duration;

use shipwright::github::comments::{Action, AuthorRule, CommentMode, Place, Thread, upsert};
use shipwright::github::marker::Marker;
use shipwright::github::{Error, Reaction};
use shipwright::ids::RunId;

use crate::world::{Fault, Identity, TOKEN, World};

fn place(world: &World) -> Place {
    Place {
        repo: world.repo(),
        issue: "12".parse().unwrap(),
        author: AuthorRule::Token,
    }
}

/// A world with pull request 12 in it.
async fn conversation() -> World {
    let world = World::new().await;
    world.pull_request(12);
    world
}

async fn say(world: &World, body: &str, mode: CommentMode) -> Action {
    let upserted = upsert(&world.client(), &place(world), &Marker::new("CI"), body, mode).await;
    upserted.unwrap().action
}

#[tokio::test]
async fn a_comment_is_created_edited_and_left_alone() {
    let world = conversation().await;
    assert_eq!(say(&world, "one\n", CommentMode::Update).await, Action::Created);
    let first = world.next_comment(12);
    assert_eq!(Marker::decode(&first.body), Some(Marker::new("CI")));
    assert_eq!(say(&world, "one", CommentMode::Update).await, Action::Unchanged);
    assert_eq!(world.calls("PATCH").len(), 0, "what is the same is not written");
    assert_eq!(say(&world, "two", CommentMode::Update).await, Action::Updated);
    let second = world.next_comment(12);
    assert!(second.id == first.id && second.body.ends_with("two"));
    world.finish();
}

#[tokio::test]
async fn modes_recreate_and_new_say_it_again() {
    let world = conversation().await;
    say(&world, "one", CommentMode::Update).await;
    let first = world.next_comment(12);
    assert_eq!(say(&world, "one", CommentMode::Recreate).await, Action::Unchanged);
    assert_eq!(say(&world, "two", CommentMode::Recreate).await, Action::Recreated);
    let second = world.next_comment(12);
    assert!(second.id > first.id && world.comments(12).len() == 1);
    assert_eq!(say(&world, "two", CommentMode::New).await, Action::Created);
    world.next_comment(12);
    assert_eq!(world.comments(12).len(), 2);
    world.finish();
}

#[tokio::test]
async fn ours_is_found_behind_a_hundred_others() {
    let world = conversation().await;
    for n in 0..130 {
        world.comment_by("alice", 12, &format!("remark {n}"));
    }
    say(&world, "one", CommentMode::Update).await;
    world.next_comment(12);
    assert_eq!(say(&world, "two", CommentMode::Update).await, Action::Updated);
    world.next_comment(12);
    assert_eq!(world.comments(12).len(), 131);
    world.finish();
}

#[tokio::test]
async fn a_pasted_marker_is_not_ours() {
    let world = conversation().await;
    let spoofed = Marker::new("CI").above("trust me");
    let id = world.comment_by("mallory", 12, &spoofed);
    assert_eq!(say(&world, "the truth", CommentMode::Update).await, Action::Created);
    assert!(world.next_comment(12).id > id);
    assert_eq!(world.comments(12)[0].body, spoofed);
    world.finish();
}

#[tokio::test]
async fn a_quoted_marker_and_another_key_are_not_this_comment() {
    let world = conversation().await;
    let us = Identity::workflow(&[]);
    let quoted = format!("> quoted\n{}", Marker::new("CI").encode());
    world.hub().comment("octo/ship", 12, &us, &quoted);
    world
        .hub()
        .comment("octo/ship", 12, &us, &Marker::new("Deploy").above("other"));
    assert_eq!(say(&world, "one", CommentMode::Update).await, Action::Created);
    for _ in 0..3 {
        world.next_comment(12);
    }
    world.finish();
}

#[tokio::test]
async fn a_persons_token_owns_that_persons_comments_only() {
    let world = conversation().await;
    world.token("ghp_alice", Identity::new("alice", false, &["issues: write"]));
    let mine = world.comment_by("alice", 12, &Marker::new("CI").above("old"));
    world.comment_by("mallory", 12, &Marker::new("CI").above("spoofed"));
    let client = world.client_with("ghp_alice", Duration::from_secs(10));
    let upserted = upsert(&client, &place(&world), &Marker::new("CI"), "new", CommentMode::Update)
        .await
        .unwrap();
    assert_eq!((upserted.id.get(), upserted.action), (mine, Action::Updated));
    assert!(world.comments(12)[1].body.ends_with("spoofed"));
    world.finish();
}

#[tokio::test]
async fn the_first_comment_stays_and_later_duplicates_go() {
    let world = conversation().await;
    let us = Identity::workflow(&[]);
    let ids = ["one", "two", "three"].map(|body| {
        let body = Marker::new("CI").above(body);
        world.hub().comment("octo/ship", 12, &us, &body)
    });
    assert_eq!(say(&world, "four", CommentMode::Update).await, Action::Updated);
    let left = world.next_comment(12);
    assert!(left.id == ids[0] && left.body.ends_with("four") && world.comments(12).len() == 1);
    world.finish();
}

#[tokio::test]
async fn twenty_writers_at_once_leave_one_comment() {
    let world = conversation().await;
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (client, place) = (world.client(), place(&world));
        writers.spawn(async move {
            let marker = Marker {
                run: Some(RunId::new(7)),
                ..Marker::new("CI")
            };
            upsert(&client, &place, &marker, "the report", CommentMode::Update)
                .await
                .map(|upserted| upserted.id)
        });
    }
    let ids: Vec<_> = writers.join_all().await.into_iter().map(Result::unwrap).collect();
    let left = world.next_comment(12);
    assert_eq!(world.comments(12).len(), 1);
    assert!(
        ids.iter().all(|id| id.get() == left.id),
        "everyone names the comment that stayed"
    );
    world.finish();
}

/// Two writers that have both seen an empty conversation; the other was first. What ours then says stands.
async fn beaten(world: &World) -> Action {
    let (client, place) = (world.client(), place(world));
    let thread = Thread::read(&client, &place, "CI").await.unwrap();
    assert!(thread.current().is_none());
    let theirs = Marker::new("CI").above("theirs");
    world.hub().comment("octo/ship", 12, &Identity::workflow(&[]), &theirs);
    let upserted = thread.put(&Marker::new("CI"), "ours", CommentMode::Update).await;
    upserted.unwrap().action
}

#[tokio::test]
async fn a_writer_that_was_beaten_edits_the_first_and_takes_its_own_back() {
    let world = conversation().await;
    for n in 0..250 {
        world.comment_by("alice", 12, &format!("remark {n}"));
    }
    world.hub().now += 3600;
    assert_eq!(beaten(&world).await, Action::Updated);
    assert!(world.next_comment(12).body.ends_with("ours"));
    assert_eq!(world.comments(12).len(), 251);
    assert_eq!(world.calls("GET").len(), 4, "three pages, and then only what is new");
    world.finish();
}

#[tokio::test]
async fn a_beaten_writer_that_cannot_edit_the_first_keeps_its_own() {
    let world = conversation().await;
    world.fault("PATCH /repos/*/*/issues/comments/*", Fault::Status(502));
    assert_eq!(beaten(&world).await, Action::Created);
    assert!(world.next_comment(12).body.ends_with("theirs"));
    assert!(world.next_comment(12).body.ends_with("ours"));
    world.finish();
}

#[tokio::test]
async fn a_token_that_cannot_say_who_it_is_is_asked_once_and_owns_nothing() {
    let world = conversation().await;
    for _ in 0..50 {
        world.comment_by("mallory", 12, &Marker::new("CI").above("spoofed"));
    }
    world.faults("POST /graphql", Fault::Status(404), 99);
    assert_eq!(say(&world, "the truth", CommentMode::Update).await, Action::Created);
    world.next_comment(12);
    assert_eq!(world.calls("POST /graphql").len(), 1, "our first comment then tells it");
    world.finish();
}

#[tokio::test]
async fn a_lost_answer_is_looked_up_instead_of_repeated() {
    let world = conversation().await;
    world.fault("POST /repos/*/*/issues/*/comments", Fault::ReplyLost);
    assert_eq!(say(&world, "one", CommentMode::Update).await, Action::Created);
    world.next_comment(12);
    assert_eq!((world.comments(12).len(), world.calls("POST").len()), (1, 1));
    world.finish();
}

#[tokio::test]
async fn a_comment_that_was_not_made_is_an_error_and_not_a_second_try() {
    for (fault, expect) in [
        (Fault::Status(502), Error::Server(502)),
        (Fault::Status(422), Error::Invalid("Something went wrong".to_owned())),
    ] {
        let world = conversation().await;
        world.fault("POST /repos/*/*/issues/*/comments", fault);
        let error = upsert(
            &world.client(),
            &place(&world),
            &Marker::new("CI"),
            "one",
            CommentMode::Update,
        )
        .await
        .unwrap_err();
        assert_eq!(error, expect);
        assert_eq!((world.comments(12).len(), world.calls("POST").len()), (0, 1));
        world.finish();
    }
}

#[tokio::test]
async fn a_comment_deleted_in_the_meantime_is_made_anew() {
    let world = conversation().await;
    say(&world, "one", CommentMode::Update).await;
    world.next_comment(12);
    let (client, place) = (world.client(), place(&world));
    let thread = Thread::read(&client, &place, "CI").await.unwrap();
    assert_eq!(thread.marker(), Some(Marker::new("CI")));
    world.hub().repo("octo/ship").comments.clear();
    let upserted = thread
        .put(&Marker::new("CI"), "two", CommentMode::Update)
        .await
        .unwrap();
    assert_eq!(upserted.action, Action::Created);
    assert!(world.next_comment(12).body.ends_with("two"));
    world.finish();
}

#[tokio::test]
async fn our_comment_can_be_taken_back() {
    let world = conversation().await;
    let theirs = world.comment_by("alice", 12, "hello");
    say(&world, "one", CommentMode::Update).await;
    let (client, place) = (world.client(), place(&world));
    assert!(
        Thread::read(&client, &place, "CI")
            .await
            .unwrap()
            .remove()
            .await
            .unwrap()
    );
    assert!(
        !Thread::read(&client, &place, "CI")
            .await
            .unwrap()
            .remove()
            .await
            .unwrap()
    );
    assert_eq!(
        world.comments(12).iter().map(|comment| comment.id).collect::<Vec<_>>(),
        [theirs]
    );
    world.finish();
}

#[tokio::test]
async fn a_locked_conversation_is_a_denial_in_githubs_words() {
    let world = conversation().await;
    world.pull_request(12).locked();
    let error = upsert(
        &world.client(),
        &place(&world),
        &Marker::new("CI"),
        "one",
        CommentMode::Update,
    )
    .await
    .unwrap_err();
    let message = "Unable to create comment because issue is locked.".to_owned();
    assert_eq!(
        error,
        Error::Denied {
            permission: None,
            message
        }
    );
    world.finish();
}

#[tokio::test]
async fn a_body_at_githubs_limit_is_taken_and_one_beyond_is_invalid() {
    let world = conversation().await;
    let marker = Marker::new("CI");
    let room = 65_536 - marker.encode().chars().count() - 1;
    say(&world, &"𝒳".repeat(room), CommentMode::Update).await;
    assert_eq!(world.next_comment(12).body.chars().count(), 65_536);
    let long = "𝒳".repeat(room + 1);
    let error = upsert(&world.client(), &place(&world), &marker, &long, CommentMode::Update)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Invalid(reason) if reason.contains("too long")),
        "{error:?}"
    );
    world.finish();
}

#[tokio::test]
async fn a_reaction_is_given_once() {
    let world = conversation().await;
    let id = world.comment_by("alice", 12, "/shipwright explain");
    let client = world.client_with(TOKEN, Duration::from_secs(10));
    for _ in 0..2 {
        client
            .react(&world.repo(), id.to_string().parse().unwrap(), Reaction::Eyes)
            .await
            .unwrap();
    }
    let reactions = world.comments(12)[0].reactions.clone();
    assert_eq!(
        reactions.into_iter().collect::<Vec<_>>(),
        [("github-actions[bot]".to_owned(), "eyes".to_owned())]
    );
    world.finish();
}
