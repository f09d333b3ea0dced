//! The local server: `dist/` over HTTP with the headers of `static/_headers`.
//!
//! `cargo xtask serve` runs it for a person, `test` runs two of them for the end-to-end tests. It serves
//! this machine only; real hosting needs no server of ours.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower_http::services::ServeDir;

use crate::build::{self, Mode};
use crate::headers::{self, ISOLATION};
use crate::place;
use crate::run::Stop;

/// The port when none is asked for.
const PORT: u16 = 8080;

/// One path pattern with headers that are ready to be sent.
type Ready = Vec<(headers::Rule, Vec<(HeaderName, HeaderValue)>)>;

/// `cargo xtask serve`: runs until it is interrupted.
///
/// # Errors
/// When the build fails or the port is taken.
pub(crate) fn command(mode: Mode, port: Option<u16>, isolated: bool) -> Result<(), Stop> {
    let port = port.unwrap_or(PORT);
    let runtime = Runtime::new().map_err(Stop::io("starting the server"))?;
    // The port first: nobody should wait for a build to hear that it is taken.
    let listener = runtime
        .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)))
        .map_err(|error| taken(port, &error))?;
    build::ensure(mode)?;
    let router = router(isolated)?;
    let address = listener
        .local_addr()
        .map_err(Stop::io("reading the server's address"))?;
    println!(
        "Timeslice is at http://{address}/{}",
        if isolated {
            ""
        } else {
            " (without isolation headers)"
        }
    );
    println!("Press Ctrl+C to stop.");
    runtime.block_on(async move {
        let stopped = async {
            // An error means that no signal can be waited for; then the server runs until it is killed.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        // Connections that a browser keeps open must not hold up the end, so none is waited for.
        tokio::select! {
            served = axum::serve(listener, router).into_future() => served,
            () = stopped => Ok(()),
        }
        .map_err(Stop::io("serving"))
    })
}

/// A server in the background, for tests.
///
/// # Errors
/// When no port is free or the headers cannot be read.
pub(crate) fn in_background(runtime: &Runtime, isolated: bool) -> Result<SocketAddr, Stop> {
    let listener = runtime
        .block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .map_err(Stop::io("opening a port"))?;
    let address = listener
        .local_addr()
        .map_err(Stop::io("reading the server's address"))?;
    let router = router(isolated)?;
    runtime.spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

fn taken(port: u16, error: &io::Error) -> Stop {
    match error.kind() {
        io::ErrorKind::AddrInUse => Stop::told(format!(
            "port {port} is in use by another program; choose another one with `cargo xtask serve --port {}`",
            port.checked_add(1).unwrap_or(PORT)
        )),
        _ => Stop::told(format!(
            "port {port} cannot be opened ({error}); choose another one with --port"
        )),
    }
}

fn router(isolated: bool) -> Result<Router, Stop> {
    let rules = Arc::new(ready_headers(isolated)?);
    let add_headers = move |request: Request, next: Next| {
        let rules = Arc::clone(&rules);
        async move {
            let path = request.uri().path().to_owned();
            let mut response: Response = next.run(request).await;
            for (_, headers) in rules.iter().filter(|(rule, _)| rule.matches(&path)) {
                for (name, value) in headers {
                    response.headers_mut().insert(name.clone(), value.clone());
                }
            }
            response
        }
    };
    Ok(Router::new()
        .fallback_service(ServeDir::new(place::dist()))
        .layer(middleware::from_fn(add_headers)))
}

/// Reads the headers that the built page brings along.
fn ready_headers(isolated: bool) -> Result<Ready, Stop> {
    let path = place::dist().join("_headers");
    let text =
        fs::read_to_string(&path).map_err(Stop::io(format!("reading {}", path.display())))?;
    let rules = headers::parse(&text)
        .map_err(|problem| Stop::told(format!("{}: {problem}", path.display())))?;
    let mut ready = Ready::new();
    for rule in rules {
        let mut headers = Vec::new();
        for (name, value) in &rule.headers {
            if !isolated && ISOLATION.contains(&name.to_ascii_lowercase().as_str()) {
                continue;
            }
            let broken = || {
                Stop::told(format!(
                    "{}: the header {name} cannot be sent",
                    path.display()
                ))
            };
            let name: HeaderName = name.parse().map_err(|_| broken())?;
            let value: HeaderValue = value.parse().map_err(|_| broken())?;
            headers.push((name, value));
        }
        ready.push((rule, headers));
    }
    Ok(ready)
}
