//! `shipwright completions`, `man`, and the developers' hidden commands.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::Shell;

use super::output;
use super::root;
use crate::app::{Error, Kind};
use crate::settings::{inputs, schema};

/// Print completions for a shell.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  shipwright completions bash > /etc/bash_completion.d/shipwright")]
pub struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

impl CompletionsArgs {
    /// Prints the script.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn run(self) -> Result<(), Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut root::command(), "shipwright", &mut script);
        output::raw(&script)
    }
}

/// Print the manual page, or write one page per command into a directory.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  shipwright man --output man/man1")]
pub struct ManArgs {
    /// Directory to write all pages into.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl ManArgs {
    /// Prints or writes.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn run(self) -> Result<(), Error> {
        let Some(directory) = self.output else {
            let mut page = Vec::new();
            clap_mangen::Man::new(root::command())
                .render(&mut page)
                .map_err(|error| Error::new(Kind::Bug, "cannot make the manual page").with_source(error))?;
            return output::raw(&page);
        };
        let written =
            std::fs::create_dir_all(&directory).and_then(|()| clap_mangen::generate_to(root::command(), &directory));
        written.map_err(|error| crate::app::error::writing(&directory, error))
    }
}

/// Print a generated file of the repository.
#[derive(Debug, Args)]
pub struct DocsArgs {
    /// Which.
    page: DocsPage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DocsPage {
    /// docs/inputs.md
    Inputs,
    /// action.yml
    Action,
    /// schemas/config.json
    Config,
}

impl DocsArgs {
    /// Prints it.
    ///
    /// # Errors
    /// When standard output cannot be written.
    pub fn run(self) -> Result<(), Error> {
        output::text(&match self.page {
            DocsPage::Inputs => inputs::markdown(),
            DocsPage::Action => inputs::action_yml(),
            DocsPage::Config => serde_json::to_string_pretty(&schema::config()).unwrap_or_default(),
        })
    }
}
