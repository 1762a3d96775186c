//! All connections of one UDP socket: `Endpoint` of the seam.

mod admission;
mod calls;
mod closing;

pub use admission::ConnectRequest;

use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr},
    sync::{Arc, atomic::AtomicU32},
    time::Instant,
};

use bytes::{Bytes, BytesMut};
use quinn_proto::{
    ConnectionHandle, DatagramEvent, EcnCodepoint, EndpointConfig, ServerConfig, TransportConfig,
};
use rustc_hash::FxHashMap;

use crate::{
    EndpointOptions, EndpointStats, EngineError, Event, EventKind, Outbox, Packet, Replay,
    ServerOptions, TransportOptions,
    connection::{Connection, Phase},
    events::EventQueue,
    farewell::Farewell,
    key_log::KeyLogLines,
    timers::Timers,
    tls,
};

/// QUIC version 1 (RFC 9000) only.
const VERSION: u32 = 1;

/// Packets that one connection sends before it is another's turn.
const PACKETS_A_TURN: usize = 8;

/// Connections are numbered through the whole process.
static NEXT_ID: AtomicU32 = AtomicU32::new(1);

/// One QUIC endpoint.
pub struct Endpoint {
    inner: quinn_proto::Endpoint,
    server: Option<Server>,
    transport: TransportOptions,
    transport_config: Arc<TransportConfig>,
    key_log: Option<Arc<KeyLogLines>>,
    connections: FxHashMap<u32, Connection>,
    by_handle: FxHashMap<ConnectionHandle, u32>,
    dirty: VecDeque<u32>,
    timers: Timers,
    events: EventQueue,
    closed: bool,
    farewell: Option<Farewell>,
    open_connections: u64,
    open_accepted: u64,
    stats: EndpointStats,
    /// Where connections are not numbered through the whole process
    next_id: Option<u32>,
}

struct Server {
    options: ServerOptions,
    config: Arc<ServerConfig>,
}

impl Endpoint {
    /// `Engine.bind`, but for the socket.
    pub fn new(options: EndpointOptions) -> Result<Self, EngineError> {
        let transport_config = options.transport.build()?;
        let key_log = options.key_log.then(Arc::<KeyLogLines>::default);
        let server = match options.server {
            Some(server) => {
                let tls = tls::server_config(&server.identity, &server.alpn, key_log.clone())?;
                let mut config = ServerConfig::with_crypto(tls);
                config.transport_config(transport_config.clone());
                Some(Server {
                    options: server,
                    config: Arc::new(config),
                })
            }
            None => None,
        };
        let mut config = EndpointConfig::default();
        config
            .supported_versions(vec![VERSION])
            .rng_seed(options.replay.map(Replay::rng_seed));
        let inner = quinn_proto::Endpoint::new(
            Arc::new(config),
            server.as_ref().map(|server| server.config.clone()),
            options.discover_mtu,
            None,
        );
        Ok(Self {
            inner,
            server,
            transport: options.transport,
            transport_config,
            key_log,
            connections: FxHashMap::default(),
            by_handle: FxHashMap::default(),
            dirty: VecDeque::new(),
            timers: Timers::default(),
            events: EventQueue::new(),
            closed: false,
            farewell: None,
            open_connections: 0,
            open_accepted: 0,
            stats: EndpointStats::default(),
            next_id: options.replay.map(|replay| replay.first_connection),
        })
    }

    /// Takes one UDP datagram from the network.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        remote: SocketAddr,
        local: Option<IpAddr>,
        ecn: Option<EcnCodepoint>,
        data: BytesMut,
        out: &mut Outbox,
    ) {
        self.stats.datagrams_received += 1;
        let mut response = out.buffer();
        match self
            .inner
            .handle(now, remote, local, ecn, data, &mut response)
        {
            Some(DatagramEvent::ConnectionEvent(handle, event)) => {
                if let Some(connection) = self
                    .by_handle
                    .get(&handle)
                    .and_then(|id| self.connections.get_mut(id))
                {
                    connection.inner.handle_event(event);
                    connection.collect_datagrams();
                    mark(connection, &mut self.dirty);
                }
            }
            Some(DatagramEvent::NewConnection(incoming)) => {
                return self.incoming(incoming, now, response, out);
            }
            Some(DatagramEvent::Response(transmit)) => return out.push(transmit, response),
            None => {}
        }
        out.give_back(response);
    }

    /// Lets timers fire that are due.
    pub fn handle_timeouts(&mut self, now: Instant) {
        while let Some(id) = self.timers.expired(now) {
            let Some(connection) = self.connections.get_mut(&id) else {
                continue;
            };
            connection.scheduled = None;
            mark(connection, &mut self.dirty);
            if let Some(reason) = connection.handshake_overdue(now) {
                connection.inner.close(now, 0u32.into(), Bytes::new());
                self.ended(id, reason);
            } else if connection
                .inner
                .poll_timeout()
                .is_some_and(|deadline| deadline <= now)
            {
                connection.inner.handle_timeout(now);
            }
        }
    }

    /// When `handle_timeouts` wants to be called next.
    pub fn next_timeout(&self) -> Option<Instant> {
        let farewell = self.farewell.as_ref().map(Farewell::next);
        match (self.timers.next(), farewell) {
            (Some(timer), Some(farewell)) => Some(timer.min(farewell)),
            (timer, farewell) => timer.or(farewell),
        }
    }

    /// Whether a connection waits for `flush`.
    pub fn wants_flush(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Lets the connections that something happened to send, at most `packets` in all, and collects their events.
    /// `segments` is how many datagrams may go into one packet for segmentation offload.
    pub fn flush(&mut self, now: Instant, segments: usize, packets: usize, out: &mut Outbox) {
        let mut budget = packets;
        while budget > 0
            && let Some(id) = self.dirty.pop_front()
        {
            let Some(connection) = self.connections.get_mut(&id) else {
                continue;
            };
            connection.dirty = false;
            pump(&mut self.inner, connection);
            let first_packet = out.packets.len();
            let mut turn = budget.min(PACKETS_A_TURN);
            budget -= turn;
            loop {
                if turn == 0 {
                    mark(connection, &mut self.dirty);
                    break;
                }
                let mut buffer = out.buffer();
                let Some(transmit) = connection.inner.poll_transmit(now, segments, &mut buffer)
                else {
                    out.give_back(buffer);
                    break;
                };
                out.push(transmit, buffer);
                turn -= 1;
            }
            budget += turn;
            if let Some(farewell) = &mut self.farewell
                && !connection.said_farewell
            {
                connection.said_farewell = true;
                farewell.keep(&out.packets[first_packet..]);
            }
            let drained = pump(&mut self.inner, connection);
            let was_handshaking = connection.is_handshaking();
            let server = connection.inner.side().is_server();
            let reason = connection.collect_events(&mut self.events);
            if server && was_handshaking && !connection.is_handshaking() {
                self.stats.handshakes_in_flight -= 1;
            }
            let deadline = connection.deadline();
            self.timers
                .schedule(id, deadline, &mut connection.scheduled);
            if let Some(reason) = reason {
                self.ended(id, reason);
            }
            if drained {
                self.drained(id);
            }
        }
        if let Some(farewell) = &mut self.farewell {
            farewell.repeat(now, out);
        }
        if self.key_log.as_ref().is_some_and(|lines| !lines.is_empty()) {
            self.events.push_back(Event::endpoint(EventKind::KeyLog));
        }
        self.stats.datagrams_sent += out.packets.iter().map(Packet::datagrams).sum::<u64>();
    }

    /// Gives the memory of connections back; nothing can be asked about them any more.
    pub fn release(&mut self) {
        self.connections = FxHashMap::default();
        self.by_handle = FxHashMap::default();
        self.dirty = VecDeque::new();
        self.timers = Timers::default();
    }

    /// Whether events wait for `poll_event`.
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// The next event. Leaves out `Readable` of a stream that was read empty since.
    pub fn poll_event(&mut self) -> Option<Event> {
        loop {
            let event = self.events.pop_front()?;
            if event.kind != EventKind::Readable
                || self
                    .connections
                    .get(&event.connection)
                    .is_some_and(|connection| connection.readable.contains(&event.stream))
            {
                return Some(event);
            }
        }
    }

    /// Lines for `EndpointOptions.onKeyLog`.
    pub fn take_key_log(&mut self) -> Vec<String> {
        self.key_log
            .as_ref()
            .map(|lines| lines.take())
            .unwrap_or_default()
    }

    /// `Endpoint.stats`
    pub fn stats(&self) -> EndpointStats {
        EndpointStats {
            connections: self.open_connections,
            ..self.stats
        }
    }
}

type Connections = FxHashMap<u32, Connection>;

/// A connection that TypeScript still knows: what arrived before its end can be read until then.
fn known(connections: &mut Connections, id: u32) -> Result<&mut Connection, EngineError> {
    connections
        .get_mut(&id)
        .filter(|connection| !connection.forgotten)
        .ok_or(EngineError::ConnectionClosed)
}

/// A connection that can still send.
fn open(connections: &mut Connections, id: u32) -> Result<&mut Connection, EngineError> {
    known(connections, id).and_then(|connection| match connection.phase {
        Phase::Closed => Err(EngineError::ConnectionClosed),
        Phase::Handshaking(_) | Phase::Established => Ok(connection),
    })
}

fn mark(connection: &mut Connection, dirty: &mut VecDeque<u32>) {
    if !std::mem::replace(&mut connection.dirty, true) {
        dirty.push_back(connection.id);
    }
}

/// Carries events between the two halves of quinn-proto; says whether the connection is drained.
fn pump(endpoint: &mut quinn_proto::Endpoint, connection: &mut Connection) -> bool {
    let mut drained = false;
    while let Some(event) = connection.inner.poll_endpoint_events() {
        drained |= event.is_drained();
        if let Some(event) = endpoint.handle_event(connection.handle, event) {
            connection.inner.handle_event(event);
        }
    }
    drained
}
