/// `EndpointStats` of the seam.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct EndpointStats {
    /// Connections that are open, both sides
    pub connections: u64,
    /// Accepted connections whose handshake is not complete
    pub handshakes_in_flight: u64,
    /// Connection attempts that got CONNECTION_REFUSED
    pub handshakes_refused: u64,
    /// Connection attempts that got a Retry
    pub retries_sent: u64,
    /// UDP datagrams that arrived
    pub datagrams_received: u64,
    /// UDP datagrams that were handed to the socket
    pub datagrams_sent: u64,
}

/// `Connection.stats` of the seam.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConnectionStats {
    /// What quinn-proto counts
    pub protocol: quinn_proto::ConnectionStats,
    /// Packets received, duplicates left out
    pub packets_received: u64,
    /// Datagrams that arrived when the queue of datagrams was full
    pub datagrams_dropped: u64,
}

/// `Connection.streamCounts` of the seam.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StreamCounts {
    /// Streams that may ever be opened, as the opener was told
    pub limit: u64,
    /// Streams opened
    pub opened: u64,
    /// Streams that the accepting application took
    pub accepted: u64,
    /// Streams of which both halves are gone
    pub retired: u64,
}
