use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use quinn_proto::{ObservedPacket, PacketObserver, Side};

/// Counts packets received, which quinn-proto's statistics leave out: `Connection.stats().packetsReceived`.
#[derive(Debug, Clone)]
pub(crate) struct PacketCounter {
    received: Arc<AtomicU64>,
}

impl PacketCounter {
    /// A server's first packet came before there was a connection to observe.
    pub(crate) fn new(side: Side) -> Self {
        Self {
            received: Arc::new(AtomicU64::new(u64::from(side.is_server()))),
        }
    }

    pub(crate) fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }
}

impl PacketObserver for PacketCounter {
    fn sent(&mut self, _now: Instant, _packet: ObservedPacket<'_>) {}

    fn received(&mut self, _now: Instant, _packet: ObservedPacket<'_>) {
        self.received.fetch_add(1, Ordering::Relaxed);
    }
}
