//! The three modules know each other in one direction only.

use std::path::Path;

#[test]
fn role_manager_knows_neither_of_the_others_and_they_do_not_know_each_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/recruit");
    for (module, forbidden) in [
        ("role_manager", &["team_composer", "config_validator"][..]),
        ("team_composer", &["config_validator"]),
        ("config_validator", &["team_composer"]),
        ("stores", &["role_manager", "team_composer", "config_validator"]),
    ] {
        let files: Vec<_> = std::fs::read_dir(root.join(module)).unwrap().flatten().collect();
        assert!(!files.is_empty());
        for file in files {
            let text = std::fs::read_to_string(file.path()).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for line in code {
                for other in forbidden {
                    assert!(
                        !line.contains(&format!("{other}::")),
                        "{} names {other}",
                        file.path().display()
                    );
                }
            }
        }
    }
}
