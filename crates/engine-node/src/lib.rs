//! The QUIC engine in Node.js: one thread and one UDP socket for each endpoint, and the calls that TypeScript makes.
//!
//! Nothing here is public API: `packages/engine/src/native.ts` is the only caller, and it says what the numbers mean.
//! A call takes the endpoint's lock, changes the state of the connection and returns; what has to be sent is sent by
//! the thread, which is woken once for all calls of a turn (`wake`). The thread announces events by one call of the
//! callback, and TypeScript fetches them in batches (`drain`).

mod connection;
mod endpoint;
mod error;
mod events;
mod hot;
mod io_thread;
mod options;
mod raw_call;
mod shared;
mod slots;
mod socket;
mod stats;
mod virtual_loop;

use napi::{Env, bindgen_prelude::Object};
use napi_derive::napi;

/// Adds `hot`, the calls that are no methods, and `sources`, a hash of what this was made from, where the build says it:
/// `loadAddon` refuses one that is older than the code around it.
#[napi(module_exports)]
pub fn init(mut exports: Object<'_>, env: Env) -> napi::Result<()> {
    let mut calls = Object::new(&env)?;
    raw_call::export(&env, &mut calls, hot::CALLS)?;
    exports.set("hot", calls)?;
    exports.set("sources", option_env!("SLUICE_ENGINE_SOURCES"))
}
