use quinn_proto::{ConnectionError, TransportErrorCode};

/// `CloseReason.kind` of the seam.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CloseKind {
    /// CONNECTION_CLOSE 0x1d
    Application,
    /// CONNECTION_CLOSE 0x1c
    Transport,
    /// Nothing was heard for max_idle_timeout
    IdleTimeout,
    /// The handshake did not end in time
    HandshakeTimeout,
    /// The peer has forgotten the connection (RFC 9000, 10.3)
    StatelessReset,
    /// No common version
    VersionMismatch,
    /// CONNECTION_REFUSED
    Refused,
    /// A TLS alert
    Tls,
}

impl CloseKind {
    /// The name that TypeScript sees.
    pub fn name(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Transport => "transport",
            Self::IdleTimeout => "idle-timeout",
            Self::HandshakeTimeout => "handshake-timeout",
            Self::StatelessReset => "stateless-reset",
            Self::VersionMismatch => "version-mismatch",
            Self::Refused => "refused",
            Self::Tls => "tls",
        }
    }
}

/// Why a connection ended: `ConnectionEvents.closed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseReason {
    /// What ended it
    pub kind: CloseKind,
    /// True when the peer did
    pub remote: bool,
    /// Error code, where the kind has one
    pub code: Option<u64>,
    /// Text, for people
    pub reason: String,
}

impl CloseReason {
    pub(crate) fn local(code: u64, reason: &[u8]) -> Self {
        Self {
            kind: CloseKind::Application,
            remote: false,
            code: Some(code),
            reason: String::from_utf8_lossy(reason).into_owned(),
        }
    }

    pub(crate) fn without_code(kind: CloseKind, remote: bool, reason: &str) -> Self {
        Self {
            kind,
            remote,
            code: None,
            reason: reason.into(),
        }
    }

    pub(crate) fn internal_error() -> Self {
        let reason = "the endpoint's loop has broken down".into();
        Self::transport(TransportErrorCode::INTERNAL_ERROR, false, reason)
    }

    /// `handshaking`: before the handshake was complete.
    pub(crate) fn from_error(error: &ConnectionError, handshaking: bool) -> Self {
        match error {
            ConnectionError::ApplicationClosed(frame) => Self {
                kind: CloseKind::Application,
                remote: true,
                code: Some(frame.error_code.into_inner()),
                reason: String::from_utf8_lossy(&frame.reason).into_owned(),
            },
            ConnectionError::ConnectionClosed(frame) => {
                let reason = String::from_utf8_lossy(&frame.reason).into_owned();
                Self::transport(frame.error_code, true, reason)
            }
            ConnectionError::TransportError(error) => {
                Self::transport(error.code, false, error.reason.clone())
            }
            ConnectionError::TimedOut if handshaking => Self::without_code(
                CloseKind::HandshakeTimeout,
                false,
                "the peer did not answer within the idle timeout",
            ),
            ConnectionError::TimedOut => Self::without_code(
                CloseKind::IdleTimeout,
                false,
                "nothing was received for the idle timeout",
            ),
            ConnectionError::Reset => Self::without_code(
                CloseKind::StatelessReset,
                true,
                "the peer no longer knows the connection",
            ),
            ConnectionError::VersionMismatch => Self::without_code(
                CloseKind::VersionMismatch,
                true,
                "the peer does not speak QUIC version 1",
            ),
            ConnectionError::CidsExhausted => Self::without_code(
                CloseKind::Refused,
                false,
                "no connection ID is left at this endpoint",
            ),
            // Our own close is reported when it is called.
            ConnectionError::LocallyClosed => Self::local(0, b""),
        }
    }

    fn transport(code: TransportErrorCode, remote: bool, reason: String) -> Self {
        let number = u64::from(code);
        if code == TransportErrorCode::CONNECTION_REFUSED {
            return Self::without_code(CloseKind::Refused, remote, &reason);
        }
        // RFC 9001, 4.8: CRYPTO_ERROR is 0x100 plus the alert.
        let kind = if (0x100..0x200).contains(&number) {
            CloseKind::Tls
        } else {
            CloseKind::Transport
        };
        Self {
            kind,
            remote,
            code: Some(number),
            reason,
        }
    }
}
