//! The lines on stdin and their answers.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use wtransport::VarInt;

use crate::{Failure, Peer, datagrams, echo, report};

/// One line of stdin. Which fields count depends on `command`.
#[derive(Deserialize)]
#[serde(default)]
pub struct Command {
    pub id: u64,
    pub command: String,
    pub count: usize,
    /// In flight at once; 0: all.
    pub width: usize,
    pub size: usize,
    pub code: u32,
    pub reason: String,
    /// Milliseconds.
    pub timeout: u64,
}

impl Default for Command {
    fn default() -> Self {
        Self {
            id: 0,
            command: String::new(),
            count: 1,
            width: 1,
            size: 0,
            code: 0,
            reason: String::new(),
            timeout: 60_000,
        }
    }
}

/// Carries out one command and prints its answer.
pub async fn answer(peer: Arc<Peer>, command: Command) {
    let id = command.id;
    let limit = Duration::from_millis(command.timeout);
    let outcome = match tokio::time::timeout(limit, execute(peer, command)).await {
        Ok(outcome) => outcome,
        Err(late) => Err(late.into()),
    };
    report(match outcome {
        Ok(result) => json!({ "id": id, "ok": true, "result": result }),
        Err(error) => json!({ "id": id, "ok": false, "error": error.to_string() }),
    });
}

async fn execute(peer: Arc<Peer>, command: Command) -> Result<Value, Failure> {
    match command.command.as_str() {
        "echo" => echo::echo(&peer, command.size).await,
        "streams" => echo::many(peer, command.count, command.width, command.size).await,
        "unis" => echo::unis(&peer, command.count, command.size).await,
        "datagrams" => datagrams::exchange(&peer, command.count, command.size).await,
        "close" => {
            peer.connection
                .close(VarInt::from(command.code), command.reason.as_bytes());
            Ok(Value::Null)
        }
        unknown => Err(format!("{unknown:?} is not a command").into()),
    }
}
