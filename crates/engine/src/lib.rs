//! The QUIC engine of Sluice: quinn-proto behind the few calls and events that the TypeScript seam
//! (`packages/engine/src/engine.ts`) needs.
//!
//! Sans-IO: datagrams and the time go in, datagrams and events come out. There is no thread, no socket, no clock
//! and no Node here, so the same code can run on another transport of datagrams, or in a simulation.
//!
//! The caller's loop is
//! 1. [`Endpoint::handle_datagram`] for all that arrived, [`Endpoint::handle_timeouts`],
//! 2. [`Endpoint::flush`], which lets every connection that something happened to send, and collects its events,
//! 3. send what is in the [`Outbox`], wait until [`Endpoint::next_timeout`].
//!
//! All other calls (open, read, write, ...) only mark their connection; the next `flush` does the work.

mod certificate;
mod close_reason;
mod connection;
mod endpoint;
mod error;
mod events;
mod farewell;
mod key_log;
mod observer;
mod options;
mod outbox;
mod stats;
mod stream;
mod timers;
mod tls;

pub use close_reason::{CloseKind, CloseReason};
pub use endpoint::{ConnectRequest, Endpoint};
pub use error::EngineError;
pub use events::{Event, EventKind};
pub use options::{
    CongestionControl, EndpointOptions, Identity, Replay, ServerOptions, TransportOptions,
    Verification,
};
pub use outbox::{Outbox, Packet};
pub use quinn_proto::{Dir, EcnCodepoint, SendDatagramError, Side, TransportParametersSummary};
pub use stats::{ConnectionStats, EndpointStats, StreamCounts};
pub use stream::{Opener, ReadOutcome, WriteOutcome};
