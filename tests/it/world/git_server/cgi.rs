//! HTTP in front of `git http-backend`.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use super::fault::Effect;
use super::{Access, Shared, environment, hermetic_git};

type Body = http_body_util::combinators::BoxBody<Bytes, io::Error>;

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, Arc::clone(&shared)));
            // A dropped connection is an error here and the point of the test there.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

fn whole(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into())
        .map_err(|never: Infallible| match never {})
        .boxed()
}

fn plain(status: u16, text: &str) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", "text/plain")
        .body(whole(text.to_owned()))
        .unwrap()
}

async fn answer(request: Request<Incoming>, shared: Arc<Shared>) -> io::Result<Response<Body>> {
    let gone = || io::Error::new(io::ErrorKind::ConnectionReset, "the test drops the connection");
    let push = request.method() == Method::POST && request.uri().path().ends_with("/git-receive-pack");
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let (delay, effect) = {
        let mut state = shared.state();
        state.counters.requests += 1;
        state.counters.pushes += u64::from(push);
        state.counters.bytes_in += body.len() as u64;
        let effect = state
            .faults
            .iter_mut()
            .find_map(|fault| fault.hit(push).then(|| fault.effect.clone()));
        (state.delay, effect)
    };
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match &effect {
        Some(Effect::Status { status, retry_after }) => {
            let mut response = plain(*status, "<html>\u{1b}[31mno</html>");
            if let Some(seconds) = retry_after {
                response
                    .headers_mut()
                    .insert("retry-after", seconds.to_string().parse().unwrap());
            }
            return Ok(response);
        }
        Some(Effect::Redirect(location)) => {
            let mut response = plain(307, "");
            response.headers_mut().insert("location", location.parse().unwrap());
            return Ok(response);
        }
        Some(Effect::Page) => return Ok(plain(200, "<html>Please sign in</html>")),
        Some(Effect::DropBefore) => return Err(gone()),
        Some(Effect::Stall(time)) => tokio::time::sleep(*time).await,
        Some(Effect::DropAfter | Effect::CutAfter) | None => {}
    }
    if let Some(refusal) = refuse(&parts, &shared, push) {
        return Ok(refusal);
    }
    if push {
        let race = shared.state().races.pop_front();
        if let Some(race) = race {
            let repository = shared.root.join("memory.git");
            tokio::task::spawn_blocking(move || race(&repository))
                .await
                .map_err(io::Error::other)?;
        }
    }
    let (head, content) = backend(&parts, &body, &shared).await?;
    shared.state().counters.bytes_out += content.len() as u64;
    match effect {
        Some(Effect::DropAfter) => Err(gone()),
        Some(Effect::CutAfter) => {
            let half = content.slice(..content.len() / 2);
            Ok(head.body(Cut(Some(half)).boxed()).unwrap())
        }
        _ => Ok(head.body(whole(content)).unwrap()),
    }
}

/// A body that breaks off.
struct Cut(Option<Bytes>);

impl hyper::body::Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let gone = || io::Error::new(io::ErrorKind::ConnectionReset, "the test cuts the answer");
        Poll::Ready(Some(self.0.take().map(Frame::data).ok_or_else(gone)))
    }
}

fn refuse(parts: &hyper::http::request::Parts, shared: &Shared, push: bool) -> Option<Response<Body>> {
    let Some(Access::Tokens { write, read }) = shared.state().access.clone() else {
        return None;
    };
    let header = parts.headers.get("authorization").and_then(|value| value.to_str().ok());
    let basic = header
        .and_then(|value| value.strip_prefix("Basic "))
        .and_then(|text| STANDARD.decode(text).ok());
    let given = basic.and_then(|bytes| String::from_utf8(bytes).ok());
    let token = given.as_deref().and_then(|text| text.strip_prefix("x-access-token:"));
    let writes = push
        || parts
            .uri
            .query()
            .is_some_and(|query| query.contains("git-receive-pack"));
    match token {
        Some(token) if token == write => None,
        Some(token) if token == read && !writes => None,
        Some(token) if token == read => Some(plain(403, "Write access to repository not granted.")),
        _ => {
            let mut response = plain(401, "who are you");
            response
                .headers_mut()
                .insert("www-authenticate", "Basic realm=\"git\"".parse().unwrap());
            Some(response)
        }
    }
}

/// Runs the CGI program and takes its answer apart.
async fn backend(
    parts: &hyper::http::request::Parts,
    body: &Bytes,
    shared: &Shared,
) -> io::Result<(hyper::http::response::Builder, Bytes)> {
    let header = |name: &str| {
        parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let mut command = tokio::process::Command::new(program());
    command.env_clear().envs(environment(&shared.root));
    command
        .env("GIT_PROJECT_ROOT", &shared.root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("REMOTE_USER", "test")
        .env("PATH_INFO", parts.uri.path())
        .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
        .env("REQUEST_METHOD", parts.method.as_str())
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"));
    let protocol = header("git-protocol");
    if !protocol.is_empty() && !shared.state().old_protocol {
        command.env("GIT_PROTOCOL", protocol);
    }
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let mut input = child.stdin.take().expect("standard input is piped");
    let body = body.clone();
    let feed = tokio::spawn(async move {
        // The program may answer without reading everything.
        let _ = input.write_all(&body).await;
    });
    let output = child.wait_with_output().await?;
    feed.abort();
    let bytes = Bytes::from(output.stdout);
    let (split, skip) = find(&bytes, b"\r\n\r\n")
        .map(|at| (at, 4))
        .or_else(|| find(&bytes, b"\n\n").map(|at| (at, 2)))
        .unwrap_or((bytes.len(), 0));
    let mut head = Response::builder().status(200);
    for line in String::from_utf8_lossy(&bytes[..split]).lines() {
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        if name.eq_ignore_ascii_case("status") {
            head = head.status(
                value
                    .split_whitespace()
                    .next()
                    .and_then(|code| code.parse::<u16>().ok())
                    .unwrap_or(500),
            );
        } else {
            head = head.header(name, value.trim());
        }
    }
    Ok((head, bytes.slice(split + skip..)))
}

fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

/// `git http-backend`, which is not on the path.
fn program() -> &'static std::path::Path {
    static PROGRAM: OnceLock<std::path::PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let output = hermetic_git(&std::env::temp_dir())
            .arg("--exec-path")
            .output()
            .expect("git runs");
        let program = std::path::Path::new(String::from_utf8_lossy(&output.stdout).trim()).join("git-http-backend");
        assert!(
            program.exists(),
            "git has no http-backend here; install the full git package"
        );
        program
    })
}
