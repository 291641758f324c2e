//! From a [`Report`] to Markdown and text, through `templates/`.
//!
//! Nothing a template prints is trusted: every value that has not passed a filter of [`crate::text`] is made inert by
//! the formatter, so a template that forgets a filter shows ugly text, never live text. A user's template that fails
//! falls back to the built-in one; fuel bounds what it can burn.

mod view;

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use crate::records::Digest;
use crate::report::Report;
use crate::text;
pub use view::Budget;
use view::ReportView;

/// Escaping of pages that are no Markdown.
const TEXT: &str = "text";

/// Instructions a template may execute; the built-in ones need under 1 % of it.
const FUEL: u64 = 2_000_000;

/// Largest user template, in bytes.
pub const MAX_TEMPLATE_BYTES: usize = 128 * 1024;

const TEMPLATES: &[(&str, &str)] = &[
    ("comment.md.j2", include_str!("../../templates/comment.md.j2")),
    ("report.md.j2", include_str!("../../templates/report.md.j2")),
    ("report.txt.j2", include_str!("../../templates/report.txt.j2")),
    ("issue.md.j2", include_str!("../../templates/issue.md.j2")),
    ("resolved.md.j2", include_str!("../../templates/resolved.md.j2")),
    (
        "issue_resolved.md.j2",
        include_str!("../../templates/issue_resolved.md.j2"),
    ),
    ("refused.md.j2", include_str!("../../templates/refused.md.j2")),
    ("prompt.md.j2", include_str!("../../templates/prompt.md.j2")),
    ("sections.md.j2", include_str!("../../templates/sections.md.j2")),
    ("footer.md.j2", include_str!("../../templates/footer.md.j2")),
    ("digest.md.j2", include_str!("../../templates/digest.md.j2")),
    ("digest.txt.j2", include_str!("../../templates/digest.txt.j2")),
];

/// The things a reader sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// The comment on a pull request.
    Comment,
    /// The tracking issue.
    Issue,
    /// The report as a document: step summary, artifact, `--format markdown`.
    Document,
    /// The report on a terminal.
    Text,
}

impl Page {
    const fn template(self) -> &'static str {
        match self {
            Self::Comment => "comment.md.j2",
            Self::Issue => "issue.md.j2",
            Self::Document => "report.md.j2",
            Self::Text => "report.txt.j2",
        }
    }
}

/// What became of a failure that is gone.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Resolved {
    /// Name of the workflow.
    pub workflow: String,
    /// The commit that is green.
    pub short_sha: String,
    /// Its page.
    pub commit_url: String,
    /// The green run's page.
    pub url: String,
    /// Failed runs before it.
    pub failed_runs: u64,
    /// Titles of the failures that are gone.
    pub titles: Vec<String>,
    /// The same commit failed before and passes now: nothing was changed.
    pub flaky: bool,
}

/// Renders pages.
pub struct Renderer {
    environment: Environment<'static>,
    own_comment: bool,
}

impl Renderer {
    /// With the built-in templates.
    ///
    /// # Panics
    /// Never: the built-in templates and delimiters parse, and a test renders them all.
    pub fn built_in() -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        let mut syntax = SyntaxConfig::builder();
        syntax.trim_blocks(true).lstrip_blocks(true);
        environment.set_syntax(syntax.build().expect("the default delimiters are valid"));
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(50);
        environment.set_auto_escape_callback(|name| {
            AutoEscape::Custom(if name.ends_with(".txt.j2") {
                TEXT.into()
            } else {
                "markdown".into()
            })
        });
        environment.set_formatter(inert);
        environment.add_filter("fence", |value: &str| {
            Value::from_safe_string(text::fence(value, "text"))
        });
        environment.add_filter("code", |value: &str| Value::from_safe_string(text::code(value)));
        environment.add_filter("plain", |value: &str| Value::from_safe_string(text::plain(value)));
        environment.add_filter("prose", |value: &str| Value::from_safe_string(prose(value)));
        environment.add_filter("link", |label: &str, url: &str| {
            Value::from_safe_string(text::link(label, &text::quiet_url(url)))
        });
        environment.add_filter("link_code", |label: &str, url: &str| {
            Value::from_safe_string(text::link_code(label, url))
        });
        environment.add_filter("mention", |value: &str| Value::from_safe_string(mention(value)));
        environment.add_filter("times", times);
        environment.add_filter("span", span);
        environment.add_filter("column", |count: u64| Value::from_safe_string(format!("{count:>6}")));
        environment.add_filter("bar", bar);
        for (name, source) in TEMPLATES {
            environment
                .add_template(name, source)
                .expect("built-in templates parse; a test renders them all");
        }
        Self {
            environment,
            own_comment: false,
        }
    }

    /// With the user's template for the comment.
    ///
    /// # Errors
    /// What is wrong with it, with its line; the caller goes on with [`Renderer::built_in`].
    pub fn with_comment_template(source: String) -> Result<Self, RenderError> {
        if source.len() > MAX_TEMPLATE_BYTES {
            return Err(RenderError::TooLarge(source.len()));
        }
        let mut renderer = Self::built_in();
        renderer
            .environment
            .add_template_owned("user.md.j2", source)
            .map_err(RenderError::Template)?;
        renderer.own_comment = true;
        Ok(renderer)
    }

    /// A page within `most` UTF-16 units: shown in full if it fits, else with less of everything, never cut in the
    /// middle of a block.
    ///
    /// # Errors
    /// Only a user's template can fail.
    pub fn page(&self, page: Page, report: &Report, memory_ref: &str, most: usize) -> Result<String, RenderError> {
        let name = if self.own_comment && page == Page::Comment {
            "user.md.j2"
        } else {
            page.template()
        };
        let mut smallest = String::new();
        for budget in Budget::LEVELS {
            smallest = self.render(name, &ReportView::new(report, memory_ref, *budget))?;
            if text::utf16_len(&smallest) <= most {
                return Ok(smallest);
            }
        }
        if self.own_comment && page == Page::Comment {
            return Err(RenderError::TooLong { most });
        }
        Ok(text::cut_utf16(&smallest, most).to_owned())
    }

    /// The one line a comment becomes when the failure is gone.
    ///
    /// # Errors
    /// None with the built-in template.
    pub fn resolved(&self, resolved: &Resolved) -> Result<String, RenderError> {
        self.render("resolved.md.j2", resolved)
    }

    /// The body of a tracking issue whose failure is gone: its last report with the end on top.
    ///
    /// # Errors
    /// None with the built-in template.
    pub fn issue_resolved(&self, resolved: &Resolved) -> Result<String, RenderError> {
        self.render("issue_resolved.md.j2", resolved)
    }

    /// What a memory knows, in figures: Markdown with a chart for a step summary.
    ///
    /// # Errors
    /// None with the built-in template.
    pub fn digest(&self, digest: &Digest) -> Result<String, RenderError> {
        self.render("digest.md.j2", digest)
    }

    /// The same for a terminal.
    ///
    /// # Errors
    /// None with the built-in template.
    pub fn digest_text(&self, digest: &Digest) -> Result<String, RenderError> {
        self.render("digest.txt.j2", digest)
    }

    /// The reply to commands that were not carried out.
    ///
    /// # Errors
    /// None with the built-in template.
    pub fn refused(&self, reasons: &[String]) -> Result<String, RenderError> {
        self.render(
            "refused.md.j2",
            &std::collections::BTreeMap::from([("reasons", reasons)]),
        )
    }

    /// The context for an agent's next prompt, at most `most` characters.
    ///
    /// # Errors
    /// None with the built-in template.
    pub fn prompt(&self, report: &Report, most: usize) -> Result<String, RenderError> {
        let mut smallest = String::new();
        for budget in Budget::LEVELS {
            smallest = self.render("prompt.md.j2", &ReportView::new(report, "", *budget))?;
            if smallest.chars().count() <= most {
                return Ok(smallest);
            }
        }
        Ok(smallest.chars().take(most).collect())
    }

    fn render<T: serde::Serialize>(&self, name: &str, view: &T) -> Result<String, RenderError> {
        let template = self.environment.get_template(name).map_err(RenderError::Template)?;
        let page = template
            .render(Value::from(Serde(view)))
            .map_err(RenderError::Template)?;
        Ok(squeeze(&page))
    }
}

/// Why a page could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The user's template is larger than [`MAX_TEMPLATE_BYTES`].
    #[error("the template has {0} bytes; {MAX_TEMPLATE_BYTES} are allowed")]
    TooLarge(usize),
    /// The template does not parse or failed to run.
    #[error("the template failed: {0:#}")]
    Template(Error),
    /// The user's template does not get shorter when given less to show.
    #[error("the template's output stays above {most} characters however little it is given")]
    TooLong {
        /// The limit, in UTF-16 units.
        most: usize,
    },
}

/// Writes a value: what a filter has made safe as it is, everything else made inert first.
fn inert(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if value.is_none() {
        return Ok(());
    }
    let plain_kind = matches!(value.kind(), ValueKind::Number | ValueKind::Bool);
    let shown = value.to_string();
    let written = if plain_kind || value.is_safe() {
        out.write_str(&shown)
    } else if matches!(state.auto_escape(), AutoEscape::Custom(kind) if kind == TEXT) {
        out.write_str(&text::neutral(&shown))
    } else {
        out.write_str(&text::plain(&shown))
    };
    written.map_err(Error::from)
}

/// A sentence in which backticks mark code: outside them everything is inert, inside it is a code span.
fn prose(sentence: &str) -> String {
    let mut out = String::new();
    for (at, part) in sentence.split('`').enumerate() {
        if at % 2 == 1 && !part.trim().is_empty() {
            out.push_str(&text::code(part));
            continue;
        }
        if part.starts_with(char::is_whitespace) && !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&text::plain(part));
        if part.ends_with(char::is_whitespace) && !part.trim().is_empty() {
            out.push(' ');
        }
    }
    out.trim_end().to_owned()
}

/// A live mention of a login or team; what is neither stays inert.
fn mention(name: &str) -> String {
    let part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    if name.split('/').count() <= 2 && name.split('/').all(part) {
        format!("@{name}")
    } else {
        text::plain(name)
    }
}

/// `once`, `twice`, `5 times`.
fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

/// Minutes as people say them.
fn span(minutes: u64) -> String {
    match minutes {
        0..=90 => format!("{minutes} min"),
        91..=2880 => format!("{} h", (minutes + 30) / 60),
        _ => format!("{} days", (minutes + 720) / 1440),
    }
}

/// A bar of at most thirty blocks, as long as a week's sightings are of the most in any week.
fn bar(count: u64, weeks: &Value) -> Value {
    let sightings = |week: Value| week.get_attr("sightings").ok()?.as_i64();
    let most = weeks
        .try_iter()
        .into_iter()
        .flatten()
        .filter_map(sightings)
        .max()
        .unwrap_or(1)
        .max(1);
    let blocks = (count * 30).div_ceil(most.unsigned_abs());
    Value::from_safe_string("▇".repeat(usize::try_from(blocks).unwrap_or(30).min(30)))
}

/// Template logic leaves blank lines behind; at most one in a row is kept, none inside a fence is touched.
fn squeeze(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    let mut blank = true;
    let mut fence: Option<usize> = None;
    for line in page.lines() {
        let ticks = line.trim_start().bytes().take_while(|byte| *byte == b'`').count();
        match fence {
            Some(open) if ticks >= open && line.trim().len() == ticks => fence = None,
            None if ticks >= 3 => fence = Some(ticks),
            Some(_) | None => {}
        }
        let empty = line.trim().is_empty();
        if fence.is_none() && empty && blank {
            continue;
        }
        blank = empty;
        out.push_str(if fence.is_some() { line } else { line.trim_end() });
        out.push('\n');
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out.push('\n');
    out
}

#[cfg(test)]
mod tests;
