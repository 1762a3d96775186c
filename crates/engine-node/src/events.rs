//! What belongs to an event and is no number.

use napi_derive::napi;

use crate::endpoint::NativeEndpoint;

#[napi]
impl NativeEndpoint {
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
