//! The QUIC engine in Node.js: one thread and one UDP socket for each endpoint, and the calls that TypeScript makes.
//!
//! Nothing here is public API: `packages/engine/src/native.ts` is the only caller, and it says what the numbers mean.
//! A call takes the endpoint's lock, changes the state of the connection and returns; what has to be sent is sent by
//! the thread, which is woken once for all calls of a turn (`wake`). The thread announces events by one call of the
//! callback, and TypeScript fetches them in batches (`drain`).

mod endpoint;
mod error;
mod events;
mod io_thread;
mod options;
mod shared;
mod socket;
mod stats;
mod streams;
