//! A process may die at any moment: the stores are as before its change or as after it.

use std::time::{Duration, Instant};

use serde_json::json;

use super::Desk;

#[test]
fn killed_at_any_moment_the_stores_agree_with_each_other() {
    let desk = Desk::new();
    desk.text(&["stats"]);
    let start = Instant::now();
    desk.text(&["record-outcome", "ann", "first", "success"]);
    let usual = start.elapsed();
    for nth in 0_u32..25 {
        let task = format!("task-{nth}");
        let mut command = desk.command(&["record-outcome", "ann", &task, "success"]);
        let mut process = command.stdout(std::process::Stdio::null()).spawn().unwrap();
        let moment = Instant::now() + usual * nth / 20;
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        process.kill().unwrap();
        process.wait().unwrap();
    }
    desk.text(&["stats"]);
    let tasks = desk.read("profiles.json")["ann"]["tasks_completed"].as_u64().unwrap();
    let outcomes = Desk::lines(&desk.store("outcomes.jsonl")).len() as u64;
    let counted = desk.read("ledger.json")["seen"].as_object().unwrap().len() as u64;
    let used = desk.read("role-usage.json")["builder"]["successes"].as_u64().unwrap();
    assert!((1..=26).contains(&tasks));
    assert_eq!((outcomes, counted, used), (tasks, tasks, tasks));
}

#[test]
fn what_a_dead_process_left_is_finished_and_its_scraps_do_no_harm() {
    let desk = Desk::new();
    desk.text(&["stats"]);
    desk.write(
        "pending.json",
        &json!({"talent.json": "[{\"a\":1}]", "role-usage.json": "{\"pm\":{\"matches\":2}}"}).to_string(),
    );
    desk.write(".shipwright-a1b2c3", "{\"half\":");
    assert_eq!(desk.json(&["stats"])["talent_records"], 1);
    assert_eq!(desk.read("role-usage.json")["pm"]["matches"], 2);
    assert!(!desk.store("pending.json").exists());
}

#[test]
fn a_lock_that_is_held_is_waited_for() {
    let desk = Desk::new();
    desk.text(&["stats"]);
    let lock = std::fs::File::options().write(true).open(desk.store(".lock")).unwrap();
    lock.lock().unwrap();
    let mut waiting = desk
        .command(&["record-outcome", "ann", "t", "success"])
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_millis(150);
    while Instant::now() < until {
        assert!(
            waiting.try_wait().unwrap().is_none(),
            "it must not go on without the lock"
        );
    }
    lock.unlock().unwrap();
    assert!(waiting.wait().unwrap().success());
    assert_eq!(desk.read("profiles.json")["ann"]["tasks_completed"], 1);
}
