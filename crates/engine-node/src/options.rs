//! The options of the seam as they come from JavaScript. Defaults are filled in here, in one place.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use sluice_engine::{
    CongestionControl, ConnectRequest, Identity, ServerOptions, TransportOptions, Verification,
};

use crate::error::{Result, invalid};

/// Largest integer that a double holds exactly.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// `EndpointOptions`
#[napi(object)]
pub struct NativeEndpointOptions {
    /// Default 127.0.0.1
    pub host: Option<String>,
    /// Default 0
    pub port: Option<f64>,
    /// Accept connections
    pub server: Option<NativeServerOptions>,
    /// Defaults of connections
    pub transport: Option<NativeTransportOptions>,
    /// Collect key log lines
    pub key_log: bool,
}

/// `CertificateAndKey`
#[napi(object)]
pub struct NativeIdentity {
    /// DER
    pub certificate: Uint8Array,
    /// PKCS#8
    pub private_key: Uint8Array,
}

/// `ServerOptions`
#[napi(object)]
pub struct NativeServerOptions {
    /// Protocols
    pub alpn: Vec<String>,
    /// Shown to clients
    pub certificate: NativeIdentity,
    /// Default 64
    pub retry_above: Option<f64>,
    /// Default 512
    pub max_handshakes: Option<f64>,
    /// Default 10,000
    pub max_connections: Option<f64>,
}

/// `ConnectOptions`, with the address
#[napi(object)]
pub struct NativeConnectOptions {
    /// IP literal
    pub host: String,
    /// UDP port
    pub port: f64,
    /// Protocols
    pub alpn: Vec<String>,
    /// SNI
    pub server_name: String,
    /// One of the two is given
    pub certificate_hashes: Option<Vec<Uint8Array>>,
    /// One of the two is given
    pub roots: Option<Vec<Uint8Array>>,
    /// Instead of the endpoint's
    pub transport: Option<NativeTransportOptions>,
}

/// `TransportOptions`
#[napi(object)]
#[derive(Default)]
#[allow(missing_docs)] // named as in TypeScript, and described there
pub struct NativeTransportOptions {
    pub max_incoming_bidi: Option<f64>,
    pub max_incoming_uni: Option<f64>,
    pub stream_receive_window: Option<f64>,
    pub receive_window: Option<f64>,
    pub send_window: Option<f64>,
    pub idle_timeout: Option<f64>,
    pub keep_alive: Option<f64>,
    pub handshake_timeout: Option<f64>,
    pub max_datagram_frame_size: Option<f64>,
    pub datagram_receive_buffer: Option<f64>,
    pub datagram_send_buffer: Option<f64>,
    pub reset_stream_at: Option<bool>,
    pub congestion_control: Option<String>,
}

impl From<NativeIdentity> for Identity {
    fn from(identity: NativeIdentity) -> Self {
        Self {
            certificate: identity.certificate.to_vec(),
            private_key: identity.private_key.to_vec(),
        }
    }
}

pub(crate) fn address(host: Option<&str>, port: f64) -> Result<SocketAddr> {
    let host = host.unwrap_or("127.0.0.1");
    let ip: IpAddr = host
        .parse()
        .map_err(|_| invalid(format!("host must be an IP literal, got {host:?}")))?;
    if !(0.0..=65_535.0).contains(&port) || port.fract() != 0.0 {
        return Err(invalid(format!("port must be 0 to 65535, got {port}")));
    }
    Ok(SocketAddr::new(ip, port as u16))
}

impl NativeServerOptions {
    pub(crate) fn build(self) -> Result<ServerOptions> {
        Ok(ServerOptions {
            alpn: protocols(&self.alpn)?,
            identity: self.certificate.into(),
            retry_above: whole("retryAbove", self.retry_above, 64)?,
            max_handshakes: whole("maxHandshakes", self.max_handshakes, 512)?,
            max_connections: whole("maxConnections", self.max_connections, 10_000)?,
        })
    }
}

impl NativeConnectOptions {
    pub(crate) fn build(
        self,
        remote: SocketAddr,
        defaults: &TransportOptions,
    ) -> Result<ConnectRequest> {
        let bytes = |list: Vec<Uint8Array>| list.iter().map(|item| item.to_vec()).collect();
        let verification = match (self.certificate_hashes, self.roots) {
            (Some(hashes), None) => Verification::CertificateHashes(bytes(hashes)),
            (None, Some(roots)) => Verification::Roots(bytes(roots)),
            _ => {
                let why = "verify must have either certificateHashes or roots";
                return Err(invalid(why.into()));
            }
        };
        Ok(ConnectRequest {
            remote,
            server_name: self.server_name,
            alpn: protocols(&self.alpn)?,
            verification,
            transport: match self.transport {
                Some(transport) => Some(transport.build(defaults.clone())?),
                None => None,
            },
        })
    }
}

impl NativeTransportOptions {
    pub(crate) fn build(self, base: TransportOptions) -> Result<TransportOptions> {
        Ok(TransportOptions {
            max_incoming_bidi: whole(
                "maxIncomingBidi",
                self.max_incoming_bidi,
                base.max_incoming_bidi,
            )?,
            max_incoming_uni: whole(
                "maxIncomingUni",
                self.max_incoming_uni,
                base.max_incoming_uni,
            )?,
            stream_receive_window: whole(
                "streamReceiveWindow",
                self.stream_receive_window,
                base.stream_receive_window,
            )?,
            receive_window: whole("receiveWindow", self.receive_window, base.receive_window)?,
            send_window: whole("sendWindow", self.send_window, base.send_window)?,
            idle_timeout: millis("idleTimeout", self.idle_timeout, base.idle_timeout)?,
            keep_alive: match self.keep_alive {
                Some(interval) => Some(millis("keepAlive", Some(interval), Duration::ZERO)?)
                    .filter(|interval| !interval.is_zero()),
                None => base.keep_alive,
            },
            handshake_timeout: millis(
                "handshakeTimeout",
                self.handshake_timeout,
                base.handshake_timeout,
            )?,
            max_datagram_frame_size: whole(
                "maxDatagramFrameSize",
                self.max_datagram_frame_size,
                base.max_datagram_frame_size,
            )?,
            datagram_receive_buffer: whole(
                "datagramReceiveBuffer",
                self.datagram_receive_buffer,
                base.datagram_receive_buffer as u64,
            )? as usize,
            datagram_send_buffer: whole(
                "datagramSendBuffer",
                self.datagram_send_buffer,
                base.datagram_send_buffer as u64,
            )? as usize,
            reset_stream_at: self.reset_stream_at.unwrap_or(base.reset_stream_at),
            congestion_control: match self.congestion_control.as_deref() {
                None => base.congestion_control,
                Some("cubic") => CongestionControl::Cubic,
                Some("newreno") => CongestionControl::NewReno,
                Some("bbr") => CongestionControl::Bbr,
                Some(other) => {
                    return Err(invalid(format!(
                        "congestionControl must be cubic, newreno or bbr, got {other:?}"
                    )));
                }
            },
        })
    }
}

/// ALPN names have 1 to 255 bytes (RFC 7301, 3.1), and QUIC needs one (RFC 9001, 8.1).
fn protocols(names: &[String]) -> Result<Vec<Vec<u8>>> {
    if names.is_empty() || names.iter().any(|name| name.is_empty() || name.len() > 255) {
        let why = "alpn must have at least one protocol, each of 1 to 255 bytes";
        return Err(invalid(why.into()));
    }
    Ok(names.iter().map(|name| name.as_bytes().to_vec()).collect())
}

/// A count or size that JavaScript can express exactly.
pub(crate) fn whole(name: &str, value: Option<f64>, default: u64) -> Result<u64> {
    match value {
        None => Ok(default),
        Some(value) if (0.0..=MAX_SAFE_INTEGER).contains(&value) && value.fract() == 0.0 => {
            Ok(value as u64)
        }
        Some(value) => Err(invalid(format!(
            "{name} must be an integer from 0 to 2^53 - 1, got {value}"
        ))),
    }
}

fn millis(name: &str, value: Option<f64>, default: Duration) -> Result<Duration> {
    match value {
        None => Ok(default),
        // A year is as good as for ever, and fits every clock.
        Some(value) if (0.0..=31_536_000_000.0).contains(&value) => {
            Ok(Duration::from_secs_f64(value / 1000.0))
        }
        Some(value) => Err(invalid(format!(
            "{name} must be milliseconds from 0 to a year, got {value}"
        ))),
    }
}

pub(crate) fn invalid_family(remote: &str, local: &str) -> crate::error::CodedError {
    invalid(format!(
        "an endpoint bound to {local} cannot reach {remote}: bind to :: or to the peer's family"
    ))
}
