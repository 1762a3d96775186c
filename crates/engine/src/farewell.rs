use std::time::{Duration, Instant};

use crate::{Outbox, Packet};

/// The CONNECTION_CLOSE packets of an endpoint that closes, said again and again while it stays.
///
/// Nobody acknowledges a CONNECTION_CLOSE, and a peer in mid-traffic may have no room for it in its socket just now. The
/// packets may be repeated as they are (RFC 9000, 10.2.1).
pub(crate) struct Farewell {
    packets: Vec<Packet>,
    interval: Duration,
    next: Instant,
    linger: Duration,
}

/// How long to stay, in round trips of the slowest peer. A round trip includes what a busy peer needs to get to its
/// socket, so a busy machine is given more time than an idle one.
const ROUND_TRIPS: u32 = 6;

const MIN_INTERVAL: Duration = Duration::from_millis(1);

impl Farewell {
    pub(crate) fn new(now: Instant, longest_rtt: Duration) -> Self {
        let interval = longest_rtt.max(MIN_INTERVAL);
        Self {
            packets: Vec::new(),
            interval,
            next: now + interval,
            linger: longest_rtt * ROUND_TRIPS,
        }
    }

    /// How long the endpoint should stay.
    pub(crate) fn linger(&self) -> Duration {
        self.linger
    }

    /// When `repeat` wants to be called.
    pub(crate) fn next(&self) -> Instant {
        self.next
    }

    /// Keeps copies of the packets in which connections said that they close.
    pub(crate) fn keep(&mut self, packets: &[Packet]) {
        self.packets.extend_from_slice(packets);
    }

    /// Sends all of them again if it is time, each time after twice as long.
    pub(crate) fn repeat(&mut self, now: Instant, out: &mut Outbox) {
        if now >= self.next {
            self.interval *= 2;
            self.next = now + self.interval;
            out.packets.extend_from_slice(&self.packets);
        }
    }
}
