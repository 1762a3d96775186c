use std::collections::VecDeque;

/// What an [`Event`] reports; the number is what crosses to TypeScript (`packages/engine/src/events.ts`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum EventKind {
    /// A connection that was accepted is complete: `EndpointOptions.onConnection`
    Incoming = 1,
    /// A connection that was dialled is complete: `ConnectionEvents.connected`
    Connected = 2,
    /// The connection ended: `ConnectionEvents.closed`
    Closed = 3,
    /// The peer opened streams; `value` is the direction (0 bidi, 1 uni): `streamsAcceptable`
    Acceptable = 4,
    /// The peer raised a limit; `value` is the direction: `streamsOpenable`
    Openable = 5,
    /// Both halves of a stream are gone: `streamRetired`
    Retired = 6,
    /// Datagrams wait: `datagramsReadable`
    DatagramsReadable = 7,
    /// There is room for datagrams again: `datagramsWritable`
    DatagramsWritable = 8,
    /// The peer's address changed: `migrated`
    Migrated = 9,
    /// There is something to read: `StreamEvents.readable`
    Readable = 10,
    /// There is room to write: `StreamEvents.writable`
    Writable = 11,
    /// STOP_SENDING arrived; `value` is its code: `StreamEvents.stopped`
    Stopped = 12,
    /// All that was written is acknowledged: `StreamEvents.finished`
    Finished = 13,
    /// Lines of the key log wait: `EndpointOptions.onKeyLog`
    KeyLog = 14,
    /// The endpoint's loop has ended: resolves `Endpoint.close`
    EndpointStopped = 15,
    /// STREAMS_BLOCKED arrived; `value` is the direction: `streamsBlocked`
    StreamsBlocked = 16,
    /// The receiving half ended with bytes that will never be read; `value` is how many: `StreamEvents.discarded`
    Discarded = 17,
}

/// One event, small enough to cross in a batch of plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// What happened
    pub kind: EventKind,
    /// To which connection; 0: to the endpoint
    pub connection: u32,
    /// To which stream, where the kind is about one
    pub stream: u64,
    /// Depends on the kind
    pub value: f64,
}

impl Event {
    pub(crate) fn endpoint(kind: EventKind) -> Self {
        Self {
            kind,
            connection: 0,
            stream: 0,
            value: 0.0,
        }
    }

    pub(crate) fn connection(kind: EventKind, connection: u32) -> Self {
        Self {
            connection,
            ..Self::endpoint(kind)
        }
    }

    pub(crate) fn stream(kind: EventKind, connection: u32, stream: u64) -> Self {
        Self {
            connection,
            stream,
            ..Self::endpoint(kind)
        }
    }

    pub(crate) fn with_value(self, value: f64) -> Self {
        Self { value, ..self }
    }
}

/// Events in the order in which they happened.
pub(crate) type EventQueue = VecDeque<Event>;
