//! Events as numbers: `packages/engine/src/events.ts` reads them.

use napi::bindgen_prelude::Float64ArraySlice;
use napi_derive::napi;

use crate::{endpoint::NativeEndpoint, error::Result};

/// Numbers of one event: kind, connection, stream, value.
const FIELDS: usize = 4;

#[napi]
impl NativeEndpoint {
    /// Fills `records` with events, four numbers each, and says how many there are. When it is full there may be more.
    #[napi]
    pub fn drain(&self, mut records: Float64ArraySlice<'_>) -> Result<u32> {
        let mut state = self.shared.lock();
        state.announced = false;
        // SAFETY: JavaScript allocated the array for this call and is inside it; nobody else writes.
        let records = unsafe { records.as_mut() };
        let mut count = 0;
        for record in records.chunks_exact_mut(FIELDS) {
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
        Ok(count)
    }

    /// Lines for `onKeyLog`.
    #[napi]
    pub fn take_key_log(&self) -> Vec<String> {
        self.shared.lock().engine.take_key_log()
    }

    /// Why a connection ended; asked once, with the event.
    #[napi]
    pub fn take_close_reason(&self, connection: u32) -> Option<NativeCloseReason> {
        let reason = self.shared.lock().engine.forget(connection)?;
        Some(NativeCloseReason {
            kind: reason.kind.name().into(),
            remote: reason.remote,
            code: reason.code.map(|code| code as f64),
            reason: reason.reason,
        })
    }
}

/// `CloseReason`
#[napi(object)]
pub struct NativeCloseReason {
    /// One of the kinds of the seam
    pub kind: String,
    /// The peer ended it
    pub remote: bool,
    /// Where the kind has one
    pub code: Option<f64>,
    /// Text, for people
    pub reason: String,
}
