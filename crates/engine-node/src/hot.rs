//! Calls that happen for each stream and each chunk: `HotCalls` in `packages/engine/src/native.ts`, which names the
//! results. The first argument is always the endpoint's slot, the second the connection, the third the stream.

use std::ffi::CStr;

use sluice_engine::{Dir, EngineError, Opener, ReadOutcome, WriteOutcome};

use crate::{
    raw_call::{Arguments, RawCall},
    shared::State,
    slots,
};

/// Nothing: no credit, no stream waiting.
const NONE: f64 = -1.0;
/// The half of the stream has ended.
const ENDED: f64 = -1.0;
/// The connection is gone.
const LOST: f64 = -2.0;
/// An argument that QUIC cannot carry.
const INVALID: f64 = -3.0;
/// A reset with code c is `RESET - c`.
const RESET: f64 = -16.0;

/// Numbers of one event: kind, connection, stream, value.
const EVENT_FIELDS: usize = 4;

pub(crate) static CALLS: &[(&CStr, RawCall)] = &[
    (c"flush", flush),
    (c"drain", drain),
    (c"openStream", open_stream),
    (c"acceptStream", accept_stream),
    (c"read", read),
    (c"write", write),
    (c"finish", finish),
    (c"reset", reset),
    (c"stopSending", stop_sending),
    (c"setPriority", set_priority),
    (c"acknowledged", acknowledged),
    (c"streamCounts", stream_counts),
];

/// Sends what calls since the last flush have asked for, here or on the thread.
fn flush(arguments: &mut Arguments) -> f64 {
    match slots::with(arguments.u32(0), |shared| shared.flush()) {
        Some(Ok(())) => 0.0,
        Some(Err(_)) | None => LOST,
    }
}

/// (slot, records): fills `records` with events and says how many there are. When it is full there may be more.
fn drain(arguments: &mut Arguments) -> f64 {
    let slot = arguments.u32(0);
    let records = arguments.doubles(1);
    let count = with_state(slot, |state| {
        state.announced = false;
        let mut count = 0;
        for record in records.chunks_exact_mut(EVENT_FIELDS) {
            let Some(event) = state.engine.poll_event() else {
                break;
            };
            record.copy_from_slice(&[
                f64::from(event.kind as u8),
                f64::from(event.connection),
                event.stream as f64,
                event.value,
            ]);
            count += 1;
        }
        Ok(f64::from(count))
    });
    count.max(0.0)
}

/// (slot, connection, uni)
fn open_stream(arguments: &mut Arguments) -> f64 {
    let (connection, dir) = (arguments.u32(1), dir(arguments.bool(2)));
    with_state(arguments.u32(0), |state| {
        let stream = state.engine.open_stream(connection, dir)?;
        Ok(stream.map_or(NONE, |stream| stream as f64))
    })
}

/// (slot, connection, uni)
fn accept_stream(arguments: &mut Arguments) -> f64 {
    let (connection, dir) = (arguments.u32(1), dir(arguments.bool(2)));
    with_state(arguments.u32(0), |state| {
        let stream = state.engine.accept_stream(connection, dir)?;
        Ok(stream.map_or(NONE, |stream| stream as f64))
    })
}

/// (slot, connection, stream, slab, max)
fn read(arguments: &mut Arguments) -> f64 {
    let (slot, connection, stream) = stream(arguments);
    let max = arguments.u32(4) as usize;
    let slab = arguments.bytes(3);
    let length = slab.len().min(max);
    with_state(slot, |state| {
        let outcome = state.engine.read(connection, stream, &mut slab[..length])?;
        Ok(match outcome {
            ReadOutcome::Data(bytes) => bytes as f64 * 4.0,
            ReadOutcome::Drained(bytes) => bytes as f64 * 4.0 + 1.0,
            ReadOutcome::Ended(bytes) => bytes as f64 * 4.0 + 2.0,
            ReadOutcome::Reset(code) => RESET - code as f64,
            ReadOutcome::Stopped => ENDED,
        })
    })
}

/// (slot, connection, stream, data, length)
fn write(arguments: &mut Arguments) -> f64 {
    let (slot, connection, stream) = stream(arguments);
    let length = arguments.u32(4) as usize;
    let data = arguments.bytes(3);
    let data = &data[..length.min(data.len())];
    with_state(slot, |state| {
        Ok(match state.engine.write(connection, stream, data)? {
            WriteOutcome::Taken(bytes) => bytes as f64,
            WriteOutcome::Ended => ENDED,
        })
    })
}

/// (slot, connection, stream)
fn finish(arguments: &mut Arguments) -> f64 {
    let (slot, connection, stream) = stream(arguments);
    with_state(slot, |state| {
        state.engine.finish(connection, stream)?;
        Ok(0.0)
    })
}

/// (slot, connection, stream, code, reliable size or below 0)
fn reset(arguments: &mut Arguments) -> f64 {
    let (slot, connection, stream) = stream(arguments);
    let (code, size) = (arguments.f64(3) as u64, arguments.f64(4));
    let reliable_size = (size >= 0.0).then_some(size as u64);
    with_state(slot, |state| {
        state
            .engine
            .reset(connection, stream, code, reliable_size)?;
        Ok(0.0)
    })
}

/// (slot, connection, stream, code)
fn stop_sending(arguments: &mut Arguments) -> f64 {
    let (slot, connection, stream) = stream(arguments);
    let code = arguments.f64(3) as u64;
    with_state(slot, |state| {
        state.engine.stop_sending(connection, stream, code)?;
        Ok(0.0)
    })
}

/// (slot, connection, stream, priority)
fn set_priority(arguments: &mut Arguments) -> f64 {
    let (slot, connection, stream) = stream(arguments);
    let priority = arguments.i32(3);
    with_state(slot, |state| {
        state.engine.set_priority(connection, stream, priority)?;
        Ok(0.0)
    })
}

/// (slot, connection, stream): bytes, or `ENDED` once the half is gone
fn acknowledged(arguments: &mut Arguments) -> f64 {
    let (slot, connection, stream) = stream(arguments);
    with_state(slot, |state| {
        let bytes = state.engine.acknowledged(connection, stream)?;
        Ok(bytes.map_or(ENDED, |bytes| bytes as f64))
    })
}

/// (slot, connection, uni, by the peer, counts): fills `counts` with limit, opened, accepted, retired
fn stream_counts(arguments: &mut Arguments) -> f64 {
    let (slot, connection, dir) = (arguments.u32(0), arguments.u32(1), dir(arguments.bool(2)));
    let opener = if arguments.bool(3) {
        Opener::Them
    } else {
        Opener::Us
    };
    let counts = arguments.doubles(4);
    with_state(slot, |state| {
        let found = state.engine.stream_counts(connection, dir, opener)?;
        let values = [found.limit, found.opened, found.accepted, found.retired];
        for (slot, value) in counts.iter_mut().zip(values) {
            *slot = value as f64;
        }
        Ok(0.0)
    })
}

fn stream(arguments: &Arguments) -> (u32, u32, u64) {
    (arguments.u32(0), arguments.u32(1), arguments.f64(2) as u64)
}

fn with_state(slot: u32, action: impl FnOnce(&mut State) -> Result<f64, EngineError>) -> f64 {
    let result = slots::with(slot, |shared| action(&mut shared.lock()));
    match result {
        Some(Ok(number)) => number,
        None | Some(Err(EngineError::ConnectionClosed | EngineError::EndpointClosed)) => LOST,
        Some(Err(EngineError::StreamState(_))) => ENDED,
        Some(Err(EngineError::InvalidOption(_) | EngineError::InvalidCertificate(_))) => INVALID,
    }
}

pub(crate) fn dir(uni: bool) -> Dir {
    if uni { Dir::Uni } else { Dir::Bi }
}
