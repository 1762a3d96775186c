//! Calls that happen for each stream and each chunk. Results are numbers; `packages/engine/src/native.ts` names them.

use napi::bindgen_prelude::{Float64ArraySlice, Uint8ArraySlice};
use napi_derive::napi;
use sluice_engine::{Dir, EngineError, Opener, ReadOutcome, WriteOutcome};

use crate::{
    endpoint::NativeEndpoint,
    error::{Result, from_engine},
    options::whole,
};

/// Nothing: no credit, no stream waiting.
const NONE: f64 = -1.0;
/// The half of the stream has ended.
const ENDED: f64 = -1.0;
/// The connection is gone.
const LOST: f64 = -2.0;
/// A reset with code c is `RESET - c`.
const RESET: f64 = -16.0;

#[napi]
impl NativeEndpoint {
    /// Number of the stream, `NONE` or `LOST`.
    #[napi]
    pub fn open_stream(&self, connection: u32, uni: bool) -> Result<f64> {
        lost_or(self.shared.lock().engine.open_stream(connection, dir(uni)))
            .map(|found| found.map_or(LOST, |stream| stream.map_or(NONE, |stream| stream as f64)))
    }

    /// Number of the stream, `NONE` or `LOST`.
    #[napi]
    pub fn accept_stream(&self, connection: u32, uni: bool) -> Result<f64> {
        lost_or(
            self.shared
                .lock()
                .engine
                .accept_stream(connection, dir(uni)),
        )
        .map(|found| found.map_or(LOST, |stream| stream.map_or(NONE, |stream| stream as f64)))
    }

    /// Bytes read times four, plus 0 (there may be more), 1 (nothing more now) or 2 (and the end); `ENDED`, `LOST`,
    /// or `RESET` minus the code.
    #[napi]
    pub fn read(
        &self,
        connection: u32,
        stream: f64,
        mut slab: Uint8ArraySlice<'_>,
        max: u32,
    ) -> Result<f64> {
        // SAFETY: JavaScript allocated the slab for this call and is inside it; nobody else writes.
        let slab = unsafe { slab.as_mut() };
        let length = slab.len().min(max as usize);
        let mut state = self.shared.lock();
        let outcome = lost_or(
            state
                .engine
                .read(connection, stream as u64, &mut slab[..length]),
        )?;
        Ok(match outcome {
            Some(ReadOutcome::Data(bytes)) => bytes as f64 * 4.0,
            Some(ReadOutcome::Drained(bytes)) => bytes as f64 * 4.0 + 1.0,
            Some(ReadOutcome::Ended(bytes)) => bytes as f64 * 4.0 + 2.0,
            Some(ReadOutcome::Reset(code)) => RESET - code as f64,
            Some(ReadOutcome::Stopped) => ENDED,
            None => LOST,
        })
    }

    /// Bytes taken, `ENDED` or `LOST`.
    #[napi]
    pub fn write(&self, connection: u32, stream: f64, data: Uint8ArraySlice<'_>) -> Result<f64> {
        let mut state = self.shared.lock();
        let outcome = lost_or(state.engine.write(connection, stream as u64, &data))?;
        Ok(match outcome {
            Some(WriteOutcome::Taken(bytes)) => bytes as f64,
            Some(WriteOutcome::Ended) => ENDED,
            None => LOST,
        })
    }

    /// 0 or `LOST`
    #[napi]
    pub fn finish(&self, connection: u32, stream: f64) -> Result<f64> {
        done(self.shared.lock().engine.finish(connection, stream as u64))
    }

    /// 0 or `LOST`; `reliable_size` below 0: a plain reset
    #[napi]
    pub fn reset(
        &self,
        connection: u32,
        stream: f64,
        code: f64,
        reliable_size: f64,
    ) -> Result<f64> {
        let code = whole("code", Some(code), 0)?;
        let reliable_size = (reliable_size >= 0.0).then_some(reliable_size as u64);
        done(
            self.shared
                .lock()
                .engine
                .reset(connection, stream as u64, code, reliable_size),
        )
    }

    /// 0 or `LOST`
    #[napi]
    pub fn stop_sending(&self, connection: u32, stream: f64, code: f64) -> Result<f64> {
        let code = whole("code", Some(code), 0)?;
        let mut state = self.shared.lock();
        done(state.engine.stop_sending(connection, stream as u64, code))
    }

    /// 0 or `LOST`
    #[napi]
    pub fn set_priority(&self, connection: u32, stream: f64, priority: i32) -> Result<f64> {
        let mut state = self.shared.lock();
        done(
            state
                .engine
                .set_priority(connection, stream as u64, priority),
        )
    }

    /// Bytes acknowledged, `ENDED` or `LOST`
    #[napi]
    pub fn acknowledged(&self, connection: u32, stream: f64) -> Result<f64> {
        let mut state = self.shared.lock();
        let acknowledged = lost_or(state.engine.acknowledged(connection, stream as u64))?;
        Ok(acknowledged.map_or(LOST, |bytes| bytes.map_or(ENDED, |bytes| bytes as f64)))
    }

    /// Fills `counts` with limit, opened, accepted, retired; false: the connection is gone.
    #[napi]
    pub fn stream_counts(
        &self,
        connection: u32,
        uni: bool,
        by_peer: bool,
        mut counts: Float64ArraySlice<'_>,
    ) -> Result<bool> {
        let opener = if by_peer { Opener::Them } else { Opener::Us };
        let state = self.shared.lock();
        let Some(found) = lost_or(state.engine.stream_counts(connection, dir(uni), opener))? else {
            return Ok(false);
        };
        let values = [found.limit, found.opened, found.accepted, found.retired];
        // SAFETY: JavaScript allocated the array for this call and is inside it; nobody else writes.
        for (slot, value) in unsafe { counts.as_mut() }.iter_mut().zip(values) {
            *slot = value as f64;
        }
        Ok(true)
    }
}

pub(crate) fn dir(uni: bool) -> Dir {
    if uni { Dir::Uni } else { Dir::Bi }
}

/// `None`: the connection is gone.
pub(crate) fn lost_or<T>(result: Result<T, EngineError>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(EngineError::ConnectionClosed) => Ok(None),
        Err(error) => Err(from_engine(error)),
    }
}

fn done(result: Result<(), EngineError>) -> Result<f64> {
    Ok(lost_or(result)?.map_or(LOST, |()| 0.0))
}
