use std::{sync::Arc, time::Duration};

use quinn_proto::{
    IdleTimeout, TransportConfig, VarInt,
    congestion::{BbrConfig, CubicConfig, NewRenoConfig},
};

use crate::EngineError;

/// A leaf certificate and its key, reached by `EndpointOptions.server.certificate` and `Endpoint.setCertificate`.
#[derive(Debug, Clone)]
pub struct Identity {
    /// X.509, DER
    pub certificate: Vec<u8>,
    /// PKCS#8, DER
    pub private_key: Vec<u8>,
}

/// `EndpointOptions` of the seam, but for the socket.
#[derive(Debug, Clone, Default)]
pub struct EndpointOptions {
    /// Accept connections
    pub server: Option<ServerOptions>,
    /// Defaults of every connection
    pub transport: TransportOptions,
    /// Collect the lines of the TLS key log
    pub key_log: bool,
    /// Look for a path MTU above the minimum; only where the socket never fragments
    pub discover_mtu: bool,
    /// Nothing is left to chance but what TLS draws: for simulations
    pub replay: Option<Replay>,
}

/// What makes a run of an endpoint repeatable.
#[derive(Debug, Clone, Copy)]
pub struct Replay {
    /// Of quinn-proto's random numbers
    pub seed: u64,
    /// Number of the first connection; otherwise they are numbered through the whole process
    pub first_connection: u32,
}

impl Replay {
    /// The seed in the form that quinn-proto takes.
    pub(crate) fn rng_seed(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&self.seed.to_le_bytes());
        bytes
    }
}

/// `ServerOptions` of the seam.
#[derive(Debug, Clone)]
pub struct ServerOptions {
    /// Protocols in order of preference
    pub alpn: Vec<Vec<u8>>,
    /// Shown to clients
    pub identity: Identity,
    /// Handshakes in flight from which on an address has to validate itself
    pub retry_above: u64,
    /// Handshakes in flight from which on new ones are refused
    pub max_handshakes: u64,
    /// Connections from which on new ones are refused
    pub max_connections: u64,
}

/// `ServerVerification` of the seam.
#[derive(Debug, Clone)]
pub enum Verification {
    /// SHA-256 of the leaf, with the custom certificate requirements of W3C WebTransport
    CertificateHashes(Vec<Vec<u8>>),
    /// DER certificates of trusted roots
    Roots(Vec<Vec<u8>>),
}

/// `TransportOptions.congestionControl` of the seam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CongestionControl {
    /// RFC 9438
    Cubic,
    /// RFC 9002, 7
    NewReno,
    /// BBR version 1
    Bbr,
}

/// `TransportOptions` of the seam; bytes and durations.
#[derive(Debug, Clone)]
pub struct TransportOptions {
    /// `maxIncomingBidi`
    pub max_incoming_bidi: u64,
    /// `maxIncomingUni`
    pub max_incoming_uni: u64,
    /// `streamReceiveWindow`
    pub stream_receive_window: u64,
    /// `receiveWindow`
    pub receive_window: u64,
    /// `sendWindow`
    pub send_window: u64,
    /// `idleTimeout`; zero disables
    pub idle_timeout: Duration,
    /// `keepAlive`
    pub keep_alive: Option<Duration>,
    /// `handshakeTimeout`
    pub handshake_timeout: Duration,
    /// `maxDatagramFrameSize`; zero disables datagrams
    pub max_datagram_frame_size: u64,
    /// `datagramReceiveBuffer`
    pub datagram_receive_buffer: usize,
    /// `datagramSendBuffer`
    pub datagram_send_buffer: usize,
    /// `resetStreamAt`
    pub reset_stream_at: bool,
    /// `congestionControl`
    pub congestion_control: CongestionControl,
}

/// Most streams that the peer may be given at once: each costs memory as soon as a higher one is used.
const MAX_CONCURRENT_STREAMS: u64 = 1_000_000;

/// Every datagram is taken out of quinn-proto as soon as its packet was handled, into a queue of ours with the size that
/// was asked for. This has only to hold what one packet can carry.
const PROTOCOL_DATAGRAM_BUFFER: usize = 1 << 20;

impl Default for TransportOptions {
    fn default() -> Self {
        Self {
            max_incoming_bidi: 256,
            max_incoming_uni: 16,
            stream_receive_window: 2 << 20,
            receive_window: 16 << 20,
            send_window: 16 << 20,
            idle_timeout: Duration::from_secs(30),
            keep_alive: None,
            handshake_timeout: Duration::from_secs(10),
            max_datagram_frame_size: 65_535,
            datagram_receive_buffer: 1 << 20,
            datagram_send_buffer: 1 << 20,
            reset_stream_at: true,
            congestion_control: CongestionControl::Cubic,
        }
    }
}

impl TransportOptions {
    /// Checks the values and turns them into quinn-proto's.
    pub(crate) fn build(&self) -> Result<Arc<TransportConfig>, EngineError> {
        let datagram_frame_size = datagram_frame_size(self.max_datagram_frame_size)?;
        let mut config = TransportConfig::default();
        config
            .max_concurrent_bidi_streams(stream_limit("maxIncomingBidi", self.max_incoming_bidi)?)
            .max_concurrent_uni_streams(stream_limit("maxIncomingUni", self.max_incoming_uni)?)
            .stream_receive_window(varint("streamReceiveWindow", self.stream_receive_window)?)
            .receive_window(varint("receiveWindow", self.receive_window)?)
            .send_window(self.send_window)
            .keep_alive_interval(self.keep_alive)
            .max_idle_timeout(idle_timeout(self.idle_timeout)?)
            .datagram_receive_buffer_size(datagram_frame_size.map(|_| PROTOCOL_DATAGRAM_BUFFER))
            .max_datagram_frame_size(datagram_frame_size)
            .datagram_send_buffer_size(self.datagram_send_buffer)
            .reset_stream_at(self.reset_stream_at)
            .report_retired_streams(true);
        match self.congestion_control {
            CongestionControl::Cubic => {
                config.congestion_controller_factory(Arc::new(CubicConfig::default()))
            }
            CongestionControl::NewReno => {
                config.congestion_controller_factory(Arc::new(NewRenoConfig::default()))
            }
            CongestionControl::Bbr => {
                config.congestion_controller_factory(Arc::new(BbrConfig::default()))
            }
        };
        Ok(Arc::new(config))
    }
}

/// A count of streams that may be announced, or an error that names `what`.
pub(crate) fn stream_limit(what: &str, count: u64) -> Result<VarInt, EngineError> {
    if count > MAX_CONCURRENT_STREAMS {
        return Err(EngineError::InvalidOption(format!(
            "{what} is at most {MAX_CONCURRENT_STREAMS}, got {count}"
        )));
    }
    varint(what, count)
}

/// A number that QUIC can carry, or an error that names `what`.
pub(crate) fn varint(what: &str, value: u64) -> Result<VarInt, EngineError> {
    VarInt::from_u64(value)
        .map_err(|_| EngineError::InvalidOption(format!("{what} is out of range: {value}")))
}

fn idle_timeout(value: Duration) -> Result<Option<IdleTimeout>, EngineError> {
    if value.is_zero() {
        return Ok(None);
    }
    IdleTimeout::try_from(value)
        .map(Some)
        .map_err(|_| EngineError::InvalidOption("idleTimeout is out of range".into()))
}

fn datagram_frame_size(size: u64) -> Result<Option<u16>, EngineError> {
    match u16::try_from(size) {
        Ok(0) => Ok(None),
        Ok(size) => Ok(Some(size)),
        Err(_) => Err(EngineError::InvalidOption(format!(
            "maxDatagramFrameSize is at most 65535, got {size}"
        ))),
    }
}
