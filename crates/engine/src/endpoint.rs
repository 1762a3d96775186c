//! All connections of one UDP socket: `Endpoint` of the seam, and the calls about one connection or stream.

use std::{
    collections::VecDeque,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use quinn_proto::{
    ClientConfig, ConnectionHandle, DatagramEvent, Dir, EcnCodepoint, EndpointConfig, Incoming,
    SendDatagramError, ServerConfig, Side, TransportConfig, TransportParametersSummary,
    crypto::rustls::HandshakeData,
};
use rustc_hash::FxHashMap;
use rustls::pki_types::CertificateDer;

use crate::{
    CloseReason, ConnectionStats, EndpointOptions, EndpointStats, EngineError, Event, EventKind,
    Identity, Opener, Outbox, Packet, ReadOutcome, ServerOptions, StreamCounts, TransportOptions,
    Verification, WriteOutcome,
    connection::{Connection, Phase},
    events::EventQueue,
    farewell::Farewell,
    key_log::KeyLogLines,
    options::varint,
    timers::Timers,
    tls,
};

/// QUIC version 1 (RFC 9000) only.
const VERSION: u32 = 1;

/// Packets that one call of `flush` makes at most, so that the lock is not held for long.
const PACKETS_A_FLUSH: usize = 64;

/// Packets that one connection sends before it is another's turn.
const PACKETS_A_TURN: usize = 8;

/// Connections are numbered through the whole process.
static NEXT_ID: AtomicU32 = AtomicU32::new(1);

/// `Endpoint.connect` of the seam.
#[derive(Debug, Clone)]
pub struct ConnectRequest {
    /// Where the server is
    pub remote: SocketAddr,
    /// For SNI and, with roots, for the check of the certificate
    pub server_name: String,
    /// Protocols in order of preference
    pub alpn: Vec<Vec<u8>>,
    /// How to check the server's certificate
    pub verification: Verification,
    /// Instead of the endpoint's defaults
    pub transport: Option<TransportOptions>,
}

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
        config.supported_versions(vec![VERSION]);
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

    /// Admission comes before any work for the handshake (RFC 9000, 8.1 and 5.2.2).
    fn incoming(
        &mut self,
        incoming: Incoming,
        now: Instant,
        mut response: Vec<u8>,
        out: &mut Outbox,
    ) {
        let Some(server) = &self.server else {
            self.inner.ignore(incoming);
            return out.give_back(response);
        };
        let full = self.stats.handshakes_in_flight >= server.options.max_handshakes
            || self.open_accepted >= server.options.max_connections;
        if self.closed || full {
            self.stats.handshakes_refused += 1;
            let transmit = self.inner.refuse(incoming, &mut response);
            return out.push(transmit, response);
        }
        let must_validate = self.stats.handshakes_in_flight >= server.options.retry_above;
        if must_validate && !incoming.remote_address_validated() && incoming.may_retry() {
            match self.inner.retry(incoming, &mut response) {
                Ok(transmit) => {
                    self.stats.retries_sent += 1;
                    out.push(transmit, response);
                }
                Err(error) => {
                    self.inner.ignore(error.into_incoming());
                    out.give_back(response);
                }
            }
            return;
        }
        match self.inner.accept(incoming, now, &mut response, None) {
            Ok((handle, connection)) => {
                out.give_back(response);
                let transport = self.transport.clone();
                self.add(handle, connection, &transport, now);
            }
            Err(error) => match error.response {
                Some(transmit) => out.push(transmit, response),
                None => out.give_back(response),
            },
        }
    }

    /// `Endpoint.connect`; the connection's number comes back at once.
    pub fn connect(&mut self, request: ConnectRequest, now: Instant) -> Result<u32, EngineError> {
        if self.closed {
            return Err(EngineError::EndpointClosed);
        }
        let tls = tls::client_config(&request.verification, &request.alpn, self.key_log.clone())?;
        let (transport, transport_config) = match request.transport {
            Some(transport) => {
                let config = transport.build()?;
                (transport, config)
            }
            None => (self.transport.clone(), self.transport_config.clone()),
        };
        let mut config = ClientConfig::new(tls);
        config.transport_config(transport_config);
        let (handle, connection) = self
            .inner
            .connect(now, config, request.remote, &request.server_name)
            .map_err(|error| EngineError::InvalidOption(error.to_string()))?;
        Ok(self.add(handle, connection, &transport, now))
    }

    fn add(
        &mut self,
        handle: ConnectionHandle,
        inner: quinn_proto::Connection,
        transport: &TransportOptions,
        now: Instant,
    ) -> u32 {
        let id = NEXT_ID.fetch_add(1, Ordering::Relaxed);
        let mut connection = Connection::new(id, handle, inner, transport, now);
        connection.collect_datagrams();
        self.open_connections += 1;
        if connection.inner.side().is_server() {
            self.open_accepted += 1;
            self.stats.handshakes_in_flight += 1;
        }
        mark(&mut connection, &mut self.dirty);
        self.by_handle.insert(handle, id);
        self.connections.insert(id, connection);
        id
    }

    /// `Endpoint.setCertificate`
    pub fn set_identity(&mut self, identity: Identity) -> Result<(), EngineError> {
        let Some(server) = &mut self.server else {
            let why = "the endpoint has no `server` option: it shows no certificate";
            return Err(EngineError::InvalidOption(why.into()));
        };
        // All but the certificate stays, so that Retry tokens that are out remain good.
        let mut config = ServerConfig::clone(&server.config);
        config.crypto = tls::server_config(&identity, &server.options.alpn, self.key_log.clone())?;
        server.options.identity = identity;
        server.config = Arc::new(config);
        self.inner.set_server_config(Some(server.config.clone()));
        Ok(())
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

    /// Lets the connections that something happened to send, up to a bound, and collects their events.
    /// `segments` is how many datagrams may go into one packet for segmentation offload.
    pub fn flush(&mut self, now: Instant, segments: usize, out: &mut Outbox) {
        let mut budget = PACKETS_A_FLUSH;
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

    /// The connection is over as far as the application is concerned.
    fn ended(&mut self, id: u32, reason: CloseReason) {
        let Some(connection) = self.connections.get_mut(&id) else {
            return;
        };
        let server = connection.inner.side().is_server();
        let unknown = server && connection.is_handshaking();
        self.open_connections -= 1;
        if server {
            self.open_accepted -= 1;
        }
        if unknown {
            self.stats.handshakes_in_flight -= 1;
            connection.forgotten = true;
        } else {
            connection.close_reason = Some(reason);
            self.events
                .push_back(Event::connection(EventKind::Closed, id));
        }
        connection.phase = Phase::Closed;
    }

    /// quinn-proto has let go of the connection.
    fn drained(&mut self, id: u32) {
        if let Some(connection) = self.connections.get_mut(&id) {
            self.by_handle.remove(&connection.handle);
            self.timers.cancel(id, &mut connection.scheduled);
            connection.drained = true;
            if connection.forgotten {
                self.connections.remove(&id);
            }
        }
    }

    /// Why a connection ended; TypeScript asks once, with the `Closed` event, and the connection is forgotten.
    pub fn forget(&mut self, id: u32) -> Option<CloseReason> {
        let connection = self.connections.get_mut(&id)?;
        let reason = connection.close_reason.take()?;
        connection.forgotten = true;
        if connection.drained {
            self.connections.remove(&id);
        }
        Some(reason)
    }

    /// `Connection.close`
    pub fn close_connection(
        &mut self,
        id: u32,
        now: Instant,
        code: u64,
        reason: &[u8],
    ) -> Result<(), EngineError> {
        let code = varint("code", code)?;
        let connection = open(&mut self.connections, id)?;
        connection
            .inner
            .close(now, code, Bytes::copy_from_slice(reason));
        mark(connection, &mut self.dirty);
        self.ended(id, CloseReason::local(code.into_inner(), reason));
        Ok(())
    }

    /// `Endpoint.close`: closes every connection, and refuses new ones. Says how long to stay: the CONNECTION_CLOSE of
    /// each is repeated meanwhile. A second call changes nothing.
    pub fn close(
        &mut self,
        now: Instant,
        code: u64,
        reason: &[u8],
    ) -> Result<Duration, EngineError> {
        varint("code", code)?;
        self.closed = true;
        if let Some(farewell) = &self.farewell {
            return Ok(farewell.linger());
        }
        let mut longest_rtt = Duration::ZERO;
        let ids: Vec<u32> = self.connections.keys().copied().collect();
        for id in ids {
            if let Ok(connection) = open(&mut self.connections, id) {
                longest_rtt = longest_rtt.max(connection.inner.rtt());
                self.close_connection(id, now, code, reason)?;
            }
        }
        let farewell = self.farewell.insert(Farewell::new(now, longest_rtt));
        Ok(farewell.linger())
    }

    /// The loop has broken down: no connection can go on.
    pub fn fail(&mut self) {
        self.closed = true;
        let ids: Vec<u32> = self.connections.keys().copied().collect();
        for id in ids {
            if open(&mut self.connections, id).is_ok() {
                self.ended(id, CloseReason::internal_error());
            }
        }
    }

    /// The loop has ended; the last event of the endpoint.
    pub fn stopped(&mut self) {
        self.closed = true;
        self.events
            .push_back(Event::endpoint(EventKind::EndpointStopped));
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

    /// `Connection.openStream`
    pub fn open_stream(&mut self, id: u32, dir: Dir) -> Result<Option<u64>, EngineError> {
        let connection = open(&mut self.connections, id)?;
        let stream = connection.open(dir);
        if stream.is_none() {
            // So that STREAMS_BLOCKED goes out.
            mark(connection, &mut self.dirty);
        }
        Ok(stream)
    }

    /// `Connection.acceptStream`
    pub fn accept_stream(&mut self, id: u32, dir: Dir) -> Result<Option<u64>, EngineError> {
        let connection = known(&mut self.connections, id)?;
        let stream = connection.accept(dir, &mut self.events);
        Ok(stream)
    }

    /// `Stream.read`
    pub fn read(
        &mut self,
        id: u32,
        stream: u64,
        buffer: &mut [u8],
    ) -> Result<ReadOutcome, EngineError> {
        let connection = known(&mut self.connections, id)?;
        let outcome = connection.read(stream, buffer)?;
        mark(connection, &mut self.dirty);
        Ok(outcome)
    }

    /// `Stream.write`
    pub fn write(
        &mut self,
        id: u32,
        stream: u64,
        data: &[u8],
    ) -> Result<WriteOutcome, EngineError> {
        self.change(id, |connection| connection.write(stream, data))
    }

    /// `Stream.finish`
    pub fn finish(&mut self, id: u32, stream: u64) -> Result<(), EngineError> {
        self.change(id, |connection| connection.finish(stream))
    }

    /// `Stream.reset`
    pub fn reset(
        &mut self,
        id: u32,
        stream: u64,
        code: u64,
        reliable_size: Option<u64>,
    ) -> Result<(), EngineError> {
        self.change(id, |connection| {
            connection.reset(stream, code, reliable_size)
        })
    }

    /// `Stream.stopSending`
    pub fn stop_sending(&mut self, id: u32, stream: u64, code: u64) -> Result<(), EngineError> {
        self.change(id, |connection| connection.stop_sending(stream, code))
    }

    /// `Stream.setPriority`
    pub fn set_priority(&mut self, id: u32, stream: u64, priority: i32) -> Result<(), EngineError> {
        self.change(id, |connection| connection.set_priority(stream, priority))
    }

    /// Bytes acknowledged, for `Stream.stats`; `None` once the half is gone.
    pub fn acknowledged(&mut self, id: u32, stream: u64) -> Result<Option<u64>, EngineError> {
        known(&mut self.connections, id)?.acknowledged(stream)
    }

    /// `Connection.streamCounts`
    pub fn stream_counts(
        &self,
        id: u32,
        dir: Dir,
        opener: Opener,
    ) -> Result<StreamCounts, EngineError> {
        let connection = self.connections.get(&id);
        connection
            .map(|connection| connection.stream_counts(dir, opener))
            .ok_or(EngineError::ConnectionClosed)
    }

    /// `Connection.setMaxConcurrentStreams`
    pub fn set_max_concurrent_streams(
        &mut self,
        id: u32,
        dir: Dir,
        count: u64,
    ) -> Result<(), EngineError> {
        self.change(id, |connection| {
            connection.set_max_concurrent_streams(dir, count)
        })
    }

    /// `Connection.grantStreams`
    pub fn grant_streams(&mut self, id: u32, dir: Dir, count: u64) -> Result<(), EngineError> {
        self.change(id, |connection| connection.grant_streams(dir, count))
    }

    /// `Connection.setReceiveWindow`
    pub fn set_receive_window(&mut self, id: u32, bytes: u64) -> Result<(), EngineError> {
        self.change(id, |connection| connection.set_receive_window(bytes))
    }

    /// `Connection.setSendWindow`
    pub fn set_send_window(&mut self, id: u32, bytes: u64) -> Result<(), EngineError> {
        self.change(id, |connection| {
            connection.inner.set_send_window(bytes);
            Ok(())
        })
    }

    /// `Connection.ping`
    pub fn ping(&mut self, id: u32) -> Result<(), EngineError> {
        self.change(id, |connection| {
            connection.inner.ping();
            Ok(())
        })
    }

    /// `Connection.sendDatagram`
    pub fn send_datagram(
        &mut self,
        id: u32,
        data: &[u8],
    ) -> Result<Result<(), SendDatagramError>, EngineError> {
        let data = Bytes::copy_from_slice(data);
        self.change(id, |connection| Ok(connection.send_datagram(data)))
    }

    /// `Connection.receiveDatagram`
    pub fn receive_datagram(&mut self, id: u32) -> Result<Option<Bytes>, EngineError> {
        Ok(known(&mut self.connections, id)?.receive_datagram())
    }

    /// `Connection.maxDatagramSize`
    pub fn max_datagram_size(&mut self, id: u32) -> Result<usize, EngineError> {
        let connection = known(&mut self.connections, id)?;
        Ok(connection.inner.datagrams().max_size().unwrap_or(0))
    }

    /// `Connection.remoteAddress`
    pub fn remote_address(&self, id: u32) -> Result<SocketAddr, EngineError> {
        let connection = self.connections.get(&id);
        connection
            .map(|connection| connection.inner.remote_address())
            .ok_or(EngineError::ConnectionClosed)
    }

    /// `Connection.stats`
    pub fn connection_stats(&self, id: u32) -> Result<ConnectionStats, EngineError> {
        let connection = self.connections.get(&id);
        connection
            .map(Connection::stats)
            .ok_or(EngineError::ConnectionClosed)
    }

    /// `Connection.transportParameters` and, once connected, `peerTransportParameters`
    pub fn transport_parameters(
        &self,
        id: u32,
    ) -> Result<
        (
            TransportParametersSummary,
            Option<TransportParametersSummary>,
        ),
        EngineError,
    > {
        let connection = self
            .connections
            .get(&id)
            .ok_or(EngineError::ConnectionClosed)?;
        Ok((
            connection.inner.local_transport_parameters(),
            connection.inner.remote_transport_parameters(),
        ))
    }

    /// `Connection.alpn`
    pub fn alpn(&self, id: u32) -> Result<Option<Vec<u8>>, EngineError> {
        let connection = self
            .connections
            .get(&id)
            .ok_or(EngineError::ConnectionClosed)?;
        let data = connection.inner.crypto_session().handshake_data();
        Ok(data
            .and_then(|data| data.downcast::<HandshakeData>().ok())
            .and_then(|data| data.protocol))
    }

    /// `Connection.peerCertificate`
    pub fn peer_certificate(&self, id: u32) -> Result<Option<Vec<u8>>, EngineError> {
        let connection = self
            .connections
            .get(&id)
            .ok_or(EngineError::ConnectionClosed)?;
        let identity = connection.inner.crypto_session().peer_identity();
        Ok(identity
            .and_then(|identity| identity.downcast::<Vec<CertificateDer<'static>>>().ok())
            .and_then(|chain| chain.first().map(|certificate| certificate.to_vec())))
    }

    /// `Connection.exportKeyingMaterial`; the handshake must be complete.
    pub fn export_keying_material(
        &self,
        id: u32,
        label: &[u8],
        context: &[u8],
        output: &mut [u8],
    ) -> Result<(), EngineError> {
        let connection = self
            .connections
            .get(&id)
            .ok_or(EngineError::ConnectionClosed)?;
        connection
            .inner
            .crypto_session()
            .export_keying_material(output, label, context)
            .map_err(|_| {
                let why = "keying material can be exported once connected, up to 255 hashes long";
                EngineError::InvalidOption(why.into())
            })
    }

    /// Which end of a connection this is.
    pub fn side(&self, id: u32) -> Result<Side, EngineError> {
        let connection = self.connections.get(&id);
        connection
            .map(|connection| connection.inner.side())
            .ok_or(EngineError::ConnectionClosed)
    }

    fn change<T>(
        &mut self,
        id: u32,
        action: impl FnOnce(&mut Connection) -> Result<T, EngineError>,
    ) -> Result<T, EngineError> {
        let connection = open(&mut self.connections, id)?;
        let result = action(connection)?;
        mark(connection, &mut self.dirty);
        Ok(result)
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
