//! Datagrams, and the matching of answers to requests that unidirectional streams share with them: one byte that says
//! which it is, four bytes of number (big-endian), then the pattern.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::echo::pattern;
use crate::{Failure, Peer};

pub const REQUEST: u8 = 0;
pub const ANSWER: u8 = 1;
pub const HEADER: usize = 5;

/// How long a datagram's answer may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(1);

/// Requests that wait for their answers.
#[derive(Default)]
pub struct Datagrams {
    next: AtomicU32,
    waiting: Mutex<HashMap<u32, oneshot::Sender<Vec<u8>>>>,
}

impl Datagrams {
    /// Number of a new request, and its answer to come.
    pub fn expect(&self) -> (u32, oneshot::Receiver<Vec<u8>>) {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (found, answer) = oneshot::channel();
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, found);
        (id, answer)
    }

    pub fn arrived(&self, message: &[u8]) {
        let Some(id) = message
            .get(1..HEADER)
            .and_then(|id| <[u8; 4]>::try_from(id).ok())
        else {
            return;
        };
        let found = self
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&u32::from_be_bytes(id));
        if let Some(found) = found {
            // Nobody waits for an answer that came late.
            let _ = found.send(message.to_vec());
        }
    }
}

/// Answers requests and hands answers over, as long as the session lives.
pub async fn receive(peer: Arc<Peer>) {
    while let Ok(datagram) = peer.connection.receive_datagram().await {
        let mut message = datagram.payload().to_vec();
        match message.first().copied() {
            Some(REQUEST) => {
                message[0] = ANSWER;
                // Datagrams may be lost, ours as well.
                let _ = peer.connection.send_datagram(&message);
            }
            Some(ANSWER) => peer.datagrams.arrived(&message),
            _ => {}
        }
    }
}

/// Sends `count` datagrams one after another and counts the answers.
pub async fn exchange(peer: &Peer, count: usize, size: usize) -> Result<Value, Failure> {
    let mut answered = 0;
    for _ in 0..count {
        let (id, answer) = peer.datagrams.expect();
        let mut message = vec![REQUEST];
        message.extend_from_slice(&id.to_be_bytes());
        message.extend_from_slice(&pattern(size));
        peer.connection.send_datagram(&message)?;
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) if answer[HEADER..] == message[HEADER..] => answered += 1,
            _ => {}
        }
    }
    Ok(json!({ "sent": count, "answered": answered }))
}
