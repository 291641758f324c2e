//! `help`: the reference's banner and headings, our words.

use serde_json::json;

use super::{Answer, Office, Page};

/// The version of the reference whose commands these are.
pub const COMPATIBLE: &str = "3.0.0";

/// Name, arguments, what it does.
type Line = (&'static str, &'static str, &'static str);

/// By heading.
const COMMANDS: [(&str, &[Line]); 5] = [
    (
        "CORE COMMANDS",
        &[
            ("roles", "", "list all roles"),
            ("match", "\"<task>\"", "the role for a task"),
            ("team", "\"<issue|project>\"", "the team for an issue or a project"),
            ("evaluate", "<agent>", "how an agent does"),
            ("profiles", "", "all agents"),
            ("promote", "<agent> [--apply]", "the model an agent should run on"),
            ("onboard", "[role] [agent]", "what an agent is given at the start"),
            ("stats", "", "everything in figures"),
            ("help", "", "this text"),
        ],
    ),
    (
        "DYNAMIC ROLES",
        &[
            (
                "create-role",
                "<key> [title] [description]",
                "make a role; --auto \"<task>\" finds the words",
            ),
            ("invent", "", "roles for tasks that none fits"),
            (
                "evolve",
                "[--apply|--undo]",
                "roles that are unused, failing or overloaded",
            ),
            ("specializations", "", "what every agent is good at"),
        ],
    ),
    (
        "FEEDBACK LOOP",
        &[
            (
                "record-outcome",
                "<agent> <task> <success|failure> [quality] [minutes]",
                "tell how it went",
            ),
            ("ingest-pipeline", "[days]", "outcomes from the event log"),
            ("self-tune", "", "learn words from outcomes"),
            ("reflect", "", "how good the matching is"),
            (
                "sync",
                "[--memory PATH|--remote URL]",
                "share what was learned through a memory",
            ),
        ],
    ),
    (
        "INTELLIGENCE",
        &[
            ("route", "\"<task>\"", "the agent with the best record for a task"),
            ("decompose", "\"<goal>\"", "the steps of a goal"),
        ],
    ),
    (
        "AGI-LEVEL",
        &[
            ("mind", "[agent]", "how an agent works best"),
            ("audit", "[--repair]", "check the stores, the loops and the wiring"),
        ],
    ),
];

impl Office {
    /// All commands.
    pub fn help() -> Answer {
        let own = env!("CARGO_PKG_VERSION");
        let mut text = format!("shipwright recruit v{COMPATIBLE} compatible (shipwright {own})\n\n");
        text += "USAGE\n  shipwright recruit <command> [arguments] [--json]\n";
        let mut names = Vec::new();
        for (heading, commands) in COMMANDS {
            text.add(format_args!("\n{heading}\n"));
            for (name, arguments, what) in commands {
                names.push(*name);
                let call = format!("{name} {arguments}");
                text.add(format_args!("  {call:<38} {what}\n"));
            }
        }
        text += "\nEXAMPLES\n  shipwright recruit match \"Add a dark theme\"\n  shipwright recruit team --json \"Encrypt backups\"\n  \
                 shipwright recruit record-outcome agent-1 \"Add a dark theme\" success 9 25\n";
        text += "\nROLE CATALOG\n";
        for (key, role) in crate::recruit::role_manager::builtin_roles().iter() {
            text.add(format_args!("  {key:<20} {}\n", role.description));
        }
        Answer::new(
            text,
            json!({"compatible": COMPATIBLE, "version": own, "commands": names}),
        )
    }
}
