//! Two endpoints without sockets, threads or a clock: the datagrams of one are handed to the other, and time is what the
//! test says.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use bytes::BytesMut;
use rcgen::{CertificateParams, KeyPair};
use sluice_engine::{
    CloseKind, ConnectRequest, Dir, Endpoint, EndpointOptions, Event, EventKind, Identity, Outbox,
    ReadOutcome, Replay, ServerOptions, TransportOptions, Verification, WriteOutcome,
};
use time::OffsetDateTime;

struct Side {
    endpoint: Endpoint,
    address: SocketAddr,
    out: Outbox,
    events: Vec<Event>,
}

impl Side {
    fn new(options: EndpointOptions, port: u16) -> Self {
        Self {
            endpoint: Endpoint::new(options).expect("valid options"),
            address: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port),
            out: Outbox::default(),
            events: Vec::new(),
        }
    }

    fn work(&mut self, now: Instant) {
        self.endpoint.handle_timeouts(now);
        while self.endpoint.wants_flush() {
            self.endpoint.flush(now, 1, 64, &mut self.out);
        }
        self.endpoint.flush(now, 1, 64, &mut self.out);
        self.events
            .extend(std::iter::from_fn(|| self.endpoint.poll_event()));
    }

    fn receive(&mut self, now: Instant, from: SocketAddr, packets: Vec<Vec<u8>>) {
        for packet in packets {
            let data = BytesMut::from(&packet[..]);
            self.endpoint
                .handle_datagram(now, from, None, None, data, &mut self.out);
        }
    }

    fn sent(&mut self) -> Vec<Vec<u8>> {
        let packets = self.out.packets.iter();
        let contents = packets.map(|packet| packet.contents.clone()).collect();
        self.out.sent(self.out.packets.len());
        contents
    }

    fn saw(&self, kind: EventKind) -> Option<Event> {
        self.events.iter().find(|event| event.kind == kind).copied()
    }
}

struct Pair {
    now: Instant,
    client: Side,
    server: Side,
    /// Of every hundred datagrams, counted over both ways, so many are lost.
    loss: usize,
    datagrams: usize,
}

impl Pair {
    /// A client that has just dialled.
    fn dialling(transport: TransportOptions) -> Self {
        let (identity, root) = identity();
        let server = Side::new(
            EndpointOptions {
                server: Some(ServerOptions {
                    alpn: vec![b"test".to_vec()],
                    identity,
                    retry_above: 64,
                    max_handshakes: 512,
                    max_connections: 10,
                }),
                transport: transport.clone(),
                ..EndpointOptions::default()
            },
            1,
        );
        let client = Side::new(
            EndpointOptions {
                transport,
                ..EndpointOptions::default()
            },
            2,
        );
        let mut pair = Self {
            now: Instant::now(),
            client,
            server,
            loss: 0,
            datagrams: 0,
        };
        let request = ConnectRequest {
            remote: pair.server.address,
            server_name: "sluice.test".into(),
            alpn: vec![b"test".to_vec()],
            verification: Verification::Roots(vec![root]),
            transport: None,
        };
        pair.client
            .endpoint
            .connect(request, pair.now)
            .expect("dials");
        pair
    }

    /// Carries datagrams until there are none, and lets time pass to the next timer, for so long.
    fn run(&mut self, span: Duration) {
        let end = self.now + span;
        loop {
            self.client.work(self.now);
            self.server.work(self.now);
            let (up, down) = (self.client.sent(), self.server.sent());
            if up.is_empty() && down.is_empty() {
                let timers = [&self.client, &self.server].map(|side| side.endpoint.next_timeout());
                match timers.into_iter().flatten().min() {
                    Some(next) if next <= end => self.now = self.now.max(next),
                    _ => break,
                }
                continue;
            }
            let (up, down) = (self.thin(up), self.thin(down));
            self.server.receive(self.now, self.client.address, up);
            self.client.receive(self.now, self.server.address, down);
        }
        self.now = end;
    }

    fn thin(&mut self, mut datagrams: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        datagrams.retain(|_| {
            self.datagrams += 1;
            // Spread over the hundred by a step that shares no factor with it.
            (self.datagrams * 37) % 100 >= self.loss
        });
        datagrams
    }

    /// Numbers of the connection at both ends.
    fn connections(&self) -> (u32, u32) {
        let client = self.client.saw(EventKind::Connected).expect("connected");
        let server = self.server.saw(EventKind::Incoming).expect("accepted");
        (client.connection, server.connection)
    }
}

fn identity() -> (Identity, Vec<u8>) {
    let key = KeyPair::generate().expect("a key");
    let root_params = CertificateParams::new(vec!["root.test".into()]).map(|mut params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        params
    });
    let root_key = KeyPair::generate().expect("a key");
    let root_params = root_params.expect("names");
    let root = root_params.self_signed(&root_key).expect("a root");
    let issuer = rcgen::Issuer::from_params(&root_params, &root_key);
    let mut params = CertificateParams::new(vec!["sluice.test".into()]).expect("names");
    params.not_before = OffsetDateTime::now_utc() - time::Duration::DAY;
    params.not_after = OffsetDateTime::now_utc() + time::Duration::WEEK;
    let leaf = params.signed_by(&key, &issuer).expect("a leaf");
    let identity = Identity {
        certificate: leaf.der().to_vec(),
        private_key: key.serialize_der(),
    };
    (identity, root.der().to_vec())
}

#[test]
fn a_stream_goes_there_and_back_with_a_tenth_of_all_datagrams_lost() {
    let mut pair = Pair::dialling(TransportOptions::default());
    pair.loss = 10;
    pair.run(Duration::from_secs(5));
    let (client, server) = pair.connections();
    let stream = pair.client.endpoint.open_stream(client, Dir::Bi);
    let stream = stream.expect("open").expect("credit");
    let sent: Vec<u8> = (0..100_000u32).map(|index| (index % 251) as u8).collect();
    let written = pair.client.endpoint.write(client, stream, &sent);
    assert_eq!(written, Ok(WriteOutcome::Taken(sent.len())));
    pair.client.endpoint.finish(client, stream).expect("open");
    pair.run(Duration::from_secs(10));
    let accepted = pair.server.endpoint.accept_stream(server, Dir::Bi);
    assert_eq!(accepted, Ok(Some(stream)));
    let mut buffer = vec![0; 200_000];
    let outcome = pair.server.endpoint.read(server, stream, &mut buffer);
    assert_eq!(outcome, Ok(ReadOutcome::Ended(sent.len())));
    assert_eq!(buffer[..sent.len()], sent[..]);
    pair.server.endpoint.finish(server, stream).expect("open");
    pair.run(Duration::from_secs(10));
    let outcome = pair.client.endpoint.read(client, stream, &mut buffer);
    assert_eq!(outcome, Ok(ReadOutcome::Ended(0)));
    pair.run(Duration::from_secs(1));
    for side in [&pair.client, &pair.server] {
        let retired = side.saw(EventKind::Retired).expect("retired");
        assert_eq!(retired.stream, stream);
    }
}

#[test]
fn a_connection_ends_when_its_peer_is_silent_for_the_idle_timeout() {
    let mut pair = Pair::dialling(TransportOptions {
        idle_timeout: Duration::from_secs(20),
        ..TransportOptions::default()
    });
    pair.run(Duration::from_secs(1));
    let (client, _) = pair.connections();
    pair.loss = 100;
    pair.run(Duration::from_secs(15));
    assert_eq!(pair.client.saw(EventKind::Closed), None);
    pair.run(Duration::from_secs(10));
    assert!(pair.client.saw(EventKind::Closed).is_some());
    let reason = pair.client.endpoint.forget(client).expect("a reason");
    assert_eq!(reason.kind, CloseKind::IdleTimeout);
    assert_eq!(pair.client.endpoint.forget(client), None, "told once");
}

#[test]
fn a_handshake_ends_at_its_deadline() {
    let mut pair = Pair::dialling(TransportOptions {
        handshake_timeout: Duration::from_secs(3),
        ..TransportOptions::default()
    });
    pair.loss = 100;
    pair.run(Duration::from_millis(2_900));
    assert_eq!(pair.client.saw(EventKind::Closed), None);
    pair.run(Duration::from_millis(200));
    let closed = pair.client.saw(EventKind::Closed).expect("closed");
    let reason = pair.client.endpoint.forget(closed.connection);
    let kind = reason.map(|reason| reason.kind);
    assert_eq!(kind, Some(CloseKind::HandshakeTimeout));
}

#[test]
fn an_endpoint_that_closes_is_heard_though_its_first_words_are_lost() {
    let mut pair = Pair::dialling(TransportOptions::default());
    pair.run(Duration::from_secs(1));
    let (_, server) = pair.connections();
    let now = pair.now;
    let linger = pair.client.endpoint.close(now, 7, b"bye");
    assert!(linger.expect("a valid code") <= Duration::from_secs(1));
    pair.client.work(now);
    assert_eq!(pair.client.sent().len(), 1, "lost");
    pair.run(Duration::from_millis(10));
    assert!(pair.server.saw(EventKind::Closed).is_some());
    let reason = pair.server.endpoint.forget(server).expect("a reason");
    assert_eq!(
        (reason.kind, reason.code),
        (CloseKind::Application, Some(7))
    );
}

#[test]
fn a_replayed_endpoint_numbers_its_connections_itself() {
    let replay = Replay {
        seed: 7,
        first_connection: 60_000,
    };
    let mut endpoint = Endpoint::new(EndpointOptions {
        replay: Some(replay),
        ..EndpointOptions::default()
    })
    .expect("valid options");
    let (_, root) = identity();
    for number in [60_000, 60_001] {
        let request = ConnectRequest {
            remote: SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 1),
            server_name: "sluice.test".into(),
            alpn: vec![b"test".to_vec()],
            verification: Verification::Roots(vec![root.clone()]),
            transport: None,
        };
        assert_eq!(endpoint.connect(request, Instant::now()), Ok(number));
    }
}
