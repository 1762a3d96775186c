//! One connection: what quinn-proto does not keep for us, and the calls of `Connection` of the seam.

use std::{collections::VecDeque, net::SocketAddr, time::Instant};

use bytes::Bytes;
use quinn_proto::{
    ConnectionHandle, Dir, Event as ProtoEvent, SendDatagramError, Side, StreamEvent,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    CloseReason, ConnectionStats, EngineError, Event, EventKind, StreamCounts, TransportOptions,
    close_reason::CloseKind, events::EventQueue, observer::PacketCounter, options::stream_limit,
    options::varint, stream::Opener,
};

/// Where a connection is in its life, as the application sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Ends at the deadline
    Handshaking(Instant),
    Established,
    /// The application was told, or never knew of it; quinn-proto still answers late packets
    Closed,
}

pub(crate) struct Connection {
    pub(crate) inner: quinn_proto::Connection,
    pub(crate) handle: ConnectionHandle,
    pub(crate) id: u32,
    pub(crate) phase: Phase,
    /// Waits for `Endpoint::flush`
    pub(crate) dirty: bool,
    /// Set once `phase` is `Closed`, until TypeScript took it
    pub(crate) close_reason: Option<CloseReason>,
    /// TypeScript knows that it is over, or never knew of it
    pub(crate) forgotten: bool,
    /// quinn-proto has let go of it
    pub(crate) drained: bool,
    /// Its CONNECTION_CLOSE was made and kept for repetition
    pub(crate) said_farewell: bool,
    /// The entry in `Timers`
    pub(crate) scheduled: Option<Instant>,
    /// Streams whose `Readable` was reported and that were not read empty since
    pub(crate) readable: FxHashSet<u64>,
    /// Resets that came to light together with the last bytes before them
    pub(crate) resets_behind_data: FxHashMap<u64, u64>,
    /// `Acceptable` was reported and `accept` has not said "none" since
    acceptable: [bool; 2],
    /// STREAMS_BLOCKED frames that were reported
    blocked_reported: [u64; 2],
    /// Packets received when they were last counted
    packets_looked_at: u64,
    accepted: [u64; 2],
    /// Limits that explicit grants have reached: announced by the next packet
    granted: [u64; 2],
    datagrams: VecDeque<Bytes>,
    datagram_bytes: usize,
    datagram_capacity: usize,
    datagrams_reported: bool,
    datagrams_dropped: u64,
    remote: SocketAddr,
    /// PATH_RESPONSE frames received when the address changed, until the new one is validated
    migrating: Option<u64>,
    packets: PacketCounter,
}

impl Connection {
    pub(crate) fn new(
        id: u32,
        handle: ConnectionHandle,
        mut inner: quinn_proto::Connection,
        options: &TransportOptions,
        now: Instant,
    ) -> Self {
        let packets = PacketCounter::new(inner.side());
        inner.set_packet_observer(Some(Box::new(packets.clone())));
        Self {
            handle,
            id,
            phase: Phase::Handshaking(now + options.handshake_timeout),
            dirty: false,
            close_reason: None,
            forgotten: false,
            drained: false,
            said_farewell: false,
            scheduled: None,
            readable: FxHashSet::default(),
            resets_behind_data: FxHashMap::default(),
            acceptable: [false; 2],
            blocked_reported: [0; 2],
            packets_looked_at: 0,
            accepted: [0; 2],
            granted: [0; 2],
            datagrams: VecDeque::new(),
            datagram_bytes: 0,
            datagram_capacity: options.datagram_receive_buffer,
            datagrams_reported: false,
            datagrams_dropped: 0,
            remote: inner.remote_address(),
            migrating: None,
            packets,
            inner,
        }
    }

    /// When this connection wants to be woken.
    pub(crate) fn deadline(&mut self) -> Option<Instant> {
        let protocol = self.inner.poll_timeout();
        match self.phase {
            Phase::Handshaking(deadline) => {
                Some(protocol.map_or(deadline, |other| other.min(deadline)))
            }
            Phase::Established | Phase::Closed => protocol,
        }
    }

    /// Whether a server's connection was never shown to the application, or a client's was never complete.
    pub(crate) fn is_handshaking(&self) -> bool {
        matches!(self.phase, Phase::Handshaking(_))
    }

    /// Takes the datagrams out of quinn-proto, which would drop old ones without counting them.
    pub(crate) fn collect_datagrams(&mut self) {
        while let Some(datagram) = self.inner.datagrams().recv() {
            self.datagram_bytes += datagram.len();
            self.datagrams.push_back(datagram);
            while self.datagram_bytes > self.datagram_capacity {
                let Some(oldest) = self.datagrams.pop_front() else {
                    break;
                };
                self.datagram_bytes -= oldest.len();
                self.datagrams_dropped += 1;
            }
        }
    }

    /// Turns what happened into events; says how the connection ended, if it did.
    pub(crate) fn collect_events(&mut self, events: &mut EventQueue) -> Option<CloseReason> {
        let mut closed = None;
        while let Some(event) = self.inner.poll() {
            if self.phase == Phase::Closed {
                continue;
            }
            match event {
                ProtoEvent::Connected => {
                    self.phase = Phase::Established;
                    let kind = match self.inner.side() {
                        Side::Client => EventKind::Connected,
                        Side::Server => EventKind::Incoming,
                    };
                    events.push_back(Event::connection(kind, self.id));
                }
                ProtoEvent::ConnectionLost { reason } => {
                    closed = Some(CloseReason::from_error(&reason, self.is_handshaking()));
                }
                ProtoEvent::Stream(event) => self.stream_event(event, events),
                ProtoEvent::DatagramsUnblocked => {
                    events.push_back(Event::connection(EventKind::DatagramsWritable, self.id));
                }
                // Datagrams are collected as they come, and the handshake data is read when it is complete.
                ProtoEvent::DatagramReceived | ProtoEvent::HandshakeDataReady => {}
            }
        }
        if self.phase == Phase::Closed {
            return None;
        }
        while let Some((stream, bytes)) = self.inner.poll_discarded_bytes() {
            let event = Event::stream(EventKind::Discarded, self.id, stream.into());
            events.push_back(event.with_value(bytes as f64));
        }
        while let Some(stream) = self.inner.poll_retired_stream() {
            let stream = u64::from(stream);
            self.readable.remove(&stream);
            events.push_back(Event::stream(EventKind::Retired, self.id, stream));
        }
        if !self.datagrams.is_empty() && !self.datagrams_reported {
            self.datagrams_reported = true;
            events.push_back(Event::connection(EventKind::DatagramsReadable, self.id));
        }
        self.report_blocked(events);
        self.watch_address(events);
        closed
    }

    /// quinn-proto only counts STREAMS_BLOCKED, and to ask for its counts is worth a packet that may have held one.
    fn report_blocked(&mut self, events: &mut EventQueue) {
        let packets = self.packets.received();
        if std::mem::replace(&mut self.packets_looked_at, packets) == packets {
            return;
        }
        let frames = self.inner.stats().frame_rx;
        for (dir, count) in [
            (Dir::Bi, frames.streams_blocked_bidi),
            (Dir::Uni, frames.streams_blocked_uni),
        ] {
            if std::mem::replace(&mut self.blocked_reported[dir as usize], count) != count {
                let event = Event::connection(EventKind::StreamsBlocked, self.id);
                events.push_back(event.with_value(dir as usize as f64));
            }
        }
    }

    fn stream_event(&mut self, event: StreamEvent, events: &mut EventQueue) {
        match event {
            StreamEvent::Opened { dir } => {
                if !std::mem::replace(&mut self.acceptable[dir as usize], true) {
                    let event = Event::connection(EventKind::Acceptable, self.id);
                    events.push_back(event.with_value(dir as usize as f64));
                }
            }
            StreamEvent::Readable { id } => self.report_readable(u64::from(id), events),
            StreamEvent::Writable { id } => {
                events.push_back(Event::stream(EventKind::Writable, self.id, id.into()));
            }
            StreamEvent::Finished { id } => {
                events.push_back(Event::stream(EventKind::Finished, self.id, id.into()));
            }
            StreamEvent::Stopped { id, error_code } => {
                let event = Event::stream(EventKind::Stopped, self.id, id.into());
                events.push_back(event.with_value(error_code.into_inner() as f64));
            }
            StreamEvent::Available { dir } => {
                let event = Event::connection(EventKind::Openable, self.id);
                events.push_back(event.with_value(dir as usize as f64));
            }
        }
    }

    fn report_readable(&mut self, stream: u64, events: &mut EventQueue) {
        if self.readable.insert(stream) {
            events.push_back(Event::stream(EventKind::Readable, self.id, stream));
        }
    }

    /// quinn-proto reports no migration. A new address counts as validated when a PATH_RESPONSE has arrived since
    /// (RFC 9000, 8.2); a peer that is authenticated anyway gains nothing by sending a wrong one.
    fn watch_address(&mut self, events: &mut EventQueue) {
        let now = self.inner.remote_address();
        if now != self.remote {
            self.remote = now;
            self.migrating = Some(self.inner.stats().frame_rx.path_response);
        }
        if let Some(before) = self.migrating
            && self.inner.stats().frame_rx.path_response > before
        {
            self.migrating = None;
            events.push_back(Event::connection(EventKind::Migrated, self.id));
        }
    }

    /// `Connection.openStream`
    pub(crate) fn open(&mut self, dir: Dir) -> Option<u64> {
        self.inner.streams().open(dir).map(u64::from)
    }

    /// `Connection.acceptStream`; what happened to the stream before is reported now.
    pub(crate) fn accept(&mut self, dir: Dir, events: &mut EventQueue) -> Option<u64> {
        let Some(id) = self.inner.streams().accept(dir) else {
            self.acceptable[dir as usize] = false;
            return None;
        };
        self.accepted[dir as usize] += 1;
        let stream = u64::from(id);
        // Events from before the stream was taken had nobody to go to.
        self.readable.insert(stream);
        events.push_back(Event::stream(EventKind::Readable, self.id, stream));
        if dir == Dir::Bi
            && let Some(code) = self.stopped_early(id)
        {
            let event = Event::stream(EventKind::Stopped, self.id, stream);
            events.push_back(event.with_value(code as f64));
        }
        Some(stream)
    }

    /// `Connection.streamCounts`
    pub(crate) fn stream_counts(&self, dir: Dir, opener: Opener) -> StreamCounts {
        match opener {
            Opener::Us => {
                let counts = self.inner.local_stream_counts(dir);
                StreamCounts {
                    limit: counts.limit,
                    opened: counts.opened,
                    accepted: counts.opened,
                    retired: counts.retired,
                }
            }
            Opener::Them => {
                let counts = self.inner.remote_stream_counts(dir);
                StreamCounts {
                    // What retired streams gave back is withheld until a MAX_STREAMS pays; the peer cannot use it yet.
                    limit: counts.announced.max(self.granted[dir as usize]),
                    opened: counts.opened,
                    accepted: self.accepted[dir as usize],
                    retired: counts.retired,
                }
            }
        }
    }

    /// `Connection.setMaxConcurrentStreams`
    pub(crate) fn set_max_concurrent_streams(
        &mut self,
        dir: Dir,
        count: u64,
    ) -> Result<(), EngineError> {
        let count = stream_limit("count", count)?;
        self.inner.set_max_concurrent_streams(dir, count);
        Ok(())
    }

    /// `Connection.grantStreams`
    pub(crate) fn grant_streams(&mut self, dir: Dir, count: u64) -> Result<(), EngineError> {
        let count = stream_limit("count", count)?;
        self.inner.grant_streams(dir, count.into_inner());
        self.granted[dir as usize] = self.inner.remote_stream_counts(dir).limit;
        Ok(())
    }

    /// `Connection.setReceiveWindow`
    pub(crate) fn set_receive_window(&mut self, bytes: u64) -> Result<(), EngineError> {
        self.inner.set_receive_window(varint("bytes", bytes)?);
        Ok(())
    }

    /// `Connection.sendDatagram`
    pub(crate) fn send_datagram(&mut self, data: Bytes) -> Result<(), SendDatagramError> {
        self.inner.datagrams().send(data, false)
    }

    /// `Connection.receiveDatagram`
    pub(crate) fn receive_datagram(&mut self) -> Option<Bytes> {
        let datagram = self.datagrams.pop_front();
        match &datagram {
            Some(datagram) => self.datagram_bytes -= datagram.len(),
            None => self.datagrams_reported = false,
        }
        datagram
    }

    /// `Connection.stats`
    pub(crate) fn stats(&self) -> ConnectionStats {
        ConnectionStats {
            protocol: self.inner.stats(),
            packets_received: self.packets.received(),
            datagrams_dropped: self.datagrams_dropped,
        }
    }

    /// The reason to report when the handshake deadline has passed.
    pub(crate) fn handshake_overdue(&self, now: Instant) -> Option<CloseReason> {
        match self.phase {
            Phase::Handshaking(deadline) if now >= deadline => Some(CloseReason::without_code(
                CloseKind::HandshakeTimeout,
                false,
                "the handshake was not complete within handshakeTimeout",
            )),
            _ => None,
        }
    }
}
