use std::fmt;

/// Why a call failed; `code()` is the code of the TypeScript `EngineError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EngineError {
    /// A certificate or private key that rustls does not take
    InvalidCertificate(String),
    /// A value outside of what QUIC allows
    InvalidOption(String),
    /// The endpoint takes no more calls
    EndpointClosed,
    /// The connection is closed, or was never there
    ConnectionClosed,
    /// The half of the stream that the call is about does not exist, or has ended
    StreamState(&'static str),
}

impl EngineError {
    /// The stable code that TypeScript sees.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidCertificate(_) => "ERR_INVALID_CERTIFICATE",
            Self::InvalidOption(_) => "ERR_INVALID_OPTION",
            Self::EndpointClosed => "ERR_ENDPOINT_CLOSED",
            Self::ConnectionClosed => "ERR_CONNECTION_CLOSED",
            Self::StreamState(_) => "ERR_STREAM_STATE",
        }
    }
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidCertificate(why) => write!(f, "certificate or key cannot be used: {why}"),
            Self::InvalidOption(why) => f.write_str(why),
            Self::EndpointClosed => f.write_str("the endpoint is closed"),
            Self::ConnectionClosed => f.write_str("the connection is closed"),
            Self::StreamState(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for EngineError {}
