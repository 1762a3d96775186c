//! A WebTransport peer on the crate `wtransport` that does what JSON lines on its stdin ask for.
//! lab/peers/README.md describes the lines.

mod commands;
mod connect;
mod datagrams;
mod echo;

use std::sync::Arc;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::commands::Command;
use crate::datagrams::Datagrams;

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The one session of the process.
pub struct Peer {
    pub connection: wtransport::Connection,
    pub datagrams: Datagrams,
    pub unis: Datagrams,
}

/// Prints one line; `println!` locks stdout for the whole of it.
pub fn report(line: serde_json::Value) {
    println!("{line}");
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = match arguments[..] {
        ["serve"] => connect::serve().await?,
        ["dial", url, hash] => connect::dial(url, hash).await?,
        _ => return Err("usage: wtransport-peer serve | dial URL CERTIFICATE-HASH".into()),
    };
    let peer = Arc::new(Peer {
        connection,
        datagrams: Datagrams::default(),
        unis: Datagrams::default(),
    });
    report(json!({ "event": "connected" }));
    tokio::spawn(echo::accept_bidi(peer.clone()));
    tokio::spawn(echo::accept_uni(peer.clone()));
    tokio::spawn(datagrams::receive(peer.clone()));
    tokio::spawn({
        let peer = peer.clone();
        async move {
            let reason = peer.connection.closed().await;
            report(json!({ "event": "disconnected", "reason": reason.to_string() }));
        }
    });
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let command: Command = serde_json::from_str(&line)?;
        tokio::spawn(commands::answer(peer.clone(), command));
    }
    Ok(())
}
