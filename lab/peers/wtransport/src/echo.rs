//! Streams: bidirectional ones are echoed, a unidirectional one is answered by another.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use wtransport::{RecvStream, SendStream};

use crate::datagrams::{ANSWER, HEADER, REQUEST};
use crate::{Failure, Peer};

const CHUNK: usize = 64 * 1024;

/// Bytes that do not repeat within a power of two, the same in every peer of the lab.
pub fn pattern(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at % 251) as u8).collect()
}

pub async fn accept_bidi(peer: Arc<Peer>) {
    while let Ok((send, receive)) = peer.connection.accept_bi().await {
        tokio::spawn(serve(send, receive));
    }
}

async fn serve(mut send: SendStream, mut receive: RecvStream) -> Result<(), Failure> {
    let mut chunk = vec![0; CHUNK];
    while let Some(count) = receive.read(&mut chunk).await? {
        send.write_all(&chunk[..count]).await?;
    }
    Ok(send.finish().await?)
}

pub async fn accept_uni(peer: Arc<Peer>) {
    while let Ok(receive) = peer.connection.accept_uni().await {
        tokio::spawn(answer_uni(peer.clone(), receive));
    }
}

async fn answer_uni(peer: Arc<Peer>, mut receive: RecvStream) -> Result<(), Failure> {
    let mut message = read_to_end(&mut receive).await?;
    match message.first().copied() {
        Some(REQUEST) => {
            message[0] = ANSWER;
            let mut send = peer.connection.open_uni().await?.await?;
            send.write_all(&message).await?;
            send.finish().await?;
        }
        Some(ANSWER) => peer.unis.arrived(&message),
        _ => {}
    }
    Ok(())
}

async fn read_to_end(receive: &mut RecvStream) -> Result<Vec<u8>, Failure> {
    let mut message = Vec::new();
    let mut chunk = vec![0; CHUNK];
    while let Some(count) = receive.read(&mut chunk).await? {
        message.extend_from_slice(&chunk[..count]);
    }
    Ok(message)
}

/// Sends `size` bytes over one bidirectional stream while it reads them back.
pub async fn echo(peer: &Peer, size: usize) -> Result<Value, Failure> {
    let message = pattern(size);
    let start = Instant::now();
    let received = once(peer, &message).await?;
    Ok(json!({
        "bytes": received.len(),
        "sent": hexadecimal(&message),
        "received": hexadecimal(&received),
        "milliseconds": start.elapsed().as_secs_f64() * 1000.0,
    }))
}

/// Opens `count` echo streams, at most `width` of them in flight.
pub async fn many(
    peer: Arc<Peer>,
    count: usize,
    width: usize,
    size: usize,
) -> Result<Value, Failure> {
    let slots = Arc::new(Semaphore::new(if width == 0 { count } else { width }));
    let message = Arc::new(pattern(size));
    let start = Instant::now();
    let mut tasks = Vec::with_capacity(count);
    for _ in 0..count {
        let slot = slots.clone().acquire_owned().await?;
        let (peer, message) = (peer.clone(), message.clone());
        tasks.push(tokio::spawn(async move {
            let outcome = once(&peer, &message).await;
            drop(slot);
            outcome.and_then(|received| {
                if received == *message {
                    Ok(())
                } else {
                    Err("the echo differs".into())
                }
            })
        }));
    }
    let mut failures: HashMap<String, usize> = HashMap::new();
    let mut echoed = 0;
    for task in tasks {
        match task.await? {
            Ok(()) => echoed += 1,
            Err(error) => *failures.entry(error.to_string()).or_default() += 1,
        }
    }
    Ok(json!({
        "asked": count,
        "echoed": echoed,
        "failures": failures,
        "milliseconds": start.elapsed().as_secs_f64() * 1000.0,
    }))
}

async fn once(peer: &Peer, message: &[u8]) -> Result<Vec<u8>, Failure> {
    let (mut send, mut receive) = peer.connection.open_bi().await?.await?;
    let write = async {
        send.write_all(message).await?;
        send.finish().await?;
        Ok::<_, Failure>(())
    };
    let (written, received) = tokio::join!(write, read_to_end(&mut receive));
    written?;
    received
}

/// Sends `count` unidirectional streams one after another and waits for the answer to each.
pub async fn unis(peer: &Peer, count: usize, size: usize) -> Result<Value, Failure> {
    let start = Instant::now();
    for _ in 0..count {
        let (id, answer) = peer.unis.expect();
        let mut message = vec![REQUEST];
        message.extend_from_slice(&id.to_be_bytes());
        message.extend_from_slice(&pattern(size));
        let mut send = peer.connection.open_uni().await?.await?;
        send.write_all(&message).await?;
        send.finish().await?;
        if answer.await?[HEADER..] != message[HEADER..] {
            return Err("the answer differs".into());
        }
    }
    Ok(json!({ "answered": count, "milliseconds": start.elapsed().as_secs_f64() * 1000.0 }))
}

fn hexadecimal(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
